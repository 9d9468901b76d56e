"""The lines of the ``pip:`` list, which are pip's and not conda's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from sis_codemods.dependencies.entries import Entry, Note
from sis_codemods.dependencies.names import canonical
from sis_migrate.model import Status
from sis_migrate.textfile import TextError
from sis_migrate.workspace import Workspace

if TYPE_CHECKING:
    from sis_migrate.documents.conda import PipItem

_OWN_FOLDER = re.compile(r"(?:-e|--editable)?[ =]*\.?/?(?:\[[\w,-]*\])?")
_INCLUDE = re.compile(r"(?:-r|--requirement)[ =]*(\S+)")
_WHEEL = re.compile(r"(?:file:)?(?P<path>[^:@]*?(?P<name>[A-Za-z0-9][A-Za-z0-9_.]*)-[^/@]*\.whl)")

# What a line begins with, why it cannot simply be taken over, and what to do instead.
_BY_HAND = (
    (("-c", "--constraint"), "it only limits versions", "Use [tool.uv] constraint-dependencies."),
    (
        ("-i", "--index-url", "--extra-index-url"),
        "it names another package index",
        "Name the index in [[tool.uv.index]] of a pyproject.toml, and give the app access to it.",
    ),
    (
        ("-f", "--find-links", "--trusted-host", "--no-index", "--pre"),
        "it is an option of pip's",
        "See whether uv needs it, in [tool.uv] of a pyproject.toml.",
    ),
    (
        ("-e", "--editable", ".", "/"),
        "it is a folder, which the container would have to build",
        "Put its modules beside the app, or a wheel of it into the app's files.",
    ),
    (
        ("git+", "hg+", "svn+", "http:", "https:"),
        "the container reaches an address only by an integration",
        "Put a wheel of it into the app's files, or give the app access to the address.",
    ),
)
_OTHERWISE = ("only names with versions are converted", "Add the package to the new file yourself.")


def included(item: PipItem, folder: Path, workspace: Workspace) -> Iterator[str]:
    """The lines that a pip line stands for: itself, or those of the file that it includes.

    The file's own includes stay lines. A file that cannot be read leaves the line as it is.
    """
    match = _INCLUDE.fullmatch(item.raw)
    try:
        text = workspace.read(folder / match.group(1)).text if match else item.raw
    except (OSError, TextError):
        text = item.raw
    for line in text.splitlines():
        content = re.sub(r"(^|\s)#.*", "", line).split(" --hash")[0].rstrip("\\").strip()
        if content and not content.startswith("--hash"):
            yield content


def convert_line(raw: str, item: PipItem, has_file: bool) -> tuple[Entry | None, Note | None]:
    """The line of the new file for a line of pip's, and a word about it; None for nothing.

    ``has_file``: the wheel that the line names is there.
    """
    from packaging.requirements import InvalidRequirement, Requirement

    if _OWN_FOLDER.fullmatch(raw):
        message = f"{raw!r} is left out: the app's own folder needs no installation"
        return None, Note(Status.FIXED, message, span=item.span)
    wheel = wheel_of(raw)
    if wheel and has_file:
        name, path = wheel
        return Entry(name, comment=item.comment, span=item.span, path=path), None
    try:
        wanted = Requirement(raw)
    except InvalidRequirement:
        return _by_hand(raw, item)
    if wanted.url:
        return _by_hand(wanted.url, item)
    entry = Entry(
        name=canonical(wanted.name),
        extras=tuple(sorted(wanted.extras)),
        specifier=str(wanted.specifier),
        marker=str(wanted.marker or ""),
        comment=item.comment,
        span=item.span,
    )
    return entry, None


def wheel_of(raw: str) -> tuple[str, str] | None:
    """The project and the relative path of a wheel that a line names; None for another line."""
    match = _WHEEL.fullmatch(raw.rpartition(" @ ")[2].strip())
    if match is None or "://" in raw or PurePosixPath(match["path"]).is_absolute():
        return None
    return canonical(match["name"]), match["path"].removeprefix("./")


def why_by_hand(words: str) -> tuple[str, str] | None:
    """Why a line cannot simply be taken over, a clause, and what to do instead; None if it can."""
    return next(
        ((why, remedy) for begins, why, remedy in _BY_HAND if words.startswith(begins)), None
    )


def _by_hand(words: str, item: PipItem) -> tuple[Entry, Note]:
    why, remedy = why_by_hand(words) or _OTHERWISE
    message = f"{item.raw!r} of the pip list is not converted: {why}"
    note = Note(Status.MANUAL, message, remedy, span=item.span)
    return Entry("", comment=f"{item.raw}: not converted", span=item.span), note
