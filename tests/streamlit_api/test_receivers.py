"""Which expression is Streamlit's, and how certain that is."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as strategies

from session.app_modules import modules
from sis_codemods.streamlit.receivers import (
    Receiver,
    base_of,
    is_container,
    streamlit_call,
    streamlit_name,
)
from sis_migrate.python.module import Module

ST = "import streamlit as st\n"


def _marked(source: str) -> Receiver | None:
    """What the function of the last call of a method ``image`` (or a name ``image``) is."""
    module = modules(source)["streamlit_app.py"]
    return streamlit_name(module, _function(module, "image"))


def _function(module: Module, name: str) -> ast.expr:
    return [
        call.func for call in _calls(module) if module.source.segment(call.func).endswith(name)
    ][-1]


def _calls(module: Module) -> Iterator[ast.Call]:
    return (n for n in ast.walk(module.source.tree) if isinstance(n, ast.Call))


CERTAIN = {
    "module": ST + "st.image(x)\n",
    "another alias": "import streamlit as sl\nsl.image(x)\n",
    "no alias": "import streamlit\nstreamlit.image(x)\n",
    "name from the module": "from streamlit import image\nimage(x)\n",
    "name under an alias": "from streamlit import image as draw_image\ndraw_image(x)\n",
    "star": "from streamlit import *\nimage(x)\n",
    "import in a function": "def f():\n    import streamlit as st\n    st.image(x)\n",
    "import in a try": f"try:\n    {ST}except ImportError:\n    st = None\nst.image(x)\n",
    "alias by assignment": ST + "page = st\npage.image(x)\n",
    "sidebar": ST + "st.sidebar.image(x)\n",
    "sidebar under a name": ST + "side = st.sidebar\nside.image(x)\n",
    "sidebar from the module": "from streamlit import sidebar\nsidebar.image(x)\n",
    "with the sidebar as": ST + "with st.sidebar as s:\n    s.image(x)\n",
    "bottom": ST + "st.bottom.image(x)\n",
    "main": ST + "st._main.image(x)\n",
    "called container": ST + "st.container().image(x)\n",
    "container under a name": ST + "c = st.container()\nc.image(x)\n",
    "with a container as": ST + "with st.container() as c:\n    c.image(x)\n",
    "walrus": ST + "if (c := st.empty()):\n    c.image(x)\n",
    "walrus in place": ST + "(c := st.empty()).image(x)\n",
    "unpacked columns": ST + "a, b = st.columns(2)\nb.image(x)\n",
    "columns unpacked as a list": ST + "[a, b] = st.columns(2)\nb.image(x)\n",
    "starred columns": ST + "a, *rest = st.columns(3)\nrest[0].image(x)\n",
    "nested unpacking": ST + "(a, b), c = st.columns(2), 1\nb.image(x)\n",
    "element by element": ST + "a, b = st.empty(), 1\na.image(x)\n",
    "indexed columns": ST + "cols = st.columns(2)\ncols[0].image(x)\n",
    "indexed at once": ST + "st.columns(2)[0].image(x)\n",
    "sliced": ST + "cols = st.columns(4)[1:]\ncols[0].image(x)\n",
    "loop over tabs": ST + "for t in st.tabs(names):\n    t.image(x)\n",
    "loop with enumerate": ST + "for i, t in enumerate(st.tabs(names)):\n    t.image(x)\n",
    "loop with zip": ST + "for n, t in zip(names, st.tabs(names)):\n    t.image(x)\n",
    "loop over a dictionary": ST + "d = {'a': st.empty()}\nfor k, t in d.items():\n"
    "    t.image(x)\n",
    "loop over its values": ST + "d = {'a': st.empty()}\nfor t in d.values():\n    t.image(x)\n",
    "entry of a dictionary": ST + "d = {n: st.empty() for n in names}\nd['a'].image(x)\n",
    "entry by get": ST + "d = {'a': st.empty()}\nd.get('a').image(x)\n",
    "comprehension": ST + "slots = [st.empty() for _ in range(3)]\nslots[0].image(x)\n",
    "loop in a comprehension": ST + "[c.image(x) for c in st.columns(2)]\n",
    "grid": ST + "grid = [st.columns(2) for _ in range(2)]\ngrid[0][1].image(x)\n",
    "loop over a grid": ST + "grid = [st.columns(2), st.columns(2)]\nfor a, b in grid:\n"
    "    a.image(x)\n",
    "added lists": ST + "cols = st.columns(2) + st.columns(3)\ncols[4].image(x)\n",
    "iterator": ST + "cols = iter(st.columns(2))\nnext(cols).image(x)\n",
    "in turn": ST + "import itertools\nc = itertools.cycle(st.columns(2))\nnext(c).image(x)\n",
    "nested containers": ST + "a = st.columns(2)[0].container()\na.expander('x').image(x)\n",
    "element that gives back its place": ST + "p = st.progress(0)\np.image(x)\n",
    "attribute of self": ST
    + "class A:\n    def __init__(self):\n        self.box = st.empty()\n"
    "    def f(self):\n        self.box.image(x)\n",
    "attribute of self, None before": ST
    + "class A:\n    def __init__(self):\n        self.box = None\n        self.box = st.empty()\n"
    "    def f(self):\n        self.box.image(x)\n",
    "None before": ST + "c = None\nif a:\n    c = st.empty()\nc.image(x)\n",
    "either of two": ST + "c = st.sidebar if a else st.empty()\nc.image(x)\n",
    "conditional with None": ST + "c = st.empty() if a else None\nc.image(x)\n",
    "either with or": ST + "c = given_none or st.empty()\nc.image(x)\n"
    "".replace("given_none", "None"),
    "annotated parameter": ST
    + "from streamlit.delta_generator import DeltaGenerator\ndef f(c: DeltaGenerator):\n"
    "    c.image(x)\n",
    "annotation in quotes": ST + "def f(c: 'st.delta_generator.DeltaGenerator'):\n    c.image(x)\n",
    "annotation by the module": ST + "def f(c: st.delta_generator.DeltaGenerator):\n"
    "    c.image(x)\n",
    "optional annotation": ST
    + "from typing import Optional\nfrom streamlit.delta_generator import DeltaGenerator as D\n"
    "def f(c: Optional[D]):\n    c.image(x)\n",
    "annotation with a bar": ST
    + "from streamlit.delta_generator import DeltaGenerator as D\ndef f(c: D | None):\n"
    "    c.image(x)\n",
    "list annotation": ST
    + "from streamlit.delta_generator import DeltaGenerator as D\ndef f(c: list[D]):\n"
    "    c[0].image(x)\n",
    "mapping annotation": ST
    + "from streamlit.delta_generator import DeltaGenerator as D\n"
    "def f(c: dict[str, D]):\n    c['a'].image(x)\n",
    "parameter that calls give a column": ST
    + "def f(where):\n    where.image(x)\na, b = st.columns(2)\nf(a)\nf(where=b)\n",
    "parameter of a method": ST
    + "class A:\n    def f(self, where):\n        where.image(x)\nA().f(st.empty())\n",
    "annotated variable": ST
    + "from streamlit.delta_generator import DeltaGenerator as D\nc: D = get()\nc.image(x)\n",
    "variable with another annotation": ST + "c: object = st.empty()\nc.image(x)\n",
    "keyword-only parameter with an annotation": ST
    + "def f(*, c: 'DeltaGenerator'):\n    c.image(x)\n",
    "copied list": ST + "cols = st.columns(2).copy()\ncols[0].image(x)\n",
    "returned by a function": ST + "def box():\n    return st.container()\nbox().image(x)\n",
    "with a returned container": ST
    + "def box():\n    return st.container()\nwith box() as b:\n    b.image(x)\n",
}  # fmt: skip


@pytest.mark.parametrize("source", CERTAIN.values(), ids=CERTAIN)
def test_certain(source: str) -> None:
    found = _marked(source)
    assert found is not None
    assert found.certain
    assert found.command == "image"


def test_names_are_those_of_the_table() -> None:
    module = modules(ST + "st.image(x)\nst.sidebar.image(x)\nst.empty().image(x)\n")[
        "streamlit_app.py"
    ]
    images = [c.func for c in _calls(module) if module.source.segment(c.func).endswith("image")]
    names = {found.name for f in images if (found := streamlit_name(module, f))}
    assert names == {"streamlit.image", "streamlit.DeltaGenerator.image"}


UNCERTAIN = {
    "import or stand-in": f"try:\n    {ST}except ImportError:\n    from fake import st\n"
    "st.image(x)\n",
    "container or something else": ST + "c = st.empty() if a else other()\nc.image(x)\n",
    "usual name of a parameter": ST + "def f(placeholder):\n    placeholder.image(x)\n",
    "parameter with different calls": ST
    + "def f(w):\n    w.image(x)\nf(st.empty())\nf(other())\n",
    "attribute of another object": ST + "ui.box = st.empty()\npage.box.image(x)\n",
    "session state": ST + "st.session_state.box = st.empty()\nst.session_state.box.image(x)\n"
    .replace("st.session_state.box.image", "state.box.image"),
}  # fmt: skip


@pytest.mark.parametrize("source", UNCERTAIN.values(), ids=UNCERTAIN)
def test_uncertain(source: str) -> None:
    found = _marked(source)
    assert found is not None
    assert not found.certain


NOT_STREAMLIT = {
    "own function": "def image(x): ...\nimage(x)\n",
    "class named st": ST.replace("import streamlit as st", "class st:\n"
    "    image = print") + "st.image(x)\n",
    "another package as st": "import strategies as st\nst.image(x)\n",
    "own wrapper": ST + "class Page:\n    def image(self, x):\n        return x\nPage().image(x)\n",
    "method of self": ST + "class Page:\n    def f(self):\n        self.image(x)\n",
    "another library's object": ST + "import pandas as pd\ndf = pd.DataFrame()\ndf.image(x)\n",
    "parameter with another annotation": ST + "def f(placeholder: Page):\n"
    "    placeholder.image(x)\n",
    "parameter without a usual name": ST + "def f(thing):\n    thing.image(x)\n",
    "loop index": ST + "for i, t in enumerate(st.tabs(names)):\n    i.image(x)\n",
    "other side of zip": ST + "for n, t in zip(names, st.tabs(names)):\n    n.image(x)\n",
    "key of a dictionary": ST + "d = {'a': st.empty()}\nfor k in d:\n    k.image(x)\n",
    "list of columns itself": ST + "cols = st.columns(2)\ncols.image(x)\n",
    "result of a widget": ST + "v = st.text_input('x')\nv.image(x)\n",
    "unpacked too deep": ST + "(a, b), c = st.columns(2)\na.image(x)\n",
    "module of the app": "import helper\nhelper.image(x)\n",
    "values of a list": ST + "for c in st.columns(2).values():\n    c.image(x)\n",
    "get of something unknown": ST + "page.get('a').image(x)\n",
    "definition": ST + "class c: ...\nc.image(x)\n",
    "loop over more than is zipped": ST + "for a, b in zip(st.columns(2)):\n    b.image(x)\n",
    "keyword-only parameter": ST + "def f(*, where):\n    where.image(x)\nf(where=st.empty())\n",
    "annotation in quotes": ST + "def f(c: 'Page'):\n    c.image(x)\n",
    "annotation of a set": ST + "def f(c: set[Page]):\n    c.image(x)\n",
    "unknown unpacking": ST + "a, b = f()\nb.image(x)\n",
    "augmented": ST + "a += st.empty()\na.image(x)\n",
    "number": ST + "a = -1\na.image(x)\n",
    "declared, then unknown": ST + "c: object\nc = f()\nc.image(x)\n",
    "declared variable": ST + "c: object\nc.image(x)\n",
    "function or unknown": ST + "def c(): ...\nif a:\n    c = f()\nc.image(x)\n",
    "key of the items": ST + "d = {'a': st.empty()}\nfor k, t in d.items():\n    k.image(x)\n",
    "unknown item": ST + "rows = f()\nrows[0].image(x)\n",
    "lambda parameter": ST + "f = lambda v: v.image(x)\n",
    "name that nothing binds": "image(x)\n",
    "subscript": ST + "st['image'](x)\nimage(x)\n",
    "named by itself": ST + "a = a\na.image(x)\n",
    "bound in a circle": ST + "a = b\nb = a\na.image(x)\n",
    "bound by an except": ST + "try:\n    f()\nexcept E as e:\n    e.image(x)\n",
    "next to a starred display": ST + "a, b = *others, st.empty()\nb.image(x)\n",
}  # fmt: skip


@pytest.mark.parametrize("source", NOT_STREAMLIT.values(), ids=NOT_STREAMLIT)
def test_not_streamlit(source: str) -> None:
    assert _marked(source) is None


def test_st_of_the_apps_own_module() -> None:
    files = {
        "streamlit_app.py": "from page import st, box\nst.image(x)\nbox.image(x)\n",
        "page.py": ST + "box = st.container()\n",
    }
    module = modules(files)["streamlit_app.py"]
    names = [streamlit_name(module, call.func) for call in _calls(module)]
    assert sorted(n.name for n in names if n and n.certain) == [
        "streamlit.DeltaGenerator.image",
        "streamlit.image",
    ]


def test_a_name_that_only_streamlit_has_may_be_its_own_on_anything() -> None:
    module = modules(ST + "def f(thing):\n    thing.beta_columns(2)\n")["streamlit_app.py"]
    found = streamlit_name(module, _function(module, "beta_columns"))
    assert found == Receiver("streamlit.DeltaGenerator.beta_columns", certain=False)


def test_also_on_what_a_call_gives() -> None:
    module = modules(ST + "make().beta_columns(2)\n")["streamlit_app.py"]
    found = streamlit_name(module, _function(module, "beta_columns"))
    assert found is not None
    assert not found.certain


def test_but_not_on_objects_of_the_apps_classes() -> None:
    source = ST + "class A:\n    def f(self):\n        self.beta_columns(2)\n"
    module = modules(source)["streamlit_app.py"]
    assert streamlit_name(module, _function(module, "beta_columns")) is None


def test_partial_is_a_call_of_the_command() -> None:
    source = ST + "from functools import partial\npartial(st.image, 'a', caption='b')\n"
    module = modules(source)["streamlit_app.py"]
    found = streamlit_call(module, next(_calls(module)))
    assert found is not None
    assert found.partial
    assert found.offset == 1
    assert [module.source.segment(a) for a in found.args] == ["'a'"]
    assert found.keyword("caption")
    assert not found.keyword("width")


PARTIAL_OF_OTHERS = ["partial(print, 'a')", "partial()", "partially(st.image)", "other(st.image)"]


@pytest.mark.parametrize("call", PARTIAL_OF_OTHERS)
def test_other_calls_are_none(call: str) -> None:
    source = f"{ST}from functools import partial\n{call}\n"
    module = modules(source)["streamlit_app.py"]
    assert streamlit_call(module, next(_calls(module))) is None


def test_hidden_arguments() -> None:
    module = modules(ST + "st.image(*a, **b)\nst.image(c)\n")["streamlit_app.py"]
    hidden, plain = (streamlit_call(module, call) for call in _calls(module))
    assert hidden is not None
    assert plain is not None
    assert (hidden.hides_positional, hidden.hides_keywords) == (True, True)
    assert (plain.hides_positional, plain.hides_keywords) == (False, False)


def test_base_of() -> None:
    files = {
        "streamlit_app.py": ST
        + "import page\nst.image\nst.empty().image\npage.image\nother.image\n",
        "page.py": "from streamlit import image\n",
    }
    module = modules(files)["streamlit_app.py"]
    attributes = [
        n
        for n in ast.walk(module.source.tree)
        if isinstance(n, ast.Attribute) and n.attr == "image"
    ]
    assert sorted(base_of(module, a) for a in attributes) == [
        "",
        "",
        "streamlit",
        "streamlit.DeltaGenerator",
    ]


def test_is_container() -> None:
    module = modules(ST + "st.sidebar\nst.empty()\nst.columns(2)\nst\n")["streamlit_app.py"]
    values = [n.value for n in module.source.tree.body if isinstance(n, ast.Expr)]
    assert [bool(is_container(module, v)) for v in values] == [True, True, False, False]


@settings(deadline=None, max_examples=10)
@given(strategies.integers(min_value=1, max_value=400))
def test_long_chains_are_no_problem(length: int) -> None:
    module = modules(ST + "x = frame" + ".image(1)" * length + "\n")["streamlit_app.py"]
    assert all(streamlit_name(module, call.func) is None for call in _calls(module))
    module = modules(ST + "x = st.empty()" + ".image(1)" * length + "\n")["streamlit_app.py"]
    found = [streamlit_name(module, call.func) for call in _calls(module)]
    assert any(f is not None and f.certain for f in found)
