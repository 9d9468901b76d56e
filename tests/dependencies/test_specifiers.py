"""What specifiers admit, and how they get ends."""

from __future__ import annotations

import pytest

from sis_codemods.dependencies.specifiers import (
    admits_python,
    ended,
    joined,
    overlap,
    without_prerelease_end,
)

ENDED = [
    pytest.param("", "<26", id="none"),
    pytest.param(">=14", ">=14,<26", id="a beginning"),
    pytest.param(">=14,!=15.0,<30", ">=14,!=15.0,<26", id="a later end"),
    pytest.param(">=14,<20", ">=14,<20", id="an earlier end"),
    pytest.param("==25.*", "==25.*", id="a prefix below"),
    pytest.param(">=26", ">=26", id="a beginning at the end"),
    pytest.param("==26.0.1", "==26.0.1", id="a pin behind"),
]


@pytest.mark.parametrize(("before", "after"), ENDED)
def test_gives_an_end(before: str, after: str) -> None:
    assert ended(before, "26") == after


FINAL = [
    pytest.param("<2.0b0", "<2.0", id="a beta"),
    pytest.param(">=1,<2.0rc1", ">=1,<2.0", id="a candidate behind a beginning"),
    pytest.param("<=2.dev0", "<2", id="a development release"),
    pytest.param(">=0.8.0b4,<1", ">=0.8.0b4,<1", id="a beginning is a wish"),
    pytest.param(">=1.33,", ">=1.33,", id="a comma"),
    pytest.param("<2.0.post1", "<2.0.post1", id="a release behind a final one"),
]


@pytest.mark.parametrize(("before", "after"), FINAL)
def test_takes_a_prerelease_out_of_an_end(before: str, after: str) -> None:
    assert without_prerelease_end(before) == after


SHARED = [
    pytest.param("<3", "<3", True, id="two ends"),
    pytest.param("<3", "<=2", True, id="ends that differ"),
    pytest.param("<3", ">=3", False, id="an end and a beginning"),
    pytest.param("", "", True, id="nothing asked for"),
]


@pytest.mark.parametrize(("one", "other", "shared"), SHARED)
def test_knows_whether_two_specifiers_share_a_version(one: str, other: str, shared: bool) -> None:
    assert overlap(one, other) is shared


def test_joins_what_lines_ask_for() -> None:
    assert joined([">=1", "", ">=1,<2"]) == ">=1,<2"


def test_knows_the_containers_python() -> None:
    assert admits_python("")
    assert admits_python("==3.11.*")
    assert admits_python(">=3.8")
    assert not admits_python("==3.8.*")
    assert not admits_python("three")
