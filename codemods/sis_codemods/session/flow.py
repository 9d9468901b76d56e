"""Where a text goes: to which calls that run it as SQL, through names, wrappers and other files."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from sis_codemods.session.calls import callees, callers, parameter
from sis_codemods.session.sql_facts import in_code
from sis_codemods.session.texts import SAME_TEXT, SAME_VALUE, template_of
from sis_migrate.python.definitions import Function, functions, uses
from sis_migrate.python.module import Module

RUNS = frozenset(
    {
        "sql", "execute", "executemany", "execute_async", "execute_string", "query", "cursor",
        "read_sql", "read_sql_query", "sql_expr", "select_expr", "selectExpr", "raw_sql",
    }
)  # fmt: skip
"""Functions and methods that run their first argument as SQL, whosever they are."""

_SQL_KEYWORDS = frozenset(
    {"query", "sql", "command", "statement", "operation", "sql_text", "stmt", "sql_query"}
)
_LIKELY = re.compile(r"sql|quer(y|ies)|exec|run_", re.IGNORECASE)
_SHOWS = ("streamlit.", "builtins.print", "logging.", "builtins.open", "json.", "re.")
_SAME_ITEMS = frozenset(
    f"builtins.{name}"
    for name in ("list", "tuple", "enumerate", "zip", "sorted", "reversed", "set")
)
_ITEMS_OF = frozenset(
    {"get", "items", "values", "pop", "copy", "split", "splitlines", "join", "popitem"}
)
_ADDS = frozenset({"append", "extend", "insert", "add", "setdefault", "put"})
_NOT_OWN = RUNS | _ADDS | SAME_TEXT
_MARK = "migrate__mark"
_MAX_STEPS = 300

Place = tuple[Module, ast.AST]


@dataclass(frozen=True)
class Run:
    """A call that runs a text; ``fragment``: the text is only a part of what is run."""

    module: Module
    call: ast.Call
    fragment: bool = False

    @property
    def receiver(self) -> ast.expr | None:
        """The object whose method runs it."""
        return self.call.func.value if isinstance(self.call.func, ast.Attribute) else None


@dataclass
class Followed:
    """What became of a text: the calls that run it, and every place on the way."""

    runs: list[Run] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    lost: bool = False
    """It also goes somewhere that cannot be followed."""

    @property
    def fragment(self) -> bool:
        """Whether it is nowhere run as a text of its own."""
        return bool(self.runs) and all(run.fragment for run in self.runs)


def follow(module: Module, node: ast.expr) -> Followed:
    """Follow the value of an expression to where it is run."""
    return _Follower().follow(module, node)


class _Follower:
    def __init__(self) -> None:
        self.found = Followed()
        self._work: list[tuple[Module, ast.AST, bool]] = []
        self._seen: set[ast.AST] = set()

    def follow(self, module: Module, node: ast.expr) -> Followed:
        self._work.append((module, node, False))
        while self._work and len(self._seen) < _MAX_STEPS:
            where, expr, fragment = self._work.pop()
            if expr not in self._seen:
                self._seen.add(expr)
                self.found.places.append((where, expr))
                self._step(where, expr, fragment)
        self.found.lost = self.found.lost or bool(self._work)
        return self.found

    def _go(self, module: Module, node: ast.AST, fragment: bool) -> None:
        self._work.append((module, node, fragment))

    def _step(self, module: Module, node: ast.AST, fragment: bool) -> None:
        parent = module.names.parents.get(node)
        match parent:
            case ast.Call() if node is not parent.func:
                self._argument(module, parent, node, "", fragment)
            case ast.keyword(arg=arg):
                call = module.names.parents.get(parent)
                if isinstance(call, ast.Call):
                    self._argument(module, call, node, arg or "", fragment)
            case ast.Attribute():
                self._method(module, parent, fragment)
            case ast.BinOp(op=ast.Add(), left=left):
                self._go(module, parent, fragment or left is not node)
            case ast.BinOp(op=ast.Mod(), left=left) if left is node:
                self._go(module, parent, fragment)
            case ast.FormattedValue():
                self._inserted(module, parent, node, fragment)
            case ast.JoinedStr() | ast.BoolOp() | ast.Await() | ast.Starred() | ast.List():
                self._go(module, parent, fragment)
            case ast.Tuple() | ast.Set() | ast.Dict():
                self._go(module, parent, fragment)
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                self._go(module, parent, fragment)
            case ast.Lambda():
                self._lambda(module, parent, fragment)
            case ast.IfExp(test=test) if test is not node:
                self._go(module, parent, fragment)
            case ast.Subscript(value=value) if value is node:
                self._go(module, parent, fragment)
            case ast.NamedExpr(target=target):
                self._go(module, parent, fragment)
                self._target(module, target, fragment)
            case ast.Assign(targets=targets):
                for target in targets:
                    self._target(module, target, fragment)
            case ast.AnnAssign(target=target):
                self._target(module, target, fragment)
            case ast.AugAssign(target=target):
                self._target(module, target, True)
            case ast.For(iter=items, target=target) | ast.comprehension(iter=items, target=target):
                if items is node:
                    self._target(module, target, fragment)
            case ast.Return() | ast.Yield():
                self._returned(module, parent, fragment)
            case ast.arguments():
                self._default(module, parent, node, fragment)

    def _inserted(
        self, module: Module, value: ast.FormattedValue, node: ast.AST, fragment: bool
    ) -> None:
        """Into an f-string: as SQL, or as a value between quotes?"""
        string = module.names.parents[value]
        assert isinstance(string, ast.JoinedStr)
        assert isinstance(node, ast.expr)
        template = template_of(module, string, node, _MARK) or ""
        if in_code(template, _MARK):
            self._go(module, string, fragment or string.values[0] is not value)

    def _argument(
        self, module: Module, call: ast.Call, node: ast.AST, keyword: str, fragment: bool
    ) -> None:
        function = module.resolve(call.func) or ""
        name = call.func.attr if isinstance(call.func, ast.Attribute) else function.split(".")[-1]
        first = bool(call.args) and call.args[0] is node
        if (function in SAME_VALUE and first) or function in _SAME_ITEMS:
            self._go(module, call, fragment)
        elif function.startswith(_SHOWS) and name not in RUNS:  # a connection's query runs it
            return
        elif name in _ADDS and isinstance(call.func, ast.Attribute):
            self._container(module, call.func.value, fragment)
        elif self._own(module, call, node, keyword, fragment):
            return
        elif name in RUNS and (first or keyword in _SQL_KEYWORDS):
            self.found.runs.append(Run(module, call, fragment))
        elif name in {"submit", "map", "partial", "Thread"}:
            self._handed_on(module, call, fragment)
        elif name in SAME_TEXT | {"join"}:
            # "…".format(x) and sep.join(x): somewhere in the middle of another text
            self._go(module, call, True)
        elif _LIKELY.search(name) and (first or keyword in _SQL_KEYWORDS):
            self.found.runs.append(Run(module, call, fragment))
        elif name not in RUNS:
            self.found.lost = True

    def _own(
        self, module: Module, call: ast.Call, node: ast.AST, keyword: str, fragment: bool
    ) -> bool:
        """Into a function of the app's own: on with its parameter."""
        own = [] if _method_name(call) in _NOT_OWN else callees(module, call.func)
        for home, function in own:
            name = parameter(module, call, node, keyword, function)
            if name is None and keyword and function.args.kwarg:
                name = function.args.kwarg.arg
            if name is not None:
                self._read(home, function, name, fragment)
        return bool(own)

    def _read(self, module: Module, function: Function, name: str, fragment: bool) -> None:
        for scope in module.names.scopes():
            if scope.node is function:
                for binding in scope.bindings.get(name, ()):
                    for reference in module.names.references(binding):
                        self._go(module, reference, fragment)
                    return

    def _handed_on(self, module: Module, call: ast.Call, fragment: bool) -> None:
        for other in call.args:
            if isinstance(other, ast.Attribute) and other.attr in RUNS:
                self.found.runs.append(Run(module, call, fragment))
            for home, function in functions(module, other):
                if function.args.args:
                    self._read(home, function, function.args.args[0].arg, fragment)

    def _method(self, module: Module, attribute: ast.Attribute, fragment: bool) -> None:
        call = module.names.parents.get(attribute)
        if not isinstance(call, ast.Call) or call.func is not attribute:
            return
        if attribute.attr in SAME_TEXT or attribute.attr in _ITEMS_OF:
            self._go(module, call, fragment)

    def _target(self, module: Module, target: ast.expr, fragment: bool) -> None:
        match target:
            case ast.Name():
                self._named(module, target, fragment)
            case ast.Tuple() | ast.List():
                for element in target.elts:
                    self._target(module, element, fragment)
            case ast.Starred():
                self._target(module, target.value, fragment)
            case ast.Attribute():
                self._stored(module, target.attr, fragment)
            case ast.Subscript(slice=ast.Constant(value=str(key))) if _is_state(module, target):
                self._stored(module, key, fragment)
            case ast.Subscript():
                self._container(module, target.value, fragment)

    def _named(self, module: Module, name: ast.Name, fragment: bool) -> None:
        for home, reference in _references(module, name):
            self._go(home, reference, fragment)
        scope = module.names.lookup(name.id, module.names.scope_of(name))
        if scope is not None and scope.is_class:
            self._stored(module, name.id, fragment)

    def _lambda(self, module: Module, function: ast.Lambda, fragment: bool) -> None:
        """Returned to the calls of the name that a lambda is given."""
        statement = module.names.parents.get(function)
        targets = statement.targets if isinstance(statement, ast.Assign) else ()
        for target in targets:
            for home, reference in _references(module, target):
                call = home.names.parents.get(reference)
                if isinstance(call, ast.Call) and call.func is reference:
                    self._go(home, call, fragment)

    def _container(self, module: Module, container: ast.expr, fragment: bool) -> None:
        if isinstance(container, ast.Name):
            self._named(module, container, fragment)
        elif isinstance(container, ast.Attribute):
            self._stored(module, container.attr, fragment)

    def _stored(self, module: Module, key: str, fragment: bool) -> None:
        """Read again from an attribute or a session-state key of that name, in any file."""
        for other in module.project.modules.values():
            for node in other.once(_reads).get(key, ()):
                self._go(other, node, fragment)

    def _returned(self, module: Module, statement: ast.AST, fragment: bool) -> None:
        function = next(
            (a for a in module.names.ancestors(statement) if isinstance(a, Function)), None
        )
        if function is None:
            return
        for home, call in callers(module, function):
            self._go(home, call, fragment)

    def _default(
        self, module: Module, arguments: ast.arguments, node: ast.AST, fragment: bool
    ) -> None:
        function = module.names.parents.get(arguments)
        positional = [*arguments.posonlyargs, *arguments.args]
        pairs = list(zip(reversed(positional), reversed(arguments.defaults), strict=False))
        pairs += [(a, d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
                  if d is not None]  # fmt: skip
        for argument, default in pairs:
            if default is node and isinstance(function, Function):
                self._read(module, function, argument.arg, fragment)


def _references(module: Module, name: ast.expr) -> list[Place]:
    """The places that read what a name is bound to, in all files where it is the file's own."""
    if not isinstance(name, ast.Name):
        return []
    scope = module.names.lookup(name.id, module.names.scope_of(name))
    if scope is None:
        return []
    if scope is module.names.module_scope:
        return [(use.module, use.node) for use in uses(module, name.id).uses]
    return [(module, r) for b in scope.bindings[name.id][:1] for r in module.names.references(b)]


def _reads(module: Module) -> dict[str, list[ast.expr]]:
    """The reads of attributes and of session-state keys in a file, by their name."""
    found: dict[str, list[ast.expr]] = {}
    for node in module.source.nodes(ast.Attribute):
        if isinstance(node.ctx, ast.Load):
            found.setdefault(node.attr, []).append(node)
    for item in module.source.nodes(ast.Subscript):
        key = item.slice.value if isinstance(item.slice, ast.Constant) else None
        if isinstance(key, str) and isinstance(item.ctx, ast.Load) and _is_state(module, item):
            found.setdefault(key, []).append(item)
    return found


def _method_name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _is_state(module: Module, node: ast.Subscript) -> bool:
    return module.resolve(node.value) == "streamlit.session_state"
