from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sis_codemods.session.sql_facts import HOLE, Kind, facts, in_code, words

FOUND = {
    "use with a kind": ("USE ROLE x", Kind.USE, "ROLE"),
    "use without a kind": ("use mydb", Kind.USE, "DATABASE"),
    "use a qualified schema": ("use schema a.b;", Kind.USE, "SCHEMA"),
    "use a quoted name": ('USE WAREHOUSE "My WH"', Kind.USE, "WAREHOUSE"),
    "use what is filled in": (f"USE WAREHOUSE {HOLE}", Kind.USE, "WAREHOUSE"),
    "use an identifier": ("USE ROLE IDENTIFIER(?)", Kind.USE, "ROLE"),
    "use secondary roles": ("use secondary roles all", Kind.USE, "SECONDARY ROLES"),
    "after another statement": ("select 1; use role x", Kind.USE, "ROLE"),
    "after a comment": ("-- first\n/* then */ use role x", Kind.USE, "ROLE"),
    "in a block": ("BEGIN use role x; END", Kind.USE, "ROLE"),
    "in execute immediate": ("EXECUTE IMMEDIATE $$ use role x $$", Kind.USE, "ROLE"),
    "alter session": ("alter session set timezone = 'UTC'", Kind.SETTING, "TIMEZONE"),
    "alter session unset": ("alter session unset timezone", Kind.SETTING, "TIMEZONE"),
    "set": ("SET d = '2024-01-01'", Kind.VARIABLE, "D"),
    "set several": ("set (a, b) = (1, 2)", Kind.VARIABLE, "A"),
    "unset": ("unset d", Kind.VARIABLE, "D"),
    "temporary table": ("create temp table t (n int)", Kind.TEMPORARY, "TABLE"),
    "replaced temporary stage": ("CREATE OR REPLACE TEMPORARY STAGE s", Kind.TEMPORARY, "STAGE"),
    "local temporary": ("create local temporary table t as select 1", Kind.TEMPORARY, "TABLE"),
    "begin": ("BEGIN", Kind.TRANSACTION, "BEGIN"),
    "begin work": ("begin work;", Kind.TRANSACTION, "BEGIN"),
    "start transaction": ("start transaction", Kind.TRANSACTION, "BEGIN"),
    "rollback": ("ROLLBACK", Kind.TRANSACTION, "ROLLBACK"),
    "last query": ("select last_query_id()", Kind.LAST_QUERY, "LAST_QUERY_ID"),
    "user": ("select current_user()", Kind.IDENTITY, "CURRENT_USER"),
    "user without parentheses": ("select current_user", Kind.IDENTITY, "CURRENT_USER"),
    "user in a call": ("call p(current_user())", Kind.IDENTITY, "CURRENT_USER"),
    "role test": ("select is_role_in_session('A')", Kind.IDENTITY, "IS_ROLE_IN_SESSION"),
    "user in a body": (
        "create procedure p() returns int as $$ select current_user() $$",
        Kind.IDENTITY,
        "CURRENT_USER",
    ),
    "before an unterminated quote": ("use role x; select 'a", Kind.USE, "ROLE"),
}


@pytest.mark.parametrize(("text", "kind", "subject"), FOUND.values(), ids=FOUND)
def test_one_fact(text: str, kind: Kind, subject: str) -> None:
    (fact,) = facts(text)
    assert (fact.kind, fact.subject) == (kind, subject)
    first = fact.text.split()[0].split("(")[0]
    assert text[fact.start : fact.end].startswith(first)


NOTHING = {
    "sentence with use": "Use schema information to answer the question.",
    "sentence with two words": "Use caution.",
    "sentence with commit": "Commit to excellence",
    "sentence with begin": "Begin with the user",
    "comment": "-- use role x\nselect 1",
    "block comment": "/* use role x */ select 1",
    "quoted": "select 'use role x; commit'",
    "quoted user": "insert into t values ('current_user()')",
    "comment of an object": "comment on table t is 'use role x'",
    "column of that name": "select t.current_user, 1 as current_user from t",
    "role, which keeps its meaning": "select current_role(), current_schema()",
    "set of an update": "update t set a = 1",
    "alter of something else": "alter warehouse w set auto_suspend = 1",
    "block of scripting": "BEGIN let x := 1; return x; END",
    "result of an own query": "select * from table(result_scan(?))",
    "transient table": "create transient table t (n int)",
    "state in a procedure's body": "create procedure p() as $$ use role x; $$",
    "nothing of the kind": "select 1",
    "empty": "",
}


@pytest.mark.parametrize("text", NOTHING.values(), ids=NOTHING)
def test_no_fact(text: str) -> None:
    assert facts(text) == ()


def test_what_is_filled_in_is_not_constant() -> None:
    assert facts("use role x")[0].constant
    assert not facts(f"use role {HOLE}")[0].constant


def test_only_the_first_statement_is_first() -> None:
    assert [f.first for f in facts("use role x; use role y")] == [True, False]


def test_mark_in_code_or_quotes() -> None:
    assert in_code("select * from mark", "mark")
    assert not in_code("select complete('m', 'mark')", "mark")


@given(st.text(max_size=60))
def test_never_fails_and_stays_inside(text: str) -> None:
    for fact in facts(text):
        assert 0 <= fact.start < fact.end <= len(text)


@example("x''")
@given(st.text(alphabet="use role;'\"$-/*\n x(", max_size=40))
def test_words_are_where_they_say(text: str) -> None:
    for word in words(text):
        assert word.kind in {"STRING", "IDENTIFIER", "RAW_STRING", "HEX_STRING"} or (
            text[word.start : word.end] == word.text
        )
