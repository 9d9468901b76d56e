"""Is this expression a Snowpark session, or a Streamlit connection to Snowflake?

Both questions are answered "it may well be": an assignment, a return or an annotation says so
somewhere in the app. What is edited needs more certainty than that; what is reported does not.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from sis_codemods.session.displays import item_values, unpacked
from sis_codemods.session.own_classes import attribute_values, called
from sis_migrate.python.definitions import bindings, returned
from sis_migrate.python.module import Module
from sis_migrate.python.names import Binding, BindingKind

GET_ACTIVE_SESSION = "snowflake.snowpark.context.get_active_session"
SESSION_CLASSES = frozenset({"snowflake.snowpark.Session", "snowflake.snowpark.session.Session"})
_SESSION_MAKERS = frozenset({"create", "getOrCreate"})
_SESSION_FUNCTIONS = frozenset(
    {GET_ACTIVE_SESSION, *(f"{c}.get_active_session" for c in SESSION_CLASSES)}
)
STATE_KEY = "snowpark_session"
"""The key of ``st.session_state`` under which the accessor that is written keeps the session."""
SESSION_NAMES = frozenset(
    {"session", "_session", "snowpark_session", "_snowpark_session", "sp_session", "_sp_session"}
)
CONNECTION_FUNCTIONS = frozenset({"streamlit.connection", "streamlit.experimental_connection"})
_CONNECTION_CLASSES = frozenset(
    f"streamlit.connections.{name}"
    for name in ("SnowflakeConnection", "SnowparkConnection", "SnowflakeCallersRightsConnection")
)
_NOT_SNOWFLAKE = frozenset({"sql"})
_MAX_STEPS = 40

Test = Callable[["_Question", Module, ast.expr], bool]


def session_of(module: Module, expr: ast.expr) -> bool:
    """Whether an expression may be a Snowpark ``Session``.

    Follows assignments, attributes (``self.session``, ``st.session_state.session``), parameters
    (by annotation, else by a session's usual names) and returns of the app's own functions,
    through all of its files.
    """
    return _Question(_is_session).ask(module, expr)


def connection_of(module: Module, expr: ast.expr) -> bool:
    """Whether an expression may be what ``st.connection`` gives for Snowflake; follows like
    :func:`session_of`."""
    return _Question(_is_connection).ask(module, expr)


def is_session_maker(module: Module, call: ast.Call) -> bool:
    """Whether a call makes a session with ``Session.builder``: ``.create()``, ``.getOrCreate()``."""
    return (
        isinstance(call.func, ast.Attribute)
        and call.func.attr in _SESSION_MAKERS
        and builder_of(module, call.func.value)
    )


def builder_of(module: Module, expr: ast.expr) -> bool:
    """Whether an expression is ``Session.builder``, configured or not."""
    while isinstance(expr, ast.Call) and isinstance(expr.func, ast.Attribute):
        expr = expr.func.value
    if isinstance(expr, ast.Attribute) and expr.attr in {"builder", "SessionBuilder"}:
        return module.resolve(expr.value) in SESSION_CLASSES
    if isinstance(expr, ast.Name):
        values = [b.value for b in module.names.bindings(expr) if b.value is not None]
        return any(v is not expr and _is_builder_value(module, v) for v in values)
    return False


def session_state_key(module: Module, expr: ast.expr) -> str:
    """The key under which ``st.session_state`` is read or written by an expression, else ""."""
    if isinstance(expr, ast.Attribute) and _is_session_state(module, expr.value):
        return expr.attr
    if isinstance(expr, ast.Subscript) and _is_session_state(module, expr.value):
        return _text(expr.slice)
    if (
        isinstance(expr, ast.Call)
        and isinstance(expr.func, ast.Attribute)
        and expr.func.attr in {"get", "setdefault"}
        and expr.args
        and _is_session_state(module, expr.func.value)
    ):
        return _text(expr.args[0])
    return ""


def is_none(module: Module, expr: ast.expr) -> bool:
    """Whether an expression is None, as it is or by a name that is only ever bound to it."""
    if isinstance(expr, ast.Constant):
        return expr.value is None
    values = [binding.value for _, binding in bindings(module, expr)]
    return bool(values) and all(isinstance(v, ast.Constant) and v.value is None for v in values)


def connection_type(call: ast.Call) -> str:
    """The literal type of an ``st.connection`` call, its name where it has no type, else ""."""
    kind = next((k.value for k in call.keywords if k.arg == "type"), None)
    if kind is None and len(call.args) > 1:
        kind = call.args[1]
    if kind is None:
        kind = next((k.value for k in call.keywords if k.arg == "name"), None)
        kind = call.args[0] if call.args else kind
    return _text(kind) if kind is not None else ""


class _Question:
    """One question about one expression, asked of everything that it may come from."""

    def __init__(self, test: Test) -> None:
        self._test = test
        self._asked: set[int] = set()

    def ask(self, module: Module, expr: ast.expr | None) -> bool:
        if expr is None or id(expr) in self._asked or len(self._asked) > _MAX_STEPS:
            return False
        self._asked.add(id(expr))
        if self._test(self, module, expr):
            return True
        match expr:
            case ast.NamedExpr() | ast.Await() | ast.Starred():
                return self.ask(module, expr.value)
            case ast.IfExp():
                return self.ask(module, expr.body) or self.ask(module, expr.orelse)
            case ast.BoolOp():
                return any(self.ask(module, value) for value in expr.values)
            case ast.Call():
                return self._call(module, expr)
            case ast.Name() | ast.Attribute() | ast.Subscript():
                return self._named(module, expr)
        return False

    def _call(self, module: Module, call: ast.Call) -> bool:
        if module.resolve(call.func) == "typing.cast" and len(call.args) == 2:
            return self.ask(module, call.args[1])
        if session_state_key(module, call):
            return self._stored(module, call)
        return any(
            self.ask(home, value)
            for home, function in called(module, call.func)
            for value in returned(function)
        )

    def _named(self, module: Module, expr: ast.Name | ast.Attribute | ast.Subscript) -> bool:
        if session_state_key(module, expr):
            return self._stored(module, expr)
        if isinstance(expr, ast.Subscript):
            return any(self.ask(home, value) for home, value in item_values(module, expr))
        if any(self._bound(home, binding) for home, binding in bindings(module, expr)):
            return True
        return isinstance(expr, ast.Attribute) and self._attribute(module, expr)

    def _bound(self, module: Module, binding: Binding) -> bool:
        if binding.kind is BindingKind.ASSIGN:
            return self.ask(module, binding.value)
        if binding.kind is BindingKind.OTHER:
            item = module.names.parents.get(binding.node)
            if isinstance(item, ast.withitem):
                return self.ask(module, item.context_expr)
            return self.ask(module, unpacked(module, binding))
        return False

    def _stored(self, module: Module, expr: ast.expr) -> bool:
        """Whether any file of the app puts such a value under this key of the session state."""
        key = session_state_key(module, expr)
        return any(
            self.ask(other, value)
            for other in module.project.modules.values()
            for target, value in other.stores.get(key, ())
            if session_state_key(other, target) == key
        )

    def _attribute(self, module: Module, expr: ast.Attribute) -> bool:
        """Whether this file, or the object's own class, gives such an attribute such a value."""
        return any(
            isinstance(target, ast.Attribute) and self.ask(module, value)
            for target, value in module.stores.get(expr.attr, ())
        ) or any(self.ask(home, value) for home, value in attribute_values(module, expr))


def _is_session(question: _Question, module: Module, expr: ast.expr) -> bool:
    if isinstance(expr, ast.Call):
        if module.resolve(expr.func) in _SESSION_FUNCTIONS or is_session_maker(module, expr):
            return True
        return (
            isinstance(expr.func, ast.Attribute)
            and expr.func.attr in {"session", "safe_session"}
            and connection_of(module, expr.func.value)
        )
    if isinstance(expr, ast.Name):
        return any(
            _session_parameter(module, b)
            for b in module.names.bindings(expr)
            if b.kind is BindingKind.PARAMETER
        )
    return (
        isinstance(expr, ast.Attribute)
        and expr.attr == "session"
        and connection_of(module, expr.value)
    )


def _is_connection(question: _Question, module: Module, expr: ast.expr) -> bool:
    if not isinstance(expr, ast.Call):
        return False
    function = module.resolve(expr.func)
    if function in CONNECTION_FUNCTIONS:
        return connection_type(expr) not in _NOT_SNOWFLAKE
    return function in _CONNECTION_CLASSES


def _session_parameter(module: Module, binding: Binding) -> bool:
    assert isinstance(binding.node, ast.arg)
    annotation = binding.node.annotation
    if annotation is None:
        return binding.name in SESSION_NAMES
    return any(_names_session(module, part) for part in _parts(annotation))


def _names_session(module: Module, annotation: ast.expr) -> bool:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return annotation.value.split(".")[-1].strip() == "Session"
    return module.resolve(annotation) in SESSION_CLASSES


def _parts(annotation: ast.expr) -> Iterator[ast.expr]:
    """The alternatives of ``X | None`` and ``Optional[X]``."""
    match annotation:
        case ast.BinOp(left=left, right=right):
            yield from _parts(left)
            yield from _parts(right)
        case ast.Subscript(slice=ast.Tuple(elts=elements)):
            yield from elements
        case ast.Subscript(slice=inner):
            yield inner
        case _:
            yield annotation


def _is_builder_value(module: Module, value: ast.expr) -> bool:
    while isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        value = value.func.value
    return (
        isinstance(value, ast.Attribute)
        and value.attr == "builder"
        and module.resolve(value.value) in SESSION_CLASSES
    )


def _is_session_state(module: Module, expr: ast.expr) -> bool:
    return module.resolve(expr) == "streamlit.session_state"


def _text(expr: ast.expr) -> str:
    return expr.value if isinstance(expr, ast.Constant) and isinstance(expr.value, str) else ""
