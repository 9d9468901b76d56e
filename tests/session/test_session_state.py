"""The codemods that report changes of the shared connection's state."""

from __future__ import annotations

import pytest

from codemod_case import check_found, check_noop, migrate
from session.app_modules import modules
from sis_codemods.session import (
    current_objects,
    last_query,
    session_settings,
    temporary_objects,
    transactions,
)
from sis_codemods.session.sql_facts import Kind
from sis_codemods.session.state import changes
from sis_migrate.codemod import Codemod
from sis_migrate.model import Status

HEAD = 'import streamlit as st\nsession = st.connection("snowflake").session()\n'
USE = current_objects.codemod
SETTINGS = session_settings.codemod
TEMPORARY = temporary_objects.codemod
TRANSACTIONS = transactions.codemod
LAST = last_query.codemod

BY_HAND = {
    "use_role": (USE, "session.use_role(role)\n", "role", "owns"),
    "use_warehouse": (USE, "session.use_warehouse(wh)\n", "warehouse", "QUERY_WAREHOUSE"),
    "use_schema": (USE, "session.use_schema(s)\n", "schema", "in full"),
    "use_database": (USE, "session.use_database(d)\n", "database", "in full"),
    "use_secondary_roles": (USE, "session.use_secondary_roles(r)\n", "secondary roles", "Drop"),
    "use in SQL": (USE, 'session.sql(f"USE ROLE {r}").collect()\n', "role", "viewer"),
    "use in a loop": (USE, 'for q in [f"use schema {s}"]: session.sql(q)\n', "schema", "in full"),
    "use on a parameter": (USE, "def f(session): session.use_role(r)\n", "role", "owns"),
    "alter session": (
        SETTINGS, 'session.sql(f"ALTER SESSION SET TIMEZONE = {z}")\n', "TIMEZONE", "each",
    ),
    "set": (SETTINGS, 'session.sql(f"SET d = {d}")\n', "$D", "Bind"),
    "query tag": (SETTINGS, "session.query_tag = tag\n", "query tag", "statement_params"),
    "appended query tag": (SETTINGS, "session.append_query_tag(tag)\n", "query tag", "statement"),
    "temporary table": (TEMPORARY, 'session.sql("create temp table t (n int)")\n', "table", "name"),
    "temporary view": (TEMPORARY, 'df.create_or_replace_temp_view("v")\n', "view", "name"),
    "saved as temporary": (
        TEMPORARY, 'df.write.save_as_table("t", table_type="temporary")\n', "table", "name",
    ),
    "written as temporary": (
        TEMPORARY, 'session.write_pandas(df, "t", table_type="temp")\n', "table", "name",
    ),
    "begin": (TRANSACTIONS, 'session.sql("BEGIN").collect()\n', "begins", "procedure"),
    "commit alone": (TRANSACTIONS, 'session.sql("COMMIT").collect()\n', "ends", "procedure"),
    "connection's commit": (
        TRANSACTIONS, "c = session.connection; c.commit()\n", "ends", "procedure",
    ),
    "connection's autocommit": (
        TRANSACTIONS, "c = session.connection; c.autocommit(False)\n", "begins", "procedure",
    ),
    "last query": (
        LAST, 'session.sql("select * from table(result_scan(last_query_id()))")\n', "another", "->>",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("codemod", "line", "what", "remedy"), BY_HAND.values(), ids=BY_HAND)
def test_found(codemod: Codemod, line: str, what: str, remedy: str) -> None:
    check_found(HEAD + line, codemod, what, remedy, line=3)


REVIEWED = {
    "one warehouse for all": (USE, 'session.use_warehouse("WH")\n'),
    "a warehouse from a constant": (USE, 'WH = "WH"; session.use_warehouse(WH)\n'),
    "a warehouse from the secrets": (USE, 'session.use_warehouse(st.secrets["wh"])\n'),
    "one role for all in SQL": (USE, 'session.sql("USE ROLE ANALYST").collect()\n'),
    "one parameter for all": (SETTINGS, "session.sql(\"ALTER SESSION SET TIMEZONE = 'UTC'\")\n"),
    "one tag for all": (SETTINGS, 'session.query_tag = "app"\n'),
    "a table with a random name": (
        TEMPORARY,
        'n = f"T_{uuid4().hex}"; df.write.save_as_table(n, table_type="temp")\n',
    ),
    "cached result": (TEMPORARY, "df = df.cache_result()\n"),
    "text that is perhaps run": (LAST, 'lib.do("select last_query_id()")\n'),
}


@pytest.mark.parametrize(("codemod", "line"), REVIEWED.values(), ids=REVIEWED)
def test_to_review(codemod: Codemod, line: str) -> None:
    check_found(HEAD + line, codemod, line=3, status=Status.REVIEW)


NOOPS = {
    "shown": (USE, 'st.code("USE ROLE x")\n'),
    "comment in SQL": (USE, 'session.sql("-- use role x\\nselect 1")\n'),
    "quoted in SQL": (USE, "session.sql(\"select 'use role x'\")\n"),
    "another database's": (USE, 'import duckdb\ncon = duckdb.connect()\ncon.execute("USE x")\n'),
    "spark's": (USE, 'from pyspark.sql import SparkSession as S\ns = S.active()\ns.sql("use x")\n'),
    "an own connection": (
        USE,
        "import snowflake.connector as c\ncon = c.connect()\ncon.cursor().execute(f'use role {r}')\n",
    ),
    "an own session": (
        USE,
        "from snowflake.snowpark import Session\n"
        "s = Session.builder.configs(c).create()\ns.use_role(r)\n",
    ),
    "an own session of each viewer": (
        USE,
        "from snowflake.snowpark import Session\n"
        "st.session_state.s = Session.builder.configs(c).create()\n"
        "st.session_state.s.use_role(r)\n",
    ),
    "with the caller's rights": (
        USE,
        'c = st.connection("snowflake-callers-rights")\nc.cursor().execute(f"use role {r}")\n',
    ),
    "docstring": (USE, '"""\nuse role x\n"""\n'),
    "update": (SETTINGS, 'session.sql(f"update t set a = {a}")\n'),
    "fragment of an update": (SETTINGS, 'q = "update t "\nq += f"set a = {a}"\nsession.sql(q)\n'),
    "tag of another object": (SETTINGS, "query.query_tag = tag\n"),
    "lasting table": (TEMPORARY, 'df.write.save_as_table("t")\n'),
    "transient table": (TEMPORARY, 'df.write.save_as_table("t", table_type="transient")\n'),
    "block of scripting": (TRANSACTIONS, 'session.sql("BEGIN RETURN 1; END")\n'),
    "another database's commit": (
        TRANSACTIONS,
        "import sqlite3\ncon = sqlite3.connect('x')\ncon.commit()\n",
    ),
    "commit of something unknown": (TRANSACTIONS, "repo.commit()\n"),
    "result of an own query": (LAST, "session.sql(f\"select * from table(result_scan('{i}'))\")\n"),
}


@pytest.mark.parametrize(("codemod", "lines"), NOOPS.values(), ids=NOOPS)
def test_noop(codemod: Codemod, lines: str) -> None:
    check_noop(HEAD + lines, codemod)


def test_different_constants_are_not_settled() -> None:
    source = HEAD + 'session.use_warehouse("A")\nsession.sql("use warehouse B")\n'
    found = migrate(source, USE).findings
    assert [f.status for f in found] == [Status.MANUAL, Status.MANUAL]


def test_a_transaction_is_one_finding() -> None:
    source = HEAD + 'for q in ["BEGIN", "delete from t", "COMMIT"]:\n    session.sql(q)\n'
    assert len(migrate(source, TRANSACTIONS).findings) == 1


def test_an_own_connection_in_a_cache_is_shared() -> None:
    source = (
        "import snowflake.connector\nimport streamlit as st\n@st.cache_resource\n"
        "def con():\n    return snowflake.connector.connect()\n"
        'con().cursor().execute(f"use role {r}")\n'
    )
    check_found(source, USE, "role", line=6)


def test_files_that_no_script_imports_are_left_alone() -> None:
    files = {"streamlit_app.py": "x = 1\n", "setup.py": HEAD + "session.use_role(r)\n"}
    assert migrate(files, USE).findings == ()


def test_text_of_another_file() -> None:
    files = {
        "streamlit_app.py": HEAD + "from queries import PICK\nsession.sql(PICK.format(x))\n",
        "queries.py": 'PICK = """\nselect 1;\nuse schema {}\n"""\n',
    }
    (finding,) = migrate(files, USE).findings
    assert finding.path.name == "queries.py"
    assert finding.span is not None
    assert finding.span.line == 3


def test_changes_of_an_app() -> None:
    files = {
        "streamlit_app.py": HEAD + 'import db\nsession.use_role(r)\nsession.sql("BEGIN")\n',
        "db.py": 'def f(session):\n    session.sql("create temp table t (n int)")\n',
    }
    project = modules(files)["db.py"].project
    assert [c.kind for c in changes(project)] == [Kind.TRANSACTION, Kind.USE, Kind.TEMPORARY]


VIEWER = """\
import streamlit as st
class Own(st.connections.SnowflakeConnection):
    @classmethod
    def scope(cls):
        return "session"
def get_session():
    connection = st.connection("snowflake", type=Own)
    session = st.session_state.get("snowpark_session")
    if session is None:
        session = st.session_state["snowpark_session"] = connection.session()
    return session
"""


@pytest.mark.parametrize(
    "line",
    [
        "get_session().use_role(r)",
        'get_session().sql(f"use role {r}")',
        "x = get_session()\nx.use_role(r)",
    ],
    ids=["method", "SQL", "by a name"],
)
def test_connection_of_each_viewer(line: str) -> None:
    check_noop(f"{VIEWER}{line}\n", USE)
    check_found(
        VIEWER.replace('"session"\n', '"global"\n') + f"{line}\n", USE, line=line.count("\n") + 12
    )


def test_text_that_only_another_way_runs_on_the_shared_connection() -> None:
    source = (
        f"{VIEWER}other = st.connection('snowflake')\n\n\ndef run(text):\n"
        "    if other is None:\n        return get_session().sql(text)\n"
        "    return other.cursor().execute(text)\n\n\nrun('BEGIN')\n"
    )
    [found] = migrate(source, TRANSACTIONS).findings
    assert found.status is Status.REVIEW
    assert "all viewers share where streamlit_app.py runs it on that" in found.message


def test_own_connection_in_a_cache_of_each_viewer() -> None:
    check_noop(
        "import snowflake.connector\nimport streamlit as st\n@st.cache_resource(scope='session')\n"
        "def con():\n    return snowflake.connector.connect()\n"
        'con().cursor().execute(f"use role {r}")\n',
        USE,
    )


WAYS = {
    "constant of a class": 'class Q:\n    R = f"USE ROLE {r}"\nsession.sql(Q.R)\n',
    "dictionary comprehension": 'd = {k: f"USE ROLE {k}" for k in x}\nsession.sql(d["a"])\n',
    "set comprehension": 'd = {f"USE ROLE {k}" for k in x}\nfor q in d: session.sql(q)\n',
    "lambda": 'f = lambda r: f"USE ROLE {r}"\nsession.sql(f("a"))\n',
    "keywords": 'def f(**kw): session.sql(kw["q"])\nf(q=f"USE ROLE {r}")\n',
}


@pytest.mark.parametrize("source", WAYS.values(), ids=WAYS)
def test_ways_of_a_text(source: str) -> None:
    [finding] = migrate(HEAD + source, USE).findings
    assert "the role of the connection" in finding.message


def test_text_in_an_attribute_that_another_file_reads() -> None:
    base = 'class Base:\n    def __init__(self, r):\n        self.q = f"USE ROLE {r}"\n'
    main = f"{HEAD}from base import Base\nsession.sql(Base(1).q)\n"
    [finding] = migrate({"streamlit_app.py": main, "base.py": base}, USE).findings
    assert finding.path.name == "base.py"


def test_connection_in_an_old_cache_is_shared() -> None:
    source = (
        "import streamlit as st\nimport snowflake.connector\n@st.experimental_singleton\n"
        "def c(): return snowflake.connector.connect()\nc().cursor().execute(f'USE ROLE {r}')\n"
    )
    check_found(source, USE, "role", line=5)
