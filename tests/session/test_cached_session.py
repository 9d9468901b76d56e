from __future__ import annotations

import pytest

from codemod_case import check_fixed, check_found, check_noop, migrate
from sis_codemods.session.active_session import codemod as active_session
from sis_codemods.session.builder_session import codemod as builder_session
from sis_codemods.session.cached_session import codemod
from sis_codemods.session.fallbacks import codemod as fallbacks
from sis_migrate.model import Settings, Status

ST = "import streamlit as st\n"
NEW = 'st.connection("snowflake").session()'
FUNCTION = f"def get():\n    return {NEW}\n"

CACHED = {
    "bare": "@st.cache_resource\n",
    "with options": '@st.cache_resource(ttl=60, show_spinner="…")\n',
    "old name": "@st.experimental_singleton\n",
    "with a comment": "# one for all\n@st.cache_resource  # kept\n",
}


@pytest.mark.parametrize("decorator", CACHED.values(), ids=CACHED)
def test_cache_goes(decorator: str) -> None:
    comment = "# one for all\n" if decorator.startswith("#") else ""
    check_fixed(ST + decorator + FUNCTION, ST + comment + FUNCTION, codemod, status=Status.REVIEW)


def test_other_decorators_stay() -> None:
    check_fixed(
        f"{ST}@first\n@st.cache_resource\n@last\n{FUNCTION}",
        f"{ST}@first\n@last\n{FUNCTION}",
        codemod,
        status=Status.REVIEW,
    )


def test_through_names_and_a_try() -> None:
    body = (
        '    try:\n        conn = st.connection("snowflake")\n        return conn.session()\n'
        "    except Exception:\n        return None\n"
    )
    result = migrate(f"{ST}@st.cache_resource\ndef get():\n{body}", codemod)
    assert result.text == f"{ST}def get():\n{body}"


def test_many_callers_keep_a_session_each() -> None:
    result = migrate(f"{ST}@st.cache_resource\n{FUNCTION}get()\nget()\n", codemod)
    assert "cache_resource" not in result.text
    assert 'st.session_state["snowpark_session"] = connection.session()' in result.text


def test_with_the_call_itself() -> None:
    source = (
        f"{ST}from snowflake.snowpark.context import get_active_session\n"
        "@st.cache_resource\ndef get():\n    return get_active_session()\n"
    )
    assert migrate(source, [active_session, codemod]).text == ST + FUNCTION


NOOPS = {
    "no cache": FUNCTION,
    "session scope": f'@st.cache_resource(scope="session")\n{FUNCTION}',
    "a connection": '@st.cache_resource\ndef get():\n    return st.connection("snowflake")\n',
    "a model": "@st.cache_resource\ndef get():\n    return load_model()\n",
    "data": f"@st.cache_data\ndef get():\n    return {NEW}.sql('x').to_pandas()\n",
    "another cache": f"@lib.cache_resource\n{FUNCTION}",
}


@pytest.mark.parametrize("source", NOOPS.values(), ids=NOOPS)
def test_noop(source: str) -> None:
    check_noop(ST + source, codemod)


OWN_LOGIN = "Session.builder.configs({'user': user}).create()"

FOUND = {
    "credentials of its own": (
        f"def get(user):\n    from snowflake.snowpark import Session\n    return {OWN_LOGIN}\n",
        "outlives",
    ),
    "credentials of its own in another function": (
        "def get(user):\n    return build(user)\n"
        "def build(user):\n    from snowflake.snowpark import Session\n"
        f"    session = {OWN_LOGIN}\n    st.session_state.local = True\n    return session\n",
        "login of its own",
    ),
    "credentials of its own in one of two ways": (
        "def get(user):\n    return build(user)\n"
        "def build(user):\n    from snowflake.snowpark import Session\n"
        f"    if user:\n        return {OWN_LOGIN}\n    return {NEW}\n",
        "login of its own",
    ),
    "a ttl that is too long": (
        f"def get(user):\n    from snowflake.snowpark import Session\n    return {OWN_LOGIN}\n",
        "below four hours",
    ),
    "does more": (
        f"def get():\n    s = {NEW}\n    s.sql('x').collect()\n    return s\n",
        "outlives",
    ),
    "an object made of it": (f"def get():\n    return Root({NEW})\n", "keeps a session"),
}


@pytest.mark.parametrize(("function", "words"), FOUND.values(), ids=FOUND)
def test_found(function: str, words: str) -> None:
    check_found(f"{ST}@st.cache_resource(ttl='24h')\n{function}", codemod, words, line=2)


@pytest.mark.parametrize(
    "option", ["ttl=600", "ttl=60 * 60", "ttl='1h'", "ttl='30 minutes'", "validate=is_open"]
)
def test_own_connection_that_is_renewed(option: str) -> None:
    source = (
        f"{ST}from snowflake.snowpark import Session\n@st.cache_resource({option})\n"
        f"def get(user):\n    return {OWN_LOGIN}\n"
    )
    check_noop(source, codemod)


def test_cache_stays_where_the_session_edits_are_not_made() -> None:
    source = (
        f"{ST}from snowflake.snowpark.context import get_active_session\n"
        f"KEPT = [get_active_session]\n@st.cache_resource\n{FUNCTION}"
    )
    result = migrate(source, [active_session, codemod])
    assert result.text == source
    [finding] = [f for f in result.findings if f.code == "SIS106"]
    assert "not done, because" in finding.message
    assert finding.status is Status.MANUAL


def test_session_that_another_function_gives() -> None:
    source = f"{ST}{FUNCTION}@st.cache_resource\ndef kept():\n    return get()\n"
    result = migrate(source, codemod)
    assert result.text == source.replace("@st.cache_resource\n", "")


def test_active_session_of_another_function_comes_first() -> None:
    source = (
        f"{ST}from snowflake.snowpark.context import get_active_session\n"
        "def get():\n    return get_active_session()\n"
        "@st.cache_resource\ndef kept():\n    return get()\n"
    )
    check_noop(source, codemod)
    assert "cache_resource" not in migrate(source, [active_session, codemod]).text


def test_accessor_of_several_files_is_used_and_not_written_anew() -> None:
    page = (
        "import streamlit as st\nfrom snowflake.snowpark.context import get_active_session\n\n\n"
        "@st.cache_resource\ndef get_session():\n    return get_active_session()\n\n\n"
        "st.write(get_session().table('A'), get_session().table('B'))\n"
    )
    files = {"streamlit_app.py": page, "pages/a.py": page}
    result = migrate(files, [active_session, codemod], scripts=tuple(files))
    assert all("return snowflake_session.get_session()" in result.texts[n] for n in files)
    assert [name for name, text in result.texts.items() if "st.session_state" in text] == [
        "snowflake_session.py"
    ]
    assert not any("cache_resource" in text for text in result.texts.values())


GET = "from snowflake.snowpark.context import get_active_session\n"
PROCESS = {
    "lru_cache": "from functools import lru_cache\n\n@lru_cache\n",
    "lru_cache with a size": "from functools import lru_cache\n\n@lru_cache(maxsize=1)\n",
    "cache": "import functools\n\n@functools.cache\n",
}
BEGIN = "s = get()\ns.sql('BEGIN').collect()\n"


@pytest.mark.parametrize("cache", PROCESS.values(), ids=PROCESS)
@pytest.mark.parametrize("use", ["get()\n", BEGIN], ids=["shared", "of each viewer"])
def test_cache_of_the_process_goes(cache: str, use: str) -> None:
    files = {
        "streamlit_app.py": f"from db import get\n{use}",
        "db.py": f"{GET}{cache}def get():\n    return get_active_session()\n",
    }
    result = migrate(files, [active_session, codemod])
    assert "cache" not in result.texts["db.py"]
    assert "functools" not in result.texts["db.py"]
    assert [f.status for f in result.findings if f.code == "SIS106"] == [Status.REVIEW]


def test_cache_of_a_run_stays() -> None:
    check_noop(f"{ST}{PROCESS['lru_cache']}{FUNCTION}", codemod)


def test_cache_of_a_call_stays() -> None:
    body = FUNCTION.replace("    ", "        ")
    home = f"{ST}import functools\ndef f():\n    @functools.cache\n    {body}"
    files = {"streamlit_app.py": "import db\n", "db.py": home}
    assert migrate(files, codemod).texts == files


@pytest.mark.parametrize("asked", ["db.get.cache_clear()", "get.cache_info()"])
def test_cache_that_is_asked_stays(asked: str) -> None:
    files = {
        "streamlit_app.py": f"import db\nfrom db import get\n{asked}\n",
        "db.py": f"{ST}{PROCESS['cache']}{FUNCTION}",
    }
    result = migrate(files, codemod)
    assert result.texts == files
    [found] = result.findings
    assert found.status is Status.MANUAL
    assert "streamlit_app.py:3 needs the cache" in found.message


CACHE = "@st.cache_resource\n"
FALLBACK = (
    "    try:\n        return get_active_session()\n    except Exception:\n"
    f"        return {OWN_LOGIN}\n"
)
HELD_BACK = {
    "does more": f"{CACHE}def get():\n    s = get_active_session()\n    prepare(s)\n    return s\n",
    "object made of it": f"{CACHE}def get():\n    return Root(get_active_session())\n",
    "object made of it, renewed": "@st.cache_resource(ttl=60)\n"
    "def get():\n    return Root(get_active_session())\n",
    "cache that is asked": f"{CACHE}def get():\n    return get_active_session()\nget.clear()\n",
    "login that stays": f"{CACHE}def get(user):\n"
    + FALLBACK.replace("        return Ses", "        st.warning('local')\n        return Ses"),
    "login of another function": f"def other(user):\n    if user:\n        return {OWN_LOGIN}\n"
    f"    return get_active_session()\n{CACHE}def get(user):\n    return other(user)\n",
}


@pytest.mark.parametrize("function", HELD_BACK.values(), ids=HELD_BACK)
def test_cache_holds_back_the_connection_of_each_viewer(function: str) -> None:
    files = {
        "streamlit_app.py": "import db\ndb.f()\n",
        "db.py": f"{ST}{GET}from snowflake.snowpark import Session\n{function}"
        "def f():\n    get_active_session().sql('BEGIN').collect()\n",
    }
    result = migrate(files, [active_session, codemod])
    assert result.texts == files
    [found] = [f for f in result.findings if f.code == "SIS106"]
    assert found.message == "the cache would give the first viewer's own connection to all viewers"
    where = f"db.py:{found.span and found.span.line} keeps one session for all viewers"
    assert any(where in f.message for f in result.findings if f.code == "SIS101")
    shared = migrate(files, [active_session, codemod], settings=Settings(session="documented"))
    assert "get_active_session" not in shared.texts["db.py"]


@pytest.mark.parametrize("caller", ["", "def kept(user):\n    return get(user)\n"])
def test_fallback_that_goes_holds_nothing_back(caller: str) -> None:
    body = f"def get(user):\n{FALLBACK}"
    function = body + CACHE + caller if caller else CACHE + body
    files = {
        "streamlit_app.py": "import db\ndb.f()\n",
        "db.py": f"{ST}{GET}from snowflake.snowpark import Session\n{function}"
        "def f():\n    get(1).sql('BEGIN').collect()\n",
    }
    result = migrate(files, [active_session, fallbacks, codemod])
    assert "get_active_session" not in result.texts["db.py"]
    assert "cache_resource" not in result.texts["db.py"]


def test_bare_builder_in_a_cache_of_the_process() -> None:
    files = {
        "streamlit_app.py": f"from db import get\n{BEGIN}",
        "db.py": f"from snowflake.snowpark import Session\n{PROCESS['cache']}"
        "def get():\n    return Session.builder.getOrCreate()\n",
    }
    result = migrate(files, [builder_session, codemod])
    assert "cache" not in result.texts["db.py"]
    assert "return get_session()" in result.texts["db.py"]


CALLS = {
    "lru_cache": "import functools\nget = functools.lru_cache(make)\n",
    "lru_cache with a size": "import functools\nget = functools.lru_cache(maxsize=1)(make)\n",
    "cache_resource": "\nget = st.cache_resource(make)\n",
    "lambda": "\nget = st.cache_resource(lambda: get_active_session())\n",
    "object": "\nget = st.cache_resource(lambda: Client())\n",
}
MADE = (
    f"{ST}{GET}class Client:\n    def __init__(self):\n        self.s = get_active_session()\n"
    "def make():\n    return get_active_session()\n"
)


@pytest.mark.parametrize("form", ["documented", "viewer"])
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_cache_that_is_called_is_found(call: str, form: str) -> None:
    files = {"streamlit_app.py": "import db\n", "db.py": MADE + call}
    result = migrate(files, [active_session, codemod], settings=Settings(session=form))
    assert ("get_active_session" in result.texts["db.py"]) is (form == "viewer")
    [found] = [f for f in result.findings if f.code == "SIS106"]
    assert found.status is Status.MANUAL
    assert found.span is not None
    assert found.span.line == 9


NO_CALLS = {
    "of data": "get = st.cache_data(make)\n",
    "of something else": "get = st.cache_resource(lambda: load_model())\n",
    "of each viewer": "get = st.cache_resource(scope='session')(make)\n",
    "of a run": "import functools\nget = functools.cache(make)\n",
}


@pytest.mark.parametrize("call", NO_CALLS.values(), ids=NO_CALLS)
def test_call_that_keeps_no_session_for_all(call: str) -> None:
    check_noop(f"{ST}def make():\n    return {NEW}\n{call}", codemod)


GIVES_MORE = {
    "an object of the app's": "    return Client().s\n",
    "a method that does more": "    return Client.open()\n",
}


@pytest.mark.parametrize("line", GIVES_MORE.values(), ids=GIVES_MORE)
def test_cache_around_more_than_a_session_stays(line: str) -> None:
    client = (
        f"class Client:\n    def __init__(self):\n        self.s = {NEW}\n    @classmethod\n"
        f"    def open(cls):\n        s = {NEW}\n        s.sql('a').collect()\n        return s\n"
    )
    source = f"{ST}{client}@st.cache_resource\ndef get():\n{line}"
    check_found(source, codemod, "outlives", line=10)
