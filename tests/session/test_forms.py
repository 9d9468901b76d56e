from __future__ import annotations

import pytest

from codemod_case import ROOT, check_fixed, migrate
from sis_codemods.session.active_session import codemod
from sis_codemods.session.current_objects import codemod as use
from sis_codemods.session.fallbacks import codemod as fallbacks
from sis_codemods.session.session_settings import codemod as settings
from sis_migrate.app_run import AppRun
from sis_migrate.codemod import Codemod
from sis_migrate.model import App, Settings, Status
from sis_migrate.workspace import Workspace

ST = "import streamlit as st\n"
SNOWPARK = "import snowflake.snowpark as snowpark\n"
KIND = ", type=ViewerConnection"
IMPORT = "from snowflake.snowpark.context import get_active_session\n"
TEST = 'os.path.exists("/snowflake/session/token")'
BODY = """\
session = st.session_state.get("snowpark_session")
if session is None or session.connection.expired:
    connection = st.connection("snowflake"{kind})
    if not connection.raw_connection.is_valid():
        connection.reset()
    session = st.session_state["snowpark_session"] = connection.session()
return session
"""
WHAT = '"""The viewer\'s Snowpark session; a new one where the connection behind it has expired."""'
CLASS = """\
class ViewerConnection(st.connections.SnowflakeConnection):
    \"\"\"A connection of each viewer's own (Streamlit 1.53 or later).\"\"\"

    @classmethod
    def scope(cls):
        return "session"


"""


def accessor(kind: str = "", name: str = "get_session") -> str:
    body = "".join(f"    {line}\n" for line in BODY.format(kind=kind).splitlines())
    returns = " -> snowpark.Session" if kind else ""
    return f"def {name}(){returns}:\n    {WHAT}\n{body}"


TWO_PLACES = (
    "\n\ndef a():\n    return get_active_session()\n\n\ndef b():\n    get_active_session()\n"
)


def test_one_place_takes_the_documented_form() -> None:
    check_fixed(
        f"{ST}{IMPORT}session = get_active_session()\n",
        f'{ST}session = st.connection("snowflake").session()\n',
        codemod,
    )


def test_two_places_take_an_accessor() -> None:
    result = check_fixed(
        ST + IMPORT + TWO_PLACES,
        f"{ST}\n\n{accessor()}{TWO_PLACES.replace('get_active_session', 'get_session')}",
        codemod,
        indented=False,
    )
    assert result.migration.oldest_streamlit == "1.28"


@pytest.mark.parametrize("head", [ST + IMPORT, IMPORT])
def test_one_accessor_whatever_streamlit_is_called_at_the_calls(head: str) -> None:
    source = (
        "\n\ndef h():\n    st = 1\n    return get_active_session()\n\n\n"
        "a = get_active_session()\nb = get_active_session()\n"
    )
    check_fixed(
        head + source,
        f"{ST}\n\n{accessor()}{source.replace('get_active_session', 'get_session')}",
        codemod,
        indented=False,
    )


CHANGES = {
    "use role": 'session.sql("USE ROLE " + role).collect()',
    "use_schema": "session.use_schema(schema)",
    "temporary table": 'session.sql("create temporary table t (a int)").collect()',
    "transaction": 'session.sql("BEGIN").collect()',
    "variable": 'session.sql(f"SET region = {region}").collect()',
    "parameter": "session.sql(f\"ALTER SESSION SET TIMEZONE = '{zone}'\").collect()",
}


@pytest.mark.parametrize("line", CHANGES.values(), ids=CHANGES)
def test_changed_state_takes_a_connection_per_viewer(line: str) -> None:
    result = migrate(f"{ST}{IMPORT}session = get_active_session()\n{line}\n", codemod)
    assert result.text == (
        f"{ST}{SNOWPARK}\n\n{CLASS}{accessor(KIND)}\n\nsession = get_session()\n{line}\n"
    )
    assert [f.status for f in result.findings] == [Status.REVIEW]
    assert result.migration.oldest_streamlit == "1.53"


def test_connection_per_viewer_takes_the_names_that_are_there_already() -> None:
    source = (
        f"import snowflake.snowpark as sp\n{ST}{IMPORT}"
        "session = get_active_session()\nsession.use_schema(sp.name)\n"
    )
    text = migrate(source, codemod).text
    assert text.startswith(f"import snowflake.snowpark as sp\n{ST}\n\nclass")
    assert "def get_session() -> sp.Session:" in text


LATE = {
    "in a function": "def f():\n    s = get_active_session()\n    s.use_schema(snowpark.name)\n",
    "at the top": "session = get_active_session()\nsession.use_schema(snowpark.name)\n",
}


@pytest.mark.parametrize("uses", LATE.values(), ids=LATE)
def test_connection_per_viewer_needs_its_names_where_its_class_is_made(uses: str) -> None:
    late = "try:\n    import snowflake.snowpark as snowpark\nexcept ImportError:\n    raise\n"
    text = migrate(f"{ST}{IMPORT}{late}{uses}", codemod).text
    assert text.startswith(f"{ST}{SNOWPARK}\n\nclass")
    assert "def get_session() -> snowpark.Session:" in text


def test_state_that_is_the_same_for_all_needs_none() -> None:
    source = f'{ST}{IMPORT}session = get_active_session()\nsession.sql("USE ROLE a").collect()\n'
    assert 'st.connection("snowflake").session()' in migrate(source, codemod).text


FORCED = {
    "documented": 'session = st.connection("snowflake").session()',
    "accessor": accessor(),
    "viewer": CLASS,
}


@pytest.mark.parametrize(("form", "text"), FORCED.items(), ids=FORCED)
def test_form_can_be_forced(form: str, text: str) -> None:
    source = f"{ST}{IMPORT}session = get_active_session()\n"
    assert text in migrate(source, codemod, settings=Settings(session=form)).text


def test_own_accessor_is_rewritten_in_place() -> None:
    body = BODY.format(kind="").replace("\n", "\n    ").rstrip(" ")
    check_fixed(
        f"{ST}{IMPORT}def take():\n    return get_active_session()\ntake()\ntake()\n",
        f"{ST}def take():\n    {body}take()\ntake()\n",
        codemod,
        indented=False,
    )


def test_taken_name() -> None:
    source = f"{ST}{IMPORT}\n\ndef get_session():\n    return 1\n{TWO_PLACES}"
    assert "def viewer_session():" in migrate(source, codemod).text


def test_several_files_share_a_module() -> None:
    files = {
        "streamlit_app.py": f"{ST}import data\n{IMPORT}session = get_active_session()\n",
        "data.py": f"{IMPORT}\n\ndef f():\n    return get_active_session()\n",
    }
    result = migrate(files, codemod)
    assert result.texts["streamlit_app.py"] == (
        f"{ST}import data\nimport snowflake_session\nsession = snowflake_session.get_session()\n"
    )
    assert "return snowflake_session.get_session()\n" in result.texts["data.py"]
    (added,) = (c for c in result.migration.changes if c.before is None)
    assert added.path.name == "snowflake_session.py"
    assert (added.after or b"").decode().endswith(f"import streamlit as st\n\n\n{accessor()}")


def test_shared_module_of_a_connection_per_viewer_imports_snowpark_first() -> None:
    files = {
        "streamlit_app.py": f"{ST}import data\n{IMPORT}session = get_active_session()\n",
        "data.py": f"{IMPORT}\n\ndef f():\n    get_active_session().use_schema(schema)\n",
    }
    (added,) = (c for c in migrate(files, codemod).migration.changes if c.before is None)
    assert (added.after or b"").decode() == (
        f'"""The app\'s Snowflake session."""\n\n{SNOWPARK}{ST}\n\n{CLASS}{accessor(KIND)}'
    )


def test_scripts_in_many_folders_share_no_module() -> None:
    source = f"{ST}{IMPORT}" + TWO_PLACES
    files = {"a/one.py": source, "b/two.py": source}
    root = ROOT
    contents = {root / name: text.encode() for name, text in files.items()}
    app = App(root, "app", None, tuple(contents), tuple(contents))
    workspace = Workspace(contents)
    AppRun(app, workspace, Settings(), [codemod]).run()
    for path in contents:
        assert b'st.connection("snowflake").session()' in workspace.read_bytes(path)


def test_module_of_that_name_is_left_alone() -> None:
    files = {
        "streamlit_app.py": f"{ST}import data\n{IMPORT}session = get_active_session()\n",
        "data.py": f"{IMPORT}import snowflake_session\ndef f():\n    return get_active_session()\n",
        "snowflake_session.py": "x = 1\n",
    }
    result = migrate(files, codemod)
    assert result.texts["snowflake_session.py"] == "x = 1\n"
    assert "snowflake_session_2.get_session()" in result.text


def test_file_that_nothing_ties_to_the_app() -> None:
    files = {"streamlit_app.py": ST, "notebook_tools.py": f"{IMPORT}s = get_active_session()\n"}
    result = migrate(files, codemod)
    assert result.texts == files
    assert [f.status for f in result.findings] == [Status.REVIEW]


PROBES = {
    "returns": (
        "def f():\n    try:\n        get_active_session()\n        return True\n"
        "    except Exception:\n        return False\n",
        f"def f():\n    return {TEST}\n",
    ),
    "returns after the try": (
        "def f():\n    try:\n        get_active_session()\n        return True\n"
        "    except Exception:\n        pass\n    return False\nf()\n",
        f"def f():\n    return {TEST}\nf()\n",
    ),
    "in the else": (
        "def f():\n    try:\n        get_active_session()\n    except Exception:\n"
        "        return False\n    else:\n        return True\n",
        f"def f():\n    return {TEST}\n",
    ),
    "a flag": (
        "try:\n    get_active_session()\n    LOCAL = False\nexcept Exception:\n    LOCAL = True\n",
        f"LOCAL = not {TEST}\n",
    ),
    "a mode": (
        "try:\n    get_active_session()\n    mode = 'sis'\nexcept Exception:\n    mode = 'oss'\n",
        f"mode = 'sis' if {TEST} else 'oss'\n",
    ),
    "a flag that is set above": (
        "x = 1\nIN_SIS = False\ntry:\n    get_active_session()\n    IN_SIS = True\n"
        "except:\n    pass\n",
        f"x = 1\nIN_SIS = {TEST}\n",
    ),
    "a flag that is set above with a type": (
        "IN_SIS: bool = False\ntry:\n    get_active_session()\n    IN_SIS = True\n"
        "except:\n    pass\n",
        f"IN_SIS: bool = False\nIN_SIS = {TEST}\n",
    ),
    "a flag with a comment": (
        "# Where?\nIN_SIS = False  # not yet\n# ask\ntry:\n    get_active_session()\n"
        "    IN_SIS = True\nexcept:\n    pass\n",
        f"# Where?\n# ask\nIN_SIS = {TEST}\n",
    ),
    "a flag that only the handler sets": (
        "LOCAL = False\ntry:\n    get_active_session()\nexcept:\n    LOCAL = True\n",
        f"LOCAL = not {TEST}\n",
    ),
    "state that is set above": (
        "st.session_state.sis = 'no'\ntry:\n    get_active_session()\nexcept Exception:\n    pass\n"
        "else:\n    st.session_state.sis = 'yes'\n",
        f"st.session_state.sis = 'yes' if {TEST} else 'no'\n",
    ),
    "only the handler returns": (
        "def f():\n    try:\n        get_active_session()\n    except:\n        return True\n"
        "    return False\nf()\n",
        f"def f():\n    return not {TEST}\nf()\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), PROBES.values(), ids=PROBES)
def test_probe(before: str, after: str) -> None:
    head = f"import os\n{ST}"
    check_fixed(head + IMPORT + before, head + after, codemod, status=Status.REVIEW)


NO_PROBES = {
    "set before the call": (
        "IN_SIS = False\ntry:\n    IN_SIS = True\n    get_active_session()\nexcept:\n    pass\n"
    ),
    "nothing above": "try:\n    get_active_session()\n    IN_SIS = True\nexcept:\n    pass\n",
    "another name above": (
        "a = False\ntry:\n    get_active_session()\n    b = True\nexcept:\n    pass\n"
    ),
    "no constant above": (
        "a = f()\ntry:\n    get_active_session()\n    a = True\nexcept:\n    pass\n"
    ),
    "the same above": ("a = 1\ntry:\n    get_active_session()\n    a = 1\nexcept:\n    pass\n"),
    "nothing below": (
        "def f():\n    try:\n        get_active_session()\n    except:\n        return True\n"
    ),
    "something else below": (
        "def f():\n    try:\n        get_active_session()\n    except:\n        return True\n"
        "    return g()\n"
    ),
    "an import that is used below": (
        "a = 0\ntry:\n    import json\n    get_active_session()\n    a = 1\nexcept:\n    pass\n"
        "json.loads(a)\n"
    ),
    "no answer": "try:\n    get_active_session()\nexcept:\n    pass\n",
}


@pytest.mark.parametrize("source", NO_PROBES.values(), ids=NO_PROBES)
def test_try_that_is_no_probe(source: str) -> None:
    result = migrate(ST + IMPORT + source, codemod)
    assert result.text == ST + source.replace(
        "get_active_session()", 'st.connection("snowflake").session()'
    )


def test_bare_call_that_is_no_probe() -> None:
    source = f"{ST}{IMPORT}try:\n    get_active_session()\n    a()\nexcept Exception:\n    b()\n"
    assert "os.path" not in migrate(source, codemod).text


LOCAL = 'Session.builder.configs(st.secrets["dev"]).create()'
IN_FALLBACKS = {
    "by a text": "session.sql('USE SCHEMA DEV.PUBLIC').collect()",
    "by a method": "session.use_schema('DEV')",
    "by a name for the text": "use = 'USE ROLE a'\n        session.sql(use).collect()",
    "a tag": "session.append_query_tag('dev')",
}


@pytest.mark.parametrize("line", IN_FALLBACKS.values(), ids=IN_FALLBACKS)
def test_state_of_a_fallback_that_goes_is_nobodys(line: str) -> None:
    source = (
        f"{ST}from snowflake.snowpark import Session\n{IMPORT}def get():\n    try:\n"
        f"        session = get_active_session()\n    except Exception:\n"
        f"        session = {LOCAL}\n        {line}\n    return session\nget()\n"
    )
    result = migrate(source, [codemod, fallbacks, use, settings])
    assert result.text == (
        f"{ST}def get():\n"
        '    session = st.connection("snowflake").session()\n    return session\nget()\n'
    )
    assert {f.code for f in result.findings} == {"SIS101", "SIS102"}


STAY = {
    "beside the fallback": (f"        session = {LOCAL}\n", "session.use_schema(s)\n"),
    "in a handler that stays": (
        f"        st.info('local')\n        session = {LOCAL}\n        session.use_schema(s)\n",
        "",
    ),
}


@pytest.mark.parametrize(("handler", "after"), STAY.values(), ids=STAY)
def test_other_state_takes_a_connection_per_viewer(handler: str, after: str) -> None:
    source = (
        f"{ST}from snowflake.snowpark import Session\n{IMPORT}if True:\n    try:\n"
        f"        session = get_active_session()\n    except Exception:\n{handler}{after}"
    )
    assert "ViewerConnection" in migrate(source, [codemod, fallbacks, use]).text


@pytest.mark.parametrize(("ignored", "other"), [("SIS101", fallbacks), ("SIS102", codemod)])
def test_fallback_that_does_not_go_counts(ignored: str, other: Codemod) -> None:
    source = (
        f"{ST}from snowflake.snowpark import Session\n{IMPORT}try:\n"
        f"    session = get_active_session()\nexcept Exception:\n    session = {LOCAL}\n"
        "    session.use_schema(s)\n"
    )
    ignoring = Settings(ignore=(ignored,))
    result = migrate(source, [other, use], settings=ignoring)
    assert "SIS121" in {f.code for f in result.findings}


def test_places_are_counted_through_a_function_that_hands_the_session_on() -> None:
    source = (
        f"{ST}{IMPORT}\n\ndef active():\n    return get_active_session()\n\n\n"
        "def get():\n    try:\n        return active()\n    except RuntimeError:\n"
        "        return None\n\n\n"
        "get().sql('select 1').collect()\nget().sql('select 2').collect()\n"
    )
    result = migrate({"streamlit_app.py": source}, codemod)
    assert "st.session_state" in result.texts["streamlit_app.py"]


def test_functions_that_call_each_other_have_an_end() -> None:
    source = (
        f"{ST}{IMPORT}\n\ndef one(n):\n    if n:\n        return two(n - 1)\n"
        "    return get_active_session()\n\n\ndef two(n):\n    return one(n)\n\n\n"
        "one(1).sql('select 1').collect()\n"
    )
    assert migrate({"streamlit_app.py": source}, codemod).findings
