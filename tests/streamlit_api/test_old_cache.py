from __future__ import annotations

import pytest

from codemod_case import ENTRY, check_fixed, check_found, check_noop, migrate
from sis_codemods.streamlit.absent_api import codemod as absent_api
from sis_codemods.streamlit.old_cache import codemod
from sis_migrate.model import Settings, Status

HEAD = """import json, joblib
import pandas as pd
import streamlit as st
from snowflake.snowpark import Session
from snowflake.snowpark.context import get_active_session
"""

DATA = {
    "frame": "pd.read_csv('a.csv')",
    "frame by a method": "session.sql('select 1').to_pandas()",
    "rows": "session.sql('select 1').collect()",
    "list": "[1, 2]",
    "text": "f'{a}'",
    "json": "json.load(f)",
    "part": "pd.read_csv('a.csv')['x'].unique()",
    "chain": "pd.read_csv('a.csv').dropna().rename(columns=str)",
    "either": "pd.DataFrame() if a else [1]",
}
RESOURCES = {
    "session": "get_active_session()",
    "connection": "st.connection('snowflake')",
    "new session": "Session.builder.configs(c).create()",
    "model": "joblib.load('m.pkl')",
    "pretrained": "AutoTokenizer.from_pretrained('x')",
    "both": "(get_active_session(), [1])",
    "Snowpark frame": "get_active_session().table('T')",
}


@pytest.mark.parametrize("value", DATA.values(), ids=DATA)
def test_data(value: str) -> None:
    before = f"{HEAD}@st.cache\ndef f(session, a):\n    return {value}\n"
    after = before.replace("@st.cache", "@st.cache_data")
    check_fixed(before, after, codemod, status=Status.REVIEW)


@pytest.mark.parametrize("value", RESOURCES.values(), ids=RESOURCES)
def test_resource(value: str) -> None:
    before = f"{HEAD}@st.cache\ndef f():\n    x = {value}\n    return x\n"
    after = before.replace("@st.cache", "@st.cache_resource")
    check_fixed(before, after, codemod, status=Status.REVIEW)


FORMS = {
    "empty call": ("@st.cache()\ndef f():", "@st.cache_data\ndef f():"),
    "kept arguments": (
        "@st.cache(ttl=60, max_entries=5, show_spinner=False, hash_funcs={A: id})\ndef f():",
        "@st.cache_data(ttl=60, max_entries=5, show_spinner=False, hash_funcs={A: id})\ndef f():",
    ),
    "dropped arguments": (
        "@st.cache(suppress_st_warning=True, allow_output_mutation=False, ttl=60)\ndef f():",
        "@st.cache_data(ttl=60)\ndef f():",
    ),
    "same object": (
        "@st.cache(allow_output_mutation=True, persist=True)\ndef f():",
        "@st.cache_resource\ndef f():",
    ),
    "kept on disk": ("@st.cache(persist=True)\ndef f():", "@st.cache_data(persist=True)\ndef f():"),
    "stacked": ("@st.fragment\n@st.cache\ndef f():", "@st.fragment\n@st.cache_data\ndef f():"),
}


@pytest.mark.parametrize(("before", "after"), FORMS.values(), ids=FORMS)
def test_decorator(before: str, after: str) -> None:
    body = "\n    return [1]\n"
    check_fixed(f"{HEAD}{before}{body}", f"{HEAD}{after}{body}", codemod, status=Status.REVIEW)


CALLS = {
    "call": ("st.cache(f)", "st.cache_data(f)"),
    "positional arguments": ("st.cache(f, True, False, False)",
                             "st.cache_data(f, persist=True, show_spinner=False)"),
    "factory": ("st.cache(ttl=5)(f)", "st.cache_data(ttl=5)(f)"),
    "empty factory": ("st.cache()(f)", "st.cache_data()(f)"),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), CALLS.values(), ids=CALLS)
def test_call(before: str, after: str) -> None:
    head = f"{HEAD}def f():\n    return [1]\n"
    check_fixed(f"{head}g = {before}\n", f"{head}g = {after}\n", codemod, status=Status.REVIEW)


def test_imported_name() -> None:
    before = "import streamlit as st\nfrom streamlit import cache\n@cache\ndef f(): return 1\n"
    after = "import streamlit as st\n@st.cache_data\ndef f(): return 1\n"
    check_fixed(before, after, codemod, status=Status.REVIEW, indented=False)


FOUND = {
    "unknown": ("@st.cache\ndef f(x):\n    return x.go()", 6, "nothing tells"),
    "generator": ("@st.cache\ndef f():\n    yield 1", 6, "generator"),
    "coroutine": ("@st.cache\nasync def f():\n    return 1", 6, "coroutine"),
    "hidden arguments": ("@st.cache(**options)\ndef f():\n    return 1", 6, "hidden"),
    "other name": ("memo = st.cache\n@memo\ndef f():\n    return 1", 6, "another name"),
}


@pytest.mark.parametrize(("source", "line", "words"), FOUND.values(), ids=FOUND)
def test_found(source: str, line: int, words: str) -> None:
    check_found(f"{HEAD}{source}\n", codemod, words, line=line)


def test_name_decides_where_nothing_else_does() -> None:
    source = f"{HEAD}@st.cache\ndef load_model(x):\n    return x.go()\n"
    result = migrate(source, codemod)
    assert "@st.cache_resource" in result.text
    assert "its name" in result.findings[0].message


def test_method_needs_another_first_parameter() -> None:
    source = f"{HEAD}class A:\n    @st.cache\n    def rows(self):\n        return [1]\n"
    result = migrate(source, codemod)
    assert "@st.cache_data" in result.text
    assert any("`_self`" in f.remedy for f in result.findings)


RIGHT = {
    "new decorator": "@st.cache_data\ndef f(): return 1",
    "own cache": "from functools import cache\n@cache\ndef f(): return 1",
    "own object": "class C:\n    cache = 1\nC().cache",
    "shim": "if hasattr(st, 'cache_data'):\n    d = st.cache_data\nelse:\n    d = st.cache",
    "fallback": "try:\n    d = st.cache_data\nexcept AttributeError:\n    d = st.cache",
}


@pytest.mark.parametrize("source", RIGHT.values(), ids=RIGHT)
def test_right(source: str) -> None:
    check_noop(f"{HEAD}{source}\n", codemod)


def test_release_that_still_has_it() -> None:
    source = f"{HEAD}@st.cache\ndef f(): return 1\n"
    check_noop(source, codemod, settings=Settings(streamlit="==1.50.*"))


def test_import_without_a_use() -> None:
    before = "import streamlit as st\nfrom streamlit import cache, title\ntitle('a')\n"
    check_fixed(before, before.replace("cache, ", ""), codemod)


def test_import_for_another_file() -> None:
    files = {
        ENTRY: "from page import cache\n\n@cache\ndef f():\n    return [1]\n",
        "page.py": "from streamlit import cache\n\nTITLE = 1\n",
    }
    result = migrate(files, codemod)
    assert "@st.cache_data" in result.text
    assert "cache" not in result.texts["page.py"]


@pytest.mark.parametrize("source", ["st.bokeh_chart(p)", "st.line_chart(d).add_rows(e)"])
def test_what_has_no_successor_is_reported_by_the_table(source: str) -> None:
    result = migrate(f"{HEAD}{source}\n", [absent_api, codemod])
    assert [f.status for f in result.findings] == [Status.MANUAL]
    assert len(result.findings[0].remedy) > 20
