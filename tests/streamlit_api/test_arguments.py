"""The codemods that only touch arguments: SIS308, SIS311, SIS312; and SIS304, SIS310."""

from __future__ import annotations

import pytest

from codemod_case import check_fixed, check_found, check_noop, migrate
from sis_codemods.streamlit.allow_widgets import codemod as allow_widgets
from sis_codemods.streamlit.clear_cache import codemod as clear_cache
from sis_codemods.streamlit.data_editor import codemod as data_editor
from sis_codemods.streamlit.keyword_only import codemod as keyword_only
from sis_codemods.streamlit.write_arguments import codemod as write_arguments
from sis_migrate.codemod import Codemod
from sis_migrate.model import Settings, Status

ST = "import streamlit as st\n"

NAMED = {
    "code": ("st.code('a', 'b', True)", "st.code('a', 'b', line_numbers=True)"),
    "altair": (
        "st.altair_chart(c, True, None)",
        "st.altair_chart(c, use_container_width=True, theme=None)",
    ),
    "vega": (
        "st.vega_lite_chart(d, s, True, 'x')",
        "st.vega_lite_chart(d, s, use_container_width=True, theme='x')",
    ),
    "pydeck": ("st.pydeck_chart(d, True)", "st.pydeck_chart(d, use_container_width=True)"),
    "map": ("st.map(d, 3, True)", "st.map(d, zoom=3, use_container_width=True)"),
    "metric": ("st.metric('a', 1, 2, 'normal', 'h')", "st.metric('a', 1, 2, 'normal', help='h')"),
    "pyplot": ("st.pyplot(f, True, True)", "st.pyplot(f, True, use_container_width=True)"),
    "rerun": ("st.rerun('app')", "st.rerun(scope='app')"),
    "on a column": (
        "a, b = st.columns(2)\na.code('x', 'y', True)",
        "a, b = st.columns(2)\na.code('x', 'y', line_numbers=True)",
    ),
    "beside keywords": (
        "st.metric('a', 1, 2, 'normal', 'h', width=3)",
        "st.metric('a', 1, 2, 'normal', help='h', width=3)",
    ),
    "by its own name": (
        "from streamlit import code\ncode('a', 'b', True)",
        "from streamlit import code\ncode('a', 'b', line_numbers=True)",
    ),
    "in a partial": (
        "from functools import partial\npartial(st.code, 'a', 'b', True)",
        "from functools import partial\npartial(st.code, 'a', 'b', line_numbers=True)",
    ),
    "over lines": (
        "st.code(\n    'a',  # text\n    'b',\n    True,\n)",
        "st.code(\n    'a',  # text\n    'b',\n    line_numbers=True,\n)",
    ),
}


@pytest.mark.parametrize(("before", "after"), NAMED.values(), ids=NAMED)
def test_named(before: str, after: str) -> None:
    check_fixed(f"{ST}{before}\n", f"{ST}{after}\n", keyword_only)


NOT_NAMED = {
    "gone": ("st.plotly_chart(f, True, 'x')\n", "`sharing`, which this was, is gone"),
    "more than ever": ("st.code('a', 'b', True, 4)\n", "no release took more"),
    "given twice": ("st.code('a', 'b', True, line_numbers=True)\n", "is given twice"),
    "container by its usual name": (
        "def f(col): col.code('a', 'b', True)\n",
        "if this is Streamlit's",
    ),
}


@pytest.mark.parametrize(("source", "words"), NOT_NAMED.values(), ids=NOT_NAMED)
def test_not_named(source: str, words: str) -> None:
    check_found(ST + source, keyword_only, words, line=2)


EDITED = {
    "experimental_allow_widgets": (
        allow_widgets,
        "@st.cache_resource(experimental_allow_widgets=False)\ndef f():\n    st.button('a')\n",
        "@st.cache_resource()\ndef f():\n    st.button('a')\n",
        Status.FIXED,
    ),
    "experimental_allow_widgets without widgets": (
        allow_widgets,
        "@st.cache_data(experimental_allow_widgets=True, ttl=5)\ndef f():\n    g()\n"
        "    st.write(1)\n",
        "@st.cache_data(ttl=5)\ndef f():\n    g()\n    st.write(1)\n",
        Status.FIXED,
    ),
    "experimental_allow_widgets with a widget": (
        allow_widgets,
        "@st.cache_data(experimental_allow_widgets=True)\ndef f():\n    return st.slider('a')\n",
        "@st.cache_data()\ndef f():\n    return st.slider('a')\n",
        Status.REVIEW,
    ),
    "experimental_allow_widgets on a function elsewhere": (
        allow_widgets,
        "f = st.cache_data(g, experimental_allow_widgets=True)\n",
        "f = st.cache_data(g)\n",
        Status.REVIEW,
    ),
    "write": (
        write_arguments,
        "st.write(1, key='a', unsafe_allow_html=True)\n",
        "st.write(1, unsafe_allow_html=True)\n",
        Status.FIXED,
    ),
    "write on a container": (
        write_arguments,
        "with st.container() as c:\n    c.write(1, a=x.y, b=[1])\n",
        "with st.container() as c:\n    c.write(1)\n",
        Status.FIXED,
    ),
    "write without arguments of its own": (
        write_arguments,
        "st.write(key='a')\n",
        "st.write()\n",
        Status.FIXED,
    ),
    "clear_cache as a statement": (
        clear_cache,
        "st.legacy_caching.clear_cache()\n",
        "st.cache_data.clear(); st.cache_resource.clear()\n",
        Status.REVIEW,
    ),
    "clear_cache among statements": (
        clear_cache,
        "a(); st.legacy_caching.clear_cache(); b()\n",
        "a(); st.cache_data.clear(); st.cache_resource.clear(); b()\n",
        Status.REVIEW,
    ),
    "clear_cache of a module": (
        clear_cache,
        "from streamlit import caching\ncaching.clear_cache()\n",
        "st.cache_data.clear(); st.cache_resource.clear()\n",
        Status.REVIEW,
    ),
    "clear_cache by name": (
        clear_cache,
        "from streamlit.runtime.legacy_caching import clear_cache as cc\ncc()\n",
        "st.cache_data.clear(); st.cache_resource.clear()\n",
        Status.REVIEW,
    ),
    "clear_cache handed on": (
        clear_cache,
        "st.button('a', on_click=st.legacy_caching.clear_cache)\n",
        "st.button('a', on_click=lambda: (st.cache_data.clear(), st.cache_resource.clear()))\n",
        Status.REVIEW,
    ),
    "data editor": (
        data_editor,
        "a, b = st.columns(2)\nb.experimental_data_editor(d)\n",
        "a, b = st.columns(2)\nb.data_editor(d)\n",
        Status.FIXED,
    ),
}


@pytest.mark.parametrize(("codemod", "before", "after", "status"), EDITED.values(), ids=EDITED)
def test_edited(codemod: Codemod, before: str, after: str, status: Status) -> None:
    check_fixed(ST + before, ST + after, codemod, status=status)


def test_clear_cache_without_streamlit() -> None:
    check_fixed(
        "from streamlit.legacy_caching import clear_cache\nclear_cache()\n",
        "import streamlit as st\nst.cache_data.clear(); st.cache_resource.clear()\n",
        clear_cache,
        status=Status.REVIEW,
        indented=False,
    )


NOOPS = {
    "what it takes": (keyword_only, ST + "st.code('a', 'b')\nst.columns(3)\n"),
    "hidden": (keyword_only, ST + "st.code(*a, 'b', True)\n"),
    "with a fallback": (
        keyword_only,
        ST + "try:\n    st.code('a', 'b', True)\nexcept TypeError:\n    st.code('a')\n",
    ),
    "another object's method": (keyword_only, ST + "df.code('a', 'b', True)\n"),
    "method that others have": (keyword_only, ST + "def f(col):\n    col.map(g, 'ignore')\n"),
    "image": (keyword_only, ST + "st.image(1, 2, 3, 4)\n"),
    "any number": (keyword_only, ST + "st.write(1, 2, 3, 4, 5, 6, 7, 8)\n"),
    "command without a signature": (keyword_only, ST + "st.session_state.f(1, 2, 3)\n"),
    "own function": (keyword_only, "def code(a, b, c): ...\ncode(1, 2, 3)\n"),
    "partial of something else": (keyword_only, ST + "partial(f, 1, 2)\n"),
    "not reached": (
        keyword_only,
        ST + 'if st.__version__ < "1.38":\n    st.code("a", "b", True)\n',
    ),
    "other decorator": (allow_widgets, "@mine(experimental_allow_widgets=True)\ndef f(): ...\n"),
    "other arguments": (allow_widgets, ST + "@st.cache_data(ttl=5)  # experimental_allow_widgets\n"
    "def f(): ...\n"),
    "cache with a fallback": (
        allow_widgets,
        ST + "try:\n    c = st.cache_data(experimental_allow_widgets=True)\n"
        "except TypeError:\n    c = st.cache_data()\n",
    ),
    "arguments of write": (write_arguments, ST + "st.write(1, unsafe_allow_html=True)\n"),
    "hidden arguments of write": (write_arguments, ST + "st.write(1, **more)\n"),
    "another write": (write_arguments, ST + "f.write(1, end='')\n"),
    "another command": (write_arguments, ST + "st.text(1, end='')\n"),
    "own write": (write_arguments, "def write(a, end): ...\nwrite(1, end='')\n"),
    "write with a fallback": (
        write_arguments,
        ST + "try:\n    st.write(1, a=1)\nexcept TypeError:\n    st.write(1)\n",
    ),
    "own clear_cache": (clear_cache, "def clear_cache(): ...\nclear_cache()\nself.clear_cache()\n"),
    "clear_cache where it is there": (
        clear_cache,
        ST + 'if hasattr(st, "legacy_caching"):\n    st.legacy_caching.clear_cache()\n',
    ),
    "new editor": (data_editor, ST + 'st.session_state["a"]["edited_rows"]  # edited_cells\n'),
    "new rows of the new editor": (data_editor, "x = 'edited_cells'\ny = s['added_rows']\n"),
}  # fmt: skip


@pytest.mark.parametrize(("codemod", "source"), NOOPS.values(), ids=NOOPS)
def test_noop(codemod: Codemod, source: str) -> None:
    check_noop(source, codemod)


def test_write_with_an_argument_that_does_something() -> None:
    check_found(ST + "st.write(1, key=f())\n", write_arguments, "no parameter `key`", line=2)


STATES = {
    "item": ("st.session_state['e']['edited_cells']\n", Status.MANUAL, "edited_rows"),
    "get": ("st.session_state.e.get('edited_cells', {})\n", Status.MANUAL, "edited_rows"),
    "asked": ("if 'edited_cells' in e:\n    f()\n", Status.MANUAL, "edited_rows"),
    "attribute": ("e.edited_cells\n", Status.MANUAL, "edited_rows"),
    "added rows": ("e['added_rows']\n", Status.REVIEW, "names"),
}


@pytest.mark.parametrize(("source", "status", "words"), STATES.values(), ids=STATES)
def test_state_of_the_old_editor(source: str, status: Status, words: str) -> None:
    source = f"{ST}# experimental_data_editor\n{source}"
    check_found(source, data_editor, words, line=3, status=status)


def test_target_that_takes_it() -> None:
    settings = Settings(streamlit="1.36")
    source = ST + "st.metric('a', 1, 2, 'normal', 'h')\nst.code('a', 'b', True)\n"
    check_noop(source, keyword_only, settings=settings)


def test_oldest_streamlit() -> None:
    source = ST + "st.rerun('app')\n"
    assert migrate(source, keyword_only).migration.oldest_streamlit == "1.37"
