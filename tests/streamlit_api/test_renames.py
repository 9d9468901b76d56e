"""Renames: new names for what lost ``experimental_`` and ``beta_``."""

from __future__ import annotations

import pytest

from codemod_case import check_fixed, check_found, check_noop, migrate
from sis_codemods.streamlit.cache_renames import codemod as cache_renames
from sis_codemods.streamlit.experimental_show import codemod as experimental_show
from sis_codemods.streamlit.handled import successors_of
from sis_codemods.streamlit.renames import codemod
from sis_migrate.model import Settings, Status

ST = "import streamlit as st\n"

FIXED = {
    "called": ("st.{}(1)\n", "experimental_rerun", "rerun"),
    "bare decorator": ("@st.{}\ndef f(): ...\n", "experimental_fragment", "fragment"),
    "called decorator": (
        '@st.{}("Edit", width="large")\ndef f(): ...\n',
        "experimental_dialog",
        "dialog",
    ),
    "handed on": ('st.button("a", on_click=st.{})\n', "experimental_rerun", "rerun"),
    "under another name": ("again = st.{}\nagain()\n", "experimental_rerun", "rerun"),
    "in a partial": (
        "from functools import partial\nf = partial(st.{}, 3)\n",
        "beta_columns",
        "columns",
    ),
    "attribute of it": ("a = st.{}.email\n", "experimental_user", "user"),
    "item of it": ('a = st.{}["email"]\n', "experimental_user", "user"),
    "method of it": ('a = st.{}.get("user_name", "x")\n', "experimental_user", "user"),
    "in an f-string": ('a = f"{{st.{}.email}}"\n', "experimental_user", "user"),
    "connection": ('c = st.{}("sql")\n', "experimental_connection", "connection"),
    "on the sidebar": ("st.sidebar.{}('x')\n", "beta_expander", "expander"),
    "on a column": ("a, b = st.columns(2)\nb.{}('x')\n", "beta_expander", "expander"),
    "in a with": ("with st.sidebar, st.{}('x'):\n    pass\n", "beta_expander", "expander"),
    "looked up": ('getattr(st, "{}")()\n', "experimental_rerun", "rerun"),
    "looked up in single quotes": ("getattr(st, '{}')()\n", "experimental_rerun", "rerun"),
    "beside a comment": ("st.{}()  # experimental_rerun\n", "experimental_rerun", "rerun"),
    "old way to draw": ("st._arrow_dataframe(df)\nst.{}(df)\n", "_arrow_table", "table"),
    "test that asks for something else": (
        'if hasattr(st, "dialog"):\n    st.{}()\n',
        "experimental_rerun",
        "rerun",
    ),
}


@pytest.mark.parametrize(("source", "old", "new"), FIXED.values(), ids=FIXED)
def test_fixed(source: str, old: str, new: str) -> None:
    after = source.format(new).replace("_arrow_dataframe", "dataframe")
    check_fixed(ST + source.format(old), ST + after, codemod)


IMPORTS = {
    "renamed with its uses": (
        "from streamlit import experimental_rerun\n"
        "def f():\n    experimental_rerun()\ng(experimental_rerun)\n",
        "from streamlit import rerun\ndef f():\n    rerun()\ng(rerun)\n",
    ),
    "under a name of its own": (
        "from streamlit import experimental_rerun as again\nagain()\n",
        "from streamlit import rerun as again\nagain()\n",
    ),
    "among others": (
        "from streamlit import (\n    button,\n    experimental_rerun,  # again\n    write,\n)\n"
        "experimental_rerun()\n",
        "from streamlit import (\n    button,\n    rerun,  # again\n    write,\n)\nrerun()\n",
    ),
    "the new name is taken": (
        "from streamlit import experimental_rerun\ndef rerun(): ...\nexperimental_rerun()\n",
        "from streamlit import rerun as experimental_rerun\ndef rerun(): ...\n"
        "experimental_rerun()\n",
    ),
    "the new name is taken elsewhere": (
        "from streamlit import experimental_rerun\ndef f(rerun):\n    experimental_rerun()\n",
        "from streamlit import rerun as experimental_rerun\ndef f(rerun):\n"
        "    experimental_rerun()\n",
    ),
    "the name is bound twice": (
        "from streamlit import experimental_rerun\nexperimental_rerun = g(experimental_rerun)\n",
        "from streamlit import rerun as experimental_rerun\n"
        "experimental_rerun = g(experimental_rerun)\n",
    ),
    "unused": (
        "from streamlit import experimental_rerun\n",
        "from streamlit import rerun\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), IMPORTS.values(), ids=IMPORTS)
def test_import(before: str, after: str) -> None:
    check_fixed(before, after, codemod)


def test_star() -> None:
    check_fixed(
        "from streamlit import *\nexperimental_rerun()\n",
        "from streamlit import *\nrerun()\n",
        codemod,
        indented=False,
    )


def test_star_and_the_new_name_is_taken() -> None:
    source = "from streamlit import *\ndef rerun(): ...\nexperimental_rerun()\n"
    check_found(source, codemod, "is gone", "`rerun`", line=3)


def test_import_that_another_file_takes_keeps_its_name() -> None:
    files = {
        "streamlit_app.py": "from page import experimental_rerun\nimport page\n"
        "experimental_rerun()\npage.experimental_rerun()\n",
        "page.py": "from streamlit import experimental_rerun\n",
    }
    result = migrate(files, codemod)
    assert result.texts == {
        **files,
        "page.py": "from streamlit import rerun as experimental_rerun\n",
    }


def test_st_of_the_apps_own_module() -> None:
    files = {
        "streamlit_app.py": "from page import st\nst.experimental_rerun()\n",
        "page.py": ST,
    }
    after = {**files, "streamlit_app.py": "from page import st\nst.rerun()\n"}
    assert migrate(files, codemod).texts == after


NOOPS = {
    "new name": ST + "st.rerun()\n",
    "own function": "def experimental_rerun(): ...\nexperimental_rerun()\n",
    "another package's": "from other import experimental_rerun\nexperimental_rerun()\n",
    "another package's star": "from other import *\nexperimental_rerun()\n",
    "looked up where it is missing": ST + 'if not hasattr(st, "rerun"):\n'
    '    getattr(st, "experimental_rerun")()\n',
    "other level": "from .streamlit import experimental_rerun\nexperimental_rerun()\n",
    "class named st": "class st:\n    experimental_rerun = print\nst.experimental_rerun()\n",
    "key of the session state": ST + 'st.session_state["experimental_rerun"] = st.session_state.'
    "experimental_rerun\n",
    "attribute of a command": ST + "st.write.experimental_rerun\n",
    "comment and string": ST + '# st.experimental_rerun()\nx = "st.experimental_rerun()"\n',
    "default to fall back on": ST + 'f = getattr(st, "experimental_rerun", None)\n',
    "getattr of something else": ST + 'getattr(app, "experimental_rerun")()\n',
    "own getattr": ST + "def getattr(a, b): ...\n" + 'getattr(app, "experimental_rerun")\n',
    "computed name": ST + 'getattr(st, "experimental_" + "rerun")\n',
    "other looked-up name": ST + 'getattr(st, "rerun")  # experimental_rerun\n',
    "stored": ST + "app.experimental_rerun = 1\ndel app.experimental_rerun\n",
    "ignored": ST + "st.experimental_rerun()  # migrate: ignore[SIS303]\n",
}


@pytest.mark.parametrize("source", NOOPS.values(), ids=NOOPS)
def test_noop(source: str) -> None:
    check_noop(source, codemod)


FOUND = {
    "stand-in for Streamlit": (
        f"try:\n    {ST}except ImportError:\n    from fake import st\nst.experimental_rerun()\n",
        5,
    ),
    "unknown object": (ST + "def f(thing):\n    thing.beta_columns(2)\n", 3),
}


@pytest.mark.parametrize(("source", "line"), FOUND.values(), ids=FOUND)
def test_found(source: str, line: int) -> None:
    check_found(source, codemod, "if this is Streamlit's", line=line)


def test_target_that_still_has_the_name() -> None:
    settings = Settings(streamlit="1.40")
    check_noop(ST + "@st.experimental_dialog('a')\ndef f(): ...\n", codemod, settings=settings)


def test_oldest_streamlit_of_the_new_name() -> None:
    source = ST + "st.experimental_rerun()\nst.experimental_user\n"
    assert migrate(source, codemod).migration.oldest_streamlit == "1.45"


def test_every_name_has_its_successor() -> None:
    assert successors_of("SIS303")["experimental_dialog"] == "dialog"
    assert successors_of("SIS309") == {
        "experimental_memo": "cache_data",
        "experimental_singleton": "cache_resource",
    }


def test_show_is_to_review() -> None:
    check_fixed(
        ST + "st.experimental_show(a, b)\n",
        ST + "st.write(a, b)\n",
        experimental_show,
        status=Status.REVIEW,
    )


CACHES = {
    "bare": ("@st.experimental_memo\ndef f(): ...\n", "@st.cache_data\ndef f(): ...\n"),
    "called": (
        "@st.experimental_singleton(ttl=5)\ndef f(): ...\n",
        "@st.cache_resource(ttl=5)\ndef f(): ...\n",
    ),
    "suppressed warning": (
        "@st.experimental_memo(suppress_st_warning=True)\ndef f(): ...\n",
        "@st.cache_data()\ndef f(): ...\n",
    ),
    "suppressed warning on the new one": (
        "@st.cache_data(ttl=5, suppress_st_warning=True)\ndef f(): ...\n",
        "@st.cache_data(ttl=5)\ndef f(): ...\n",
    ),
    "clear": ("st.experimental_memo.clear()\n", "st.cache_data.clear()\n"),
    "clear handed on": (
        "st.button('x', on_click=st.experimental_singleton.clear)\n",
        "st.button('x', on_click=st.cache_resource.clear)\n",
    ),
    "as a function": ("g = st.experimental_memo(f)\n", "g = st.cache_data(f)\n"),
}


@pytest.mark.parametrize(("before", "after"), CACHES.values(), ids=CACHES)
def test_caches(before: str, after: str) -> None:
    check_fixed(ST + before, ST + after, cache_renames)


CACHE_NOOPS = {
    "another decorator": ST + "@mine(suppress_st_warning=True)\ndef f(): ...\n",
    "another command": ST + "st.write(suppress_st_warning=True)\n",
    "guarded": ST + 'if not hasattr(st, "cache_data"):\n'
    "    d = st.experimental_memo(suppress_st_warning=True)\n",
}


@pytest.mark.parametrize("source", CACHE_NOOPS.values(), ids=CACHE_NOOPS)
def test_caches_noop(source: str) -> None:
    check_noop(source, cache_renames)
