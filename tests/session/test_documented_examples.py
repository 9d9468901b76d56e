"""The example in a codemod's docstring is what the codemod does."""

from __future__ import annotations

import re

import pytest

from codemod_case import migrate
from sis_codemods.session import (
    cached_identity,
    close_session,
    current_objects,
    defined_identity,
    identity,
    implicit_session,
    last_query,
    mixed_cache,
    parameter_style,
    session_settings,
    temporary_objects,
    transactions,
    unlimited_cache,
)
from sis_codemods.session.definitions_sql import definitions
from sis_migrate.codemod import Codemod

_CODEMODS = [
    module.codemod
    for module in (
        cached_identity,
        close_session,
        current_objects,
        identity,
        implicit_session,
        last_query,
        mixed_cache,
        parameter_style,
        session_settings,
        temporary_objects,
        transactions,
        unlimited_cache,
    )
]
_HEADINGS = ["What it does", "Why", "Example", "What it leaves", "Safety", "Source"]


def _examples(codemod: Codemod) -> list[str]:
    return re.findall(r"```\w+\n(.*?)```", codemod.documentation, re.DOTALL)


@pytest.mark.parametrize("codemod", _CODEMODS, ids=lambda c: c.code)
def test_example(codemod: Codemod) -> None:
    before, after = _examples(codemod)
    result = migrate(before, codemod)
    assert result.text == after
    assert len(result.findings) == 1


def test_example_of_sql() -> None:
    before, after = _examples(defined_identity.codemod)
    assert before == after
    assert len(list(definitions(before))) == 1


@pytest.mark.parametrize("codemod", [*_CODEMODS, defined_identity.codemod], ids=lambda c: c.code)
def test_headings(codemod: Codemod) -> None:
    assert re.findall(r"^\*\*(.+?)\.\*\*", codemod.documentation, re.MULTILINE) == _HEADINGS
