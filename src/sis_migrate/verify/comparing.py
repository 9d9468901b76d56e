"""What several viewers are shown, beside what one viewer alone is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sis_migrate.verify import judging
from sis_migrate.verify.server import NOBODY, Run, Visit
from sis_migrate.verify.words import cut

_Shown = Mapping[tuple[str, int], Run]
"""The runs of one visit by page and turn."""


@dataclass(frozen=True, slots=True)
class Alone:
    """What one viewer at a time was shown.

    ``first`` is who came first to a server, ``second`` who came after the first had gone (on a
    warehouse to another server), ``opened`` are those who opened the app on its other pages.
    """

    first: Visit
    second: Visit = NOBODY
    opened: Visit = NOBODY

    @property
    def whole(self) -> Visit:
        """The first and the second."""
        runs = (*self.first.runs, *(replace(run, viewer=1) for run in self.second.runs))
        return Visit(runs, self.first.error or self.second.error)


def news(visit: Visit, known: Visit) -> Visit:
    """A visit without the exceptions and boxes that another one has as well."""
    faults = judging.faults(known.runs)
    boxes = judging.boxes(known.runs)

    def new(run: Run) -> Run:
        old = {b.message for b in judging.boxes([run]) if judging.same(b, boxes)}
        return replace(
            run,
            faults=tuple(f for f in run.faults if not judging.same(f, faults)),
            elements={k: e for k, e in run.elements.items() if e[1] not in old},
        )

    return replace(visit, runs=tuple(map(new, visit.runs)))


def differences(alone: Sequence[Visit], together: Iterable[Run]) -> list[str]:
    """How answers to several viewers differ from those to one alone, a line each.

    ``alone`` are visits to servers of their own. What differs between these (the time, a random
    sample, what is written to the database) says nothing.
    """
    shown = [{(run.page, run.turn): run for run in visit.runs} for visit in alone if visit.runs]
    lines = []
    for run in together:
        wanted = shown[-1].get((run.page, run.turn)) if shown else None
        if wanted is not None and run.state == "finished" and not run.faults:
            lines += list(_difference(run, wanted, shown))
    return list(dict.fromkeys(lines))


def _difference(run: Run, wanted: Run, shown: Sequence[_Shown]) -> Iterator[str]:
    who = f"{judging.named(run.page)}: viewer {run.viewer + 1}"
    for place in dict.fromkeys([*run.elements, *wanted.elements]):
        here, there = run.elements.get(place), wanted.elements.get(place)
        if here == there or not _is_steady(run.page, place, shown):
            continue
        if here and there:
            yield f"{who} is shown {_cut(here)} where one viewer alone is shown {_cut(there)}"
        elif here:
            yield f"{who} is shown {_cut(here)}, which one viewer alone is not"
        elif there:
            yield f"{who} is not shown {_cut(there)}, which one viewer alone is"
        return


def _cut(element: tuple[str, str]) -> str:
    return cut(element[1], 60)


def _is_steady(page: str, place: str, shown: Sequence[_Shown]) -> bool:
    """Whether every visit has the same at a place of a page, turn by turn."""
    series = {
        tuple((turn, run.elements.get(place)) for (p, turn), run in visit.items() if p == page)
        for visit in shown
    }
    if len(shown) > 1:
        return len(series) == 1
    return len({text for turns in series for _, text in turns}) == 1
