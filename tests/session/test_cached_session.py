from __future__ import annotations

import pytest

from codemod_case import check_fixed, check_found, check_noop, migrate
from sis_codemods.session.active_session import codemod as active_session
from sis_codemods.session.cached_session import codemod
from sis_migrate.model import Status

ST = "import streamlit as st\n"
NEW = 'st.connection("snowflake").session()'
FUNCTION = f"def get():\n    return {NEW}\n"

CACHED = {
    "bare": "@st.cache_resource\n",
    "with options": '@st.cache_resource(ttl=60, show_spinner="…")\n',
    "old name": "@st.experimental_singleton\n",
    "with a comment": "# one for all\n@st.cache_resource  # kept\n",
}


@pytest.mark.parametrize("decorator", CACHED.values(), ids=CACHED)
def test_cache_goes(decorator: str) -> None:
    comment = "# one for all\n" if decorator.startswith("#") else ""
    check_fixed(ST + decorator + FUNCTION, ST + comment + FUNCTION, codemod, status=Status.REVIEW)


def test_other_decorators_stay() -> None:
    check_fixed(
        f"{ST}@first\n@st.cache_resource\n@last\n{FUNCTION}",
        f"{ST}@first\n@last\n{FUNCTION}",
        codemod,
        status=Status.REVIEW,
    )


def test_through_names_and_a_try() -> None:
    body = (
        '    try:\n        conn = st.connection("snowflake")\n        return conn.session()\n'
        "    except Exception:\n        return None\n"
    )
    result = migrate(f"{ST}@st.cache_resource\ndef get():\n{body}", codemod)
    assert result.text == f"{ST}def get():\n{body}"


def test_many_callers_keep_a_session_each() -> None:
    result = migrate(f"{ST}@st.cache_resource\n{FUNCTION}get()\nget()\n", codemod)
    assert "cache_resource" not in result.text
    assert 'st.session_state["snowpark_session"] = connection.session()' in result.text


def test_with_the_call_itself() -> None:
    source = (
        f"{ST}from snowflake.snowpark.context import get_active_session\n"
        "@st.cache_resource\ndef get():\n    return get_active_session()\n"
    )
    assert migrate(source, [active_session, codemod]).text == ST + FUNCTION


NOOPS = {
    "no cache": FUNCTION,
    "session scope": f'@st.cache_resource(scope="session")\n{FUNCTION}',
    "a connection": '@st.cache_resource\ndef get():\n    return st.connection("snowflake")\n',
    "a model": "@st.cache_resource\ndef get():\n    return load_model()\n",
    "data": f"@st.cache_data\ndef get():\n    return {NEW}.sql('x').to_pandas()\n",
    "another cache": f"@lib.cache_resource\n{FUNCTION}",
}


@pytest.mark.parametrize("source", NOOPS.values(), ids=NOOPS)
def test_noop(source: str) -> None:
    check_noop(ST + source, codemod)


FOUND = {
    "credentials of its own": (
        "def get(user):\n    from snowflake.snowpark import Session\n"
        "    return Session.builder.configs({'user': user}).create()\n",
        "outlives",
    ),
    "does more": (
        f"def get():\n    s = {NEW}\n    s.sql('x').collect()\n    return s\n",
        "outlives",
    ),
    "an object made of it": (f"def get():\n    return Root({NEW})\n", "keeps a session"),
}


@pytest.mark.parametrize(("function", "words"), FOUND.values(), ids=FOUND)
def test_found(function: str, words: str) -> None:
    check_found(f"{ST}@st.cache_resource\n{function}", codemod, words, line=2)
