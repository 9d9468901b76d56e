"""What a test says under one release of Streamlit: ``hasattr``, ``getattr``, versions, signatures."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sis_codemods.streamlit.api import Api
from sis_codemods.streamlit.api_names import MODULE
from sis_codemods.streamlit.facts import Version
from sis_codemods.streamlit.receivers import is_container, streamlit_name
from sis_migrate.python.definitions import bindings, functions, returned
from sis_migrate.python.module import Module, Project
from sis_migrate.python.names import BindingKind

_MAX_STEPS = 30
_OPERATORS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda one, other: one in other,
    ast.NotIn: lambda one, other: one not in other,
}
_TEXT_METHODS = frozenset({"split", "startswith", "endswith", "strip", "partition", "replace"})
_CALLABLES: dict[str, Callable[..., Any]] = {
    "builtins.int": int,
    "builtins.float": float,
    "builtins.str": str,
    "builtins.bool": bool,
    "builtins.tuple": tuple,
    "builtins.list": list,
    "builtins.len": len,
    "builtins.all": all,
    "builtins.any": any,
    "builtins.callable": callable,
}
_VERSION_CLASSES = frozenset(
    {
        "packaging.version.Version",
        "packaging.version.parse",
        "pkg_resources.parse_version",
        "distutils.version.LooseVersion",
        "distutils.version.StrictVersion",
    }
)
_VERSION_READERS = frozenset(
    {"importlib.metadata.version", "importlib_metadata.version", "pkg_resources.get_distribution"}
)


class _UnknownValueError(Exception):
    """A test depends on more than the release of Streamlit."""


def truth(module: Module, test: ast.expr, version: Version) -> bool | None:
    """What a test says under a release; None where that does not depend on the release alone."""
    evaluation = _Evaluation(module, version)
    try:
        found = bool(evaluation.value(test))
    except _UnknownValueError:
        return None
    return found if evaluation.progress.asked else None


def is_defined_by_app(module: Module, name: str) -> bool:
    """Whether the app itself puts something under this name of Streamlit's."""
    return name in module.project.once(_assigned_names)


def _assigned_names(project: Project) -> frozenset[str]:
    found = set()
    for module in project.modules.values():
        for attribute, stores in module.stores.items():
            for target, _ in stores:
                if isinstance(target, ast.Attribute) and module.resolve(target.value) == MODULE:
                    found.add(f"{MODULE}.{attribute}")
        for call in _calls_of(module, "setattr"):
            if len(call.args) == 3 and module.resolve(call.args[0]) == MODULE:
                name = call.args[1]
                if isinstance(name, ast.Constant) and isinstance(name.value, str):
                    found.add(f"{MODULE}.{name.value}")
    return frozenset(found)


def _calls_of(module: Module, name: str) -> Iterator[ast.Call]:
    if name not in module.source.text:
        return
    for node in ast.walk(module.source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


@dataclass(slots=True)
class _Progress:
    """How far the evaluation of one test has come, and whether it asked for a fact of Streamlit's."""

    steps: int = 0
    asked: bool = False


class _Evaluation:
    """What an expression is under one release; raises _UnknownValueError where that is not known."""

    def __init__(self, module: Module, version: Version, progress: _Progress | None = None) -> None:
        self.module = module
        self.version = version
        self.progress = progress or _Progress()
        self._locals: dict[str, Any] = {}

    def value(self, expr: ast.expr) -> Any:
        """The value of an expression; ``_Thing`` stands for a command that is there."""
        self.progress.steps += 1
        if self.progress.steps > _MAX_STEPS:
            raise _UnknownValueError
        try:
            return self._value(expr)
        except (TypeError, ValueError, IndexError, KeyError, AttributeError) as error:
            raise _UnknownValueError from error

    def _value(self, expr: ast.expr) -> Any:
        match expr:
            case ast.Constant(value=value):
                return value
            case ast.Tuple(elts=elements):
                return tuple(self.value(e) for e in elements)
            case ast.List(elts=elements):
                return [self.value(e) for e in elements]
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return not self.value(operand)
            case ast.BoolOp():
                return self._both(expr)
            case ast.Compare():
                return self._compared(expr)
            case ast.IfExp():
                return self.value(expr.body if self.value(expr.test) else expr.orelse)
            case ast.NamedExpr():
                return self.value(expr.value)
            case ast.Subscript():
                return self.value(expr.value)[self._index(expr.slice)]
            case ast.ListComp() | ast.GeneratorExp():
                return self._comprehended(expr)
            case ast.Call():
                return self._called(expr)
            case ast.Name() | ast.Attribute():
                return self._named(expr)
        raise _UnknownValueError

    def _both(self, expr: ast.BoolOp) -> Any:
        """``and``/``or``: one side may decide although another is not known."""
        decisive = isinstance(expr.op, ast.Or)
        unknown = False
        value: Any = None
        for each in expr.values:
            try:
                value = self.value(each)
                if bool(value) is decisive:
                    return value
            except _UnknownValueError:
                unknown = True
        if unknown:
            raise _UnknownValueError
        return value

    def _compared(self, expr: ast.Compare) -> bool:
        left = self.value(expr.left)
        for symbol, right_expr in zip(expr.ops, expr.comparators, strict=True):
            right = self.value(right_expr)
            if not _OPERATORS[type(symbol)](left, right):
                return False
            left = right
        return True

    def _index(self, index: ast.expr) -> Any:
        if not isinstance(index, ast.Slice):
            return self.value(index)
        parts = (index.lower, index.upper, index.step)
        return slice(*(self.value(p) if p else None for p in parts))

    def _comprehended(self, expr: ast.ListComp | ast.GeneratorExp) -> list[Any]:
        loop = expr.generators[0]
        if len(expr.generators) > 1 or not isinstance(loop.target, ast.Name):
            raise _UnknownValueError
        found = []
        for item in self.value(loop.iter):
            self._locals[loop.target.id] = item
            if all(self.value(test) for test in loop.ifs):
                found.append(self.value(expr.elt))
        return found

    def _called(self, call: ast.Call) -> Any:
        name = self.module.resolve(call.func) or ""
        if name in {"builtins.hasattr", "builtins.getattr"} and len(call.args) >= 2:
            return self._attribute(name, call)
        if name == "builtins.dir" and len(call.args) == 1:
            self.progress.asked = True
            return _Members(self._owner(call.args[0]), self.version)
        if name == "inspect.signature" and call.args:
            self.progress.asked = True
            return _Parameters(self._owner(call.args[0]), self.version)
        if name in _VERSION_READERS:
            if self.value(call.args[0]) != MODULE:
                raise _UnknownValueError
            return self._release()
        if name in _VERSION_CLASSES:
            from packaging.version import InvalidVersion, Version

            try:
                return Version(self.value(call.args[0]))
            except InvalidVersion as error:
                raise _UnknownValueError from error
        if name == "builtins.map" and len(call.args) == 2:
            function = _CALLABLES[self.module.resolve(call.args[0]) or ""]
            return [function(item) for item in self.value(call.args[1])]
        if name in _CALLABLES:
            return _CALLABLES[name](*(self.value(a) for a in call.args))
        if isinstance(call.func, ast.Attribute) and call.func.attr in _TEXT_METHODS:
            text = self.value(call.func.value)
            if isinstance(text, str):
                return getattr(text, call.func.attr)(*(self.value(a) for a in call.args))
        return self._own_function(call)

    def _own_function(self, call: ast.Call) -> Any:
        found = list(functions(self.module, call.func))
        if len(found) != 1 or call.args or call.keywords:
            raise _UnknownValueError
        home, function = found[0]
        values = list(returned(function))
        if len(values) != 1:
            raise _UnknownValueError
        return _Evaluation(home, self.version, self.progress).value(values[0])

    def _attribute(self, function: str, call: ast.Call) -> Any:
        attribute = self.value(call.args[1])
        name = f"{self._owner(call.args[0])}.{attribute}"
        if is_defined_by_app(self.module, name) or not Api.load().intervals(name):
            raise _UnknownValueError
        there = Api.load().has(name, self.version)
        self.progress.asked = True
        if function == "builtins.hasattr":
            return there
        if there:
            return self._thing(name)
        if len(call.args) < 3:
            raise _UnknownValueError
        return self.value(call.args[2])

    def _owner(self, expr: ast.expr) -> str:
        found = streamlit_name(self.module, expr)
        if found is not None and found.certain:
            return found.name
        container = is_container(self.module, expr)
        if container is None or not container.certain:
            raise _UnknownValueError
        return container.name

    def _named(self, expr: ast.Name | ast.Attribute) -> Any:
        if isinstance(expr, ast.Name) and expr.id in self._locals:
            return self._locals[expr.id]
        name = self.module.resolve(expr)
        if name == "typing.TYPE_CHECKING":
            self.progress.asked = True
            return False
        if name in {f"{MODULE}.__version__", f"{MODULE}.version.STREAMLIT_VERSION_STRING"}:
            return self._release()
        if isinstance(expr, ast.Attribute) and expr.attr in {"parameters", "release", "major",
                                                             "minor", "micro", "version"}:  # fmt: skip
            owner = self.value(expr.value)
            return owner if isinstance(owner, (_Parameters, str)) else getattr(owner, expr.attr)
        if name and name.startswith(f"{MODULE}."):
            if not Api.load().intervals(name) or not Api.load().has(name, self.version):
                raise _UnknownValueError
            return self._thing(name)
        return self._bound(expr)

    def _bound(self, expr: ast.Name | ast.Attribute) -> Any:
        """The one value that all bindings agree on, what handlers of errors bind left out."""
        values = []
        for home, binding in bindings(self.module, expr):
            if binding.kind is not BindingKind.ASSIGN or binding.value is None:
                raise _UnknownValueError
            handled = any(
                isinstance(a, ast.ExceptHandler) for a in home.names.ancestors(binding.node)
            )
            before = home is not self.module or binding.node.lineno <= expr.lineno  # type: ignore[attr-defined]
            if not handled and before:
                values.append(_Evaluation(home, self.version, self.progress).value(binding.value))
        if not values or any(v is not values[0] and v != values[0] for v in values):
            raise _UnknownValueError
        return values[0]

    def _thing(self, name: str) -> _Thing:
        """A function or class is true; what else is there may be empty."""
        return _Thing(true=Api.load().parameters(name, self.version) is not None)

    def _release(self) -> str:
        self.progress.asked = True
        return f"{self.version[0]}.{self.version[1]}.0"


class _Members:
    """``dir()`` of a name: knows what is in it."""

    def __init__(self, owner: str, version: Version) -> None:
        self._owner = owner
        self._version = version

    def __contains__(self, name: object) -> bool:
        return Api.load().has(f"{self._owner}.{name}", self._version)


class _Parameters:
    """``inspect.signature()`` of a name: knows which parameters are in it."""

    def __init__(self, owner: str, version: Version) -> None:
        signature = Api.load().parameters(owner, version)
        if signature is None:
            raise _UnknownValueError
        self._names = {p.name for p in signature.parameters}

    def __contains__(self, name: object) -> bool:
        return name in self._names


@dataclass(frozen=True, slots=True)
class _Thing:
    """Something that is there under a name of Streamlit's."""

    true: bool

    def __bool__(self) -> bool:
        if not self.true:
            raise _UnknownValueError
        return True

    def __call__(self) -> None: ...
