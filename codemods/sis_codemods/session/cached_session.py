"""Take the cache off a function that gives a session.

**What it does.** Removes ``@st.cache_resource`` from a function that returns a session and does
nothing else; ``st.connection`` keeps the connection itself. In an imported file ``@lru_cache`` and
``@cache`` of ``functools``, too.

**Why.** In a container the cached session lives as long as the process, for all viewers. When its
connection has expired, after hours without a query, every call fails until somebody restarts the
app. A session per viewer in such a cache would be the first viewer's for everybody.

**Example.**

Before:

```python
import streamlit as st

@st.cache_resource
def get_session():
    return st.connection("snowflake").session()
```

After:

```python
import streamlit as st

def get_session():
    return st.connection("snowflake").session()
```

**What it leaves.** Caches in session scope; caches of ``functools`` in a script, which are new in each
run. A function that does more before it returns the session, one that in any of its ways opens a
connection of its own (each call would be a login without the cache), and an object that is made of a
session and cached (``Root(session)``), have a finding; the last two not where the cache has
``validate`` or a ``ttl`` below four hours. So has a cache that the app clears, and one without a
decorator (``get = lru_cache(make)``). Where each viewer is to have a connection of their own, no
session call of the app is changed as long as such a cache is there: the first viewer's would be
everybody's.

**Safety.** To review: each call makes a session over the shared connection now, which is cheap but
is never forgotten by Snowpark; see "Sessions" in the documentation for what each form costs. The
cache goes together with the app's other session edits or not at all.

**Source.** "st.cache_resource",
https://docs.streamlit.io/develop/api-reference/caching-and-state/st.cache_resource
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sis_codemods.session import accessor_code, forms
from sis_codemods.session.cached import is_lasting, lasting_cache, renews
from sis_codemods.session.fallback_shape import accessor_calls, is_new_session
from sis_codemods.session.forms import GROUP, weight_of
from sis_codemods.session.giving import logins_go, only_gives, use_of_cache
from sis_codemods.session.kept_sessions import held
from sis_codemods.session.origins import BUILDER, CALLERS_RIGHTS, CREATED, VIEWERS, origins
from sis_codemods.session.own_classes import called
from sis_codemods.session.values import (
    CONNECTION_FUNCTIONS,
    GET_ACTIVE_SESSION,
    STATE_KEY,
    session_of,
)
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Edit, Finding, Item, Safety, Withhold
from sis_migrate.python.definitions import Function, returned
from sis_migrate.python.edits import Lines, PythonChange, Transformation
from sis_migrate.python.module import Module

if TYPE_CHECKING:
    import libcst as cst

_CACHE_LESS = "Cache what is expensive here, and get the session where it is used."
_FIRST_VIEWERS = "the cache would give the first viewer's own connection to all viewers"
_LOGINS = frozenset({CREATED, f"{BUILDER}.getOrCreate"})
_EXPIRES = "the cached session outlives its connection, and is the same for all viewers"
_OWN_LOGIN = (
    "Get the session with st.connection where it is used; or keep the cache, because without it a "
    "call may be a login of its own, and give it a `ttl` below four hours."
)
_STREAMLITS = CONNECTION_FUNCTIONS | {CALLERS_RIGHTS, VIEWERS}
"""What a session comes from that is cheap to make again, because Streamlit keeps its connection."""

codemod = PythonCodemod(
    __name__,
    code="SIS106",
    name="cached-session",
    summary="`@st.cache_resource` or `@lru_cache` around a session goes",
    item=Item.CACHE,
    safety=Safety.REVIEW,
    triggers=(b"cache_resource", b"experimental_singleton", b"functools"),
)


@codemod.on(ast.FunctionDef, ast.AsyncFunctionDef)
def function(module: Module, node: ast.AST) -> Iterator[Edit | Finding | Withhold]:
    """Remove the decorator, or report what the cache keeps."""
    assert isinstance(node, Function)
    decorator = lasting_cache(module, node)
    if decorator is None:
        return
    values = list(returned(node))
    made_by = _made_by(module, values)
    kept = frozenset().union(*(held(module, value) for value in values))
    if GET_ACTIVE_SESSION in made_by | kept or any(_asks_still(module, n) for n in ast.walk(node)):
        if _gives_first_viewers(module, node, values, made_by):
            yield from _held_back(module, decorator)
    elif any(session_of(module, value) for value in values):
        yield from _session(module, node, decorator, made_by)
    elif not renews(decorator) and any(_made_of_session(module, v) for v in values):
        yield module.find(
            decorator,
            "the cached object keeps a session, which outlives its connection",
            remedy="Make the object where it is used, or give the cache a `ttl` below four hours.",
        )


@codemod.on(ast.Call)
def call(module: Module, node: ast.AST) -> Iterator[Finding | Withhold]:
    """Report ``get_session = lru_cache(make_session)``, where there is no decorator to remove."""
    assert isinstance(node, ast.Call)
    if len(node.args) != 1 or not is_lasting(module, node.func, node):
        return
    given = [node.args[0].body] if isinstance(node.args[0], ast.Lambda) else []
    wrapped = [(module, value) for value in given] + [
        (home, value)
        for home, function in called(module, node.args[0])
        for value in returned(function)
    ]
    kept = frozenset[str]().union(*(_sources(home, value) for home, value in wrapped))
    if GET_ACTIVE_SESSION not in kept:
        if kept:
            yield module.find(node, _EXPIRES, remedy=_CACHE_LESS)
    elif forms.plan(module.project).form is forms.Form.VIEWER:
        yield from _held_back(module, node)


def _sources(module: Module, value: ast.expr) -> frozenset[str]:
    """What makes the session that a value is or has in it; empty where there is none."""
    if session_of(module, value):
        return origins(module, value) & {*_STREAMLITS, GET_ACTIVE_SESSION}
    return held(module, value)


def _held_back(module: Module, cache: ast.expr) -> Iterator[Finding | Withhold]:
    yield module.find(cache, _FIRST_VIEWERS, remedy=_CACHE_LESS)
    where = f"{module.path.name}:{module.source.span(cache).line}"
    yield Withhold(GROUP, f"{where} keeps one session for all viewers")


def _session(
    module: Module, node: Function, decorator: ast.expr, made_by: set[str]
) -> Iterator[Edit | Finding]:
    """What becomes of the cache around a session that SIS101 need not change (any more)."""
    last = node.body[-1]
    if not made_by <= _STREAMLITS:
        if not renews(decorator):
            yield module.find(decorator, _EXPIRES, remedy=_OWN_LOGIN)
    elif use := use_of_cache(module, node):
        yield module.find(decorator, f"{_EXPIRES}; {use} needs the cache", remedy=_CACHE_LESS)
    elif _is_busy(module, node) and isinstance(last, ast.Return):
        yield _kept_per_viewer(module, last)
    elif only_gives(module, node):
        yield _uncached(module, node, decorator)
    else:
        yield module.find(decorator, _EXPIRES, remedy=_CACHE_LESS)


def _gives_first_viewers(
    module: Module, node: Function, values: list[ast.expr], made_by: set[str]
) -> bool:
    """Whether the cache would stay around a connection that is to be each viewer's own.

    Asked before SIS101 makes its edits, which cannot be taken back afterwards.
    """
    if forms.plan(module.project).form is not forms.Form.VIEWER:
        return False
    if not any(session_of(module, value) for value in values):
        return any(_made_of_session(module, value) for value in values)
    known = made_by <= {*_STREAMLITS, *_LOGINS, GET_ACTIVE_SESSION}
    goes = known and only_gives(module, node, collapsed=True) and logins_go(module, node)
    return not goes or bool(use_of_cache(module, node))


def _made_by(module: Module, values: list[ast.expr]) -> set[str]:
    """What makes the sessions that a function returns, in each of its ways."""
    found: set[str] = set()
    for value in values:
        if not isinstance(value, ast.Constant):
            found |= origins(module, value)
    return found


def _uncached(module: Module, node: Function, decorator: ast.expr) -> Edit:
    index = node.decorator_list.index(decorator)
    named = next(n for n in ast.walk(decorator) if isinstance(n, ast.Name))
    is_streamlits = (module.resolve(named) or "").startswith("streamlit")
    drops = [] if is_streamlits else module.import_of(named)
    return module.edit(
        decorator,
        PythonChange(
            transformations=(Transformation(node, lambda: _without(index)),), drops=tuple(drops)
        ),
        f"the cache around the session goes: {_EXPIRES}",
        group=GROUP,
        remedy="Check that nothing compares the sessions of two calls.",
    )


def _is_busy(module: Module, node: Function) -> bool:
    """Whether a function that does nothing but make a session is called at several places."""
    *before, last = node.body
    return (
        isinstance(last, ast.Return)
        and last.value is not None
        and is_new_session(module, last.value)
        and not accessor_calls(module, last.value)
        and f'"{STATE_KEY}"' not in module.source.segment(node)
        and all(isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant) for s in before)
        and module.names.scope_of(node) is module.names.module_scope
        and weight_of(module, node) > 1
    )


def _kept_per_viewer(module: Module, statement: ast.Return) -> Edit:
    st = module.imports.name_for("streamlit", alias="st", at=statement)
    return module.edit(
        statement,
        PythonChange(
            lines=(Lines(statement, accessor_code.body(str(st))),),
            needs=(st.need,) if st.need else (),
        ),
        "each viewer keeps a session in st.session_state, because many places take one",
        group=GROUP,
        remedy="Check that nothing compares the sessions of two calls.",
    )


def _asks_still(module: Module, node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and GET_ACTIVE_SESSION in module.names.possible(node.func)


def _made_of_session(module: Module, value: ast.expr) -> bool:
    if not isinstance(value, ast.Call):
        return False
    if held(module, value):
        return True
    name = value.func.attr if isinstance(value.func, ast.Attribute) else ast.unparse(value.func)
    arguments = [*value.args, *(k.value for k in value.keywords)]
    return name[:1].isupper() and any(session_of(module, a) for a in arguments)


def _without(index: int) -> cst.CSTTransformer:
    """A transformer that takes one decorator off the outermost function."""
    import libcst

    class Remover(libcst.CSTTransformer):
        def __init__(self) -> None:
            super().__init__()
            self.depth = 0

        def visit_FunctionDef(self, node: libcst.FunctionDef) -> None:
            self.depth += 1

        def leave_FunctionDef(
            self, original_node: libcst.FunctionDef, updated_node: libcst.FunctionDef
        ) -> libcst.FunctionDef:
            self.depth -= 1
            if self.depth:
                return updated_node
            decorators = list(updated_node.decorators)
            gone = decorators.pop(index)
            above = [*gone.leading_lines] if index == 0 else []
            if above and decorators:
                first = decorators[0]
                decorators[0] = first.with_changes(leading_lines=[*above, *first.leading_lines])
                above = []
            return updated_node.with_changes(
                decorators=decorators,
                leading_lines=[*updated_node.leading_lines],
                lines_after_decorators=[*above, *updated_node.lines_after_decorators],
            )

    return Remover()
