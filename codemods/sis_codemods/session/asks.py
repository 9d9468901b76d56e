"""Every place of a file that asks Snowflake who the viewer is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from sis_codemods.session.caches import CachedFunction, cache_around
from sis_codemods.session.origins import is_callers, is_foreign
from sis_codemods.session.sql_facts import IDENTITY_FUNCTIONS, Kind
from sis_codemods.session.sql_places import SqlPlace, sql_places
from sis_codemods.session.values import session_of
from sis_migrate.model import Span
from sis_migrate.python.graph import Role
from sis_migrate.python.module import Module

_FUNCTIONS = "snowflake.snowpark.functions."
_BY_NAME = frozenset({"call_function", "call_builtin", "builtin", "function"})
_WAYS_OUT = (
    "Bind who the viewer is as a parameter (`?` and st.user.user_name); or query through "
    'st.connection("snowflake-callers-rights"), which has the viewer\'s own rights: it needs Streamlit '
    '1.53.1 or later, GRANT CALLER on what is read to the app\'s owner role, and scope="session" on '
    "every cache of what it returns."
)
_RIGHTS = (
    "Keep who may do what in a table and look st.user.user_name up in it; or ask through "
    'st.connection("snowflake-callers-rights"), which has the viewer\'s own rights: it needs Streamlit '
    '1.53.1 or later, GRANT CALLER on what is read to the app\'s owner role, and scope="session" on '
    "every cache of what it returns."
)

REMEDIES = {
    "CURRENT_USER": _WAYS_OUT,
    "CURRENT_AVAILABLE_ROLES": _RIGHTS,
    "IS_ROLE_IN_SESSION": _RIGHTS,
    "CURRENT_SESSION": 'Make a key of the viewer\'s own, st.session_state.setdefault("viewer", '
    "str(uuid.uuid4())), and use it where the session's id told viewers apart.",
}
"""What to do instead of each function."""

_MEANINGS = {
    "CURRENT_USER": "is the app's own service user in a container, not the viewer",
    "CURRENT_AVAILABLE_ROLES": "are the roles of the app's owner in a container, not the viewer's",
    "IS_ROLE_IN_SESSION": "asks about the app's owner in a container, not about the viewer",
    "CURRENT_SESSION": "is one session for all viewers in a container",
}


@dataclass(frozen=True)
class Ask:
    """One place: the SQL function it comes down to, how it is written, the cache around it."""

    function: str
    what: str
    span: Span
    cache: CachedFunction | None
    sure: bool = True


def meaning(function: str) -> str:
    """What a function means in a container, as the end of a sentence."""
    return _MEANINGS[function]


def asks(module: Module) -> tuple[Ask, ...]:
    """The places of a file that some script reaches; worked out once."""
    return module.once(_asks)


def _asks(module: Module) -> tuple[Ask, ...]:
    if module.role is Role.UNREACHED:
        return ()
    return (*_in_sql(module), *_in_calls(module))


def _in_sql(module: Module) -> Iterator[Ask]:
    seen: set[tuple[ast.expr, str]] = set()
    for place in sql_places(module):
        fact = place.fact
        if fact.kind is Kind.IDENTITY and (place.text.node, fact.subject) not in seen:
            seen.add((place.text.node, fact.subject))
            yield Ask(fact.subject, fact.subject, place.span, _cache(place), place.sure)


def _cache(place: SqlPlace) -> CachedFunction | None:
    """The cache around the text or around anything that it goes through until it is run."""
    for module, node in place.followed.places:
        found = _unkeyed(cache_around(module, node))
        if found:
            return found
    return None


def _unkeyed(cache: CachedFunction | None) -> CachedFunction | None:
    """A cache whose key does not name the viewer."""
    return None if cache is None or cache.keyed_by_viewer else cache


def _in_calls(module: Module) -> Iterator[Ask]:
    for node in module.source.nodes(ast.Call):
        function = _function(module, node)
        if function:
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            what = f"{name or module.source.segment(node.func)}()"
            cache = _unkeyed(cache_around(module, node))
            yield Ask(function, what, module.source.span(node), cache)


def _function(module: Module, call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute) and call.func.attr == "get_current_user":
        receiver = call.func.value
        ours = session_of(module, receiver) and not (
            is_callers(module, receiver) or is_foreign(module, receiver)
        )
        return "CURRENT_USER" if ours else ""
    name = module.resolve(call.func) or ""
    if not name.startswith(_FUNCTIONS):
        return ""
    last = name.removeprefix(_FUNCTIONS)
    if last in _BY_NAME and call.args and isinstance(call.args[0], ast.Constant):
        last = str(call.args[0].value)
    return last.upper() if last.upper() in IDENTITY_FUNCTIONS else ""
