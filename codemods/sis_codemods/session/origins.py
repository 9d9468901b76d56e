"""Where the object comes from that a method is called on: which package made it, and how."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sis_codemods.session.cached import DATA, RESOURCE, in_session_scope
from sis_codemods.session.displays import is_whole, item_values, unpacked
from sis_codemods.session.own_classes import attribute_values, called, classes
from sis_codemods.session.values import (
    GET_ACTIVE_SESSION,
    connection_type,
    is_session_maker,
    session_state_key,
)
from sis_migrate.python.definitions import Function, bindings, returned
from sis_migrate.python.graph import Role
from sis_migrate.python.module import Module, Project
from sis_migrate.python.names import UNKNOWN, BindingKind

CALLERS_RIGHTS = "snowflake-callers-rights"
VIEWERS = "a connection of the viewer's own"
"""What comes from a connection of session scope: with the owner's rights, but nobody else's."""
_OURS = ("snowflake.", "streamlit.")
BUILDER = "snowflake.snowpark.Session.builder"
CREATED = f"{BUILDER}.create"
"""What a session that the code opened itself comes from; ``getOrCreate`` may give another's."""

_OWN_CONNECTIONS = {
    "snowflake.connector.connect",
    "snowflake.connector.SnowflakeConnection",
    CREATED,
}
_ONCE = DATA | RESOURCE | {"streamlit.cache", "functools.lru_cache", "functools.cache"}
_MAX_STEPS = 60


def origins(module: Module, expr: ast.expr) -> frozenset[str]:
    """The functions that made an object or what it hangs on, UNKNOWN among them where unsure.

    ``cur = psycopg2.connect().cursor()`` has ``psycopg2.connect``; a connection of Streamlit for
    the rights of its caller has :data:`CALLERS_RIGHTS`.
    """
    return frozenset(_Origin().of(module, expr))


def is_foreign(module: Module, expr: ast.expr) -> bool:
    """Whether an object is certainly not Snowflake's: another database's connection, say."""
    found = origins(module, expr)
    return bool(found) and all(
        name not in {UNKNOWN, CALLERS_RIGHTS, VIEWERS} and not name.startswith(_OURS)
        for name in found
    )


def is_callers(module: Module, expr: ast.expr) -> bool:
    """Whether it is certainly a connection with the viewer's own rights, which nobody shares."""
    return origins(module, expr) == {CALLERS_RIGHTS}


def is_viewers(module: Module, expr: ast.expr) -> bool:
    """Whether it is certainly, or hangs on, a connection of session scope."""
    return origins(module, expr) == {VIEWERS}


def is_own_connection(module: Module, expr: ast.expr) -> bool:
    """Whether it is certainly a connection that the code opened itself, and keeps to itself.

    Not one that a cached function returns or that a shared module holds: all viewers have that.
    """
    origin = _Origin()
    found = origin.of(module, expr)
    return bool(found) and found <= _OWN_CONNECTIONS and not origin.kept


class _Origin:
    """Follows one expression; ``kept`` says that it came out of a cache or a shared module."""

    def __init__(self) -> None:
        self.kept = False
        self._seen: set[ast.AST] = set()

    def of(self, module: Module, expr: ast.expr | None) -> set[str]:
        if expr is None or expr in self._seen:
            return set()
        if len(self._seen) > _MAX_STEPS:
            return {UNKNOWN}
        self._seen.add(expr)
        match expr:
            case ast.Constant(value=None):
                return set()
            case ast.Await() | ast.NamedExpr():
                return self.of(module, expr.value)
            case ast.IfExp():
                return self.of(module, expr.body) | self.of(module, expr.orelse)
            case ast.BoolOp():
                return set().union(*(self.of(module, value) for value in expr.values))
            case ast.Call():
                return self._call(module, expr)
            case ast.Name():
                return self._name(module, expr)
            case ast.Attribute() | ast.Subscript():
                return self._part(module, expr)
        return {UNKNOWN}

    def _call(self, module: Module, call: ast.Call) -> set[str]:
        key = session_state_key(module, call)
        if key:
            return set().union(*(self.of(home, v) for home, v in self._stored(module, call, key)))
        own = called(module, call.func)
        if own:
            found: set[str] = set()
            for home, function in own:
                self.kept = self.kept or _is_kept(home, function)
                for value in returned(function):
                    found |= self.of(home, value)
            return found or {UNKNOWN}
        if is_session_maker(module, call):
            assert isinstance(call.func, ast.Attribute)
            bare = isinstance(call.func.value, ast.Attribute) and not (call.args or call.keywords)
            return {GET_ACTIVE_SESSION if bare else f"{BUILDER}.{call.func.attr}"}
        name = module.resolve(call.func)
        if name == "streamlit.connection" and connection_type(call) == CALLERS_RIGHTS:
            return {CALLERS_RIGHTS}
        if name == "streamlit.connection" and _has_session_scope(module, call):
            return {VIEWERS}
        if name and _is_made_by(module, name):
            return {name}
        if classes(module, call.func):
            return _made_of(module, call)
        if isinstance(call.func, ast.Attribute):
            return self.of(module, call.func.value)
        return {UNKNOWN}

    def _name(self, module: Module, name: ast.Name) -> set[str]:
        found: set[str] = set()
        for home, binding in bindings(module, name):
            if binding.kind is BindingKind.ASSIGN:
                found |= self.of(home, binding.value)
                lasting = binding.scope is home.names.module_scope and home.role is not Role.SCRIPT
                self.kept = self.kept or lasting
            elif binding.kind is BindingKind.OTHER:
                element = unpacked(home, binding)
                found |= (
                    self._context(home, binding.node)
                    if element is None
                    else self._kept_part(home, element)
                )
            else:
                found.add(UNKNOWN)
        return found or {module.resolve(name) or UNKNOWN}

    def _context(self, module: Module, node: ast.AST) -> set[str]:
        item = module.names.parents.get(node)
        return self.of(module, item.context_expr) if isinstance(item, ast.withitem) else {UNKNOWN}

    def _item(self, module: Module, expr: ast.Subscript) -> set[str]:
        """An item of a container that the app writes down."""
        found: set[str] = set() if is_whole(module, expr) else {UNKNOWN}
        for home, value in item_values(module, expr):
            found |= self._kept_part(home, value)
        return found

    def _part(self, module: Module, expr: ast.Attribute | ast.Subscript) -> set[str]:
        key = session_state_key(module, expr)
        own = attribute_values(module, expr) if isinstance(expr, ast.Attribute) and not key else []
        stored = own or list(self._stored(module, expr, key))
        if own:
            self.of(module, expr.value)  # only to learn where the object is kept
        if stored:
            return set().union(*(self._kept_part(home, value) for home, value in stored))
        if key:
            return {UNKNOWN}
        if isinstance(expr, ast.Subscript) and item_values(module, expr):
            return self._item(module, expr)
        if module.resolve(expr.value) == "streamlit.session_state":
            return {UNKNOWN}  # its key is worked out
        name = module.resolve(expr)
        if name and _is_made_by(module, name) and isinstance(expr, ast.Attribute):
            return {name}
        return self.of(module, expr.value)

    def _kept_part(self, module: Module, value: ast.expr) -> set[str]:
        """Where a part comes from; the class of an imported file keeps what its body makes."""
        at_import = module.names.scope_of(value).frame is module.names.module_scope
        self.kept = self.kept or (at_import and module.role is not Role.SCRIPT)
        return self.of(module, value)

    @staticmethod
    def _stored(module: Module, expr: ast.expr, key: str) -> Iterator[tuple[Module, ast.expr]]:
        if key:
            for other in module.project.modules.values():
                for target, value in other.stores.get(key, ()):
                    if session_state_key(other, target) == key:
                        yield other, value
        elif (
            isinstance(expr, ast.Attribute)
            and isinstance(expr.value, ast.Name)
            and expr.value.id in {"self", "cls"}
        ):
            for target, value in module.stores.get(expr.attr, ()):
                if isinstance(target, ast.Attribute):
                    yield module, value


def _is_made_by(module: Module, name: str) -> bool:
    """Whether a name says which package made an object: not the app, and not where it is kept."""
    own = module.project.once(_own_names)
    return (
        "." in name
        and not name.startswith("streamlit.session_state")
        and not any(name.startswith(f"{file}.") for file in own)
    )


def _own_names(project: Project) -> frozenset[str]:
    return frozenset(project.graph.name_of(path) for path in project.modules)


def _made_of(module: Module, call: ast.Call) -> set[str]:
    """What stands for an object of the app's own: the packages that its class comes from."""
    found: set[str] = set()
    for home, owner in classes(module, call.func):
        names = {home.resolve(base) or UNKNOWN for base in owner.bases}
        found |= {n if n == UNKNOWN or _is_made_by(home, n) else UNKNOWN for n in names}
    found -= {n for n in found if n.startswith("builtins.")}
    return found or {UNKNOWN}


def _is_kept(module: Module, function: Function) -> bool:
    """Whether all viewers get what a function returns to the first."""
    for decorator in function.decorator_list:
        name = module.resolve(decorator.func if isinstance(decorator, ast.Call) else decorator)
        if name in _ONCE and not in_session_scope(decorator):
            return True
    return False


def _has_session_scope(module: Module, call: ast.Call) -> bool:
    """Whether ``st.connection`` is given a class of the app's that says ``scope`` is the session."""
    kinds = [k.value for k in call.keywords if k.arg == "type"] + call.args[1:2]
    return any(
        isinstance(binding.node, ast.ClassDef)
        and any(
            isinstance(method, Function)
            and method.name == "scope"
            and any(isinstance(v, ast.Constant) and v.value == "session" for v in returned(method))
            for method in binding.node.body
        )
        for kind in kinds
        for _, binding in bindings(module, kind)
    )
