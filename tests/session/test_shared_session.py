from __future__ import annotations

import pytest

from codemod_case import migrate
from sis_codemods.session.active_session import codemod as active_session
from sis_codemods.session.shared_session import codemod
from sis_migrate.model import Status

ST = "import streamlit as st\n"
NEW = 'st.connection("snowflake").session()'
HOME = f"{ST}session = {NEW}\n"
USER = "def f():\n    return session.sql('a')\n"


def run(entry: str, db: str) -> tuple[str, str, set[Status]]:
    result = migrate({"streamlit_app.py": ST + entry, "db.py": db}, codemod)
    entry = result.text.removeprefix(ST)
    return entry, result.texts["db.py"], {f.status for f in result.findings}


TURNED = {
    "imported name": (
        "from db import session\nsession.sql('x')\n",
        "from db import get_session\nget_session().sql('x')\n",
    ),
    "alias": (
        "from db import session as s, f\ns.sql('x')\n",
        "from db import get_session, f\nget_session().sql('x')\n",
    ),
    "module attribute": ("import db\ndb.session.sql('x')\n", "import db\ndb.get_session().sql('x')\n"),
    "in a function": (
        "def g():\n    from db import session\n    return session\n",
        "def g():\n    from db import get_session\n    return get_session()\n",
    ),
    "not used elsewhere": ("import db\ndb.f()\n", "import db\ndb.f()\n"),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), TURNED.values(), ids=TURNED)
def test_becomes_a_function(before: str, after: str) -> None:
    made = (
        f"{ST}def get_session():\n    return {NEW}\ndef f():\n    return get_session().sql('a')\n"
    )
    assert run(before, HOME + USER) == (after, made, {Status.FIXED})


def test_name_that_is_taken() -> None:
    entry, _, _ = run("from db import session\ndef get_session(): ...\nsession.sql('x')\n", HOME)
    assert "from db import make_session" in entry


def test_accessor_takes_its_place() -> None:
    files = {
        "streamlit_app.py": f"{ST}from db import session, f\nf()\nsession.sql('x')\n",
        "db.py": "from snowflake.snowpark.context import get_active_session\n\n"
        "session = get_active_session()\n\n\ndef f():\n    return session.sql('a')\n",
    }
    result = migrate(files, [active_session, codemod])
    assert "from db import get_session, f\nf()\nget_session().sql('x')" in result.text
    assert "session = get_session()" not in result.texts["db.py"]
    assert result.texts["db.py"].count("def get_session()") == 1


OBSTACLES = {
    "used at import": (
        "import db\n",
        f"{HOME}root = Root(session)\n",
        "while the file is imported",
    ),
    "default argument": ("import db\n", f"{HOME}def f(s=session): ...\n", "while the file"),
    "assigned anew": ("import db\ndb.session = 1\n", HOME, "anew"),
    "assigned twice": ("import db\n", f"{HOME}session = None\n", "more than once"),
    "everything imported": ("from db import *\n", HOME, "imports everything"),
    "exported": ("import db\n", f"{HOME}__all__ = ['session']\n", "__all__"),
    "closed": ("from db import session\nwith session:\n    pass\n", HOME, "closes"),
    "in a try": (
        "import db\n",
        f"{ST}try:\n    session = {NEW}\nexcept Exception:\n    raise\n",
        "not simply assigned",
    ),
}


@pytest.mark.parametrize(("entry", "db", "words"), OBSTACLES.values(), ids=OBSTACLES)
def test_finding_names_the_uses(entry: str, db: str, words: str) -> None:
    result = migrate({"streamlit_app.py": ST + entry, "db.py": db}, codemod)
    assert result.texts["db.py"] == db
    (found,) = result.findings
    assert words in found.message
    assert found.status is Status.MANUAL


def test_script_is_left_alone() -> None:
    assert migrate(HOME + USER, codemod).findings == ()


def test_uses_of_other_names_are_left_alone() -> None:
    entry, db, statuses = run("import db\n", f"{ST}session = connect()\n{USER}")
    assert (entry, db, statuses) == ("import db\n", f"{ST}session = connect()\n{USER}", set())
