from __future__ import annotations

import pytest

from sis_migrate.verify.comparing import Alone, differences, news
from sis_migrate.verify.server import Fault, Run, Visit

LOST = Fault("KeyError", "'user'", "pages/a.py:3")


def run(*texts: str, viewer: int = 0, page: str = "", turn: int = 0, **more: object) -> Run:
    elements = {f"0.{n}": ("markdown", text) for n, text in enumerate(texts)}
    return Run(viewer, page, turn, str(more.get("state", "finished")), 0.1, (), elements)


def visit(*texts: str) -> Visit:
    """A visit of one page whose only text is another one at each turn."""
    return Visit(tuple(run(text, turn=turn) for turn, text in enumerate(texts)))


def test_several_viewers_are_shown_what_one_is_shown() -> None:
    together = [run("a", viewer=n, turn=turn) for n in range(3) for turn in range(2)]
    assert differences([visit("a", "a"), visit("a", "a")], together) == []


OTHERS = {
    "another answer": (["theirs"], "is shown theirs where one viewer alone is shown mine"),
    "one more element": (["mine", "theirs"], "is shown theirs, which one viewer alone is not"),
    "one element less": ([], "is not shown mine, which one viewer alone is"),
}


@pytest.mark.parametrize(("texts", "words"), OTHERS.values(), ids=OTHERS)
def test_what_others_are_shown_is_told_with_its_viewer(texts: list[str], words: str) -> None:
    alone = [Visit((run("mine", page="Orders"),))] * 2
    told = differences(alone, [run(*texts, viewer=2, page="Orders")])
    assert told == [f"Orders: viewer 3 {words}"]


STEADY = [
    pytest.param([("10:01",), ("10:02",)], "10:03", False, id="what differs by server"),
    pytest.param([("10:01", "10:02")], "10:03", False, id="what differs by turn, and one server"),
    pytest.param([("1", "2"), ("1", "2")], "4", True, id="the same turn by turn"),
    pytest.param([("1", "2"), ("1", "2"), ("1", "3")], "4", False, id="different by chance"),
    pytest.param([("heads", "tails"), ("heads", "heads")], "edge", False, id="never shown alone"),
    pytest.param([("a", "b", "b"), ("b", "b", "b")], "a", False, id="shown at another turn"),
    pytest.param([("0.0 s", "0.1 s"), ("0.1 s", "0.1 s")], "0.3 s", False, id="a time"),
    pytest.param([("0.0 s", "0.0 s"), ("0.0 s", "0.0 s")], "0.3 s", True, id="no time"),
    pytest.param([("1 visits", "2 visits")] * 3, "5 visits", True, id="a counter"),
    pytest.param([("1 visits", "2 visits")] * 3, "1 visits", True, id="another turn's count"),
]


@pytest.mark.parametrize(("alone", "text", "told"), STEADY)
def test_what_is_not_steady_says_nothing(
    alone: list[tuple[str, ...]], text: str, told: bool
) -> None:
    found = differences([visit(*texts) for texts in alone], [run(text, turn=len(alone[0]) - 1)])
    assert bool(found) is told


def test_where_on_the_page_something_stands_is_not_looked_at() -> None:
    waited = Run(0, "", 0, "finished", 0.1, (), {"0.1": ("markdown", "Orders")})
    assert differences([Visit((waited,))] * 2, [run("Orders", viewer=1)]) == []


def test_beside_what_changes_something_new_is_told() -> None:
    alone = [Visit((run("10:01", "mine"),)), Visit((run("10:02", "mine"),))]
    assert differences(alone, [run("10:03", "mine")]) == []
    assert differences(alone, [run("10:03", "mine", "theirs")]) == [
        "the first page: viewer 1 is shown theirs, which one viewer alone is not"
    ]


def test_only_where_numbers_vary_they_say_nothing() -> None:
    alone = [Visit((run("took 0.1 s", "1 visits", "7", time),)) for time in ("8", "9")]
    assert differences(alone, [run("took 0.1 s", "1 visits", "7", "12")]) == []
    (told,) = differences(alone, [run("took 0.1 s", "2 visits", "7", "12")])
    assert told.endswith("is shown 2 visits where one viewer alone is shown 1 visits")
    assert differences(alone, [run("took 0.1 s", "1 visits", "8", "12")]) == [
        "the first page: viewer 1 is shown 8 where one viewer alone is shown 7"
    ]


def test_a_text_by_chance_takes_the_place_of_one_that_is_not_known() -> None:
    alone = [Visit((run("tip a", "mine"),)), Visit((run("tip b", "mine"),))]
    assert differences(alone, [run("tip a", "mine")]) == []
    assert differences(alone, [run("mine", "tip b", "theirs")]) == [
        "the first page: viewer 1 is shown theirs, which one viewer alone is not"
    ]


def test_what_one_server_alone_has_shown_of_a_turn_counts_with_the_other_turns() -> None:
    alone = [visit("a", "a", "b"), visit("a", "a")]
    assert differences(alone, [run("a", turn=2)]) == []
    assert differences(alone, [run("b", turn=1)]) != []


def test_what_differs_by_itself_on_another_way_says_nothing() -> None:
    other = [visit("mine", "8"), visit("mine", "9")]
    assert differences([visit("7")], [run("10")], other) == []
    assert differences([visit("mine")], [run("theirs")], other) != []


def test_texts_with_the_same_head_are_shown_where_they_differ() -> None:
    head = "word " * 30
    (told,) = differences([visit(head + "mine")] * 2, [run(head + "theirs")])
    assert told.endswith("shown …word word theirs where one viewer alone is shown …word word mine")


def test_without_a_run_to_compare_with_there_is_no_difference() -> None:
    assert differences([], [run("a")]) == []
    assert differences([visit("a"), visit("a")], [run("b", turn=1), run("b", page="other")]) == []
    assert differences([visit("a"), visit("a")], [run("b", state="timeout")]) == []


def test_news_are_what_is_not_known() -> None:
    box = {"0.0": ("error", "Come in by the first page"), "0.1": ("markdown", "Orders")}
    known = Visit((Run(0, "a", 0, "finished", 0.1, (LOST,), box),))
    assert news(known, known).runs[0].faults == ()
    assert news(known, known).runs[0].elements == {"0.1": ("markdown", "Orders")}
    assert news(known, visit("a")) == known


def test_the_second_viewer_has_a_number_of_their_own() -> None:
    alone = Alone(visit("a"), Visit((run("b"),), "it broke off"))
    assert [r.viewer for r in alone.whole.runs] == [0, 1]
    assert alone.whole.error == "it broke off"
