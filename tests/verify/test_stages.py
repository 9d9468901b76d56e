from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sis_migrate.verify import stages
from sis_migrate.verify.comparing import Alone
from sis_migrate.verify.emulator import Note
from sis_migrate.verify.limits import Limits
from sis_migrate.verify.outcome import SAME, Known
from sis_migrate.verify.server import NOBODY, Fault, Place, Run, Visit
from sis_migrate.verify.stages import Crowd
from sis_migrate.verify.verdicts import StageResult, Verdict
from sis_migrate.verify.witness import Witness

FAULT = Fault("KeyError", "'x'", "app.py:3")


def run(*faults: Fault, state: str = "finished", page: str = "") -> Run:
    return Run(0, page, 0, state, 0.5, faults, {"0.0": ("markdown", "a")})


ONE = Visit((run(),))


class Served:
    """Stands in for a server: gives one visit after the other, then ``ONE``."""

    error = ""

    def __init__(self, *visits: Visit) -> None:
        self.visits = list(visits)
        self.opened: list[Sequence[str]] = []

    def __enter__(self) -> Served:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def visit(self, viewers: int, reruns: int, *, opened: Sequence[str] = ()) -> Visit:
        """The next visit."""
        self.opened.append(opened)
        return self.visits.pop(0) if self.visits else ONE


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
    monkeypatch.setattr(stages, "Server", lambda place, folder, busy=0: server)
    place = Place(tmp_path, tmp_path / "app.py", tmp_path, {}, False, Limits())
    witness = Witness(list, tmp_path / "refused.txt")
    known = Known(ONE, Alone(ONE))
    result = stages.viewers(place, tmp_path, witness, known, Crowd(3, 1))
    assert (result.verdict, result.line) == (verdict, line)


def shown(text: str, page: str = "", *faults: Fault) -> Visit:
    return Visit((Run(0, page, 0, "finished", 0.5, faults, {"0.0": ("markdown", text)}),))


def several(
    folder: Path, monkeypatch: pytest.MonkeyPatch, known: Known, *visits: Visit
) -> tuple[StageResult, Served]:
    """What several viewers are told of these visits, in their order."""
    server = Served(*visits)
    monkeypatch.setattr(stages, "Server", lambda place, folder, busy=0: server)
    place = Place(folder, folder / "app.py", folder, {}, False, Limits())
    witness = Witness(list, folder / "refused.txt")
    return stages.viewers(place, folder, witness, known, Crowd(3, 1)), server


def test_viewers_open_different_pages_of_a_new_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = Visit((run(), run(page="other")))
    result, server = several(tmp_path, monkeypatch, Known(alone, Alone(alone)), alone)
    assert result.verdict is Verdict.PASSED
    assert server.opened == [["", "other"], (), (), ()]


def test_a_page_that_cannot_be_opened_directly_is_not_the_crowds_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = Alone(Visit((run(), run(page="other"))), opened=shown("a", "other", FAULT))
    opened = shown("a", "other", FAULT)
    result, _ = several(tmp_path, monkeypatch, Known(NOBODY, alone), opened)
    assert result.verdict is Verdict.PASSED
    broken = shown("a", "other", Fault("KeyError", "'y'", "pages/other.py:3"))
    result, _ = several(tmp_path, monkeypatch, Known(NOBODY, alone), broken)
    assert (result.verdict, result.line) == (Verdict.FAILED, "pages/other.py:3: KeyError: 'y'")


def test_what_others_leave_behind_is_shown_to_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Known(NOBODY, Alone(shown("1 item")))
    after, alone = shown("4 items"), [shown("1 item")] * 4
    result, _ = several(tmp_path, monkeypatch, known, shown("1 item"), after, *alone)
    assert result.verdict is Verdict.FAILED
    assert result.line == (
        "the first page: viewer 4 is shown 4 items where one viewer alone is shown 1 item"
    )


def test_what_differs_by_chance_is_nobodys_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Known(NOBODY, Alone(shown("heads")))
    visits = [shown(text) for text in ("tails", "heads", "heads", "tails")]
    result, _ = several(tmp_path, monkeypatch, known, *visits)
    assert result.verdict is Verdict.PASSED


def test_several_viewers_are_compared_with_one_where_nobody_came_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    visits = [shown("mine"), shown("theirs"), *[shown("mine")] * 5]
    result, _ = several(tmp_path, monkeypatch, Known(NOBODY), *visits)
    assert result.verdict is Verdict.FAILED


def test_where_something_differs_one_alone_is_asked_more_often(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, int]] = []

    class Asked(Served):
        busy = 0

        def visit(self, viewers: int, reruns: int, *, opened: Sequence[str] = ()) -> Visit:
            asked.append((self.busy, reruns))
            return super().visit(viewers, reruns, opened=opened)

    server = Asked(shown("tails"), *[shown("heads")] * 3, shown("tails"))

    def started(place: Place, folder: Path, busy: int = 0) -> Served:
        server.busy = busy
        return server

    monkeypatch.setattr(stages, "Server", started)
    place = Place(tmp_path, tmp_path / "app.py", tmp_path, {}, False, Limits())
    witness = Witness(list, tmp_path / "refused.txt")
    known = Known(NOBODY, Alone(shown("heads")))
    result = stages.viewers(place, tmp_path, witness, known, Crowd(3, 1))
    assert result.verdict is Verdict.PASSED
    # Together, one more, one alone; then one alone on servers that are more and more busy.
    assert asked == [(0, 1), (0, 1), (0, 1), (1, 10), (3, 10)]


TWO = (Run(0, "", 0, "finished", 0.5), Run(0, "two", 0, "finished", 0.5))


@pytest.mark.parametrize(
    ("alone", "told"),
    [
        pytest.param(["two", "two"], True, id="one alone is always shown the same"),
        pytest.param(["two", "start"], False, id="one alone is shown it too"),
    ],
)
def test_those_who_open_pages_at_once_are_shown_what_one_alone_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alone: list[str], told: bool
) -> None:
    known = Alone(Visit(TWO), opened=shown("two", "two"))
    visits = [shown("start", "two"), Visit(TWO), Visit(TWO), Visit(TWO)]
    visits += [shown(text, "two") for text in alone]
    result, server = several(tmp_path, monkeypatch, Known(NOBODY, known), *visits)
    words = "two: viewer 1 is shown start where one viewer alone is shown two"
    assert (result.line == words) is told, result
    assert server.opened[4:] == [["two"], ["two"]]


def one(folder: Path, *visits: Visit, warehouse: bool = False) -> tuple[Alone, Served]:
    server = Served(*visits)
    place = Place(folder, folder / "app.py", folder, {}, warehouse, Limits())
    witness = Witness(list, folder / "refused.txt")
    arguments = (server, witness, None, Crowd(3, 2))
    return stages.viewer(place, folder, *arguments)[1], server  # type: ignore[arg-type]  # Served


def test_on_a_warehouse_each_viewer_has_a_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Served(shown("another server"))
    monkeypatch.setattr(stages, "Server", lambda place, folder, busy=0: other)
    alone, _ = one(tmp_path, shown("one server"), warehouse=True)
    assert (alone.second, alone.opened) == (shown("another server"), NOBODY)


def test_in_a_container_the_second_viewer_comes_to_the_same_server(tmp_path: Path) -> None:
    both = Visit((run(), run(page="other")))
    alone, server = one(tmp_path, both, both, shown("a", ""), shown("b", "other"))
    assert server.opened == [(), (), [""], ["other"]]
    assert alone.opened.runs == (*shown("a", "").runs, *shown("b", "other").runs)


def test_after_an_error_nobody_else_comes(tmp_path: Path) -> None:
    alone, server = one(tmp_path, Visit((run(FAULT),)))
    assert alone == Alone(Visit((run(FAULT),)))
    assert server.opened == [()]


def test_a_server_that_grows_with_each_run_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grown = Visit((run(), run()), memory_mb=60, sessions=2)
    server = Served(Visit((run(),)), grown)
    monkeypatch.setattr(stages, "Server", lambda place, folder, busy=0: server)
    place = Place(tmp_path, tmp_path / "app.py", tmp_path, {}, False, Limits())
    witness = Witness(list, tmp_path / "refused.txt")
    known = Known(ONE, Alone(ONE))
    result = stages.viewers(place, tmp_path, witness, known, Crowd(3, 1))
    assert result.verdict is Verdict.FAILED
    assert result.line == "the server grows by 30 MB with each run"
    assert result.measured == {"memory_mb_per_run": 30, "sessions_per_run": 1}


def test_a_page_that_runs_itself_again_may_grow_with_each_of_its_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = Visit((run(state="again"),))
    grown = replace(again, memory_mb=60)
    result, _ = several(tmp_path, monkeypatch, Known(again, Alone(again)), again, grown)
    assert result.verdict is Verdict.PASSED
    assert result.line.endswith("; the first page: it reruns itself without end")


class Reports:
    """Stands in for the imports program: what it reports, and what ends it."""

    def __init__(self, *reports: dict[str, Any], error: str = "") -> None:
        self._reports = reports
        self.error = error
        self.running = False

    def __enter__(self) -> Reports:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def reports(self, seconds: float) -> tuple[dict[str, Any], ...]:
        """All of them."""
        return self._reports

    def said(self) -> tuple[str, ...]:
        """Nothing."""
        return ()


DONE = {"done": True, "modules": 1, "own": 1}


def imported(
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    program: Reports,
    *before: str,
    notes: Sequence[Note] = (),
) -> StageResult:
    """The result of the import stage where its program says this."""
    monkeypatch.setattr(Place, "program", lambda self, name, settings: program)
    place = Place(root, root / "app.py", root, {}, False, Limits())
    left = [(), notes]  # none at the beginning
    witness = Witness(lambda: left.pop(0) if len(left) > 1 else left[0], root / "refused.txt")
    return stages.imports(place, [], [], witness, before, emulated=True)


@pytest.mark.parametrize(
    ("error", "own", "verdict"),
    [
        pytest.param("KeyError: 'region'", True, Verdict.NOT_CHECKED, id="the app's own code"),
        pytest.param(
            "ModuleNotFoundError: No module named 'b'", True, Verdict.FAILED,
            id="what the app's own module lacks",
        ),
        pytest.param(
            "ModuleNotFoundError: No module named 'b'", False, Verdict.FAILED, id="a module",
        ),
    ],
)  # fmt: skip
def test_what_the_originals_import_ends_in_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: str, own: bool, verdict: Verdict
) -> None:
    said = {"path": f"{tmp_path}/app.py", "line": 4, "what": f"import b: {error}", "own": own}
    program = Reports(said, DONE)
    result = imported(tmp_path, monkeypatch, program, f"app.py:5: import b: {error}")
    assert result.verdict is verdict
    assert result.line.endswith(f"import b: {error} ({SAME})")
    result = imported(tmp_path, monkeypatch, program, "app.py:5: import c: KeyError: 'c'")
    assert (result.verdict, result.line) == (Verdict.FAILED, f"app.py:4: import b: {error}")


@pytest.mark.parametrize(
    ("notes", "verdict"),
    [
        pytest.param((), Verdict.FAILED, id="nothing was made up"),
        pytest.param((Note(1, table="sales"),), Verdict.NOT_CHECKED, id="an empty table"),
    ],
)
def test_a_name_that_an_answer_would_have_bound_at_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, notes: Sequence[Note], verdict: Verdict
) -> None:
    what = "import b: NameError: name 'row' is not defined"
    said = {"path": f"{tmp_path}/app.py", "line": 4, "what": what, "own": True}
    program = Reports(said, DONE)
    result = imported(tmp_path, monkeypatch, program, f"app.py:4: {what}", notes=notes)
    assert (result.verdict, result.line) == (verdict, f"app.py:4: {what} ({SAME})")
    result = imported(tmp_path, monkeypatch, program, notes=notes)
    assert result.verdict is Verdict.FAILED


@pytest.mark.parametrize(
    ("doing", "verdict"),
    [
        pytest.param((), Verdict.NOT_CHECKED, id="Python starts"),
        pytest.param(
            ({"doing": "make an active session"},), Verdict.NOT_CHECKED, id="our own step"
        ),
        pytest.param(({"doing": "import pandas"},), Verdict.FAILED, id="an import of the app's"),
    ],
)
def test_a_step_that_does_not_come_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, doing: tuple[dict[str, Any], ...],
    verdict: Verdict,
) -> None:  # fmt: skip
    late = "it did not finish within 10 s"
    result = imported(tmp_path, monkeypatch, Reports(*doing, error=late))
    step = doing[0]["doing"] if doing else "start Python"
    assert (result.verdict, result.line) == (verdict, f"{step}: {late}")
