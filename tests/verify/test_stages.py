from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from sis_migrate.verify import stages
from sis_migrate.verify.emulator import MARK, Refusal
from sis_migrate.verify.environments import Environments, Wanted
from sis_migrate.verify.limits import Limits
from sis_migrate.verify.server import Fault, Place, Run, Visit
from sis_migrate.verify.stages import Witness
from sis_migrate.verify.uv import Cause, UvError, Why
from sis_migrate.verify.verdicts import Stage, StageResult, Verdict

FAULT = Fault("KeyError", "'x'", "app.py:3")
REFUSAL = Refusal("show roles", "This statement is not supported")


def run(*faults: Fault, state: str = "finished") -> Run:
    return Run(0, "", 0, state, 0.5, faults, {"0.0": ("markdown", "a")})


def judged(
    folder: Path,
    visit: Visit,
    *,
    refusals: Sequence[Refusal] = (),
    hosts: str = "",
    empty: Sequence[str] = (),
    before: Visit | None = None,
) -> StageResult:
    (folder / "refused.txt").write_text(hosts)
    witness = Witness(lambda: refusals, lambda: empty, folder / "refused.txt")
    return stages._judged(Stage.VIEWER, visit, witness, (0, 0), before or Visit(()), "known before")


def test_a_visit_without_an_error_has_passed(tmp_path: Path) -> None:
    assert judged(tmp_path, Visit((run(),))).verdict is Verdict.PASSED


def test_an_exception_is_a_failure_with_its_place(tmp_path: Path) -> None:
    result = judged(tmp_path, Visit((run(FAULT), run(FAULT))))
    assert (result.verdict, result.line) == (Verdict.FAILED, "app.py:3: KeyError: 'x'")
    assert result.details == ()


@pytest.mark.parametrize(
    "visit",
    [
        pytest.param(Visit((), "the server ended"), id="it broke off"),
        pytest.param(Visit(()), id="nothing was shown"),
        pytest.param(Visit((run(state="compile"),)), id="a page does not parse"),
    ],
)
def test_a_visit_that_does_not_come_to_its_end_is_a_failure(tmp_path: Path, visit: Visit) -> None:
    assert judged(tmp_path, visit).verdict is Verdict.FAILED


def test_an_error_of_the_emulator_is_told_in_its_words(tmp_path: Path) -> None:
    fault = Fault("SnowparkSQLException", f"(1304): {REFUSAL.said} {MARK}", "app.py:3")
    result = judged(tmp_path, Visit((run(fault),)), refusals=[REFUSAL])
    assert result.verdict is Verdict.NOT_CHECKED
    assert result.line == f"app.py:3: the emulator refuses `show roles`: {REFUSAL.said}"


def test_an_own_error_counts_more_than_the_emulators(tmp_path: Path) -> None:
    name = Fault("NameError", "name 'x' is not defined")
    refused = Fault("SQLError", f"no {MARK}")
    result = judged(tmp_path, Visit((run(refused, name),)), refusals=[REFUSAL])
    assert (result.verdict, result.line) == (Verdict.FAILED, "NameError: name 'x' is not defined")
    assert len(result.details) == 1


def test_a_refused_statement_is_never_passed(tmp_path: Path) -> None:
    result = judged(tmp_path, Visit((run(),)), refusals=[REFUSAL, Refusal("show users", "no")])
    assert result.verdict is Verdict.NOT_CHECKED
    assert result.line.endswith("(and 1 more)")


def test_a_host_that_was_asked_for_is_never_passed(tmp_path: Path) -> None:
    result = judged(tmp_path, Visit((run(),)), hosts="api.example.com\n")
    assert result.verdict is Verdict.NOT_CHECKED
    assert "api.example.com" in result.line


def test_what_the_original_fails_in_says_nothing_about_the_migration(tmp_path: Path) -> None:
    result = judged(
        tmp_path, Visit((run(FAULT),)), before=Visit((run(Fault("KeyError", "'x'", "old.py:9")),))
    )
    assert result.verdict is Verdict.NOT_CHECKED
    assert result.line == "app.py:3: KeyError: 'x' (known before)"


def test_what_cannot_be_snowflakes_fault_fails_even_if_the_original_does_too(
    tmp_path: Path,
) -> None:
    name = Fault("ImportError", "cannot import name 'get_pages'")
    assert (
        judged(tmp_path, Visit((run(name),)), before=Visit((run(name),))).verdict is Verdict.FAILED
    )


def boxed(text: str) -> Visit:
    return Visit((Run(0, "Orders", 0, "finished", 0.5, (), {"0.1": ("error", text)}),))


def test_an_error_box_that_the_original_does_not_show_is_a_failure(tmp_path: Path) -> None:
    result = judged(tmp_path, boxed("No connection"), before=Visit((run(),)))
    assert result.verdict is Verdict.FAILED
    assert result.line == "Orders: error box: No connection"


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(boxed("Choose a region, 7 are there"), id="the original shows it too"),
        pytest.param(Visit(()), id="nothing is known of the original"),
    ],
)
def test_an_error_box_that_is_no_news_passes(tmp_path: Path, before: Visit) -> None:
    result = judged(tmp_path, boxed("Choose a region, 6 are there"), before=before)
    assert result.verdict is Verdict.PASSED


def test_an_error_box_about_the_emulator_is_not_checked(tmp_path: Path) -> None:
    visit, before = boxed(f"{REFUSAL.said} {MARK}"), Visit((run(),))
    result = judged(tmp_path, visit, refusals=[REFUSAL], before=before)
    assert result.verdict is Verdict.NOT_CHECKED


def test_what_is_refused_before_a_stage_does_not_count_for_it(tmp_path: Path) -> None:
    (tmp_path / "refused.txt").write_text("a.example.com\nb.example.com\n")
    witness = Witness(lambda: [REFUSAL], list, tmp_path / "refused.txt")
    assert witness.mark() == (1, 2)
    assert witness.since((1, 1)) == ([], ["b.example.com"], [])


class Served:
    """Stands in for a server: gives one visit after the other."""

    error = ""

    def __init__(self, *visits: Visit) -> None:
        self.visits = list(visits)

    def __enter__(self) -> Served:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def visit(self, viewers: int, reruns: int) -> Visit:
        """The next visit."""
        return self.visits.pop(0)


@pytest.mark.parametrize(
    ("after", "verdict", "line"),
    [
        pytest.param(Visit((run(),)), Verdict.PASSED, "3 viewers, 1 runs without an error", id="ok"),
        pytest.param(
            Visit((), "the server ended"), Verdict.FAILED, "the server ended", id="it has ended"
        ),
        pytest.param(
            Visit((run(FAULT),)), Verdict.FAILED, "app.py:3: KeyError: 'x'", id="an exception"
        ),
        pytest.param(
            Visit((run(state="timeout"),)), Verdict.FAILED, "a page does not run to its end",
            id="no end",
        ),
    ],
)  # fmt: skip
def test_one_who_comes_after_several_viewers_is_served_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: Visit, verdict: Verdict, line: str
) -> None:
    server = Served(Visit((run(),)), after)
    monkeypatch.setattr(stages, "Server", lambda place, folder: server)
    place = Place(tmp_path, tmp_path / "app.py", tmp_path, {}, False, Limits())
    witness = Witness(list, list, tmp_path / "refused.txt")
    result = stages.viewers(place, tmp_path, witness, Visit((run(),)), 3, 1)
    assert (result.verdict, result.line) == (verdict, line)


class Installer(Environments):
    """Gives one answer after the other instead of making environments."""

    def __init__(self, *answers: Cause | UvError) -> None:
        self.answers = list(answers)

    def make(self, wanted: Wanted) -> Cause:
        answer = self.answers.pop(0)
        if isinstance(answer, UvError):
            raise answer
        return answer


@pytest.mark.parametrize(
    ("answer", "verdict", "line"),
    [
        pytest.param(
            Cause(Why.NO_VERSION, ("pandas",), "words"), Verdict.FAILED, "no such version: pandas",
            id="a version that is not there",
        ),
        pytest.param(
            Cause(Why.NETWORK, (), "dns error"), Verdict.NOT_CHECKED,
            "the package index cannot be reached",
            id="no network",
        ),
        pytest.param(UvError("uv says no"), Verdict.FAILED, "uv says no", id="uv fails"),
    ],
)  # fmt: skip
def test_why_nothing_is_installed(answer: Cause | UvError, verdict: Verdict, line: str) -> None:
    result, environment = stages.install(Installer(answer), [("pandas==9",)])
    assert environment is None
    assert (result.verdict, result.line) == (verdict, line)


def test_the_first_reason_is_told_when_no_attempt_can_be_installed() -> None:
    answers = (Cause(Why.CONFLICT, ("a", "b"), "words"), UvError("later"))
    result, _ = stages.install(Installer(*answers), [("a",), ("b",)])
    assert result.line.endswith(": a, b")
