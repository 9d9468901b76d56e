"""What an existing dependency file lacks, as splices that leave everything else as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sis_codemods.dependencies.cautions import about_name, about_needs
from sis_codemods.dependencies.entries import Entry, Note, Plan, is_open
from sis_codemods.dependencies.existing import Work, with_advice, with_floors, with_streamlit
from sis_codemods.dependencies.freeze import reads_like_freeze
from sis_codemods.dependencies.imported import code_of
from sis_codemods.dependencies.imports import Import
from sis_codemods.dependencies.listed import Listed, Listing, is_address, read_listing, splices
from sis_codemods.dependencies.names import canonical, packages_of
from sis_codemods.dependencies.pip_list import why_by_hand
from sis_codemods.dependencies.resolved import refitted
from sis_codemods.dependencies.specifiers import admits_python, begins_at, has_versions
from sis_codemods.dependencies.unusable import about_unusable, names_of_unread
from sis_codemods.dependencies.warehouse_versions import differences, filled
from sis_codemods.dependencies.wheels import too_old
from sis_codemods.dependencies.working_set import SNOWFLAKE_EXTRAS, Code
from sis_migrate.documents.pyproject import Pyproject
from sis_migrate.model import Item, Span, Splice, Status
from sis_migrate.workspace import Workspace

if TYPE_CHECKING:
    from sis_migrate.resolver.ladder import Resolver


_WITHOUT_PYTHON_3_9 = "1.51"
"""The first Streamlit that needs Python 3.10, by the metadata of its releases."""


@dataclass(frozen=True, slots=True)
class How:
    """What decides beside the plan.

    ``root``: the folder that is deployed. ``container``: the app runs in a container already, so
    that its own file says more about what it needs than environment.yml: only imports count as a
    reason to add something, and its versions stay. ``uploaded``: the app's project file says that
    the file is. ``streamlit``: the user's own ("": ours). ``resolver``: whom to ask whether the
    versions fit. ``old_pandas`` is why pandas must stay below 3. ``locked``: a lock file is
    deployed too.
    """

    root: Path
    container: bool
    uploaded: bool = False
    streamlit: str = ""
    resolver: Resolver | None = None
    old_pandas: Note | None = None
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Completion:
    """The splices by file, in words what they do, and what else is to be said."""

    splices: tuple[tuple[Path, Splice], ...]
    message: str
    notes: tuple[Note, ...]
    is_left: bool = False
    """Whether the file still lacks something then: it carries hashes, or a wheel needs a table."""
    leaves_open: bool = False
    """Whether environment.yml lists something that a person has to decide about."""


def completion(
    path: Path,
    workspace: Workspace,
    plan: Plan,
    imports: Sequence[Import],
    how: How,
    text: str | None = None,
) -> Completion:
    """What a dependency file lacks of a plan; ``text`` where it is not written yet.

    Raises OSError and TextError where it cannot be read or edited.
    """
    listing = read_listing(path, workspace, text, how.root)
    names = {listed.name for listed in listing.lines} | names_of_unread(listing)
    names |= _brought_by_extras(listing.lines)
    wanted = _imported(plan, imports) if how.container else plan.active
    missing = [e for e in wanted if not (_is_listed(e, names) or _is_guard(e))]
    work = _versions(missing, listing, plan, code_of(imports, how.old_pandas), how)
    if listing.hashed:
        notes = tuple(_open_notes(plan, names, (), how))
        leaves_open = any(map(is_open, notes))
        notes += (*_without_hashes(work, listing), *about_unusable(listing, workspace, how.root))
        return Completion((), "", notes, bool(_done(work)), leaves_open)
    added = {e.name for e in missing} & {e.name for e in work.missing}
    notes = tuple(_open_notes(plan, names, added, how))
    leaves_open = any(map(is_open, notes))
    notes += (*work.notes, *about_unusable(listing, workspace, how.root, work.changes))
    notes += (*_listed_elsewhere(missing, listing),) if how.container else ()
    notes += (*_cautions(listing),)
    if not how.container:
        notes += (*_by_hand(listing), *_wheels(missing, listing))
        notes += () if how.locked else (*differences(work, listing, plan),)
        freeze = None if how.uploaded else reads_like_freeze(listing, _used(plan, imports))
        notes += (freeze,) if freeze else ()
    changed = bool(work.changes or work.missing)
    if listing.project:
        notes += (*_about_python(listing, work),)
        notes += (*_about_project(listing.project, path, how),) if changed else ()
    lines = [_line(entry) for entry in work.missing]
    edits = sorted(splices(listing, work.changes, lines), key=lambda edit: edit[0] != path)
    lacked = [f"{key} added" for key in (listing.project.lacks if listing.project else ())]
    is_left = bool(listing.project) and any(entry.path for entry in missing)
    return Completion(tuple(edits), ", ".join([*lacked, *_done(work)]), notes, is_left, leaves_open)


def _versions(missing: Sequence[Entry], listing: Listing, plan: Plan, code: Code, how: How) -> Work:
    # A wheel among the app's files would need a table of its own in a pyproject.toml.
    usable = tuple(entry for entry in missing if not (entry.path and listing.project))
    work = Work(missing=usable)
    if not (how.container or how.locked):
        work = filled(work, listing, plan)
    work = with_streamlit(work, listing, how.streamlit, keeps=how.container, locked=how.locked)
    if not how.container:
        work = with_floors(work, listing, code)
    elif not (how.locked or listing.hashed):
        work = with_advice(work, listing, code)
    if how.resolver and not listing.hashed:
        work = refitted(work, listing, how.resolver, keeps=how.container)
    return work


def _done(work: Work) -> list[str]:
    changed = dict.fromkeys(f"{listed.name} changed" for listed in work.changes)
    return [*(f"{entry.name} added" for entry in work.missing), *changed]


def _brought_by_extras(lines: Iterable[Listed]) -> set[str]:
    """The projects that Streamlit's own extra for Snowflake stands for."""
    for listed in lines:
        if listed.name == "streamlit" and SNOWFLAKE_EXTRAS.intersection(listed.line.extras):
            return {"snowflake-snowpark-python", "snowflake-connector-python"}
    return set()


def _imported(plan: Plan, imports: Sequence[Import]) -> tuple[Entry, ...]:
    modules = {found.module for found in imports}
    return tuple(
        entry
        for entry in plan.active
        if entry.name == "streamlit"
        or not modules.isdisjoint(entry.modules)
        or any(entry.name in map(canonical, packages_of(module) or ()) for module in modules)
    )


def _used(plan: Plan, imports: Sequence[Import]) -> set[str]:
    """The projects that the app imports or that its environment.yml lists."""
    imported = {canonical(p) for found in imports for p in packages_of(found.module) or ()}
    return imported | {entry.name for entry in plan.active}


def _line(entry: Entry) -> str:
    return f"./{entry.path}" if entry.path else entry.requirement


def _is_listed(entry: Entry, names: set[str]) -> bool:
    """Whether the project, or another that brings the same modules, is listed."""
    others = {canonical(p) for module in entry.modules for p in packages_of(module) or ()}
    return bool(names.intersection({entry.name, *others}))


def _is_guard(entry: Entry) -> bool:
    """Whether it was added for other lines of the plan: the file's own lines may need others."""
    return not (entry.span or entry.modules or entry.name == "streamlit")


def _open_notes(plan: Plan, names: set[str], added: Iterable[str], how: How) -> Iterator[Note]:
    """The notes about what is added now, and about what a person still has to decide."""
    for note in plan.notes:
        by_hand = note.status is Status.MANUAL and note.about not in names
        if note.about in added or (by_hand and (note.path or not how.container)):
            yield note


def _listed_elsewhere(missing: Iterable[Entry], listing: Listing) -> Iterator[Note]:
    """Why a container's own file gets a package of environment.yml, which it knows better than."""
    for entry in missing:
        if entry.span:
            message = (
                f"{entry.name} is added: the app imports it, and environment.yml lists it, but not "
                f"{listing.path.name}"
            )
            yield Note(Status.FIXED, message, span=entry.span)


def _without_hashes(work: Work, listing: Listing) -> Iterator[Note]:
    """What the file needs, where a line without a hash would make pip refuse all of it."""
    needed = _done(work)
    if needed:
        message = (
            f"{listing.path.name} carries hashes and is left as it is: a line without a hash would "
            f"make the installation fail; it needs: {', '.join(needed)}"
        )
        remedy = (
            "Make it anew with `uv pip compile --generate-hashes`, or deploy it without hashes."
        )
        yield Note(Status.MANUAL, message, remedy, path=listing.path)
    for note in work.notes:
        message = f"Not written, because {listing.path.name} carries hashes: {note.message}"
        yield replace(note, status=Status.MANUAL, message=message)


def _by_hand(listing: Listing) -> Iterator[Note]:
    """A word about lines that pip understands and that mean something else in the container."""
    for path, option in listing.options:
        text = option.text
        if not text.startswith(("-c", "--constraint")):
            span = Span(option.number, 1, option.number, option.width + 1)
            yield from _note_by_hand(text, path, span)
    for listed in listing.lines:
        address = listed.line.address
        if listed.line.direct and (is_address(address) or not listed.line.wheel):
            yield from _note_by_hand(address, listed.path, listed.span, listed.line.requirement)
        elif listed.line.direct:
            old = too_old(listed.line.wheel, listed.span, listed.path)
            yield from [old] if old else []
        elif listed.is_asked and listing.is_fetched(listed):
            table = f"{listed.name} of [tool.uv.sources]"
            yield from _note_by_hand("git+", listed.path, None, table)


def _cautions(listing: Listing) -> Iterator[Note]:
    """A word about projects that the file lists and that cannot do their work in the container."""
    for listed in listing.lines:
        yield from about_needs(listed.name, listed.span, listed.path)
        yield from about_name(listed.name, listed.span, listed.path)


def _note_by_hand(text: str, path: Path, span: Span | None, shown: str = "") -> Iterator[Note]:
    found = why_by_hand(text)
    if found:
        why, remedy = found
        message = f"{shown or text!r} in {path.name}: {why}"
        yield Note(Status.REVIEW, message, remedy, span=span, path=path)


def _wheels(missing: Sequence[Entry], listing: Listing) -> Iterator[Note]:
    for entry in missing:
        if entry.path and listing.project:
            message = f"The wheel {entry.path} is not added to {listing.path.name}"
            remedy = (
                f'Add "{entry.name}" to its dependencies, and under [tool.uv.sources] '
                f'{entry.name} = {{ path = "{entry.path}" }}.'
            )
            yield Note(Status.MANUAL, message, remedy, span=entry.span)


def _about_python(listing: Listing, work: Work) -> Iterator[Note]:
    wanted = listing.project.requires_python if listing.project else ""
    why = ""
    if not admits_python(wanted):
        why = "excludes Python 3.11, the container's"
    elif wanted and admits_python(wanted, "3.9") and _streamlit_begins(listing, work):
        why = (
            "admits Python 3.9, for which there is no such Streamlit: `uv lock` and `uv sync` stop"
        )
    if why:
        message = f"requires-python {wanted!r} {why}"
        remedy = 'Write requires-python = "==3.11.*".'
        yield Note(Status.MANUAL, message, remedy, item=Item.PYTHON, path=listing.path)


def _streamlit_begins(listing: Listing, work: Work) -> bool:
    """Whether the file will ask for a Streamlit that begins after Python 3.9 was dropped."""
    lines = [work.specifier(listed) for listed in listing.lines if listed.name == "streamlit"]
    added = [entry.specifier for entry in work.missing if entry.name == "streamlit"]
    return any(
        has_versions(specifier) and begins_at(specifier, _WITHOUT_PYTHON_3_9)
        for specifier in (*lines, *added)
    )


def _about_project(project: Pyproject, path: Path, how: How) -> Iterator[Note]:
    """A word, once, about what uv does with a project beside installing its list."""
    if project.builds:
        message = (
            f"{path.name} has a [build-system]: uv builds the folder as a package when it installs"
        )
        remedy = "If that is not meant, or fails, write [tool.uv] package = false."
        yield Note(Status.REVIEW, message, remedy, path=path)
    if project.groups and not how.container:
        names = ", ".join(project.groups)
        message = f"uv installs the dependency group {names} as well, unless it is told not to"
        remedy = "If the app does not need it, write [tool.uv] default-groups = []."
        yield Note(Status.REVIEW, message, remedy, path=path)
