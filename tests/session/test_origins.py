from __future__ import annotations

import ast

import pytest

from session.app_modules import expression, modules
from sis_codemods.session.origins import (
    CALLERS_RIGHTS,
    CREATED,
    is_foreign,
    is_own_connection,
    origins,
)
from sis_migrate.python.names import UNKNOWN

ST = "import streamlit as st\n"
CONNECT = "snowflake.connector.connect"

ORIGINS = {
    "call": ("import sqlite3\nx = sqlite3.connect(p)\n", "sqlite3.connect"),
    "chain": ("import sqlite3\nx = sqlite3.connect(p).cursor()\n", "sqlite3.connect"),
    "attribute of it": ("import sqlite3\nx = sqlite3.connect(p).row_factory\n", "sqlite3.connect"),
    "function": (
        "import sqlite3\ndef make():\n    return sqlite3.connect(p)\nx = make()\n",
        "sqlite3.connect",
    ),
    "with": (
        "import sqlite3\nwith sqlite3.connect(p) as c:\n    x = c.cursor()\n",
        "sqlite3.connect",
    ),
    "connection": (ST + 'x = st.connection("snowflake").session()\n', "streamlit.connection"),
    "the caller's rights": (
        ST + 'x = st.connection("snowflake-callers-rights").session()\n',
        CALLERS_RIGHTS,
    ),
    "builder": (
        "from snowflake.snowpark import Session\nx = Session.builder.configs(c).create()\n",
        CREATED,
    ),
    "session state": (
        ST + 'st.session_state["c"] = st.connection("a")\nx = st.session_state.get("c")\n',
        "streamlit.connection",
    ),
    "attribute of session state": (
        ST + "st.session_state.c = st.connection('a')\nx = st.session_state.c.cursor()\n",
        "streamlit.connection",
    ),
    "attribute of self": (
        "import sqlite3\nclass A:\n    def __init__(self):\n        self.c = sqlite3.connect(p)\n"
        "    def f(self):\n        x = self.c.cursor()\n",
        "sqlite3.connect",
    ),
    "None in some case": (
        "import sqlite3\nc = None\nc = sqlite3.connect(p)\nx = c\n",
        "sqlite3.connect",
    ),
    "walrus": ("import sqlite3\nx = (c := sqlite3.connect(p))\n", "sqlite3.connect"),
}


def _value_of_x(source: str) -> frozenset[str]:
    module = modules(source)["streamlit_app.py"]
    value = next(
        node.value
        for node in ast.walk(module.source.tree)
        if isinstance(node, ast.Assign) and module.source.segment(node.targets[0]) == "x"
    )
    return origins(module, value)


@pytest.mark.parametrize(("source", "name"), ORIGINS.values(), ids=ORIGINS)
def test_origin(source: str, name: str) -> None:
    assert _value_of_x(source) == {name}


SEVERAL = {
    "two assignments": "import a\nc = a.one()\nc = a.two()\nx = c\n",
    "condition": "import a\nx = a.one() if y else a.two()\n",
    "or": "import a\nx = a.one() or a.two()\n",
}


@pytest.mark.parametrize("source", SEVERAL.values(), ids=SEVERAL)
def test_two_origins(source: str) -> None:
    assert _value_of_x(source) == {"a.one", "a.two"}


UNCERTAIN = {
    "parameter": "def f(c):\n    x = c\n",
    "loop": "for c in cs:\n    x = c\n",
    "literal": "x = 5\n",
    "unknown name": "x = whatever\n",
    "unknown key": ST + "x = st.session_state.c\n",
    "function that returns nothing": "def f():\n    pass\nx = f()\n",
    "item of something": "def f(c):\n    x = c[0]\n",
    "call of a value": "x = table[0]()\n",
}


@pytest.mark.parametrize("source", UNCERTAIN.values(), ids=UNCERTAIN)
def test_unknown(source: str) -> None:
    assert _value_of_x(source) == {UNKNOWN}


def test_foreign_means_certainly() -> None:
    module = modules("import a\nc = a.one()\ndef f(d):\n    g(c, d)\n")["streamlit_app.py"]
    assert is_foreign(module, expression(module, "c"))
    assert not is_foreign(module, expression(module, "d"))


OWN = {
    "of a script": "c = connect()\n",
    "of a function": "def f():\n    return connect()\nc = f()\n",
}
NOT_OWN = {
    "of a cache": ST + "@st.cache_resource\ndef f():\n    return connect()\nc = f()\n",
    "of a cache with arguments": ST
    + "@st.cache_resource(ttl=5)\ndef f():\n    return connect()\nc = f()\n",
    "of a shared module": "from db import c\n",
    "or another": "c = connect()\nc = other()\n",
}
DB = {"db.py": "from snowflake.connector import connect\nc = connect()\n"}
HEAD = "from snowflake.connector import connect\n"


@pytest.mark.parametrize("source", OWN.values(), ids=OWN)
def test_own_connection(source: str) -> None:
    module = modules({"streamlit_app.py": HEAD + source + "g(c)\n", **DB})["streamlit_app.py"]
    assert is_own_connection(module, expression(module, "g(c)").args[0])  # type: ignore[attr-defined]


@pytest.mark.parametrize("source", NOT_OWN.values(), ids=NOT_OWN)
def test_connection_that_is_kept(source: str) -> None:
    module = modules({"streamlit_app.py": HEAD + source + "g(c)\n", **DB})["streamlit_app.py"]
    assert not is_own_connection(module, expression(module, "g(c)").args[0])  # type: ignore[attr-defined]


def test_connection_that_a_shared_module_uses_itself() -> None:
    files = {
        "streamlit_app.py": "import db\n",
        "db.py": HEAD + "c = connect()\ndef f():\n    g(c)\n",
    }
    module = modules(files)["db.py"]
    assert not is_own_connection(module, expression(module, "g(c)").args[0])  # type: ignore[attr-defined]
