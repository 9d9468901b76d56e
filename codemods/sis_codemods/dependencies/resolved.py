"""Versions that uv has found to fit together (``--resolve``), with a word for each change."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sis_codemods.dependencies.entries import Entry, Note, Plan
from sis_codemods.dependencies.existing import Work
from sis_codemods.dependencies.listed import Listed, Listing
from sis_codemods.dependencies.names import canonical
from sis_codemods.dependencies.versions import Guard, guards_for
from sis_migrate.model import Status

if TYPE_CHECKING:
    from sis_migrate.verify.resolve import Ladder, Relaxation, Resolver

_TRY = "Try the app with the newer version."
_FIND_OUT = "Find out what brings it, or leave it out."


def resolved(plan: Plan, resolver: Resolver, folder: Path | None = None) -> Plan:
    """The plan, relaxed as little as uv needs it to be, with a note for each relaxed line.

    ``resolver`` as :func:`sis_migrate.verify.resolve.climb` takes it; its UvError becomes a note,
    and the plan stays. Wheels are asked about where ``folder``, theirs, is given.
    """
    from sis_migrate.verify.uv import UvError

    lines = [line for entry in plan.active if (line := _asked(entry, folder))]
    try:
        ladder, added = _climb(lines, {entry.name for entry in plan.active}, resolver)
    except UvError as error:
        return replace(plan, notes=(*plan.notes, _unasked(error)))
    entries = plan.entries
    notes = list(plan.notes)
    for guard in added:
        entries = (*entries, Entry(guard.package, specifier=guard.specifier))
        message = f"{guard.package}{guard.specifier} is added: {guard.reason}"
        remedy = "Drop it once the app works with newer versions."
        notes.append(Note(Status.REVIEW, message, remedy, about=guard.package))
    for relaxation in ladder.relaxations:
        entries = tuple(_relaxed(entry, relaxation, notes) for entry in entries)
    notes += _about_the_set(ladder, fits=ladder.resolved)
    return replace(plan, entries=entries, notes=tuple(notes))


def refitted(work: Work, listing: Listing, resolver: Resolver, *, keeps: bool) -> Work:
    """The work on an existing file, with versions that fit together.

    uv is asked about all that the file lists together with what is added. A line of the file is
    relaxed where it stands, or, where the file ``keeps`` its versions, only reported.
    """
    from sis_migrate.verify.uv import UvError

    asked = list(listing.asked(work.changes))
    folder = listing.path.parent
    new = [line for entry in work.missing if (line := _asked(entry, folder))]
    lines = [*listing.options_of_uv(), *(text for _, text in asked), *new]
    names = {listed.name for listed in listing.lines if listed.line.specifier}
    try:
        ladder, added = _climb(lines, names | {e.name for e in work.missing}, resolver)
    except UvError as error:
        return replace(work, notes=(*work.notes, _unasked(error)))
    for guard in added:
        work = work.guarded(guard, listing)
    for relaxation in ladder.relaxations:
        for listed, text in asked:
            if text == relaxation.before:
                work = _relaxed_line(work, listed, relaxation, keeps=keeps)
        notes: list[Note] = []
        missing = tuple(_relaxed(entry, relaxation, notes) for entry in work.missing)
        active = tuple(entry for entry in missing if entry.name)
        work = replace(work, missing=active, notes=(*work.notes, *notes))
    fits = ladder.resolved and not (keeps and ladder.relaxations)
    about = _about_the_set(ladder, fits=fits)
    return replace(work, notes=(*work.notes, *about, *_not_asked(listing)))


def _asked(entry: Entry, folder: Path | None) -> str:
    """The line that uv is asked about, "" for a wheel that nobody can say the folder of."""
    if not entry.path:
        return entry.requirement
    return f"{entry.name} @ {(folder / entry.path).absolute().as_uri()}" if folder else ""


def _climb(
    lines: Sequence[str], names: Collection[str], resolver: Resolver
) -> tuple[Ladder, tuple[Guard, ...]]:
    """The ladder, and what had to be added because uv's answer would not have worked."""
    from sis_migrate.verify.resolve import climb

    ladder = climb(lines, resolver)
    pins = dict(pin.split("==", 1) for pin in ladder.resolution.pins if "==" in pin)
    added = tuple(g for g in guards_for(pins) if g.package not in names)
    if added:
        ladder = climb([*lines, *(f"{g.package}{g.specifier}" for g in added)], resolver)
    return ladder, added


def _unasked(error: Exception) -> Note:
    message = f"The versions could not be checked: {error}"
    remedy = "Run again with --resolve, or check with `migrate verify --install`."
    return Note(Status.MANUAL, message, remedy)


def _relaxed(entry: Entry, relaxation: Relaxation, notes: list[Note]) -> Entry:
    if not entry.name or entry.requirement != relaxation.before:
        return entry
    if not relaxation.after:
        message = f"{entry.requirement} is not listed: {relaxation.reason}"
        notes.append(Note(Status.MANUAL, message, _FIND_OUT, span=entry.span, about=entry.name))
        return replace(entry, name="", comment=f"{entry.requirement}: {relaxation.reason}")
    message = f"{relaxation.before} becomes {relaxation.after}: {relaxation.reason}"
    notes.append(Note(Status.REVIEW, message, _TRY, span=entry.span, about=entry.name))
    return replace(entry, specifier=_specifier(relaxation.after))


def _relaxed_line(work: Work, listed: Listed, relaxation: Relaxation, *, keeps: bool) -> Work:
    """The work with a line of the file relaxed, or with words about it."""
    before, after = relaxation.before, relaxation.after
    if after and not keeps:
        message = f"{before} becomes {after}: {relaxation.reason}"
        note = Note(Status.REVIEW, message, _TRY, span=listed.span, path=listed.path)
        return work.changed(listed, _specifier(after), note)
    if after:
        message = f"{before} does not fit ({relaxation.reason}), {after} does"
        remedy = (
            "It stays, because the app is a container's already; change it if installing fails."
        )
        note = Note(Status.REVIEW, message, remedy, span=listed.span, path=listed.path)
    else:
        message = f"{before} cannot be installed: {relaxation.reason}"
        note = Note(Status.MANUAL, message, _FIND_OUT, span=listed.span, path=listed.path)
    return replace(work, notes=(*work.notes, note))


def _specifier(requirement: str) -> str:
    from packaging.requirements import Requirement

    return ",".join(sorted((str(c) for c in Requirement(requirement).specifier), reverse=True))


def _about_the_set(ladder: Ladder, *, fits: bool) -> list[Note]:
    """What is built, that the lines as they are written fit, and that nothing fits."""
    notes = [
        Note(
            Status.REVIEW,
            f"{project} has no build on PyPI: the container builds it when it installs it",
            "Prefer a package that has one.",
            about=canonical(project),
        )
        for project in ladder.built
    ]
    if fits:
        count = len(ladder.resolution.pins)
        message = f"uv finds versions that fit together: {count} packages with all that they need"
        notes.append(Note(Status.FIXED, message))
    if ladder.resolution.cause:
        cause = ladder.resolution.cause
        message = f"The packages do not fit together ({cause.why}): {cause.words[:400]}"
        notes.append(Note(Status.MANUAL, message, "Change what uv names, and run again."))
    return notes


def _not_asked(listing: Listing) -> list[Note]:
    """A word about what would have to be fetched or built to be asked about."""
    fetched = sorted({listed.name for listed in listing.lines if listing.is_fetched(listed)})
    if not fetched:
        return []
    message = f"uv was not asked about {', '.join(fetched)}, which would have to be fetched"
    remedy = "Check the whole with `migrate verify --install`."
    return [Note(Status.REVIEW, message, remedy, path=listing.path)]
