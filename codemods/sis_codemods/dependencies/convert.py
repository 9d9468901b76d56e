"""From the entries of environment.yml and the app's imports to the lines of the new file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from sis_codemods.dependencies.arrange import (
    merged,
    place_comments,
    with_streamlit,
    with_versions,
)
from sis_codemods.dependencies.entries import Entry, Note, Plan
from sis_codemods.dependencies.imports import Import
from sis_codemods.dependencies.names import (
    INSTALLABLE,
    Kind,
    Rule,
    canonical,
    lookup,
    packages_of,
)
from sis_codemods.dependencies.versions import admits_python
from sis_migrate.model import Item, Span, Status

if TYPE_CHECKING:
    from sis_migrate.documents.conda import CondaSpec, Environment, PipItem

_PUBLIC_CHANNELS = frozenset({"", "snowflake", "defaults", "conda-forge", "main", "anaconda"})
_WHY_DROPPED = {
    Kind.NATIVE: "it is no Python package, and the container has only its own system libraries",
    Kind.META: "it is nothing that the app needs in the container",
}


def plan(
    environment: Environment,
    imports: Sequence[Import],
    package_map: Mapping[str, str],
    streamlit: str = "",
) -> Plan:
    """Decide on every entry and every import. ``streamlit`` is the user's own choice, or ""."""
    converter = _Converter(package_map)
    for problem in environment.problems:
        converter.problem(problem.message, problem.line, problem.raw)
    for spec in environment.specs:
        converter.conda(spec)
    for item in environment.pip:
        converter.pip(item)
    converter.entries.sort(key=lambda entry: entry.span or Span(0, 0, 0, 0))
    converter.imported(imports)
    converter.native_needs()
    entries = list(merged(converter.entries, converter.notes))
    entries = with_streamlit(entries, streamlit, converter.notes)
    entries = list(with_versions(entries, converter.notes))
    header, entries, trailer = place_comments(environment, entries)
    return Plan(tuple(entries), tuple(converter.notes), header, trailer)


class _Converter:
    """Gathers lines and notes, entry by entry."""

    def __init__(self, package_map: Mapping[str, str]) -> None:
        self.package_map = package_map
        self.entries: list[Entry] = []
        self.notes: list[Note] = []
        self.undecided: set[str] = set()

    def note(self, status: Status, message: str, remedy: str = "", **more: object) -> None:
        self.notes.append(Note(status, message, remedy, **more))  # type: ignore[arg-type]  # as Note

    def problem(self, message: str, line: int, raw: str) -> None:
        span = Span(line, 1, line, 1)
        remedy = "Correct the entry, or add the package to the new file yourself."
        self.note(Status.MANUAL, message[0].upper() + message[1:], remedy, span=span)
        if raw:
            self.entries.append(Entry("", comment=f"{raw}: not converted", span=span))

    def conda(self, spec: CondaSpec) -> None:
        """Decide on a conda package."""
        if canonical(spec.name) == "python":
            self._python(spec)
            return
        rule = lookup(spec.name, self.package_map)
        channel = spec.channel.removeprefix("pkgs/").split("/")[0]
        if rule.kind in INSTALLABLE and (channel in _PUBLIC_CHANNELS or "://" in spec.channel):
            self._installable(spec, rule)
        elif rule.kind in INSTALLABLE:
            why = f"comes from the channel {spec.channel!r}, which PyPI does not know"
            self._undecided(spec, why)
        elif rule.kind in {Kind.REVIEW, Kind.UNKNOWN}:
            self._undecided(spec, rule.note)
        else:
            self._dropped(spec, rule)

    def _python(self, spec: CondaSpec) -> None:
        from sis_migrate.documents.specifier import translate

        if not admits_python(translate(spec.version).specifier):
            message = f"{spec.raw!r} becomes Python 3.11, the only one in the container"
            self.note(Status.FIXED, message, item=Item.PYTHON, span=spec.span)

    def _installable(self, spec: CondaSpec, rule: Rule) -> None:
        from sis_migrate.documents.specifier import translate

        translation = translate(spec.version, spec.build)
        name = canonical(rule.pypi)
        if rule.kind is Kind.RENAME:
            because = f" ({rule.note})" if rule.note else ""
            message = f"{spec.name} is {rule.pypi} on PyPI{because}"
            self.note(Status.FIXED, message, span=spec.span, about=name)
        for words in translation.notes:
            message = f"{spec.raw!r}: {words}"
            status = Status.FIXED if words.startswith("the build") else Status.REVIEW
            remedy = "" if status is Status.FIXED else "Check the version in the new file."
            self.note(status, message, remedy, span=spec.span, about=name)
        self.entries.append(
            Entry(
                name=name,
                extras=(*spec.extras, *_extras(rule.pypi)),
                specifier=translation.specifier,
                comment=spec.comment,
                modules=rule.imports,
                span=spec.span,
            )
        )

    def _undecided(self, spec: CondaSpec, why: str) -> None:
        self.undecided.add(canonical(spec.name))
        message = f"{spec.raw!r} is not converted: {why}"
        remedy = (
            f'Name its PyPI project in [tool.sis-migrate.map], {spec.name} = "…" '
            '("" leaves it out), or add it to the new file yourself.'
        )
        self.note(Status.MANUAL, message, remedy, span=spec.span, about=canonical(spec.name))
        self.entries.append(Entry("", comment=f"{spec.raw}: {why}", span=spec.span))

    def _dropped(self, spec: CondaSpec, rule: Rule) -> None:
        if rule.kind is Kind.BACKPORT:
            why = "it is part of Python 3.11"
        else:
            why = rule.note or _WHY_DROPPED[rule.kind]
        if rule.kind is Kind.NATIVE:
            self.entries.append(Entry("", comment=f"{spec.raw}: not on PyPI", span=spec.span))
        self.note(Status.FIXED, f"{spec.raw!r} is left out: {why}", span=spec.span)

    def pip(self, item: PipItem) -> None:
        """Decide on a line of the ``pip:`` list."""
        from packaging.requirements import InvalidRequirement, Requirement

        try:
            wanted = Requirement(item.raw.split(" #")[0])
        except InvalidRequirement:
            self._pip_by_hand(item, "only names with versions are converted")
            return
        if wanted.url:
            self._pip_by_hand(item, "the container reaches an address only by an integration")
            return
        self.entries.append(
            Entry(
                name=canonical(wanted.name),
                extras=tuple(sorted(wanted.extras)),
                specifier=str(wanted.specifier),
                marker=str(wanted.marker or ""),
                comment=item.comment,
                span=item.span,
            )
        )

    def _pip_by_hand(self, item: PipItem, why: str) -> None:
        message = f"{item.raw!r} of the pip list is not converted: {why}"
        remedy = "Add the package to the new file yourself."
        self.note(Status.MANUAL, message, remedy, span=item.span)
        self.entries.append(Entry("", comment=f"{item.raw}: not converted", span=item.span))

    def imported(self, imports: Iterable[Import]) -> None:
        """Add what the app imports and nothing lists; a note for modules that nobody knows."""
        declared = {entry.name for entry in self.entries}
        brought = {module for entry in self.entries for module in entry.modules}
        reported: set[str] = set()
        for found in imports:
            packages = packages_of(found.module)
            if packages is None:
                self._unknown_module(found, declared, reported)
            elif not packages or found.optional or declared.intersection(map(canonical, packages)):
                continue
            elif not any(_within(found.module, module) for module in brought):
                self._add_imported(found, packages[0])
                declared.add(canonical(packages[0]))

    def _add_imported(self, found: Import, package: str) -> None:
        rule = lookup(package, self.package_map)
        if rule.kind is Kind.REVIEW:
            if canonical(package) not in self.undecided:
                message = f"{found.words}, whose package {package} is not added: {rule.note}"
                self._note_import(found, Status.MANUAL, message)
            return
        message = f"{package} is added: {found.words}, and nothing lists it"
        self._note_import(found, Status.FIXED, message, about=canonical(package))
        self.entries.append(Entry(canonical(package), _extras(package), modules=(found.top,)))

    def _unknown_module(self, found: Import, declared: set[str], reported: set[str]) -> None:
        name = canonical(found.top)
        if found.optional or name in reported | declared | self.undecided:
            return
        reported.add(name)
        message = f"{found.words}, which no listed package is known to bring"
        remedy = "If it comes from a package, add that to the dependency file."
        self._note_import(found, Status.MANUAL, message, remedy)

    def _note_import(
        self, found: Import, status: Status, message: str, remedy: str = "", about: str = ""
    ) -> None:
        self.notes.append(
            Note(status, message, remedy, span=found.span, path=found.path, about=about)
        )

    def native_needs(self) -> None:
        """A note for every package that needs a program or library that the container lacks."""
        for entry in self.entries:
            rule = lookup(entry.name, {}) if entry.name else None
            if rule is None or not rule.needs:
                continue
            message = f"{entry.name} needs {rule.needs}, which the container does not have"
            remedy = "Replace what the app uses it for, or leave it out."
            self.note(Status.REVIEW, message, remedy, span=entry.span, about=entry.name)


def _within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def _extras(requirement: str) -> tuple[str, ...]:
    _, bracket, extras = requirement.partition("[")
    return tuple(extras.rstrip("]").split(",")) if bracket else ()
