"""Imports of one file: which name a module is known by at a place, and where a new import goes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from sis_migrate.python.edits import ImportedName, ImportNeed
from sis_migrate.python.names import Binding, Names, Scope
from sis_migrate.python.regions import RegionError

if TYPE_CHECKING:
    from sis_migrate.python.source import Source


class Imports:
    """Questions about the imports of one file."""

    def __init__(self, source: Source, names: Names) -> None:
        self._source = source
        self._names = names

    def name_for(self, module: str, *, alias: str, at: ast.AST) -> ImportedName:
        """The name of ``module`` at ``at``: an existing binding's, else one to be imported.

        An import that exists but only runs after ``at`` is moved; ``alias`` is avoided where the
        file binds it to something else.
        """
        late = None
        for binding in self._bindings_of(module):
            if not self._means(binding, at):
                continue
            if self._runs_before(binding, at):
                return ImportedName(binding.name)
            if self._movable(binding, at):
                late = binding
        if late is not None:
            return ImportedName(late.name, ImportNeed(module, late.name, at, late))
        name = self._free_name(module, alias, at)
        return ImportedName(name, ImportNeed(module, name, at))

    def statement(self, binding: Binding) -> ast.Import | ast.ImportFrom:
        """The import statement that makes a binding."""
        statement = self._names.parents[binding.node]
        assert isinstance(statement, (ast.Import, ast.ImportFrom))
        return statement

    def insertion_point(self, at: ast.AST) -> int:
        """The offset of the line where a new module-level import goes so that it runs before ``at``.

        Raises RegionError where no line is free.

        After the first block of imports; where there is none (or ``at`` comes before its end), after
        the docstring, ``__future__`` imports and the comments of the file's head.
        """
        body = self._source.tree.body
        limit = self._module_statement(at)
        head = 0
        while head < len(body) and (self._is_docstring(body, head) or _is_future(body[head])):
            head += 1
        block = head
        while block < len(body) and isinstance(body[block], (ast.Import, ast.ImportFrom)):
            block += 1
        if self._runs_at_import(at) and limit in body[head:block]:
            if not head or body[head].lineno > (body[head - 1].end_lineno or 0):
                return self._source.lines.offset(body[head].lineno, 0)
            block = head
        # Statements that share a line with the next one (`import a; run()`) are no place for a line.
        while 0 < block < len(body) and body[block].lineno == body[block - 1].end_lineno:
            block -= 1
        if block < head:
            raise RegionError("no line is free for the import that this needs")
        if block > 0:
            return self._source.lines.end_of_line(self._source.end(body[block - 1]))
        return self._source.lines.offset(_first_line(body[0]), 0) if body else 0

    def _bindings_of(self, module: str) -> list[Binding]:
        found = [b for b in self._names.imports() if self._names.meanings(b) == {module}]
        # `import a.b` binds `a`: only as good as an import of `a` itself.
        return sorted(found, key=lambda b: b.scope is not self._names.module_scope)

    def _means(self, binding: Binding, at: ast.AST) -> bool:
        names = self._names
        scope = names.scope_of(at)
        return (
            names.lookup(binding.name, scope) is binding.scope
            and len(names.possible_name(binding.name, scope)) == 1
        )

    def _runs_before(self, binding: Binding, at: ast.AST) -> bool:
        statement = self.statement(binding)
        if self._type_checking_only(statement):
            return False
        if binding.scope.frame is not self._names.scope_of(at).frame:
            return True
        if self._source.start(statement) > self._source.start(at):
            return False
        return not self._in_other_branch(statement, at)

    def _in_other_branch(self, statement: ast.stmt, at: ast.AST) -> bool:
        """Whether an ``if`` or an ``except`` around the import may have kept it from running."""
        around_use = {id(a) for a in self._names.ancestors(at)}
        child: ast.AST = statement
        for ancestor in self._names.ancestors(statement):
            if isinstance(ancestor, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Module)):
                return False
            conditional = isinstance(
                ancestor,
                (ast.If, ast.ExceptHandler, ast.For, ast.AsyncFor, ast.While, ast.match_case),
            )
            if conditional and not self._same_branch(ancestor, child, at, around_use):
                return True
            child = ancestor
        return False

    def _same_branch(
        self, ancestor: ast.AST, child: ast.AST, at: ast.AST, around_use: set[int]
    ) -> bool:
        if id(ancestor) not in around_use:
            return False
        if not isinstance(ancestor, ast.If):
            return True
        branch = ancestor.body if child in ancestor.body else ancestor.orelse
        return any(id(s) in around_use or s is at for s in branch)

    def _type_checking_only(self, statement: ast.stmt) -> bool:
        for ancestor in self._names.ancestors(statement):
            if isinstance(ancestor, ast.If):
                test = ancestor.test
                name = test.id if isinstance(test, ast.Name) else getattr(test, "attr", "")
                if name == "TYPE_CHECKING":
                    return True
        return False

    def _movable(self, binding: Binding, at: ast.AST) -> bool:
        statement = self.statement(binding)
        return (
            isinstance(statement, ast.Import)
            and len(statement.names) == 1
            and statement in self._source.tree.body
            and self._names.scope_of(at).frame is self._names.module_scope
        )

    def _free_name(self, module: str, alias: str, at: ast.AST) -> str:
        names = self._names
        for name in (alias, module.split(".")[0] if "." not in module else "", f"_{alias}"):
            if name and not self._taken(name, names.scope_of(at), module):
                return name
        number = 2
        while names.binds(f"_{alias}{number}"):
            number += 1
        return f"_{alias}{number}"

    def _taken(self, name: str, scope: Scope, module: str) -> bool:
        """Whether a module-level import as ``name`` would change or miss another meaning of it."""
        names = self._names
        at_module = names.module_scope.bindings.get(name, [])
        if any(names.meanings(b) != {module} for b in at_module):
            return True
        home = names.lookup(name, scope)
        return home is not None and home is not names.module_scope

    def _module_statement(self, at: ast.AST) -> ast.AST:
        child = at
        for ancestor in self._names.ancestors(at):
            if isinstance(ancestor, ast.Module):
                break
            child = ancestor
        return child

    def _runs_at_import(self, at: ast.AST) -> bool:
        return self._names.scope_of(at).frame is self._names.module_scope

    @staticmethod
    def _is_docstring(body: list[ast.stmt], index: int) -> bool:
        return (
            index == 0
            and isinstance(body[0], ast.Expr)
            and (isinstance(body[0].value, ast.Constant) and isinstance(body[0].value.value, str))
        )


def _is_future(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(d.lineno for d in decorators)])
