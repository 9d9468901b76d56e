"""Values as SQL text for Snowflake: no input can leave its literal, its name or its comment.

Source: "String & binary data types" (escape sequences in single-quoted constants) and "Identifier
requirements", https://docs.snowflake.com/en/sql-reference/data-types-text and
https://docs.snowflake.com/en/sql-reference/identifiers-syntax; reserved words:
https://docs.snowflake.com/en/sql-reference/reserved-keywords
"""

from __future__ import annotations

import re

_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*", re.ASCII)
_STORED = re.compile(r"[A-Z_][A-Z0-9_$]*", re.ASCII)
_QUOTED = re.compile(r'"(?:[^"\0]|"")+"')
_PART = re.compile(r'"(?:[^"\0]|"")+"|[^".]+')
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_RESERVED_WORDS = """
    ACCOUNT ALL ALTER AND ANY AS BETWEEN BY CASE CAST CHECK COLUMN CONNECT CONNECTION CONSTRAINT
    CREATE CROSS CURRENT CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER DATABASE DELETE
    DISTINCT DROP ELSE EXISTS FALSE FOLLOWING FOR FROM FULL GRANT GROUP GSCLUSTER HAVING ILIKE IN
    INCREMENT INNER INSERT INTERSECT INTO IS ISSUE JOIN LATERAL LEFT LIKE LOCALTIME LOCALTIMESTAMP
    MINUS NATURAL NOT NULL OF ON OR ORDER ORGANIZATION QUALIFY REGEXP REVOKE RIGHT RLIKE ROW ROWS
    SAMPLE SCHEMA SELECT SET SOME START TABLE TABLESAMPLE THEN TO TRIGGER TRUE TRY_CAST UNION UNIQUE
    UPDATE USING VALUES VIEW WHEN WHENEVER WHERE WITH"""
_RESERVED = frozenset(_RESERVED_WORDS.split())


def literal(value: str) -> str:
    """A string constant."""
    return "'" + value.replace("\0", "").replace("\\", "\\\\").replace("'", "''") + "'"


def identifier(written: str) -> str:
    """One name as a person writes it: bare or quoted where that is a name, else put in quotes."""
    if _BARE.fullmatch(written):
        return f'"{written.upper()}"' if written.upper() in _RESERVED else written
    return written if _QUOTED.fullmatch(written) else _quoted(written)


def qualified(written: str) -> str:
    """A name that may have a database and a schema before it, as a person writes it."""
    return ".".join(identifier(part) for part in parts(written))


def parts(written: str) -> tuple[str, ...]:
    """``db.schema."My app"`` as its parts, quotes kept; a text that is no such name as one part."""
    found = _PART.findall(written)
    return tuple(found) if ".".join(found) == written and 0 < len(found) <= 3 else (written,)


def stored(name: str) -> str:
    """One name as Snowflake lists it, in the case it is stored in."""
    bare = _STORED.fullmatch(name) and name not in _RESERVED
    return name if bare else _quoted(name)


def bare_name(written: str) -> str:
    """The stored form of one name as a person writes it: upper case, or what the quotes hold."""
    if _QUOTED.fullmatch(written):
        return written[1:-1].replace('""', '"')
    return written.upper() if _BARE.fullmatch(written) else written


def comment(text: str) -> str:
    """A line comment; line ends and other control characters become blanks."""
    return f"-- {_CONTROL.sub(' ', text)}".rstrip()


def _quoted(name: str) -> str:
    return '"' + (name.replace("\0", "").replace('"', '""') or " ") + '"'
