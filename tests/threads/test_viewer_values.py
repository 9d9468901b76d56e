from __future__ import annotations

import ast
from pathlib import Path

import pytest

from codemod_case import ENTRY, ROOT
from sis_codemods.threads.viewer_values import Belongs, belongs
from sis_migrate.model import App, Settings
from sis_migrate.python.module import Project
from sis_migrate.python.source import parse
from sis_migrate.textfile import decode

HEAD = "import streamlit as st\n"


def whose(source: str) -> Belongs:
    """Whose the value is that the file's last line assigns."""
    path = ROOT / ENTRY
    file = parse(path, decode((HEAD + source).encode()))
    app = App(ROOT, "app", path, (path,), (path,))
    project = Project(app, {path: file}, Settings(), [Path(ROOT)])
    last = file.tree.body[-1]
    assert isinstance(last, ast.Assign)
    return belongs(project.modules[path], last.value)


VIEWERS = {
    "widget": "x = st.text_input('a')\n",
    "widget in a container": "a, b = st.columns(2)\nx = a.selectbox('a', 'b')\n",
    "imported widget": "from streamlit import slider\nx = slider('a')\n",
    "in a list": "x = [f(v) for v in st.multiselect('a', 'b')]\n",
    "in a lambda": "x = lambda: st.session_state.a\n",
    "unpacked": "low, high = st.slider('a', 1, (2, 3))\nx = low\n",
    "added to": "n = ''\nn += st.text_input('a')\nx = n\n",
    "taken in a with": "with st.form('a') as f, opened(st.text_input('a')) as g:\n    pass\nx = g\n",
    "argument of a call": "def f(n):\n    return n\nx = f(st.query_params['a'])\n",
    "default": "def f(n=st.session_state):\n    return n\nx = f()\n",
}
ALL = {
    "literal": "x = {'a': [1, 2]}\n",
    "secret": "x = st.secrets['a']['b']\n",
    "environment": "import os\nx = os.environ.get('A')\n",
    "deleted name": "n = 1\ndel n\nx = n\n",
    "named by itself": "n = 1\nn = n\nx = n\n",
    "text of a title": "st.title('a')\nx = 'a'.upper()\n",
}
UNKNOWN = {
    "clock": "import time\nx = time.time()\n",
    "caught": "try:\n    f()\nexcept OSError as e:\n    n = e\nx = e\n",
    "lambda's parameter": "x = (lambda n: n)\n",
    "a long way": "".join(f"n{i + 1} = n{i}\n" for i in range(200)) + "x = n200\n",
}


@pytest.mark.parametrize("source", VIEWERS.values(), ids=VIEWERS)
def test_is_a_viewers(source: str) -> None:
    assert whose(source) is Belongs.VIEWER


@pytest.mark.parametrize("source", ALL.values(), ids=ALL)
def test_is_the_same_for_all(source: str) -> None:
    assert whose(source) is Belongs.ALL


@pytest.mark.parametrize("source", UNKNOWN.values(), ids=UNKNOWN)
def test_is_not_known(source: str) -> None:
    assert whose(source) is Belongs.UNKNOWN
