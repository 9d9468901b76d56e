from __future__ import annotations

import pytest

from codemod_case import migrate
from sis_codemods.threads.shared_connections import codemod
from sis_migrate.model import Status

KEPT = {
    "at the top": "import sqlite3\nc = sqlite3.connect('a.db')\n",
    "in a try": "import duckdb\ntry:\n    c = duckdb.connect()\nexcept OSError:\n    raise\n",
    "cursor": "import snowflake.connector as s\nc = s.connect().cursor()\n",
    "global": (
        "import duckdb\nc = None\ndef get():\n    global c\n    if c is None:\n"
        "        c = duckdb.connect()\n    return c\n"
    ),
    "in a name first": (
        "import duckdb\nc = None\ndef get():\n    global c\n    made = duckdb.connect()\n"
        "    c = made\n    return c\n"
    ),
    "of a class": "import psycopg2\nclass Db:\n    c = psycopg2.connect('x')\n",
}


@pytest.mark.parametrize("db", KEPT.values(), ids=KEPT)
def test_connection_of_a_module(db: str) -> None:
    [finding] = migrate({"streamlit_app.py": "import db\n", "db.py": db}, codemod).findings
    assert "is one connection for all viewers" in finding.message
    assert finding.status is Status.MANUAL


CACHED = {
    "SQLite": ("sqlite3.connect('a.db')", "st.cache_resource", Status.MANUAL),
    "SQLite for any thread": (
        "sqlite3.connect('a.db', check_same_thread=False)",
        "st.cache_resource",
        Status.REVIEW,
    ),
    "Snowflake": ("snowflake.connector.connect(user='a')", "st.cache_resource()", Status.REVIEW),
    "by functools": ("duckdb.connect()", "functools.lru_cache(maxsize=1)", Status.REVIEW),
}


@pytest.mark.parametrize(("made", "decorator", "status"), CACHED.values(), ids=CACHED)
def test_connection_in_a_cache(made: str, decorator: str, status: Status) -> None:
    source = (
        "import functools, sqlite3, duckdb, snowflake.connector\nimport streamlit as st\n"
        f"@{decorator}\ndef get():\n    connection = {made}\n    return connection\n"
    )
    [finding] = migrate(source, codemod).findings
    assert "get() keeps one connection for all viewers" in finding.message
    assert finding.status is status


CONNECTION = "st.connection('snowflake')"
TAKEN_OUT = {
    "raw connection": f"return {CONNECTION}.raw_connection",
    "by a name": f"conn = {CONNECTION}\n    return conn.raw_connection",
    "by another name": f"raw = {CONNECTION}.raw_connection\n    return raw",
    "cursor": f"return {CONNECTION}.cursor()",
    "cursor of the raw connection": f"return {CONNECTION}.raw_connection.cursor()",
    "connection of a session": f"return {CONNECTION}.session().connection",
    "in a try": (
        f"try:\n        return {CONNECTION}.raw_connection\n    except OSError:\n        st.stop()"
    ),
    "from another function": "return raw()",
}


@pytest.mark.parametrize("body", TAKEN_OUT.values(), ids=TAKEN_OUT)
def test_connection_that_is_taken_out_of_streamlits(body: str) -> None:
    source = (
        f"import streamlit as st\ndef raw():\n    return {CONNECTION}.raw_connection\n"
        f"@st.cache_resource\ndef get():\n    {body}\n"
    )
    [finding] = migrate(source, codemod).findings
    assert "get() keeps Snowflake's connection in a cache" in finding.message
    assert "reset()" in finding.remedy
    assert finding.status is Status.MANUAL


@pytest.mark.parametrize("made", ["raw_connection", "cursor()", "session().connection"])
def test_connection_that_a_module_takes_out_of_streamlits(made: str) -> None:
    db = f"import streamlit as st\nc = {CONNECTION}.{made}\n"
    [finding] = migrate({"streamlit_app.py": "import db\n", "db.py": db}, codemod).findings
    assert "`c` of an imported module" in finding.message
    assert migrate(db, codemod).findings == ()


QUIET = {
    "connection of Streamlit's": (
        f"import streamlit as st\n@st.cache_resource\ndef get():\n    return {CONNECTION}\n"
    ),
    "taken out for each call": (
        f"import streamlit as st\ndef get():\n    return {CONNECTION}.raw_connection\n"
    ),
    "taken out and renewed": (
        "import streamlit as st\n@st.cache_resource(ttl=600)\n"
        f"def get():\n    return {CONNECTION}.raw_connection\n"
    ),
    "connection of another kind": (
        "import streamlit as st\n@st.cache_resource\n"
        "def get():\n    return st.connection('db', type='sql').cursor()\n"
    ),
    "name that is itself": "import streamlit as st\nc = d = None\nc = d\nd = c\n",
    "opened for each call": (
        "import sqlite3\ndef rows():\n    with sqlite3.connect('a') as c:\n        c.execute('b')\n"
    ),
    "given back": "import sqlite3\ndef get():\n    return sqlite3.connect('a')\n",
    "viewer's own cache": (
        "import duckdb\nimport streamlit as st\n@st.cache_resource(scope='session')\n"
        "def get():\n    return duckdb.connect()\n"
    ),
    "data in a cache": (
        "import sqlite3\nimport streamlit as st\n@st.cache_resource\n"
        "def rows():\n    return sqlite3.connect('a').execute('b').fetchall()\n"
    ),
    "session": "import streamlit as st\ns = st.connection('snowflake').session()\n",
    "engine with a pool": "import sqlalchemy\ne = sqlalchemy.create_engine('a').connect()\n",
}


@pytest.mark.parametrize("db", QUIET.values(), ids=QUIET)
def test_nothing_is_said(db: str) -> None:
    assert migrate({"streamlit_app.py": "import db\n", "db.py": db}, codemod).findings == ()


def test_a_script_opens_its_own() -> None:
    assert migrate("import sqlite3\nc = sqlite3.connect('a')\n", codemod).findings == ()


def test_file_that_nothing_imports() -> None:
    files = {"streamlit_app.py": "", "db.py": KEPT["at the top"]}
    assert migrate(files, codemod).findings == ()
