from __future__ import annotations

from collections.abc import Sequence

import pytest

from dependency_case import convert, packages
from sis_codemods.dependencies.entries import Entry, Plan
from sis_codemods.dependencies.resolved import resolved
from sis_migrate.model import Settings, Status
from sis_migrate.resolver import uv
from sis_migrate.resolver.uv import Cause, Resolution, UvError, Why

PLAN = Plan((Entry("a", specifier="==1.0"), Entry("", comment="note"), Entry("b")), ())


def test_a_plan_that_fits_stays() -> None:
    plan = resolved(PLAN, lambda lines, build: Resolution(("a==1.0", "b==2.0", "c==1.0")))
    assert plan.entries == PLAN.entries
    (note,) = plan.notes
    assert note.status is Status.FIXED
    assert note.message == "uv finds versions that fit together: 3 packages with all that they need"


def test_each_relaxation_has_a_word() -> None:
    def resolver(lines: Sequence[str], build: bool) -> Resolution:
        return Resolution(cause=Cause(Why.CONFLICT, ("a",), "") if "a==1.0" in lines else None)

    plan = resolved(PLAN, resolver)
    assert [entry.requirement for entry in plan.active] == ["a>=1.0,<2", "b"]
    note, fits = plan.notes
    assert "fit together" in fits.message
    assert note.status is Status.REVIEW
    assert note.message == "a==1.0 becomes a>=1.0,<2: no versions fit together otherwise"


def test_a_project_that_is_not_there_is_commented_out() -> None:
    def resolver(lines: Sequence[str], build: bool) -> Resolution:
        return Resolution(cause=Cause(Why.NOT_FOUND, ("a",), "") if "a==1.0" in lines else None)

    plan = resolved(PLAN, resolver)
    assert [entry.requirement for entry in plan.active] == ["b"]
    assert plan.entries[0].comment == "a==1.0: PyPI has no project of that name"
    assert plan.notes[0].status is Status.MANUAL


def test_a_project_that_is_built_has_a_word() -> None:
    def resolver(lines: Sequence[str], build: bool) -> Resolution:
        return Resolution(cause=None if build else Cause(Why.NO_WHEEL, ("inner",), ""))

    plan = resolved(PLAN, resolver)
    assert plan.entries == PLAN.entries
    assert "inner has no build" in plan.notes[0].message


def test_what_does_not_fit_is_said_with_uvs_words() -> None:
    cause = Cause(Why.NETWORK, (), "no route to host")
    plan = resolved(PLAN, lambda lines, build: Resolution(cause=cause))
    assert plan.entries == PLAN.entries
    assert "no route to host" in plan.notes[0].message
    assert plan.notes[0].status is Status.MANUAL


def test_a_set_that_would_not_work_is_guarded() -> None:
    def resolver(lines: Sequence[str], build: bool) -> Resolution:
        arrow = "25.0.1" if "pyarrow<26" in lines else "26.0.1"
        return Resolution(("numpy==1.26.4", f"pyarrow=={arrow}", "x @ file:x.whl"))

    plan = resolved(PLAN, resolver)
    assert [entry.requirement for entry in plan.active] == ["a==1.0", "b", "pyarrow<26"]
    assert "pyarrow<26 is added" in plan.notes[0].message


GUARDED = [
    pytest.param([Entry("pyarrow")], ["pyarrow<26"], id="bare"),
    pytest.param([Entry("pyarrow", specifier=">=14")], ["pyarrow>=14,<26"], id="a beginning"),
]


@pytest.mark.parametrize(("entries", "after"), GUARDED)
def test_a_line_that_is_there_is_guarded(entries: list[Entry], after: list[str]) -> None:
    plan = resolved(Plan(tuple(entries), ()), _like_numpy_1)
    assert [entry.requirement for entry in plan.active] == after
    assert plan.notes[-1].message.startswith("uv finds versions that fit together")


def test_what_would_not_work_does_not_fit() -> None:
    plan = resolved(Plan((Entry("pyarrow", specifier="==26.0.1"),), ()), _like_numpy_1)
    assert [entry.requirement for entry in plan.active] == ["pyarrow==26.0.1"]
    (note,) = plan.notes
    assert note.status is Status.MANUAL
    assert note.message.startswith("uv would install pyarrow 26.0.1: NumPy stays below 2")


def test_what_would_be_missing_does_not_fit() -> None:
    def resolver(lines: Sequence[str], build: bool) -> Resolution:
        return Resolution(("jira==3.1.1",))

    (added, note) = resolved(Plan((Entry("jira"),), ()), resolver).notes
    assert added.message.startswith("setuptools<82 is added")
    assert note.message.startswith("uv would install setuptools not at all")


def _like_numpy_1(lines: Sequence[str], build: bool) -> Resolution:
    """Something keeps NumPy below 2, and uv takes the newest pyarrow that the lines admit."""
    arrow = "25.0.1" if any("<26" in line for line in lines) else "26.0.1"
    return Resolution(("numpy==1.26.4", f"pyarrow=={arrow}"))


def test_a_comment_of_a_line_that_goes_stays() -> None:
    def resolver(lines: Sequence[str], build: bool) -> Resolution:
        return Resolution(cause=Cause(Why.NOT_FOUND, ("a",), "") if "a==1.0" in lines else None)

    entry = Entry("a", specifier="==1.0", comment="ask Bob", above=("ours",))
    (gone,) = resolved(Plan((entry,), ()), resolver).entries
    assert gone.comment == "a==1.0: PyPI has no project of that name  # ask Bob"
    assert gone.above == ("ours",)


def test_a_missing_uv_is_said_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> str:
        raise UvError("uv is not installed")

    monkeypatch.setattr(uv, "find_uv", missing)
    files = {"environment.yml": "dependencies: [pandas=2.2.3]\n"}
    outcome = convert(files, settings=Settings(resolve=True))
    assert packages(outcome)[1:] == ["pandas==2.2.3"]
    assert outcome.about("uv is not installed").status is Status.MANUAL


def test_asks_uv_when_asked_to(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(lines: Sequence[str], *, uv: str, build: bool) -> Resolution:
        wrong = "pandas==2.2.3" in lines
        return Resolution(cause=Cause(Why.CONFLICT, ("pandas",), "") if wrong else None)

    monkeypatch.setattr(uv, "find_uv", lambda: "uv")
    monkeypatch.setattr(uv, "resolve", answer)
    files = {"environment.yml": "dependencies: [pandas=2.2.3]\n"}
    outcome = convert(files, settings=Settings(resolve=True))
    assert packages(outcome)[1:] == ["pandas>=2.2.3,<3"]
    assert outcome.about("no versions fit together otherwise").status is Status.REVIEW


def test_where_nothing_helps_the_list_stays() -> None:
    plan = resolved(PLAN, lambda lines, build: Resolution(cause=Cause(Why.CONFLICT, ("a",), "no")))
    assert plan.entries == PLAN.entries
    (note,) = plan.notes
    assert (note.status, note.message.partition(" (")[0]) == (
        Status.MANUAL,
        "The packages do not fit together",
    )


def test_what_only_a_build_brings_is_said() -> None:
    def resolver(lines: Sequence[str], build: bool) -> Resolution:
        if "inner==2.9" in lines and not build:
            return Resolution(cause=Cause(Why.NO_WHEEL, ("inner",), ""))
        return Resolution(("a==1.0", "inner==2.9", "b==2") if build else ("a==1.0", "inner==1.9"))

    plan = resolved(PLAN, resolver)
    assert plan.entries == PLAN.entries
    built, _ = plan.notes
    assert built.status is Status.REVIEW
    assert built.message.startswith("PyPI has no build of inner==2.9 for Python 3.11")


def test_what_another_package_brings_has_its_floor() -> None:
    pins = ("numpy==2.4.0", "snowflake-connector-python==1.9.1")
    (note,) = resolved(PLAN, lambda lines, build: Resolution(pins)).notes
    assert note.status is Status.MANUAL
    assert note.message.startswith("uv would install snowflake-connector-python 1.9.1: before 3.3")
