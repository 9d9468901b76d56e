from __future__ import annotations

import pytest

from codemod_case import check_fixed, check_found, check_noop, migrate
from sis_codemods.session.implicit_session import codemod
from sis_migrate.model import Status

CORTEX = "from snowflake.cortex import complete, Finetune\n"
HEAD = CORTEX + 'import streamlit as st\nsession = st.connection("snowflake").session()\n'

CALLS = {
    "function": ("complete('m', p)", "complete('m', p, session=session)"),
    "keywords": ("complete(model='m', prompt=p)", "complete(model='m', prompt=p, session=session)"),
    "class": ("Finetune()", "Finetune(session=session)"),
    "trailing comma": ("complete('m', p,)", "complete('m', p, session=session,)"),
    "in an f-string": ("f'{complete(m, p)}'", "f'{complete(m, p, session=session)}'"),
    "nested": ("str(complete('m', p))", "str(complete('m', p, session=session))"),
    "over lines": (
        "complete(\n    'm',\n    p,\n)",
        "complete(\n    'm',\n    p,\n    session=session,\n)",
    ),
    "over lines without a last comma": (
        "complete(\n    'm',  # model\n    p\n)",
        "complete(\n    'm',  # model\n    p,\n    session=session\n)",
    ),
    "one argument over lines": (
        "complete(\n    p\n)",
        "complete(\n    p,\n    session=session\n)",
    ),
    "named differently": (
        "complete('m', {'session': 1})",
        "complete('m', {'session': 1}, session=session)",
    ),
}


@pytest.mark.parametrize(("before", "after"), CALLS.values(), ids=CALLS)
def test_call(before: str, after: str) -> None:
    check_fixed(f"{HEAD}x = {before}\n", f"{HEAD}x = {after}\n", codemod)


SCOPES = {
    "parameter": "def f(session):\n    return {}\n",
    "annotated parameter": "def f(s: Session):\n    return {}\n",
    "in the function": "def f():\n    s = st.connection('snowflake').session()\n    return {}\n",
    "in the module, called in a function": "def f():\n    return {}\ns = get_active_session()\n",
    "None in some case": "s = None\ntry:\n    s = get_active_session()\n"
    "except Exception:\n    s = None\nx = {}\n",
    "of the object": "class A:\n    def __init__(self):\n        self.s = get_active_session()\n"
    "    def f(self):\n        return {}\n",
}
_NAMES = {"parameter": "session", "of the object": "self.s"}
_IMPORTS = (
    CORTEX + "import streamlit as st\nfrom snowflake.snowpark import Session\n"
    "from snowflake.snowpark.context import get_active_session\n"
)


@pytest.mark.parametrize("name", SCOPES)
def test_session_in_scope(name: str) -> None:
    before, after = "complete('m', p)", f"complete('m', p, session={_NAMES.get(name, 's')})"
    check_fixed(
        _IMPORTS + SCOPES[name].format(before), _IMPORTS + SCOPES[name].format(after), codemod
    )


def test_session_of_another_file() -> None:
    files = {
        "streamlit_app.py": CORTEX + "from db import session\nx = complete('m', p)\n",
        "db.py": 'import streamlit as st\nsession = st.connection("snowflake").session()\n',
    }
    text = migrate(files, codemod).text
    assert text.endswith("x = complete('m', p, session=session)\n")


DECORATORS = {
    "with arguments": ("@udf(name='f')", "@udf(name='f', session=session)"),
    "without parentheses": ("@udf", "@udf(session=session)"),
    "procedure": ("@sproc(name='f')", "@sproc(name='f', session=session)"),
}


@pytest.mark.parametrize(("before", "after"), DECORATORS.values(), ids=DECORATORS)
def test_decorator(before: str, after: str) -> None:
    head = "from snowflake.snowpark.functions import udf, sproc\n" + HEAD
    body = "\ndef f(x: int) -> int:\n    return x\n"
    check_fixed(head + before + body, head + after + body, codemod)


def test_app_without_a_session_gets_one() -> None:
    before = CORTEX + "import streamlit as st\nst.write(complete('m', p))\n"
    after = (
        CORTEX + "import streamlit as st\n"
        "st.write(complete('m', p, session=st.connection(\"snowflake\").session()))\n"
    )
    check_fixed(before, after, codemod, status=Status.REVIEW)


FOUND = {
    "session only in some branch": "if a:\n    s = get_active_session()\nx = complete('m', p)\n",
    "session below": "x = complete('m', p)\ns = get_active_session()\n",
    "name of two meanings": "s = get_active_session()\ns = 5\nx = complete('m', p)\n",
    "keywords of unknown names": "s = get_active_session()\nx = complete(**k)\n",
    "session of a function": "def g():\n    return get_active_session()\nx = complete('m', p)\n",
}


@pytest.mark.parametrize("lines", FOUND.values(), ids=FOUND)
def test_found(lines: str) -> None:
    place = lines[: lines.index("complete(")].count("\n")
    check_found(_IMPORTS + lines, codemod, "active session", line=5 + place)


def test_file_of_a_stage() -> None:
    head = "from snowflake.snowpark.files import SnowflakeFile\n" + HEAD
    check_found(head + "f = SnowflakeFile.open(p)\n", codemod, "get_stream", line=5)


def test_bare_decorator_without_a_session() -> None:
    source = (
        "from snowflake.snowpark.functions import udf\nfrom db import make\n"
        "@udf\ndef f(x: int) -> int:\n    return x\n"
    )
    check_found(source, codemod, "@udf", line=3)


NOOPS = {
    "given": "x = complete('m', p, session=session)\n",
    "on columns": "from snowflake.snowpark.functions import col\nx = complete('m', col('A'))\n",
    "on columns of a module": "import snowflake.snowpark.functions as F\n"
    "x = complete('m', F.lit('A'))\n",
    "not called": "x = complete\n",
    "an own function": "def sentiment(x): ...\nx = sentiment(p)\n",
    "another package's": "from lib import summarize\nx = summarize(p)\n",
    "Root": "from snowflake.core import Root\nx = Root(session)\n",
    "Registry": "from snowflake.ml.registry import Registry\nx = Registry(session)\n",
    "registered with the session": "session.udf.register(f)\n",
}


@pytest.mark.parametrize("lines", NOOPS.values(), ids=NOOPS)
def test_noop(lines: str) -> None:
    check_noop(HEAD + lines, codemod)


def test_quotes_in_an_f_string() -> None:
    head = "import streamlit as st\nfrom snowflake.cortex import complete\n"
    check_fixed(
        head + "st.write(f\"{complete('m', 'q')}\")\n",
        head
        + "st.write(f\"{complete('m', 'q', session=st.connection('snowflake').session())}\")\n",
        codemod,
        status=Status.REVIEW,
        indented=False,
    )
