"""What is known to go wrong in the container with a project that is listed by its PyPI name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sis_codemods.dependencies.entries import Note
from sis_codemods.dependencies.names import Kind, canonical, lookup, needs_of
from sis_migrate.model import Span, Status


def about_needs(project: str, span: Span | None, path: Path | None = None) -> Iterator[Note]:
    """A word about a project that needs a program or library that the container lacks."""
    needs = needs_of(project)
    if needs:
        message = f"{project} needs {needs}, which the container does not have"
        remedy = "Replace what the app uses it for, or leave it out."
        yield Note(Status.REVIEW, message, remedy, span=span, path=path, about=project)


def about_name(project: str, span: Span | None, path: Path | None = None) -> Iterator[Note]:
    """A word about a name that is a stub, part of Python, or not what it was.

    The table is of conda's names: what it only says of these, that they have another name on PyPI or
    are libraries there, says nothing about the project that PyPI has by the name.
    """
    rule = lookup(project, {})
    if rule.kind is Kind.BACKPORT:
        message = f"{project} is part of Python 3.11: the package may hide it, or do nothing"
        remedy = "Take it out of the list; the line stays until then."
    elif rule.kind in {Kind.SAME, Kind.RENAME, Kind.REVIEW} and rule.note:
        message = f"{project}: {rule.note}"
        remedy = "The line stays; consider a change."
        if canonical(rule.pypi) not in {"", project}:
            remedy = f"List {rule.pypi} instead, if that is what is meant; the line stays."
    else:
        return
    yield Note(Status.REVIEW, message, remedy, span=span, path=path, about=project)
