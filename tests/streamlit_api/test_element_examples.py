"""The example in the docstring of each codemod for elements is what it does."""

from __future__ import annotations

import re

import pytest

from codemod_case import migrate
from sis_codemods.streamlit import (
    applymap,
    config_options,
    container_width,
    html_paths,
    moved_modules,
    old_cache,
    plotly_arguments,
    pyplot_figure,
    refused_sizes,
    row_options,
    same_charts,
    vega_arguments,
)
from sis_migrate.codemod import Codemod

_CODEMODS = [
    module.codemod
    for module in (
        applymap,
        config_options,
        container_width,
        html_paths,
        moved_modules,
        old_cache,
        plotly_arguments,
        pyplot_figure,
        refused_sizes,
        row_options,
        same_charts,
        vega_arguments,
    )
]
_HEADINGS = ["What it does", "Why", "Example", "What it leaves", "Safety", "Source"]


@pytest.mark.parametrize("codemod", _CODEMODS, ids=lambda c: c.code)
def test_example(codemod: Codemod) -> None:
    before, after = re.findall(r"```\w+\n(.*?)```", codemod.documentation, re.DOTALL)
    result = migrate(before, codemod)
    assert result.text == after
    assert bool(result.findings) == (codemod is not applymap.codemod)


@pytest.mark.parametrize("codemod", _CODEMODS, ids=lambda c: c.code)
def test_headings(codemod: Codemod) -> None:
    assert re.findall(r"^\*\*(.+?)\.\*\*", codemod.documentation, re.MULTILINE) == _HEADINGS


@pytest.mark.parametrize("codemod", _CODEMODS, ids=lambda c: c.code)
def test_run_on_an_app_without_streamlit_says_nothing(codemod: Codemod) -> None:
    source = "import os\nos.cache\nprint(os.set_option('a', width=0), os.html('a.html'))\n"
    assert migrate(source, codemod).findings == ()
