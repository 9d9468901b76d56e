"""Which versions of a set of lines must change for the set to work in the container.

The one place that decides it, for lines of a new file and of one that is there; who asks knows where
the lines stand, and writes the changes there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sis_codemods.dependencies.entries import Note
from sis_codemods.dependencies.floors import (
    Guard,
    brought_by,
    from_the_least,
    guards,
    lowest,
    relaxed,
)
from sis_codemods.dependencies.needs import openings
from sis_codemods.dependencies.specifiers import (
    begins_at,
    ended,
    joined,
    stays_below,
    without_prerelease_end,
)
from sis_migrate.model import Status

TRY_NEWER = "Try the app with the newer version."
_WITHOUT_EXTRA = (
    "Try the app with it, or list streamlit and snowflake-snowpark-python without the extra."
)
_DROP_IT = "Drop it once the app works with newer versions."
_ROUNDS = 20
"""A change may ask for another one: of twenty thousand random sets none needed more than six."""
SNOWFLAKE_EXTRAS = frozenset({"snowflake", "all"})
"""The extras of Streamlit that bring Snowpark and the connector."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A project and the versions that a line wants of it.

    ``fixed``: there is nothing to change, because it is an address or names no versions that can be
    reasoned about.
    """

    name: str
    specifier: str = ""
    extras: tuple[str, ...] = ()
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """Another specifier for a line, and why; the same one where there is only something to say.

    ``index`` is the line's, in the order of those that were handed over; new lines come behind them.
    The note has no place, unless it is about another file.
    """

    index: int
    name: str
    specifier: str
    note: Note


@dataclass(frozen=True, slots=True)
class Code:
    """What the app's code asks of the versions.

    ``old_pandas`` is why pandas must stay below 3; ``guards`` is what must stay below a version
    because of the modules that the app imports.
    """

    old_pandas: Note | None = None
    guards: tuple[Guard, ...] = ()


NO_CODE = Code()


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines as they are now, with what limits their projects from elsewhere."""

    lines: tuple[Wanted, ...]
    limits: Mapping[str, str]
    code: Code = NO_CODE

    @property
    def open(self) -> Iterator[tuple[int, Wanted]]:
        return ((index, line) for index, line in enumerate(self.lines) if not line.fixed)

    def of(self, name: str) -> list[tuple[int, Wanted]]:
        return [(index, line) for index, line in enumerate(self.lines) if line.name == name]

    def specifiers(self, *, limited: bool) -> dict[str, str]:
        """By project what its lines admit together, ``limited`` or not by the limits."""
        found: dict[str, str] = {}
        for _, line in self.open:
            found[line.name] = joined([found.get(line.name, ""), line.specifier])
        if limited:
            for name, limit in self.limits.items():
                found[name] = joined([found.get(name, ""), limit])
        return found

    def changed(self, change: Change) -> _Lines:
        lines = [*self.lines]
        old = self.lines[change.index] if change.index < len(lines) else Wanted(change.name)
        lines[change.index : change.index + 1] = [replace(old, specifier=change.specifier)]
        return replace(self, lines=tuple(lines))


def changes(
    lines: Iterable[Wanted], limits: Mapping[str, str] | None = None, code: Code = NO_CODE
) -> Iterator[Change]:
    """What must change, in order; each change is made to what the ones before it left.

    ``limits`` are the specifiers by which other files limit projects.
    """
    now = _Lines(tuple(lines), limits or {}, code)
    steps = (_finals, _floors, _openings, _brought, _pandas, _guards)
    for _ in range(_ROUNDS):  # pragma: no branch  # ends by its break
        found = _first(steps, now)
        for change in found:
            now = now.changed(change)
        yield from found
        if not found:
            break
    yield from _words(_wanted_guards(now), now)


def guarded(
    lines: Iterable[Wanted], limits: Mapping[str, str], wanted: Sequence[Guard]
) -> Iterator[Change]:
    """The changes by which lines keep some guards; none where what they want rules it out."""
    return _ends(wanted, _Lines(tuple(lines), limits))


def _first(steps: Iterable[Callable[[_Lines], Iterator[Change]]], now: _Lines) -> list[Change]:
    """The changes of the first step that has any."""
    return next((found for step in steps if (found := list(step(now)))), [])


def _finals(now: _Lines) -> Iterator[Change]:
    """Ends before a pre-release end before the release."""
    for index, line in now.open:
        after = without_prerelease_end(line.specifier)
        if after != line.specifier:
            message = (
                f"{line.name} {line.specifier} becomes {after}: named as an end, a pre-release makes "
                "some releases of uv install pre-releases"
            )
            yield _change(index, line.name, after, Status.FIXED, message)


def _floors(now: _Lines) -> Iterator[Change]:
    """What stays below a measured floor is opened upwards."""
    specifiers = _with_ends(now)
    for index, line in now.open:
        after, reason = relaxed(line.name, line.specifier, specifiers)
        if reason:
            yield _change(index, line.name, after, Status.REVIEW, reason, TRY_NEWER)


def _with_ends(now: _Lines) -> dict[str, str]:
    """By project what its lines admit together, once they have the ends that are to come.

    A floor that only counts beside a newer release of another project asks for that; the ends are
    those beside what the floors leave, since a line that is opened may need no guard any more.
    """
    specifiers = now.specifiers(limited=True)
    opened = [
        replace(line, specifier=relaxed(line.name, line.specifier, specifiers)[0])
        for line in now.lines
        if not line.fixed
    ]
    to_come = replace(now, lines=(*opened, *(line for line in now.lines if line.fixed)))
    for change in (*_pandas(to_come), *_guards(to_come)):
        specifiers[change.name] = joined([specifiers.get(change.name, ""), change.specifier])
    return specifiers


def _openings(now: _Lines) -> Iterator[Change]:
    """Pins that leave no Streamlit or no Snowpark are opened."""
    specifiers = now.specifiers(limited=False)
    for _, line in now.of("streamlit"):
        if SNOWFLAKE_EXTRAS.intersection(line.extras):
            specifiers["streamlit[snowflake]"] = specifiers.get("streamlit", "")
    for opening in openings(specifiers):
        remedy = _WITHOUT_EXTRA if "[" in opening.asking else TRY_NEWER
        for index, line in now.open:
            if line.name == opening.package:
                yield _change(
                    index, line.name, opening.specifier, Status.REVIEW, opening.reason, remedy
                )


def _brought(now: _Lines) -> Iterator[Change]:
    """What a package brings, and uv would go too far back for, is listed itself."""
    for line in now.lines:
        name = brought_by(line.name)
        if name and not now.of(name):
            specifier = from_the_least(name, "")
            message = (
                f"{name}{specifier} is added: {line.name} needs it, and uv would go back to releases "
                "that do not work"
            )
            yield _change(len(now.lines), name, specifier, Status.REVIEW, message, _DROP_IT)
            return


def _pandas(now: _Lines) -> Iterator[Change]:
    why = now.code.old_pandas
    if why is None or stays_below(now.specifiers(limited=True).get("pandas", ""), "3"):
        return
    for index, line in now.open:
        after = ended(line.specifier, "3")
        if line.name == "pandas" and after != line.specifier:
            yield Change(index, line.name, after, why)


def _guards(now: _Lines) -> Iterator[Change]:
    return _ends(_wanted_guards(now), now)


def _wanted_guards(now: _Lines) -> list[Guard]:
    """The guards beside the lines and the app's imports; of two for a project the lower end."""
    return lowest([*guards(now.specifiers(limited=True)), *now.code.guards])


def _ends(wanted: Iterable[Guard], now: _Lines) -> Iterator[Change]:
    """What must stay below a version has an end there, in its line or in a new one."""
    specifiers = now.specifiers(limited=True)
    new = len(now.lines)
    for guard in wanted:
        name, lines = guard.package, now.of(guard.package)
        if stays_below(specifiers.get(name, ""), guard.end) or _takes_no_end(guard, now):
            continue
        index, line = lines[0] if lines else (new, Wanted(name))
        new += not lines
        after = ended(line.specifier, guard.end)
        message = f"{name}{after} is added: {guard.reason}"
        if line.specifier:
            message = f"{name} {line.specifier} becomes {after}: {guard.reason}"
        elif lines:
            message = f"{name} becomes {name}{after}: {guard.reason}"
        yield _change(index, name, after, Status.REVIEW, message, _DROP_IT)


def _words(wanted: Iterable[Guard], now: _Lines) -> Iterator[Change]:
    """What is to be said where the lines themselves want what a guard rules out."""
    for guard in wanted:
        for index, line in now.of(guard.package):
            if not line.fixed and begins_at(line.specifier, guard.end):
                message = f"{line.name} {line.specifier} does not work: {guard.reason}"
                remedy = f"List {line.name}{guard.specifier}, or let go of what is older."
                yield _change(index, line.name, line.specifier, Status.MANUAL, message, remedy)


def _takes_no_end(guard: Guard, now: _Lines) -> bool:
    """Whether the project comes from an address, or what is asked of it begins behind the end."""
    wanted = now.specifiers(limited=True).get(guard.package, "")
    return begins_at(wanted, guard.end) or any(line.fixed for _, line in now.of(guard.package))


def _change(
    index: int, name: str, specifier: str, status: Status, message: str, remedy: str = ""
) -> Change:
    return Change(index, name, specifier, Note(status, message, remedy, about=name))
