from __future__ import annotations

import pytest

from codemod_case import migrate
from sis_codemods.session.active_session import codemod as active_session
from sis_codemods.session.shared_session import codemod
from sis_migrate.model import Settings, Status

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


def test_every_name_that_is_taken() -> None:
    taken = "def get_session(): ...\ndef make_session(): ...\ndef open_session(): ...\n"
    entry, _, _ = run(f"from db import session\n{taken}session.sql('x')\n", HOME)
    assert "from db import _get_session_of_viewer" in entry


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


OLD = "from snowflake.snowpark.context import get_active_session\n\n"
TRIED = "def connect():\n    try:\n        return get_active_session()\n    except Exception:\n"
HELPERS = {
    "that looks at it": "def connect():\n    s = get_active_session()\n"
    "    return s if isinstance(s, object) else None\n",
    "plain": "def connect():\n    return get_active_session()\n",
    "in a try": f"{TRIED}        return None\n",
    "through a further function": "def ask():\n    return get_active_session()\n"
    "def connect():\n    active = ask()\n    return active\n",
    "with a word for the viewer": f"{TRIED}        st.error('no session')\n        st.stop()\n",
    "cached": "@st.cache_resource\ndef connect():\n    return get_active_session()\n",
}


@pytest.mark.parametrize("form", ["documented", "accessor", "viewer"])
@pytest.mark.parametrize("helper", HELPERS.values(), ids=HELPERS)
def test_function_that_gave_it_is_called_at_each_use(helper: str, form: str) -> None:
    files = {
        "streamlit_app.py": "from db import session, f\nf()\nsession.sql('x')\n",
        "db.py": f"{ST}{OLD}{helper}\n\nsession = connect()\n\n\n{USER}",
    }
    result = migrate(files, [active_session, codemod], settings=Settings(session=form))
    assert result.text == "from db import connect, f\nf()\nconnect().sql('x')\n"
    assert "session = connect()" not in result.texts["db.py"]
    assert "return connect().sql('a')" in result.texts["db.py"]


def test_function_of_another_file() -> None:
    files = {
        "streamlit_app.py": "import db\ndb.session.sql('x')\n",
        "db.py": "from auth import connect\n\nsession = connect()\n",
        "auth.py": f"{ST}def connect():\n    return {NEW}\n",
    }
    result = migrate(files, codemod)
    assert result.text == "import db\ndb.connect().sql('x')\n"
    assert result.texts["db.py"] == "from auth import connect\n\n"


def test_function_with_arguments_is_called_by_a_new_one() -> None:
    made = f"{ST}def connect(name):\n    return st.connection(name).session()\n"
    _, db, _ = run("import db\n", f"{made}session = connect('snowflake')\n{USER}")
    assert "def get_session():\n    return connect('snowflake')\n" in db
    assert "return get_session().sql('a')" in db


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("def connect(): ...\nsession.sql('x')\n", "from db import get_session\ndef connect"),
        ("def g(connect):\n    session.sql(connect)\n", "    get_session().sql(connect)"),
    ],
    ids=["at the top", "as a parameter"],
)
def test_name_of_the_function_that_means_something_else(entry: str, expected: str) -> None:
    home = f"{ST}def connect():\n    return {NEW}\nsession = connect()\n"
    text, db, _ = run(f"from db import session\n{entry}", home)
    assert expected in text
    assert "def get_session():\n    return connect()\n" in db


def test_function_that_is_imported_already() -> None:
    home = f"{ST}def connect():\n    return {NEW}\nsession = connect()\n"
    text, _, _ = run("from db import connect, session\nsession.sql(connect())\n", home)
    assert text == "from db import connect\nconnect().sql(connect())\n"


@pytest.mark.parametrize(
    "test",
    ["session is not None", "not session", "1 if session else 2", "2 if session and st else 3"],
)
def test_test_at_import_asks_the_function(test: str) -> None:
    _, db, statuses = run("import db\n", f"{HOME}FOUND = {test}\n{USER}")
    assert f"FOUND = {test.replace('session', 'get_session()')}\n" in db
    assert statuses == {Status.FIXED}


@pytest.mark.parametrize("value", ["session or None", "[session]", "session == other"])
def test_value_at_import_is_kept(value: str) -> None:
    home = f"{HOME}KEPT = {value}\n"
    assert run("import db\n", home) == ("import db\n", home, {Status.MANUAL})


MORE = {
    "runs SQL": "    s.sql('select 1').collect()\n",
    "sets a tag": "    s.query_tag = 'app'\n",
    "hands it on": "    prepare(s)\n",
    "shows something": "    st.write('connected')\n",
    "logs in": "    s = s or Session.builder.configs({'user': 'me'}).create()\n",
    "waits": "    asyncio.run(wait())\n    yield s\n",
    "asks the connection": "    st.connection('snowflake').query('select 1')\n",
}


@pytest.mark.parametrize("line", MORE.values(), ids=MORE)
def test_function_that_does_more_is_not_repeated(line: str) -> None:
    made = f"def connect():\n    s = {NEW}\n{line}    return s\n"
    home = f"{ST}from snowflake.snowpark import Session\n{made}session = connect()\n{USER}"
    result = migrate({"streamlit_app.py": "import db\n", "db.py": home}, codemod)
    assert result.texts["db.py"] == home
    (found,) = result.findings
    assert found.status is Status.MANUAL
    assert "connect() does more than get it; used in db.py" in found.message


@pytest.mark.parametrize("maker", ["get_active_session()", "connect()"])
def test_connection_of_each_viewer_is_not_put_into_a_global(maker: str) -> None:
    files = {
        "streamlit_app.py": "import db\n",
        "db.py": f"{OLD}def connect():\n    return get_active_session()\n\n\nsession = {maker}\n"
        "root = Root(session)\n\n\ndef f():\n    session.sql('BEGIN').collect()\n",
    }
    result = migrate(files, [active_session, codemod])
    assert result.texts == files
    assert {f.status for f in result.findings} == {Status.MANUAL}
    assert any("db.py:8 uses it while the file is imported" in f.message for f in result.findings)
    assert any("db.py:7 keeps one session" in f.message for f in result.findings)


CLIENT = "class Client:\n    def __init__(self, n=0):\n        self.n = n\n        self.session = "


@pytest.mark.parametrize("making", ["client = Client()", "client: Client = Client(2)"])
def test_object_with_a_session_of_its_own(making: str) -> None:
    home = f"{ST}{CLIENT}{NEW}\n\n\n{making}\n"
    result = migrate({"streamlit_app.py": "import db\ndb.client.run()\n", "db.py": home}, codemod)
    [found] = result.findings
    assert result.texts["db.py"] == home
    assert found.status is Status.MANUAL
    assert found.message.startswith("client is made once, at import, and keeps one session")
    assert found.message.endswith("Client.session")


NO_KEEPERS = {
    "made in a function": f"{CLIENT}{NEW}\ndef client():\n    return Client()\n",
    "class that is not called": f"{CLIENT}{NEW}\nKind = Client\n",
    "session that is handed over": f"{CLIENT}n\nclient = Client(None)\n",
    "session of another package": f"{CLIENT}connect()\nclient = Client()\n",
    "got in a method": f"{CLIENT}None\n    def run(self):\n        self.s = {NEW}\nclient = Client()\n",
}


@pytest.mark.parametrize("source", NO_KEEPERS.values(), ids=NO_KEEPERS)
def test_object_without_a_session_of_its_own(source: str) -> None:
    assert run("import db\n", ST + source) == ("import db\n", ST + source, set())


@pytest.mark.parametrize(("form", "made"), [("viewer", False), ("accessor", True)])
def test_object_with_a_session_holds_back_the_connection_of_each_viewer(
    form: str, made: bool
) -> None:
    files = {
        "streamlit_app.py": "import db\n",
        "db.py": f"{OLD}{CLIENT}get_active_session()\n\n\nclient = Client()\n",
    }
    result = migrate(files, [active_session, codemod], settings=Settings(session=form))
    assert (result.texts != files) is made
    assert [f.code for f in result.open()] == ["SIS105"] if made else ["SIS101", "SIS105"]


def test_other_name_of_a_session_is_not_a_second_one() -> None:
    home = f"{HOME}alias = session\n"
    result = migrate({"streamlit_app.py": "import db\n", "db.py": home}, codemod)
    assert [f.code for f in result.findings] == ["SIS105"]
    assert "db.py:3 uses it while the file is imported" in result.findings[0].message


CHOSEN = {
    "either": f"{NEW} or connect()",
    "by a test": f"{NEW} if st.secrets else None",
}


@pytest.mark.parametrize("value", CHOSEN.values(), ids=CHOSEN)
def test_session_that_is_chosen(value: str) -> None:
    _, db, statuses = run("import db\n", f"{ST}session = {value}\n{USER}")
    assert f"def get_session():\n    return {value}\n" in db
    assert statuses == {Status.FIXED}


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
    "another meaning": ("from db import session\nsession = 1\n", HOME, "something else"),
    "closed": ("from db import session\nwith session:\n    pass\n", HOME, "closes"),
    "in an if": (
        "import db\n",
        f"{ST}if st.secrets:\n    session = {NEW}\nelse:\n    session: object = None\n",
        "not simply assigned",
    ),
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


LISTED = {
    "by a star": (
        {
            "streamlit_app.py": "from db import *\nsession.sql('a')\ndef f(session):\n    session.a\n"
        },
        "used in streamlit_app.py:2",
    ),
    "through a package": (
        {
            "streamlit_app.py": "import pkg.page\n",
            "pkg/__init__.py": "from db import session\n",
            "pkg/page.py": "from . import session\nsession.sql('a')\n",
        },
        "used in page.py:2",
    ),
    "as a package's attribute": (
        {
            "streamlit_app.py": "import pkg\npkg.session.sql('a')\npkg.other = pkg.session\n",
            "pkg/__init__.py": "from db import session\n",
        },
        "used in streamlit_app.py:2, streamlit_app.py:3",
    ),
    "by stars in a row": (
        {
            "streamlit_app.py": "from pkg import *\nsession.sql('a')\n",
            "pkg/__init__.py": "from db import *\n",
        },
        "used in no place that was found",
    ),
}


@pytest.mark.parametrize(("files", "words"), LISTED.values(), ids=LISTED)
def test_uses_that_cannot_be_edited_are_listed(files: dict[str, str], words: str) -> None:
    result = migrate({**files, "db.py": HOME}, codemod)
    (found,) = result.findings
    assert found.message.endswith(words)


def test_session_that_nothing_uses() -> None:
    files = {"streamlit_app.py": "import db\n", "db.py": f"{HOME}session = {NEW}\n"}
    assert all("nowhere in the app" in f.message for f in migrate(files, codemod).findings)
