"""Which versions of an existing dependency file change before it is asked whether they fit."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from sis_codemods.dependencies.arrange import wanted
from sis_codemods.dependencies.entries import Entry, Note
from sis_codemods.dependencies.floors import from_the_least, why_begun
from sis_codemods.dependencies.listed import Listed, Listing
from sis_codemods.dependencies.names import canonical
from sis_codemods.dependencies.specifiers import has_versions, joined, same
from sis_codemods.dependencies.streamlit_releases import (
    TRY_STREAMLIT,
    choose_streamlit,
    end_of_streamlit,
    runs_in_container,
    stays_open,
    why_narrowed,
)
from sis_codemods.dependencies.working_set import Change, Code, Wanted, changes
from sis_migrate.model import Item, Status


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be done with a file: other specifiers for its lines, new lines, words about both."""

    changes: dict[Listed, str] = field(default_factory=dict)
    missing: tuple[Entry, ...] = ()
    notes: tuple[Note, ...] = ()

    def said(self, *notes: Note) -> Work:
        """The work, with more words."""
        return replace(self, notes=(*self.notes, *notes))

    def changed(self, listed: Listed, specifier: str, note: Note) -> Work:
        """The work, with another specifier for a line, and why."""
        return replace(self, changes={**self.changes, listed: specifier}).said(note)

    def specifier(self, listed: Listed) -> str:
        """What a line of the file will ask for."""
        return self.changes.get(listed, listed.line.specifier)

    def wanted(self, listing: Listing) -> list[Wanted]:
        """The lines of the file, then those that are added, as far as their versions go."""
        lines = [
            Wanted(
                listed.name,
                self.specifier(listed),
                listed.line.extras,
                fixed=not _has_versions(listed),
            )
            for listed in listing.lines
        ]
        return [*lines, *map(wanted, self.missing)]

    def with_change(self, change: Change, listing: Listing) -> Work:
        """The work, with a change to one of the :meth:`wanted` lines, or with a new line."""
        at = change.index - len(listing.lines)
        if at < 0:
            listed = listing.lines[change.index]
            note = _placed(change.note, listed)
            is_new = change.specifier != self.specifier(listed)
            return self.changed(listed, change.specifier, note) if is_new else self.said(note)
        own = self.missing[at] if at < len(self.missing) else Entry(change.name)
        entry = replace(own, specifier=change.specifier)
        place = replace(change.note, span=own.span, path=None if own.span else listing.path)
        note = change.note if change.note.path else place
        missing = (*self.missing[:at], entry, *self.missing[at + 1 :])
        return replace(self, missing=missing).said(note)


def _placed(note: Note, listed: Listed) -> Note:
    """A note about a line; one about another file stays there."""
    return note if note.path else replace(note, span=listed.span, path=listed.path)


def with_streamlit(
    work: Work, listing: Listing, wanted: str, *, keeps: bool, locked: bool = False
) -> Work:
    """The work, with a Streamlit that a container runs.

    ``keeps``: the file is a container's own, so that its Streamlit is raised only where no
    container runs it, or where ``wanted`` (``--streamlit``) says so; that it has no end is only
    said, and not where it is ``locked`` all the same.
    """
    for listed in listing.lines:
        if listed.name == "streamlit" and _has_versions(listed):
            work = _with_line_of_streamlit(
                work, listing, listed, wanted, keeps=keeps, locked=locked
            )
    return work


def _with_line_of_streamlit(
    work: Work, listing: Listing, listed: Listed, wanted: str, *, keeps: bool, locked: bool
) -> Work:
    before = work.specifier(listed)
    limited = joined([before, *listing.limits_of(listed.name)])
    choice = choose_streamlit(before, wanted)
    runs = runs_in_container(limited)
    is_same = same(choice.specifier, before) or (not wanted and _within(limited))
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
    return work.said(Note(status, message, remedy, Item.STREAMLIT, listed.span, listed.path))


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
    return bool(specifier) and not choice.reason and same(choice.specifier, specifier)


def _has_versions(listed: Listed) -> bool:
    return not listed.line.direct and has_versions(listed.line.specifier)


def with_floors(work: Work, listing: Listing, code: Code) -> Work:
    """The work, with versions that work together and with the app's code."""
    for change in changes(work.wanted(listing), limits(listing), code):
        work = work.with_change(change, listing)
    for listed in listing.lines:
        before = work.specifier(listed)
        after = from_the_least(listed.name, before)
        if _has_versions(listed) and after != before and not listing.limits_of(listed.name):
            message = why_begun(listed.name, after)
            note = Note(Status.FIXED, message, span=listed.span, path=listed.path)
            work = work.changed(listed, after, note)
    return work


def with_advice(work: Work, listing: Listing, code: Code) -> Work:
    """The work, with words about versions known to fail, which a container's own file keeps.

    That pandas has to stay below 3 is not: the app has been run as it is.
    """
    for change in changes(work.wanted(listing), limits(listing), replace(code, old_pandas=None)):
        if change.note.status is Status.FIXED:
            continue
        is_line = change.index < len(listing.lines)
        listed = listing.lines[change.index] if is_line else None
        specifier = work.specifier(listed) if listed else ""
        reason = change.note.message.partition(": ")[2]
        what = f"{change.name} {specifier} stays" if specifier else f"{change.name} has no end"
        note = replace(
            change.note,
            status=Status.REVIEW,
            message=f"{what} in a container's own file, though {reason}",
            remedy=f"List {change.name}{change.specifier} if the app does not install or start.",
        )
        work = work.said(_placed(note, listed) if listed else replace(note, path=listing.path))
    return work


def limits(listing: Listing) -> dict[str, str]:
    """By project the specifier by which constraints and overrides limit it."""
    names = {canonical(limit.name) for limit in listing.limits}
    return {name: joined(filter(has_versions, listing.limits_of(name))) for name in names}
