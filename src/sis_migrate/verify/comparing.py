"""What several viewers are shown, beside what one viewer alone is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_, or_

from sis_migrate.verify import judging
from sis_migrate.verify.server import NOBODY, Run, Visit
from sis_migrate.verify.words import cut


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
    sample, what is written to the database) says nothing. Where on its page something stands is not
    looked at: it moves where Streamlit shows for a while that it fetches what others had fetched.
    """
    lines = []
    for run in together:
        samples = _samples(alone, run)
        if samples and run.state == "finished" and not run.faults:
            lines += list(_difference(run, samples))
    return list(dict.fromkeys(lines))


def _samples(alone: Sequence[Visit], run: Run) -> list[Run]:
    """The runs to compare with: the same turn of every visit, or every turn of the only one."""
    same = [other for visit in alone for other in visit.runs if other.page == run.page]
    turn = [other for other in same if other.turn == run.turn]
    return turn if len(turn) != 1 else same


def _difference(run: Run, samples: Sequence[Run]) -> Iterator[str]:
    shown = [Counter(sample.elements.values()) for sample in samples]
    steady = reduce(and_, shown)
    changing = [Counter(kind for kind, _ in (one - steady).elements()) for one in shown]
    room = reduce(or_, changing)  # of what changes each run may have its own
    here = Counter(run.elements.values())
    new = []
    for element in (here - steady).elements():
        if room[element[0]] > 0:
            room[element[0]] -= 1
        else:
            new.append(element)
    missing = list((steady - here).elements())
    who = f"{judging.named(run.page)}: viewer {run.viewer + 1}"
    if new and missing:
        there = next((old for old in missing if old[0] == new[0][0]), missing[0])
        yield f"{who} is shown {_cut(new[0])} where one viewer alone is shown {_cut(there)}"
    elif new:
        yield f"{who} is shown {_cut(new[0])}, which one viewer alone is not"
    elif missing:
        yield f"{who} is not shown {_cut(missing[0])}, which one viewer alone is"


def _cut(element: tuple[str, str]) -> str:
    return cut(element[1], 60)
