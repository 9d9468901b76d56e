"""Keep the shared connection open: remove ``session.close()``.

**What it does.** Removes ``session.close()`` where the session certainly is the one that all viewers
share (from ``st.connection``, ``get_active_session()`` or ``getOrCreate()``), also as an attribute of
the app's own class or in a dict that it writes down, with an ``if`` or ``finally`` that held nothing
else. The same for ``session.connection.close()`` and the connection's
``raw_connection``. Reports ``with session:``, ``session.cancel_all()``, ``close`` that is handed on,
and a ``close()`` on a session whose origin is not certain.

**Why.** On a warehouse closing the session did nothing. In a container all viewers share one
connection, and closing it ends it for all of them; ``cancel_all`` cancels their queries.

**Example.**

Before:

```python
import streamlit as st

session = st.connection("snowflake").session()
st.dataframe(session.table("SALES"))
session.close()
```

After:

```python
import streamlit as st

session = st.connection("snowflake").session()
st.dataframe(session.table("SALES"))
```

**What it leaves.** Cursors, files and other things with a ``close()``; sessions and connections that
the code opens itself with ``Session.builder…create()`` or ``snowflake.connector.connect()``.

**Safety.** Safe: the removed call does nothing on a warehouse. To review where the session may be one
that the code opened itself in some case, a local fallback for example.

**Source.** ``Session.close`` of snowflake-snowpark-python 1.56, which logs "Closing a session in a
stored procedure is a no-op"; "Migrating between runtime environments",
https://docs.snowflake.com/en/developer-guide/streamlit/migrations-and-upgrades/runtime-migration
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sis_codemods.session.origins import BUILDER, CREATED, VIEWERS, is_callers, origins
from sis_codemods.session.values import GET_ACTIVE_SESSION, connection_of, session_of
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Edit, Finding, Item, Safety
from sis_migrate.python.edits import PythonChange, Transformation
from sis_migrate.python.graph import Role
from sis_migrate.python.module import Module
from sis_migrate.python.names import BindingKind

if TYPE_CHECKING:
    import libcst as cst

_CLOSES = "closes the connection, which other viewers or later runs need"
_SHARED = (VIEWERS, GET_ACTIVE_SESSION, "streamlit.connection", "streamlit.experimental_connection")
_GETS = {
    f"{BUILDER}.getOrCreate",
    "snowflake.snowpark.Session.get_active_session",
    "snowflake.snowpark.session.Session.get_active_session",
}
_TRY = (ast.Try, ast.TryStar)

codemod = PythonCodemod(
    __name__,
    code="SIS120",
    name="close-session",
    summary="`session.close()` on the connection that all viewers share is removed",
    item=Item.SESSION,
    safety=Safety.SAFE,
    triggers=(b"close", b"cancel_all", b"with "),
)


@codemod.on(ast.Attribute)
def close(module: Module, node: ast.AST) -> Iterator[Edit | Finding]:
    """Remove a call of ``close``, or say what it does."""
    assert isinstance(node, ast.Attribute)
    if node.attr not in {"close", "cancel_all"} or module.role is Role.UNREACHED:
        return
    if not _is_shared_kind(module, node.value) or is_callers(module, node.value):
        return
    made_by = origins(module, node.value)
    if made_by and all(_opened(name) for name in made_by):
        return
    call = module.names.parents[node]
    called = isinstance(call, ast.Call) and call.func is node
    if node.attr == "cancel_all":
        yield module.find(
            node,
            "cancels the running queries of all viewers, who share the connection",
            remedy="Cancel only your own: keep the job of `collect_nowait()` and call its `cancel()`.",
        )
    elif not called:
        yield module.find(node, f"hands on what {_CLOSES}", remedy="Do not close the session.")
    else:
        yield from _call(module, node, made_by)


@codemod.on(ast.withitem)
def context(module: Module, node: ast.AST) -> Iterator[Finding]:
    """Report ``with session:``, whose end closes it."""
    assert isinstance(node, ast.withitem)
    expr = node.context_expr
    if module.role is Role.UNREACHED or not isinstance(expr, (ast.Name, ast.Attribute, ast.Call)):
        return
    if isinstance(expr, ast.Call) and module.resolve(expr.func) == GET_ACTIVE_SESSION:
        return  # SIS101 says so
    if isinstance(expr, ast.Call) and module.resolve(expr.func) == "contextlib.closing":
        expr = expr.args[0] if expr.args else expr
    if not session_of(module, expr) or is_callers(module, expr):
        return
    made_by = origins(module, expr)
    if not made_by or not all(_opened(name) for name in made_by):
        yield module.find(
            node.context_expr,
            f"the end of this `with` {_CLOSES}",
            remedy="Assign the session to a name, and take the statements out of the `with`.",
        )


def _call(module: Module, node: ast.Attribute, made_by: frozenset[str]) -> Iterator[Edit | Finding]:
    statement = module.names.statement(node)
    sure = bool(made_by) and all(name in _SHARED or name in _GETS for name in made_by)
    likely = any(name in _SHARED for name in made_by) and all(
        name in _SHARED or name in _GETS or _opened(name) for name in made_by
    )
    alone = isinstance(statement, ast.Expr) and module.names.parents[node] is statement.value
    if not alone or not (sure or likely):
        yield module.find(
            node,
            f"{_CLOSES}" + ("" if sure or likely else ", if this is it"),
            remedy="Remove it, unless the session is one that this code opens for itself.",
        )
        return
    yield module.edit(
        node,
        _removal(module, statement),
        f"the call that {_CLOSES} is removed",
        safety=Safety.SAFE if sure else Safety.REVIEW,
        remedy=""
        if sure
        else "Check that a session which the code opens itself need not be closed.",
    )


def _removal(module: Module, statement: ast.stmt) -> PythonChange:
    """Remove a statement, with what would be left empty around it."""
    parent = module.names.parents.get(statement)
    if (
        isinstance(parent, ast.If)
        and parent.body == [statement]
        and not parent.orelse
        and _harmless(parent.test)
        and not _is_elif(module, parent)
    ):
        return PythonChange(removals=(parent,))
    if isinstance(parent, _TRY) and parent.finalbody == [statement] and parent.handlers:
        return PythonChange(transformations=(Transformation(parent, _without_finally),))
    return PythonChange(removals=(statement,))


def _harmless(test: ast.expr) -> bool:
    """Whether evaluating a condition does nothing."""
    return not any(isinstance(n, (ast.Call, ast.Await, ast.NamedExpr)) for n in ast.walk(test))


def _is_elif(module: Module, node: ast.If) -> bool:
    parent = module.names.parents.get(node)
    return isinstance(parent, ast.If) and node in parent.orelse


def _without_finally() -> cst.CSTTransformer:
    import libcst

    class WithoutFinally(libcst.CSTTransformer):
        """Takes the ``finally`` off the outermost ``try``."""

        def __init__(self) -> None:
            super().__init__()
            self.depth = 0

        def visit_Try(self, node: cst.Try) -> None:
            self.depth += 1

        def leave_Try(self, original_node: cst.Try, updated_node: cst.Try) -> cst.Try:
            self.depth -= 1
            return updated_node if self.depth else updated_node.with_changes(finalbody=None)

        def visit_TryStar(self, node: cst.TryStar) -> None:
            self.depth += 1

        def leave_TryStar(
            self, original_node: cst.TryStar, updated_node: cst.TryStar
        ) -> cst.TryStar:
            self.depth -= 1
            return updated_node if self.depth else updated_node.with_changes(finalbody=None)

    return WithoutFinally()


def _is_shared_kind(module: Module, expr: ast.expr) -> bool:
    """Whether an expression may be a session, or the connection below one."""
    if isinstance(expr, ast.Attribute) and expr.attr == "connection":
        return session_of(module, expr.value)
    if isinstance(expr, ast.Attribute) and expr.attr == "raw_connection":
        return connection_of(module, expr.value)
    if session_of(module, expr):
        return True
    return isinstance(expr, ast.Name) and any(
        isinstance(b.value, ast.Attribute)
        and b.value.attr in {"connection", "raw_connection"}
        and _is_shared_kind(module, b.value)
        for b in module.names.bindings(expr)
        if b.kind is BindingKind.ASSIGN
    )


def _opened(name: str) -> bool:
    """Whether a function makes a session or connection for its caller alone."""
    return name.startswith("snowflake.connector.") or name == CREATED
