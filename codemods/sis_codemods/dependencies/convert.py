"""From the entries of environment.yml and the app's imports to the lines of the new file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sis_codemods.dependencies.imports import Import
from sis_codemods.dependencies.names import (
    INSTALLABLE,
    Kind,
    Rule,
    canonical,
    lookup,
    packages_of,
)
from sis_codemods.dependencies.versions import choose_streamlit, guards, keeps_numpy_1, relax
from sis_migrate.model import Item, Span, Status

if TYPE_CHECKING:
    from sis_migrate.documents.conda import CondaSpec, Environment, PipItem

_PUBLIC_CHANNELS = frozenset({"", "snowflake", "defaults", "conda-forge", "main", "anaconda"})
_SNOWPARK = "snowflake-snowpark-python"


@dataclass(frozen=True, slots=True)
class Note:
    """A decision that needs a word: what it was, and what the reader may do about it.

    ``about`` is the project, by its canonical name, whose line the note explains, else "".
    """

    status: Status
    message: str
    remedy: str = ""
    item: Item = Item.DEPS
    span: Span | None = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the new file.

    ``name`` is the project as PyPI compares it; "" for a line that is only a comment, whose words
    are ``comment``. ``requirement`` is the whole line for what is no name and specifier (a URL).
    ``above`` are comment lines that stand over it.
    """

    name: str
    extras: tuple[str, ...] = ()
    specifier: str = ""
    marker: str = ""
    comment: str = ""
    above: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    span: Span | None = None

    @property
    def requirement(self) -> str:
        """The line as PEP 508 writes it."""
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        marker = f" ; {self.marker}" if self.marker else ""
        return f"{self.name}{extras}{self.specifier}{marker}"


@dataclass(frozen=True, slots=True)
class Plan:
    """The lines of the new file, in order, and the words about them.

    ``header`` are the comments above the list, ``trailer`` those below its last entry.
    """

    entries: tuple[Entry, ...]
    notes: tuple[Note, ...]
    header: tuple[str, ...] = ()
    trailer: tuple[str, ...] = ()

    @property
    def active(self) -> tuple[Entry, ...]:
        """The lines that name a package."""
        return tuple(entry for entry in self.entries if entry.name)


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
    converter.imported(imports)
    converter.native_needs()
    entries = list(_merged(converter.entries, converter.notes))
    entries = _with_streamlit(entries, streamlit, converter.notes)
    entries = list(_versions(entries, converter.notes))
    header, entries, trailer = _place_comments(environment, entries)
    return Plan(tuple(entries), tuple(converter.notes), header, trailer)


class _Converter:
    """Gathers lines and notes, entry by entry."""

    def __init__(self, package_map: Mapping[str, str]) -> None:
        self.package_map = package_map
        self.entries: list[Entry] = []
        self.notes: list[Note] = []
        self.native: set[str] = set()
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

        if "3.11" not in translate(spec.version).specifier and spec.version:
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
        self.note(Status.MANUAL, message, remedy, span=spec.span)
        self.entries.append(Entry("", comment=f"{spec.raw}: {why}", span=spec.span))

    def _dropped(self, spec: CondaSpec, rule: Rule) -> None:
        because = f": {rule.note}" if rule.note else ""
        if rule.kind is Kind.NATIVE:
            self.native.add(canonical(spec.name))
            why = "not a Python package, and the container has only its own system libraries"
            self.entries.append(Entry("", comment=f"{spec.raw}: not on PyPI", span=spec.span))
        elif rule.kind is Kind.BACKPORT:
            why = "part of Python 3.11"
        else:
            why = "nothing that the app needs in the container"
        self.note(Status.FIXED, f"{spec.raw!r} is left out: {why}{because}", span=spec.span)

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
            elif packages and not (
                found.optional or declared.intersection(map(canonical, packages))
            ):
                if not any(_within(found.module, module) for module in brought):
                    self._add_imported(found, packages[0])
                    declared.add(canonical(packages[0]))

    def _add_imported(self, found: Import, package: str) -> None:
        rule = lookup(package, self.package_map)
        where = f"{found.path.name} imports {found.top}"
        if rule.kind not in INSTALLABLE and rule.kind is not Kind.NATIVE and rule.source:
            if canonical(package) not in self.undecided:
                self.note(
                    Status.MANUAL, f"{where}, whose package {package} is not added: {rule.note}"
                )
            return
        message = f"{package} is added: {where}, and environment.yml does not list it"
        self.note(Status.FIXED, message, about=canonical(package))
        self.entries.append(Entry(canonical(package), _extras(package), modules=(found.top,)))

    def _unknown_module(self, found: Import, declared: set[str], reported: set[str]) -> None:
        name = canonical(found.top)
        if found.optional or name in reported | declared | self.undecided:
            return
        reported.add(name)
        message = (
            f"{found.path.name} imports {found.top}, which no listed package is known to bring"
        )
        remedy = "If it comes from a package, add that to the dependency file; if not, look for it."
        self.note(Status.REVIEW, message, remedy)

    def native_needs(self) -> None:
        """A note for every package that needs a program or library that the container lacks."""
        for entry in self.entries:
            rule = lookup(entry.name, {}) if entry.name else None
            if rule is None or not rule.needs:
                continue
            listed = any(word in self.native for word in canonical(rule.needs).split())
            status = Status.MANUAL if listed else Status.REVIEW
            message = f"{entry.name} needs {rule.needs}, which the container does not have"
            remedy = "Replace what the app uses it for, or leave it out."
            self.note(status, message, remedy, span=entry.span, about=entry.name)


def _within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def _extras(requirement: str) -> tuple[str, ...]:
    _, bracket, extras = requirement.partition("[")
    return tuple(extras.rstrip("]").split(",")) if bracket else ()


def _merged(entries: Iterable[Entry], notes: list[Note]) -> Iterator[Entry]:
    """One line for a project that is listed more than once: uv would intersect them anyway."""
    seen: dict[str, Entry] = {}
    order: list[Entry | str] = []
    for entry in entries:
        if not entry.name:
            order.append(entry)
        elif entry.name not in seen or seen[entry.name].marker != entry.marker:
            key = entry.name if entry.name not in seen else f"{entry.name};{entry.marker}"
            seen[key] = entry
            order.append(key)
        else:
            seen[entry.name] = _both(seen[entry.name], entry)
            message = f"{entry.name} is listed more than once: both versions count"
            notes.append(Note(Status.REVIEW, message, span=entry.span, about=entry.name))
    for item in order:
        yield seen[item] if isinstance(item, str) else item


def _both(one: Entry, other: Entry) -> Entry:
    clauses = dict.fromkeys(filter(None, [*one.specifier.split(","), *other.specifier.split(",")]))
    return replace(
        one,
        specifier=",".join(clauses),
        extras=tuple(dict.fromkeys((*one.extras, *other.extras))),
        comment=one.comment or other.comment,
    )


def _with_streamlit(entries: list[Entry], wanted: str, notes: list[Note]) -> list[Entry]:
    """The lines with Streamlit first, at a version that the container runs."""
    old = next((entry for entry in entries if entry.name == "streamlit"), Entry("streamlit"))
    choice = choose_streamlit(old.specifier, wanted)
    if choice.reason:
        status = Status.FIXED if choice.specifier != old.specifier else Status.REVIEW
        notes.append(
            Note(status, choice.reason, item=Item.STREAMLIT, span=old.span, about="streamlit")
        )
    new = replace(old, specifier=choice.specifier)
    return [new, *(entry for entry in entries if entry.name != "streamlit")]


def _versions(entries: Sequence[Entry], notes: list[Note]) -> Iterator[Entry]:
    """The lines with the versions that the measured floors and guards allow."""
    numpy_1 = any(
        e.name == "numpy" and keeps_numpy_1(relax("numpy", e.specifier, numpy_1=False).specifier)
        for e in entries
    )
    specifiers: dict[str, str] = {}
    for entry in entries:
        choice = relax(entry.name, entry.specifier, numpy_1=numpy_1)
        if choice.reason:
            remedy = "Try the app with the newer version."
            notes.append(
                Note(Status.REVIEW, choice.reason, remedy, span=entry.span, about=entry.name)
            )
        specifiers[entry.name] = choice.specifier
        yield replace(entry, specifier=choice.specifier)
    for guard in guards(specifiers):
        notes.append(
            Note(
                Status.REVIEW,
                f"{guard.package}{guard.specifier} is added: {guard.reason}",
                about=guard.package,
            )
        )
        yield Entry(guard.package, specifier=guard.specifier)


def _place_comments(
    environment: Environment, entries: Sequence[Entry]
) -> tuple[tuple[str, ...], list[Entry], tuple[str, ...]]:
    """Put each comment line above the entry that follows it in environment.yml."""
    placed = {entry.span.line: [] for entry in entries if entry.span}  # type: dict[int, list[str]]
    header: list[str] = []
    trailer: list[str] = []
    for comment in environment.comments:
        following = [line for line in placed if line > comment.line]
        if comment.line < environment.dependencies_line:
            header.append(comment.text)
        elif following:
            placed[min(following)].append(comment.text)
        else:
            trailer.append(comment.text)
    with_comments = [
        replace(entry, above=tuple(placed[entry.span.line])) if entry.span else entry
        for entry in entries
    ]
    return tuple(header), with_comments, tuple(trailer)
