from __future__ import annotations

import pytest

from codemod_case import Result, migrate
from sis_codemods.session.active_session import codemod as active_session
from sis_codemods.session.builder_session import codemod as builder_session
from sis_codemods.session.cached_session import codemod as cached_session
from sis_codemods.session.shared_session import codemod
from sis_codemods.threads.shared_state import codemod as shared_state
from sis_migrate.model import Settings, Status

OLD = "from snowflake.snowpark.context import get_active_session\n"
GET = "get_active_session()"
CLIENT = f"class Client:\n    def __init__(self):\n        self.session = {GET}\n"
ENTRY = "import db\ndb.f()\n"
USE = "def f():\n    get_active_session().sql('BEGIN').collect()\n"


def run(home: str, form: str, *more: str) -> Result:
    files = {"streamlit_app.py": ENTRY + "".join(more), "db.py": OLD + home}
    chosen = [active_session, cached_session, codemod, shared_state]
    return migrate(files, chosen, settings=Settings(session=form))


KEPT = {
    "global": (
        f"s = None\ndef f():\n    global s\n    if s is None:\n        s = {GET}\n    return s\n",
        "`s` keeps",
        6,
    ),
    "global by a name": (
        f"s = None\ndef f():\n    global s\n    new = {GET}\n    s = new\n",
        "`s` keeps",
        6,
    ),
    "global that is handed a session": (
        f"s = None\ndef put(session):\n    global s\n    s = session\ndef f():\n    put({GET})\n",
        "`s` keeps",
        5,
    ),
    "global object": (
        f"{CLIENT}c = None\ndef f():\n    global c\n    c = c or Client()\n",
        "`c` keeps",
        8,
    ),
    "item": (f"D = {{}}\ndef f():\n    D['s'] = {GET}\n", "`D` keeps", 4),
    "method": (f"D = []\ndef f():\n    D.append(({GET}, 1))\n", "`D` keeps", 4),
    "attribute of a class in a run": (
        f"class P:\n    s = None\ndef f():\n    P.s = {GET} if not P.s else P.s\n",
        "`P.s` keeps",
        5,
    ),
    "attribute of a class": (f"class P:\n    s = {GET}\ndef f(): ...\n", "`P.s` keeps", 3),
    "annotated attribute": (f"class P:\n    s: object = {GET}\n", "`P.s` keeps", 3),
    "default": (f"def f(s={GET}):\n    return s\n", "a parameter of f() keeps", 2),
    "default of a lambda": (f"f = lambda s={GET}: s\n", "a parameter of a lambda keeps", 2),
    "tuple": (f"s, n = {GET}, 1\n", "`s, n` keeps", 2),
    "dict": (f"D = {{'s': {GET}}}\n", "`D` keeps", 2),
    "two names": (f"a = b = {GET}\n", "`a and b` keeps", 2),
    "object that is handed one": (f"root = Root(session={GET})\n", "`root` keeps", 2),
    "object in a dict": (f"{CLIENT}D = {{'c': Client()}}\n", "`D` keeps", 5),
    "session of an object": (f"{CLIENT}s = Client().session\n", "`s` keeps", 5),
    "in a with": (f"with lock:\n    s = {GET} if lock else None\n", "`s` keeps", 3),
}


@pytest.mark.parametrize(("home", "words", "line"), KEPT.values(), ids=KEPT)
def test_found_and_nothing_else(home: str, words: str, line: int) -> None:
    result = run(home, "documented")
    assert "get_active_session" not in result.texts["db.py"]
    [found] = result.open()
    assert (found.code, found.status) == ("SIS105", Status.MANUAL)
    assert words in found.message
    assert found.span
    assert found.span.line == line


@pytest.mark.parametrize(("home", "words", "line"), KEPT.values(), ids=KEPT)
def test_holds_back_the_connection_of_each_viewer(home: str, words: str, line: int) -> None:
    result = run(home, "viewer")
    assert result.texts["db.py"] == OLD + home
    [found] = [f for f in result.findings if f.code == "SIS105"]
    assert words in found.message
    why = f"not done, because db.py:{line} keeps one session for all viewers"
    assert all(why in f.message for f in result.findings if f.code == "SIS101")


def test_transaction_chooses_the_form_that_is_held_back() -> None:
    home = f"D = {{'s': {GET}}}\n{USE}"
    assert run(home, "auto").texts["db.py"] == OLD + home


ELSEWHERE = {
    "of a viewer": f"import streamlit as st\nst.session_state['s'] = {GET}\n",
    "local": f"def f():\n    s, n = {GET}, 1\n    d = {{'s': s}}\n    return d\n",
    "class of a call": f"def f():\n    class P:\n        s = {GET}\n    return P\n",
    "result of it": f"rows = {GET}.sql('a').collect()\n",
    "handed on": f"prepare({GET})\n",
    "only asked for": f"FOUND = 1 if {GET} else 2\n",
    "in a lambda": f"make = lambda: {GET}\n",
    "other things": "class P:\n    n = make()\ndef f(n=make(), *, m=1):\n    return n\n",
}


@pytest.mark.parametrize("form", ["documented", "viewer"])
@pytest.mark.parametrize("home", ELSEWHERE.values(), ids=ELSEWHERE)
def test_not_kept(home: str, form: str) -> None:
    result = run(home, form)
    assert [f for f in result.findings if f.code != "SIS101"] == []
    assert "get_active_session" not in result.texts["db.py"].replace(OLD, "")


def test_script_keeps_nothing() -> None:
    source = f"{OLD}class P:\n    s = {GET}\nD = {{'s': {GET}}}\ndef f(s={GET}): ...\n"
    result = migrate(source, [active_session, codemod, shared_state])
    assert {f.code for f in result.findings} == {"SIS101"}


@pytest.mark.parametrize("form", ["documented", "viewer"])
def test_object_in_a_cache(form: str) -> None:
    home = f"import streamlit as st\n{CLIENT}@st.cache_resource\ndef f():\n    return Client()\n"
    result = run(home, form)
    [found] = [f for f in result.findings if f.code == "SIS106"]
    assert found.span
    assert found.span.line == 6
    assert ("get_active_session" in result.texts["db.py"]) is (form == "viewer")


@pytest.mark.parametrize("maker", ["getOrCreate", "create"])
def test_bare_builder_is_the_active_session(maker: str) -> None:
    files = {
        "streamlit_app.py": ENTRY,
        "db.py": "from snowflake.snowpark import Session\ns = None\ndef f():\n    global s\n"
        f"    if s is None:\n        s = Session.builder.{maker}()\n"
        "    s.sql('BEGIN').collect()\n",
    }
    result = migrate(files, [builder_session, codemod])
    assert result.texts == files
    assert {(f.code, f.status) for f in result.findings} == {
        ("SIS103", Status.MANUAL),
        ("SIS105", Status.MANUAL),
    }
