"""Queries that run again at every interaction."""

from __future__ import annotations

import pytest

from codemod_case import check_noop, migrate
from sis_codemods.session.uncached_queries import codemod
from sis_migrate.model import Status

HEAD = 'import streamlit as st\nsession = st.connection("snowflake").session()\n'


@pytest.mark.parametrize(
    "code",
    [
        pytest.param('session.sql("select 1").collect()', id="sql"),
        pytest.param('q = "with a as (select 1) select * from a"\nsession.sql(q)', id="by a name"),
        pytest.param('st.dataframe(session.table("T"))', id="a table"),
        pytest.param('def f():\n    return session.sql("select 1")\nf()', id="in a function"),
        pytest.param(
            'def run(q):\n    return session.sql(q)\nrun("select 1")', id="through a function"
        ),
        pytest.param(
            'if st.checkbox("more"):\n    session.sql("select 1").collect()', id="while it is ticked"
        ),
        pytest.param(
            'import pandas as pd\npd.read_sql("select 1", con)', id="through pandas"
        ),
    ],
)  # fmt: skip
def test_counted(code: str) -> None:
    (finding,) = migrate(f"{HEAD}{code}\n", codemod).findings
    assert finding.status is Status.REVIEW
    assert finding.message.startswith("1 query runs again at every interaction")


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(
            '@st.cache_data\ndef f():\n    return session.sql("select 1").to_pandas()\nf()',
            id="under a cache",
        ),
        pytest.param(
            'def g():\n    return session.sql("select 1")\n@st.cache_data\ndef f():\n'
            "    return g().to_pandas()\nf()",
            id="below a cache",
        ),
        pytest.param('st.connection("snowflake").query("select 1")', id="Streamlit's own cache"),
        pytest.param(
            'session.sql("insert into t select 1").collect()', id="a statement that writes"
        ),
        pytest.param('session.table("T").delete()', id="a table that is written"),
        pytest.param('if st.button("go"):\n    session.sql("select 1").collect()', id="a button"),
        pytest.param(
            'go = st.form_submit_button("go")\nif go:\n    session.sql("select 1").collect()',
            id="a form",
        ),
        pytest.param(
            'def f():\n    session.sql("select 1").collect()\nst.button("go", on_click=f)',
            id="a callback",
        ),
        pytest.param(
            'def f():\n    session.sql("select 1").collect()\nif st.button("go"):\n    f()',
            id="a function that a button starts",
        ),
        pytest.param(
            '@st.dialog("d")\ndef f():\n    session.sql("select 1").collect()\nf()', id="a dialog"
        ),
        pytest.param(
            'if "d" not in st.session_state:\n    st.session_state.d = session.sql("select 1")',
            id="kept in the session state",
        ),
        pytest.param('def f():\n    session.sql("select 1").collect()', id="never called"),
        pytest.param('st.write("select a region")', id="a text that is no query"),
        pytest.param('session.sql("select 1")  # migrate: ignore[SIS147]', id="silenced"),
    ],
)
def test_not_counted(code: str) -> None:
    check_noop(f"{HEAD}{code}\n", codemod)


def test_one_finding_for_the_app() -> None:
    script = 'import data\nsession.sql("select 1").collect()\ndata.load(session)\n'
    files = {
        "streamlit_app.py": f"{HEAD}{script}",
        "data.py": 'def load(session):\n    session.sql("select 2")\n    session.sql("select 3")\n',
        "unused.py": f'{HEAD}session.sql("select 4")\n',
    }
    (finding,) = migrate(files, codemod).findings
    assert finding.message == (
        "3 queries run again at every interaction of every viewer (data.py: 2, streamlit_app.py: 1)"
    )
