from __future__ import annotations

import pytest

from codemod_case import check_fixed, check_found, check_noop, migrate
from sis_codemods.session.close_session import codemod
from sis_migrate.model import Status

ST = "import streamlit as st\n"
HEAD = ST + 'session = st.connection("snowflake").session()\n'

FIXED = {
    "session": ("x = 1\nsession.close()\ny = 2\n", "x = 1\ny = 2\n"),
    "with a comment": ("x = 1\nsession.close()  # done\ny = 2\n", "x = 1\ny = 2\n"),
    "after a semicolon": ("x = 1; session.close()\n", "x = 1\n"),
    "in an if": ("if session:\n    session.close()\nx = 1\n", "x = 1\n"),
    "in an if with more": (
        "if a:\n    x = 1\n    session.close()\ny = 2\n",
        "if a:\n    x = 1\ny = 2\n",
    ),
    "in an else": (
        "if a:\n    x = 1\nelse:\n    session.close()\n",
        "if a:\n    x = 1\nelse:\n    pass\n",
    ),
    "in an if that calls": (
        "if done():\n    session.close()\n",
        "if done():\n    pass\n",
    ),
    "in a finally": (
        "try:\n    x = 1\nexcept ValueError:\n    x = 2\nfinally:\n    session.close()\n",
        "try:\n    x = 1\nexcept ValueError:\n    x = 2\n",
    ),
    "in a finally of its own": (
        "try:\n    x = 1\nfinally:\n    session.close()\n",
        "try:\n    x = 1\nfinally:\n    pass\n",
    ),
    "in a function": ("def f():\n    session.close()\n", "def f():\n    pass\n"),
    "the connection below": ("session.connection.close()\nx = 1\n", "x = 1\n"),
    "the connection by a name": (
        "conn = session.connection\nconn.close()\ny = 2\n",
        "conn = session.connection\ny = 2\n",
    ),
    "the raw connection": (
        'conn = st.connection("snowflake").raw_connection\nconn.close()\ny = 2\n',
        'conn = st.connection("snowflake").raw_connection\ny = 2\n',
    ),
}


@pytest.mark.parametrize(("before", "after"), FIXED.values(), ids=FIXED)
def test_removed(before: str, after: str) -> None:
    check_fixed(HEAD + before, HEAD + after, codemod)


def test_active_session() -> None:
    head = "from snowflake.snowpark.context import get_active_session\ns = get_active_session()\n"
    check_fixed(head + "s.close()\nx = 1\n", head + "x = 1\n", codemod)


def test_get_or_create() -> None:
    head = "from snowflake.snowpark import Session\ns = Session.builder.configs(c).getOrCreate()\n"
    check_fixed(head + "s.close()\nx = 1\n", head + "x = 1\n", codemod)


def test_local_fallback_is_to_review() -> None:
    head = (
        "from snowflake.snowpark import Session\n"
        "from snowflake.snowpark.context import get_active_session\n"
        "try:\n    s = get_active_session()\n"
        "except Exception:\n    s = Session.builder.configs(c).create()\n"
    )
    check_fixed(head + "s.close()\nx = 1\n", head + "x = 1\n", codemod, status=Status.REVIEW)


FOUND = {
    "with": ("with session:\n    pass\n", "end of this"),
    "with a new session": ('with st.connection("snowflake").session() as s:\n    pass\n', "end of"),
    "closing": ("import contextlib; a = contextlib.closing\nwith a(session): pass\n", "end of"),
    "handed on": ("atexit.register(session.close)\n", "hands on"),
    "as a value": ("x = session.close()\n", "closes"),
    "cancel_all": ("session.cancel_all()\n", "cancels"),
    "a session of unknown origin": ("def f(session): session.close()\n", "if this is it"),
}


@pytest.mark.parametrize(("source", "words"), FOUND.values(), ids=FOUND)
def test_found(source: str, words: str) -> None:
    line = 4 if "closing" in source else 3
    check_found(HEAD + source, codemod, words, line=line)


NOOPS = {
    "cursor": "c = session.connection.cursor()\nc.close()\n",
    "stream": "f = session.file.get_stream(p)\nf.close()\n",
    "with a stream": "with session.file.get_stream(p) as f:\n    pass\n",
    "file": "f = open(p)\nf.close()\n",
    "an own session": "from snowflake.snowpark import Session\n"
    "s = Session.builder.configs(c).create()\ns.close()\n",
    "with an own session": "from snowflake.snowpark import Session\n"
    "with Session.builder.configs(c).create() as s:\n    pass\n",
    "an own connection": "import snowflake.connector\nc = snowflake.connector.connect()\nc.close()\n",
    "another database": "import sqlite3\nc = sqlite3.connect(p)\nc.close()\n",
    "another library's session": "import requests\ns = requests.Session()\ns.close()\n",
    "with the caller's rights": 's = st.connection("snowflake-callers-rights").session()\ns.close()\n',
}


@pytest.mark.parametrize("source", NOOPS.values(), ids=NOOPS)
def test_noop(source: str) -> None:
    check_noop(HEAD + source, codemod)


def test_finally_of_exception_groups() -> None:
    head = 'import streamlit as st\nsession = st.connection("snowflake").session()\n'
    body = f"{head}try:\n    run(session)\nexcept* ValueError:\n    pass\n"
    check_fixed(f"{body}finally:\n    session.close()\n", body, codemod)


OLD = "from snowflake.snowpark.context import get_active_session\n"
REPO = (
    "class Repo:\n    session = get_active_session()\n    def __init__(self):\n"
    "        self.own = get_active_session()\n        self.d = {'s': get_active_session()}\n"
)
KEPT = {
    "of the class, by self": "    def bye(self):\n        self.session.close()\n",
    "of the class, by cls": "    @classmethod\n    def bye(cls):\n        cls.session.close()\n",
    "of the class, by its name": "Repo.session.close()\n",
    "of an object": "repo = Repo()\nrepo.own.close()\n",
    "of a new object": "Repo().session.close()\n",
    "in a dict": "d = {'s': get_active_session()}\nd['s'].close()\n",
    "in a list": "d = [1, get_active_session()]\nd[1].close()\n",
    "in a dict, later": "d = {}\nd['s'] = get_active_session()\nd['s'].close()\n",
    "unpacked": "s, n = get_active_session(), 1\ns.close()\n",
}


@pytest.mark.parametrize("source", KEPT.values(), ids=KEPT)
def test_removed_from_what_keeps_it(source: str) -> None:
    result = migrate(OLD + REPO + source, codemod)
    lines = [line for line in source.splitlines() if "close()" not in line]
    inside = ["        pass"] if "def bye" in source else []
    assert result.text == OLD + REPO + "".join(f"{line}\n" for line in lines + inside)
    assert [f.status for f in result.findings] == [Status.FIXED]


UNCERTAIN = {
    "in a dict that is made elsewhere": (
        "d = make()\nd['s'] = get_active_session()\nd['s'].close()\n"
    ),
    "in a dict that is filled elsewhere": (
        "d = {'s': get_active_session()}\nd.update(more)\nd['s'].close()\n"
    ),
    "in a dict of another": "d = {**more, 's': get_active_session()}\nd['s'].close()\n",
    "in a dict of an object": "Repo().d['s'].close()\n",
    "in a dict of an object, later": (
        "class Box:\n    def __init__(self):\n        self.d = {}\n    def put(self):\n"
        "        self.d['s'] = get_active_session()\n    def bye(self):\n"
        "        self.d['s'].close()\n"
    ),
    "of a class below that opens its own": (
        "class Base:\n    s = get_active_session()\n    def bye(self):\n        self.s.close()\n"
        "class Local(Base):\n    s = other()\n"
    ),
}


@pytest.mark.parametrize("source", UNCERTAIN.values(), ids=UNCERTAIN)
def test_found_where_it_may_be_another(source: str) -> None:
    result = migrate(OLD + REPO + source, codemod)
    assert result.text == OLD + REPO + source
    [found] = result.findings
    assert found.status is Status.MANUAL
    assert found.message.endswith("if this is it")


OTHERS = {
    "unpacked further in": "(s, n), f = (get_active_session(), 1), open(p)\nf.close()\n",
    "unpacked from a call": "s, f = make()\nf.close()\n",
    "same key of another dict": (
        "d = {'s': get_active_session()}\ne = {}\ne['s'] = open(p)\ne['s'].close()\n"
    ),
    "same key of another attribute": (
        "class Box:\n    def f(self):\n        self.d['s'] = get_active_session()\n"
        "        self.e['s'].close()\n"
    ),
    "loop over a dict": "for d in [{'s': get_active_session()}]:\n    d['s'].close()\n",
    "another item": "d = {'s': get_active_session(), 'f': open(p)}\nd['f'].close()\n",
    "another key": "d = {'s': get_active_session()}\nd['t'] = open(p)\nd['t'].close()\n",
    "another place": "s, f = get_active_session(), open(p)\nf.close()\n",
    "more names than values": "s, *f = get_active_session(), open(p)\nf.close()\n",
    "number beyond the end": "d = [get_active_session()]\nd[1].close()\n",
    "list with others in it": "d = [*files, get_active_session()]\nd[1].close()\n",
    "key that is worked out": "d = {'s': get_active_session()}\nd[key].close()\n",
    "another attribute": "class Box:\n    f = open(p)\nBox.f.close()\nBox().g['f'].close()\n",
}


def test_dict_of_another_file() -> None:
    files = {
        "streamlit_app.py": "import db\ndb.d['s'].close()\n",
        "db.py": f"{OLD}d = {{'s': get_active_session()}}\n",
    }
    result = migrate(files, codemod)
    assert result.texts == files
    assert [f.status for f in result.findings] == [Status.MANUAL]


def test_dict_that_another_file_takes() -> None:
    source = f"{OLD}d = {{'s': get_active_session()}}\ndef f():\n    d['s'].close()\n"
    files = {"streamlit_app.py": "from db import d, f\nd.clear()\nf()\n", "db.py": source}
    result = migrate(files, codemod)
    assert result.texts == files
    assert [f.status for f in result.findings] == [Status.MANUAL]


@pytest.mark.parametrize("source", OTHERS.values(), ids=OTHERS)
def test_other_things_may_be_closed(source: str) -> None:
    check_noop(OLD + source, codemod)
