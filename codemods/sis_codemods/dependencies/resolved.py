"""A plan whose versions uv has found to fit together (``--resolve``), with a word for each change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sis_codemods.dependencies.entries import Entry, Note, Plan
from sis_codemods.dependencies.names import canonical
from sis_codemods.dependencies.versions import Guard, guards_for
from sis_migrate.model import Status

if TYPE_CHECKING:
    from sis_migrate.verify.resolve import Ladder, Relaxation, Resolver


def resolved(plan: Plan, resolver: Resolver) -> Plan:
    """The plan, relaxed as little as uv needs it to be, with a note for each relaxed line.

    ``resolver`` as :func:`sis_migrate.verify.resolve.climb` takes it; its UvError becomes a note,
    and the plan stays.
    """
    from sis_migrate.verify.uv import UvError

    try:
        ladder, added = _climb(plan, resolver)
    except UvError as error:
        message = f"The versions could not be checked: {error}"
        remedy = "Run again with --resolve, or check with `migrate verify`."
        return replace(plan, notes=(*plan.notes, Note(Status.MANUAL, message, remedy)))
    entries = plan.entries
    notes = list(plan.notes)
    for guard in added:
        entries = (*entries, Entry(guard.package, specifier=guard.specifier))
        message = f"{guard.package}{guard.specifier} is added: {guard.reason}"
        remedy = "Drop it once the app works with newer versions."
        notes.append(Note(Status.REVIEW, message, remedy, about=guard.package))
    for relaxation in ladder.relaxations:
        entries = tuple(_relaxed(entry, relaxation, notes) for entry in entries)
    notes += _about_building(ladder)
    if ladder.resolution.cause:
        words = ladder.resolution.cause.words
        message = f"The packages do not fit together ({ladder.resolution.cause.why}): {words[:400]}"
        notes.append(Note(Status.MANUAL, message, "Change what uv names, and run again."))
    return replace(plan, entries=entries, notes=tuple(notes))


def _climb(plan: Plan, resolver: Resolver) -> tuple[Ladder, tuple[Guard, ...]]:
    """The ladder, and what had to be added because uv's answer would not have worked."""
    from sis_migrate.verify.resolve import climb

    lines = [entry.requirement for entry in plan.active if not entry.path]
    ladder = climb(lines, resolver)
    pins = dict(pin.split("==", 1) for pin in ladder.resolution.pins if "==" in pin)
    added = tuple(g for g in guards_for(pins) if all(e.name != g.package for e in plan.active))
    if added:
        ladder = climb([*lines, *(f"{g.package}{g.specifier}" for g in added)], resolver)
    return ladder, added


def _relaxed(entry: Entry, relaxation: Relaxation, notes: list[Note]) -> Entry:
    if not entry.name or entry.requirement != relaxation.before:
        return entry
    if not relaxation.after:
        message = f"{entry.requirement} is not listed: {relaxation.reason}"
        remedy = "Find out what brings it, or leave it out."
        notes.append(Note(Status.MANUAL, message, remedy, span=entry.span, about=entry.name))
        return replace(entry, name="", comment=f"{entry.requirement}: {relaxation.reason}")
    message = f"{relaxation.before} becomes {relaxation.after}: {relaxation.reason}"
    remedy = "Try the app with the newer version."
    notes.append(Note(Status.REVIEW, message, remedy, span=entry.span, about=entry.name))
    return replace(entry, specifier=_specifier(relaxation.after))


def _specifier(requirement: str) -> str:
    from packaging.requirements import Requirement

    return ",".join(sorted((str(c) for c in Requirement(requirement).specifier), reverse=True))


def _about_building(ladder: Ladder) -> list[Note]:
    return [
        Note(
            Status.REVIEW,
            f"{project} has no build on PyPI: the container builds it when it installs it",
            "Prefer a package that has one.",
            about=canonical(project),
        )
        for project in ladder.built
    ]
