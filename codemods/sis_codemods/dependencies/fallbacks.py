"""What the app imports where another import has failed: one of the two must be there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from sis_codemods.dependencies.base_image import lacks
from sis_codemods.dependencies.imports import Import, shown
from sis_codemods.dependencies.names import canonical, packages_of


def last_resorts(imports: Iterable[Import], declared: Collection[str]) -> Iterator[Import]:
    """The imports in handlers that are reached with just the projects in ``declared``.

    The app cannot do without them: there is no import left to try.
    """
    for found in imports:
        missing = [_missing(attempt, declared) for attempt in found.instead_of]
        if found.optional and missing and all(missing):
            names = [shown(modules[0]) for modules in missing]
            verb = "is" if len(names) == 1 else "are"
            words = f"{found.words} where {' and '.join(names)} {verb} missing"
            yield replace(found, optional=False, words=words)


def _missing(attempt: Iterable[str], declared: Collection[str]) -> list[str]:
    return [module for module in attempt if not _is_there(module, declared)]


def _is_there(module: str, declared: Collection[str]) -> bool:
    """Whether a package brings a module; one that is listed may well have an unknown one's name."""
    packages = packages_of(module)
    if packages is None:
        name = canonical(module.partition(".")[0])
        return any(name in {project, *project.split("-")} for project in declared)
    names = [canonical(project) for project in packages]
    return any(name in declared or not lacks([name]) for name in names)
