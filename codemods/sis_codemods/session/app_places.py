"""Places of an app that one finding names together."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from sis_migrate.ignoring import ignored_codes, ignored_in_file
from sis_migrate.model import Finding, Status
from sis_migrate.python.module import Module


@dataclass(frozen=True)
class AppPlace:
    """An expression, and the ``name`` of what it is about."""

    module: Module
    node: ast.expr
    name: str = ""


def heard(places: Iterable[AppPlace], code: str) -> list[AppPlace]:
    """In the order of files and lines, without those where a comment silences ``code``."""
    return sorted(
        (place for place in places if not _silenced(place, code)),
        key=lambda place: (place.module.path, place.node.lineno),
    )


def by_file(places: Iterable[AppPlace]) -> dict[str, list[AppPlace]]:
    """The places by their file's name in the app."""
    found: dict[str, list[AppPlace]] = {}
    for place in places:
        path, root = place.module.path, place.module.app.root
        file = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
        found.setdefault(file, []).append(place)
    return found


def _silenced(place: AppPlace, code: str) -> bool:
    """Whether a comment on its first line, or the configuration, wants nothing said of it."""
    source = place.module.source
    start = source.lines.offset(place.node.lineno, 0)
    line = source.text[start : source.lines.end_of_line(start)]
    here = Finding(source.path, "", Status.REVIEW, code=code)
    return code in ignored_codes(line) or ignored_in_file(here, place.module.settings)
