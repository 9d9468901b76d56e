from __future__ import annotations

import pytest

from codemod_case import migrate
from sis_codemods.threads.shared_state import codemod
from sis_migrate.model import Finding, Status

ENTRY = "import streamlit as st\nimport store\nstore.change(st.text_input('x'))\n"


def found(store: str, entry: str = ENTRY) -> tuple[Finding, ...]:
    files = {"streamlit_app.py": entry, "store.py": store}
    result = migrate(files, codemod)
    assert result.texts == files
    return result.findings


CHANGED = {
    "list appended to": "kept = []\ndef change(x):\n    kept.append(x)\n",
    "dict item": "kept = {}\ndef change(x):\n    kept['last'] = x\n",
    "item deep inside": "kept = {}\ndef change(x):\n    kept['a']['b'] = x\n",
    "deleted item beside a set one": (
        "kept = {}\ndef change(x):\n    kept['a'] = x\n    del kept['b']\n"
    ),
    "global name": "kept = None\ndef change(x):\n    global kept\n    kept = x\n",
    "counter": "kept = 0\ndef change(x):\n    global kept\n    kept += 1\n",
    "toggle": "kept = False\ndef change(x):\n    global kept\n    kept = not kept and x\n",
    "data frame": (
        "import pandas as pd\nkept = pd.read_csv('a')\ndef change(x):\n    kept['n'] = x\n"
    ),
    "attribute of a function": "def change(x):\n    change.last = x\n",
    "annotated": "kept: list[str] = []\ndef change(x):\n    kept.extend([x])\n",
    "counter of collections": (
        "from collections import Counter\nkept = Counter()\ndef change(x):\n    kept.update([x])\n"
    ),
    "set where another is missing": (
        "kept = set()\nother = None\ndef change(x):\n    if other or x is None:\n        kept.add(x)\n"
    ),
    "added to an item": (
        "from collections import defaultdict\nkept = defaultdict(int)\n"
        "def change(x):\n    if x in kept:\n        kept[x] += 1\n"
    ),
    "attribute of a class by its name": (
        "class Box:\n    kept = None\ndef change(x):\n    Box.kept = x\n"
    ),
    "in a nested function": (
        "kept = []\ndef change(x):\n    def inner():\n        kept.append(x)\n    inner()\n"
    ),
    "first asked for, but the viewer's": (
        "kept = None\ndef change(x):\n    global kept\n    if kept is None:\n        kept = x\n"
    ),
    "class attribute through an instance": (
        "class Box:\n    kept = []\n    def put(self, x):\n        self.kept.append(x)\n"
        "def change(x):\n    Box().put(x)\n"
    ),
    "class attribute through the class": (
        "class Box:\n    kept = None\n    @classmethod\n    def put(cls, x):\n        cls.kept = x\n"
        "def change(x):\n    Box.put(x)\n"
    ),
    "instance at the top": (
        "class Box:\n    def __init__(self):\n        self.kept = ''\n"
        "    def put(self, x):\n        self.kept = x\n"
        "box = Box()\ndef change(x):\n    box.put(x)\n"
    ),
    "the one instance of a class": (
        "class Box:\n    _made = None\n    def __new__(cls):\n        if not cls._made:\n"
        "            cls._made = object.__new__(cls)\n        return cls._made\n"
        "    def put(self, x):\n        self.kept = x\n"
        "def change(x):\n    Box().put(x)\n"
    ),
    "in a table of functions": (
        "kept = []\ndef put(x):\n    kept.append(x)\nwork = {'a': put}\n"
        "def change(x):\n    work['a'](x)\n"
    ),
}


@pytest.mark.parametrize("store", CHANGED.values(), ids=CHANGED)
def test_shared_state_is_found(store: str) -> None:
    [finding] = found(store)
    assert finding.status is Status.MANUAL
    assert "for all viewers" in finding.message
    assert "st.session_state" in finding.remedy
    assert finding.path.name == "store.py"


LEFT = {
    "read only": "kept = ['a']\ndef change(x):\n    return kept.index(x)\n",
    "filled at import": (
        "kept = {}\ndef register(f):\n    kept[f.__name__] = f\n    return f\n"
        "@register\ndef one(): ...\ndef change(x):\n    return kept[x]\n"
    ),
    "at the top": "kept = []\nkept.append('a')\ndef change(x):\n    return kept\n",
    "made once for all": (
        "kept = None\ndef change(x):\n    global kept\n    if kept is None:\n"
        "        kept = {'a': 1}\n    return kept[x]\n"
    ),
    "asked for with hasattr": (
        "def change(x):\n    if not hasattr(change, 'table'):\n        change.table = [1]\n"
    ),
    "same for all": (
        "kept = {}\ndef put(key, value):\n    kept[key] = value\ndef change(x):\n    put('a', 1)\n"
    ),
    "session in a module": (
        "import streamlit as st\nkept = st.connection('snowflake').session()\n"
        "def change(x):\n    kept.query_tag = x\n"
    ),
    "deleted only": "kept = {'a': 1}\ndef change(x):\n    del kept[x]\n",
    "set to none": "kept = 1\ndef change(x):\n    global kept\n    kept = None\n",
    "set to an empty list": "kept = [1]\ndef change(x):\n    global kept\n    kept = []\n",
    "the one instance of a class": (
        "class Box:\n    _made = None\n    def __new__(cls, *a):\n"
        "        if not isinstance(cls._made, cls):\n"
        "            cls._made = object.__new__(cls)\n        return cls._made\n"
        "def change(x):\n    return Box(x)\n"
    ),
    "made once, by two conditions": (
        "kept = None\ndef change(x):\n    global kept\n    if x and kept is None:\n"
        "        kept = {'a': 1}\n"
    ),
    "result of a call": "def make(): ...\ndef change(x):\n    make().kept = x\n",
    "only emptied": "kept = [1]\ndef change(x):\n    kept.clear()\n",
    "local name": "kept = []\ndef change(x):\n    kept = []\n    kept.append(x)\n",
    "parameter": "kept = []\ndef change(kept):\n    kept.append(1)\n",
    "per thread": (
        "import threading\nkept = threading.local()\ndef change(x):\n    kept.last = x\n"
    ),
    "logger": (
        "import logging\nlog = logging.getLogger('a')\ndef change(x):\n    log.propagate = x\n"
    ),
    "session state by another name": (
        "import streamlit as st\nkept = st.session_state\ndef change(x):\n    kept['a'] = x\n"
    ),
    "own attribute of each instance": (
        "class Box:\n    kept = []\n    def __init__(self):\n        self.kept = []\n"
        "    def put(self, x):\n        self.kept.append(x)\n"
        "def change(x):\n    Box().put(x)\n"
    ),
    "field of a model": (
        "from pydantic import BaseModel\nclass Box(BaseModel):\n    kept: list = []\n"
        "    def put(self, x):\n        self.kept.append(x)\n"
        "def change(x):\n    Box().put(x)\n"
    ),
    "method of something else": "kept = connect()\ndef change(x):\n    kept.update(x)\n",
    "never run": "kept = []\ndef other(x):\n    kept.append(x)\ndef change(x): ...\n",
}


@pytest.mark.parametrize("store", LEFT.values(), ids=LEFT)
def test_nothing_is_said(store: str) -> None:
    assert found(store) == ()


MILD = {
    "cache by key": (
        "kept = {}\ndef change(x):\n    if x not in kept:\n        kept[x] = len(x)\n"
        "    return kept[x]\n",
        "st.cache_data",
    ),
    "cache asked with get": (
        "kept = {}\ndef change(x):\n    if kept.get(x) is None:\n        kept[x] = len(x)\n",
        "st.cache_data",
    ),
    "under a lock": (
        "import threading\nkept = []\nguard_lock = threading.Lock()\ndef change(x):\n"
        "    with guard_lock:\n        kept.append(x)\n",
        "lock keeps it whole",
    ),
}


@pytest.mark.parametrize(("store", "words"), MILD.values(), ids=MILD)
def test_is_to_review(store: str, words: str) -> None:
    [finding] = found(store)
    assert finding.status is Status.REVIEW
    assert words in finding.remedy


FROM_OUTSIDE = {
    "attribute of the module": "import streamlit as st\nimport store\nstore.kept = st.text_input('')\n",
    "new attribute": "import streamlit as st\nimport store\nstore.user = st.text_input('')\n",
    "item of its dict": (
        "import streamlit as st\nimport store\nstore.kept['a'] = st.text_input('')\n"
    ),
    "imported name": (
        "import streamlit as st\nfrom store import kept as k\nk['a'] = st.text_input('')\n"
    ),
    "star import": "import streamlit as st\nfrom store import *\nkept['a'] = st.text_input('')\n",
}


@pytest.mark.parametrize("entry", FROM_OUTSIDE.values(), ids=FROM_OUTSIDE)
def test_a_script_that_changes_a_module(entry: str) -> None:
    [finding] = found("kept = {}\n", entry)
    assert "streamlit_app.py changes it" in finding.message


def test_a_script_may_change_its_own_names() -> None:
    source = (
        "import streamlit as st\nkept = []\ndef put():\n    global kept\n    kept = [1]\nput()\n"
    )
    assert migrate(source, codemod).findings == ()


def test_names_that_the_same_functions_change_have_one_finding() -> None:
    [finding] = found("a = b = None\ndef change(x):\n    global a, b\n    a = b = x\n")
    assert "`a` and `b` are each one for all viewers, and change() changes them" in finding.message


def test_several_functions_are_named() -> None:
    store = "kept = []\ndef put(x):\n    kept.append(x)\ndef change(x):\n    kept.append(put(x))\n"
    [finding] = found(store)
    assert "change() and put() change it" in finding.message
    assert finding.span is not None
    assert finding.span.line == 1


def test_methods_picked_by_name_count_as_run() -> None:
    store = (
        "kept = []\nclass Pages:\n    def one(self, x):\n        kept.append(x)\n"
        "def change(x):\n    getattr(Pages(), x)(x)\n"
    )
    assert len(found(store)) == 1
