"""What becomes of the lines of the ``pip:`` list of environment.yml, and of files that it includes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from sis_codemods.dependencies.cautions import about_name
from sis_codemods.dependencies.choices import Choices
from sis_codemods.dependencies.entries import Entry, Note, only_a_comment
from sis_codemods.dependencies.listed import holds
from sis_codemods.dependencies.pip_list import convert_line, included, wheel_of
from sis_codemods.dependencies.wheels import too_old
from sis_migrate.model import Status
from sis_migrate.workspace import Workspace

if TYPE_CHECKING:
    from sis_migrate.documents.conda import Environment, PipItem


def listed_for_pip(environment: Environment, choices: Choices) -> Iterator[Entry | Note]:
    """The lines and the words for the list; its paths are relative to the folder of ``choices``."""
    workspace = choices.workspace or Workspace()
    for item in environment.pip:
        for number, raw in enumerate(included(item, choices.folder, workspace)):
            # A comment behind "-r more.txt" is one, however many lines the file has.
            own = replace(item, comment="") if number else item
            yield from _line(raw, own, choices, workspace)


def _line(
    raw: str, item: PipItem, choices: Choices, workspace: Workspace
) -> Iterator[Entry | Note]:
    wheel = wheel_of(raw)
    has_file = wheel is not None and workspace.exists(choices.folder / wheel[1])
    entry, note = convert_line(raw, item, has_file)
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
    old = too_old(wheel[1], item.span) if wheel and has_file else None
    yield from [old] if old else []
