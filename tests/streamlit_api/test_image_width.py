"""SIS307: the width of images."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemod_case import check_fixed, check_found, check_noop
from sis_codemods.streamlit.image_width import codemod
from sis_migrate.app_run import AppRun
from sis_migrate.model import App, Runtime, Settings, Status
from sis_migrate.workspace import Workspace

ST = "import streamlit as st\n"

FIXED = {
    "True": ("st.image(i, use_column_width=True)", 'st.image(i, width="stretch")'),
    "always": ("st.image(i, use_column_width='always')", 'st.image(i, width="stretch")'),
    "False": ("st.image(i, use_column_width=False)", "st.image(i)"),
    "never": ('st.image(i, use_column_width="never", caption="c")', 'st.image(i, caption="c")'),
    "auto": ('st.image(i, use_column_width="auto")', "st.image(i)"),
    "None": ("st.image(i, use_column_width=None)", "st.image(i)"),
    "False beside a width": (
        "st.image(i, width=300, use_column_width=False)",
        "st.image(i, width=300)",
    ),
    "another word": ("st.image(i, use_column_width='column')", "st.image(i)"),
    "auto beside a width, which it had no effect with": (
        "st.image(i, width=300, use_column_width='auto')",
        "st.image(i)",
    ),
    "True beside a width": (
        "st.image(i, width=300, use_column_width=True)",
        'st.image(i, width="stretch")',
    ),
    "False beside no width": (
        "st.image(i, width=None, use_column_width=False)",
        "st.image(i)",
    ),
    "True beside a positional width": (
        "st.image(i, 'c', 300, use_column_width=True)",
        "st.image(i, 'c', width=\"stretch\")",
    ),
    "positional True": ("st.image(i, 'c', 100, True)", "st.image(i, 'c', width=\"stretch\")"),
    "positional True without caption": (
        "st.image(i, None, None, True)",
        'st.image(i, width="stretch")',
    ),
    "positional False": ("st.image(i, 'c', 100, False)", "st.image(i, 'c', 100)"),
    "positional and more": (
        "st.image(i, 'c', 100, True, True, 'BGR', 'PNG')",
        "st.image(i, 'c', width=\"stretch\", clamp=True, channels='BGR', output_format='PNG')",
    ),
    "positional False and more": (
        "st.image(i, 'c', 100, False, True)",
        "st.image(i, 'c', 100, clamp=True)",
    ),
    "on the sidebar": (
        "st.sidebar.image(i, use_column_width=True)",
        'st.sidebar.image(i, width="stretch")',
    ),
    "on an indexed column": (
        "st.columns(2)[0].image(i, use_column_width=True)",
        'st.columns(2)[0].image(i, width="stretch")',
    ),
    "over lines": (
        "st.image(\n    i,\n    use_column_width=True,  # wide\n    caption='c',\n)",
        "st.image(\n    i,\n    width=\"stretch\",  # wide\n    caption='c',\n)",
    ),
    "last of several lines": (
        "st.image(\n    i,\n    caption='c',\n    use_column_width=False,\n)",
        "st.image(\n    i,\n    caption='c',\n)",
    ),
    "partial": (
        "from functools import partial\nf = partial(st.image, use_column_width=True)",
        "from functools import partial\nf = partial(st.image, width=\"stretch\")",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), FIXED.values(), ids=FIXED)
def test_fixed(before: str, after: str) -> None:
    check_fixed(f"{ST}{before}\n", f"{ST}{after}\n", codemod)


REVIEWED = {
    "variable": (
        "st.image(i, use_column_width=wide)",
        'st.image(i, width="stretch" if wide else "content")',
    ),
    "variable beside a width": (
        "st.image(i, width=w + 1, use_column_width=wide)",
        'st.image(i, width="stretch" if wide else w + 1)',
    ),
    "conditional": (
        "st.image(i, use_column_width=True if a else b)",
        'st.image(i, width="stretch" if (True if a else b) else "content")',
    ),
}


@pytest.mark.parametrize(("before", "after"), REVIEWED.values(), ids=REVIEWED)
def test_to_review(before: str, after: str) -> None:
    check_fixed(f"{ST}{before}\n", f"{ST}{after}\n", codemod, status=Status.REVIEW)


FOUND = {
    "container by its usual name": "def f(col):\n    col.image(i, use_column_width=True)\n",
    "something unknown": "def f(thing):\n    thing.image(i, use_column_width=True)\n",
    "two widths": "st.image(i, use_column_width=True,\n    use_container_width=True)\n",
    "hidden arguments": "st.image(i, use_column_width=True,\n    **more)\n",
}


@pytest.mark.parametrize("source", FOUND.values(), ids=FOUND)
def test_found(source: str) -> None:
    line = 3 if source.startswith("def") else 2
    check_found(ST + source, codemod, "use_column_width", line=line)


NOOPS = {
    "width": ST + 'st.image(i, width="stretch")\n',
    "three positional": ST + "st.image(i, 'c', 100)\n",
    "hidden positional": ST + "st.image(*a, use_column_width=True)\n",
    "own parameter": "def image(i, use_column_width=True): ...\nimage(1, use_column_width=True)\n",
    "own class": "class A:\n    def image(self, **k): ...\nA.image(1, use_column_width=True)\n",
    "another command": ST + "st.video(i, use_column_width=True)\n",
    "four of another": "import tool\ntool.image(1, 2, 3, 4)\n",
    "with a fallback": ST
    + "try:\n    st.image(i, use_column_width=True)\nexcept TypeError:\n    st.image(i)\n",
}


@pytest.mark.parametrize("source", NOOPS.values(), ids=NOOPS)
def test_noop(source: str) -> None:
    check_noop(source, codemod)


def test_target_that_takes_it() -> None:
    source = ST + "st.image(i, use_column_width=True)\nst.image(i, 'c', 1, True)\n"
    check_noop(source, codemod, settings=Settings(streamlit="1.58"))


def test_position_in_an_app_that_runs_in_a_container_is_to_review() -> None:
    """It may have been written for 1.61, where the fourth argument is `clamp`."""
    root = Path("/app")
    entry = root / "streamlit_app.py"
    app = App(root, "app", entry, (entry,), (entry,), Runtime.CONTAINER)
    workspace = Workspace({entry: f"{ST}st.image(i, 'c', 1, True)\n".encode()})
    found = AppRun(app, workspace, Settings(), [codemod]).run().findings
    assert [f.status for f in found] == [Status.REVIEW]
