"""``migrate map NAME``: what becomes of a conda package, and how we know."""

from __future__ import annotations

from collections.abc import Mapping

from sis_codemods.dependencies.larger_map import Larger
from sis_codemods.dependencies.names import INSTALLABLE, Kind, Rule, lookup, packages_of

_SOURCES = {
    "index": "looked up on the package index, 2026-11-22",
    "resolved": "installed for Python 3.11 on Linux, 2026-11-22",
    "project": "the project's own installation instructions name it",
    "conda": "the conda recipe builds no Python distribution",
    "stdlib": "the library reference of Python 3.11",
    "configuration": "[tool.sis-migrate.map]",
    "larger map": "the larger map in your cache (migrate map update)",
}
_KINDS = {
    Kind.SAME: "has the same name on PyPI",
    Kind.NATIVE: "is not on PyPI: it is left out",
    Kind.META: "is nothing that an app needs in the container: it is left out",
    Kind.BACKPORT: "is part of Python 3.11: it is left out",
    Kind.REVIEW: "is not converted: a person has to decide",
    Kind.UNKNOWN: "is not known: it is not converted",
}


def explain(name: str, user_map: Mapping[str, str], larger: Larger | None = None) -> str:
    """What becomes of a conda package, in lines for a terminal."""
    rule = lookup(name, user_map, larger)
    lines = [f"{name} {_KINDS.get(rule.kind, f'is {rule.pypi} on PyPI')}"]
    if rule.note:
        lines.append(f"  because: {rule.note}")
    if rule.kind in INSTALLABLE and rule.imports:
        lines.append(f"  modules: {', '.join(rule.imports)}")
    if rule.needs:
        lines.append(f"  needs: {rule.needs}, which the container does not have")
    if rule.source:
        lines.append(f"  source: {_SOURCES[rule.source]}")
    lines += _hints(name, rule)
    return "\n".join(lines) + "\n"


def _hints(name: str, rule: Rule) -> list[str]:
    if rule.kind not in {Kind.REVIEW, Kind.UNKNOWN, Kind.NATIVE}:
        return []
    brought = packages_of(name)
    hints = [f"  where the app imports {name}, {brought[0]} is added"] if brought else []
    if rule.kind is not Kind.NATIVE:
        hints.append(
            f'  to decide: [tool.sis-migrate.map] {name} = "its PyPI name" ("": leave out)'
        )
    return hints
