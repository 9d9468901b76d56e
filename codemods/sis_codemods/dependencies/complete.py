"""What an existing dependency file lacks, as splices that leave everything else as it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sis_codemods.dependencies.entries import Entry, Note, Plan
from sis_codemods.dependencies.imports import Import
from sis_codemods.dependencies.names import canonical, packages_of
from sis_codemods.dependencies.versions import (
    admits_python,
    choose_streamlit,
    runs_in_container,
)
from sis_migrate.documents.pyproject import Pyproject, add_dependencies, read_pyproject
from sis_migrate.documents.requirements import Line, parse_requirements
from sis_migrate.model import Item, Splice, Status
from sis_migrate.textfile import TextError
from sis_migrate.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Completion:
    """The splices, in words what they do, and what else is to be said."""

    splices: tuple[Splice, ...]
    message: str
    notes: tuple[Note, ...]


def completion(
    path: Path, workspace: Workspace, plan: Plan, imports: Sequence[Import], *, container: bool
) -> Completion:
    """What a dependency file lacks of a plan.

    ``container``: the app runs in a container already, so that its own file says more about what
    it needs than environment.yml, and only imports count as a reason to add something.
    """
    text = workspace.read(path).text
    project = read_pyproject(text) if path.suffix == ".toml" else None
    listed = project.requires if project else tuple(_lines(path, workspace, set()))
    names = {canonical(line.name) for line in listed} | _brought_by_extras(listed)
    wanted = _imported(plan, imports) if container else plan.active
    # A wheel among the app's files would need a table of its own in a pyproject.toml.
    usable = [entry for entry in wanted if not (entry.path and project)]
    missing = [entry for entry in usable if not _is_listed(entry, names)]
    raised = next(_too_old(listed), None)
    notes = [*_open_notes(plan, names, {e.name for e in missing}, container=container)]
    if project:
        notes += _about_python(project, path)
        notes += _about_building(path) if project.builds and (missing or raised) else ()
    if raised:
        reason = choose_streamlit(raised.specifier).reason
        notes.append(Note(Status.FIXED, reason, item=Item.STREAMLIT, path=path))
    done = [
        *(f"{entry.name} added" for entry in missing),
        *(["Streamlit raised"] if raised else []),
    ]
    make = _in_pyproject if project else _in_requirements
    splices = make(text, [_line(entry) for entry in missing], raised)
    return Completion(tuple(splices), ", ".join(done), tuple(notes))


def _lines(path: Path, workspace: Workspace, seen: set[Path]) -> Iterator[Line]:
    """The lines of a requirements file and of those that it includes."""
    seen.add(path)
    try:
        found = parse_requirements(workspace.read(path).text)
    except (OSError, TextError):
        return
    yield from found.lines
    for name in found.includes:
        if path.parent / name not in seen:
            yield from _lines(path.parent / name, workspace, seen)


def _brought_by_extras(listed: Sequence[Line]) -> set[str]:
    """The projects that Streamlit's own extra for Snowflake stands for."""
    for line in listed:
        if canonical(line.name) == "streamlit" and {"snowflake", "all"}.intersection(line.extras):
            return {"snowflake-snowpark-python", "snowflake-connector-python"}
    return set()


def _imported(plan: Plan, imports: Sequence[Import]) -> tuple[Entry, ...]:
    names = {canonical(p) for found in imports for p in packages_of(found.module) or ()}
    return tuple(entry for entry in plan.active if entry.name in {*names, "streamlit"})


def _line(entry: Entry) -> str:
    return f"./{entry.path}" if entry.path else entry.requirement


def _is_listed(entry: Entry, names: set[str]) -> bool:
    """Whether the project, or another that brings the same modules, is listed."""
    others = {canonical(p) for module in entry.modules for p in packages_of(module) or ()}
    return bool(names.intersection({entry.name, *others}))


def _too_old(listed: Sequence[Line]) -> Iterator[Line]:
    """The line of a Streamlit that no container can run."""
    for line in listed:
        if canonical(line.name) == "streamlit" and not runs_in_container(line.specifier):
            yield line


def _open_notes(plan: Plan, names: set[str], added: set[str], *, container: bool) -> Iterator[Note]:
    """The notes about what is added now, and about what a person still has to decide."""
    for note in plan.notes:
        by_hand = note.status is Status.MANUAL and note.about not in names
        if note.about in added or (by_hand and (note.path or not container)):
            yield note


def _about_python(project: Pyproject, path: Path) -> Iterator[Note]:
    if not admits_python(project.requires_python):
        message = (
            f"requires-python {project.requires_python!r} excludes Python 3.11, the container's"
        )
        remedy = 'Write requires-python = "==3.11.*".'
        yield Note(Status.MANUAL, message, remedy, item=Item.PYTHON, path=path)


def _about_building(path: Path) -> tuple[Note, ...]:
    message = (
        f"{path.name} has a [build-system]: uv builds the folder as a package when it installs"
    )
    remedy = "If that is not meant, or fails, write [tool.uv] package = false."
    return (Note(Status.REVIEW, message, remedy, path=path),)


def _in_pyproject(text: str, lines: Sequence[str], raised: Line | None) -> list[Splice]:
    new = choose_streamlit(raised.specifier).specifier if raised else ""
    replaced = {raised.raw: raised.with_specifier(new)} if raised else {}
    splice = add_dependencies(text, lines, replaced)
    return [splice] if splice else []


def _in_requirements(text: str, lines: Sequence[str], raised: Line | None) -> list[Splice]:
    newline = "\r\n" if "\r\n" in text else "\n"
    splices = []
    if raised and raised.raw in text.splitlines():
        new = choose_streamlit(raised.specifier).specifier
        splices.append(Splice(raised.start, raised.end, new))
    if lines:
        before = "" if not text or text.endswith("\n") else newline
        added = "".join(f"{line}{newline}" for line in lines)
        splices.append(Splice(len(text), len(text), before + added))
    return splices
