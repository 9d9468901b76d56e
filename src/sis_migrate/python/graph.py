"""Which of an app's files import which: what runs once, and what runs for each viewer."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path

# Loaded before the app's first line runs, so a file of that name beside the app is never imported.
_ALREADY_LOADED = {"streamlit"}
_LEAVES = frozenset({ast.Name, ast.Constant, ast.alias, ast.Load, ast.Store, ast.Del})


class Role(StrEnum):
    """How a file of the app is executed."""

    SCRIPT = "script"
    """Afresh for each viewer, on every rerun."""
    SHARED = "shared"
    """Imported: once per process, so in a container shared by all viewers."""
    BOTH = "both"
    UNREACHED = "unreached"
    """No script imports it, as far as import statements tell."""


@dataclass(frozen=True, slots=True)
class Request:
    """What one import asks for: ``from <level dots><module> import <names>``."""

    module: str
    level: int = 0
    names: tuple[str, ...] = ()


def imports_by_call(text: str) -> bool:
    """Whether a text may hold a call that imports; False is certain."""
    return "import_module" in text or "__import__" in text


def requests(tree: ast.Module, *, dynamic: bool = True) -> Iterator[Request]:
    """The imports of a module, at any depth; ``import_module`` and ``__import__`` of literals too,
    unless the caller knows that neither name occurs (``dynamic=False``, several times faster).

    Walks with its own stack: a deep expression is no RecursionError.
    """
    children = _children if dynamic else _statements
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Import):
            yield from (Request(alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield Request(node.module or "", node.level, tuple(alias.name for alias in node.names))
        else:
            if isinstance(node, ast.Call):
                yield from _dynamic(node)
            stack.extend(reversed(children(node)))


def _statements(node: ast.AST) -> list[ast.AST]:
    """The statements, handlers and cases directly in a statement."""
    return [
        item
        for field in ("body", "handlers", "cases", "orelse", "finalbody")
        for item in getattr(node, field, ())
        if isinstance(item, (ast.stmt, ast.ExceptHandler, ast.match_case))
    ]


def _children(node: ast.AST) -> list[ast.AST]:
    """The nodes below that can hold imports, quicker than ``ast.iter_child_nodes``."""
    children: list[ast.AST] = []
    for value in vars(node).values():
        if isinstance(value, list):
            children += [item for item in value if isinstance(item, ast.AST)]
        elif isinstance(value, ast.AST) and type(value) not in _LEAVES:
            children.append(value)
    return children


def _dynamic(call: ast.Call) -> Iterator[Request]:
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name not in {"import_module", "__import__"} or not call.args:
        return
    first = call.args[0]
    if isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value:
        module = first.value.lstrip(".")
        yield Request(module, len(first.value) - len(module))


@dataclass(frozen=True)
class Modules:
    """Finds a module's file among ``files``, by name only: the disk is not asked.

    ``roots`` are the folders that are searched, in that order, as ``sys.path`` would be.
    """

    files: Collection[Path]
    roots: tuple[Path, ...]

    def locate(self, dotted: str, importer: Path) -> Path | None:
        """The file of an absolute dotted name, a package's being its ``__init__.py``."""
        parts = dotted.split(".")
        if not all(parts) or parts[0] in _ALREADY_LOADED:
            return None
        for base in (*self.roots, importer.parent):
            folder = base.joinpath(*parts)
            # As in Python itself, a package wins over a module of the same name.
            for candidate in (folder / "__init__.py", folder.with_name(f"{parts[-1]}.py")):
                if candidate in self.files:
                    return candidate
        return None

    def name_of(self, path: Path) -> str:
        """The dotted name of a file below the first root that contains it, else its own name."""
        root = next((root for root in self.roots if path.is_relative_to(root)), path.parent)
        parts = path.relative_to(root).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)

    def absolute(self, importer: Path, module: str, level: int) -> str:
        """The absolute name of a relative import; dots too many end at the top."""
        if not level:
            return module
        parts = self.name_of(importer).split(".")
        if importer.name != "__init__.py" or parts == ["__init__"]:
            parts = parts[:-1]
        package = parts[: max(len(parts) - level + 1, 0)]
        return ".".join([*package, *filter(None, [module])])

    def targets(self, importer: Path, request: Request) -> Iterator[Path]:
        """The files that an import loads, in the order of their loading."""
        dotted = self.absolute(importer, request.module, request.level)
        parts = dotted.split(".") if dotted else []
        dotted_names = [".".join(parts[: i + 1]) for i in range(len(parts))]
        dotted_names += [f"{dotted}.{name}".lstrip(".") for name in request.names]
        for name in dotted_names:
            found = self.locate(name, importer)
            if found and found != importer:
                yield found


class ModuleGraph:
    """The imports between an app's files.

    ``trees`` are the files that parse, ``roots`` the folders imports are looked up in (in order),
    ``scripts`` the files executed afresh for each viewer. ``static`` are files that are known to
    import nothing by calls.
    """

    def __init__(
        self,
        trees: Mapping[Path, ast.Module],
        roots: Sequence[Path],
        scripts: Sequence[Path],
        static: Collection[Path] = (),
    ) -> None:
        self._static = static
        self._trees = trees
        self._modules = Modules(trees.keys(), tuple(roots))
        self._scripts = frozenset(scripts)

    def locate(self, dotted: str, importer: Path) -> Path | None:
        """The app's file of an absolute dotted name: below the roots, then beside the importer.

        Streamlit puts the entry point's folder on ``sys.path``, a page's folder it does not.
        """
        return self._modules.locate(dotted, importer)

    def absolute(self, importer: Path, node: ast.ImportFrom) -> str:
        """The absolute dotted name of the module that a ``from`` import names."""
        return self._modules.absolute(importer, node.module or "", node.level)

    def name_of(self, path: Path) -> str:
        """The dotted name of a file below the first root that contains it."""
        return self._modules.name_of(path)

    def imports(self, path: Path) -> tuple[Path, ...]:
        """The app's files that a file imports, each once; none for other files."""
        return self._imports.get(path, ())

    def importers(self, path: Path) -> tuple[Path, ...]:
        """The app's files that import a file."""
        return self._importers.get(path, ())

    def reachable(self, starts: Iterable[Path]) -> frozenset[Path]:
        """The starts that are the app's, and all that they import, directly or not."""
        found: set[Path] = set()
        stack = [path for path in starts if path in self._trees]
        while stack:
            path = stack.pop()
            if path not in found:
                found.add(path)
                stack.extend(self._imports[path])
        return frozenset(found)

    def role(self, path: Path) -> Role:
        """How the file is executed."""
        imported = path in self._imported
        if path in self._scripts:
            return Role.BOTH if imported else Role.SCRIPT
        return Role.SHARED if imported else Role.UNREACHED

    @cached_property
    def _imports(self) -> dict[Path, tuple[Path, ...]]:
        return {
            path: tuple(
                dict.fromkeys(
                    target
                    for request in requests(tree, dynamic=path not in self._static)
                    for target in self._modules.targets(path, request)
                )
            )
            for path, tree in self._trees.items()
        }

    @cached_property
    def _importers(self) -> dict[Path, tuple[Path, ...]]:
        importers: dict[Path, list[Path]] = {}
        for path, targets in self._imports.items():
            for target in targets:
                importers.setdefault(target, []).append(path)
        return {path: tuple(who) for path, who in importers.items()}

    @cached_property
    def _imported(self) -> frozenset[Path]:
        return frozenset(
            target for path in self.reachable(self._scripts) for target in self._imports[path]
        )
