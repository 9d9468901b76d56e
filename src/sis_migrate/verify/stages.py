"""The stages after ``installing``, one function each: what is done, and what its outcome means."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sis_migrate.verify import judging
from sis_migrate.verify.comparing import Alone, differences, news
from sis_migrate.verify.emulator import Met
from sis_migrate.verify.limits import wait_for
from sis_migrate.verify.outcome import SAME, Known, first_box, judged, with_endless
from sis_migrate.verify.server import NOBODY, Fault, Place, Run, Server, Visit
from sis_migrate.verify.verdicts import Stage, StageResult, Verdict
from sis_migrate.verify.witness import Witness

_ASKS = "at import it asks for what only Snowflake has"
_STARTS = "start Python"
_OURS = {_STARTS, "make an active session"}
"""Steps before the app's first import: on a slow machine they are not the app's fault."""
_GROWTH_MB = 25.0
"""Megabytes that a server may grow by with each run before it is said to leak."""
_BUSY = (1, 3)
"""How busy the servers are that tell whether a difference is one by chance, one after the other."""
_TURNS = 12
"""How often one viewer alone runs each page there, where that takes no more than ``_SPARE``."""
_SPARE = 5.0
"""Seconds."""


@dataclass
class _Imported:
    """What the imports program has reported so far."""

    own: list[str] = field(default_factory=list)
    excused: list[str] = field(default_factory=list)
    doing: str = _STARTS
    counted: str = ""


def imports(place: Place, scripts: Sequence[Path], folders: Sequence[Path], witness: Witness,
            before: Sequence[str], *, emulated: bool) -> StageResult:  # fmt: skip
    """Import everything that the scripts import; ``emulated``: there is a Snowflake to talk to.

    ``before`` is what this stage said of the original as on the warehouse.
    """
    start, mark = time.monotonic(), witness.mark()
    settings = {
        "scripts": [str(path) for path in scripts],
        "folders": [str(path) for path in folders],
        "active": place.active and emulated,
    }
    found = _Imported()
    with place.program("imports", settings) as program:
        for said in program.reports(place.limits.seconds):
            if "doing" in said:
                found.doing = said["doing"]
            elif "done" in said:
                found.counted = f"{said['modules']} modules and {said['own']} of the app's own"
            else:
                line = _missing(said, place.root)
                shared = judging.same(Fault("", line), [Fault("", other) for other in before])
                met = witness.since(mark)
                excused = said["own"] and _excused(said, met, emulated=emulated)
                told = _ASKS if excused else SAME if shared else ""
                excused = excused or (shared and said["own"] and _may_be_shared(_fault(said), met))
                line += f" ({told})" if told else ""
                (found.excused if excused else found.own).append(line)
        if not found.counted:
            wait_for(program, 2)
            why = program.error or " ".join(program.said()[-1:]) or "the interpreter died"
            lines = found.excused if found.doing in _OURS else found.own
            lines.append(f"{found.doing}: {why}")
    seconds = time.monotonic() - start
    if found.own:
        first, *others = found.own
        return StageResult(Stage.IMPORT, Verdict.FAILED, first, tuple(others), seconds)
    if found.excused:
        first, *others = found.excused
        return StageResult(Stage.IMPORT, Verdict.NOT_CHECKED, first, tuple(others), seconds)
    return StageResult(Stage.IMPORT, Verdict.PASSED, found.counted, seconds=seconds)


def _missing(said: dict[str, Any], root: Path) -> str:
    """A report of the program as a line."""
    what = " ".join(str(said["what"]).replace(f"{root}{os.sep}", "").split())
    return f"{_relative(said['path'], root)}:{said['line']}: {what}" if said["line"] else what


def _may_be_shared(fault: Fault, met: Met) -> bool:
    """Whether an error says nothing about the migration where the original's import has it too.

    What is missing is so in a container, whatever the original's packages are.
    """
    return not judging.certain(fault) or (judging.unbound(fault) and bool(judging.follows(met)))


def _excused(said: dict[str, Any], met: Met, *, emulated: bool) -> bool:
    fault = _fault(said)
    if judging.excuse(fault, met):
        return True
    unreachable = ("InterfaceError", "OperationalError", "DatabaseError", "HttpError", "Connection")
    return not emulated and fault.kind.startswith(unreachable)


def _fault(said: dict[str, Any]) -> Fault:
    """The error of an import: ``import name: kind: message``."""
    kind, _, message = str(said["what"]).partition(": ")[2].partition(": ")
    return Fault(kind, message)


def start(server: Server) -> StageResult:
    """What became of the server's start."""
    if server.error:
        return StageResult(Stage.START, Verdict.FAILED, server.error, seconds=server.seconds)
    line = f"serves after {server.seconds:.1f} s"
    return StageResult(Stage.START, Verdict.PASSED, line, seconds=server.seconds)


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many viewers come at once, and how often each opens each page."""

    viewers: int
    reruns: int


def viewer(
    place: Place, folder: Path, server: Server, witness: Witness, original: Visit | None,
    crowd: Crowd,
) -> tuple[StageResult, Alone]:  # fmt: skip
    """One viewer visits every page, and a second one after the first has gone.

    ``original`` is what it showed as on the warehouse, None where this is it: the same faults
    afterwards say nothing about the migration, and an error box that it did not show is one.
    ``crowd`` are those who come at once later on.
    """
    if server.error:
        return StageResult(Stage.VIEWER, Verdict.FAILED, server.error), Alone(NOBODY)
    begin, mark = time.monotonic(), witness.mark()
    alone = _one_at_a_time(place, folder, server, crowd)
    alone = Alone(*map(witness.beside, (alone.first, alone.second, alone.opened)))
    met, known = witness.since(mark), Known(original)
    result = judged(Stage.VIEWER, alone.whole, met, known)
    if result.verdict is Verdict.PASSED:
        box = first_box(alone.whole, known)
        result = replace(result, line=_pages(alone.whole, box) + _empty(met))
    result = with_endless(result, alone.whole)
    return replace(result, seconds=time.monotonic() - begin), alone


def _one_at_a_time(place: Place, folder: Path, server: Server, crowd: Crowd) -> Alone:
    """Who comes first, and as long as nothing goes wrong those who come afterwards.

    On a warehouse each has a server.
    """
    first = server.visit(1, crowd.reruns)
    if first.error or judging.faults(first.runs):
        return Alone(first)
    if place.active:
        return Alone(first, _first_visit(place, folder, crowd.reruns))
    second = server.visit(1, crowd.reruns)
    pages = () if second.error else _opened_by(crowd, first)
    opened = [run for page in pages for run in server.visit(1, 1, opened=[page]).runs]
    return Alone(first, second, Visit(tuple(opened)))


def _first_visit(
    place: Place, folder: Path, reruns: int, *, opened: Sequence[str] = (), busy: int = 0
) -> Visit:
    """What the first viewer of a new server is shown."""
    with Server(place, folder, busy=busy) as server:
        return Visit((), server.error) if server.error else server.visit(1, reruns, opened=opened)


def _opened_by(crowd: Crowd, visit: Visit) -> list[str]:
    """The pages on which viewers who come at once open the app, where it has several."""
    pages = list(dict.fromkeys(run.page for run in visit.runs))
    return pages[: crowd.viewers] if len(pages) > 1 else []


def viewers(
    place: Place, folder: Path, witness: Witness, known: Known, crowd: Crowd
) -> StageResult:
    """Several viewers visit every page at once, in a server that is new to them all.

    Before that others open it on different pages, as browsers do that come back after a restart.
    ``known`` has what one viewer at a time was shown by another server.
    """
    begin, mark = time.monotonic(), witness.mark()
    alone = known.alone or Alone(_first_visit(place, folder, crowd.reruns))
    with Server(place, folder) as server:
        if server.error:
            return StageResult(Stage.VIEWERS, Verdict.FAILED, server.error)
        pages = _opened_by(crowd, alone.first)
        opened = server.visit(crowd.viewers, 1, opened=pages) if pages else NOBODY
        visit = (
            Visit((), opened.error) if opened.error else server.visit(crowd.viewers, crowd.reruns)
        )
        # What it loads for the first viewers is no growth: that is measured now.
        after = NOBODY if visit.error else server.visit(1, crowd.reruns)
    # One who comes later must be served as well, whatever the others have left behind.
    everyone = (*visit.runs, *(replace(run, viewer=crowd.viewers) for run in after.runs))
    runs = (*news(opened, alone.opened).runs, *everyone)
    whole = witness.beside(Visit(runs, visit.error or after.error))
    met = witness.since(mark)
    result = judged(Stage.VIEWERS, whole, met, known)
    growth = {
        "memory_mb_per_run": after.memory_mb / max(1, len(after.runs)),
        "sessions_per_run": after.sessions / max(1, len(after.runs)),
    }
    told: list[str] = []
    if result.verdict is not Verdict.FAILED:
        samples, told = _told(place, folder, crowd, alone.first, everyone)
        told = told or _told_of_opened(place, folder, crowd, alone, opened, samples)
    if told:
        result = replace(result, verdict=Verdict.FAILED, line=told[0], details=tuple(told[1:]))
    elif (
        result.verdict is Verdict.PASSED
        and growth["memory_mb_per_run"] > _GROWTH_MB
        and not judging.endless(after.runs)  # each of whose runs is many
    ):
        line = f"the server grows by {growth['memory_mb_per_run']:.0f} MB with each run"
        result = replace(result, verdict=Verdict.FAILED, line=line)
    elif result.verdict is Verdict.PASSED:
        number = len(opened.runs) + len(visit.runs)
        line = _together(number, crowd.viewers, growth) + _empty(met)
        result = replace(result, line=line)
    result = with_endless(result, whole)
    return replace(result, seconds=time.monotonic() - begin, measured=growth)


def _told(
    place: Place, folder: Path, crowd: Crowd, first: Visit, everyone: Sequence[Run]
) -> tuple[list[Visit], list[str]]:
    """What one viewer alone is shown, and how several are shown something else.

    The former must be the same before and after, on servers of their own; and on some more where
    something differs, since it may be so by chance, or because others take the server's time.
    """
    samples = [first, _first_visit(place, folder, crowd.reruns)]
    told = differences(samples, everyone)
    for busy in _BUSY:
        if told:
            samples.append(_first_visit(place, folder, _turns(crowd, first.runs), busy=busy))
            told = differences(samples, everyone)
    return samples, told


def _told_of_opened(
    place: Place, folder: Path, crowd: Crowd, alone: Alone, opened: Visit, also: Sequence[Visit]
) -> list[str]:
    """How viewers who open different pages at once are shown something else than one alone.

    One alone did so on a server that others had visited. Only where that is not the same, it is done
    again on servers of their own. ``also``: what one alone is shown who goes from page to page.
    """
    known = alone.opened if alone.opened.runs else alone.first
    for page in dict.fromkeys(run.page for run in opened.runs):
        runs = [run for run in opened.runs if run.page == page]
        if not differences([known], runs, also):
            continue
        turns = _turns(crowd, [run for run in alone.first.runs if run.page == page])
        samples = [_first_visit(place, folder, turns, opened=[page], busy=busy) for busy in _BUSY]
        if told := differences(samples, runs, also):
            return told
    return []


def _turns(crowd: Crowd, runs: Sequence[Run]) -> int:
    """How often each of these pages may be run to tell chance from what is always so."""
    quickest: dict[str, float] = {}
    for run in runs:
        quickest[run.page] = min(run.seconds, quickest.get(run.page, run.seconds))
    spare = _SPARE / max(0.1, sum(quickest.values()))
    return max(crowd.reruns, min(_TURNS, int(spare)))


def _pages(visit: Visit, box: str) -> str:
    number = len({run.page for run in visit.runs})
    slowest = max(run.seconds for run in visit.runs)
    fault, shown = ("exception", f"; it shows {box}") if box else ("error", "")
    pages = f"{number} page{'s' * (number != 1)} without an {fault}"
    return f"{pages}, the slowest in {slowest:.1f} s{shown}"


def _empty(met: Met) -> str:
    number = len(met.tables)
    return f"; {number} empty table{'s' * (number != 1)} made up from its queries" * bool(number)


def _together(runs: int, viewers: int, growth: dict[str, float]) -> str:
    line = f"{viewers} viewers, {runs} runs without an error"
    if growth["sessions_per_run"] > 0.3:
        line += f"; {growth['sessions_per_run']:.1f} Snowpark sessions more with each run"
    if growth["memory_mb_per_run"] > 2:
        line += f"; {growth['memory_mb_per_run']:.0f} MB more with each run"
    return line


def _relative(path: str, root: Path) -> str:
    found = Path(path)
    return found.relative_to(root).as_posix() if found.is_relative_to(root) else found.name
