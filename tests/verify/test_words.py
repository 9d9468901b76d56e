from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sis_migrate.verify.words import cut


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("No  such\ntable", "No such table", id="it fits"),
        pytest.param("No such table anywhere", "No such table…", id="it is cut at a word"),
        pytest.param("a select-without-blanks", "a select-witho…", id="one long word"),
    ],
)
def test_a_text_is_as_long_as_a_line_may_be(text: str, shown: str) -> None:
    assert cut(text, 15) == shown


@given(st.text(), st.integers(min_value=1, max_value=80))
def test_a_text_is_never_longer_and_never_more_than_its_line(text: str, length: int) -> None:
    shown = cut(text, length)
    assert len(shown) <= length
    assert " ".join(text.split()).startswith(shown.removesuffix("…"))
