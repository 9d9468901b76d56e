"""The lines of a dependency file at which an installer stops: it cannot read them, or find a file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from sis_codemods.dependencies.entries import Note
from sis_codemods.dependencies.listed import OUTSIDE, Listed, Listing, Unreached, beside
from sis_codemods.dependencies.names import canonical
from sis_codemods.dependencies.specifiers import is_specifier
from sis_migrate.documents.pyproject import Pyproject
from sis_migrate.documents.requirements import Option
from sis_migrate.model import Span, Status
from sis_migrate.workspace import Workspace

_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")


def names_of_unread(listing: Listing) -> set[str]:
    """The projects that lines nobody can read may have meant: they are not listed a second time."""
    found = (_NAME.match(option.text) for _, option in listing.unread)
    return {canonical(name[0]) for name in found if name}


def about_unusable(
    listing: Listing, workspace: Workspace, root: Path, changes: Mapping[Listed, str] | None = None
) -> Iterator[Note]:
    """A word about each of the lines; ``root`` is the folder that is deployed.

    ``changes`` are the specifiers that lines are about to get.
    """
    for path, option in listing.unread:
        yield _unread(path, option, listing.project)
    for unreached in listing.unreached:
        yield _unreached(unreached, listing.path)
    for listed in listing.lines:
        specifier = listed.line.specifier
        new = (changes or {}).get(listed)
        if _goes_on(listed.line.raw if new is None else listed.line.with_specifier(new)):
            yield _going_on(listed)
        if listed.line.wheel:
            yield from _no_wheel(listed, workspace, root)
        elif not (listed.line.direct or "===" in specifier or is_specifier(specifier)):
            message = (
                f"{listed.line.requirement!r} is not valid: no installer can read {specifier!r}"
            )
            yield Note(Status.MANUAL, message, _correct(listed), span=listed.span, path=listed.path)


def _goes_on(raw: str) -> bool:
    """Whether a line of a requirements file goes on behind a backslash before its options.

    pip joins such lines; uv 0.13.9 does so only before ``--hash`` and the like.
    """
    said = re.split(r"\s(?:--|#)", raw)[0].rstrip(" \t\r\n\\")
    return "\\\n" in said.replace("\r\n", "\n")


def _going_on(listed: Listed) -> Note:
    message = (
        f"{listed.line.requirement!r} in {listed.path.name} goes on behind a backslash, where uv, the "
        "container's installer, stops"
    )
    return Note(Status.MANUAL, message, "Write it on one line.", span=listed.span, path=listed.path)


def _unread(path: Path, option: Option, project: Pyproject | None) -> Note:
    message = f"{option.text!r} in {path.name} is not valid: installing stops there"
    remedy = "Write the name of a project, with a version as in 'pandas==2.1', or take it out."
    span = project.place(option) if project else _span(option)
    return Note(Status.MANUAL, message, remedy, span=span, path=path)


def _unreached(unreached: Unreached, file: Path) -> Note:
    option, path = unreached.reference.option, unreached.path
    message = f"{option.text!r} in {path.name} stops the installation: {unreached.why}"
    remedy = (
        f"Write what it says into {file.name} itself, or put the file among the app's, and name it "
        "by its relative path."
    )
    return Note(Status.MANUAL, message, remedy, span=_span(option), path=path)


def _no_wheel(listed: Listed, workspace: Workspace, root: Path) -> Iterator[Note]:
    """A word about a wheel that is not there, or will not be."""
    wheel = beside(listed.path.parent, listed.line.wheel)
    why = ""
    if not workspace.exists(wheel):
        why = "there is no such file"
    elif not wheel.is_relative_to(root):
        why = OUTSIDE
    if why:
        message = f"{listed.line.wheel!r} in {listed.path.name} stops the installation: {why}"
        remedy = "Put it into the app's files, or take the line out."
        yield Note(Status.MANUAL, message, remedy, span=listed.span, path=listed.path)


def _span(option: Option) -> Span:
    return Span(option.number, 1, option.number, option.width + 1)


def _correct(listed: Listed) -> str:
    """What the line may have meant: ``.*`` only goes with ``==`` and ``!=``."""
    plain = re.sub(r"(?<![=!]=)([\d.]+)\.\*", r"\1", listed.line.specifier)
    meant = f", as in {listed.requirement(plain)!r}" if is_specifier(plain) else ""
    return f"Write its versions as PEP 440 has them{meant}."
