"""What several viewers are shown, beside what one viewer alone is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import takewhile
from operator import and_, or_

from sis_migrate.verify import judging
from sis_migrate.verify.server import NOBODY, Run, Visit
from sis_migrate.verify.words import cut

_LINE = 60
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")


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


def differences(
    alone: Sequence[Visit], together: Iterable[Run], also: Sequence[Visit] = ()
) -> list[str]:
    """How answers to several viewers differ from those to one alone, a line each.

    ``alone`` are visits to servers of their own. What differs between these at the same turn (the
    time, a random sample, what is written to the database) says nothing; what differs from turn to
    turn in the same way on all of them (a counter) does. Where on its page something stands is not
    looked at: it moves where Streamlit shows for a while that it fetches what others had fetched.
    ``also`` are visits that went another way to the same pages: they only tell what differs by itself.
    """
    pages: dict[str, _Page] = {}
    lines = []
    for run in together:
        if run.page not in pages:
            pages[run.page] = _page(alone, also, run.page)
        if run.state == "finished" and not run.faults:
            lines += list(_difference(run, pages[run.page]))
    return list(dict.fromkeys(lines))


Element = tuple[str, str]
"""Kind and text."""


@dataclass(frozen=True, slots=True)
class _Page:
    """What one viewer alone is shown of a page, turn by turn, a sample for each server.

    ``numbers`` are kinds and texts without their numbers, and which of those that are alike, of
    what differs by its numbers alone at the same turn; ``varying`` is all else that does not come in
    every sample of a turn.
    """

    turns: dict[int, list[Counter[Element]]]
    numbers: frozenset[tuple[Element, int]]
    varying: frozenset[Element]

    def samples(self, turn: int) -> list[Counter[Element]]:
        """What is shown at a turn; at any where only one server has come so far."""
        same = self.turns.get(turn, self.turns.get(_ANY, []))
        return [one for every in self.turns.values() for one in every] if len(same) == 1 else same


_ANY = -1
"""The turn of all runs where there was one server only: then nothing is known of a turn."""


def _page(alone: Sequence[Visit], also: Sequence[Visit], page: str) -> _Page:
    runs, others = _by_turn(alone, page), _by_turn(also, page)
    if all(len(same) == 1 for same in runs.values()):
        runs = {_ANY: [run for same in runs.values() for run in same]} if runs else {}
    every = [*runs.values(), *others.values()]
    numbers = frozenset(place for same in every for place in _numbers(same))
    turns = {turn: [_shown(run, numbers) for run in same] for turn, same in runs.items()}
    varying = {
        element
        for same in ([_shown(run, numbers) for run in same] for same in every)
        for element in (reduce(or_, same) - reduce(and_, same)).elements()
    }
    return _Page(turns, numbers, frozenset(varying))


def _by_turn(visits: Sequence[Visit], page: str) -> dict[int, list[Run]]:
    """The runs of a page that came to a good end."""
    runs: dict[int, list[Run]] = {}
    for visit in visits:
        for run in visit.runs:
            if run.page == page and run.state == "finished" and not run.faults:
                runs.setdefault(run.turn, []).append(run)
    return runs


def _numbers(runs: Sequence[Run]) -> Iterator[tuple[Element, int]]:
    """What is shown by all of these runs, of the same turn, and differs by its numbers alone."""
    texts: dict[tuple[Element, int], list[str]] = {}
    for run in runs:
        for place, element in _places(run):
            texts.setdefault(place, []).append(element[1])
    for place, found in texts.items():
        if len(found) == len(runs) and len(set(found)) > 1:
            yield place


def _places(run: Run) -> Iterator[tuple[tuple[Element, int], Element]]:
    """The elements of a run in their order, each with its kind, its words, and a number of those."""
    alike: Counter[Element] = Counter()
    for _, element in sorted(run.elements.items(), key=lambda item: _path(item[0])):
        words = (element[0], _NUMBER.sub("#", element[1]))
        yield (words, alike[words]), element
        alike[words] += 1


def _path(place: str) -> list[int]:
    return [int(part) for part in place.split(".") if part.isdigit()]


def _shown(run: Run, numbers: frozenset[tuple[Element, int]]) -> Counter[Element]:
    """What a run shows, without the numbers that say nothing."""
    return Counter(place[0] if place in numbers else element for place, element in _places(run))


def _difference(run: Run, page: _Page) -> Iterator[str]:
    samples = page.samples(run.turn)
    if not samples:
        return
    steady = reduce(and_, samples)
    steady = Counter({e: number for e, number in steady.items() if e not in page.varying})
    changing = [Counter(kind for kind, _ in (one - steady).elements()) for one in samples]
    room = reduce(or_, changing)  # of what changes each run may have its own
    here = _shown(run, page.numbers)
    new = []
    # What one viewer alone has been shown at some time goes first, and is never news.
    for element in sorted((here - steady).elements(), key=lambda e: e not in page.varying):
        if room[element[0]] > 0:
            room[element[0]] -= 1
        elif element not in page.varying:
            new.append(element)
    missing = list((steady - here).elements())
    who = f"{judging.named(run.page)}: viewer {run.viewer + 1}"
    if new and missing:
        there = next((old for old in missing if old[0] == new[0][0]), missing[0])
        shown, alone = _apart(new[0][1], there[1])
        yield f"{who} is shown {shown} where one viewer alone is shown {alone}"
    elif new:
        yield f"{who} is shown {_cut(new[0])}, which one viewer alone is not"
    elif missing:
        yield f"{who} is not shown {_cut(missing[0])}, which one viewer alone is"


def _apart(one: str, other: str) -> tuple[str, str]:
    """Two texts, cut for a line; where their heads are the same, from shortly before they differ."""
    heads = cut(one, _LINE), cut(other, _LINE)
    if heads[0] != heads[1]:
        return heads
    same = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    start = max(0, len(list(same)) - 10)
    return cut(f"…{one[start:]}", _LINE), cut(f"…{other[start:]}", _LINE)


def _cut(element: Element) -> str:
    return cut(element[1], _LINE)
