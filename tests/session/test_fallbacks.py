from __future__ import annotations

import pytest

from codemod_case import check_fixed, check_found, check_noop, migrate
from sis_codemods.session.active_session import codemod as active_session
from sis_codemods.session.fallbacks import codemod
from sis_migrate.model import Status

ST = "import streamlit as st\n"
SNOWPARK = "from snowflake.snowpark import Session\n"
NEW = 'session = st.connection("snowflake").session()\n'
BODY = f"try:\n    {NEW}"
LOCAL = "    session = Session.builder.configs(CONFIG).create()\n"
TEST = 'os.path.exists("/snowflake/session/token")'


def needed(handler: str) -> str:
    """The import of the module's head that a handler uses."""
    return SNOWPARK if " Session.builder" in handler else ""


SAFE = {
    "the same secrets": (
        "except Exception:\n    session = Session.builder.configs("
        'st.secrets["connections"]["snowflake"]).create()\n'
    ),
    "the same secrets with an import": (
        "except:\n    from snowflake.snowpark import Session as S\n    session = S.builder.configs("
        "st.secrets.connections.snowflake).create()\n"
    ),
    "the connection again": f"except Exception as error:\n    {NEW}",
    "through a name": (
        'except Exception:\n    conn = st.connection("snowflake")\n    session = conn.session()\n'
    ),
}


@pytest.mark.parametrize("handler", SAFE.values(), ids=SAFE)
def test_collapses(handler: str) -> None:
    check_fixed(ST + needed(handler) + BODY + handler, ST + NEW, codemod)


REVIEWED = {
    "own credentials": f"except Exception:\n{LOCAL}",
    "two handlers": f"except KeyError:\n{LOCAL}except Exception:\n{LOCAL}",
    "a configuration file": (
        "except Exception:\n    import json\n    with open('creds.json') as f:\n"
        "        config = json.load(f)\n    session = Session.builder.configs(config).create()\n"
    ),
    "environment variables": (
        "except Exception:\n    from dotenv import load_dotenv\n    load_dotenv()\n"
        "    p = {'user': os.getenv('U')}\n    session = Session.builder.configs(p).create()\n"
    ),
    "the default configuration": "except Exception:\n    session = Session.builder.getOrCreate()\n",
    "a helper of the app's": (
        "except Exception:\n    import conn\n    session = conn.init_snowpark_session('local')\n"
    ),
    "a comment that prints": f"except Exception:\n    print('local')\n{LOCAL}",
}


@pytest.mark.parametrize("handler", REVIEWED.values(), ids=REVIEWED)
def test_collapses_and_is_to_review(handler: str) -> None:
    result = check_fixed(
        ST + needed(handler) + BODY + handler, ST + NEW, codemod, status=Status.REVIEW
    )
    assert "secrets.toml" in result.findings[0].remedy


def test_imports_of_the_handler_go() -> None:
    before = f"{ST}{SNOWPARK}import os\n{BODY}except Exception:\n{LOCAL}print(os.name)\n"
    check_fixed(
        before, f"{ST}import os\n{NEW}print(os.name)\n", codemod, status=Status.REVIEW
    )  # fmt: skip


def test_returns() -> None:
    check_fixed(
        f"""\
        {ST}        {SNOWPARK}
        def get():
            try:
                return st.connection("snowflake").session()
            except Exception:
                config = read()
                return Session.builder.configs(config).create()
        """,
        f"""\
        {ST}
        def get():
            return st.connection("snowflake").session()
        """,
        codemod,
        status=Status.REVIEW,
    )


def test_comments_of_the_body_stay() -> None:
    check_fixed(
        f"{ST}{SNOWPARK}# Connect\ntry:  # anywhere\n    # in Snowflake\n    {NEW}"
        f"except Exception:\n{LOCAL}",
        f"{ST}# Connect\n# anywhere\n# in Snowflake\n{NEW}",
        codemod,
        status=Status.REVIEW,
    )


def test_one_line_body() -> None:
    check_fixed(
        f"{ST}{SNOWPARK}try: {NEW}except: {LOCAL.strip()}\n",
        ST + NEW,
        codemod,
        status=Status.REVIEW,
    )


FLAGS = {
    "truth": ("IN_SIS = True", "IN_SIS = False", f"IN_SIS = {TEST}"),
    "the other way round": ("LOCAL = False", "LOCAL = True", f"LOCAL = not {TEST}"),
    "text": (
        'st.session_state["mode"] = "SiS"',
        'st.session_state["mode"] = "OSS"',
        f'st.session_state["mode"] = "SiS" if {TEST} else "OSS"',
    ),
}


@pytest.mark.parametrize(("inside", "outside", "after"), FLAGS.values(), ids=FLAGS)
def test_flag_keeps_its_meaning(inside: str, outside: str, after: str) -> None:
    before = (
        f"import os\n{ST}{SNOWPARK}{BODY}    {inside}\nexcept Exception:\n{LOCAL}    {outside}\n"
    )
    check_fixed(before, f"import os\n{ST}{NEW}{after}\n", codemod, status=Status.REVIEW)


KEPT = {
    "tells the viewer": "except Exception as e:\n    st.error(e)\n    session = None\n",
    "stops": "except Exception:\n    st.stop()\n",
    "raises": "except Exception:\n    raise\n",
    "tells, then builds": f"except Exception:\n    st.info('local')\n{LOCAL}",
    "sets another attribute": f"except Exception:\n    app.mode = 1\n{LOCAL}",
    "another name": "except Exception:\n    other = Session.builder.create()\n",
    "leaves a name behind": (
        "except Exception:\n    config = read()\n"
        "    session = Session.builder.configs(config).create()\nprint(config)\n"
    ),
    "an else": f"except Exception:\n{LOCAL}else:\n    print(session)\n",
    "a finally": f"except Exception:\n{LOCAL}finally:\n    done()\n",
    "a handler that decides": f"except Exception:\n    if a:\n    {LOCAL}",
}


@pytest.mark.parametrize("handler", KEPT.values(), ids=KEPT)
def test_noop(handler: str) -> None:
    check_noop(ST + SNOWPARK + BODY + handler, codemod)


GIVES_UP = {
    "gives up": (f"    {NEW}", "    session = None", "session is None"),
    "passes": (f"    {NEW}", "    pass", "session stays as it was"),
    "keeps no session": (f"    {NEW.removeprefix('session = ')}", "    pass", "nothing is done"),
    "with a type": (
        f"    {NEW.replace(' =', ': object =')}",
        "    pass",
        "session stays as it was",
    ),
}


@pytest.mark.parametrize(("line", "handler", "words"), GIVES_UP.values(), ids=GIVES_UP)
def test_giving_up_no_longer_means_outside_snowflake(line: str, handler: str, words: str) -> None:
    source = f"{ST}try:\n{line}except Exception:\n{handler}\n"
    found = check_found(source, codemod, "outside Snowflake", line=4, status=Status.REVIEW)
    assert found.message.startswith(f"{words} where no session can be had")


def test_function_that_gives_up_is_named() -> None:
    source = (
        f"{ST}def connect():\n    try:\n        return {NEW.removeprefix('session = ')}"
        "    except Exception:\n        return None\n"
    )
    check_found(source, codemod, "connect() gives none", line=5, status=Status.REVIEW)


def test_giving_up_on_a_query_is_no_question_of_the_place() -> None:
    check_noop(f"{ST}{BODY}    session.sql('x').collect()\nexcept Exception:\n    pass\n", codemod)


def test_migrated_already_with_the_old_call_as_fallback() -> None:
    before = f"""\
{ST}try:
    {NEW}except Exception:
    from snowflake.snowpark.context import get_active_session
    session = get_active_session()
session.sql("USE ROLE a").collect()
"""
    result = migrate(before, [active_session, codemod])
    assert result.text == f'{ST}{NEW}session.sql("USE ROLE a").collect()\n'


BODIES = {
    "uses the session": f"try:\n    {NEW}    rows = session.sql('x').collect()\n",
    "imports what a container lacks": f"try:\n    import snowflake.permissions\n    {NEW}",
    "no session": "try:\n    session = connect()\n",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_other_bodies_stay(body: str) -> None:
    check_noop(f"{ST}{SNOWPARK}{body}except Exception:\n{LOCAL}", codemod)


def test_narrow_handler_is_widened() -> None:
    check_fixed(
        f"{ST}from snowflake.snowpark.exceptions import SnowparkSessionException\n"
        f"{BODY}except SnowparkSessionException as e:\n    st.error(e)\n",
        f"{ST}{BODY}except Exception as e:\n    st.error(e)\n",
        codemod,
        status=Status.REVIEW,
    )


ERRORS = "from snowflake.snowpark.exceptions import SnowparkSessionException as Gone\n"
OTHERS = {
    "beside a broad one": (
        f"{NEW}except Gone as e:\n{LOCAL}except Exception as e:\n    print(e)\n",
        6,
    ),
    "beside a narrow one": (f"{NEW}except KeyError:\n    a()\nexcept Gone:\n    b()\n", 8),
    "with another error": (f"{NEW}except (Gone, KeyError):\n    st.error('no')\n", 6),
    "around a query": (f"a = {NEW[10:-1]}.sql('x')\nexcept Gone:\n    b()\n", 6),
}


@pytest.mark.parametrize(("code", "line"), OTHERS.values(), ids=OTHERS)
def test_handler_that_catches_nothing_any_more_is_to_review(code: str, line: int) -> None:
    source = f"{ST}{SNOWPARK}{ERRORS}try:\n    {code}"
    check_found(
        source, codemod, "what get_active_session() raised", line=line, status=Status.REVIEW
    )


CATCHES = {
    "raises it again": "except Gone:\n    raise\nexcept Exception as e:\n    st.error(e)\n",
    "and any other": "except (Gone, Exception):\n    st.error('no')\n",
    "and the connector's": (
        "except (Gone, snowflake.connector.errors.Error):\n    st.error('no')\n"
    ),
    "and one that is not known": "except (Gone, make()):\n    st.error('no')\n",
    "everything": "except:\n    st.error('no')\n",
}


@pytest.mark.parametrize("handlers", CATCHES.values(), ids=CATCHES)
def test_handler_that_catches_the_new_errors(handlers: str) -> None:
    check_noop(f"import snowflake.connector\n{ST}{ERRORS}{BODY}{handlers}", codemod)


def test_session_of_a_function_inside_is_not_caught() -> None:
    check_noop(
        f"{ST}{ERRORS}try:\n    def f():\n        {NEW}    f()\nexcept Gone:\n    a()\n", codemod
    )


def test_message_of_the_old_call() -> None:
    source = (
        f"{ST}{BODY}except Exception as e:\n"
        '    if "No default Session is found" in str(e):\n        local()\n    else:\n        raise\n'
    )
    check_found(source, codemod, "message", line=5)


LOADS = "    rows = session.sql('x').collect()\n"
BUILD = "Session.builder.configs(CONFIG).create()"
PLACE = {
    "value that says so": ("mode = 'native'", "mode = 'other'", ""),
    "name that says so": ("IN_SNOWFLAKE = True", "IN_SNOWFLAKE = False", ""),
    "state that says so": (
        'st.session_state["is_local"] = False', 'st.session_state["is_local"] = True', "",
    ),
    "handler with another session": (
        "ready = True", f"ready = False\n    st.info('local')\n    session = {BUILD}", "",
    ),
    "test that chooses another session": (
        "ready = True", "ready = False", f"if not ready:\n    session = {BUILD}\n",
    ),
    "expression that chooses another session": (
        "ready = True", "ready = False", f"other = session if ready else {BUILD}\n",
    ),
    "state that chooses another session": (
        "st.session_state.ready = True", "st.session_state.ready = False",
        f"if st.session_state.ready:\n    pass\nelse:\n    session = {BUILD}\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("inside", "outside", "after"), PLACE.values(), ids=PLACE)
def test_flag_in_a_try_that_stays_is_to_review(inside: str, outside: str, after: str) -> None:
    source = (
        f"{ST}{SNOWPARK}try:\n    {NEW}{LOADS}    {inside}\n"
        f"except Exception:\n    {outside}\n{after}"
    )
    found = check_found(source, codemod, "outside Snowflake", line=6, status=Status.REVIEW)
    name = inside.partition(" = ")[0].replace('"', "'")
    assert found.message.startswith(f"{name} is set")


def test_flag_of_a_function_chooses_another_session() -> None:
    source = (
        f"{ST}{SNOWPARK}def f():\n    try:\n        {NEW}        g(session)\n        ready = True\n"
        f"    except Exception:\n        ready = False\n    return session if ready else {BUILD}\n"
    )
    check_found(source, codemod, "ready is set", line=7, status=Status.REVIEW)


NO_PLACE = {
    "data were loaded": ("has_data = True", "has_data = False", "if has_data:\n    st.write(rows)\n"),
    "connected": (
        "connected = True", "connected = False", "if connected:\n    st.write(session.sql('y'))\n",
    ),
    "set by the body alone": ("IN_SNOWFLAKE = True", "other = 1", ""),
    "asked in another test": ("a = 'yes'", "a = 'no'", "if f(a):\n    print(a)\nprint(a or b)\n"),
    "no constant": ("native = f()", "native = None", ""),
}  # fmt: skip


@pytest.mark.parametrize(("inside", "outside", "after"), NO_PLACE.values(), ids=NO_PLACE)
def test_flag_of_anything_else_stays(inside: str, outside: str, after: str) -> None:
    check_noop(
        f"{ST}try:\n    {NEW}{LOADS}    {inside}\nexcept Exception:\n    {outside}\n{after}",
        codemod,
    )


PRESET = {
    "a name": ("IN_SIS = False", "IN_SIS = True"),
    "a name with a type": ("IN_SIS: bool = False", "IN_SIS = True"),
    "state": ('st.session_state["is_local"] = True', 'st.session_state["is_local"] = False'),
}


@pytest.mark.parametrize(("above", "inside"), PRESET.values(), ids=PRESET)
@pytest.mark.parametrize("handler", ["pass", "st.warning('no')"])
def test_flag_that_is_set_above_is_to_review(above: str, inside: str, handler: str) -> None:
    source = f"{ST}{above}\nx = 1\ntry:\n    {NEW}    {inside}\nexcept:\n    {handler}\n"
    found = check_found(source, codemod, "outside Snowflake", line=6, status=Status.REVIEW)
    assert "is set wherever a session can be had" in found.message


def test_flag_in_the_else_is_to_review() -> None:
    source = f"{ST}IN_SIS = False\n{BODY}except:\n    pass\nelse:\n    IN_SIS = True\n"
    result = migrate(source, codemod)
    assert [f.span.line for f in result.findings if f.span and "IN_SIS" in f.message] == [8]


ASKS = {
    "gives something else": (
        f"        {NEW[10:]}        return None\n",
        "        return st.secrets['a']\n",
    ),
    "only the handler returns": (f"        {NEW[10:]}", "        return True\n"),
    "does more": (f"        {NEW[10:]}        page()\n", "        pass\n"),
    "sets something": (f"        {NEW[10:]}", "        config = read()\n"),
    "true, and false": (f"        {NEW}        return True\n", "        return False\n"),
    "passes": (f"        {NEW}        return 'sis'\n", "        pass\n    return 'oss'\n"),
}


@pytest.mark.parametrize(("body", "handler"), ASKS.values(), ids=ASKS)
def test_try_that_asks_for_the_place_is_to_review(body: str, handler: str) -> None:
    source = f"{ST}def f():\n    try:\n{body}    except Exception:\n{handler}"
    line = 4 + body.count("\n")
    check_found(
        source, codemod, "asks whether a session can be had", line=line, status=Status.REVIEW
    )


def test_function_whose_name_asks_for_the_place() -> None:
    query = "        session.sql('select 1').collect()\n"
    source = (
        f"{ST}def {{}}():\n    try:\n        {NEW}{query}        return True\n"
        "    except Exception:\n        return False\n"
    )
    check_found(source.format("is_in_snowflake"), codemod, "asks", line=7, status=Status.REVIEW)
    check_noop(source.format("has_data"), codemod)


TELLS = {
    "tells": (NEW[10:], "st.error('no')"),
    "stops": (NEW[10:], "st.stop()"),
    "raises": (NEW[10:], "raise"),
    "returns": (NEW[10:], "return"),
    "the session": (f"{NEW}        return session\n", "raise"),
}


@pytest.mark.parametrize(("body", "handler"), TELLS.values(), ids=TELLS)
def test_try_that_asks_for_nothing(body: str, handler: str) -> None:
    source = f"{ST}def f():\n    try:\n        {body}    except Exception:\n        {handler}\n"
    result = migrate(source, codemod)
    assert not [f for f in result.findings if "asks" in f.message]


def test_with_the_call_itself() -> None:
    source = f"""\
{ST}
try:
    from snowflake.snowpark.context import get_active_session
    session = get_active_session()
    IS_SIS = True
except Exception:
    from snowflake.snowpark import Session
    session = Session.builder.configs(st.secrets["connections"]["snowflake"]).create()
    IS_SIS = False
"""
    result = migrate(source, [active_session, codemod])
    assert result.text == f"{ST}import os\n\n{NEW}IS_SIS = {TEST}\n"
    assert {f.code for f in result.findings} == {"SIS101", "SIS102"}


def test_nested_fallbacks() -> None:
    source = f"""\
{ST}{SNOWPARK}from snowflake.snowpark.context import get_active_session
try:
    session = get_active_session()
except Exception:
    try:
        session = get_active_session()
    except Exception:
        session = Session.builder.create()
"""
    result = migrate(source, [active_session, codemod])
    assert result.text.endswith(NEW) or "get_session()" in result.text
    assert "try" not in result.text
