"""What a visit shows, and what it means beside what is known of the same pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sis_migrate.verify import judging
from sis_migrate.verify.comparing import Alone
from sis_migrate.verify.emulator import MARK, Met, Refusal
from sis_migrate.verify.server import Fault, Run, Visit
from sis_migrate.verify.verdicts import Stage, StageResult, Verdict

SAME = "the original fails in the same way, as on the warehouse"
_ALONE = "so it is for one viewer alone"
_UNKNOWN = "whether the original shows it too is not known"
_UNKNOWN_TOO = "whether the original does so too is not known"
_NEW = "the original does not show it"
_SHOWN_TOO = "the original shows it too, so that the page was not seen to work"
_ELSEWHERE = " of another page"
_ENDLESS = "it reruns itself without end"
_HALF = "partially initialized module 'snowflake."
_AT_ONCE = "two pages that begin with different parts of Snowpark were opened at once, see SIS156"


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


def judged(stage: Stage, visit: Visit, met: Met, known: Known) -> StageResult:
    """The result of a visit, during which all that was ``met``; one that has passed has no line."""
    own: list[str] = []
    excused: list[str] = []
    for fault, why in _all(visit, met, known):
        (excused if why else own).append(_told(fault, why))
    if visit.error:
        own.append(visit.error)
    own, excused = list(dict.fromkeys(own)), list(dict.fromkeys(excused))
    own.sort(key=lambda line: _AT_ONCE not in line)  # the one of its kind that tells the reason
    if own:
        return StageResult(stage, Verdict.FAILED, own[0], (*own[1:], *excused))
    if excused:
        return StageResult(stage, Verdict.NOT_CHECKED, excused[0], tuple(excused[1:]))
    if met.refusals:
        line = judging.refusal_line(met.refusals)
        return StageResult(stage, Verdict.NOT_CHECKED, line, _statements(met.refusals))
    if met.hosts:
        hosts = ", ".join(dict.fromkeys(met.hosts))
        line = f"it asks for {hosts}, and only this machine is contacted"
        return StageResult(stage, Verdict.NOT_CHECKED, line)
    marked = [t for run in visit.runs for k, t in run.elements.values() if MARK in t]
    if marked:
        return StageResult(stage, Verdict.NOT_CHECKED, f"a page shows: {marked[0][:200]}")
    if not visit.runs or any(run.state not in judging.ENDS for run in visit.runs):
        return StageResult(stage, Verdict.FAILED, "a page does not run to its end")
    return StageResult(stage, Verdict.PASSED, "")


def with_endless(result: StageResult, visit: Visit) -> StageResult:
    """The result, which tells of pages that run themselves again without end, and were left so."""
    names = judging.endless(visit.runs)
    if not names or any(_ENDLESS in line for line in (result.line, *result.details)):
        return result
    note = f"{', '.join(names)}: {_ENDLESS}"
    if result.verdict is Verdict.PASSED:
        return replace(result, line=f"{result.line}; {note}")
    return replace(result, details=(*result.details, note))


def first_box(visit: Visit, known: Known) -> str:
    """The first box that nothing is known of the original to compare with; "" without one."""
    seen = judging.seen(known.last.runs)
    shown = [box for box in judging.boxes(visit.runs) if box.place not in seen]
    return shown[0].line if shown else ""


def _all(visit: Visit, met: Met, known: Known) -> Iterator[tuple[Fault, str]]:
    """What is the matter with a visit, each with what excuses it."""
    yield from _faults(visit, met, known)
    yield from _boxes(visit, met, known)
    yield from _endless(visit, met, known)


def _excuses(fault: Fault, page: str, visit: Visit, met: Met, known: Known) -> tuple[str, str]:
    """Why a fault of a page says nothing about the app, by what the page has met itself; and by
    what others had before, since an app hands on what it has, in a cache or the session's state.

    What the original, or one viewer alone, met as well and got on with, there or before, is not its
    cause.
    """
    own, before = _met(visit, page)
    for other in (known.original, known.last):
        if other is not None and _works(other, page):
            _, there = _met(other, page)
            own, before = own.without(there), before.without(there)
    said = judging.stand_ins_words(fault, met)
    why = said or judging.excuse(fault, replace(own, hosts=met.hosts))
    return why, "" if judging.certain(fault) else judging.follows(before, _ELSEWHERE)


def _met(visit: Visit, page: str) -> tuple[Met, Met]:
    """What a page (as reports call it) has met, and what all that ran until then have."""
    runs = [(judging.named(run.page), run.met) for run in visit.runs]
    last = max((i for i, (name, _) in enumerate(runs) if name == page), default=-1)
    own = (met for name, met in runs if name == page)
    return sum(own, Met()), sum((met for _, met in runs[: last + 1]), Met())


def _works(visit: Visit, page: str) -> bool:
    """Whether a page is seen to work: an error that the app catches is shown in a box."""
    runs = [run for run in visit.runs if judging.named(run.page) == page]
    errors = [box for box in judging.boxes(runs) if box.kind != judging.WARNING]
    return page in judging.seen(runs) and not errors


def _pages(runs: Iterable[Run]) -> dict[str, list[Run]]:
    """The runs of each page, by the page as reports call it."""
    found: dict[str, list[Run]] = {}
    for run in runs:
        found.setdefault(judging.named(run.page), []).append(run)
    return found


def _faults(visit: Visit, met: Met, known: Known) -> Iterator[tuple[Fault, str]]:
    """The exceptions of a visit, each with what excuses it."""
    before = judging.faults(known.last.runs)
    original = judging.faults(known.original.runs) if known.original is not None else None
    for page, runs in _pages(visit.runs).items():
        for fault in judging.faults(runs):
            why, handed_on = _excuses(fault, page, visit, met, known)
            if not why and judging.same(fault, before) and not judging.certain(fault):
                why = SAME if known.alone is None else _ALONE
            shared = original is None or judging.same(fault, original)
            if not why and shared and judging.unbound(fault):
                own, before_it = _met(visit, page)
                why = judging.follows(own) or judging.follows(before_it, _ELSEWHERE)
            yield fault, why or handed_on


def _boxes(visit: Visit, met: Met, known: Known) -> Iterator[tuple[Fault, str]]:
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
                yield box, judging.stand_ins_words(box, met) or _SHOWN_TOO
            continue
        why, handed_on = _excuses(box, box.place, visit, met, known)
        if not why and known.alone is not None and judging.same(box, last):
            why = _ALONE
        if not why and box.place not in judging.seen(known.last.runs):
            why = _UNKNOWN
        yield box, why or handed_on or (_NEW if warning and not judging.certain(box) else "")


def _endless(visit: Visit, met: Met, known: Known) -> Iterator[tuple[Fault, str]]:
    """The pages that run themselves again without end where the original's are not seen to."""
    if known.original is None:
        return
    seen = judging.seen(known.original.runs)
    too = judging.endless(known.original.runs)
    for page in judging.endless(visit.runs):
        if page not in too:
            fault = Fault("", _ENDLESS, page)
            why, handed_on = _excuses(fault, page, visit, met, known)
            yield fault, why or ("" if page in seen else _UNKNOWN_TOO) or handed_on


def _told(fault: Fault, why: str) -> str:
    if not why:
        return f"{_AT_ONCE}: {fault.line}" if _HALF in fault.message else fault.line
    if MARK in fault.message:  # the emulator's words, not the connector's around them
        return f"{fault.place}: {why}" if fault.place else why
    return f"{fault.line} ({why})"


def _statements(refusals: Sequence[Refusal]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{r.statement[:160]}: {r.said[:160]}" for r in refusals))[1:]
