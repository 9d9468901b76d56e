from __future__ import annotations

from pathlib import Path

import pytest

from sis_migrate.checklist import TITLES, states
from sis_migrate.model import Finding, Item, ItemState, Status, Step

STEP = Step("owner", 1, "Run this", Item.POOL, sql="SELECT 1")


def found(*statuses: Status, item: Item = Item.SESSION) -> list[Finding]:
    return [Finding(Path("/a.py"), "m", status, item=item) for status in statuses]


def state(item: Item, found: list[Finding], *, looked: bool = True) -> str:
    result = states(found, [STEP], {item} if looked else set())
    return next(s.state for s in result if s.item is item)


def test_no_item_is_missing_and_each_has_a_title() -> None:
    assert [s.item for s in states([], [], [])] == list(Item) == list(TITLES)


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        pytest.param([], "nothing to do", id="looked and found nothing"),
        pytest.param([Status.FIXED], "done", id="everything fixed"),
        pytest.param([Status.FIXED, Status.REVIEW], "review", id="one place to review"),
        pytest.param([Status.REVIEW, Status.MANUAL], "by hand", id="one place by hand"),
        pytest.param([Status.FIXED, Status.ERROR], "by hand", id="an error"),
    ],
)
def test_state_by_findings(statuses: list[Status], expected: str) -> None:
    assert state(Item.SESSION, found(*statuses)) == expected


def test_what_nobody_looked_at_is_by_hand() -> None:
    assert state(Item.SESSION, [], looked=False) == "by hand"


def test_a_step_makes_an_item_by_hand_and_is_named() -> None:
    result = states(found(Status.FIXED, item=Item.POOL), [STEP], {Item.POOL})
    assert ItemState(Item.POOL, "by hand", "Run this") in result


def test_an_item_whose_file_cannot_be_read_is_never_done() -> None:
    result = states(found(Status.FIXED), [], {Item.SESSION}, {Item.SESSION})
    assert next(s for s in result if s.item is Item.SESSION).state == "by hand"


def test_the_evidence_counts_the_places() -> None:
    result = states(found(Status.FIXED, Status.FIXED, Status.REVIEW), [], {Item.SESSION})
    assert next(s for s in result if s.item is Item.SESSION).evidence == "2 fixed, 1 review"
