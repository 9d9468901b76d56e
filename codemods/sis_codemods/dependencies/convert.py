"""From the entries of environment.yml and the app's imports to the lines of the new file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sis_codemods.dependencies.arrange import (
    merged,
    place_comments,
    with_old_pandas,
    with_streamlit,
    with_versions,
)
from sis_codemods.dependencies.entries import Entry, Note, Plan
from sis_codemods.dependencies.fallbacks import last_resorts
from sis_codemods.dependencies.imports import Import
from sis_codemods.dependencies.larger_map import NO_MAP, Larger
from sis_codemods.dependencies.names import (
    INSTALLABLE,
    LARGER_MAP,
    Kind,
    Rule,
    as_key,
    as_on_pypi,
    canonical,
    is_used_without_import,
    lookup,
    moved_to,
    needs_of,
    packages_of,
)
from sis_codemods.dependencies.pip_list import convert_line, included, wheel_of
from sis_codemods.dependencies.versions import admits_python, is_specifier
from sis_codemods.dependencies.wheels import too_old
from sis_migrate.model import Item, Span, Status
from sis_migrate.workspace import Workspace

if TYPE_CHECKING:
    from sis_codemods.dependencies.listed import Listed
    from sis_migrate.documents.conda import CondaSpec, Environment, PipItem

_PUBLIC_CHANNELS = frozenset(
    {"", "snowflake", "defaults", "nodefaults", "conda-forge", "main", "anaconda", "bioconda"}
    | {"pyviz", "pytorch", "nvidia", "rapidsai", "plotly", "r", "free", "msys2"}
)
_WHY_DROPPED = {
    Kind.NATIVE: "it is no Python package, and the container has only its own system libraries",
    Kind.META: "it is nothing that the app needs in the container",
}


@dataclass(frozen=True, slots=True)
class Choices:
    """What else decides: the user's own map and Streamlit ("": ours), a larger map of names.

    ``old_pandas`` is why pandas must stay below 3; paths of pip's are relative to ``folder``.
    ``listed`` are the lines, by project name, of the app's own dependency files, deployed or not.
    """

    package_map: Mapping[str, str] = field(default_factory=dict)
    streamlit: str = ""
    larger: Larger = NO_MAP
    old_pandas: Note | None = None
    folder: Path = Path()
    workspace: Workspace | None = None
    listed: Mapping[str, Listed] = field(default_factory=dict)


NO_CHOICES = Choices()


def plan(
    environment: Environment, imports: Sequence[Import], choices: Choices = NO_CHOICES
) -> Plan:
    """Decide on every entry and every import."""
    converter = _Converter(choices, {found.top for found in imports})
    for problem in environment.problems:
        converter.problem(problem.message, problem.line, problem.raw)
    for channel in environment.channels:
        converter.channel(channel)
    for spec in environment.specs:
        converter.conda(spec)
    for item in environment.pip:
        converter.pip(item, choices.folder, choices.workspace or Workspace())
    converter.entries.sort(key=lambda entry: entry.span or Span(0, 0, 0, 0))
    converter.imported(imports)
    converter.native_needs()
    converter.never_imported(imports)
    entries = list(merged(converter.entries, converter.notes))
    entries = with_streamlit(entries, choices.streamlit, converter.notes)
    entries = with_old_pandas(entries, choices.old_pandas, converter.notes)
    entries = list(with_versions(entries, converter.notes))
    header, entries, trailer = place_comments(environment, entries)
    return Plan(tuple(entries), tuple(converter.notes), header, trailer)


class _Converter:
    """Gathers lines and notes, entry by entry."""

    def __init__(self, choices: Choices, modules: set[str]) -> None:
        self.modules = modules
        self.package_map = choices.package_map
        self.larger = choices.larger
        self.listed = choices.listed
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

    def channel(self, channel: str) -> None:
        """A word about a channel whose packages nobody else has."""
        if not _is_public(channel):
            message = f"Packages of the channel {channel!r} may not be on PyPI, or not be the same"
            remedy = "Put what comes from it into [tool.sis-migrate.map]."
            self.note(Status.REVIEW, message, remedy)

    def conda(self, spec: CondaSpec) -> None:
        """Decide on a conda package."""
        if canonical(spec.name) == "python":
            self._python(spec)
            return
        rule = lookup(spec.name, self.package_map, self.larger, self.modules)
        if rule.kind in INSTALLABLE and is_on_pypi(rule, spec.channel):
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

        translation = as_on_pypi(rule, translate(spec.version, spec.build))
        name = canonical(rule.pypi)
        if rule.kind is Kind.RENAME or rule.source == LARGER_MAP:
            because = f" ({rule.note})" if rule.note else ""
            message = f"{spec.name} is {rule.pypi} on PyPI{because}"
            self.note(Status.FIXED, message, span=spec.span, about=name)
        elif rule.note:
            message = f"{spec.name}: {rule.note}"
            self.note(
                Status.REVIEW,
                message,
                "It is converted as it is; consider a change.",
                span=spec.span,
                about=name,
            )
        for words in translation.notes:
            message = f"{spec.raw!r}: {words}"
            status = Status.FIXED if words.startswith("the build") else Status.REVIEW
            remedy = "" if status is Status.FIXED else "Check the version in the new file."
            self.note(status, message, remedy, span=spec.span, about=name)
        self.entries.append(
            Entry(
                name=name,
                extras=(*spec.extras, *extras_of(rule.pypi)),
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
            f'Name its PyPI project in [tool.sis-migrate.map], {as_key(spec.name)} = "…" '
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

    def pip(self, item: PipItem, folder: Path, workspace: Workspace) -> None:
        """Decide on a line of the ``pip:`` list; its paths are relative to ``folder``."""
        for raw in included(item, folder, workspace):
            wheel = wheel_of(raw)
            has_file = wheel is not None and workspace.exists(folder / wheel[1])
            entry, note = convert_line(raw, item, has_file)
            self.entries += [entry] if entry else []
            self.notes += [note] if note else []
            old = too_old(wheel[1], item.span) if wheel and has_file else None
            self.notes += [old] if old else []

    def imported(self, imports: Sequence[Import]) -> None:
        """Add what the app imports and nothing lists; a note for modules that nobody knows."""
        declared = {entry.name for entry in self.entries}
        reported: set[str] = set()
        for found in imports:
            self._import(found, declared, reported)
        for found in last_resorts(imports, declared | self.undecided):
            self._import(found, declared, reported)

    def _import(self, found: Import, declared: set[str], reported: set[str]) -> None:
        packages = packages_of(found.module)
        if found.outside:
            self._outside_module(found, reported)
        elif packages is None:
            self._unknown_module(found, declared, reported)
        elif packages and not found.optional:
            self._beside_own_file(found, packages[0], reported)
            if declared.isdisjoint(map(canonical, packages)):
                self._add_imported(found, packages[0])
                declared.add(canonical(packages[0]))
        elif moved_to(found.top) and not found.optional:
            self._moved_module(found)

    def _beside_own_file(self, found: Import, package: str, reported: set[str]) -> None:
        key = f"{found.top} {found.beside}"
        if not found.beside or key in reported:
            return
        reported.add(key)
        beside = f"the app has a {found.beside} of its own"
        message = f"{found.words}, and {beside}: the package seems to be meant"
        remedy = "If the file is meant, leave out the package; if not, give the file another name."
        self._note_import(found, Status.REVIEW, message, remedy, about=canonical(package))

    def _add_imported(self, found: Import, package: str) -> None:
        rule = lookup(package, self.package_map)
        if rule.kind is Kind.REVIEW:
            if canonical(package) not in self.undecided:
                message = f"{found.words}, whose package {package} is not added: {rule.note}"
                self._note_import(found, Status.MANUAL, message)
            return
        message = f"{package} is added: {found.words}, and nothing lists it"
        self._note_import(found, Status.FIXED, message, about=canonical(package))
        self.entries.append(Entry(canonical(package), extras_of(package), modules=(found.module,)))

    def _moved_module(self, found: Import) -> None:
        new = moved_to(found.top)
        message = f"{found.words}, a module that its project calls {new} today"
        self._note_import(found, Status.MANUAL, message, f"Import {new} instead.")

    def _outside_module(self, found: Import, reported: set[str]) -> None:
        if found.top in reported:
            return
        reported.add(found.top)
        message = f"{found.words}, which lies outside of the app and is not uploaded with it"
        if found.optional:
            self._note_import(found, Status.FIXED, f"{message}: its packages are not listed")
            return
        remedy = "Put it into the app's folder, or a wheel of it into the app's files."
        self._note_import(found, Status.MANUAL, message, remedy)

    def _unknown_module(self, found: Import, declared: set[str], reported: set[str]) -> None:
        name = canonical(found.top)
        parts = {part for project in declared for part in project.split("-")}
        if found.optional or name in reported | declared | self.undecided | parts:
            return  # the project acme-sdk may well bring the module acme
        reported.add(name)
        if name in self.listed:
            self._add_listed(found, self.listed[name])
            return
        message = f"{found.words}, which no listed package is known to bring"
        remedy = "If it comes from a package, add that to the dependency file."
        self._note_import(found, Status.MANUAL, message, remedy, about=name)

    def _add_listed(self, found: Import, listed: Listed) -> None:
        """Add a project that a file of the developer's names as the module is named."""
        line = listed.line
        message = (
            f"{listed.name} is added: {found.words}, and {listed.path.name} lists a project of that "
            "name"
        )
        remedy = "See whether it is the project that you mean; this tool does not know it."
        self._note_import(found, Status.REVIEW, message, remedy, about=listed.name)
        specifier = line.specifier if is_specifier(line.specifier) else ""
        entry = Entry(listed.name, line.extras, specifier, modules=(found.module,))
        self.entries.append(entry)

    def _note_import(
        self, found: Import, status: Status, message: str, remedy: str = "", about: str = ""
    ) -> None:
        self.notes.append(
            Note(status, message, remedy, span=found.span, path=found.path, about=about)
        )

    def never_imported(self, imports: Sequence[Import]) -> None:
        """A note on the listed packages that no file imports."""
        imported = {canonical(p) for found in imports for p in packages_of(found.module) or ()}
        idle = [
            entry.name
            for entry in self.entries
            if entry.span
            and entry.modules
            and imported.isdisjoint({entry.name, *_alternatives(entry)})
            and not is_used_without_import(entry.name)
        ]
        if idle and imports:
            message = f"Listed, but imported by no file of the app: {', '.join(sorted(set(idle)))}"
            self.note(Status.FIXED, message, "Leave out what the app does not need.")

    def native_needs(self) -> None:
        """A note for every package that needs a program or library that the container lacks."""
        for entry in self.entries:
            needs = needs_of(entry.name)
            if needs:
                message = f"{entry.name} needs {needs}, which the container does not have"
                remedy = "Replace what the app uses it for, or leave it out."
                self.note(Status.REVIEW, message, remedy, span=entry.span, about=entry.name)


def is_on_pypi(rule: Rule, channel: str) -> bool:
    """Whether a package of a channel is the project that a rule names: the user may say so."""
    return rule.source == "configuration" or _is_public(channel)


def _is_public(channel: str) -> bool:
    """Whether a channel, by its name or address, has packages that PyPI may have as well."""
    parts = channel.rstrip("/").split("/")
    if parts[-1] == "noarch" or re.fullmatch(r"(linux|osx|win)-\w+", parts[-1]):
        parts.pop()
    return parts[-1] in _PUBLIC_CHANNELS


def _alternatives(entry: Entry) -> set[str]:
    return {canonical(p) for module in entry.modules for p in packages_of(module) or ()}


def extras_of(requirement: str) -> tuple[str, ...]:
    """The extras that a project is named with, as in ``uvicorn[standard]``."""
    _, bracket, extras = requirement.partition("[")
    return tuple(extras.rstrip("]").split(",")) if bracket else ()
