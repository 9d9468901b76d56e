from __future__ import annotations

import pytest

from codemod_case import ROOT, check_found, check_noop
from sis_codemods.session import embedded_code, look_alikes
from sis_migrate.codemod import AppContext
from sis_migrate.model import App, Settings, Status
from sis_migrate.python.module import Project
from sis_migrate.workspace import Workspace

HEAD = "import streamlit as st\nfrom snowflake.snowpark import Session\n"
FOUND = {
    "class method": ("s = Session.get_active_session()\n", "None", Status.MANUAL),
    "private instance": ('st.connection("a")._instance\n', "raw_connection", Status.REVIEW),
    "private connection": (
        'st.connection("a").session()._conn\n', "connection", Status.REVIEW,
    ),
    "patch": (
        "patch('snowflake.snowpark.context.get_active_session')\n", "replaces", Status.REVIEW,
    ),
    "attribute patch": ("m.setattr(context, 'get_active_session', f)\n", "replaces", Status.REVIEW),
    "code in a text": ("code = 's = get_active_session()'\n", "holds code", Status.REVIEW),
}  # fmt: skip


@pytest.mark.parametrize(("source", "words", "status"), FOUND.values(), ids=FOUND)
def test_found(source: str, words: str, status: Status) -> None:
    check_found(HEAD + source, look_alikes.codemod, words, line=3, status=status)


NOOPS = {
    "docstring": '"""Calls get_active_session()."""\n',
    "comment": "# get_active_session()\n",
    "another's instance": "x._instance\n",
    "another's connection": "engine._conn\n",
    "name in a message": "print('get_active_session failed')\n",
}


@pytest.mark.parametrize("source", NOOPS.values(), ids=NOOPS)
def test_noop(source: str) -> None:
    check_noop(source + HEAD, look_alikes.codemod)


def test_code_in_sql() -> None:
    path = ROOT / "setup.sql"
    text = b"CALL write($$\nsession = get_active_session()\ns = get_active_session()\n$$);\n"
    app = App(ROOT, "app", None, (), (), sql_files=(path,))
    (found,) = embedded_code.texts(_context(app, text))
    assert found.span is not None
    assert (found.span.line, found.span.column) == (2, 11)
    assert "2 times" in found.message


def test_sql_without_code() -> None:
    path = ROOT / "setup.sql"
    app = App(ROOT, "app", None, (), (), sql_files=(path,))
    assert not [*embedded_code.texts(_context(app, b"select 1"))]


def _context(app: App, sql: bytes) -> AppContext:
    settings = Settings()
    workspace = Workspace({app.sql_files[0]: sql})
    return AppContext(app, workspace, settings, lambda: Project(app, {}, settings, ()))
