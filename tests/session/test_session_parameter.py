from __future__ import annotations

import pytest

from codemod_case import check_fixed, check_found, check_noop, migrate
from sis_codemods.session.active_session import codemod as active_session
from sis_codemods.session.session_parameter import codemod

ST = "import streamlit as st\nfrom snowflake.snowpark import Session\n"
RENAMED = {
    "by name": (
        "@st.cache_data\ndef f(session, a):\n    return session.table(a)\n",
        "@st.cache_data\ndef f(_session, a):\n    return _session.table(a)\n",
    ),
    "by annotation": (
        "@st.cache_data(ttl=1)\ndef f(s: Session):\n    return s.table('a')\n",
        "@st.cache_data(ttl=1)\ndef f(_s: Session):\n    return _s.table('a')\n",
    ),
    "by what it is given": (
        '@st.cache_data\ndef f(db):\n    db.table()\nf(st.connection("snowflake").session())\n',
        '@st.cache_data\ndef f(_db):\n    _db.table()\nf(st.connection("snowflake").session())\n',
    ),
    "keyword only": (
        "@st.cache_data\ndef f(*, session=None):\n    return session.table()\nf(session=1)\n",
        "@st.cache_data\ndef f(*, _session=None):\n    return _session.table()\nf(_session=1)\n",
    ),
    "in a function inside": (
        "@st.cache_data\ndef f(session):\n    def g():\n        return session\n    return g()\n",
        "@st.cache_data\ndef f(_session):\n    def g():\n        return _session\n    return g()\n",
    ),
    "assigned where it is None": (
        "@st.cache_data\ndef f(t, session=None):\n    if session is None:\n        session = new()\n"
        "    return session.table(t)\n",
        "@st.cache_data\ndef f(t, _session=None):\n    if _session is None:\n        _session = new()\n"
        "    return _session.table(t)\n",
    ),
    "assigned by or": (
        "@st.cache_data\ndef f(session=None):\n    session = session or new()\n    session.a()\n",
        "@st.cache_data\ndef f(_session=None):\n    _session = _session or new()\n    _session.a()\n",
    ),
    "assigned and never read": (
        "@st.cache_data\ndef f(session=None):\n    session = new()\n",
        "@st.cache_data\ndef f(_session=None):\n    _session = new()\n",
    ),
    "set in every other way": (
        "@st.cache_data\ndef f(session):\n    session.a()\n    session: int = 1\n    session += 1\n"
        "    (session, b), *c = d\n    print(session := 1)\n    for session in e:\n        pass\n"
        "    with g() as session:\n        pass\n    [(session := i) for i in e]\n    del session\n",
        "@st.cache_data\ndef f(_session):\n    _session.a()\n    _session: int = 1\n"
        "    _session += 1\n    (_session, b), *c = d\n    print(_session := 1)\n"
        "    for _session in e:\n        pass\n    with g() as _session:\n        pass\n"
        "    [(_session := i) for i in e]\n    del _session\n",
    ),
    "another variable of that name inside": (
        "@st.cache_data\ndef f(session):\n    def g(session):\n        session = 1\n"
        "    h = [session for session in x]\n    return session.a(g, h)\n",
        "@st.cache_data\ndef f(_session):\n    def g(session):\n        session = 1\n"
        "    h = [session for session in x]\n    return _session.a(g, h)\n",
    ),
    "cleared": (
        "@st.cache_data\ndef f(session):\n    return session.a()\nf.clear()\n",
        "@st.cache_data\ndef f(_session):\n    return _session.a()\nf.clear()\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), RENAMED.values(), ids=RENAMED)
def test_renamed(before: str, after: str) -> None:
    check_fixed(ST + before, ST + after, codemod)


def test_callers_in_other_files() -> None:
    files = {
        "streamlit_app.py": "import data\nfrom data import f as g\ndata.f(session=1)\ng(session=2)\n",
        "data.py": f"{ST}@st.cache_data\ndef f(session):\n    return session.table('a')\n",
    }
    result = migrate(files, codemod)
    assert result.text.endswith("data.f(_session=1)\ng(_session=2)\n")
    assert "def f(_session):\n    return _session.table('a')" in result.texts["data.py"]


NOOPS = {
    "underscore": "@st.cache_data\ndef f(_session):\n    return _session.table()\n",
    "no cache": "def f(session):\n    return session.table()\n",
    "another type": "@st.cache_data\ndef f(session: str):\n    return session\n",
    "another name": "@st.cache_data\ndef f(table):\n    return table.sql()\n",
}


@pytest.mark.parametrize("source", NOOPS.values(), ids=NOOPS)
def test_noop(source: str) -> None:
    check_noop(ST + source, codemod)


FOUND = {
    "a method": (
        "class A:\n    @st.cache_data\n    def f(_self, session):\n        session.a()\n",
        5,
    ),
    "handed on": ("@st.cache_data\ndef f(session):\n    return session.a()\nmap(f, x)\n", 4),
    "called with **": ("@st.cache_data\ndef f(session):\n    return session.a()\nf(**x)\n", 4),
    "a name that is taken": ("@st.cache_data\ndef f(session, _session):\n    session.a()\n", 4),
    "a name that is taken inside": (
        "@st.cache_data\ndef f(session):\n    return lambda _session: session.a()\n",
        4,
    ),
    "set by a function inside": (
        "@st.cache_data\ndef f(session):\n    def g():\n        nonlocal session\n"
        "        session = new()\n    g()\n    return session.a()\n",
        4,
    ),
    "bound by an import": (
        "@st.cache_data\ndef f(session):\n    from x import session\n    return session.a()\n",
        4,
    ),
    "found by its name": (
        "@st.cache_data\ndef f(session):\n    return g(session, **locals())\n",
        4,
    ),
}


def test_assigned_from_the_active_session() -> None:
    source = (
        "import streamlit as st\nfrom snowflake.snowpark.context import get_active_session\n"
        "@st.cache_data(ttl=60)\ndef load(table, session=None):\n    if session is None:\n"
        "        session = get_active_session()\n    return session.table(table).to_pandas()\n"
    )
    result = migrate(source, [active_session, codemod])
    assert result.text == (
        "import streamlit as st\n@st.cache_data(ttl=60)\ndef load(table, _session=None):\n"
        '    if _session is None:\n        _session = st.connection("snowflake").session()\n'
        "    return _session.table(table).to_pandas()\n"
    )


@pytest.mark.parametrize(("source", "line"), FOUND.values(), ids=FOUND)
def test_found(source: str, line: int) -> None:
    check_found(ST + source, codemod, "part of the cache's key", line=line)
