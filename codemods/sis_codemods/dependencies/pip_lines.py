"""What becomes of the lines of the ``pip:`` list of environment.yml, and of files that it includes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sis_codemods.dependencies.cautions import about_name
from sis_codemods.dependencies.choices import Choices
from sis_codemods.dependencies.entries import Entry, Note, only_a_comment
from sis_codemods.dependencies.listed import beside, holds
from sis_codemods.dependencies.names import canonical
from sis_codemods.dependencies.pip_list import (
    NO_FILE,
    by_hand,
    convert_line,
    included,
    names_meant,
    wheel_of,
)
from sis_codemods.dependencies.wheels import too_old
from sis_migrate.documents.requirements import Line
from sis_migrate.model import Status
from sis_migrate.workspace import Workspace

if TYPE_CHECKING:
    from sis_migrate.documents.conda import Environment, PipItem


def listed_for_pip(environment: Environment, choices: Choices) -> Iterator[Entry | Note]:
    """The lines and the words for the list."""
    workspace = choices.workspace or Workspace()
    for item in environment.pip:
        for number, raw in enumerate(included(item, choices.home, workspace)):
            # A comment behind "-r more.txt" is one, however many lines the file has.
            own = replace(item, comment="") if number else item
            yield from _line(raw, own, choices, workspace)
        if "--hash" in item.raw:
            message = (
                f"The hash of {item.raw.partition(' ')[0]!r} is not taken over: a file in which only "
                "some lines have one cannot be installed"
            )
            remedy = "If hashes are required, make a list with `uv pip compile --generate-hashes`."
            yield Note(Status.REVIEW, message, remedy, span=item.span)


def undecided_for_pip(environment: Environment, choices: Choices) -> dict[str, str]:
    """The lines that are not converted, by the names of projects that they may stand for."""
    workspace = choices.workspace or Workspace()
    found: dict[str, str] = {}
    for item in environment.pip:
        for raw in included(item, choices.home, workspace):
            decided = list(_line(raw, item, choices, workspace))
            if any(isinstance(each, Note) and each.status is Status.MANUAL for each in decided):
                found |= dict.fromkeys(names_meant(raw), raw)
    return found


def _line(
    raw: str, item: PipItem, choices: Choices, workspace: Workspace
) -> Iterator[Entry | Note]:
    wheel = wheel_of(raw)
    if wheel:
        yield from _wheel(raw, wheel, item, choices, workspace)
        return
    entry, note = convert_line(raw, item)
    if entry and not holds(entry.marker):
        message = f"{raw!r} of the pip list is left out: its marker does not hold in the container"
        entry, note = None, Note(Status.FIXED, message, span=item.span)
    yield from [note] if note else []
    if entry and entry.name:
        yield entry
        yield from about_name(entry.name, item.span)
    elif entry or item.comment:
        words = entry.comment if entry else f"{raw}: left out"
        yield only_a_comment(words, item.comment, item.span)


def _wheel(
    raw: str, wheel: Line, item: PipItem, choices: Choices, workspace: Workspace
) -> Iterator[Entry | Note]:
    """A wheel keeps its place: its path counts from the new file then."""
    file = beside(choices.home, wheel.wheel)
    if not workspace.exists(file):
        entry, note = by_hand(raw, item, NO_FILE)
        yield only_a_comment(entry.comment, item.comment, item.span)
        yield note
        return
    path = Path(os.path.relpath(file, choices.folder)).as_posix()
    yield Entry(canonical(wheel.name), comment=item.comment, span=item.span, path=path)
    old = too_old(path, item.span)
    yield from [old] if old else []
