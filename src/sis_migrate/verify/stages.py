"""The stages, one function each: what is done, and what its outcome means."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sis_migrate.verify import judging
from sis_migrate.verify.comparing import Alone, differences, news
from sis_migrate.verify.emulator import Refusal
from sis_migrate.verify.environments import Environment, Environments, Wanted
from sis_migrate.verify.limits import wait_for
from sis_migrate.verify.outcome import Known, first_box, judged
from sis_migrate.verify.server import NOBODY, Fault, Place, Run, Server, Visit
from sis_migrate.verify.uv import Cause, UvError, Why
from sis_migrate.verify.verdicts import Stage, StageResult, Verdict

_GROWTH_MB = 25.0
"""Megabytes that a server may grow by with each run before it is said to leak."""


@dataclass(frozen=True, slots=True)
class Witness:
    """Tells what Snowflake's stand-ins have refused since it was made."""

    refusals: Callable[[], Sequence[Refusal]]
    made_up: Callable[[], Sequence[str]]
    refused: Path

    def mark(self) -> tuple[int, int]:
        """How much has been refused so far."""
        return len(self.refusals()), len(self._hosts())

    def since(
        self, mark: tuple[int, int]
    ) -> tuple[Sequence[Refusal], Sequence[str], Sequence[str]]:
        """The statements and hosts refused after ``mark``, and all tables that were made up."""
        return self.refusals()[mark[0] :], self._hosts()[mark[1] :], self.made_up()

    def _hosts(self) -> list[str]:
        try:
            return self.refused.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []


def install(
    environments: Environments, attempts: Sequence[Wanted]
) -> tuple[StageResult, Environment | None]:
    """Install the first set of requirements that can be; the result and the environment."""
    failed: StageResult | None = None
    for number, requirements in enumerate(attempts):
        try:
            made = environments.make(requirements)
        except UvError as error:
            failed = failed or _not_installed(error.cause, str(error), ())
            continue
        if isinstance(made, Environment):
            return _installed(made, loosened=number > 0), made
        failed = failed or _not_installed(made, _because(made), (made.words[:600],))
    assert failed is not None, "something is to be installed"
    return failed, None


def _not_installed(cause: Cause | None, words: str, details: tuple[str, ...]) -> StageResult:
    """Without an index, or an answer, nothing is known of the packages."""
    unknown = cause is not None and cause.why in {Why.NETWORK, Why.NO_ANSWER}
    verdict = Verdict.NOT_CHECKED if unknown else Verdict.FAILED
    return StageResult(Stage.INSTALL, verdict, words[:300], details)


def _installed(made: Environment, *, loosened: bool) -> StageResult:
    how = "from the cache" if made.cached else f"in {made.seconds:.0f} s"
    number = len(made.pins)
    line = f"{number} package{'s' * (number != 1)} {how}"
    if made.built:
        line += ", some of them built from source"
    if loosened:
        line += "; not with the versions that were asked for, which cannot be had"
    if made.stale:
        line += "; uv.lock does not fit pyproject.toml any more: `uv lock` makes it anew"
    return StageResult(Stage.INSTALL, Verdict.PASSED, line, seconds=made.seconds)


def _because(cause: Cause) -> str:
    projects = ", ".join(cause.projects[:4])
    if cause.why in {Why.BAD_INPUT, Why.NO_FILE} or (cause.why is Why.CONFLICT and not projects):
        return cause.words  # a file that is not there, or something else that uv does not like
    return f"{cause.why}: {projects}" if projects else str(cause.why)


@dataclass
class _Imported:
    """What the imports program has reported so far."""

    own: list[str] = field(default_factory=list)
    excused: list[str] = field(default_factory=list)
    doing: str = ""
    counted: str = ""


def imports(place: Place, scripts: Sequence[Path], folders: Sequence[Path], witness: Witness,
            *, emulated: bool) -> StageResult:  # fmt: skip
    """Import everything that the scripts import; ``emulated``: there is a Snowflake to talk to."""
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
                excused = said["own"] and _excused(said, witness, mark, emulated=emulated)
                (found.excused if excused else found.own).append(_missing(said, place.root))
        if not found.counted:
            wait_for(program, 2)
            why = program.error or " ".join(program.said()[-1:]) or "the interpreter died"
            found.own.append(f"{found.doing}: {why}")
    seconds = time.monotonic() - start
    if found.own:
        first, *others = found.own
        return StageResult(Stage.IMPORT, Verdict.FAILED, first, tuple(others), seconds)
    if found.excused:
        line = f"{found.excused[0]} (at import it asks for what only Snowflake has)"
        others = found.excused[1:]
        return StageResult(Stage.IMPORT, Verdict.NOT_CHECKED, line, tuple(others), seconds)
    return StageResult(Stage.IMPORT, Verdict.PASSED, found.counted, seconds=seconds)


def _missing(said: dict[str, Any], root: Path) -> str:
    """A report of the program as a line."""
    what = " ".join(str(said["what"]).split())
    return f"{_relative(said['path'], root)}:{said['line']}: {what}" if said["line"] else what


def _excused(
    said: dict[str, Any], witness: Witness, mark: tuple[int, int], *, emulated: bool
) -> bool:
    kind, _, message = str(said["what"]).partition(": ")[2].partition(": ")
    if judging.excuse(Fault(kind, message), *witness.since(mark)):
        return True
    unreachable = ("InterfaceError", "OperationalError", "DatabaseError", "HttpError", "Connection")
    return not emulated and kind.startswith(unreachable)


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
    known = Known(original)
    result = judged(Stage.VIEWER, alone.whole, witness.since(mark), known)
    if result.verdict is Verdict.PASSED:
        box = first_box(alone.whole, known)
        result = replace(result, line=_pages(alone.whole, box) + _empty(witness))
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


def _first_visit(place: Place, folder: Path, reruns: int) -> Visit:
    """What the first viewer of a new server is shown."""
    with Server(place, folder) as server:
        return Visit((), server.error) if server.error else server.visit(1, reruns)


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
    whole = Visit(runs, visit.error or after.error)
    result = judged(Stage.VIEWERS, whole, witness.since(mark), known)
    growth = {
        "memory_mb_per_run": after.memory_mb / max(1, len(after.runs)),
        "sessions_per_run": after.sessions / max(1, len(after.runs)),
    }
    told = [] if whole.error else _told(place, folder, crowd, alone.first, everyone)
    if result.verdict is not Verdict.FAILED and told:
        result = replace(result, verdict=Verdict.FAILED, line=told[0], details=tuple(told[1:]))
    elif result.verdict is Verdict.PASSED and growth["memory_mb_per_run"] > _GROWTH_MB:
        line = f"the server grows by {growth['memory_mb_per_run']:.0f} MB with each run"
        result = replace(result, verdict=Verdict.FAILED, line=line)
    elif result.verdict is Verdict.PASSED:
        number = len(opened.runs) + len(visit.runs)
        line = _together(number, crowd.viewers, growth) + _empty(witness)
        result = replace(result, line=line)
    return replace(result, seconds=time.monotonic() - begin, measured=growth)


def _told(
    place: Place, folder: Path, crowd: Crowd, first: Visit, everyone: Sequence[Run]
) -> list[str]:
    """How viewers are shown something else than one alone.

    What that is must be the same before and after, on servers of their own; and once more where
    something differs, since it may be so by chance.
    """
    alone = [first, _first_visit(place, folder, crowd.reruns)]
    told = differences(alone, everyone)
    if told:
        alone.append(_first_visit(place, folder, crowd.reruns))
        told = differences(alone, everyone)
    return told


def _pages(visit: Visit, box: str) -> str:
    number = len({run.page for run in visit.runs})
    slowest = max(run.seconds for run in visit.runs)
    fault, shown = ("exception", f"; it shows {box}") if box else ("error", "")
    pages = f"{number} page{'s' * (number != 1)} without an {fault}"
    return f"{pages}, the slowest in {slowest:.1f} s{shown}"


def _empty(witness: Witness) -> str:
    tables = witness.made_up()
    number = len(tables)
    return f"; {number} empty table{'s' * (number != 1)} made up from its queries" * bool(tables)


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
