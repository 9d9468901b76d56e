"""The releases that a run aims at."""

from __future__ import annotations

import pytest

from sis_codemods.streamlit.api import Api
from sis_codemods.streamlit.facts import Version
from sis_codemods.streamlit.target import releases, text

NEWEST = Api.load().newest

WANTED = {
    "nothing: the tool's own range": ("", (1, 55), NEWEST),
    "a minor release": ("1.58", (1, 58), (1, 58)),
    "a release": ("1.58.0", (1, 58), (1, 58)),
    "a specifier": (">=1.60,<1.63", (1, 60), (1, 62)),
    "newer than the table": ("1.99", NEWEST, NEWEST),
    "older than the table": ("<0.5", (0, 84), (0, 84)),
    "not a version": ("newest", (1, 55), NEWEST),
}


@pytest.mark.parametrize(("wanted", "first", "last"), WANTED.values(), ids=WANTED)
def test_releases(wanted: str, first: Version, last: Version) -> None:
    found = releases(wanted)
    assert (found[0], found[-1]) == (first, last)
    assert list(found) == sorted(found)


def test_text() -> None:
    assert text((1, 55)) == "1.55"
