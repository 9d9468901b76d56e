"""What the app imports and nothing lists, and what is listed and nothing imports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import TYPE_CHECKING

from sis_codemods.dependencies.choices import Choices
from sis_codemods.dependencies.entries import Entry, Note
from sis_codemods.dependencies.fallbacks import last_resorts
from sis_codemods.dependencies.floors import guards_of_modules
from sis_codemods.dependencies.imports import Import
from sis_codemods.dependencies.names import (
    Kind,
    canonical,
    extras_of,
    is_used_without_import,
    lookup,
    moved_to,
    packages_of,
)
from sis_codemods.dependencies.specifiers import has_versions
from sis_codemods.dependencies.working_set import Code
from sis_migrate.model import Status

if TYPE_CHECKING:
    from sis_codemods.dependencies.listed import Listed


def code_of(imports: Iterable[Import], old_pandas: Note | None) -> Code:
    """What the app's code asks of the versions; ``old_pandas`` is why pandas must stay below 3."""
    needed = (found.module for found in imports if not (found.optional or found.outside))
    return Code(old_pandas, guards_of_modules(needed))


def added_for(
    imports: Iterable[Import],
    entries: Iterable[Entry],
    undecided: Mapping[str, str],
    choices: Choices,
) -> Iterator[Entry | Note]:
    """The lines for imports that no entry brings, and words about modules that nobody knows.

    ``undecided`` are entries that are not converted, by names that they may stand for: they have
    been reported, and nothing is put in their place.
    """
    declared = {entry.name for entry in entries}
    reported: set[str] = set()
    for found in imports:
        yield from _decided(found, declared, reported, undecided, choices)
    for found in last_resorts(imports, declared | undecided.keys()):
        yield from _decided(found, declared, reported, undecided, choices)


def _decided(
    found: Import,
    declared: set[str],
    reported: set[str],
    undecided: Mapping[str, str],
    choices: Choices,
) -> Iterator[Entry | Note]:
    """The lines and the words for one import; ``declared`` and ``reported`` gain what it leads to."""
    packages = packages_of(found.module)
    name = canonical(found.top)
    if found.outside:
        if found.top not in reported:
            reported.add(found.top)
            yield _outside(found)
    elif packages is None:
        if not (
            found.optional or name in reported | undecided.keys() or _may_bring(declared, name)
        ):
            reported.add(name)
            yield from _unknown(found, name, choices)
    elif packages and not found.optional:
        yield from _beside_own_file(found, packages[0], reported)
        if declared.isdisjoint(map(canonical, packages)):
            declared.add(canonical(packages[0]))
            yield from _known(found, packages, undecided, choices)
    elif moved_to(found.top) and not found.optional:
        yield _moved(found)


def _beside_own_file(found: Import, package: str, reported: set[str]) -> Iterator[Note]:
    """A word where a file of the app's own may be meant instead of the package."""
    key = f"{found.top} {found.beside}"
    if not found.beside or key in reported:
        return
    reported.add(key)
    beside = f"the app has a {found.beside} of its own"
    message = f"{found.words}, and {beside}: the package seems to be meant"
    remedy = "If the file is meant, leave out the package; if not, give the file another name."
    yield _note(found, Status.REVIEW, message, remedy, about=canonical(package))


def _may_bring(declared: Set[str], module: str) -> bool:
    """Whether a declared project may bring a module: acme-sdk may well bring acme."""
    return module in declared | {part for project in declared for part in project.split("-")}


def _known(
    found: Import, packages: Sequence[str], undecided: Mapping[str, str], choices: Choices
) -> Iterator[Entry | Note]:
    package, rule = packages[0], lookup(packages[0], choices.package_map)
    listed = next((name for name in map(canonical, packages) if name in undecided), "")
    if rule.kind is Kind.REVIEW and not listed:
        message = f"{found.words}, whose package {package} is not added: {rule.note}"
        yield _note(found, Status.MANUAL, message)
    elif rule.kind is not Kind.REVIEW and listed:
        yield _left_to_decide(found, listed, undecided[listed])
    elif not listed:
        message = f"{package} is added: {found.words}, and nothing lists it"
        yield _note(found, Status.FIXED, message, about=canonical(package))
        yield Entry(canonical(package), extras_of(package), modules=(found.module,))


def _left_to_decide(found: Import, name: str, entry: str) -> Note:
    """PyPI's project of the name may be somebody else's: it never stands in for what is listed."""
    message = f"{found.words}, which {entry!r} seems to bring: {name} is not added from PyPI"
    remedy = "Decide about that entry first: the project of that name may be somebody else's."
    return _note(found, Status.MANUAL, message, remedy, about=name)


def _moved(found: Import) -> Note:
    new = moved_to(found.top)
    message = f"{found.words}, a module that its project calls {new} today"
    return _note(found, Status.MANUAL, message, f"Import {new} instead.")


def _outside(found: Import) -> Note:
    message = f"{found.words}, which lies outside of the app and is not uploaded with it"
    if found.optional:
        return _note(found, Status.FIXED, f"{message}: its packages are not listed")
    remedy = "Put it into the app's folder, or a wheel of it into the app's files."
    return _note(found, Status.MANUAL, message, remedy)


def _unknown(found: Import, name: str, choices: Choices) -> Iterator[Entry | Note]:
    if name in choices.listed:
        yield from _named(found, choices.listed[name])
        return
    message = f"{found.words}, which no listed package is known to bring"
    remedy = "If it comes from a package, add that to the dependency file."
    yield _note(found, Status.MANUAL, message, remedy, about=name)


def _named(found: Import, listed: Listed) -> Iterator[Entry | Note]:
    """A project that a file of the developer's names as the module is named."""
    message = (
        f"{listed.name} is added: {found.words}, and {listed.path.name} lists a project of that "
        "name"
    )
    remedy = "See whether it is the project that you mean; this tool does not know it."
    yield _note(found, Status.REVIEW, message, remedy, about=listed.name)
    line = listed.line
    specifier = line.specifier if has_versions(line.specifier) else ""
    yield Entry(listed.name, line.extras, specifier, modules=(found.module,))


def _note(found: Import, status: Status, message: str, remedy: str = "", about: str = "") -> Note:
    return Note(status, message, remedy, span=found.span, path=found.path, about=about)


def about_idle(entries: Iterable[Entry], imports: Sequence[Import]) -> Iterator[Note]:
    """A word about the listed packages that no file imports."""
    imported = {canonical(p) for found in imports for p in packages_of(found.module) or ()}
    idle = {
        entry.name
        for entry in entries
        if entry.span
        and entry.modules
        and imported.isdisjoint({entry.name, *_alternatives(entry)})
        and not is_used_without_import(entry.name)
    }
    if idle and imports:
        message = f"Listed, but imported by no file of the app: {', '.join(sorted(idle))}"
        yield Note(Status.FIXED, message, "Leave out what the app does not need.")


def _alternatives(entry: Entry) -> set[str]:
    return {canonical(p) for module in entry.modules for p in packages_of(module) or ()}
