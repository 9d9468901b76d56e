"""What becomes of the list of environment.yml that is conda's."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from sis_codemods.dependencies.choices import Choices
from sis_codemods.dependencies.entries import Entry, Note, only_a_comment
from sis_codemods.dependencies.larger_map import MAKE_ANEW
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
    is_public,
    lookup,
)
from sis_codemods.dependencies.specifiers import admits_python
from sis_migrate.model import Item, Span, Status

if TYPE_CHECKING:
    from sis_migrate.documents.conda import CondaSpec, Environment, Problem

_WHY_DROPPED = {
    Kind.NATIVE: "it is no Python package, and the container has only its own system libraries",
    Kind.META: "it is nothing that the app needs in the container",
    Kind.BACKPORT: "it is part of Python 3.11",
}


def listed_in(
    environment: Environment, modules: Collection[str], choices: Choices
) -> Iterator[Entry | Note]:
    """The lines and the words for what the file lists, and for what is the matter with it.

    ``modules`` are those that the app imports, by the first part of their names.
    """
    for problem in environment.problems:
        yield from _problem(problem)
    for channel in environment.channels:
        if not is_public(channel.name):
            message = (
                f"Packages of the channel {channel.name!r} may not be on PyPI, or not be the same"
            )
            remedy = "Put what comes from it into [tool.sis-migrate.map]."
            yield Note(Status.REVIEW, message, remedy, span=channel.span)
    if choices.larger.broken and undecided(environment, modules, choices):
        yield Note(Status.REVIEW, choices.larger.broken, MAKE_ANEW)
    for spec in environment.specs:
        yield from _package(spec, modules, choices)


def undecided(
    environment: Environment, modules: Collection[str], choices: Choices
) -> dict[str, str]:
    """The listed entries that are not converted, because a person has to decide, by their names.

    Such an entry stands under its conda name and under that of the PyPI project which would have
    been taken for it.
    """
    found: dict[str, str] = {}
    for spec in environment.specs:
        rule = lookup(spec.name, choices.package_map, choices.larger, modules)
        if canonical(spec.name) != "python" and _why_undecided(spec, rule):
            found |= dict.fromkeys({canonical(spec.name), canonical(rule.pypi)} - {""}, spec.raw)
    return found


def _problem(problem: Problem) -> Iterator[Entry | Note]:
    span = Span(problem.line, problem.column, problem.line, problem.column)
    remedy = "Correct environment.yml, or see whether the new file lists all that the app needs."
    if problem.raw:
        remedy = "Correct the entry, or add the package to the new file yourself."
    message = problem.message[0].upper() + problem.message[1:]
    yield Note(Status.MANUAL, message, remedy, span=span)
    if problem.raw:
        yield only_a_comment(f"{problem.raw}: not converted", "", span)


def _package(spec: CondaSpec, modules: Collection[str], choices: Choices) -> Iterator[Entry | Note]:
    if canonical(spec.name) == "python":
        yield from _python(spec)
        return
    rule = lookup(spec.name, choices.package_map, choices.larger, modules)
    why = _why_undecided(spec, rule)
    if why:
        yield from _undecided(spec, why)
    elif rule.kind in INSTALLABLE:
        yield from _about_name(spec, rule)
        yield from _installable(spec, rule)
    else:
        yield from _dropped(spec, rule)


def _python(spec: CondaSpec) -> Iterator[Entry | Note]:
    from sis_migrate.documents.specifier import translate

    if not admits_python(translate(spec.version).specifier):
        message = f"{spec.raw!r} becomes Python 3.11, the only one in the container"
        yield Note(Status.FIXED, message, item=Item.PYTHON, span=spec.span)
    if spec.comment:
        yield only_a_comment(f"{spec.raw}: see requires-python", spec.comment, spec.span)


def _why_undecided(spec: CondaSpec, rule: Rule) -> str:
    """Why a person has to decide about a package, "" where the tool does."""
    if rule.kind in {Kind.REVIEW, Kind.UNKNOWN}:
        return rule.note
    if rule.kind in INSTALLABLE and not is_on_pypi(rule, spec.channel):
        return f"comes from the channel {spec.channel!r}, which PyPI does not know"
    return ""


def _undecided(spec: CondaSpec, why: str) -> Iterator[Entry | Note]:
    message = f"{spec.raw!r} is not converted: {why}"
    remedy = (
        f'Name its PyPI project in [tool.sis-migrate.map], {as_key(spec.name)} = "…" '
        '("" leaves it out), or add it to the new file yourself.'
    )
    yield Note(Status.MANUAL, message, remedy, span=spec.span, about=canonical(spec.name))
    yield only_a_comment(f"{spec.raw}: {why}", spec.comment, spec.span)


def _about_name(spec: CondaSpec, rule: Rule) -> Iterator[Note]:
    """A word where PyPI has another name, or where there is something to know about it."""
    name = canonical(rule.pypi)
    if rule.kind is Kind.RENAME or rule.source == LARGER_MAP:
        because = f" ({rule.note})" if rule.note else ""
        message = f"{spec.name} is {rule.pypi} on PyPI{because}"
        yield Note(Status.FIXED, message, span=spec.span, about=name)
    elif rule.note:
        message = f"{spec.name}: {rule.note}"
        remedy = "It is converted as it is; consider a change."
        yield Note(Status.REVIEW, message, remedy, span=spec.span, about=name)


def _installable(spec: CondaSpec, rule: Rule) -> Iterator[Entry | Note]:
    from sis_migrate.documents.specifier import translate

    translation = as_on_pypi(rule, translate(spec.version, spec.build))
    name = canonical(rule.pypi)
    for words in translation.notes:
        message = f"{spec.raw!r}: {words}"
        status = Status.FIXED if words.startswith("the build") else Status.REVIEW
        remedy = "" if status is Status.FIXED else "Check the version in the new file."
        yield Note(status, message, remedy, span=spec.span, about=name)
    yield Entry(
        name=name,
        extras=(*spec.extras, *extras_of(rule.pypi)),
        specifier=translation.specifier,
        comment=spec.comment,
        modules=rule.imports,
        span=spec.span,
    )


def _dropped(spec: CondaSpec, rule: Rule) -> Iterator[Entry | Note]:
    """A word about what is left out; a comment stays where there is one, or nothing to install."""
    why = _WHY_DROPPED[rule.kind]
    if rule.note and rule.kind is not Kind.BACKPORT:
        why = rule.note
    yield Note(Status.FIXED, f"{spec.raw!r} is left out: {why}", span=spec.span)
    if rule.kind is Kind.NATIVE:
        yield only_a_comment(f"{spec.raw}: not on PyPI", spec.comment, spec.span)
    elif spec.comment:
        yield only_a_comment(f"{spec.raw}: left out", spec.comment, spec.span)
