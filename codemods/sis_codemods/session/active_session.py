"""Get the session from ``st.connection`` instead of from the process.

**What it does.** Replaces every call of Snowpark's ``get_active_session()``, whatever the function is
called in the file, and removes the import when nothing needs it any more. What takes its place is
chosen by what the app does (``--session auto``, the default):

- ``documented``: ``st.connection("snowflake").session()``, where a run of a script takes the session
  at one place and changes no state of it;
- ``accessor``: a function ``get_session()`` that keeps each viewer's session in ``st.session_state``,
  where many places take one;
- ``viewer``: the same over a connection of each viewer's own, where the app uses transactions,
  temporary tables, ``USE``, ``SET`` or ``ALTER SESSION``.

A call that only asks whether the app runs in Snowflake becomes a test for the container's token file.

**Why.** A container serves all viewers from one process. ``get_active_session()`` fails there when
the process has no or more than one active session, and it is not thread-safe. All sessions of
``st.connection("snowflake")`` share one connection, so that what one viewer sets, all viewers have.

**Example.**

Before:

```python
from snowflake.snowpark.context import get_active_session
import streamlit as st

session = get_active_session()
st.dataframe(session.table("SALES").limit(10))
```

After:

```python
import streamlit as st

session = st.connection("snowflake").session()
st.dataframe(session.table("SALES").limit(10))
```

**What it leaves.** A function or method of the app's own with that name, and what a stored procedure
or a user-defined function runs: that stays in Snowflake, where the call goes on working. Places
where the name may stand for something else (a function of the app's own in an
``except ImportError``), where the function itself is handed on, or kept as an attribute of a class,
code that such a procedure and the app both run, and ``with get_active_session()``, whose end would
close the connection that all viewers share: each has a finding, and then no session call of the app
is changed, because a session from ``st.connection`` makes a remaining ``get_active_session()`` fail
on the second rerun.

**Safety.** Safe for the documented form and the accessor. To review: a connection per viewer (one
login each), a test for the container, and a ``try`` whose handlers look at the error's message.

**Source.** "Migrating between runtime environments",
https://docs.snowflake.com/en/developer-guide/streamlit/migrations-and-upgrades/runtime-migration
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sis_codemods.private.in_container import test_at
from sis_codemods.session import forms
from sis_codemods.session.left_to_fallback import is_left_to_fallback
from sis_codemods.session.probes import Probe, probe_of
from sis_codemods.session.replacing import new_module, replaced
from sis_codemods.session.values import GET_ACTIVE_SESSION as FUNCTION
from sis_codemods.session.values import is_none
from sis_codemods.session.warehouse_places import REMEDY, Runs, is_of_warehouse, runs
from sis_migrate.codemod import AppContext, PythonCodemod
from sis_migrate.model import Edit, Finding, Item, Safety, Status, Withhold
from sis_migrate.python.edits import PythonChange
from sis_migrate.python.module import Module
from sis_migrate.python.names import Binding

SESSION_GROUP = forms.GROUP
_OPEN_REMEDY = 'Get the session with `st.connection("snowflake").session()` here by hand.'

codemod = PythonCodemod(
    __name__,
    code="SIS101",
    name="active-session",
    summary='`get_active_session()` becomes `st.connection("snowflake").session()`',
    item=Item.SESSION,
    safety=Safety.SAFE,
    triggers=(b"get_active_session",),
)


@codemod.on(ast.Call)
def call(module: Module, node: ast.AST) -> Iterator[Edit | Finding | Withhold]:
    """Rewrite a call, or say why not."""
    assert isinstance(node, ast.Call)
    if not isinstance(node.func, (ast.Name, ast.Attribute)):
        return
    meanings = module.names.possible(node.func)
    if FUNCTION not in meanings:
        return
    if is_left_to_fallback(module, node) or is_of_warehouse(module, node):
        return
    if forms.is_elsewhere(module):
        yield module.find(
            node,
            "get_active_session() stays here: no script of the app imports this file",
            status=Status.REVIEW,
            remedy="Change it by hand, if the app runs it in another way.",
        )
        return
    obstacle = _obstacle(module, node, meanings)
    if obstacle:
        remedy = REMEDY if runs(module, node) is Runs.BOTH else _OPEN_REMEDY
        yield module.find(node, f"get_active_session() {obstacle}", remedy=remedy)
        yield Withhold(SESSION_GROUP, f"{_place(module, node)} keeps get_active_session()")
        return
    probe = probe_of(module, node)
    if probe is not None:
        yield _tested(module, node, probe)
    else:
        yield replaced(module, node, "get_active_session()")


@codemod.on_app
def accessor(context: AppContext) -> Iterator[Edit]:
    """Add the module of an accessor that several files use."""
    yield from new_module(context)


@codemod.on(ast.Name, ast.Attribute)
def reference(module: Module, node: ast.AST) -> Iterator[Finding | Withhold]:
    """Report the function where it is not called but handed on, replaced or tested."""
    assert isinstance(node, (ast.Name, ast.Attribute))
    parent = module.names.parents.get(node)
    if isinstance(parent, ast.Call) and parent.func is node:
        return
    if isinstance(parent, ast.Attribute) or _spelling(module, node) is None:
        return
    if is_of_warehouse(module, node):
        return
    if isinstance(node.ctx, ast.Load) and _is_guard(module, parent, node):
        yield module.find(
            node,
            "the test whether get_active_session could be imported is true in a container too",
            status=Status.REVIEW,
            remedy="Remove the test, or test for the place the app runs in.",
        )
    elif isinstance(node, ast.Attribute) or isinstance(node.ctx, ast.Load):
        what = "is replaced" if isinstance(node.ctx, ast.Store) else "is handed on as a value"
        yield module.find(node, f"get_active_session {what}", remedy=_OPEN_REMEDY)
        yield Withhold(SESSION_GROUP, f"{_place(module, node)} keeps get_active_session")


@codemod.on(ast.ImportFrom)
def unused_import(module: Module, node: ast.AST) -> Iterator[Edit | Finding | Withhold]:
    """Remove an import of the function that nothing uses."""
    for binding in module.names.imports():
        if module.names.parents[binding.node] is not node:
            continue
        place = _used_as_attribute(module, binding)
        if place:
            yield module.find(
                node,
                f"get_active_session is kept as an attribute of a class, and {place} may use it",
                remedy=_OPEN_REMEDY,
            )
            yield Withhold(SESSION_GROUP, f"{_place(module, node)} keeps get_active_session")
            return
        unused = not module.names.references(binding) and not module.needed_elsewhere(binding)
        if unused and module.names.meanings(binding) == {FUNCTION}:
            yield module.edit(
                node,
                PythonChange(drops=(binding,)),
                "the unused import of get_active_session is removed",
                group=SESSION_GROUP,
            )


def _tested(module: Module, node: ast.Call, probe: Probe) -> Edit:
    """Put the test for the container in the place of a ``try`` that asks where the app runs."""
    test, os = test_at(module, probe.statement)
    return module.edit(
        node,
        PythonChange(
            lines=probe.lines(test),
            removals=probe.removed,
            needs=(os.need,) if os.need else (),
            drops=probe.drops(module),
        ),
        f"a try that asks whether the app runs in Snowflake becomes {test}",
        group=SESSION_GROUP,
        safety=Safety.REVIEW,
        remedy="Check what depends on this: it is true in a container, and false elsewhere.",
    )


def _spelling(module: Module, node: ast.Name | ast.Attribute) -> str | None:
    """The function's name where ``node`` may stand for it and is not merely bound by an import."""
    name = node.id if isinstance(node, ast.Name) else node.attr
    imported = isinstance(node, ast.Attribute) or isinstance(node.ctx, ast.Load)
    return name if imported and FUNCTION in module.names.possible(node) else None


def _obstacle(module: Module, node: ast.Call, meanings: frozenset[str]) -> str:
    if len(meanings) > 1:
        return "may be Snowpark's or another function of that name here"
    if node.args or node.keywords:
        return "takes no arguments, but is given some here"
    if isinstance(module.names.parents[node], ast.withitem):
        return "in a `with` would close the connection that all viewers share"
    if runs(module, node) is Runs.BOTH:
        return "is in code that a procedure or function in Snowflake runs, and the app too"
    return ""


def _used_as_attribute(module: Module, binding: Binding) -> str:
    """Where the app may use a class's import of the function as ``Class.name``; else ""."""
    if not binding.scope.is_class or FUNCTION not in module.names.meanings(binding):
        return ""
    return next(
        (
            _place(other, attribute)
            for other in module.project.modules.values()
            for attribute in other.source.nodes(ast.Attribute)
            if attribute.attr == binding.name and FUNCTION not in other.names.possible(attribute)
        ),
        "",
    )


def _is_guard(module: Module, parent: ast.AST | None, node: ast.expr) -> bool:
    if isinstance(parent, (ast.If, ast.IfExp, ast.While, ast.Assert)):
        return parent.test is node
    if isinstance(parent, ast.Compare):
        return all(is_none(module, c) for c in parent.comparators)
    if isinstance(parent, ast.Call):
        return isinstance(parent.func, ast.Name) and parent.func.id == "callable"
    return isinstance(parent, (ast.BoolOp, ast.UnaryOp))


def _place(module: Module, node: ast.AST) -> str:
    return f"{module.path.name}:{module.source.span(node).line}"
