"""The app's name in Snowflake as SQL, from what describes it, the project file or the scripts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from sis_codemods.switch import project
from sis_codemods.switch.attached import is_about, readable
from sis_codemods.switch.native import is_native
from sis_migrate.codemod import AppContext
from sis_migrate.documents.sql_quoting import bare_name, identifier, stored
from sis_migrate.documents.sql_scan import Statement
from sis_migrate.model import App
from sis_migrate.switch.described import Described, Grant, described, grants
from sis_migrate.switch.facts import APP_NAME, DATABASE, SCHEMA

_PLACES = (DATABASE, SCHEMA, APP_NAME)
_VARIABLE = re.compile(
    r"<[%!]|[&$]\{|\{\{|\{%|^[&$:]|\.[&$:]|^IDENTIFIER\(\s*[^'\s]", re.IGNORECASE
)
_TOKEN = re.compile(
    r""""(?:[^"]|"")*"|\{\{.*?\}\}|\{%.*?%\}|<%.*?%>|<!.*?!>|[&$]\{.*?\}|.""", re.DOTALL
)


def app_name(context: AppContext, known: Described | None) -> str:
    """``database.schema.name``, with placeholders for what nothing tells."""
    if known:
        place = [stored(part) for part in (known.database, known.schema) if part]
        return ".".join([*(DATABASE, SCHEMA)[: 2 - len(place)], *place, stored(known.name)])
    written = list(_written(context))
    first = next((name for name in written if name[-1] != APP_NAME), None)
    if first is None:
        own = APP_NAME if context.app.name_is_label else identifier(context.app.name)
        first = [*(written[0] if written else (DATABASE, SCHEMA, ""))[:2], own]
    same = [name for name in written if _folded(name[-1]) == _folded(first[-1])]
    return ".".join(max([first, *same], key=lambda n: sum(p not in _PLACES for p in n)))


def name_notes(context: AppContext) -> Iterator[str]:
    """What placeholders in the name stand for."""
    name = app_name(context, None)
    if APP_NAME in name:
        yield (
            f"{APP_NAME}: the app's name in Snowflake (SHOW STREAMLITS lists it); the files tell "
            f"none, and {context.app.name} is only what it is called here."
        )
    templates = dict.fromkeys(t for t in _as_written(context) if _VARIABLE.search(t))
    if templates and any(place in name for place in _PLACES):
        yield f"In the files the app's name is a template: {', '.join(templates)}"


def is_variable(written: str) -> bool:
    """Whether a name or path is filled in by a client or template: ``&wh``, ``$wh``, ``{{ wh }}``."""
    return bool(_VARIABLE.search(written)) or "<" in written


def split_name(written: str) -> list[str]:
    """The parts of a name in which a template may stand for a part, or for one of its letters."""
    inside = re.fullmatch(r"IDENTIFIER\(\s*'([^']*)'\s*\)", written, re.IGNORECASE)
    result = [""]
    for token in _TOKEN.findall(inside[1] if inside else written):
        if token == ".":
            result.append("")
        else:
            result[-1] += token
    return result


def _written(context: AppContext) -> Iterator[list[str]]:
    """The names in project file and scripts as three parts of SQL each, or placeholders."""
    for name in _as_written(context):
        split = split_name(name)
        if len(split) > len(_PLACES):
            continue
        placed = zip(_PLACES[-len(split) :], split, strict=True)
        parts = [identifier(part) if _is_name(part) else place for place, part in placed]
        yield [*_PLACES[: -len(split)], *parts]


def _is_name(part: str) -> bool:
    quoted = part[:1] == '"' and identifier(part) == part
    bare = identifier(part).strip('"').upper() == part.upper() and part.isidentifier()
    return (quoted or bare) and not _VARIABLE.search(part)


def _as_written(context: AppContext) -> Iterator[str]:
    """The project file's name, then the scripts'; not those of Native Apps, which are no names."""
    found = project.of_app(context.app, context.workspace)
    if found:
        whole = found[1].values.get("identifier") or found[1].key
        if isinstance(whole, dict):
            parts = [str(whole.get(key) or "") for key in ("database", "schema", "name")]
            whole = ".".join(_as_part(p) for p in parts[next(
                (i for i, p in enumerate(parts) if p), 0):])  # fmt: skip
        yield str(whole)
    for path in context.app.sql_files:
        statement = creation(path, context)
        if statement and not is_native(statement):
            yield statement.name


def _as_part(value: str) -> str:
    """One value of the project file as one part, a missing schema as a template."""
    if not value:
        return "{{ }}"
    return value if _VARIABLE.search(value) else identifier(value)


def creation(path: Path, context: AppContext) -> Statement | None:
    """The statement of a script that creates the app."""
    return creating(readable(path, context), context.app)


def creating(statements: Iterable[Statement], app: App) -> Statement | None:
    """The statement that creates the app: by its name, else the only one with its main file."""
    created = [s for s in statements if s.verb == "CREATE"]
    named = [s for s in created if _folded(split_name(s.name)[-1]) == _folded(app.name)]
    alike = named or [s for s in created if is_about(s, app)]
    return alike[0] if named or len(alike) == 1 else None


def saved(context: AppContext) -> tuple[Described | None, tuple[Grant, ...]]:
    """What saved results say about this app; SavedResultError.

    A result for one app belongs to the app of its name, or to one of an unknown name with its
    main file.
    """
    settings = context.settings
    rows = described(Path(settings.describe)) if settings.describe else ()
    own = [row for row in rows if row.means(context.app)]
    known = own[0] if own else None
    wanted = known is not None or not settings.describe
    return known, grants(Path(settings.grants)) if settings.grants and wanted else ()


def _folded(name: str) -> str:
    return bare_name(name).upper()
