from __future__ import annotations

import pytest

from codemod_case import ENTRY, migrate
from sis_codemods.streamlit.config_keys import codemod
from sis_migrate.model import Finding, Settings, Status

CONFIG = ".streamlit/config.toml"


def _found(text: str, streamlit: str = "") -> tuple[Finding, ...]:
    files = {ENTRY: "import streamlit as st\n", CONFIG: text}
    result = migrate(files, codemod, settings=Settings(streamlit=streamlit))
    assert result.texts == files
    return result.findings


@pytest.mark.parametrize(
    ("section", "option"),
    [("mapbox", "token"), ("runner", "fixMatplotlib"), ("theme", "showBorderAroundInputs")],
)
def test_gone(section: str, option: str) -> None:
    (finding,) = _found(f'[client]\nx = 1\n[{section}]\n{option} = "a"\n')
    assert finding.status is Status.REVIEW
    assert f"{section}.{option}" in finding.message
    assert finding.span is not None
    assert finding.span.line == 3
    assert finding.remedy


@pytest.mark.parametrize(
    "text",
    [
        "[runner]\nfastReruns = true\n",
        "[theme]\nnever = 1\n",
        "[client]\ncaching = true\n",
        "[",
        "",
    ],
    ids=["there", "never there", "left to another codemod", "unreadable", "empty"],
)
def test_nothing(text: str) -> None:
    assert _found(text) == ()


def test_release_that_has_it() -> None:
    assert _found('[mapbox]\ntoken = "a"\n', "==1.60.*") == ()
