"""What Python 3.11's standard library has no longer."""

from __future__ import annotations

import importlib
import sys
import warnings

import pytest

from codemod_case import check_found, check_noop, migrate
from sis_codemods.python_3_11 import removed_library
from sis_codemods.python_3_11.removed_library import codemod


@pytest.mark.parametrize(
    ("code", "message", "remedy"),
    [
        ("import parser", "Python 3.11 has no parser", "Use ast."),
        ("import binhex as b", "Python 3.11 has no binhex", "Find a package"),
        ("from parser import suite", "Python 3.11 has no parser", "Use ast."),
        ("from collections import Set, abc", "no collections.Set", "Use collections.abc.Set."),
        ("import collections as c\nx = c.Iterable", "no collections.Iterable", "Use collections.abc"),
        ("import inspect\ninspect.getargspec(f)", "no inspect.getargspec", "inspect.getfullargspec"),
        ("import json\njson.loads(x, encoding='utf-8')", "loads takes no encoding", "Leave it out"),
        ("from random import shuffle\nshuffle(x, r)", "shuffle takes no random", "random.Random"),
        ("import asyncio\nasyncio.sleep(1, loop=l)", "asyncio.sleep takes no loop", "Leave it out"),
    ],
)  # fmt: skip
def test_found(code: str, message: str, remedy: str) -> None:
    (finding,) = migrate(f"import streamlit as st\n{code}\n", codemod).findings
    assert message in finding.message
    assert remedy in finding.remedy


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("from collections import OrderedDict, abc", id="what is still there"),
        pytest.param("import collections.abc\nx = collections.abc.Mapping", id="its new home"),
        pytest.param("from dateutil import parser\nparser.parse(x)", id="another parser"),
        pytest.param("collections = load()\nx = collections.Mapping", id="a name of the app's own"),
        pytest.param("import json\njson.loads(x)", id="a call without the parameter"),
        pytest.param("import random\nrandom.shuffle(x)", id="a shuffle without a function"),
        pytest.param(
            "try:\n    from collections.abc import Mapping\nexcept ImportError:\n"
            "    from collections import Mapping",
            id="the other side of a try",
        ),
        pytest.param(
            "try:\n    from collections import Mapping\nexcept ImportError:\n"
            "    from collections.abc import Mapping",
            id="a try that catches it",
        ),
        pytest.param(
            "import sys\nif sys.version_info < (3, 10):\n    from collections import Mapping",
            id="below a test of the version",
        ),
        pytest.param(
            "import inspect\nif hasattr(inspect, 'getargspec'):\n    f = inspect.getargspec",
            id="below a test for it",
        ),
    ],
)
def test_silent(code: str) -> None:
    check_noop(f"import streamlit as st\n{code}\n", codemod)


def test_a_try_that_catches_something_else_does_not_help() -> None:
    code = "try:\n    import parser\nexcept ValueError:\n    parser = None\n"
    check_found(code, codemod, "Python 3.11 has no parser", line=2)


def test_module_of_the_apps_own() -> None:
    files = {"streamlit_app.py": "import parser\nparser.run()\n", "parser.py": "def run(): ...\n"}
    assert migrate(files, codemod).findings == ()


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="the table is about Python 3.11")
def test_the_table_is_right_about_this_python() -> None:
    for name in removed_library._gone():
        home, _, last = name.rpartition(".")
        if name in removed_library._table()["modules"]:
            with pytest.raises(ImportError):
                importlib.import_module(name)
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # some go in later versions
            assert not hasattr(importlib.import_module(home), last), name
