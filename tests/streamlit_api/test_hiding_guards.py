"""SIS302: tests that keep features from a container."""

from __future__ import annotations

import pytest

from codemod_case import check_found, check_noop
from sis_codemods.streamlit.hiding_guards import codemod
from sis_migrate.model import Status

ST = "import streamlit as st\n"

FOUND = {
    "not in Snowflake": ("if not _is_sis():\n    st.switch_page('a')\n", 2, "st.switch_page"),
    "else": ("if IN_SNOWFLAKE:\n    f()\nelse:\n    st.dialog('a')\n", 2, "st.dialog"),
    "conditional expression": ("x = f if is_sis else st.fragment\n", 2, "st.fragment"),
    "conditional, negated": ("x = st.fragment if not is_sis else f\n", 2, "st.fragment"),
    "another test and": ("if not running_in_sis() and a:\n    st.chat_input()\n", 2, "chat_input"),
    "return in an else": (
        "if a:\n    f()\nelse:\n    if is_sis:\n        raise E\n    st.popover('a')\n",
        5,
        "popover",
    ),
    "and another test": ("if a and not running_in_sis():\n    st.chat_input()\n", 2, "chat_input"),
    "attribute": ("if not env.is_snowflake:\n    st.camera_input('a')\n", 2, "camera_input"),
    "return before": ("def f():\n    if is_sis:\n        return\n    st.popover('a')\n"
    "", 3, "popover"),
    "component": (
        "import streamlit.components.v1 as c\nif not is_sis:\n    c.declare_component('a')\n",
        3,
        "declare_component",
    ),
    "old command asked for": (
        'if hasattr(st, "experimental_user"):\n    show(st)\n',
        2,
        "st.user",
    ),
    "old command looked up": ('u = getattr(st, "experimental_user", None)\n', 2, "is lost"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "line", "words"), FOUND.values(), ids=FOUND)
def test_found(source: str, line: int, words: str) -> None:
    check_found(ST + source, codemod, words, line=line, status=Status.REVIEW)


NOOPS = {
    "nothing of Streamlit": "if not is_sis:\n    session = connect()\n",
    "old commands only": "if not is_sis:\n    st.write('local')\nelse:\n"
    "    st.write('Snowflake')\n",
    "the same on both sides": "if is_sis:\n    st.dialog('a')\nelse:\n    st.dialog('b')\n",
    "only in Snowflake": "if is_sis:\n    st.dialog('a')\n",
    "return with nothing behind it": "def f():\n    if is_sis:\n        return\n",
    "raise at the end of the other side": "def f():\n    if not is_sis:\n        raise E\n",
    "another test": "if not is_admin:\n    st.dialog('a')\n",
    "test with an argument": "if not is_sis(app):\n    st.dialog('a')\n",
    "comparison": "if is_sis == 1:\n    st.dialog('a')\n",
    "object that may not be Streamlit's": "def f(col):\n    if not is_sis:\n"
    "        col.popover('a')\n",
    "successor nearby": 'if hasattr(st, "experimental_user"):\n    f(st)\nelse:\n    g(st.user)\n',
    "successor below the name": 'q = getattr(st, "experimental_get_query_params", None)\n'
    "st.query_params['a']\n",
    "name that some releases have": 'if hasattr(st, "bokeh_chart"):\n    f(st)\n',
    "name without a successor": 'if hasattr(st, "event"):\n    f(st)\n',
    "name that is there": 'if hasattr(st, "dialog"):\n    f(st)\n',
    "put there by the app": 'st.experimental_user = u\nif hasattr(st, "experimental_user"):\n'
    '    f()\n',
    "not reached": 'if not hasattr(st, "user"):\n    u = getattr(st, "experimental_user", None)\n',
    "computed name": 'hasattr(st, "experimental_" + "user")\n',
    "something else's": 'hasattr(app, "experimental_user")\n',
    "own hasattr": 'def hasattr(a, b): ...\nhasattr(st, "experimental_user")\n',
    "other number of arguments": 'getattr(st, "experimental_user")\n',
}  # fmt: skip


@pytest.mark.parametrize("source", NOOPS.values(), ids=NOOPS)
def test_noop(source: str) -> None:
    check_noop(ST + source, codemod)
