from __future__ import annotations

import pytest

from sis_codemods.dependencies.streamlit_releases import (
    choose_streamlit,
    runs_in_container,
    streamlit_range,
)

CHOSEN = [
    pytest.param("", ">=1.55,<1.68", "", id="none"),
    pytest.param("==1.35.0", ">=1.55,<1.68", "1.50", id="a pin that is too old"),
    pytest.param("==1.51.0", ">=1.55,<1.68", "rows", id="a pin that runs but mixes viewers"),
    pytest.param("<1.50", ">=1.55,<1.68", "1.50", id="an end that is too old"),
    pytest.param("==1.60.0", "==1.60.0", "", id="a pin in the range"),
    pytest.param("==1.56.*", "==1.56.*", "", id="a prefix in the range"),
    pytest.param("~=1.56", ">=1.56,<1.68", "", id="compatible releases without an end in sight"),
    pytest.param("~=1.56.0", "~=1.56.0", "", id="compatible releases in the range"),
    pytest.param(">=1.40", ">=1.55,<1.68", "", id="a beginning below the range"),
    pytest.param(">=1.56", ">=1.56,<1.68", "", id="a beginning in the range"),
    pytest.param(">1.56,<1.60", ">1.56,<1.60", "", id="a narrower range"),
    pytest.param("!=1.57.0", ">=1.55,!=1.57.0,<1.68", "", id="a hole"),
    pytest.param("<2", ">=1.55,<1.68", "", id="an end beyond the range"),
    pytest.param("==1.70.0", "==1.70.0", "newer", id="a pin beyond the range"),
    pytest.param("==2.0", ">=1.55,<1.68", "becomes", id="a release that is not there"),
]


@pytest.mark.parametrize(("specifier", "chosen", "words"), CHOSEN)
def test_chooses_a_streamlit(specifier: str, chosen: str, words: str) -> None:
    choice = choose_streamlit(specifier)
    assert choice.specifier == chosen
    assert words in choice.reason
    assert bool(choice.reason) == bool(words)


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        ("1.58", "==1.58.*"),
        ("1.58.0", "==1.58.0"),
        (">=1.56", ">=1.56"),
        ("new", streamlit_range()),
    ],
)
def test_takes_the_streamlit_that_the_user_wants(wanted: str, chosen: str) -> None:
    assert choose_streamlit("", wanted).specifier == chosen


def test_knows_what_a_container_can_run() -> None:
    assert runs_in_container("")
    assert runs_in_container(">=1.40")
    assert runs_in_container("==1.50.1")
    assert runs_in_container("not a specifier")
    assert not runs_in_container("==1.49.*")
