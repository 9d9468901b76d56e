"""``migrate map NAME``: what becomes of a conda package, and how we know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sis_codemods.dependencies.arrange import with_streamlit, with_versions
from sis_codemods.dependencies.entries import Entry, Note
from sis_codemods.dependencies.floors import guards_of_modules
from sis_codemods.dependencies.imports import STANDARD_LIBRARY
from sis_codemods.dependencies.larger_map import NO_MAP, Larger
from sis_codemods.dependencies.names import (
    INSTALLABLE,
    LARGER_MAP,
    Kind,
    Rule,
    as_key,
    as_on_pypi,
    canonical,
    extras_of,
    is_on_pypi,
    lookup,
    moved_to,
    packages_of,
)
from sis_codemods.dependencies.specifiers import PYTHON
from sis_codemods.dependencies.working_set import NO_CODE, Code

if TYPE_CHECKING:
    from sis_migrate.documents.matchspec import MatchSpec

_SOURCES = {
    "index": "looked up on the package index, 2026-11-22",
    "wheel": "the modules in the project's wheel, 2026-11-28",
    "resolved": "installed for Python 3.11 on Linux, 2026-11-22",
    "project": "the project's own installation instructions name it",
    "conda": "the conda recipe builds no Python distribution",
    "stdlib": "the library reference of Python 3.11",
    "configuration": "[tool.sis-migrate.map]",
}
_KINDS = {
    Kind.SAME: "has the same name on PyPI",
    Kind.NATIVE: "is not on PyPI: it is left out",
    Kind.META: "is nothing that an app needs in the container: it is left out",
    Kind.BACKPORT: "is part of Python 3.11: it is left out",
    Kind.REVIEW: "is not converted: a person has to decide",
    Kind.UNKNOWN: "is not converted",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """Lines for a terminal; ``known`` is False where nothing is known about the name."""

    text: str
    known: bool = True


def explain(
    asked: str, user_map: Mapping[str, str], larger: Larger = NO_MAP, streamlit: str = ""
) -> Explanation:
    """What becomes of an entry of environment.yml, or which package is added for a module.

    ``streamlit`` is the release that the user chose, "" for our range. SpecError for what is no
    entry.
    """
    from sis_migrate.documents.matchspec import parse_spec

    spec = parse_spec(asked)
    if canonical(spec.name) == "python":
        text = f"{spec.name} becomes requires-python {PYTHON}: the container has no other"
        return Explanation(text)
    rule = lookup(spec.name, user_map, larger)
    module = _module(spec.name, rule, streamlit)
    if module:
        return Explanation("\n".join(module))
    return Explanation("\n".join(_package(spec, rule, streamlit)), rule.kind is not Kind.UNKNOWN)


def _package(spec: MatchSpec, rule: Rule, streamlit: str) -> Iterator[str]:
    yield f"{spec.name} {_KINDS.get(rule.kind, f'is {rule.pypi} on PyPI')}"
    if rule.note:
        yield f"  because: {rule.note}"
    if rule.kind in INSTALLABLE and is_on_pypi(rule, spec.channel):
        yield from _version(spec, rule, streamlit)
    elif rule.kind in INSTALLABLE:
        yield f"  not converted: PyPI does not know the channel {spec.channel!r}"
    else:
        yield from _hints(spec.name, rule)
    if rule.kind in INSTALLABLE and rule.imports:
        yield f"  modules: {', '.join(rule.imports)}"
    if rule.needs:
        yield f"  needs: {rule.needs}, which the container does not have"
    if rule.source != LARGER_MAP and rule.source:
        yield f"  source: {_SOURCES[rule.source]}"


def _version(spec: MatchSpec, rule: Rule, streamlit: str) -> Iterator[str]:
    """The line of the new file, and a word for each version that is not the one asked for."""
    from sis_migrate.documents.specifier import translate

    translation = as_on_pypi(rule, translate(spec.version, spec.build))
    extras = (*spec.extras, *extras_of(rule.pypi))
    yield from _written(Entry(canonical(rule.pypi), extras, translation.specifier), streamlit)
    yield from (f"  version: {words}" for words in translation.notes)


def _written(entry: Entry, streamlit: str, code: Code = NO_CODE) -> Iterator[str]:
    notes: list[Note] = []
    entries = with_streamlit([entry], streamlit, notes) if entry.name == "streamlit" else [entry]
    line, *added = with_versions(entries, notes, code)
    yield f"  written as: {line.requirement}"
    yield from (f"  and with it: {guard.requirement}" for guard in added)
    yield from (f"  version: {note.message}" for note in notes)


def _module(name: str, rule: Rule, streamlit: str) -> list[str]:
    """What is added for a module, where the name is only a module's; else nothing."""
    packages = packages_of(name)
    nothing = packages == () and rule.kind is Kind.META
    if rule.kind is not Kind.UNKNOWN and not nothing:
        return []
    if packages and (rule := lookup(packages[0], {})).kind is Kind.REVIEW:
        return [f"{name} is a module, whose package {packages[0]} is not added: {rule.note}"]
    if packages:
        first, *others = packages
        entry = Entry(canonical(first), extras_of(first))
        also = [f"  or, where it is listed: {', '.join(others)}"] if others else []
        lead = f"{name} is a module: {first} is added where the app imports it and nothing lists it"
        return [lead, *_written(entry, streamlit, Code(guards=guards_of_modules([name]))), *also]
    if packages is not None:
        new = moved_to(name)
        today = f": its project calls it {new} today" if new else ""
        return [f"{name} is a module that no package is added for{today}"]
    if name.partition(".")[0] in STANDARD_LIBRARY:
        return [f"{name} is a module of Python itself: nothing is added"]
    return []


def _hints(name: str, rule: Rule) -> Iterator[str]:
    brought = packages_of(name)
    if brought:
        yield f"  where the app imports {name}, {brought[0]} is added"
    if rule.kind in {Kind.REVIEW, Kind.UNKNOWN}:
        key = as_key(name)
        yield f'  to decide: [tool.sis-migrate.map] {key} = "its PyPI name" ("": leave out)'
