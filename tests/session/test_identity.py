"""Identity: in SQL (SIS130), the viewer's inside caches (SIS131), in the app's SQL files (SIS132)."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemod_case import ROOT, check_found, check_noop, migrate
from sis_codemods.session import cached_identity, defined_identity, identity
from sis_codemods.session.definitions_sql import definitions
from sis_migrate.app_run import AppRun
from sis_migrate.model import App, Finding, Item, Settings, Status
from sis_migrate.workspace import Workspace

HEAD = 'import streamlit as st\nsession = st.connection("snowflake").session()\n'
OPEN, CACHED = identity.codemod, cached_identity.codemod

FOUND = {
    "user in SQL": ('session.sql("select current_user()")\n', "CURRENT_USER", "st.user.user_name"),
    "user in a filter": (
        'session.sql(f"delete from t where o = CURRENT_USER() {a}")\n', "CURRENT", "st.user",
    ),
    "session": ('session.sql("select CURRENT_SESSION()")\n', "CURRENT_SESSION", "uuid"),
    "roles": ('session.sql("select current_available_roles()")\n', "roles", "callers-rights"),
    "role test": ('session.sql("select is_role_in_session(?)", [r])\n', "IS_ROLE", "1.53.1"),
    "Snowpark's user": ("session.get_current_user()\n", "get_current_user()", "scope="),
    "through a wrapper": (
        'def q(t): return session.sql(t)\nq("select current_user()")\n', "CURRENT_USER", "?",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "what", "remedy"), FOUND.values(), ids=FOUND)
def test_found(lines: str, what: str, remedy: str) -> None:
    found = check_found(
        HEAD + lines, OPEN, "security review", what, remedy, line=2 + lines.count("\n")
    )
    assert found.item is Item.SESSION


@pytest.mark.parametrize(
    "call", ["F.current_user()", "F.call_function('current_user')", "F.is_role_in_session(r)"]
)
def test_snowpark_function(call: str) -> None:
    source = f"import snowflake.snowpark.functions as F\n{HEAD}df.filter({call})\n"
    check_found(source, OPEN, "security review", line=4)


OPEN_NOOPS = {
    "role, database and schema": 'session.sql("select current_role(), current_database()")\n',
    "shown": 'st.write("select current_user()")\n',
    "column": 'session.sql("select t.current_user from t")\n',
    "comment": 'session.sql("select 1 -- current_user()")\n',
    "with the caller's rights": 'c = st.connection("snowflake-callers-rights")\n'
    'c.session().sql("select current_user()")\n',
    "another object's method": "git.get_current_user()\n",
    "current role of Snowpark": "session.get_current_role()\n",
}


@pytest.mark.parametrize("lines", OPEN_NOOPS.values(), ids=OPEN_NOOPS)
def test_nothing_in_the_open(lines: str) -> None:
    check_noop(HEAD + lines, OPEN)
    check_noop(HEAD + lines, CACHED)


IN_CACHE = {
    "st.user": ("@st.cache_data\ndef f():\n    return st.user.email\n", 5),
    "st.experimental_user": ("@st.cache_data\ndef f():\n    return st.experimental_user\n", 5),
    "a function that it calls": (
        "def g():\n    return st.user.email\n@st.cache_data\ndef f():\n    return g()\n", 4,
    ),
    "an argument that is no part of the key": (
        "@st.cache_data\ndef f(_user):\n    return st.user.email\n", 5,
    ),
    "an argument that names no viewer": (
        "@st.cache_data\ndef f(region):\n    return st.user.email\n", 5,
    ),
    "a query with the caller's rights": (
        'c = st.connection("snowflake-callers-rights")\n@st.cache_data\ndef f():\n'
        '    return c.query("select current_user()")\n', 6,
    ),
    "two queries with the caller's rights": (
        "@st.cache_data\ndef f():\n"
        '    s = st.connection("snowflake-callers-rights").session()\n'
        '    return s.sql("select 1").collect(), s.table("T").collect()\n', 6,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "line"), IN_CACHE.values(), ids=IN_CACHE)
def test_in_a_cache(lines: str, line: int) -> None:
    found = check_found(HEAD + lines, CACHED, "the cache of", "everyone", line=line)
    assert found.item is Item.CACHE
    check_noop(HEAD + lines, OPEN)


SERVICE_USER = {
    "SQL": ("@st.cache_data\ndef f():\n    return session.sql('select current_user()')\n", 5),
    "SQL with a ttl": (
        "@st.cache_data(ttl=9)\ndef f():\n    return session.sql('select current_user()')\n", 5,
    ),
    "Snowpark": ("@st.cache_resource\ndef f():\n    return session.get_current_user()\n", 5),
    "the text in a cached wrapper": (
        "@st.cache_data\ndef f(t):\n    return session.sql(t)\nf('select current_user()')\n", 6,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "line"), SERVICE_USER.values(), ids=SERVICE_USER)
def test_nobodys_name_in_a_cache(lines: str, line: int) -> None:
    words = (
        "(inside the cache of f())",
        "service user in a container",
        "st.user.user_name",
        "argument",
    )
    check_found(HEAD + lines, OPEN, *words, line=line)
    check_noop(HEAD + lines, CACHED)


NOT_SHARED = {
    "the caller's rights per viewer": 'c = st.connection("snowflake-callers-rights")\n'
    '@st.cache_data(scope="session")\ndef f():\n    return c.query("select 1")\n',
    "the caller's rights, keyed": 'c = st.connection("snowflake-callers-rights")\n'
    '@st.cache_data\ndef f(user):\n    return c.query("select 1")\n',
    "the caller's rights, no cache": 'c = st.connection("snowflake-callers-rights")\n'
    'c.query("select 1")\n',
    "the owner's rights beside the caller's": 'c = st.connection("snowflake-callers-rights")\n'
    '@st.cache_data\ndef f():\n    return session.sql("select 1")\n',
    "per viewer": "@st.cache_data(scope='session')\ndef f():\n    return st.user.email\n",
    "keyed by the user": "@st.cache_data\ndef f(user):\n    return st.user.email\n",
    "keyed by the email": "@st.cache_data\ndef f(viewer_email):\n    return st.user.email\n",
    "no cache": "def f():\n    return st.user.email\n",
    "another object's user": "@st.cache_data\ndef f(x):\n    return x.user\n",
    "test for the place": "@st.cache_data\ndef f():\n    return st.user.email == 'test@localhost'\n",
}


@pytest.mark.parametrize("lines", NOT_SHARED.values(), ids=NOT_SHARED)
def test_cache_that_mixes_nobody(lines: str) -> None:
    check_noop(HEAD + lines, CACHED)


def test_keyed_cache_is_reported_in_the_open() -> None:
    lines = "@st.cache_data\ndef f(user):\n    return session.sql('select current_user()')\n"
    check_found(HEAD + lines, OPEN, "CURRENT_USER", line=5)
    check_noop(HEAD + lines, CACHED)


def test_connection_of_each_viewer_has_the_owners_rights() -> None:
    source = (
        "import streamlit as st\nclass Own(st.connections.SnowflakeConnection):\n"
        "    @classmethod\n    def scope(cls):\n        return 'session'\n"
        "c = st.connection('snowflake', type=Own)\nc.session().sql('select current_user()')\n"
    )
    check_found(source, OPEN, "CURRENT_USER", line=7)


def test_both_kinds_are_found_in_one_run() -> None:
    source = HEAD + (
        "@st.cache_data\ndef f():\n    return st.user.email, session.sql('select current_user()')\n"
        "session.get_current_user()\n"
    )
    assert [f.code for f in migrate(source, [OPEN, CACHED]).findings] == [
        "SIS131",
        "SIS130",
        "SIS130",
    ]


DEFINED = {
    "view": ("create view v as select current_user()", "view v"),
    "secure view": ("CREATE OR REPLACE SECURE VIEW a.b.v AS SELECT CURRENT_USER()", "view a.b.v"),
    "procedure": ("create procedure p() as $$ select current_user() $$", "procedure p"),
    "procedure in Python": (
        "create procedure p() language python as $$\ndef f(s):\n"
        '    return s.sql("select current_user()")\n$$',
        "procedure p",
    ),
    "procedure in JavaScript": (
        "create procedure p() language javascript as "
        "$$ snowflake.execute({sqlText: `select current_user()`}) $$",
        "procedure p",
    ),
    "function": (
        "create function f(a int) returns string as 'select current_user()'",
        "function f",
    ),
    "row access policy": (
        "create row access policy if not exists p as (o string) returns boolean -> o = current_user()",
        "row access policy p",
    ),
    "after other statements": ("use role x;\ncreate view v as select current_user();", "view v"),
}


@pytest.mark.parametrize(("text", "words"), DEFINED.values(), ids=DEFINED)
def test_defined(text: str, words: str) -> None:
    (found,) = definitions(text)
    assert f"{found.kind} {found.name}" == words
    assert text[found.start : found.end].upper() == "CURRENT_USER"


@pytest.mark.parametrize(
    "text",
    [
        "set me = current_user()",
        "grant role x to user identifier(current_user())",
        "create table t (by string default current_user())",
        "create view v as select 1 -- current_user()",
        "create view v as select current_role()",
    ],
    ids=["set", "grant", "table", "comment", "role"],
)
def test_not_defined(text: str) -> None:
    assert list(definitions(text)) == []


def _run(python: str, sql: str, tmp_path: Path | None = None) -> list[Finding]:
    entry, script = ROOT / "streamlit_app.py", ROOT / "setup.sql"
    workspace = Workspace({entry: python.encode(), script: sql.encode()})
    app = App(ROOT, "app", entry, (entry,), (entry,), sql_files=(script,))
    return list(AppRun(app, workspace, Settings(), [defined_identity.codemod]).run().findings)


def test_object_that_the_app_uses() -> None:
    (found,) = _run(
        'session.table("MY_ORDERS")\n', "\ncreate view my_orders as select current_user()"
    )
    assert (found.status, found.span and found.span.line) == (Status.MANUAL, 2)


def test_object_that_the_app_does_not_name() -> None:
    (found,) = _run("x = 1\n", "create view my_orders as select current_user()")
    assert found.status is Status.REVIEW
    assert "if the app uses it" in found.message


def test_script_without_identity() -> None:
    assert _run("x = 1\n", "create view v as select 1") == []


def test_worst_of_two_caches_around_a_function() -> None:
    source = """\
    import streamlit as st

    def helper():
        return st.user.email

    @st.cache_data
    def keyed(user):
        return helper()

    @st.cache_data
    def shared():
        return helper()
    """
    check_found(source, CACHED, "shared()", line=4)


def test_user_by_another_name() -> None:
    source = (
        "import streamlit as st\nfrom streamlit import user as viewer\n"
        "@st.cache_data\ndef f():\n    return viewer.email\n"
    )
    check_found(source, CACHED, "st.user", line=5)
