"""The example in a codemod's docstring is what the codemod does."""

from __future__ import annotations

import re

import pytest

from codemod_case import migrate
from sis_codemods.streamlit import (
    absent_api,
    allow_widgets,
    cache_renames,
    clear_cache,
    data_editor,
    experimental_show,
    hiding_guards,
    image_width,
    keyword_only,
    query_params,
    renames,
    write_arguments,
)
from sis_migrate.codemod import Codemod

_CODEMODS = [
    module.codemod
    for module in (
        absent_api,
        allow_widgets,
        cache_renames,
        clear_cache,
        data_editor,
        experimental_show,
        hiding_guards,
        image_width,
        keyword_only,
        query_params,
        renames,
        write_arguments,
    )
]
_HEADINGS = ["What it does", "Why", "Example", "What it leaves", "Safety", "Source"]


@pytest.mark.parametrize("codemod", _CODEMODS, ids=lambda c: c.code)
def test_example(codemod: Codemod) -> None:
    before, after = re.findall(r"```\w+\n(.*?)```", codemod.documentation, re.DOTALL)
    result = migrate(before, codemod)
    assert result.text == after
    assert result.findings


@pytest.mark.parametrize("codemod", _CODEMODS, ids=lambda c: c.code)
def test_headings(codemod: Codemod) -> None:
    assert re.findall(r"^\*\*(.+?)\.\*\*", codemod.documentation, re.MULTILINE) == _HEADINGS


@pytest.mark.parametrize("codemod", _CODEMODS, ids=lambda c: c.code)
def test_run_on_an_app_without_streamlit_says_nothing(codemod: Codemod) -> None:
    assert migrate("import os\nos.environ.get('is_sis')\n", codemod).findings == ()
