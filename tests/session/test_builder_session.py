from __future__ import annotations

import pytest

from codemod_case import check_fixed, check_found, check_noop, migrate
from sis_codemods.session.builder_session import codemod

ST = "import streamlit as st\n"
SNOWPARK = "from snowflake.snowpark import Session\n"
NEW = 'st.connection("snowflake").session()'


@pytest.mark.parametrize("maker", ["getOrCreate", "create"])
def test_bare_builder(maker: str) -> None:
    check_fixed(
        f"{ST}{SNOWPARK}session = Session.builder.{maker}()\n", f"{ST}session = {NEW}\n", codemod
    )


def test_class_that_is_still_needed() -> None:
    check_fixed(
        f"{ST}{SNOWPARK}session: Session = Session.builder.getOrCreate()\n",
        f"{ST}{SNOWPARK}session: Session = {NEW}\n",
        codemod,
    )


NOOPS = {
    "configured": "Session.builder.configs(parameters).create()\n",
    "configured step by step": "Session.builder.config('a', 1).getOrCreate()\n",
    "another package's": "SparkSession.builder.getOrCreate()\n",
    "migrated": f"session = {NEW}\n",
}


@pytest.mark.parametrize("source", NOOPS.values(), ids=NOOPS)
def test_noop(source: str) -> None:
    check_noop(ST + SNOWPARK + source, codemod)


def test_file_that_no_script_imports() -> None:
    files = {"streamlit_app.py": ST, "job.py": f"{SNOWPARK}s = Session.builder.getOrCreate()\n"}
    assert migrate(files, codemod).findings == ()


def test_with() -> None:
    source = f"{ST}{SNOWPARK}with Session.builder.getOrCreate() as s:\n    pass\n"
    check_found(source, codemod, "close", line=3)


OTHER_THINGS = {
    "a name": "Session.builder.app_name('sales').getOrCreate()",
    "parameters": "Session.builder.config('session_parameters', {'QUERY_TAG': 'a'}).getOrCreate()",
    "nothing": "Session.builder.configs({}).create()",
    "two": "Session.builder.app_name('a').configs({'query_tag': 'b'}).getOrCreate()",
}


@pytest.mark.parametrize("call", OTHER_THINGS.values(), ids=OTHER_THINGS)
def test_a_builder_that_is_given_no_connection_is_found(call: str) -> None:
    check_found(
        f"{ST}{SNOWPARK}session = {call}\n", codemod, "names nothing to connect with", line=3
    )


def test_it_keeps_the_other_sessions_of_the_app_as_they_are() -> None:
    source = (
        f"{ST}{SNOWPARK}one = Session.builder.getOrCreate()\n"
        "two = Session.builder.app_name('a').getOrCreate()\n"
    )
    result = migrate({"streamlit_app.py": source}, codemod)
    assert result.texts["streamlit_app.py"] == source
