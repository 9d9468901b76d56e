"""Which versions of an existing dependency file change before it is asked whether they fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from sis_codemods.dependencies.arrange import TRY_NEWER, TRY_STREAMLIT
from sis_codemods.dependencies.entries import Entry, Note
from sis_codemods.dependencies.listed import Listed, Listing
from sis_codemods.dependencies.needs import openings
from sis_codemods.dependencies.versions import (
    Guard,
    choose_streamlit,
    end_of_streamlit,
    ended,
    guards,
    is_specifier,
    keeps_numpy_1,
    relax,
    runs_in_container,
    stays_open,
    why_narrowed,
)
from sis_migrate.model import Item, Status


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be done with a file: other specifiers for its lines, new lines, words about both."""

    changes: dict[Listed, str] = field(default_factory=dict)
    missing: tuple[Entry, ...] = ()
    notes: tuple[Note, ...] = ()

    def changed(self, listed: Listed, specifier: str, note: Note) -> Work:
        """The work, with another specifier for a line, and why."""
        return replace(self, changes={**self.changes, listed: specifier}, notes=(*self.notes, note))

    def guarded(self, guard: Guard, listing: Listing) -> Work:
        """The work, with a guard written to the line of its package, or as a new one."""
        note = Note(
            Status.REVIEW,
            f"{guard.package}{guard.specifier} is added: {guard.reason}",
            "Drop it once the app works with newer versions.",
            path=listing.path,
        )
        lines = [listed for listed in listing.lines if listed.name == guard.package]
        own = next((entry for entry in self.missing if entry.name == guard.package), None)
        if lines:
            bare = not lines[0].line.direct and not lines[0].line.specifier
            return self.changed(lines[0], guard.specifier, note) if bare else self
        entry = replace(own or Entry(guard.package), specifier=guard.specifier)
        others = tuple(other for other in self.missing if other is not own)
        return replace(self, missing=(*others, entry), notes=(*self.notes, note))


def with_streamlit(
    work: Work, listing: Listing, wanted: str, *, keeps: bool, locked: bool = False
) -> Work:
    """The work, with a Streamlit that a container runs.

    ``keeps``: the file is a container's own, so that its Streamlit is raised only where no
    container runs it, or where ``wanted`` (``--streamlit``) says so; that it has no end is only
    said, and not where it is ``locked`` all the same.
    """
    for listed in listing.lines:
        if listed.name == "streamlit" and _has_specifier(listed):
            work = _with_line_of_streamlit(
                work, listing, listed, wanted, keeps=keeps, locked=locked
            )
    return work


def _with_line_of_streamlit(
    work: Work, listing: Listing, listed: Listed, wanted: str, *, keeps: bool, locked: bool
) -> Work:
    before, limited = listed.line.specifier, listing.limited(listed)
    choice = choose_streamlit(before, wanted)
    runs = runs_in_container(limited)
    is_same = _same(choice.specifier, before) or (not wanted and _within(limited))
    if is_same or (keeps and runs and not wanted):
        if choice.doubtful:
            return _said(work, listed, choice.reason, TRY_STREAMLIT)
        if keeps and not locked and stays_open(limited):
            return _said(work, listed, _why_open(listed), _bound(listing))
        return work
    reason = choice.reason or why_narrowed(before, choice.specifier, wanted=bool(wanted))
    status = Status.REVIEW if choice.doubtful else Status.FIXED
    remedy = TRY_STREAMLIT if choice.doubtful else ""
    note = Note(status, reason, remedy, Item.STREAMLIT, listed.span, listed.path)
    work = work.changed(listed, choice.specifier, note)
    limits = ",".join(listing.limits_of(listed.name))
    if limits and not runs_in_container(f"{choice.specifier},{limits}"):
        message = f"A constraint holds Streamlit at {limits}, which {choice.specifier} excludes"
        work = _said(work, listed, message, "Change the constraint as well.", Status.MANUAL)
    return work


def _said(
    work: Work, listed: Listed, message: str, remedy: str, status: Status = Status.REVIEW
) -> Work:
    note = Note(status, message, remedy, Item.STREAMLIT, listed.span, listed.path)
    return replace(work, notes=(*work.notes, note))


def _why_open(listed: Listed) -> str:
    return (
        f"{listed.line.requirement!r} has no end: when the container restarts, it may install a "
        "Streamlit that lacks what the app uses"
    )


def _bound(listing: Listing) -> str:
    lock = ", or deploy a uv.lock" if listing.project else ""
    return f"Give it an end: {end_of_streamlit()} is what this tool knows{lock}."


def _within(specifier: str) -> bool:
    """Whether a specifier is one that the tool would keep as it is."""
    choice = choose_streamlit(specifier)
    return bool(specifier) and not choice.reason and _same(choice.specifier, specifier)


def _same(one: str, other: str) -> bool:
    from packaging.specifiers import SpecifierSet

    return SpecifierSet(one) == SpecifierSet(other)


def _has_specifier(listed: Listed) -> bool:
    """Whether its versions can be reasoned about; ``===`` may be followed by anything."""
    return not listed.line.direct and is_specifier(listed.line.specifier.replace("===", "=="))


def with_floors(work: Work, listing: Listing, old_pandas: Note | None) -> Work:
    """The work, with the measured floors and guards, and pandas below 3 where there is a reason."""
    lines = [x for x in listing.lines if _has_specifier(x) and x.name != "streamlit"]
    numpy_1 = any(_keeps_numpy_1(name, spec) for name, spec in _specifiers(work, lines))
    work = _with_floors_of_missing(work, numpy_1=numpy_1)
    for listed in lines:
        limited = listing.limited(listed)
        choice = relax(listed.name, listed.line.specifier, numpy_1=numpy_1)
        if choice.reason:
            note = Note(Status.REVIEW, choice.reason, TRY_NEWER, span=listed.span, path=listed.path)
            work = work.changed(listed, choice.specifier, note)
        elif choice.specifier != listed.line.specifier and not limited:
            message = (
                f"{listed.name} becomes {choice.specifier}: without a beginning, uv may go back to "
                "a release that does not work"
            )
            note = Note(Status.FIXED, message, span=listed.span, path=listed.path)
            work = work.changed(listed, choice.specifier, note)
        elif listed.name == "pandas" and old_pandas and ended(limited, "3") != limited:
            work = work.changed(listed, ended(listed.line.specifier, "3"), old_pandas)
    for guard in guards(dict(_specifiers(work, lines))):
        work = work.guarded(guard, listing)
    return _with_openings(work, [x for x in listing.lines if _has_specifier(x)])


def _with_openings(work: Work, lines: Sequence[Listed]) -> Work:
    """The work, with the pins opened that leave no Streamlit or no Snowpark."""
    for opening in openings(dict(_specifiers(work, lines))):
        for listed in (x for x in lines if x.name == opening.package):
            note = Note(
                Status.REVIEW, opening.reason, TRY_NEWER, span=listed.span, path=listed.path
            )
            work = work.changed(listed, opening.specifier, note)
    return work


def _with_floors_of_missing(work: Work, *, numpy_1: bool) -> Work:
    """What is added may have been chosen for a NumPy that the file does not have."""
    missing, notes = [], list(work.notes)
    for entry in work.missing:
        choice = relax(entry.name, entry.specifier, numpy_1=numpy_1)
        if choice.reason:
            notes.append(Note(Status.REVIEW, choice.reason, TRY_NEWER, span=entry.span))
        missing.append(replace(entry, specifier=choice.specifier))
    return replace(work, missing=tuple(missing), notes=tuple(notes))


def _specifiers(work: Work, lines: Sequence[Listed]) -> Iterator[tuple[str, str]]:
    yield from ((entry.name, entry.specifier) for entry in work.missing)
    yield from ((x.name, work.changes.get(x, x.line.specifier)) for x in lines)


def _keeps_numpy_1(name: str, specifier: str) -> bool:
    return name == "numpy" and keeps_numpy_1(relax(name, specifier, numpy_1=False).specifier)
