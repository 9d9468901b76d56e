from __future__ import annotations

import pytest

from cli_case import Command


def test_a_line_for_each_codemod(migrate: Command) -> None:
    done = migrate("explain")
    assert done.code == 0
    assert done.out.decode() == "SIS101  toy: A toy [safe]\n"


@pytest.mark.parametrize("code", ["SIS101", "sis101"])
def test_one_codemods_documentation(migrate: Command, code: str) -> None:
    done = migrate("explain", code)
    assert done.code == 0
    assert "(checklist: session, safe)" in done.out.decode()
    assert "Small codemods for tests of the engine" in done.out.decode()


def test_an_unknown_code(migrate: Command) -> None:
    done = migrate("explain", "SIS9")
    assert (done.code, done.out) == (2, b"")
    assert "SIS9" in done.err
