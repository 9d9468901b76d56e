from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from packaging.requirements import Requirement

from sis_migrate.resolver.ladder import Relaxation, climb, relaxed
from sis_migrate.resolver.uv import Cause, Resolution, Why


class Index:
    """An index in which a set fits when none of its lines is in ``wrong``."""

    def __init__(self, wrong: Mapping[str, Cause]) -> None:
        self.wrong = wrong
        self.asked: list[tuple[tuple[str, ...], bool]] = []

    def __call__(self, lines: Sequence[str], build: bool) -> Resolution:
        self.asked.append((tuple(lines), build))
        for line in lines:
            cause = self.wrong.get(line)
            if cause and not (build and cause.why is Why.NO_WHEEL):
                return Resolution(cause=cause)
        return Resolution(tuple(lines))


def cause(why: Why, *projects: str) -> Cause:
    return Cause(why, projects, "words")


def test_changes_nothing_that_fits() -> None:
    ladder = climb(["a==1", "b"], Index({}))
    assert ladder.resolved
    assert ladder.requirements == ("a==1", "b")
    assert ladder.relaxations == ()


def test_lets_a_missing_version_go_to_the_next_one() -> None:
    missing = cause(Why.NO_VERSION, "a")
    ladder = climb(["a==4.8.0", "b==1"], Index({"a==4.8.0": missing}))
    assert ladder.requirements == ("a==4.8.0.*", "b==1")
    ladder = climb(["a==4.8.0"], Index({"a==4.8.0": missing, "a==4.8.0.*": missing}))
    assert ladder.relaxations == (
        Relaxation("a==4.8.0", "a>=4.8.0,<5", "PyPI does not have that version"),
    )


def test_lets_a_version_without_a_build_go() -> None:
    ladder = climb(["a==1.0"], Index({"a==1.0": cause(Why.NO_WHEEL, "a")}))
    assert ladder.requirements == ("a>=1.0,<2",)
    assert "no build" in ladder.relaxations[0].reason
    assert ladder.built == ()


def test_keeps_the_version_of_a_project_that_never_has_a_build() -> None:
    no_wheel = cause(Why.NO_WHEEL, "a")
    wrong = dict.fromkeys(("a==1.0", "a>=1.0,<2", "a>=1.0", "a"), no_wheel)
    ladder = climb(["b", "a==1.0"], Index(wrong))
    assert ladder.resolved
    assert ladder.requirements == ("b", "a==1.0")
    assert ladder.built == ("a",)
    assert ladder.relaxations == ()


def test_builds_what_another_project_needs() -> None:
    ladder = climb(["b==1"], Index({"b==1": cause(Why.NO_WHEEL, "inner")}))
    assert ladder.resolved
    assert ladder.built == ("inner",)


def test_gives_up_where_building_does_not_help() -> None:
    class Stubborn(Index):
        def __call__(self, lines: Sequence[str], build: bool) -> Resolution:
            return Resolution(cause=cause(Why.NO_WHEEL, "inner"))

    ladder = climb(["b"], Stubborn({}))
    assert not ladder.resolved
    assert ladder.built == ("inner",)


def test_takes_a_project_that_does_not_exist_out() -> None:
    ladder = climb(["a==1", "b"], Index({"a==1": cause(Why.NOT_FOUND, "a")}))
    assert ladder.requirements == ("b",)
    assert ladder.relaxations == (Relaxation("a==1", "", "PyPI has no project of that name"),)


def test_gives_up_on_a_project_that_something_else_needs() -> None:
    ladder = climb(["a==1"], Index({"a==1": cause(Why.NOT_FOUND, "inner")}))
    assert not ladder.resolved
    assert ladder.requirements == ("a==1",)


@pytest.mark.parametrize("why", [Why.NETWORK, Why.BAD_INPUT])
def test_changes_nothing_for_a_cause_that_is_not_the_versions(why: Why) -> None:
    ladder = climb(["a==1"], Index({"a==1": cause(why, "a")}))
    assert not ladder.resolved
    assert ladder.relaxations == ()


def test_relaxes_snowflakes_own_packages_first() -> None:
    conflict = cause(Why.CONFLICT, "a", "snowflake-ml-python")
    ladder = climb(
        ["a==1.0", "snowflake-ml-python==1.6.2"],
        Index({"snowflake-ml-python==1.6.2": conflict}),
    )
    assert ladder.requirements == ("a==1.0", "snowflake-ml-python>=1.6.2,<2")
    assert "fit together" in ladder.relaxations[0].reason


def test_relaxes_streamlit_last_and_only_a_pin() -> None:
    conflict = cause(Why.CONFLICT, "a", "streamlit")
    wrong = {"streamlit==1.60.0": conflict}
    ladder = climb(["streamlit==1.60.0", "a"], Index(wrong))
    assert ladder.requirements == ("streamlit>=1.60.0,<2", "a")
    ladder = climb(["streamlit>=1.55,<1.68"], Index({"streamlit>=1.55,<1.68": conflict}))
    assert not ladder.resolved


def test_relaxes_lines_that_uv_does_not_name_when_nothing_else_is_left() -> None:
    conflict = cause(Why.CONFLICT, "a")
    ladder = climb(["a", "-r x.txt", "b==1.0"], Index({"b==1.0": conflict}))
    assert ladder.requirements == ("a", "-r x.txt", "b>=1.0,<2")


def test_ends_with_several_changes_of_a_line_as_one() -> None:
    conflict = cause(Why.CONFLICT, "a")
    wrong = dict.fromkeys(("a==1.0", "a>=1.0,<2"), conflict)
    ladder = climb(["a==1.0"], Index(wrong))
    assert ladder.relaxations == (
        Relaxation("a==1.0", "a>=1.0", "no versions fit together otherwise"),
    )


def test_comes_to_an_end() -> None:
    class Never(Index):
        def __call__(self, lines: Sequence[str], build: bool) -> Resolution:
            super().__call__(lines, build)
            return Resolution(cause=cause(Why.CONFLICT))

    never = Never({})
    assert not climb([f"p{n}==1.0" for n in range(50)], never).resolved
    assert len(never.asked) < 60


STEPS = [
    pytest.param("a==1.2.3", Why.CONFLICT, "a>=1.2.3,<2", id="a pin"),
    pytest.param("a==1.2.3", Why.NO_VERSION, "a==1.2.3.*", id="a pin that is missing"),
    pytest.param("a==1.2.3.*", Why.NO_VERSION, "a>=1.2.3,<2", id="a prefix that is missing"),
    pytest.param("a==1.2", Why.NO_VERSION, "a>=1.2,<2", id="a short pin that is missing"),
    pytest.param("a~=1.2.3", Why.CONFLICT, "a>=1.2.3,<2", id="compatible releases"),
    pytest.param("a==1!2.3", Why.CONFLICT, "a>=1!2.3,<1!3", id="an epoch"),
    pytest.param("a>=1,<2", Why.CONFLICT, "a>=1", id="an end"),
    pytest.param("a>=1", Why.CONFLICT, "a", id="a beginning"),
    pytest.param("a", Why.CONFLICT, "", id="nothing to relax"),
    pytest.param(
        "a[y,x]==1.0; python_version > '3'",
        Why.CONFLICT,
        'a[x,y]>=1.0,<2 ; python_version > "3"',
        id="extras and a marker",
    ),
]


@pytest.mark.parametrize(("line", "why", "expected"), STEPS)
def test_relaxes_a_line_by_one_step(line: str, why: Why, expected: str) -> None:
    assert relaxed(Requirement(line), why) == expected
