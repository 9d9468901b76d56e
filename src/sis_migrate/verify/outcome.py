"""What a visit shows, and what it means beside what is known of the same pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sis_migrate.verify import judging
from sis_migrate.verify.comparing import Alone
from sis_migrate.verify.emulator import MARK, Refusal
from sis_migrate.verify.server import Fault, Visit
from sis_migrate.verify.verdicts import Stage, StageResult, Verdict

SAME = "the original fails in the same way, as on the warehouse"
_ALONE = "so it is for one viewer alone"
_UNKNOWN = "whether the original shows it too is not known"
_NEW = "the original does not show it"
_SHOWN_TOO = "the original shows it too, so that the page was not seen to work"
_HALF = "partially initialized module 'snowflake."
_AT_ONCE = "two pages that begin with different parts of Snowpark were opened at once, see SIS156"

Refused = tuple[Sequence[Refusal], Sequence[str], Sequence[str], Sequence[str]]
"""The statements and hosts refused during a visit, the tables that were made up, and the paths of
the REST API that only a stand-in has answered."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the pages before a visit.

    ``original``: what the original showed as on the warehouse, without runs where nobody looked;
    None where the visit itself is to it. ``alone``: what one viewer at a time was shown, for several;
    None where nobody looked.
    """

    original: Visit | None = None
    alone: Alone | None = None

    @property
    def last(self) -> Visit:
        """The visit to compare with."""
        if self.alone is not None:
            return self.alone.whole
        return self.original if self.original is not None else Visit(())


def judged(stage: Stage, visit: Visit, refused: Refused, known: Known) -> StageResult:
    """The result of a visit; one that has passed has no line yet."""
    refusals, hosts, empty, _ = refused
    if known.original is not None and known.original.runs and not _broken(known.original):
        refused = refusals, hosts, empty, ()  # the original got on with these very answers
    own: list[str] = []
    excused: list[str] = []
    for fault, why in (*_faults(visit, refused, known), *_boxes(visit, refused, known)):
        (excused if why else own).append(_told(fault, why))
    if visit.error:
        own.append(visit.error)
    own, excused = list(dict.fromkeys(own)), list(dict.fromkeys(excused))
    own.sort(key=lambda line: _AT_ONCE not in line)  # the one of its kind that tells the reason
    if own:
        return StageResult(stage, Verdict.FAILED, own[0], (*own[1:], *excused))
    if excused:
        return StageResult(stage, Verdict.NOT_CHECKED, excused[0], tuple(excused[1:]))
    if refusals:
        line = judging.refusal_line(refusals)
        return StageResult(stage, Verdict.NOT_CHECKED, line, _statements(refusals))
    if hosts:
        line = f"it asks for {', '.join(dict.fromkeys(hosts))}, and only this machine is contacted"
        return StageResult(stage, Verdict.NOT_CHECKED, line)
    marked = [t for run in visit.runs for k, t in run.elements.values() if MARK in t]
    if marked:
        return StageResult(stage, Verdict.NOT_CHECKED, f"a page shows: {marked[0][:200]}")
    if not visit.runs or any(run.state != "finished" for run in visit.runs):
        return StageResult(stage, Verdict.FAILED, "a page does not run to its end")
    return StageResult(stage, Verdict.PASSED, "")


def first_box(visit: Visit, known: Known) -> str:
    """The first box that nothing is known of the original to compare with; "" without one."""
    seen = judging.seen(known.last.runs)
    shown = [box for box in judging.boxes(visit.runs) if box.place not in seen]
    return shown[0].line if shown else ""


def _broken(visit: Visit) -> bool:
    """Whether an app is not seen to work: an error that it catches is shown in a box."""
    errors = [box for box in judging.boxes(visit.runs) if box.kind != judging.WARNING]
    return bool(visit.error or judging.faults(visit.runs) or errors)


def _faults(visit: Visit, refused: Refused, known: Known) -> Iterator[tuple[Fault, str]]:
    """The exceptions of a visit, each with what excuses it."""
    before = judging.faults(known.last.runs)
    for fault in judging.faults(visit.runs):
        why = judging.excuse(fault, *refused)
        if not why and judging.same(fault, before) and not judging.certain(fault):
            why = SAME if known.alone is None else _ALONE
        yield fault, why


def _boxes(visit: Visit, refused: Refused, known: Known) -> Iterator[tuple[Fault, str]]:
    """The boxes of a visit that tell of something, each with what excuses it.

    Of the original they are what the app does today; an error that it shows too says only that the
    page was not seen to work. A warning is no error by the app's own choice: a new one is a failure
    only where its words are those of a missing module, name or session, and says nothing where the
    original's are not known.
    """
    if known.original is None:
        return
    original, last = judging.boxes(known.original.runs), judging.boxes(known.last.runs)
    seen = judging.seen(known.original.runs)
    for box in judging.boxes(visit.runs):
        warning = box.kind == judging.WARNING
        if judging.same(box, original) or (warning and box.place not in seen):
            if not warning:
                yield box, judging.stand_ins_words(box, *refused[:2]) or _SHOWN_TOO
            continue
        why = judging.excuse(box, *refused)
        if not why and known.alone is not None and judging.same(box, last):
            why = _ALONE
        if not why and box.place not in judging.seen(known.last.runs):
            why = _UNKNOWN
        yield box, why or (_NEW if warning and not judging.certain(box) else "")


def _told(fault: Fault, why: str) -> str:
    if not why:
        return f"{_AT_ONCE}: {fault.line}" if _HALF in fault.message else fault.line
    if MARK in fault.message:  # the emulator's words, not the connector's around them
        return f"{fault.place}: {why}" if fault.place else why
    return f"{fault.line} ({why})"


def _statements(refusals: Sequence[Refusal]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{r.statement[:160]}: {r.said[:160]}" for r in refusals))[1:]
