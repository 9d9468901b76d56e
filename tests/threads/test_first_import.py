from __future__ import annotations

from collections.abc import Mapping

import pytest

from codemod_case import Result, migrate
from sis_codemods.session.active_session import codemod as active_session
from sis_codemods.threads.first_import import codemod
from sis_migrate.codemod import Codemod
from sis_migrate.model import Status

ADDED = "import snowflake.snowpark  # noqa: F401, first on every page\n"
ST = "import streamlit as st\n"
CONNECTION = f'{ST}st.connection("snowflake").query("select 1")\n'
FUNCTIONS = f"{ST}from snowflake.snowpark.functions import col\nst.write(col('A'))\n"


def run(files: Mapping[str, str], *codemods: Codemod) -> Result:
    scripts = [name for name in files if name == "streamlit_app.py" or name.startswith("pages/")]
    result = migrate(files, [codemod, *codemods], scripts=scripts)
    again = migrate(result.texts, [codemod, *codemods], scripts=scripts)
    assert again.texts == result.texts, "not idempotent"
    return result


def two(first: str, second: str, **others: str) -> dict[str, str]:
    return {"streamlit_app.py": first, "pages/a.py": second} | {
        f"{name}.py": text for name, text in others.items()
    }


def test_pages_that_begin_differently_import_the_whole_first() -> None:
    result = run(two(CONNECTION, FUNCTIONS))
    assert result.texts["streamlit_app.py"] == CONNECTION.replace(ST, ST + ADDED)
    assert result.texts["pages/a.py"] == ADDED + FUNCTIONS
    assert [f.status for f in result.findings] == [Status.FIXED, Status.FIXED]
    assert "begins with snowflake.snowpark.functions, others with st.connection" in (
        result.findings[0].message
    )


def test_page_that_begins_with_the_whole_is_right_already() -> None:
    whole = f"{ST}from snowflake.snowpark import Session\n"
    result = run(two(whole, FUNCTIONS))
    assert result.texts == two(whole, ADDED + FUNCTIONS)


ALIKE = {
    "the same part": two(FUNCTIONS, FUNCTIONS),
    "the connection only": two(CONNECTION, CONNECTION),
    "one page without Snowflake": two(FUNCTIONS, ST),
    "one script": {"streamlit_app.py": FUNCTIONS, "m.py": CONNECTION},
    "another kind of connection": two(FUNCTIONS, f'{ST}st.connection("sql")\n'),
    "Snowpark's core API": two(FUNCTIONS, "from snowflake.core import Root\n"),
    "no Snowpark": two(CONNECTION, "import snowflake.connector.pandas_tools\n"),
    "in a function": two(
        CONNECTION, f"def f():\n    import snowflake.snowpark.types\n{CONNECTION}"
    ),
    "for type checkers": two(
        CONNECTION,
        f"from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from snowflake.snowpark.types "
        f"import A\n{CONNECTION}",
    ),
    "run by the entry point": two(
        f"{CONNECTION}st.navigation([]).run()\n", FUNCTIONS, other=CONNECTION
    ),
}


@pytest.mark.parametrize("files", ALIKE.values(), ids=ALIKE)
def test_pages_that_begin_alike_are_left(files: dict[str, str]) -> None:
    result = run(files)
    assert result.texts == files
    assert not result.findings


def test_scripts_of_no_entry_point_are_apps_of_their_own() -> None:
    files = {"a.py": FUNCTIONS, "b.py": CONNECTION}
    assert migrate(files, codemod, scripts=("a.py", "b.py"), entry=None).texts == files


def test_part_that_a_file_of_the_apps_imports() -> None:
    files = two(CONNECTION, f"import os\nimport db.read\n{ST}") | {
        "db/__init__.py": "",
        "db/read.py": "import os\nfrom snowflake.cortex import complete\n",
    }
    assert run(files).texts["pages/a.py"] == f"{ADDED}import os\nimport db.read\n{ST}"


def test_connection_in_a_file_of_the_apps() -> None:
    files = two(
        "import db\ndb.f()\n", FUNCTIONS, db=f'{ST}\ndef f():\n    st.connection("snowflake")\n'
    )
    assert run(files).texts["streamlit_app.py"] == f"import db\n{ADDED}db.f()\n"


def test_navigation_without_snowpark_leaves_it_to_the_pages() -> None:
    files = {
        "streamlit_app.py": f"{ST}st.navigation([]).run()\n",
        "pages/a.py": FUNCTIONS,
        "pages/b.py": CONNECTION,
    }
    assert ADDED in run(files).texts["pages/a.py"]


def test_import_in_a_try_has_a_finding() -> None:
    guarded = (
        "try:\n    from snowflake.snowpark.functions import col\n"
        "except ImportError:\n    col = None\n"
    )
    result = run(two(f"{ST}from snowflake.snowpark import Session\n", guarded))
    assert result.texts["pages/a.py"] == guarded
    assert [(f.status, f.span and f.span.line) for f in result.findings] == [(Status.REVIEW, 2)]


def test_name_snowflake_that_is_taken() -> None:
    page = f"{FUNCTIONS}snowflake = 1\n"
    alias = ADDED.replace("snowpark ", "snowpark as _snowpark ")
    assert run(two(CONNECTION, page)).texts["pages/a.py"] == alias + page


def test_waits_for_the_session() -> None:
    old = (
        f"{ST}from snowflake.snowpark.context import get_active_session\n"
        "session = get_active_session()\n"
    )
    result = run(two(old, old), active_session)
    assert ADDED not in "".join(result.texts.values())
    assert run(two(old, FUNCTIONS), active_session).texts["streamlit_app.py"] == (
        f'{ST}{ADDED}session = st.connection("snowflake").session()\n'
    )
