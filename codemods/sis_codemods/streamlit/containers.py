"""Which expression holds a container of a Streamlit page: a column, a tab, a placeholder, a form.

Assignments, unpacking, loops, ``with``, attributes of ``self``, parameters and returns are followed
through the files of the app, a number of steps at most.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

from sis_codemods.session.calls import callers
from sis_codemods.streamlit.api_names import CLASSES, OBJECTS, canonical, command, is_streamlit
from sis_migrate.python.definitions import Function, bindings, functions, returned
from sis_migrate.python.module import Module
from sis_migrate.python.names import UNKNOWN, Binding, BindingKind

_LISTS = frozenset({"columns", "tabs", "beta_columns"})
_CONTAINERS = frozenset(
    {
        "beta_container", "beta_expander", "chat_message", "container", "empty", "expander", "form",
        "popover", "status",
    }
)  # fmt: skip
_ELEMENTS = frozenset(
    {
        "altair_chart", "area_chart", "audio", "balloons", "bar_chart", "bokeh_chart", "caption",
        "code", "dataframe", "divider", "error", "exception", "graphviz_chart", "header", "help",
        "html", "image", "info", "json", "latex", "line_chart", "map", "markdown", "metric",
        "plotly_chart", "progress", "pydeck_chart", "pyplot", "scatter_chart", "snow", "subheader",
        "success", "table", "text", "title", "toast", "vega_lite_chart", "video", "warning",
    }
)  # fmt: skip
"""Commands that give back the place they have drawn in, which takes the methods of a container."""
_USUAL_NAMES = frozenset(
    {
        "box", "col", "column", "container", "ctr", "expander", "holder", "page", "panel", "parent",
        "placeholder", "sidebar", "slot", "st", "tab", "target",
    }
)  # fmt: skip
_MAX_STEPS = 60
Found = tuple[str, bool]
"""A shape and whether it is certain. The shape ends in ``c``, a container; ``s`` is a sequence of
what follows, ``d`` a mapping to it."""


def is_container_object(meanings: Iterable[str]) -> bool:
    """Whether qualified names are all those of containers that Streamlit has ready."""
    return all(m in OBJECTS for m in meanings)


class Search:
    """One question about one expression, asked of everything that it may come from."""

    def __init__(self) -> None:
        self._known: dict[ast.AST, Found | None] = {}

    def shape(self, module: Module, expr: ast.expr | None) -> Found | None:
        """The shape of an expression; None where it holds no container."""
        if expr is None:
            return None
        if expr not in self._known and len(self._known) < _MAX_STEPS:
            self._known[expr] = None  # for a name that is defined by itself
            self._known[expr] = self._shape(module, expr)
        return self._known.get(expr)

    def _shape(self, module: Module, expr: ast.expr) -> Found | None:
        match expr:
            case ast.Name() | ast.Attribute():
                return self._named(module, expr)
            case ast.Call():
                return self._call(module, expr)
            case ast.Subscript():
                return _item(self.shape(module, expr.value), expr.slice)
            case ast.NamedExpr() | ast.Starred():
                return self.shape(module, expr.value)
            case ast.IfExp():
                return _joined(self.shape(module, e) for e in _alternatives(expr.body, expr.orelse))
            case ast.BoolOp():
                return _joined(self.shape(module, e) for e in _alternatives(*expr.values))
            case ast.List() | ast.Tuple():
                return _within("s", _joined(self.shape(module, e) for e in expr.elts))
            case ast.Dict():
                return _within("d", _joined(self.shape(module, e) for e in expr.values))
            case ast.ListComp() | ast.GeneratorExp():
                return _within("s", self.shape(module, expr.elt))
            case ast.DictComp():
                return _within("d", self.shape(module, expr.value))
            case ast.BinOp(op=ast.Add()):
                return _joined([self.shape(module, expr.left), self.shape(module, expr.right)])
        return None

    def _call(self, module: Module, call: ast.Call) -> Found | None:
        name, certain = self._command(module, call.func)
        if name in _LISTS:
            return "sc", certain
        if name in _CONTAINERS or name in _ELEMENTS:
            return "c", certain
        if name:
            return None
        last = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if last in {"values", "copy", "get", "pop", "__enter__"} and not name:
            return self._method(module, call, last)
        builtin = module.resolve(call.func) or ""
        if builtin in {"builtins.list", "builtins.tuple", "builtins.reversed", "builtins.iter",
                       "itertools.cycle"} and len(call.args) == 1:  # fmt: skip
            return self.shape(module, call.args[0])
        if builtin == "builtins.next" and call.args:
            return _item(self.shape(module, call.args[0]), None)
        found = [
            self.shape(home, value)
            for home, function in functions(module, call.func)
            for value in returned(function)
        ]
        return _joined(found) if found else None

    def _command(self, module: Module, function: ast.expr) -> tuple[str, bool]:
        """The command that a call calls, found with the steps of this question."""
        meanings = module.names.possible(function)
        ours = [m for m in meanings if is_streamlit(m)]
        if ours:
            return command(canonical(ours[0])), len(meanings) == 1
        if not isinstance(function, ast.Attribute) or function.attr not in (
            _LISTS | _CONTAINERS | _ELEMENTS
        ):
            return "", False
        found = self.shape(module, function.value)
        return (function.attr, found[1]) if found and found[0] == "c" else ("", False)

    def _method(self, module: Module, call: ast.Call, method: str) -> Found | None:
        assert isinstance(call.func, ast.Attribute)
        found = self.shape(module, call.func.value)
        if found is None or method in {"copy", "__enter__"}:
            return found
        if method == "values":
            return ("s" + found[0][1:], found[1]) if found[0][0] == "d" else None
        return _item(found, None)

    def _named(self, module: Module, expr: ast.Name | ast.Attribute) -> Found | None:
        meanings = module.names.possible(expr)
        if meanings and is_container_object(meanings):
            return "c", True
        if UNKNOWN not in meanings:
            return None
        found = [self._bound(home, b) for home, b in bindings(module, expr) if not _is_none(b)]
        if found or isinstance(expr, ast.Name):
            return _joined(found) if found else None
        return self._attribute(module, expr)

    def _attribute(self, module: Module, expr: ast.Attribute) -> Found | None:
        """What this file assigns to attributes of that name, of ``self`` at best."""
        stores = [
            (target, value)
            for target, value in module.stores.get(expr.attr, ())
            if isinstance(target, ast.Attribute) and not _is_none_constant(value)
        ]
        same = [value for target, value in stores if _same_owner(module, target, expr)]
        found = _joined(self.shape(module, value) for value in same or (v for _, v in stores))
        return (found[0], found[1] and bool(same)) if found else None

    def _bound(self, module: Module, binding: Binding) -> Found | None:
        if binding.kind is BindingKind.ASSIGN:
            statement = module.names.parents[binding.node]
            if isinstance(statement, ast.AnnAssign):
                return _annotated(module, statement.annotation) or self.shape(module, binding.value)
            return self.shape(module, binding.value)
        if binding.kind is BindingKind.PARAMETER:
            return self._parameter(module, binding)
        if binding.kind is BindingKind.OTHER:
            return self._target(module, binding.node)
        return None

    def _target(self, module: Module, node: ast.AST) -> Found | None:
        """What an unpacking, a loop or a ``with`` binds a name to."""
        path: list[int] = []
        parent = module.names.parents[node]
        starred = 0
        while isinstance(parent, (ast.Tuple, ast.List, ast.Starred)):
            if isinstance(parent, ast.Starred):
                starred += 1
            else:
                path.insert(0, next(i for i, e in enumerate(parent.elts) if e is node))
            node, parent = parent, module.names.parents[parent]
        match parent:
            case ast.Assign():
                found = self._unpacked(module, parent.value, path)
            case ast.withitem():
                found = self._unpacked(module, parent.context_expr, path)
            case ast.For() | ast.comprehension():
                found = self._looped(module, parent.iter, path)
            case _:
                return None
        return _within("s", found) if starred else found

    def _unpacked(self, module: Module, value: ast.expr, path: Sequence[int]) -> Found | None:
        while path and isinstance(value, (ast.Tuple, ast.List)):
            if any(isinstance(e, ast.Starred) for e in value.elts) or path[0] >= len(value.elts):
                return None
            value, path = value.elts[path[0]], path[1:]
        return _peeled(self.shape(module, value), len(path))

    def _looped(self, module: Module, iterated: ast.expr, path: Sequence[int]) -> Found | None:
        if isinstance(iterated, ast.Call) and path:
            function = module.resolve(iterated.func) or ""
            if function == "builtins.enumerate" and iterated.args:
                if path[0] == 0:
                    return None
                return self._looped(module, iterated.args[0], path[1:])
            if function in {"builtins.zip", "itertools.zip_longest"}:
                if path[0] >= len(iterated.args):
                    return None
                return self._looped(module, iterated.args[path[0]], path[1:])
            last = iterated.func.attr if isinstance(iterated.func, ast.Attribute) else ""
            if last == "items" and isinstance(iterated.func, ast.Attribute) and path[0] == 1:
                found = self.shape(module, iterated.func.value)
                return _peeled(_item(found, None), len(path) - 1)
        return _peeled(self.shape(module, iterated), len(path) + 1)

    def _parameter(self, module: Module, binding: Binding) -> Found | None:
        assert isinstance(binding.node, ast.arg)
        if binding.node.annotation is not None:
            return _annotated(module, binding.node.annotation)
        given = self._given(module, binding)
        if given is not None:
            return given
        return ("c", False) if binding.name in _USUAL_NAMES else None

    def _given(self, module: Module, binding: Binding) -> Found | None:
        """What the calls in the app hand over for a parameter."""
        function = binding.scope.node
        if not isinstance(function, Function) or len(self._known) > _MAX_STEPS // 2:
            return None
        names = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
        if binding.name not in names:
            return None
        values = [
            (home, value)
            for home, call in callers(module, function)
            for value in _argument(call, names, binding.name)
        ]
        found = [self.shape(home, value) for home, value in values if not _is_none_constant(value)]
        return _joined(found) if found else None


def _argument(call: ast.Call, names: Sequence[str], wanted: str) -> Iterator[ast.expr]:
    yield from (k.value for k in call.keywords if k.arg == wanted)
    index = names.index(wanted)
    if names[:1] in (["self"], ["cls"]) and isinstance(call.func, ast.Attribute):
        index -= 1
    if 0 <= index < len(call.args) and not any(isinstance(a, ast.Starred) for a in call.args):
        yield call.args[index]


def _same_owner(module: Module, target: ast.Attribute, expr: ast.Attribute) -> bool:
    """Whether both are attributes of a ``self`` of one class, or of one and the same name."""
    one, other = target.value, expr.value
    if not isinstance(one, ast.Name) or not isinstance(other, ast.Name) or one.id != other.id:
        return False
    return _class_around(module, one) is _class_around(module, other)


def _class_around(module: Module, node: ast.AST) -> ast.AST | None:
    return next((a for a in module.names.ancestors(node) if isinstance(a, ast.ClassDef)), None)


def _is_none(binding: Binding) -> bool:
    return binding.value is not None and _is_none_constant(binding.value)


def _is_none_constant(expr: ast.expr) -> bool:
    return isinstance(expr, ast.Constant) and expr.value is None


def _alternatives(*values: ast.expr) -> list[ast.expr]:
    return [value for value in values if not _is_none_constant(value)]


def _joined(found: Iterable[Found | None]) -> Found | None:
    """One answer out of several: certain only where all agree."""
    answers = list(found)
    shapes = {a[0] for a in answers if a}
    if len(shapes) != 1:
        return None
    return shapes.pop(), all(a is not None and a[1] for a in answers)


def _within(outer: str, found: Found | None) -> Found | None:
    return (outer + found[0], found[1]) if found else None


def _item(found: Found | None, index: ast.expr | None) -> Found | None:
    if isinstance(index, ast.Slice):
        return found
    return (found[0][1:], found[1]) if found and len(found[0]) > 1 else None


def _peeled(found: Found | None, levels: int) -> Found | None:
    """What is left of nested sequences after unpacking or iterating so many times."""
    if found is None or found[0][:levels] != "s" * levels:
        return None
    return (found[0][levels:], found[1]) if found[0][levels:] else None


def _annotated(module: Module, annotation: ast.expr) -> Found | None:
    match annotation:
        case ast.Constant(value=str(text)):
            last = text.strip("\"' ").split("|")[0].strip().split(".")[-1]
            return ("c", True) if last == "DeltaGenerator" else None
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _annotated(module, left) or _annotated(module, right)
        case ast.Subscript(value=value, slice=inner):
            outer = module.resolve(value) or ""
            last = outer.rpartition(".")[2].lower()
            first = inner.elts[0] if isinstance(inner, ast.Tuple) and inner.elts else inner
            if last == "optional":
                return _annotated(module, first)
            if last in {"list", "tuple", "sequence", "iterable"}:
                return _within("s", _annotated(module, first))
            if last in {"dict", "mapping"} and isinstance(inner, ast.Tuple):
                return _within("d", _annotated(module, inner.elts[-1]))
            return None
    return ("c", True) if module.resolve(annotation) in CLASSES else None
