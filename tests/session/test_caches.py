"""Caches: data that mixes viewers (SIS145), and what nothing ever empties (SIS146)."""

from __future__ import annotations

import pytest

from codemod_case import check_found, check_noop, migrate
from sis_codemods.session import mixed_cache, unlimited_cache
from sis_migrate.model import Item, Settings, Status

HEAD = 'import streamlit as st\nsession = st.connection("snowflake").session()\n'
MIXED, UNLIMITED = mixed_cache.codemod, unlimited_cache.codemod
DATA = "@st.cache_data(ttl=9)\ndef f():\n"

READS = {
    "attribute": "st.session_state.region",
    "item": "st.session_state['region']",
    "get": "st.session_state.get('region')",
    "setdefault": "st.session_state.setdefault('region', 1)",
    "in SQL": "session.sql(f'select {st.session_state.region}')",
    "known by an import": "state.region",
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_reads(read: str) -> None:
    source = "from streamlit import session_state as state\n" + HEAD + DATA + f"    return {read}\n"
    found = check_found(source, MIXED, "reads", "region", "argument", line=6)
    assert found.item is Item.CACHE


def test_reads_in_a_function_that_it_calls() -> None:
    source = HEAD + "def g():\n    return st.session_state.a\n" + DATA + "    return g()\n"
    check_found(source, MIXED, "the cache of f()", line=4)


def test_writes() -> None:
    source = HEAD + DATA + "    st.session_state.rows = 1\n"
    check_found(source, MIXED, "writes", "rows", "Return", line=5)


def test_resource() -> None:
    source = HEAD + "@st.cache_resource\ndef f():\n    return st.session_state.a\n"
    check_found(source, MIXED, "reads", line=5)


def test_one_finding_names_every_key() -> None:
    source = HEAD + DATA + "    a = st.session_state.a\n    return a, st.session_state.b\n"
    check_found(source, MIXED, "(a, b)", line=5)
    assert len(migrate(source, MIXED).findings) == 1


def test_in_another_file() -> None:
    files = {
        "streamlit_app.py": HEAD + "from data import g\n" + DATA + "    return g()\n",
        "data.py": "import streamlit as st\ndef g():\n    return st.session_state.a\n",
    }
    (found,) = migrate(files, MIXED).findings
    assert found.path.name == "data.py"


MIXED_NOOPS = {
    "no cache": "def f():\n    return st.session_state.a\n",
    "per viewer": "@st.cache_data(scope='session')\ndef f():\n    return st.session_state.a\n",
    "a session": DATA + "    return st.session_state.session.sql('select 1')\n",
    "a session by what it does": DATA + "    return st.session_state.sf.table('t')\n",
    "a connection": DATA + "    return st.session_state['conn']\n",
    "a session by its value": "st.session_state.x = session\n"
    + DATA
    + "    return st.session_state.x\n",
    "test for a key": DATA + "    return 'a' in st.session_state\n",
    "an argument": "@st.cache_data\ndef f(a):\n    return a\nf(st.session_state.a)\n",
    "own name": "@st.cache_data\ndef f(session_state):\n    return session_state.a\n",
}


@pytest.mark.parametrize("lines", MIXED_NOOPS.values(), ids=MIXED_NOOPS)
def test_mixes_nothing(lines: str) -> None:
    check_noop(HEAD + lines, MIXED)


ENDLESS = {
    "data that is queried": "@st.cache_data\ndef f():\n    return session.table('T').to_pandas()\n",
    "data with other options": "@st.cache_data(show_spinner=False)\n"
    "def f():\n    return session.sql('')\n",
    "data from a service": "import requests; data = st.cache_data\n"
    "@data\ndef f():\n    return requests.get(url)\n",
    "data with arguments": "@st.cache_data\ndef f(a):\n    return a\n",
    "data queried by another function": "@st.cache_data\ndef f():\n    return g()\n"
    "def g():\n    return session.sql('')\n",
    "resource with arguments": "@st.cache_resource\ndef f(name):\n    return load(name)\n",
}


@pytest.mark.parametrize("lines", ENDLESS.values(), ids=ENDLESS)
def test_endless(lines: str) -> None:
    check_found(
        HEAD + lines, UNLIMITED, "1 cache has no limit", "streamlit_app.py: f", "ttl",
        line=4 if "import" in lines else 3, status=Status.REVIEW,
    )  # fmt: skip


LIMITED = {
    "ttl": "@st.cache_data(ttl=60)\ndef f(a):\n    return session.sql('')\n",
    "max_entries": "@st.cache_data(max_entries=60)\ndef f(a):\n    return session.sql('')\n",
    "options of unknown names": "@st.cache_data(**options)\ndef f(a):\n    return session.sql('')\n",
    "per viewer": "@st.cache_data(scope='session')\ndef f(a):\n    return session.sql('')\n",
    "made up in the program": "@st.cache_data\ndef f():\n    return options.get('a')\n",
    "a file of the app": "@st.cache_data\ndef f():\n    return open('style.css').read()\n",
    "one resource": "@st.cache_resource\ndef f():\n    return session.sql('')\n",
    "arguments that are no part of the key": "@st.cache_resource\ndef f(_a):\n    return load(_a)\n",
    "another package's": "from lib import cache_data\n@cache_data\ndef f(a):\n    return a\n",
    "clearing something else": "@st.cache_data(ttl=1)\ndef f():\n    x = {}\n    x.clear()\n",
    "silenced": "@st.cache_data  # migrate: ignore[SIS146]\ndef f(a):\n    return a\n",
}


@pytest.mark.parametrize("lines", LIMITED.values(), ids=LIMITED)
def test_limited(lines: str) -> None:
    check_noop(HEAD + lines, UNLIMITED)


@pytest.mark.parametrize(
    "call", ["f.clear()", "st.cache_data.clear()", "st.cache_resource.clear()"]
)
def test_clear(call: str) -> None:
    source = HEAD + f"@st.cache_data(ttl=1)\ndef f(a):\n    return a\n{call}\n"
    cleared = call.removesuffix(".clear()")
    check_found(source, UNLIMITED, "all viewers", f": {cleared})", line=6, status=Status.REVIEW)


def test_one_finding_for_an_app() -> None:
    files = {
        "streamlit_app.py": HEAD + "import data\n@st.cache_data\ndef f(a):\n    return a\n"
        "@st.cache_data\ndef g(a):\n    return a\n",
        "data.py": "import streamlit as st\n@st.cache_data\ndef h(a):\n    return a\nh.clear()\n",
    }
    (found,) = migrate(files, UNLIMITED).findings
    assert "3 caches have no limit" in found.message
    assert "(data.py: h; streamlit_app.py: f, g)" in found.message
    assert "(data.py: h)" in found.message


def test_place_in_an_ignored_file_is_not_the_whole_app_s() -> None:
    source = "import streamlit as st\n@st.cache_data\ndef f(x):\n    return x\n"
    settings = Settings(per_file_ignores={"a.py": ("SIS146",)})
    files = {"streamlit_app.py": f"{source}import a\n", "a.py": source}
    [finding] = migrate(files, unlimited_cache.codemod, settings=settings).findings
    assert finding.path.name == "streamlit_app.py"
    assert "a.py" not in finding.message.replace("streamlit_app.py", "")
