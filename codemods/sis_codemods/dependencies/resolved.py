"""Versions that uv has found to fit together (``--resolve``), with a word for each change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sis_codemods.dependencies.arrange import wanted, with_changes
from sis_codemods.dependencies.entries import Entry, Note, Plan, only_a_comment
from sis_codemods.dependencies.existing import Work, limits
from sis_codemods.dependencies.floors import below_floor, guards_for
from sis_codemods.dependencies.listed import Listed, Listing
from sis_codemods.dependencies.names import canonical
from sis_codemods.dependencies.working_set import TRY_NEWER, guarded
from sis_migrate.model import Status

if TYPE_CHECKING:
    from sis_migrate.resolver.ladder import Ladder, Relaxation, Resolver

_FIND_OUT = "Find out what brings it, or leave it out."


def resolved(plan: Plan, resolver: Resolver, folder: Path | None = None) -> Plan:
    """The plan, relaxed as little as uv needs it to be, with a note for each relaxed line.

    ``resolver`` as :func:`sis_migrate.resolver.ladder.climb` takes it; its UvError becomes a note,
    and the plan stays. Wheels are asked about where ``folder``, theirs, is given.
    """
    from sis_migrate.resolver.ladder import climb, without_wheel
    from sis_migrate.resolver.uv import UvError

    entries, notes = plan.entries, list(plan.notes)
    try:
        ladder = climb(_lines(entries, folder), resolver)
        broken = guards_for(_pins(ladder))
        if broken:
            ends = guarded(map(wanted, entries), {}, broken)
            entries = tuple(with_changes(entries, ends, notes))
            ladder = climb(_lines(entries, folder), resolver)
        sources = without_wheel(ladder, resolver)
    except UvError as error:
        return replace(plan, notes=(*plan.notes, _unasked(error)))
    for relaxation in _kept(ladder):
        entries = tuple(_relaxed(entry, relaxation, notes) for entry in entries)
    notes += _about_the_set(ladder, sources, fits=ladder.resolved)
    return replace(plan, entries=entries, notes=tuple(notes))


def refitted(work: Work, listing: Listing, resolver: Resolver, *, keeps: bool) -> Work:
    """The work on an existing file, with versions that fit together.

    uv is asked about all that the file lists together with what is added. A line of the file is
    relaxed where it stands, or, where the file ``keeps`` its versions, only reported.
    """
    from sis_migrate.resolver.ladder import climb, without_wheel
    from sis_migrate.resolver.uv import UvError

    before = work
    try:
        ladder = climb(_lines_of(work, listing), resolver)
        broken = guards_for(_pins(ladder))
        if broken:
            for change in guarded(work.wanted(listing), limits(listing), broken):
                if not (keeps and change.index < len(listing.lines)):
                    work = work.with_change(change, listing)
            ladder = climb(_lines_of(work, listing), resolver)
        sources = without_wheel(ladder, resolver)
    except UvError as error:
        return before.said(_placed(_unasked(error), listing))
    asked = list(listing.asked(work.changes))
    for relaxation in _kept(ladder):
        for listed, text in asked:
            if text == relaxation.before:
                work = _relaxed_line(work, listed, relaxation, keeps=keeps)
        notes: list[Note] = []
        missing = tuple(_relaxed(entry, relaxation, notes) for entry in work.missing)
        active = tuple(entry for entry in missing if entry.name)
        work = replace(work, missing=active).said(*notes)
    is_whole = not (listing.unread or listing.unreached)
    fits = ladder.resolved and is_whole and not (keeps and ladder.relaxations)
    words = (_placed(note, listing) for note in _about_the_set(ladder, sources, fits=fits))
    return work.said(*words, *_not_asked(listing))


def _placed(note: Note, listing: Listing) -> Note:
    """A word about the set: where the file lists the project that it is about, or about the file."""
    listed = next((line for line in listing.lines if note.about and line.name == note.about), None)
    if listed is None:
        return replace(note, path=listing.path)
    return replace(note, span=listed.span, path=listed.path)


def _kept(ladder: Ladder) -> list[Relaxation]:
    """What becomes of the lines: where nothing made them fit, only that a project is not there."""
    return [step for step in ladder.relaxations if ladder.resolved or not step.after]


def _lines(entries: Sequence[Entry], folder: Path | None) -> list[str]:
    """The lines that uv is asked about."""
    return [line for entry in entries if entry.name and (line := _asked(entry, folder))]


def _lines_of(work: Work, listing: Listing) -> list[str]:
    asked = [text for _, text in listing.asked(work.changes)]
    return [*listing.options_of_uv(), *asked, *_lines(work.missing, listing.path.parent)]


def _pins(ladder: Ladder) -> Mapping[str, str]:
    """What uv would install, by project."""
    pins = (pin.partition(";")[0].strip() for pin in ladder.resolution.pins)
    return dict(pin.split("==", 1) for pin in pins if "==" in pin)


def _asked(entry: Entry, folder: Path | None) -> str:
    """The line that uv is asked about, "" for a wheel that nobody can say the folder of."""
    if not entry.path:
        return entry.requirement
    return f"{entry.name} @ {(folder / entry.path).absolute().as_uri()}" if folder else ""


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
        words = f"{entry.requirement}: {relaxation.reason}"
        return replace(only_a_comment(words, entry.comment, entry.span), above=entry.above)
    message = f"{relaxation.before} becomes {relaxation.after}: {relaxation.reason}"
    notes.append(Note(Status.REVIEW, message, TRY_NEWER, span=entry.span, about=entry.name))
    return replace(entry, specifier=_specifier(relaxation.after))


def _relaxed_line(work: Work, listed: Listed, relaxation: Relaxation, *, keeps: bool) -> Work:
    """The work with a line of the file relaxed, or with words about it."""
    before, after = relaxation.before, relaxation.after
    if after and not keeps:
        message = f"{before} becomes {after}: {relaxation.reason}"
        note = Note(Status.REVIEW, message, TRY_NEWER, span=listed.span, path=listed.path)
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
    return work.said(note)


def _specifier(requirement: str) -> str:
    from packaging.requirements import Requirement

    return ",".join(sorted((str(c) for c in Requirement(requirement).specifier), reverse=True))


def _about_the_set(ladder: Ladder, sources: Sequence[str], *, fits: bool) -> list[Note]:
    """What is built, what would not work, that the lines as they are written fit, or do not."""
    notes = [
        Note(
            Status.REVIEW,
            f"{project} has no build on PyPI: the container builds it when it installs it",
            "Prefer a package that has one.",
            about=canonical(project),
        )
        for project in ladder.built
    ]
    notes += map(_built, sources)
    broken = _broken(_pins(ladder)) if ladder.resolved else []
    notes += broken
    if fits and not broken:
        count = len(ladder.resolution.pins)
        message = f"uv finds versions that fit together: {count} packages with all that they need"
        notes.append(Note(Status.FIXED, message))
    if ladder.resolution.cause:
        cause = ladder.resolution.cause
        what = "do not fit together" if cause.why.is_about_packages else "could not be asked about"
        message = f"The packages {what} ({cause.why}): {cause.words[:400]}"
        notes.append(Note(Status.MANUAL, message, "Change what uv names, and run again."))
    return notes


def _built(pin: str) -> Note:
    message = (
        f"PyPI has no build of {pin} for Python 3.11, which uv takes all the same: the container "
        "would have to build it when it installs it"
    )
    remedy = "Let go of what keeps it there, and try with `migrate verify --install`."
    return Note(Status.REVIEW, message, remedy, about=canonical(pin.partition("==")[0]))


def _broken(pins: Mapping[str, str]) -> list[Note]:
    """What would be installed and not work, though its metadata says that it fits."""
    return [*_unguarded(pins), *_below_floors(pins)]


def _below_floors(pins: Mapping[str, str]) -> Iterator[Note]:
    specifiers = {name: f"=={version}" for name, version in pins.items()}
    for name, specifier in specifiers.items():
        floor, why = below_floor(name, specifier, specifiers)
        if why:
            message = f"uv would install {name} {pins[name]}: before {floor} {why}"
            remedy = f"List {name}>={floor}, or let go of what is older."
            yield Note(Status.MANUAL, message, remedy, about=name)


def _unguarded(pins: Mapping[str, str]) -> list[Note]:
    return [
        Note(
            Status.MANUAL,
            f"uv would install {guard.package} {pins.get(guard.package, 'not at all')}: {guard.reason}",
            f"List {guard.package}{guard.specifier}, or let go of what is older.",
            about=guard.package,
        )
        for guard in guards_for(pins)
    ]


def _not_asked(listing: Listing) -> list[Note]:
    """A word about what would have to be fetched or built to be asked about."""
    fetched = sorted({listed.name for listed in listing.lines if listing.is_fetched(listed)})
    if not fetched:
        return []
    message = f"uv was not asked about {', '.join(fetched)}, which would have to be fetched"
    remedy = "Check the whole with `migrate verify --install`."
    return [Note(Status.REVIEW, message, remedy, path=listing.path)]
