"""Which releases reach a place, and which code provides for both."""

from __future__ import annotations

import ast

import pytest

from codemod_case import check_fixed, check_noop
from session.app_modules import modules
from sis_codemods.streamlit.facts import Version
from sis_codemods.streamlit.renames import codemod
from sis_codemods.streamlit.shims import reached
from sis_codemods.streamlit.target import releases

ST = "import streamlit as st\n"
RANGE = releases()
OLD = "st.experimental_rerun()"

LEFT_ALONE = {
    "hasattr with else": 'if hasattr(st, "rerun"):\n    st.rerun()\nelse:\n    {}\n',
    "hasattr of the old name": 'if hasattr(st, "experimental_rerun"):\n    {}\nelse:\n'
    '    st.rerun()\n',
    "not hasattr": 'if not hasattr(st, "rerun"):\n    {}\n',
    "conditional expression": 'st.rerun() if hasattr(st, "rerun") else {}\n',
    "elif": 'if a:\n    f()\nelif hasattr(st, "rerun"):\n    st.rerun()\nelse:\n    {}\n',
    "while": 'while hasattr(st, "experimental_rerun"):\n    {}\n',
    "and": 'hasattr(st, "experimental_rerun") and {}\n',
    "or": 'hasattr(st, "rerun") or {}\n',
    "part of an and": 'if a and not hasattr(st, "rerun"):\n    {}\n',
    "getattr with or": '(getattr(st, "rerun", None) or st.experimental_rerun)()\n',
    "getattr and a test for None": 'r = getattr(st, "rerun", None)\nif r is None:\n    {}\n',
    "getattr and a test of its truth": 'r = getattr(st, "rerun", None)\nif not r:\n    {}\n',
    "getattr of the old name": 'r = getattr(st, "experimental_rerun", None)\nif r:\n    {}\n',
    "callable": 'if not callable(getattr(st, "rerun", None)):\n    {}\n',
    "walrus": 'if (r := getattr(st, "rerun", None)) is None:\n    {}\n',
    "constant": 'HAS = hasattr(st, "rerun")\nif not HAS:\n    {}\n',
    "constant in either way": 'HAS = True if hasattr(st, "rerun") else False\nif not HAS:\n'
    '    {}\n',
    "dir": 'if "rerun" not in dir(st):\n    {}\n',
    "function that asks": 'def has():\n    return hasattr(st, "rerun")\nif not has():\n    {}\n',
    "return before": 'def f():\n    if hasattr(st, "rerun"):\n        return st.rerun()\n    {}\n',
    "return in the other side": 'def f():\n    if not hasattr(st, "rerun"):\n        pass\n'
    '    else:\n'
    "        return st.rerun()\n    {}\n",
    "continue before": 'for a in b:\n    if hasattr(st, "rerun"):\n        continue\n    {}\n',
    "version text": 'if st.__version__ < "1.27":\n    {}\n',
    "version numbers": 'if tuple(map(int, st.__version__.split(".")[:2])) < (1, 27):\n    {}\n',
    "version in a comprehension": 'V = [int(p) for p in st.__version__.split(".") if p]\n'
    'if V < [1, 27]:\n    {}\n',
    "version in a generator": 'V = tuple(int(p) for p in st.__version__.split("."))\n'
    'if V < (1, 27):\n    {}\n',
    "minor number": 'if int(st.__version__.split(".")[1]) < 27:\n    {}\n',
    "packaging Version": 'from packaging.version import Version\n'
    'if Version(st.__version__) < Version("1.27"):\n    {}\n',
    "packaging parse": 'from packaging import version\n'
    'NEW = version.parse(st.__version__) >= version.parse("1.27")\n'
    "if not NEW:\n    {}\n",
    "part of a packaging version": 'from packaging.version import Version\n'
    'if Version(st.__version__).minor < 27:\n    {}\n',
    "release of a packaging version": 'from packaging.version import Version\n'
    "if Version(st.__version__).release[:2] < (1, 27):\n    {}\n",
    "version of the distribution": 'from importlib.metadata import version\n'
    'if version("streamlit") < "1.27":\n    {}\n',
    "startswith": 'if st.__version__.startswith("1.2"):\n    {}\n',
    "chained comparison": 'if "1.0" < st.__version__ < "1.27":\n    {}\n',
    "list of names": 'if "rerun" not in [n for n in ["rerun"] if hasattr(st, n)]:\n    {}\n',
    "all of some names": 'if not all(hasattr(st, n) for n in ("rerun", "fragment")):\n    {}\n',
    "try with the new name": "try:\n    st.rerun()\nexcept AttributeError:\n    {}\n",
    "try with the old name": "try:\n    {}\nexcept AttributeError:\n    st.rerun()\n",
    "try with any error": "try:\n    st.rerun()\nexcept Exception:\n    {}\n",
    "bare try": "try:\n    {}\nexcept:\n    st.rerun()\n",
    "try for names": "try:\n    r = st.rerun\nexcept AttributeError:\n"
    "    r = st.experimental_rerun\n",
    "try for imports": "try:\n    from streamlit import rerun\nexcept ImportError:\n"
    "    from streamlit import experimental_rerun as rerun\n",
    "put there by the app": "st.experimental_rerun = st.rerun\n{}\n",
    "put there where it is missing": 'if not hasattr(st, "experimental_rerun"):\n'
    "    st.experimental_rerun = st.rerun\n{}\n",
    "either of two old names": 'if hasattr(st, "experimental_rerun") or hasattr(st, "beta_columns"):\n'
    "    {}\n",
    "method of a container": 'if hasattr(st.empty(), "beta_columns"):\n    {}\n',
    "names that are there": 'if "rerun" not in [n for n in ["rerun", "x1"] if n in dir(st)]:\n'
    '    {}\n',
    "put there with setattr": 'setattr(st, "experimental_rerun", st.rerun)\n{}\n',
    "for type checkers": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n"
    "    from streamlit import experimental_rerun\n",
}  # fmt: skip


@pytest.mark.parametrize("source", LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_left_alone(source: str) -> None:
    check_noop(ST + source.replace("{}", OLD), codemod)


NOT_A_SHIM = {
    "branch that the target reaches": 'if hasattr(st, "rerun"):\n    {}\n',
    "name of something else": 'if hasattr(st, "dialog"):\n    {}\n',
    "unknown name": 'if not hasattr(st, "mine"):\n    {}\n',
    "old default that is evaluated": 'r = getattr(st, "rerun", st.experimental_rerun)\n',
    "constant of the app": "DEBUG = None\nif DEBUG:\n    {}\n",
    "constant with an error's value": "E = None\ntry:\n    f()\nexcept Exception:\n    E = 1\n"
    "if E:\n    {}\n",
    "session state": "if st.session_state.again or f():\n    {}\n",
    "key of the session state": 'if hasattr(st.session_state, "again"):\n    {}\n',
    "value that may be empty": "if not st.query_params:\n    {}\n",
    "object that may be empty": '(getattr(st, "user", None) or g)(st.experimental_rerun)\n',
    "two values": 'HAS = hasattr(st, "rerun")\nHAS = f()\nif not HAS:\n    {}\n',
    "values that differ": 'HAS = hasattr(st, "rerun")\nHAS = hasattr(st, "beta_x1")\n'
    'if not HAS:\n    {}\n',
    "parameter": "def f(has):\n    if not has:\n        {}\n",
    "other error": "try:\n    st.rerun()\nexcept ValueError:\n    {}\n",
    "handler with something else": "try:\n    {}\nexcept AttributeError:\n    st.stop()\n",
    "handler that does nothing": "try:\n    {}\nexcept Exception:\n    pass\n",
    "finally": "try:\n    f()\nfinally:\n    {}\n",
    "test of something else": "if f(st) > 1:\n    {}\n",
    "version of something else": 'from importlib.metadata import version\n'
    'if version("pandas") < "3":\n    {}\n',
    "no version": 'from packaging.version import Version\n'
    'if Version("x") < Version(st.__version__):\n    {}\n',
    "comparison that fails": 'if st.__version__ < 1.27:\n    {}\n',
    "missing part": "if int(st.__version__.split('.')[7]) < 27:\n    {}\n",
    "attribute that is not there": 'if getattr(st, "cache"):\n    {}\n',
    "two loops": "if any(a for a in st.__version__ for b in a):\n    {}\n",
    "unpacking loop": "if any(a for a, b in st.__version__):\n    {}\n",
    "function with arguments": 'def has(n):\n    return hasattr(st, n)\nif not has("rerun"):\n'
    '    {}\n',
    "function with two ends": "def has():\n    if a:\n        return 1\n    return 0\n"
    "if has():\n    {}\n",
    "hasattr of a container that may be one": 'def f(col):\n    if hasattr(col, "x"):\n'
    '        {}\n',
    "signature of something unknown": "import inspect\n"
    "if 'a' in inspect.signature(f).parameters:\n    {}\n",
    "put somewhere else": "app.experimental_rerun = 1\n{}\n",
    "put somewhere else with setattr": 'setattr(app, "experimental_rerun", f)\n{}\n',
    "put there under some name": "setattr(st, name, f)\n{}\n",
    "setattr of another number": "setattr(st)\n{}\n",
    "text method of something else": 'if [st.__version__].strip("a"):\n    {}\n',
    "signature of what takes no call": "import inspect\n"
    "if 'a' in inspect.signature(st.session_state).parameters:\n    {}\n",
    "lambda": "if (lambda: 1):\n    {}\n",
    "test that goes on and on": "if " + " or ".join(f"f{i}(1)" for i in range(40)) + ":\n    {}\n",
    "or with something unknown": 'if f() or hasattr(st, "cache_data_x"):\n    {}\n',
    "statement after a test that goes on": 'if hasattr(st, "rerun"):\n    f()\n{}\n',
    "test behind it": '{}\nif hasattr(st, "rerun"):\n    raise E\n',
}  # fmt: skip


@pytest.mark.parametrize("source", NOT_A_SHIM.values(), ids=NOT_A_SHIM)
def test_not_a_shim(source: str) -> None:
    before = ST + source.replace("{}", OLD)
    after = before.replace("st.experimental_rerun", "st.rerun")
    check_fixed(before, after, codemod, indented="metadata" not in source)


REACHED = {
    "later release": ('if hasattr(st, "bottom"):\n    here\n', (1, 57), None),
    "earlier release": ('if not hasattr(st, "bottom"):\n    here\n', None, (1, 56)),
    "method of a container": ('if hasattr(st.sidebar, "bokeh_chart"):\n    here\n', None, (1, 58)),
    "parameter": (
        'import inspect\nif "scope" in inspect.signature(st.spinner).parameters:\n    here\n',
        (9, 0),
        None,
    ),
    "parameter that came": (
        'import inspect\nif "height" in inspect.signature(st.tabs).parameters:\n    here\n',
        (1, 60),
        None,
    ),
    "several tests": (
        'if st.__version__ >= "1.56":\n    if st.__version__ < "1.58":\n        here\n',
        (1, 56),
        (1, 57),
    ),
    "assert on nothing": ("if f():\n    here\n", None, None),
}


@pytest.mark.parametrize(("source", "first", "last"), REACHED.values(), ids=REACHED)
def test_reached(source: str, first: Version | None, last: Version | None) -> None:
    module = modules(ST + source)["streamlit_app.py"]
    here = next(
        n for n in ast.walk(module.source.tree) if isinstance(n, ast.Name) and n.id == "here"
    )
    wanted = tuple(v for v in RANGE if (first or RANGE[0]) <= v <= (last or RANGE[-1]))
    assert reached(module, here) == wanted


def test_constant_of_another_file() -> None:
    files = {
        "streamlit_app.py": f"{ST}from compat import HAS\nif not HAS:\n    {OLD}\n",
        "compat.py": f'{ST}HAS = hasattr(st, "rerun")\n',
    }
    module = modules(files)["streamlit_app.py"]
    call = next(n for n in ast.walk(module.source.tree) if isinstance(n, ast.Call))
    assert reached(module, call) == ()
