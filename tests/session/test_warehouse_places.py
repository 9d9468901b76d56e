from __future__ import annotations

import pytest

from codemod_case import check_found, check_noop, migrate
from sis_codemods.session.active_session import codemod
from sis_codemods.session.builder_session import codemod as builder_session

ST = "import streamlit as st\n"
IMPORT = "from snowflake.snowpark.context import get_active_session\n"
DECORATORS = "from snowflake.snowpark.functions import sproc, udf\n"
NEW = 'st.connection("snowflake").session()'
HANDLER = "def handler(_):\n    return get_active_session().get_current_role()\n"

LEFT = {
    "procedure": f"{HANDLER}db.sproc.register(handler, name='h')\n",
    "function": f"{HANDLER}db.udf.register(func=handler, name='h')\n",
    "decorator": f"{DECORATORS}@sproc(name='h')\n{HANDLER}handler()\n",
    "bare decorator": f"{DECORATORS}@udf\n{HANDLER}",
    "class": (
        "class Rows:\n    def process(self):\n        yield get_active_session()\n"
        "db.udtf.register(Rows)\n"
    ),
    "lambda": "db.sproc.register(lambda _: get_active_session().a())\n",
    "lambda with a name": "f = lambda _: get_active_session().a()\ndb.sproc.register(f)\n",
    "from this file": f"{HANDLER}db.sproc.register_from_file(__file__, 'handler')\n",
    "from a file with a name": (
        f"{HANDLER}db.udf.register_from_file(file_path='a/streamlit_app.py', func_name='handler')\n"
    ),
    "from some file": f"{HANDLER}db.sproc.register_from_file(path, 'handler')\n",
    "function that a handler calls": (
        f"{HANDLER}def h(_):\n    return handler(1)\ndb.sproc.register(h)\n"
    ),
    "functions that call each other": (
        "def a(n):\n    get_active_session()\n    b(n)\n"
        "def b(n):\n    get_active_session()\n    a(n)\n"
        "def h(_):\n    a(1)\ndb.sproc.register(h)\n"
    ),
    "function in a function": (
        "def main():\n    def handler(_):\n        return get_active_session()\n"
        "    db.sproc.register(handler)\n"
    ),
    "handed on": "def handler(_):\n    return run(get_active_session)\ndb.sproc.register(handler)\n",
}


@pytest.mark.parametrize("source", LEFT.values(), ids=LEFT)
def test_what_runs_in_snowflake_is_left(source: str) -> None:
    check_noop(ST + IMPORT + source, codemod)


def test_import_of_a_handler_is_left() -> None:
    source = f"def handler(_):\n    {IMPORT}    return get_active_session()\n"
    check_noop(f"{source}db.sproc.register(handler)\n", codemod)


def test_it_is_no_place_of_the_app() -> None:
    handlers = f"{HANDLER}def h2(_):\n    return get_active_session()\n"
    calls = "session.sproc.register(handler)\nsession.sproc.register(h2)\n"
    source = f"{ST}{IMPORT}{handlers}session = get_active_session()\n{calls}"
    result = migrate(source, codemod)
    assert result.text == f"{ST}{IMPORT}{handlers}session = {NEW}\n{calls}"


EDITED = {
    "a function of that name in another file": (
        "db.sproc.register_from_file('procs.py', 'main')\n"
        "def main():\n    get_active_session()\nmain()\n"
    ),
    "the result of a function": (
        "def make():\n    return get_active_session()\nmake().sproc.register(handler)\n"
    ),
    "registered by something else": f"{HANDLER}app.register(handler)\n",
    "no handler": f"{HANDLER}db.sproc.register_from_file('a.py', 'b')\n",
    "registered from somewhere": f"{HANDLER}db.sproc.register_from_file()\n",
}


@pytest.mark.parametrize("source", EDITED.values(), ids=EDITED)
def test_what_runs_in_the_app_is_edited(source: str) -> None:
    result = migrate(ST + IMPORT + source, codemod)
    assert result.text == ST + source.replace("get_active_session()", NEW)


BOTH = {
    "called too": f"{HANDLER}db.sproc.register(handler)\nst.write(handler(1))\n",
    "called by a function of the app": (
        f"{HANDLER}db.sproc.register(handler)\ndef page():\n    handler(1)\npage()\n"
    ),
    "what a handler that is called calls": (
        f"{HANDLER}def h(_):\n    return handler(1)\ndb.sproc.register(h)\nh(1)\n"
    ),
}


@pytest.mark.parametrize("source", BOTH.values(), ids=BOTH)
def test_what_runs_in_both_is_found(source: str) -> None:
    source = f"{ST}{IMPORT}{source}s = get_active_session()\n"
    check_found(source, codemod, "Snowflake runs, and the app too", "twice", line=4)


def test_handler_of_another_file() -> None:
    files = {
        "streamlit_app.py": f"import work\n{ST}{IMPORT}db = get_active_session()\n"
        "db.sproc.register(work.handler)\n",
        "work.py": IMPORT + HANDLER,
    }
    result = migrate(files, codemod)
    assert result.text == f"import work\n{ST}db = {NEW}\ndb.sproc.register(work.handler)\n"
    assert result.texts["work.py"] == files["work.py"]


BUILT = (
    f"{ST}from snowflake.snowpark import Session\n"
    "def handler(_):\n    return Session.builder.getOrCreate().a()\ndb.sproc.register(handler)\n"
)


def test_builder_that_runs_in_snowflake_is_left() -> None:
    check_noop(BUILT, builder_session)


def test_builder_that_runs_in_both_is_found() -> None:
    check_found(f"{BUILT}handler(1)\n", builder_session, "the app too", line=4)
