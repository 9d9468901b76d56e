"""What a name in a Python file stands for: scopes, bindings, and the qualified names behind them.

The analysis is flow-insensitive: a name that is bound twice to different things is not certain,
and :meth:`Names.resolve` says None for it. Nothing recurses over the tree, so that no expression is
too deep for it.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

UNKNOWN = "?"
"""Stands in a set of possible meanings for a value that names do not tell."""

OPEN = "…"
"""Stands for the meaning of a name that is being worked out, because the question led back to it."""

_MAX_STEPS = 50
"""From name to name; a longer way is not followed (each step costs some frames of Python's stack)."""

_BUILTINS = frozenset(dir(builtins))
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class BindingKind(StrEnum):
    """How a name came to be bound."""

    IMPORT = "import"
    ASSIGN = "assignment"
    PARAMETER = "parameter"
    DEFINITION = "definition"
    OTHER = "other"
    """A loop, ``with``, ``except``, unpacking, ``del`` or pattern target."""


@dataclass(eq=False, slots=True)
class Scope:
    """A scope: a module, class, function, lambda or comprehension."""

    node: ast.AST
    parent: Scope | None = None
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    global_names: set[str] = field(default_factory=set)
    nonlocal_names: set[str] = field(default_factory=set)

    @property
    def is_class(self) -> bool:
        """Whether the scope is invisible from the functions in it."""
        return isinstance(self.node, ast.ClassDef)

    @property
    def frame(self) -> Scope:
        """The function or module whose statements run the code of this scope."""
        scope = self
        while scope.parent and not isinstance(scope.node, _FUNCTIONS):
            scope = scope.parent
        return scope


@dataclass(frozen=True, eq=False, slots=True)
class Binding:
    """One place that binds a name.

    ``node`` is the alias, target name, parameter or definition; ``value`` the assigned expression
    of a plain ``name = value``; ``target`` the dotted name that an import binds.
    """

    name: str
    kind: BindingKind
    node: ast.AST
    scope: Scope
    value: ast.expr | None = None
    target: str = ""


@dataclass(eq=False, slots=True)
class Memo:
    """Meanings worked out so far; shared by the files of an app, whose names may lead in circles.

    ``pending`` are those of the question that is being answered. If it went in a circle they may be
    incomplete, and only the answer itself is kept.
    """

    known: dict[tuple[Scope, str], frozenset[str]] = field(default_factory=dict)
    pending: dict[tuple[Scope, str], frozenset[str]] = field(default_factory=dict)
    steps: int = 0
    cut: bool = False


class Names:
    """The names of one file.

    ``module_name`` is the file's own dotted name, ``absolute`` turns an import-from into the
    absolute name of its module, ``follow`` says what a dotted name that leads into another file of
    the app stands for there (None: it does not lead there). ``memo`` is shared by files that follow
    names into each other.
    """

    def __init__(
        self,
        tree: ast.Module,
        module_name: str = "__main__",
        absolute: Callable[[ast.ImportFrom], str] | None = None,
        follow: Callable[[str], frozenset[str] | None] | None = None,
        memo: Memo | None = None,
    ) -> None:
        self.module_name = module_name
        self.module_scope = Scope(tree)
        self.parents: dict[ast.AST, ast.AST] = {}
        self._absolute = absolute or (lambda node: "." * node.level + (node.module or ""))
        self._follow = follow or (lambda _: None)
        self._scopes: dict[ast.AST, Scope] = {}
        self._loads: dict[str, list[ast.Name]] = {}
        self._memo = memo or Memo()
        self._build(tree)

    def scope_of(self, node: ast.AST) -> Scope:
        """The scope in which an expression or statement is evaluated."""
        current: ast.AST | None = node
        while current is not None:
            if current in self._scopes:
                return self._scopes[current]
            current = self.parents.get(current)
        return self.module_scope

    def lookup(self, name: str, scope: Scope) -> Scope | None:
        """The scope whose binding ``name`` means in ``scope``; None for a builtin or unbound name."""
        current: Scope | None = scope
        while current is not None:
            if name in current.global_names:
                current = self.module_scope
            if name in current.bindings and (current is scope or not current.is_class):
                return current
            current = current.parent
        return None

    def bindings(self, name: ast.Name) -> list[Binding]:
        """All bindings that a name may refer to, in the order of the source."""
        scope = self.lookup(name.id, self.scope_of(name))
        return scope.bindings[name.id] if scope else []

    def resolve(self, node: ast.AST) -> str | None:
        """The qualified name that an expression certainly stands for, or None.

        A binding to None beside an import (``except ImportError: f = None``) does not make the name
        uncertain; any other second meaning does.
        """
        meanings = self.possible(node)
        if len(meanings) != 1 or UNKNOWN in meanings:
            return None
        return next(iter(meanings))

    def possible(self, node: ast.AST) -> frozenset[str]:
        """All qualified names that an expression may stand for, UNKNOWN among them where unsure."""
        attributes: list[str] = []
        while isinstance(node, ast.Attribute):
            attributes.append(node.attr)
            node = node.value
        if isinstance(node, ast.Name):
            meanings = self.possible_name(node.id, self.scope_of(node))
        elif isinstance(node, ast.NamedExpr):
            meanings = self.possible(node.value)
        else:
            return frozenset({UNKNOWN})
        for attribute in reversed(attributes):
            meanings = frozenset().union(*(self._attribute(m, attribute) for m in meanings))
        return meanings

    def possible_name(self, name: str, scope: Scope) -> frozenset[str]:
        """All qualified names that ``name`` may stand for in ``scope``."""
        home = self.lookup(name, scope) or self.module_scope
        memo, key = self._memo, (home, name)
        if key in memo.known:
            return memo.known[key]
        if key in memo.pending:
            memo.cut = memo.cut or OPEN in memo.pending[key]
            return memo.pending[key]
        if memo.steps == _MAX_STEPS:
            memo.cut = True
            return frozenset({UNKNOWN})
        return self._worked_out(key)

    def _worked_out(self, key: tuple[Scope, str]) -> frozenset[str]:
        memo, (home, name) = self._memo, key
        asked = not memo.steps
        memo.pending[key] = frozenset({OPEN})
        memo.steps += 1
        try:
            bindings = home.bindings.get(name)
            options = map(self.meanings, bindings) if bindings else self._unbound(name)
            found: frozenset[str] = frozenset().union(*options)
            memo.pending[key] = found
            if asked:
                found -= {OPEN}
                memo.pending[key] = found
                memo.known.update({key: found} if memo.cut else memo.pending)
            return found
        finally:
            memo.steps -= 1
            if asked:
                memo.pending.clear()
                memo.cut = False

    def references(self, binding: Binding) -> list[ast.Name]:
        """The places of this file that read the name which ``binding`` binds."""
        return [
            name
            for name in self._loads.get(binding.name, [])
            if self.lookup(name.id, self.scope_of(name)) is binding.scope
        ]

    def imports(self) -> Iterator[Binding]:
        """Every binding made by an import statement."""
        for scope in self.scopes():
            for bindings in scope.bindings.values():
                yield from (b for b in bindings if b.kind is BindingKind.IMPORT)

    def scopes(self) -> Iterator[Scope]:
        """Every scope of the file."""
        yield from dict.fromkeys([self.module_scope, *self._scopes.values()])

    def binds(self, name: str) -> bool:
        """Whether any scope of the file binds ``name``."""
        return any(name in scope.bindings for scope in self.scopes())

    def statement(self, node: ast.AST) -> ast.stmt:
        """The innermost statement that contains ``node`` (or is it)."""
        while not isinstance(node, ast.stmt):
            node = self.parents[node]
        return node

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around ``node``, innermost first, the module last."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def meanings(self, binding: Binding) -> frozenset[str]:
        """All qualified names that one binding may give its name."""
        if binding.kind is BindingKind.IMPORT:
            return self._canonical(binding.target)
        if binding.kind is BindingKind.DEFINITION:
            return frozenset({f"{self.module_name}.{self._local_prefix(binding)}{binding.name}"})
        if binding.kind is BindingKind.ASSIGN:
            return self._value_meanings(binding.value) if binding.value else frozenset()
        return frozenset({UNKNOWN})

    def _local_prefix(self, binding: Binding) -> str:
        return "" if binding.scope is self.module_scope else "<locals>."

    def _value_meanings(self, value: ast.expr) -> frozenset[str]:
        found: set[str] = set()
        stack = [value]
        while stack:
            option = stack.pop()
            if isinstance(option, ast.IfExp):
                stack += [option.body, option.orelse]
            elif isinstance(option, (ast.Name, ast.Attribute, ast.NamedExpr)):
                found |= self.possible(option)
            elif not (isinstance(option, ast.Constant) and option.value is None):
                found.add(UNKNOWN)
        return frozenset(found)

    def _attribute(self, meaning: str, attribute: str) -> frozenset[str]:
        return (
            frozenset({UNKNOWN})
            if meaning in {UNKNOWN, OPEN}
            else self._canonical(f"{meaning}.{attribute}")
        )

    def _canonical(self, dotted: str) -> frozenset[str]:
        followed = self._follow(dotted)
        return frozenset({dotted}) if followed is None else followed

    def _unbound(self, name: str) -> Iterator[frozenset[str]]:
        if name in _BUILTINS:
            yield frozenset({f"builtins.{name}"})
        elif self.module_scope.stars:
            yield from (self._star(module, name) for module in self.module_scope.stars)
        else:
            yield frozenset({UNKNOWN})

    def _star(self, module: str, name: str) -> frozenset[str]:
        followed = self._follow(f"{module}.{name}")
        if followed is None:
            # With several star imports any of them may be the source.
            only = len(self.module_scope.stars) == 1
            return frozenset({f"{module}.{name}"} if only else {f"{module}.{name}", UNKNOWN})
        return followed - {UNKNOWN} or frozenset({UNKNOWN})

    def _build(self, tree: ast.Module) -> None:
        stack: list[tuple[ast.AST, Scope]] = [(tree, self.module_scope)]
        while stack:
            node, scope = stack.pop()
            self._bind(node, scope)
            children = list(self._children(node, scope))
            for child, child_scope in children:
                self.parents[child] = node
                if child_scope is not scope:
                    self._scopes[child] = child_scope
            stack.extend(reversed(children))

    def _children(self, node: ast.AST, scope: Scope) -> Iterator[tuple[ast.AST, Scope]]:
        if isinstance(node, _FUNCTIONS):
            yield from self._function_children(node, Scope(node, scope), scope)
        elif isinstance(node, ast.ClassDef):
            inner = Scope(node, scope)
            body = set(map(id, node.body))
            for child in ast.iter_child_nodes(node):
                yield child, inner if id(child) in body else scope
        elif isinstance(node, _COMPREHENSIONS):
            inner = Scope(node, scope)
            for child in ast.iter_child_nodes(node):
                yield child, inner
        elif isinstance(node, ast.comprehension) and self._is_first(node):
            assert scope.parent is not None
            for child in ast.iter_child_nodes(node):
                yield child, scope.parent if child is node.iter else scope
        else:
            for child in ast.iter_child_nodes(node):
                yield child, scope

    def _is_first(self, node: ast.comprehension) -> bool:
        owner = self.parents[node]
        assert isinstance(owner, _COMPREHENSIONS)
        return owner.generators[0] is node

    @staticmethod
    def _function_children(
        node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, inner: Scope, outer: Scope
    ) -> Iterator[tuple[ast.AST, Scope]]:
        body = [node.body] if isinstance(node, ast.Lambda) else node.body
        inside = set(map(id, body))
        for child in ast.iter_child_nodes(node):
            yield child, inner if id(child) in inside else outer
        every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        every += [a for a in (node.args.vararg, node.args.kwarg) if a]
        for argument in every:
            Names._add(inner, Binding(argument.arg, BindingKind.PARAMETER, argument, inner))

    def _bind(self, node: ast.AST, scope: Scope) -> None:
        match node:
            case ast.Name(ctx=ast.Load()):
                self._loads.setdefault(node.id, []).append(node)
            case ast.Name():
                kind, value = self._assigned(node)
                self._declare(scope, node.id, kind, node, value)
            case ast.Import():
                for alias in node.names:
                    target = alias.name if alias.asname else alias.name.split(".")[0]
                    self._declare(
                        scope, alias.asname or target, BindingKind.IMPORT, alias, target=target
                    )
            case ast.ImportFrom():
                self._bind_from(node, scope)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self._declare(scope, node.name, BindingKind.DEFINITION, node)
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                self._declare(scope, name, BindingKind.OTHER, node)
            case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                self._declare(scope, name, BindingKind.OTHER, node)
            case ast.Global():
                scope.global_names.update(node.names)
            case ast.Nonlocal():
                scope.nonlocal_names.update(node.names)

    def _bind_from(self, node: ast.ImportFrom, scope: Scope) -> None:
        module = self._absolute(node)
        for alias in node.names:
            if alias.name == "*":
                scope.stars.append(module)
                continue
            self._declare(
                scope,
                alias.asname or alias.name,
                BindingKind.IMPORT,
                alias,
                target=f"{module}.{alias.name}" if module else alias.name,
            )

    def _assigned(self, node: ast.Name) -> tuple[BindingKind, ast.expr | None]:
        match self.parents.get(node):
            case ast.Assign(targets=targets, value=value) if node in targets:
                return BindingKind.ASSIGN, value
            case ast.AnnAssign(target=target, value=value) if target is node:
                return BindingKind.ASSIGN, value
            case ast.NamedExpr(value=value):
                return BindingKind.ASSIGN, value
        return BindingKind.OTHER, None

    def _declare(
        self,
        scope: Scope,
        name: str,
        kind: BindingKind,
        node: ast.AST,
        value: ast.expr | None = None,
        target: str = "",
    ) -> None:
        home = self._home(scope, name, node)
        self._add(home, Binding(name, kind, node, home, value, target))

    def _home(self, scope: Scope, name: str, node: ast.AST) -> Scope:
        if isinstance(self.parents.get(node), ast.NamedExpr):
            while isinstance(scope.node, _COMPREHENSIONS) and scope.parent:
                scope = scope.parent
        if name in scope.global_names:
            return self.module_scope
        if name in scope.nonlocal_names and scope.parent:
            return self.lookup(name, scope.parent) or scope
        return scope

    @staticmethod
    def _add(scope: Scope, binding: Binding) -> None:
        scope.bindings.setdefault(binding.name, []).append(binding)
