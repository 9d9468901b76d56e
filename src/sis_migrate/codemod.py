"""What a codemod is, and the registry that finds them.

A codemod is a module with one object named ``codemod``. Packages of codemods register in the
entry-point group ``sis_migrate.codemods``; every module in such a package is looked at, so a new
file is a new codemod.
"""

from __future__ import annotations

import ast
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sis_migrate.model import (
    App,
    Edit,
    Finding,
    Item,
    Safety,
    Settings,
    Step,
    Withhold,
)

if TYPE_CHECKING:
    from sis_migrate.python.graph import ModuleGraph
    from sis_migrate.python.module import Module, Project
    from sis_migrate.workspace import Workspace

Result = Edit | Finding | Step | Withhold
NodeHandler = Callable[["Module", ast.AST], Iterable[Result]]
ModuleHandler = Callable[["Module"], Iterable[Result]]
AppHandler = Callable[["AppContext"], Iterable[Result]]
_H = TypeVar("_H", bound=Callable[..., Iterable[Result]])

GROUP = "sis_migrate.codemods"
_CODE = re.compile(r"SIS\d{3}|[A-Z]{2,8}\d{3,4}")


class RegistryError(Exception):
    """An installed package of codemods is not usable; the message names it."""


@dataclass(frozen=True)
class AppContext:
    """What a handler for whole apps gets: the app, its overlay, its modules as they are by now.

    ``project`` reads and parses the app's own files; it is called when a handler asks for them.
    """

    app: App
    workspace: Workspace
    settings: Settings
    project: Callable[[], Project]
    made: tuple[Edit, ...] = ()
    """The edits that this run has made in the app so far."""
    broken: tuple[Path, ...] = ()
    """The app's own Python files that cannot be read or parsed, as far as that is known by now."""
    unmade: tuple[str, ...] = ()
    """Why edits could not be made without which the app fails in a container."""

    def held_back(self, *more: str) -> str:
        """Why the app must not be switched yet, "" where nothing is known against it.

        ``more`` are further reasons, of what the caller knows.
        """
        names = [
            path.relative_to(self.app.root).as_posix()
            if path.is_relative_to(self.app.root)
            else path.name
            for path in sorted(self.broken)
        ]
        unread = [f"{', '.join(names)} could not be read"] if names else []
        reasons = [*unread, *self.unmade, *more]
        return f"held back: {'; '.join(reasons)}" if reasons else ""

    @cached_property
    def modules(self) -> dict[Path, Module]:
        """The app's own files that parse, by path."""
        return self.project().modules

    @cached_property
    def graph(self) -> ModuleGraph:
        """Which of them import which."""
        return self.project().graph


@dataclass(frozen=True, eq=False)
class Codemod:
    """One change with one code; its module's docstring is its documentation.

    ``order`` sorts codemods on documents, which run after those on Python. ``triggers`` are byte
    strings without which the codemod cannot apply to a file (``app_triggers``: to an app).
    """

    module: str
    code: str
    name: str
    summary: str
    item: Item
    safety: Safety
    triggers: tuple[bytes, ...] = ()
    app_triggers: tuple[bytes, ...] = ()
    order: int = 0
    default: bool = True
    """False: runs only when selected by its code or a prefix of it."""
    covers: tuple[Item, ...] = ()
    """Further checklist items that the codemod looks at."""
    node_handlers: dict[type[ast.AST], list[NodeHandler]] = field(default_factory=dict)
    module_handlers: list[ModuleHandler] = field(default_factory=list)
    app_handlers: list[AppHandler] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not _CODE.fullmatch(self.code):
            raise RegistryError(f"{self.module}: {self.code!r} is not a code such as SIS101")

    @property
    def documentation(self) -> str:
        """The docstring of the codemod's module."""
        return (import_module(self.module).__doc__ or "").strip()

    def on(self, *types: type[ast.AST]) -> Callable[[_H], _H]:
        """Register a handler ``(module, node)`` for nodes of these types."""

        def register(handler: _H) -> _H:
            for node_type in types:
                self.node_handlers.setdefault(node_type, []).append(handler)
            return handler

        return register

    def on_module(self, handler: _H) -> _H:
        """Register a handler ``(module)`` run once per Python file, after its nodes."""
        self.module_handlers.append(handler)
        return handler

    def on_app(self, handler: _H) -> _H:
        """Register a handler ``(context)`` run once per app, after its Python files."""
        self.app_handlers.append(handler)
        return handler


def PythonCodemod(
    module: str,
    *,
    code: str,
    name: str,
    summary: str,
    item: Item,
    safety: Safety,
    triggers: tuple[bytes, ...],
    app_triggers: tuple[bytes, ...] = (),
    default: bool = True,
) -> Codemod:
    """A codemod on Python files: ``triggers`` are required."""
    return Codemod(module, code, name, summary, item, safety, triggers, app_triggers, 0, default)


def DocumentCodemod(
    module: str,
    *,
    code: str,
    name: str,
    summary: str,
    item: Item,
    safety: Safety,
    order: int = 100,
    default: bool = True,
    covers: tuple[Item, ...] = (),
) -> Codemod:
    """A codemod on an app's documents; runs after the Python ones, lower ``order`` first."""
    return Codemod(module, code, name, summary, item, safety, (), (), order, default, covers)


def load() -> tuple[Codemod, ...]:
    """All installed codemods, sorted by code; RegistryError for a bad package or a shared code."""
    found: dict[str, Codemod] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda e: e.name):
        for codemod in _in_package(entry.value):
            if codemod.code in found:
                other = found[codemod.code].module
                raise RegistryError(
                    f"{codemod.module} and {other} both use the code {codemod.code}"
                )
            found[codemod.code] = codemod
    return tuple(found[code] for code in sorted(found))


def _in_package(name: str) -> Iterator[Codemod]:
    try:
        package = import_module(name)
        for info in pkgutil.walk_packages(package.__path__, f"{name}."):
            candidate = getattr(import_module(info.name), "codemod", None)
            if isinstance(candidate, Codemod):
                yield candidate
    except ImportError as error:
        raise RegistryError(f"the codemods of {name!r} cannot be imported: {error}") from error


def selected(codemods: Iterable[Codemod], settings: Settings) -> tuple[Codemod, ...]:
    """Those that ``select`` and ``ignore`` leave."""
    return tuple(c for c in codemods if settings.takes(c.code, default=c.default))


def allowed(edit: Edit, settings: Settings) -> bool:
    """Whether an edit may be applied in this run, by its safety."""
    if edit.safety is Safety.OPT_IN:
        return settings.unsafe or edit.code in settings.select
    return edit.safety is not Safety.REPORT
