"""What comes through the app's own classes is followed, and never another database's by its name."""

from __future__ import annotations

import ast

import pytest

from codemod_case import migrate
from session.app_modules import expression, modules
from sis_codemods.session.active_session import codemod as active_session
from sis_codemods.session.current_objects import codemod as current_objects
from sis_codemods.session.identity import codemod as identity
from sis_codemods.session.origins import is_foreign, is_own_connection, origins
from sis_codemods.session.transactions import codemod as transactions
from sis_codemods.session.values import GET_ACTIVE_SESSION, session_of
from sis_migrate.model import Settings
from sis_migrate.python.names import UNKNOWN

HEAD = "from snowflake.snowpark.context import get_active_session\nimport streamlit as st\n"
GET = "get_active_session()"
CLIENT = f"""\
class Client:
    kept = {GET}
    noted: object = {GET}
    def __init__(self):
        self.session = {GET}
    def get(self):
        return self.session
    @property
    def lazy(self):
        return self.get()
    @classmethod
    def open(cls):
        return {GET}
    @classmethod
    def new(cls):
        return cls()
    @staticmethod
    def make(other):
        return {GET}
    def __enter__(self):
        return self
class More(Client):
    pass
class Holder:
    def __init__(self):
        self.client = Client()
@st.cache_resource
def client_of_all():
    return Client()
async def wait():
    return Client()
"""

THROUGH = {
    "attribute": "c = Client()\nx = c.session",
    "attribute of a new object": "x = Client().session",
    "attribute of the class": "x = Client.kept",
    "annotated attribute": "x = Client().noted",
    "property": "x = Client().lazy",
    "method": "c = Client()\nx = c.get()",
    "class method": "x = Client.open()",
    "class method with an annotation": "x: object = Client.open()",
    "static method": "x = Client.make(1)",
    "class method that makes an object": "x = Client.new().session",
    "class below": "x = More().session",
    "through a further object": "x = Holder().client.session",
    "function": "x = client_of_all().session",
    "coroutine": "async def f():\n    x = (await wait()).session",
    "with": "with Client() as c:\n    x = c.session",
    "walrus": "x = (c := Client()).session",
    "condition": "c = Client() if st else More()\nx = c.session",
    "or": "c = None or Client()\nx = c.session",
    "parameter": "def f(c: Client):\n    x = c.session",
    "session state": "st.session_state.c = Client()\nx = st.session_state['c'].session",
    "item of session state": "st.session_state['c'] = Client()\nx = st.session_state.c.session",
    "set from outside": f"class Bare: ...\nBare.s = {GET}\nx = Bare().s",
}


def _value(source: str, files: dict[str, str]) -> tuple[set[str], bool]:
    module = modules({"streamlit_app.py": source, **files})["streamlit_app.py"]
    targets = [*ast.walk(module.source.tree)]
    value = next(
        node.value
        for node in targets
        if isinstance(node, (ast.Assign, ast.AnnAssign))
        and node.value is not None
        and module.source.segment(node).startswith("x")
    )
    return set(origins(module, value)), session_of(module, value)


@pytest.mark.parametrize("source", THROUGH.values(), ids=THROUGH)
def test_session_through_a_class(source: str) -> None:
    assert _value(f"{HEAD}{CLIENT}{source}\n", {}) == ({GET_ACTIVE_SESSION}, True)


@pytest.mark.parametrize("source", THROUGH.values(), ids=THROUGH)
@pytest.mark.parametrize("way", ["names", "module"])
def test_session_through_a_class_of_another_file(source: str, way: str) -> None:
    names = ("Client", "More", "Holder", "client_of_all", "wait")
    if way == "module":
        for name in names:
            source = source.replace(f"{name}(", f"client.{name}(").replace(
                f"{name}.", f"client.{name}."
            )
        taken = "import client"
        source = source.replace("f(c: Client)", "f(c: client.Client)")
    else:
        taken = f"from client import {', '.join(names)}"
    found = _value(f"{HEAD}{taken}\n{source}\n", {"client.py": HEAD + CLIENT})
    assert found == ({GET_ACTIVE_SESSION}, True)


def test_attribute_that_another_file_sets() -> None:
    files = {"box.py": "class Box:\n    s = None\n    s: object\n    def s_of(self): ...\n"}
    source = f"{HEAD}from box import Box\nBox.s = {GET}\nx = Box().s\n"
    assert _value(source, files) == ({GET_ACTIVE_SESSION}, True)


UNKNOWNS = {
    "object": "class C: ...\nx = C()\n",
    "attribute that nobody sets": "class C: ...\nx = C().session\n",
    "method that is not there": "class C: ...\nx = C().open()\n",
    "class itself": "class C: ...\nx = C\n",
    "own base": "class B: ...\nclass C(B): ...\nx = C()\n",
    "base of nowhere": "class C(make()): ...\nx = C()\n",
    "attribute of a function": "def f(): ...\nx = f.session\n",
    "function of that name": "class C:\n    def s(self): ...\nx = C().s\n",
    "property of another kind": "class C:\n    @other\n    def s(self):\n        return 1\nx = C().s\n",
    "two bases of one": "class A: ...\nclass B(A): ...\nclass C(A, B, other): ...\nx = C().s\n",
    "annotation of another attribute": "class C:\n    t: int = 1\n    s: int\nx = C().s\n",
    "item of something": "x = things['c'].session\n",
    "key that is worked out": "import streamlit as st\nx = st.session_state[key].session\n",
    "circle": "class C:\n    @property\n    def s(self):\n        return self.s\nx = C().s\n",
    "static method": "class C:\n    s = 1\n    @staticmethod\n    def f(c):\n        x = c.s\n",
    "handed over": "class C:\n    def __init__(self, s):\n        self.s = s\nx = C(1).s\n",
    "method of a class in a function": "def f():\n    class C: ...\n    x = C().s\n",
}


@pytest.mark.parametrize("source", UNKNOWNS.values(), ids=UNKNOWNS)
def test_own_name_is_unknown_and_not_foreign(source: str) -> None:
    assert _value(source, {})[0] <= {UNKNOWN}


def test_imported_class_is_unknown() -> None:
    files = {"streamlit_app.py": "from db import C\nf(C.open())\n", "db.py": "class C: ...\n"}
    module = modules(files)["streamlit_app.py"]
    assert origins(module, expression(module, "C.open()")) == {UNKNOWN}


FOREIGN = {
    "attribute": (
        "class C:\n    def __init__(self):\n        self.c = sqlite3.connect(p)\nx = C().c\n"
    ),
    "base": "class C(sqlite3.Connection): ...\nx = C(p)\n",
    "base of a base": "class B(sqlite3.Connection): ...\nclass C(B): ...\nx = B(p)\n",
    "class method": (
        "class C:\n    @classmethod\n    def open(cls):\n        return sqlite3.connect(p)\n"
        "x = C.open()\n"
    ),
}


@pytest.mark.parametrize("source", FOREIGN.values(), ids=FOREIGN)
def test_other_databases_stay_foreign(source: str) -> None:
    module = modules(f"import sqlite3\n{source}f(x)\n")["streamlit_app.py"]
    call = expression(module, "f(x)")
    assert isinstance(call, ast.Call)
    assert is_foreign(module, call.args[0])


@pytest.mark.parametrize("attribute", ["inside", "made"])
def test_own_connection_in_an_object_of_an_imported_file_is_kept(attribute: str) -> None:
    db = (
        "from snowflake.connector import connect\nclass C:\n    inside = connect()\n"
        "    def __init__(self):\n        self.made = connect()\nc = C()\n"
    )
    files = {"streamlit_app.py": f"from db import c\nf(c.{attribute})\n", "db.py": db}
    module = modules(files)["streamlit_app.py"]
    assert not is_own_connection(module, expression(module, f"c.{attribute}"))


USES = {
    "attribute": "client.session",
    "attribute of a new object": "Client().session",
    "class method": "Client.open()",
    "method": "client.get()",
    "property": "client.lazy",
}


@pytest.mark.parametrize("place", ["same file", "another file"])
@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_state_and_identity_are_found(use: str, place: str) -> None:
    entry = (
        f"client = Client()\n{use}.sql(f\"USE ROLE {{st.text_input('role')}}\").collect()\n"
        f'{use}.sql("BEGIN").collect()\nst.write({use}.sql("select current_user()").collect())\n'
    )
    files = {"streamlit_app.py": HEAD + CLIENT + entry}
    if place == "another file":
        home = HEAD + CLIENT.replace(f"    kept = {GET}\n    noted: object = {GET}\n", "")
        files = {"streamlit_app.py": f"{HEAD}from client import Client\n{entry}", "client.py": home}
    shared = migrate(files, [current_objects, transactions, identity])
    assert {f.code for f in shared.findings} == {"SIS121", "SIS124", "SIS130"}
    chosen = migrate(files, [active_session, current_objects, transactions, identity])
    assert any("type=ViewerConnection" in text for text in chosen.texts.values())
    assert {f.code for f in chosen.findings} == {"SIS101", "SIS130"}
    again = migrate(
        chosen.texts, [active_session, current_objects], settings=Settings(session="viewer")
    )
    assert again.texts == chosen.texts
