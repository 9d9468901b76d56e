from __future__ import annotations

import pytest

from codemod_case import check_fixed, check_found, check_noop, migrate
from sis_codemods.session.active_session import codemod
from sis_migrate.model import Settings, Status

IMPORT = "from snowflake.snowpark.context import get_active_session\n"
ST = "import streamlit as st\n"
DOCUMENTED = Settings(session="documented")
NEW = 'st.connection("snowflake").session()'

CALLS = {
    "assigned": "session = {}\n",
    "annotated": "session: Session = {}\n",
    "chained": "rows = {}.sql('select 1').collect()\n",
    "chained over lines": "rows = (\n    {}\n    .table('T')\n    .collect()\n)\n",
    "argument": "root = Root({})\n",
    "keyword argument": "root = Root(connection={})\n",
    "attribute target": "self.session = {}\n",
    "session state": "st.session_state.session = {}\n",
    "bare expression": "{}\n",
    "with a comment": "session = {}  # the session\n",
    "walrus": "if (session := {}):\n    pass\n",
    "condition of an elif": "if a:\n    pass\nelif {}:\n    pass\n",
    "while header": "while {}.ready:\n    pass\n",
    "for header": "for row in {}.sql('x'):  # rows\n    pass\n",
    "with header over lines": "with open(\n    {}.x\n) as f, y as z:\n    pass\n",
    "one-line suite": "if a: session = {}; b = 1\n",
    "after a semicolon": "a = 1; session = {}; b = 2\n",
    "lambda": "f = lambda: {}\n",
    "default argument": "def f(session={}): ...\n",
    "decorator argument": "@register({})\ndef f(): ...\n",
    "class attribute": "class A:\n    session = {}\n",
    "comprehension": "a = [{}.table(t) for t in tables]\n",
    "parenthesised": "session = ({})\n",
    "conditional expression": "session = {} if a else None\n",
    "await": "async def f():\n    await g({})\n",
    "match subject": "match {}:\n    case _:\n        pass\n",
    "except handler": "try:\n    a()\nexcept Exception:\n    session = {}\n",
    "try with a broad handler": "try:\n    session = {}\nexcept Exception:\n    session = None\n",
    "try with a bare handler": "try:\n    session = {}\nexcept:\n    session = None\n",
    "try for the import": "try:\n    session = {}\nexcept ImportError:\n    session = None\n",
    "twice in a line": "a, b = {}, {}\n",
    "f-string": "a = f'{{{}.sql(1)}} and {{{}}}'\n",
    "continued line": "session = \\\n    {}\n",
    "semicolon at the end": "session = {};\n",
    "non-ASCII before it": "ü = 'ß', {}, '🤖'\n",
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_call_form(call: str) -> None:
    old, new = ("get_active_session()",) * 2, (NEW,) * 2
    check_fixed(
        IMPORT + ST + call.format(*old), ST + call.format(*new), codemod, settings=DOCUMENTED
    )


IMPORTS = {
    "alias": (IMPORT.rstrip() + " as gas\n", "gas()", ""),
    "module": (
        "import snowflake.snowpark.context\n",
        "snowflake.snowpark.context.get_active_session()",
        "",
    ),
    "module alias": ("import snowflake.snowpark.context as ctx\n", "ctx.get_active_session()", ""),
    "from package": ("from snowflake.snowpark import context\n", "context.get_active_session()", ""),
    "with other names": (
        "from snowflake.snowpark.context import get_active_session, other\n",
        "get_active_session()",
        "from snowflake.snowpark.context import other\n",
    ),
    "last of other names": (
        "from snowflake.snowpark.context import other, get_active_session\n",
        "get_active_session()",
        "from snowflake.snowpark.context import other\n",
    ),
    "parenthesised": (
        "from snowflake.snowpark.context import (\n    get_active_session,\n    other,\n)\n",
        "get_active_session()",
        "from snowflake.snowpark.context import (\n    other,\n)\n",
    ),
    "star": (
        "from snowflake.snowpark.context import *\n",
        "get_active_session()",
        "from snowflake.snowpark.context import *\n",
    ),
    "beside another import": (
        "import os; from snowflake.snowpark.context import get_active_session\n",
        "get_active_session()",
        "import os\n",
    ),
    "before another import": (
        "from snowflake.snowpark.context import get_active_session; import os\n",
        "get_active_session()",
        "import os\n",
    ),
    "with a type comment": (
        "from snowflake.snowpark.context import get_active_session  # type: ignore\n",
        "get_active_session()",
        "",
    ),
    "twice": (IMPORT + IMPORT, "get_active_session()", ""),
    "in a try that sets None": (
        "try:\n    from snowflake.snowpark.context import get_active_session\n"
        "except ImportError:\n    get_active_session = None\n",
        "get_active_session()",
        "try:\n    from snowflake.snowpark.context import get_active_session\n"
        "except ImportError:\n    get_active_session = None\n",
    ),
    "in a try of its own": (
        "try:\n    from snowflake.snowpark.context import get_active_session\n"
        "except ImportError:\n    print('no')\n",
        "get_active_session()",
        "",
    ),
    "in an if of one line": (
        "if True: from snowflake.snowpark.context import get_active_session\n",
        "get_active_session()",
        "",
    ),
    "used for more than the call": (
        "import snowflake.snowpark\n",
        "print(snowflake.snowpark.context.get_active_session(), snowflake.snowpark.Session)",
        "import snowflake.snowpark\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "call", "after"), IMPORTS.values(), ids=IMPORTS)
def test_import_form(before: str, call: str, after: str) -> None:
    star = "*" in before  # not allowed in functions
    new = call.replace("snowflake.snowpark.context.get_active_session()", NEW)
    new = new.replace("ctx.get_active_session()", NEW).replace("context.get_active_session()", NEW)
    new = new.replace("get_active_session()", NEW).replace("gas()", NEW)
    check_fixed(ST + before + f"{call}\n", ST + after + f"{new}\n", codemod, indented=not star)


PLACES = {
    "no other import": (f"{IMPORT}s = get_active_session()\n", f"{ST}s = {NEW}\n"),
    "after the docstring": (
        f'"""Doc."""\n{IMPORT}s = get_active_session()\n',
        f'"""Doc."""\n{ST}s = {NEW}\n',
    ),
    "in place of the removed import": (
        f"import os\n{IMPORT}import sys\n\ns = get_active_session()\n",
        f"import os\n{ST}import sys\n\ns = {NEW}\n",
    ),
    "docstring, header and future import": (
        "#!/usr/bin/env python\n# Owner: me\n\n'''Doc.'''\nfrom __future__ import annotations\n"
        f"x = 1\ndef f():\n    {IMPORT}    return get_active_session()\n",
        "#!/usr/bin/env python\n# Owner: me\n\n'''Doc.'''\nfrom __future__ import annotations\n"
        f"{ST}x = 1\ndef f():\n    return {NEW}\n",
    ),
    "header comment and no import": (
        f"# Header\n\ndef f():\n    {IMPORT}    return get_active_session()\n",
        f"# Header\n\n{ST}def f():\n    return {NEW}\n",
    ),
    "comment above the removed import stays": (
        f"{ST}# Import the session\n{IMPORT}s = get_active_session()\n",
        f"{ST}# Import the session\ns = {NEW}\n",
    ),
    "Streamlit under its own name": (
        f"import streamlit\n{IMPORT}s = get_active_session()\n",
        "import streamlit\ns = streamlit.connection(\"snowflake\").session()\n",
    ),
    "Streamlit under another alias": (
        f"import streamlit as sl\n{IMPORT}s = get_active_session()\n",
        "import streamlit as sl\ns = sl.connection(\"snowflake\").session()\n",
    ),
    "only names from Streamlit": (
        f"from streamlit import dataframe\n{IMPORT}s = get_active_session()\n",
        f"from streamlit import dataframe\n{ST}s = {NEW}\n",
    ),
    "Streamlit in a try": (
        f"try:\n    {ST}except ImportError:\n    st = None\n{IMPORT}s = get_active_session()\n",
        f"try:\n    {ST}except ImportError:\n    st = None\ns = {NEW}\n",
    ),
    "Streamlit below a use in a function": (
        f"{IMPORT}def f():\n    return get_active_session()\n{ST}",
        f"def f():\n    return {NEW}\n{ST}",
    ),
    "Streamlit below a use at the top moves up": (
        f"{IMPORT}s = get_active_session()\n{ST}x = 1\n",
        f"{ST}s = {NEW}\nx = 1\n",
    ),
    "Streamlit for type checkers only": (
        f"from typing import TYPE_CHECKING\n{IMPORT}"
        f"if TYPE_CHECKING:\n    {ST}s = get_active_session()\n",
        f"from typing import TYPE_CHECKING\n{ST}if TYPE_CHECKING:\n    {ST}s = {NEW}\n",
    ),
    "st is another name": (
        f"{IMPORT}st = 1\ns = get_active_session()\n",
        "import streamlit\nst = 1\ns = streamlit.connection(\"snowflake\").session()\n",
    ),
    "st is a parameter": (
        f"{ST}def f(st):\n    {IMPORT}    return get_active_session()\n",
        f"{ST}import streamlit\ndef f(st):\n    return streamlit.connection(\"snowflake\").session()\n",
    ),
    "Streamlit in another function": (
        f"def g():\n    {ST}def f():\n    {IMPORT}    return get_active_session()\n",
        f"{ST}def g():\n    {ST}def f():\n    return {NEW}\n",
    ),
    "Streamlit in the same function": (
        f"def f():\n    {ST}    {IMPORT}    return get_active_session()\n",
        f"def f():\n    {ST}    return {NEW}\n",
    ),
    "the longer gap around the removed import stays": (
        f"{ST}\n{IMPORT}\n\n\ns = get_active_session()\n",
        f"{ST}\n\n\ns = {NEW}\n",
    ),
    "no gap is left at the head of a block": (
        f"{ST}def f():\n    {IMPORT}\n    return get_active_session()\n",
        f"{ST}def f():\n    return {NEW}\n",
    ),
    "no gap is left at the head of the file": (
        f"{IMPORT}\n{ST}s = get_active_session()\n",
        f"{ST}s = {NEW}\n",
    ),
    "everything in one line": (
        f"{IMPORT.rstrip()}; s = get_active_session()\n",
        f"{ST}s = {NEW}\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), PLACES.values(), ids=PLACES)
def test_import_of_streamlit(before: str, after: str) -> None:
    check_fixed(before, after, codemod, indented=False)


NOOPS = {
    "own function": "def get_active_session(): ...\ns = get_active_session()\n",
    "own method": "class A:\n    def f(self):\n        return self.get_active_session()\n",
    "another package's function": "from mylib import get_active_session\ns = get_active_session()\n",
    "function of a connector object": "s = connector.get_active_session()\n",
    "parameter": "def f(get_active_session):\n    return get_active_session()\n",
    "only in a comment": "# get_active_session()\nx = 1\n",
    "only in a string": "x = 'get_active_session()'\n",
    "already migrated": f"{ST}s = {NEW}  # was get_active_session()\n",
    "ignored": f"{IMPORT.rstrip()}  # migrate: ignore[SIS101]\n"
    "s = get_active_session()  # migrate: ignore[SIS101]\n",
}


@pytest.mark.parametrize("source", NOOPS.values(), ids=NOOPS)
def test_noop(source: str) -> None:
    check_noop(source, codemod)


FOUND = {
    "handed on": ("pool.submit(get_active_session)\n", "handed on"),
    "replaced": ("ctx.get_active_session = fake\n", "replaced"),
    "in a with": ("with get_active_session() as s:\n    pass\n", "close"),
    "with arguments": ("s = get_active_session(1)\n", "arguments"),
}


@pytest.mark.parametrize(("source", "words"), FOUND.values(), ids=FOUND)
def test_found_and_every_session_call_is_left(source: str, words: str) -> None:
    head = f"{ST}{IMPORT}import snowflake.snowpark.context as ctx\n"
    finding = check_found(head + source + "s = get_active_session()\n", codemod, words, line=4)
    assert finding.code == "SIS101"


def test_own_fallback_function_is_uncertain() -> None:
    source = (
        "try:\n    from snowflake.snowpark.context import get_active_session\n"
        "except ImportError:\n    def get_active_session(): ...\ns = get_active_session()\n"
    )
    check_found(source, codemod, "another function", line=5)


GUARDS = {
    "its truth": "if get_active_session:",
    "not None": "if get_active_session is not None:",
    "a name for None": "if get_active_session is not _A:",
}


@pytest.mark.parametrize("guard", GUARDS.values(), ids=GUARDS)
def test_guard_is_to_review(guard: str) -> None:
    source = (
        "_A = None\ntry:\n    from snowflake.snowpark.context import get_active_session\n"
        f"except ImportError:\n    get_active_session = _A\n{guard}\n    pass\n"
    )
    check_found(source, codemod, "imported", line=6, status=Status.REVIEW)


def test_comparison_with_another_function_is_no_guard() -> None:
    source = f"{IMPORT}same = get_active_session is fake\n"
    check_found(source, codemod, "handed on", line=2)


def test_file_that_is_not_added_is_not_spoken_of() -> None:
    files = {
        "streamlit_app.py": f"import helper\n{ST}{IMPORT}s = get_active_session()\n",
        "helper.py": f"{IMPORT}f = [get_active_session]\ns = get_active_session()\n",
    }
    result = migrate(files, codemod, settings=Settings(session="accessor"))
    assert result.texts == files
    assert {f.path.name for f in result.open()} == {"helper.py", "streamlit_app.py"}


def test_unused_import_is_removed() -> None:
    check_fixed(f"{IMPORT}x = 1\n", "x = 1\n", codemod)


CLASS_IMPORT = "class A:\n    from snowflake.snowpark.context import get_active_session as gas\n"


@pytest.mark.parametrize("use", ["A.gas()", "self.gas()", "other.A.gas()"])
def test_import_that_is_an_attribute_of_a_class_is_found(use: str) -> None:
    source = f"{CLASS_IMPORT}    def go(self):\n        return {use}.sql('x')\n"
    check_found(source, codemod, "attribute of a class", line=2)
    more = f"{IMPORT}s = get_active_session()\n"
    assert migrate(source + more, codemod).text == source + more


def test_import_of_a_class_that_is_used_in_its_body_and_as_an_attribute() -> None:
    source = f"{CLASS_IMPORT}    session = gas()\nprint(A.gas())\n"
    check_found(source, codemod, "streamlit_app.py:4 may use it", line=2)


def test_unused_import_of_a_class_is_removed() -> None:
    source = f"import snowflake.snowpark.context as ctx\n{ST}class A:\n    x = 1\n    {IMPORT}"
    source += "s = ctx.get_active_session()\n"
    check_fixed(source, f"{ST}class A:\n    x = 1\ns = {NEW}\n", codemod)


def test_name_handed_through_the_apps_own_module() -> None:
    files = {
        "streamlit_app.py": "from page import get_active_session as gas, st\ns = gas()\n",
        "page.py": f"{IMPORT}{ST}",
    }
    result = migrate(files, codemod)
    assert result.texts == {
        "streamlit_app.py": f"from page import st\ns = {NEW}\n",
        "page.py": ST,
    }


def test_function_of_that_name_in_the_apps_own_module_is_not_ours() -> None:
    files = {
        "streamlit_app.py": "from utils import get_active_session\ns = get_active_session()\n",
        "utils.py": "def get_active_session(): ...\n",
    }
    assert migrate(files, codemod).findings == ()


def test_one_place_holds_back_the_calls_of_every_file() -> None:
    files = {
        "streamlit_app.py": f"import helper\n{ST}{IMPORT}s = get_active_session()\n",
        "helper.py": f"{IMPORT}f = [get_active_session]\n",
    }
    result = migrate(files, codemod)
    assert result.texts == files
    assert [f.path.name for f in result.open()] == ["helper.py", "streamlit_app.py"]
    assert "helper.py:2" in result.open()[1].message
