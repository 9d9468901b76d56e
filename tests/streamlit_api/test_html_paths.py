from __future__ import annotations

import pytest

from codemod_case import check_fixed, check_found, check_noop
from sis_codemods.streamlit.html_paths import codemod
from sis_migrate.model import Settings, Status

FILES = ("a/b.html", "a.html", "style.css")
HEAD = "import os\nimport pathlib\nimport streamlit as st\n"

PATHS = {
    "literal": ("st.html('a/b.html')", "st.html(pathlib.Path('a/b.html'))"),
    "by name": ("st.html(body='style.css')", "st.html(body=pathlib.Path('style.css'))"),
    "sidebar": ("st.sidebar.html('a.html')", "st.sidebar.html(pathlib.Path('a.html'))"),
    "joined": (
        "st.html(os.path.join(base, 'a.html'))",
        "st.html(pathlib.Path(os.path.join(base, 'a.html')))",
    ),
    "name": ("p = 'a.html'\nst.html(p)", "p = 'a.html'\nst.html(pathlib.Path(p))"),
    "frame": ("st.iframe('a.html')", "st.iframe(pathlib.Path('a.html'))"),
}


@pytest.mark.parametrize(("before", "after"), PATHS.values(), ids=PATHS)
def test_path(before: str, after: str) -> None:
    check_fixed(
        f"{HEAD}{before}\n", f"{HEAD}{after}\n", codemod, status=Status.REVIEW,
        beside=FILES,
    )  # fmt: skip


def test_imported_class() -> None:
    head = "from pathlib import Path\nimport streamlit as st\n"
    check_fixed(
        f"{head}st.html('a.html')\n",
        f"{head}st.html(Path('a.html'))\n",
        codemod,
        indented=False,
        status=Status.REVIEW,
        beside=FILES,
    )


RIGHT = {
    "markup": "st.html('<b>a.html</b>')",
    "path": "st.html(pathlib.Path('a.html'))",
    "text": "st.html('see the page')",
    "address": "st.iframe('https://example.org/a.html')",
    "unknown": "st.html(x)",
    "component": "import streamlit.components.v1 as components\ncomponents.html('a.html')",
    "other object": "page.html('a.html')",
}


@pytest.mark.parametrize("source", RIGHT.values(), ids=RIGHT)
def test_right(source: str) -> None:
    check_noop(f"{HEAD}{source}\n", codemod)


def test_release_that_reads_the_file() -> None:
    check_noop(f"{HEAD}st.html('a.html')\n", codemod, settings=Settings(streamlit="==1.60.*"))


def test_file_that_is_not_there() -> None:
    check_found(
        f"{HEAD}st.html('src/a.html')\n", codemod, "shows the words 'src/a.html'", line=4,
        status=Status.REVIEW,
    )  # fmt: skip
