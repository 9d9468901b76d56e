from __future__ import annotations

import ast
import textwrap
from collections.abc import Mapping

import pytest

from codemod_case import ROOT
from sis_codemods.session.values import connection_of, session_of
from sis_migrate.model import App, Settings
from sis_migrate.python.module import Module, Project
from sis_migrate.python.source import parse
from sis_migrate.textfile import decode

HEAD = """\
import streamlit as st
from typing import Optional, cast
from snowflake.snowpark import Session
from snowflake.snowpark.context import get_active_session
"""


def modules(files: Mapping[str, str]) -> dict[str, Module]:
    sources = {
        ROOT / name: parse(ROOT / name, decode(text.encode(), python=True))
        for name, text in files.items()
    }
    entry = ROOT / "streamlit_app.py"
    app = App(ROOT, "app", entry, (entry,), tuple(sources))
    project = Project(app, sources, Settings(), (ROOT,))
    return {path.name: module for path, module in project.modules.items()}


def argument(module: Module) -> ast.expr:
    """The expression inside of ``ask(...)``."""
    for node in ast.walk(module.source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "ask":
            return node.args[0]
    raise AssertionError("no ask() in the case")


SESSIONS = {
    "the function": "ask(get_active_session())",
    "a connection's session": "ask(st.connection('snowflake').session())",
    "the old connection's session": "ask(st.experimental_connection('snowpark').session)",
    "another connection name": "ask(st.connection('mine', type='snowflake').session())",
    "a connection in a name": "conn = st.connection('snowflake')\nask(conn.session())",
    "the builder": "ask(Session.builder.getOrCreate())",
    "a configured builder": "ask(Session.builder.configs(x).create())",
    "a builder in a name": "b = Session.builder\nb = b.config('a', 1)\nask(b.create())",
    "the class's own": "ask(Session.get_active_session())",
    "a name": "s = get_active_session()\nask(s)",
    "a name of a name": "s = get_active_session()\nt = s\nask(t)",
    "a walrus": "ask((s := get_active_session()))",
    "a conditional": "ask(get_active_session() if a else None)",
    "or": "ask(a or get_active_session())",
    "a cast": "ask(cast(Session, get_active_session()))",
    "a with": "with get_active_session() as s:\n    ask(s)",
    "a parameter's name": "def f(session):\n    ask(session)",
    "a parameter's name with an underscore": "def f(_session):\n    ask(_session)",
    "an annotation": "def f(s: Session):\n    ask(s)",
    "a quoted annotation": "def f(s: 'Session'):\n    ask(s)",
    "an optional annotation": "def f(s: Optional[Session] = None):\n    ask(s)",
    "an annotation with a bar": "def f(s: Session | None):\n    ask(s)",
    "an own function": "def get():\n    return get_active_session()\nask(get())",
    "an own function of an own function": (
        "def a():\n    s = get_active_session()\n    return s\ndef b(): return a()\nask(b())"
    ),
    "an attribute": (
        "class A:\n    def __init__(self):\n        self.session = get_active_session()\n"
        "    def f(self):\n        ask(self.session)"
    ),
    "a method": (
        "class A:\n    def get(self):\n        return get_active_session()\n"
        "    def f(self):\n        ask(self.get())"
    ),
    "session state": "st.session_state.s = get_active_session()\nask(st.session_state.s)",
    "session state item": "st.session_state['s'] = get_active_session()\nask(st.session_state['s'])",
    "session state get": "st.session_state['s'] = get_active_session()\nask(st.session_state.get('s'))",
}  # fmt: skip


@pytest.mark.parametrize("source", SESSIONS.values(), ids=SESSIONS)
def test_is_a_session(source: str) -> None:
    module = modules({"streamlit_app.py": HEAD + source})["streamlit_app.py"]
    assert session_of(module, argument(module))


OTHERS = {
    "an unknown name": "ask(session)",
    "an unknown call": "ask(make())",
    "a data frame": "ask(get_active_session().table('T'))",
    "a requests session": "import requests\ns = requests.Session()\nask(s)",
    "a parameter of another type": "def f(session: str):\n    ask(session)",
    "a parameter of another Session": (
        "from requests import Session as S\ndef f(session: S):\n    ask(session)"
    ),
    "another builder": "ask(SparkSession.builder.getOrCreate())",
    "an SQL connection": "ask(st.connection('sql').session())",
    "an attribute of that name": "ask(obj.session)",
    "itself": "s = s\nask(s)",
    "functions in a circle": "def a(): return b()\ndef b(): return a()\nask(a())",
    "what an inner function returns": (
        "def a():\n    def b():\n        return get_active_session()\n    return 1\nask(a())"
    ),
}


@pytest.mark.parametrize("source", OTHERS.values(), ids=OTHERS)
def test_is_no_session(source: str) -> None:
    module = modules({"streamlit_app.py": HEAD + source})["streamlit_app.py"]
    assert not session_of(module, argument(module))


IMPORTED = {
    "a name": ("from db import s\nask(s)", "s = get_active_session()"),
    "an alias": ("from db import s as t\nask(t)", "s = get_active_session()"),
    "a module's attribute": ("import db\nask(db.s)", "s = get_active_session()"),
    "a function": ("from db import get\nask(get())", "def get():\n    return get_active_session()"),
    "a module's function": ("import db\nask(db.get())", "def get():\n    return get_active_session()"),
    "session state": (
        "import db\nask(st.session_state.s)",
        "def f():\n    st.session_state['s'] = get_active_session()",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("source", "other"), IMPORTED.values(), ids=IMPORTED)
def test_follows_imports(source: str, other: str) -> None:
    files = {"streamlit_app.py": HEAD + source, "db.py": HEAD + other}
    module = modules(files)["streamlit_app.py"]
    assert session_of(module, argument(module))


def test_follows_a_name_handed_on() -> None:
    files = {
        "streamlit_app.py": "from page import s\nask(s)",
        "page.py": "from db import s",
        "db.py": HEAD + "s = get_active_session()",
    }
    module = modules(files)["streamlit_app.py"]
    assert session_of(module, argument(module))


def test_connection_of_an_own_function() -> None:
    source = textwrap.dedent("""\
        import streamlit as st

        @st.cache_resource
        def connect():
            return st.connection("snowflake")

        conn = connect()
        ask(conn)
    """)
    module = modules({"streamlit_app.py": source})["streamlit_app.py"]
    assert connection_of(module, argument(module))
    assert not session_of(module, argument(module))
