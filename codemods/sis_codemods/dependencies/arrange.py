"""The lines of a plan put in order: one a project, Streamlit first, versions that work, comments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sis_codemods.dependencies.entries import Entry, Note
from sis_codemods.dependencies.floors import from_the_least, why_begun
from sis_codemods.dependencies.specifiers import has_versions, joined, overlap, same
from sis_codemods.dependencies.streamlit_releases import (
    TRY_STREAMLIT,
    choose_streamlit,
    why_narrowed,
)
from sis_codemods.dependencies.working_set import NO_CODE, Change, Code, Wanted, changes
from sis_migrate.model import Item, Status

if TYPE_CHECKING:
    from sis_migrate.documents.conda import Environment


def merged(entries: Iterable[Entry], notes: list[Note]) -> list[Entry]:
    """One line for a project that is listed more than once: uv would intersect them anyway.

    Of versions that rule each other out the last ones count, as they do where pip installs last.
    """
    found: list[Entry] = []
    places: dict[str, int] = {}
    for entry in entries:
        if entry.name in places:
            at = places[entry.name]
            notes += _about_both(found[at], entry)
            found[at] = _both(found[at], entry)
            continue
        if entry.name:
            places[entry.name] = len(found)
        found.append(entry)
    return found


def _about_both(one: Entry, other: Entry) -> Iterator[Note]:
    """A word about two lines of a project, where both name versions and not the same ones."""
    versions = {one.specifier, other.specifier} - {""}
    if len(versions) < 2:
        return
    message = f"{other.name} is listed more than once: both versions count"
    remedy = ""
    if _exclude(one, other):
        message = (
            f"{other.name} is listed as {one.specifier} and as {other.specifier}, which rule each "
            "other out: the last one counts"
        )
        remedy = "Leave the line that is meant."
    yield Note(Status.REVIEW, message, remedy, span=other.span, about=other.name)


def _exclude(one: Entry, other: Entry) -> bool:
    readable = has_versions(one.specifier) and has_versions(other.specifier)
    return readable and not overlap(one.specifier, other.specifier)


def _both(one: Entry, other: Entry) -> Entry:
    """Two lines of a project as one; of two markers, which both hold in the container, none."""
    both = joined([one.specifier, other.specifier])
    return replace(
        one,
        specifier=other.specifier if _exclude(one, other) else both,
        span=one.span if one.specifier or not other.specifier else other.span,
        extras=tuple(dict.fromkeys((*one.extras, *other.extras))),
        marker=one.marker if one.marker == other.marker else "",
        comment="; ".join(filter(None, [one.comment, other.comment])),
        modules=tuple(dict.fromkeys((*one.modules, *other.modules))),
        path=one.path or other.path,
    )


def with_streamlit(entries: list[Entry], wanted: str, notes: list[Note]) -> list[Entry]:
    """The lines with Streamlit first, at a version that the container runs."""
    old = next((entry for entry in entries if entry.name == "streamlit"), Entry("streamlit"))
    choice = choose_streamlit(old.specifier, wanted)
    reason = choice.reason
    is_listed = bool(old.specifier or old.span)
    if not reason and is_listed and not same(old.specifier, choice.specifier):
        reason = why_narrowed(old.specifier, choice.specifier, wanted=bool(wanted))
    if reason:
        status = Status.REVIEW if choice.doubtful else Status.FIXED
        remedy = TRY_STREAMLIT if choice.doubtful else ""
        notes.append(Note(status, reason, remedy, Item.STREAMLIT, old.span, about="streamlit"))
    new = replace(old, specifier=choice.specifier)
    return [new, *(entry for entry in entries if entry.name != "streamlit")]


def with_versions(entries: list[Entry], notes: list[Note], code: Code = NO_CODE) -> list[Entry]:
    """The lines with versions that work in the container.

    Where the ``code`` says that pandas must stay below 3, that holds whether it is listed or not.
    """
    if code.old_pandas and all(entry.name != "pandas" for entry in entries):
        entries = [*entries, Entry("pandas", modules=("pandas",))]
    found = changes(map(wanted, entries), code=code)
    return [_begun(entry, notes) for entry in with_changes(entries, found, notes)]


def _begun(entry: Entry, notes: list[Note]) -> Entry:
    """The line with a beginning, where uv would go back to releases that do not work."""
    after = from_the_least(entry.name, entry.specifier)
    if after == entry.specifier:
        return entry
    if entry.span:  # a line that is added has no version of its own to explain
        why = why_begun(entry.name, after)
        notes.append(Note(Status.FIXED, why, span=entry.span, about=entry.name))
    return replace(entry, specifier=after)


def wanted(entry: Entry) -> Wanted:
    """A line as far as its versions go."""
    fixed = bool(not entry.name or entry.path or not has_versions(entry.specifier))
    return Wanted(entry.name, entry.specifier, entry.extras, fixed)


def with_changes(
    entries: Sequence[Entry], found: Iterable[Change], notes: list[Note]
) -> list[Entry]:
    """The lines with changes made to them, and a note for each where the line stands."""
    done = [*entries]
    for change in found:
        old = done[change.index] if change.index < len(done) else Entry(change.name)
        done[change.index : change.index + 1] = [replace(old, specifier=change.specifier)]
        elsewhere = change.note.path is not None
        notes.append(change.note if elsewhere else replace(change.note, span=old.span))
    return done


def place_comments(
    environment: Environment, entries: Sequence[Entry]
) -> tuple[tuple[str, ...], list[Entry], tuple[str, ...]]:
    """Put each comment line above the first entry that follows it in environment.yml."""
    placed: dict[int, list[str]] = {}
    header: list[str] = []
    trailer: list[str] = []
    in_file = sorted((e.span, at) for at, e in enumerate(entries) if e.span)
    for comment in environment.comments:
        following = (at for span, at in in_file if span.line > comment.line)
        if comment.line < environment.dependencies_line:
            header.append(comment.text)
        elif (at := next(following, None)) is not None:
            placed.setdefault(at, []).append(comment.text)
        else:
            trailer.append(comment.text)
    with_comments = [
        replace(entry, above=tuple(placed.get(at, ()))) for at, entry in enumerate(entries)
    ]
    return tuple(header), with_comments, tuple(trailer)
