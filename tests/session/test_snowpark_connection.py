from __future__ import annotations

import pytest

from codemod_case import check_fixed, check_noop, migrate
from sis_codemods.session.snowpark_connection import codemod
from sis_migrate.model import Status

ST = "import streamlit as st\n"
CALLS = {
    "name": ('st.connection("snowpark")', 'st.connection("snowflake")'),
    "single quotes": ("st.connection('snowpark')", "st.connection('snowflake')"),
    "name by keyword": ('st.connection(name="snowpark")', 'st.connection(name="snowflake")'),
    "old function": ('st.experimental_connection("snowpark")', 'st.connection("snowflake")'),
    "type": ('st.connection("a", type="snowpark")', 'st.connection("a", type="snowflake")'),
    "second argument": ('st.connection("a", "snowpark")', 'st.connection("a", "snowflake")'),
    "name and type": (
        'st.connection("snowpark", type="snowpark", ttl=5)',
        'st.connection("snowflake", type="snowflake", ttl=5)',
    ),
    "class": (
        'st.connection("a", type=st.connections.SnowparkConnection)',
        'st.connection("a", type="snowflake")',
    ),
    "query": ('st.connection("snowpark").query(q)', 'st.connection("snowflake").query(q)'),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), CALLS.values(), ids=CALLS)
def test_connection(before: str, after: str) -> None:
    check_fixed(f"{ST}c = {before}\n", f"{ST}c = {after}\n", codemod, status=Status.REVIEW)


USES = {
    "session": ("s = conn.session\n", "s = conn.session()\n"),
    "session chained": ("r = conn.session.sql(q)\n", "r = conn.session().sql(q)\n"),
    "safe session": (
        "with conn.safe_session() as s:\n    pass\n",
        "with contextlib.nullcontext(conn.session()) as s:\n    pass\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), USES.values(), ids=USES)
def test_use(before: str, after: str) -> None:
    head = "import contextlib\n" + ST
    check_fixed(
        f'{head}conn = st.connection("snowpark")\n{before}',
        f'{head}conn = st.connection("snowflake")\n{after}',
        codemod,
        status=Status.REVIEW,
    )


def test_use_in_another_file() -> None:
    files = {
        "streamlit_app.py": f"{ST}from db import conn\nst.write(conn.session.sql('x'))\n",
        "db.py": f'{ST}conn = st.connection("snowpark")\n',
    }
    assert "conn.session().sql('x')" in migrate(files, codemod).text


NOOPS = {
    "new type": 'c = st.connection("snowflake")\ns = c.session()\n',
    "another function": 'c = connect("snowpark")\ns = c.session\n',
    "another object's attribute": "x = obj.session\n# 'snowpark'\n",
}


@pytest.mark.parametrize("source", NOOPS.values(), ids=NOOPS)
def test_noop(source: str) -> None:
    check_noop(ST + source, codemod)
