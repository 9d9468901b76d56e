from __future__ import annotations

import pytest

from codemod_case import check_fixed, check_found, check_noop, migrate
from sis_codemods.session.markers import markers
from sis_codemods.session.parameter_style import codemod
from sis_migrate.model import Status

HEAD = 'import streamlit as st\nconn = st.connection("snowflake")\ncur = conn.cursor()\n'

FIXED = {
    "tuple": ('cur.execute("select %s", (a,))', 'cur.execute("select ?", (a,))'),
    "list": ('cur.execute("select %s, %s", [a, b])', 'cur.execute("select ?, ?", [a, b])'),
    "single quotes": ("cur.execute('select %s', (a,))", "cur.execute('select ?', (a,))"),
    "percent sign": (
        "cur.execute(\"select %s where b like '5%%'\", (a,))",
        "cur.execute(\"select ? where b like '5%'\", (a,))",
    ),
    "dictionary": (
        'cur.execute("select %(a)s, %(b)s", {"b": y, "a": x.z})',
        'cur.execute("select ?, ?", (x.z, y))',
    ),
    "dictionary of one": ('cur.execute("select %(a)s", {"a": x})', 'cur.execute("select ?", (x,))'),
    "a name twice": (
        'cur.execute("select %(a)s, %(a)s", {"a": x})',
        'cur.execute("select ?, ?", (x, x))',
    ),
    "keyword": ('cur.execute("select %s", params=(a,))', 'cur.execute("select ?", params=(a,))'),
    "query": ('conn.query("select %s", params=[a])', 'conn.query("select ?", params=[a])'),
    "chained": (
        'conn.cursor().execute("select %s", (a,)).fetchall()',
        'conn.cursor().execute("select ?", (a,)).fetchall()',
    ),
    "raw connection": (
        'conn.raw_connection.cursor().execute("select %s", (a,))',
        'conn.raw_connection.cursor().execute("select ?", (a,))',
    ),
    "over lines": (
        'cur.execute(\n    """\n    select %s\n    """,\n    (a,),\n)',
        'cur.execute(\n    """\n    select ?\n    """,\n    (a,),\n)',
    ),
}


@pytest.mark.parametrize(("before", "after"), FIXED.values(), ids=FIXED)
def test_question_marks(before: str, after: str) -> None:
    check_fixed(f"{HEAD}x = {before}\n", f"{HEAD}x = {after}\n", codemod, status=Status.REVIEW)


FOUND = {
    "text by a name": 'q = "select %s"\ncur.execute(q, (a,))\n',
    "f-string": 'cur.execute(f"select {b}, %s", (a,))\n',
    "values by a name": 'cur.execute("select %s", values)\n',
    "another number of values": 'cur.execute("select %s, %s", (a,))\n',
    "a list as a value": 'cur.execute("select * from t where a in %s", ([1, 2],))\n',
    "for a list": 'cur.execute("select * from t where a in (%s)", (a,))\n',
    "between quotes": "cur.execute(\"select '%s', %s\", (a, b))\n",
    "colon": 'conn.query("select :a", params={"a": 1})\n',
    "colon in a condition": 'conn.query("select 1 where b = :a", params={"a": 1})\n',
    "numbers and a dictionary": 'conn.query("select :1", params={"1": a})\n',
    "numbers and another style": 'cur.execute("select :1, %s", (a, b))\n',
    "many rows": 'cur.executemany("insert into t values (%s)", rows)\n',
    "a dictionary without the name": 'cur.execute("select %(a)s", {"b": 1})\n',
}


@pytest.mark.parametrize("lines", FOUND.values(), ids=FOUND)
def test_found(lines: str) -> None:
    check_found(HEAD + lines, codemod, "container's style is ?", line=3 + lines.count("\n"))


def test_one_place_holds_back_the_others() -> None:
    source = HEAD + 'cur.execute("select %s", (a,))\ncur.execute("select %s", values)\n'
    result = migrate(source, codemod)
    assert result.text == source
    assert len(result.findings) == 2


def test_wrapper_is_one_finding() -> None:
    source = HEAD + (
        "def run(q, p):\n    cur.execute(q, p)\n"
        'run("select %s", (a,))\nrun("select %s, 1", (a,))\nrun("select %s, 2", (a,))\n'
    )
    check_found(source, codemod, "and 2 more", line=5)


def test_message_says_which_call() -> None:
    check_found(
        HEAD + "cur.execute(q := 'select :a', (a,))\n", codemod, "cur.execute() is given", line=4
    )
    source = HEAD + "conn.cursor().execute(q := 'select :a', (a,))\n"
    check_found(source, codemod, "execute() is given text with :name", line=4)


NOOPS = {
    "numbers": 'conn.query("select :1, :2", params=[a, b])\n',
    "numbers of a cursor": 'cur.execute("select :1", (a,))\n',
    "numbers and values by a name": 'cur.execute("select * from t where a = :1", values)\n',
    "numbers of many rows": 'cur.executemany("insert into t values (:1, :2)", rows)\n',
    "question mark": 'cur.execute("select ?", (a,))\n',
    "no parameters": "cur.execute(\"select 'a %s'\")\n",
    "filled in by Python": 'cur.execute("select %s" % a)\n',
    "Snowpark": 'conn.session().sql("select %s", params=[a])\n',
    "path into a variant": 'cur.execute("select a:b from t where c = ?", (a,))\n',
    "cast": 'cur.execute("select a::int from t where c = ?", (a,))\n',
    "another database": "import sqlite3\nsqlite3.connect(p).cursor().execute('select :a', {'a': 1})\n",
    "comment in SQL": 'cur.execute("select ? -- %s", (a,))\n',
    "shown": 'st.code("select %s")\n',
}


@pytest.mark.parametrize("lines", NOOPS.values(), ids=NOOPS)
def test_noop(lines: str) -> None:
    check_noop(HEAD + lines, codemod)


def test_app_in_which_nothing_sets_the_style() -> None:
    check_noop(
        "import snowflake.connector\n"
        'snowflake.connector.connect().cursor().execute("select %s", (a,))\n',
        codemod,
    )


MARKERS = {
    "positions": ("select %s, %s", "%s", ("", "")),
    "names": ("select %(a)s", "%(name)s", ("a",)),
    "colons": ("select :a, :b", ":name", ("a", "b")),
    "numbers": ("select :1", ":1", ("1",)),
    "numbers and names": ("select :1, :a", "mixed", ("1", "a")),
    "two styles": ("select %s, :a", "mixed", ("", "a")),
}


@pytest.mark.parametrize(("text", "style", "names"), MARKERS.values(), ids=MARKERS)
def test_markers(text: str, style: str, names: tuple[str, ...]) -> None:
    found = markers(text)
    assert found is not None
    assert (found.style, found.names) == (style, names)


@pytest.mark.parametrize("text", ["select 5 % s", "select a:b", "select 'x %s'", "select 1"])
def test_no_markers(text: str) -> None:
    assert markers(text) is None


def test_pandas() -> None:
    read = 'pd.read_sql("select %(a)s", conn.raw_connection, params={})\n'
    before = f"import pandas as pd\n{HEAD}{read}"
    check_fixed(
        before.replace("{}", '{"a": x}'),
        before.replace("%(a)s", "?").replace("{}", "(x,)"),
        codemod,
        status=Status.REVIEW,
    )
