"""The lines of the ``pip:`` list, which are pip's and not conda's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from sis_codemods.dependencies.entries import Entry, Note
from sis_codemods.dependencies.listed import beside, is_address
from sis_codemods.dependencies.names import canonical
from sis_migrate.documents.requirements import Line, installer_lines, parse_requirements
from sis_migrate.model import Status
from sis_migrate.textfile import TextError
from sis_migrate.workspace import Workspace

if TYPE_CHECKING:
    from sis_migrate.documents.conda import PipItem

_OWN_FOLDER = re.compile(r"(?:-e|--editable)?[ =]*\./?(?:\[[\w,-]*\])?")

# What a line begins with, why it cannot simply be taken over, and what to do instead.
_BY_HAND = (
    (
        ("-r", "--requirement"),
        "there is no such file that can be read",
        "Add what it lists to the new file yourself.",
    ),
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
        ("--no-binary",),
        "it makes the container build packages, for which it may lack the tools",
        "Take it out.",
    ),
    (
        ("file:", "/", "~"),
        "it is a path of one machine, which the container does not have",
        "Put a wheel of it into the app's files, and name that by its relative path.",
    ),
    (
        ("-e", "--editable", "."),
        "it is a folder or an archive, which the container would have to build",
        "Put its modules beside the app, or a wheel of it into the app's files.",
    ),
    (
        ("git+", "hg+", "svn+", "http:", "https:"),
        "the container reaches an address only by an integration",
        "Put a wheel of it into the app's files, or give the app access to the address.",
    ),
)
_OTHERWISE = ("only names with versions are converted", "Add the package to the new file yourself.")


NO_FILE = ("there is no such file", "Put it into the app's files, or add it yourself.")


def included(item: PipItem, home: Path, workspace: Workspace) -> Iterator[str]:
    """The lines that a pip line stands for, itself or those of the file that it includes.

    They are as an installer reads them. A line whose file is not there stays. Its path counts from
    ``home``, the folder of environment.yml, whence conda runs pip.
    """
    yield from _included(item.raw, home, workspace, frozenset())


def _included(
    text: str, folder: Path, workspace: Workspace, seen: frozenset[Path]
) -> Iterator[str]:
    for line in installer_lines(text):
        path = next((beside(folder, name) for name in parse_requirements(line).includes), None)
        try:
            inner = workspace.read(path).text if path else None
        except (OSError, TextError):
            inner = None
        if path is None or inner is None:
            yield line
        elif path not in seen:
            yield from _included(inner, path.parent, workspace, seen | {path})


def wheel_of(raw: str) -> Line | None:
    """The line, with the name that its file has, if it names a wheel by a relative path."""
    path = next((line.wheel for line in parse_requirements(raw).lines), "")
    return next(iter(parse_requirements(path).lines), None)


def convert_line(raw: str, item: PipItem) -> tuple[Entry | None, Note | None]:
    """The line of the new file for a line of pip's, and a word about it; None for nothing."""
    from packaging.requirements import InvalidRequirement, Requirement

    if _OWN_FOLDER.fullmatch(raw):
        message = f"{raw!r} is left out: the app's own folder needs no installation"
        return None, Note(Status.FIXED, message, span=item.span)
    try:
        wanted = Requirement(raw)
    except InvalidRequirement:
        return by_hand(raw, item, why_by_hand(raw) or _OTHERWISE)
    if wanted.url:
        return by_hand(raw, item, why_by_hand(wanted.url) or _OTHERWISE)
    entry = Entry(
        name=canonical(wanted.name),
        extras=tuple(sorted(wanted.extras)),
        specifier=str(wanted.specifier),
        marker=str(wanted.marker or ""),
        comment=item.comment,
        span=item.span,
    )
    return entry, None


def names_meant(raw: str) -> set[str]:
    """The projects, by canonical name, that a line without a version of PyPI's may stand for.

    It need not name one: a wheel, an address and a folder are often called as the project is.
    """
    place, _, fragment = raw.partition("#")
    words = [place.partition(" @ ")[0]] if " @ " in place else []
    words += re.findall(r"egg=([\w.-]+)", fragment)
    words.append(PurePosixPath(re.sub(r"(?<=.)@[^/@]*$", "", place).rstrip("/")).name)
    plain = (re.sub(r"\[.*\]|\.git$|(-[\d].*)?\.(whl|zip|tar\.gz)$", "", word) for word in words)
    return {canonical(word) for word in plain if re.fullmatch(r"[A-Za-z0-9][\w.-]*", word)}


def why_by_hand(words: str) -> tuple[str, str] | None:
    """Why a line cannot simply be taken over, a clause, and what to do instead; None if it can."""
    plain = words.removeprefix("--editable").removeprefix("-e").lstrip(" =")
    asked = plain if is_address(words) else words
    return next(
        ((why, remedy) for begins, why, remedy in _BY_HAND if asked.startswith(begins)), None
    )


def by_hand(raw: str, item: PipItem, why: tuple[str, str]) -> tuple[Entry, Note]:
    """A comment for a line that is left to a person, and a word with the reason and what to do."""
    where = "the pip list" if raw in item.raw else f"{item.raw!r} of the pip list"
    message = f"{raw!r} of {where} is not converted: {why[0]}"
    note = Note(Status.MANUAL, message, why[1], span=item.span)
    return Entry("", comment=f"{raw}: not converted", span=item.span), note
