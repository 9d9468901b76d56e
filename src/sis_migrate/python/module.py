"""One Python file of an app as a codemod sees it, and the small verbs that make edits."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from sis_migrate.model import App, Edit, EditGroup, Finding, Item, Safety, Settings, Span, Status
from sis_migrate.python.edits import ImportedName, NodeChange, PythonChange, Rewrite
from sis_migrate.python.graph import ModuleGraph, Role, imports_by_call
from sis_migrate.python.imports import Imports
from sis_migrate.python.names import OPEN, UNKNOWN, Binding, Memo, Names
from sis_migrate.python.source import Source

if TYPE_CHECKING:
    import libcst as cst

_T = TypeVar("_T")

_FORMATTED = re.compile(r"(?<!\w)(?:[rR]?[fF]|[fF][rR])(['\"])")

_NEVER_LOCAL = frozenset({"streamlit", "snowflake", "_snowflake"})
"""Packages that are loaded before any file of the app, whatever the app's files are called."""

_ATOMS = (
    ast.Attribute, ast.Call, ast.Constant, ast.Dict, ast.DictComp, ast.JoinedStr, ast.List,
    ast.ListComp, ast.Name, ast.Set, ast.SetComp, ast.Subscript,
)  # fmt: skip


class Project:
    """The app's own Python files that parse, and the names that lead from one to another.

    ``roots`` are the folders that its imports are looked up in, in order.
    """

    def __init__(
        self, app: App, sources: dict[Path, Source], settings: Settings, roots: Sequence[Path]
    ) -> None:
        self.app = app
        self.settings = settings
        static = {p for p, s in sources.items() if not imports_by_call(s.text)}
        self.graph = ModuleGraph(
            {p: s.tree for p, s in sources.items()}, roots, app.scripts, static
        )
        self._local = {part for p in sources for part in (p.stem, *p.parent.parts)}
        self.modules = {path: Module(source, self) for path, source in sources.items()}
        self.memo = Memo()
        self._made: dict[Callable[[Project], Any], Any] = {}

    def once(self, make: Callable[[Project], _T]) -> _T:
        """``make(self)``, worked out once for this state of the app, whichever codemod asks."""
        if make not in self._made:
            self._made[make] = make(self)
        return cast(_T, self._made[make])

    def follow(self, dotted: str, importer: Path) -> frozenset[str] | None:
        """What a dotted name that leads into a file of the app stands for; None: it leads nowhere."""
        parts = dotted.split(".")
        if parts[0] in _NEVER_LOCAL or parts[0] not in self._local:
            return None
        for length in range(len(parts), 0, -1):
            path = self.graph.locate(".".join(parts[:length]), importer)
            if path is not None and path in self.modules:
                return self._exported(path, parts[length:], ".".join(parts))
        return None

    def importers_of(self, binding: Binding, path: Path) -> list[Path]:
        """The app's other files that take the name which ``binding`` binds out of ``path``."""
        return [
            other
            for other in self.graph.importers(path)
            if other != path and other in self.modules and self._takes(other, binding.name, path)
        ]

    def _takes(self, importer: Path, name: str, path: Path) -> bool:
        module = self.modules[importer]
        taken = {name} if name.startswith("_") else {name, "*"}
        if any(node.attr == name for node in module.source.nodes(ast.Attribute)):
            return True
        return any(
            any(alias.name in taken for alias in node.names)
            and self.graph.locate(self.graph.absolute(importer, node), importer) == path
            for node in module.source.nodes(ast.ImportFrom)
        )

    def _exported(self, path: Path, rest: Sequence[str], dotted: str) -> frozenset[str] | None:
        if not rest:
            return frozenset({self.graph.name_of(path)})
        names = self.modules[path].names
        if rest[0] not in names.module_scope.bindings and not names.module_scope.stars:
            return frozenset({UNKNOWN})
        meanings = names.possible_name(rest[0], names.module_scope)
        suffix = "".join(f".{part}" for part in rest[1:])
        if suffix and meanings & {UNKNOWN, OPEN}:
            meanings = meanings - {UNKNOWN, OPEN} | {UNKNOWN}
        return frozenset(m if m in {UNKNOWN, OPEN} else m + suffix for m in meanings)


class Module:
    """A file: its source, names and imports, its role in the app, and verbs for edits."""

    def __init__(self, source: Source, project: Project) -> None:
        self.source = source
        self.project = project
        self._made: dict[Callable[[Module], Any], Any] = {}

    def once(self, make: Callable[[Module], _T]) -> _T:
        """``make(self)``, worked out once for this text of the file, whichever codemod asks."""
        if make not in self._made:
            self._made[make] = make(self)
        return cast(_T, self._made[make])

    @property
    def path(self) -> Path:
        """The file's absolute path."""
        return self.source.path

    @property
    def app(self) -> App:
        """The app that the file is analysed for."""
        return self.project.app

    @property
    def settings(self) -> Settings:
        """The run's settings."""
        return self.project.settings

    @property
    def role(self) -> Role:
        """Whether the file is run afresh for each viewer, imported once for all, or both."""
        return self.project.graph.role(self.path)

    @cached_property
    def names(self) -> Names:
        """What the file's names stand for."""
        graph = self.project.graph
        return Names(
            self.source.tree,
            graph.name_of(self.path),
            lambda node: graph.absolute(self.path, node),
            lambda dotted: self.project.follow(dotted, self.path),
            self.project.memo,
        )

    @cached_property
    def imports(self) -> Imports:
        """The file's imports."""
        return Imports(self.source, self.names)

    @cached_property
    def stores(self) -> dict[str, list[tuple[ast.expr, ast.expr]]]:
        """What is assigned to attributes and to items with a text key, by that name.

        Each as ``(target, value)``: ``self.session = x`` under ``session``.
        """
        found: dict[str, list[tuple[ast.expr, ast.expr]]] = {}
        pairs = [(t, n.value) for n in self.source.nodes(ast.Assign) for t in n.targets]
        pairs += [(n.target, n.value) for n in self.source.nodes(ast.AnnAssign) if n.value]
        for target, value in pairs:
            if isinstance(target, ast.Attribute):
                found.setdefault(target.attr, []).append((target, value))
            elif isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
                found.setdefault(str(target.slice.value), []).append((target, value))
        return found

    def resolve(self, node: ast.AST) -> str | None:
        """The qualified name that an expression certainly stands for (see ``Names.resolve``)."""
        return self.names.resolve(node)

    def replace(
        self,
        node: ast.expr,
        text: str,
        message: str,
        *,
        imports: Iterable[ImportedName] = (),
        drops: Iterable[Binding] = (),
        group: EditGroup | None = None,
        safety: Safety | None = None,
        remedy: str = "",
        oldest_streamlit: str = "",
    ) -> Edit:
        """An edit that puts the expression ``text`` in the place of ``node``.

        ``imports`` are names from :meth:`Imports.name_for` that ``text`` uses; ``drops`` imports to
        remove if the edit leaves them without a use.
        """
        text = self.requoted(node, text)
        change = PythonChange(
            nodes=(NodeChange(node, self._replacement(node, text), opaque=True),),
            needs=tuple(name.need for name in imports if name.need),
            drops=tuple(drops),
        )
        return self.edit(
            node, change, message, group=group, safety=safety, remedy=remedy,
            oldest_streamlit=oldest_streamlit,
        )  # fmt: skip

    def rewrite(
        self,
        node: ast.AST,
        rewrite: Rewrite,
        message: str,
        *,
        opaque: bool = False,
        imports: Iterable[ImportedName] = (),
        drops: Iterable[Binding] = (),
        group: EditGroup | None = None,
        safety: Safety | None = None,
        remedy: str = "",
        oldest_streamlit: str = "",
    ) -> Edit:
        """An edit that passes the libcst node at ``node`` through a function."""
        change = PythonChange(
            nodes=(NodeChange(node, rewrite, opaque),),
            needs=tuple(name.need for name in imports if name.need),
            drops=tuple(drops),
        )
        return self.edit(
            node, change, message, group=group, safety=safety, remedy=remedy,
            oldest_streamlit=oldest_streamlit,
        )  # fmt: skip

    def edit(
        self,
        node: ast.AST,
        change: PythonChange,
        message: str,
        *,
        group: EditGroup | None = None,
        safety: Safety | None = None,
        remedy: str = "",
        oldest_streamlit: str = "",
        silent: bool = False,
    ) -> Edit:
        """An edit of any parts, reported at ``node``."""
        return Edit(
            self.path, change, message, safety=safety, span=self.source.span(node), remedy=remedy,
            group=group, oldest_streamlit=oldest_streamlit, silent=silent,
        )  # fmt: skip

    def find(
        self,
        node: ast.AST | Span,
        message: str,
        *,
        status: Status = Status.MANUAL,
        remedy: str = "",
        item: Item | None = None,
    ) -> Finding:
        """A finding at ``node``."""
        span = node if isinstance(node, Span) else self.source.span(node)
        return Finding(self.path, message, status, span=span, remedy=remedy, item=item)

    def import_of(self, name: ast.Name) -> list[Binding]:
        """The import bindings behind a name (what an edit that replaces the name may drop)."""
        return [b for b in self.names.bindings(name) if b.target]

    def needed_elsewhere(self, binding: Binding) -> bool:
        """Whether another file, or ``__all__``, takes the imported name from this file."""
        if binding.scope is not self.names.module_scope:
            return False
        if self.project.importers_of(binding, self.path):
            return True
        return any(
            isinstance(child, ast.Constant) and child.value == binding.name
            for b in self.names.module_scope.bindings.get("__all__", ())
            for child in ast.walk(self.names.statement(b.node))
        )

    def _replacement(self, node: ast.expr, text: str) -> Rewrite:
        wrap = not self._atomic(text) and not self._stands_alone(node)

        def rewrite(old: cst.CSTNode) -> cst.CSTNode:
            import libcst

            assert isinstance(old, libcst.BaseExpression)
            new = libcst.parse_expression(text)
            if old.lpar:
                return new.with_changes(lpar=old.lpar, rpar=old.rpar)
            if wrap and not new.lpar:
                return new.with_changes(lpar=[libcst.LeftParen()], rpar=[libcst.RightParen()])
            return new

        return rewrite

    @staticmethod
    def _atomic(text: str) -> bool:
        return isinstance(ast.parse(text, mode="eval").body, _ATOMS)

    def _stands_alone(self, node: ast.expr) -> bool:
        """Whether any expression can stand where ``node`` does without parentheses."""
        parent = self.names.parents[node]
        if isinstance(parent, ast.Call):
            return node is not parent.func
        return isinstance(parent, (ast.stmt, ast.keyword, ast.NamedExpr)) and not isinstance(
            parent, (ast.For, ast.AsyncFor, ast.With)
        )

    def requoted(self, node: ast.expr, text: str) -> str:
        """``text`` with quotes that do not end an f-string it is put into (as Python 3.11 needs)."""
        strings = [a for a in self.names.ancestors(node) if isinstance(a, ast.JoinedStr)]
        if not strings or "'" in text:
            return text
        opening = _FORMATTED.search(self.source.segment(strings[-1]))
        return text.replace('"', "'") if opening and opening[1] == '"' else text
