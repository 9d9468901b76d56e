"""The lines of a plan put in order: one a project, Streamlit first, versions that work, comments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sis_codemods.dependencies.entries import Entry, Note
from sis_codemods.dependencies.needs import openings
from sis_codemods.dependencies.versions import choose_streamlit, ended, guards, keeps_numpy_1, relax
from sis_migrate.model import Item, Status

if TYPE_CHECKING:
    from sis_migrate.documents.conda import Environment


TRY_NEWER = "Try the app with the newer version."
TRY_STREAMLIT = "Try the app with it, or choose another one with --streamlit."


def merged(entries: Iterable[Entry], notes: list[Note]) -> Iterator[Entry]:
    """One line for a project that is listed more than once: uv would intersect them anyway."""
    seen: dict[str, Entry] = {}
    order: list[Entry | str] = []
    for entry in entries:
        if not entry.name:
            order.append(entry)
        elif entry.name not in seen or seen[entry.name].marker != entry.marker:
            key = entry.name if entry.name not in seen else f"{entry.name};{entry.marker}"
            seen[key] = entry
            order.append(key)
        else:
            seen[entry.name] = _both(seen[entry.name], entry)
            message = f"{entry.name} is listed more than once: both versions count"
            notes.append(Note(Status.REVIEW, message, span=entry.span, about=entry.name))
    for item in order:
        yield seen[item] if isinstance(item, str) else item


def _both(one: Entry, other: Entry) -> Entry:
    clauses = dict.fromkeys(filter(None, [*one.specifier.split(","), *other.specifier.split(",")]))
    return replace(
        one,
        specifier=",".join(clauses),
        extras=tuple(dict.fromkeys((*one.extras, *other.extras))),
        comment=one.comment or other.comment,
    )


def with_streamlit(entries: list[Entry], wanted: str, notes: list[Note]) -> list[Entry]:
    """The lines with Streamlit first, at a version that the container runs."""
    old = next((entry for entry in entries if entry.name == "streamlit"), Entry("streamlit"))
    choice = choose_streamlit(old.specifier, wanted)
    if choice.reason:
        status = Status.REVIEW if choice.doubtful else Status.FIXED
        remedy = TRY_STREAMLIT if choice.doubtful else ""
        notes.append(
            Note(status, choice.reason, remedy, Item.STREAMLIT, old.span, about="streamlit")
        )
    new = replace(old, specifier=choice.specifier)
    return [new, *(entry for entry in entries if entry.name != "streamlit")]


def with_old_pandas(entries: list[Entry], why: Note | None, notes: list[Note]) -> list[Entry]:
    """The lines with pandas below 3, where there is a reason and no version that says otherwise."""
    listed = next((entry for entry in entries if entry.name == "pandas"), None)
    specifier = ended(listed.specifier if listed else "", "3")
    if why is None or (listed and specifier == listed.specifier):
        return entries
    notes.append(why)
    if listed is None:
        return [*entries, Entry("pandas", specifier=specifier, modules=("pandas",))]
    return [replace(e, specifier=specifier) if e is listed else e for e in entries]


def with_versions(entries: Sequence[Entry], notes: list[Note]) -> Iterator[Entry]:
    """The lines with the versions that the measured floors and guards allow."""
    numpy_1 = any(
        e.name == "numpy" and keeps_numpy_1(relax("numpy", e.specifier, numpy_1=False).specifier)
        for e in entries
    )
    done: list[Entry] = []
    for entry in entries:
        choice = relax(entry.name, entry.specifier, numpy_1=numpy_1)
        if choice.reason:
            notes.append(
                Note(Status.REVIEW, choice.reason, TRY_NEWER, span=entry.span, about=entry.name)
            )
        done.append(replace(entry, specifier=choice.specifier))
    for guard in guards({entry.name: entry.specifier for entry in done}):
        notes.append(
            Note(
                Status.REVIEW,
                f"{guard.package}{guard.specifier} is added: {guard.reason}",
                "Drop it once the app works with newer versions.",
                about=guard.package,
            )
        )
        done.append(Entry(guard.package, specifier=guard.specifier))
    yield from _with_openings(done, notes)


def _with_openings(entries: Sequence[Entry], notes: list[Note]) -> Iterator[Entry]:
    """The lines with the pins opened that leave no Streamlit or no Snowpark."""
    by_name = {entry.name: entry.specifier for entry in entries if entry.name}
    found = {opening.package: opening for opening in openings(by_name)}
    for entry in entries:
        opening = found.get(entry.name)
        if opening is None:
            yield entry
            continue
        notes.append(
            Note(Status.REVIEW, opening.reason, TRY_NEWER, span=entry.span, about=entry.name)
        )
        yield replace(entry, specifier=opening.specifier)


def place_comments(
    environment: Environment, entries: Sequence[Entry]
) -> tuple[tuple[str, ...], list[Entry], tuple[str, ...]]:
    """Put each comment line above the entry that follows it in environment.yml."""
    placed = {entry.span.line: [] for entry in entries if entry.span}  # type: dict[int, list[str]]
    header: list[str] = []
    trailer: list[str] = []
    for comment in environment.comments:
        following = [line for line in placed if line > comment.line]
        if comment.line < environment.dependencies_line:
            header.append(comment.text)
        elif following:
            placed[min(following)].append(comment.text)
        else:
            trailer.append(comment.text)
    with_comments = [
        replace(entry, above=tuple(placed[entry.span.line])) if entry.span else entry
        for entry in entries
    ]
    return tuple(header), with_comments, tuple(trailer)
