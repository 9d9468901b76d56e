"""Get the session from ``st.connection`` instead of from the process.

**What it does.** Replaces every call of Snowpark's ``get_active_session()`` by
``st.connection("snowflake").session()``, whatever the function is called in the file, and removes
the import when nothing needs it any more. ``import streamlit as st`` is added where the file has no
import of Streamlit.

**Why.** A container serves all viewers from one process. ``get_active_session()`` fails there when
the process has no or more than one active session, and it is not thread-safe.

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

**What it leaves.** A function or method of the app's own with that name. Places where the name may
stand for something else (a function of the app's own in an ``except ImportError``), where the
function itself is handed on, and ``with get_active_session()``, whose end would close the connection
that all viewers share: each has a finding, and then no session call of the app is changed, because a
session from ``st.connection`` makes a remaining ``get_active_session()`` fail on the second rerun.

**Safety.** Safe, except to review where the call is in a ``try`` whose handlers catch only the errors
of the old call, and where a function under ``st.cache_resource`` returns the session, which then
outlives its connection.

**Source.** "Migrating between runtime environments",
https://docs.snowflake.com/en/developer-guide/streamlit/migrations-and-upgrades/runtime-migration
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Edit, EditGroup, Finding, Item, Safety, Status, Withhold
from sis_migrate.python.edits import PythonChange
from sis_migrate.python.module import Module
from sis_migrate.python.names import Binding

FUNCTION = "snowflake.snowpark.context.get_active_session"
SESSION_GROUP = EditGroup("session")
_OPEN_REMEDY = 'Get the session with `st.connection("snowflake").session()` here by hand.'
_BROAD = {"builtins.Exception", "builtins.BaseException"}

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
    obstacle = _obstacle(module, node, meanings)
    if obstacle:
        yield module.find(node, f"get_active_session() {obstacle}", remedy=_OPEN_REMEDY)
        yield Withhold(SESSION_GROUP, f"{_place(module, node)} keeps get_active_session()")
        return
    st = module.imports.name_for("streamlit", alias="st", at=node)
    doubt = _doubt(module, node)
    yield module.replace(
        node,
        f'{st}.connection("snowflake").session()',
        f'get_active_session() becomes {st}.connection("snowflake").session(){doubt and f"; {doubt}"}',
        imports=[st],
        drops=_imports(module, node.func),
        group=SESSION_GROUP,
        safety=Safety.REVIEW if doubt else None,
        remedy="Check what happens here when the connection fails." if doubt else "",
        oldest_streamlit="1.28",
    )


@codemod.on(ast.Name, ast.Attribute)
def reference(module: Module, node: ast.AST) -> Iterator[Finding | Withhold]:
    """Report the function where it is not called but handed on, replaced or tested."""
    assert isinstance(node, (ast.Name, ast.Attribute))
    parent = module.names.parents.get(node)
    if isinstance(parent, ast.Call) and parent.func is node:
        return
    if isinstance(parent, ast.Attribute) or _spelling(module, node) is None:
        return
    if isinstance(node.ctx, ast.Load) and _is_guard(parent, node):
        yield module.find(
            node,
            "tests whether get_active_session could be imported, which is true in a container too",
            status=Status.REVIEW,
            remedy="Remove the test, or test for the place the app runs in.",
        )
    elif isinstance(node, ast.Attribute) or isinstance(node.ctx, ast.Load):
        what = "is replaced" if isinstance(node.ctx, ast.Store) else "is handed on as a value"
        yield module.find(node, f"get_active_session {what}", remedy=_OPEN_REMEDY)
        yield Withhold(SESSION_GROUP, f"{_place(module, node)} keeps get_active_session")


@codemod.on(ast.ImportFrom)
def unused_import(module: Module, node: ast.AST) -> Iterator[Edit]:
    """Remove an import of the function that nothing uses."""
    for binding in module.names.imports():
        if module.names.parents[binding.node] is not node:
            continue
        unused = not module.names.references(binding) and not module.needed_elsewhere(binding)
        if unused and module.names.meanings(binding) == {FUNCTION}:
            yield module.edit(
                node,
                PythonChange(drops=(binding,)),
                "the unused import of get_active_session is removed",
                group=SESSION_GROUP,
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
    return ""


def _doubt(module: Module, node: ast.Call) -> str:
    """Why someone should look at a rewritten call; "" where nobody need."""
    child: ast.AST = node
    for ancestor in module.names.ancestors(node):
        if isinstance(ancestor, (ast.Try, ast.TryStar)) and child in ancestor.body:
            if _narrow(module, ancestor.handlers):
                return "the handlers of the try around it do not catch what the new call raises"
        elif isinstance(ancestor, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if any(_cached_resource(module, d) for d in ancestor.decorator_list):
                return "the cached session outlives its connection"
            return ""
        child = ancestor
    return ""


def _narrow(module: Module, handlers: list[ast.ExceptHandler]) -> bool:
    caught = [h.type for h in handlers]
    if not caught or None in caught:
        return False
    types = [t for c in caught if c for t in (c.elts if isinstance(c, ast.Tuple) else [c])]
    names = {module.resolve(t) or "" for t in types}
    imports_only = {"builtins.ImportError", "builtins.ModuleNotFoundError"}
    return not names & _BROAD and not names <= imports_only


def _cached_resource(module: Module, decorator: ast.expr) -> bool:
    function = decorator.func if isinstance(decorator, ast.Call) else decorator
    return module.resolve(function) == "streamlit.cache_resource"


def _imports(module: Module, function: ast.expr) -> list[Binding]:
    while isinstance(function, ast.Attribute):
        function = function.value
    return module.import_of(function) if isinstance(function, ast.Name) else []


def _is_guard(parent: ast.AST | None, node: ast.expr) -> bool:
    if isinstance(parent, (ast.If, ast.IfExp, ast.While, ast.Assert)):
        return parent.test is node
    if isinstance(parent, ast.Compare):
        return all(isinstance(c, ast.Constant) and c.value is None for c in parent.comparators)
    if isinstance(parent, ast.Call):
        return isinstance(parent.func, ast.Name) and parent.func.id == "callable"
    return isinstance(parent, (ast.BoolOp, ast.UnaryOp))


def _place(module: Module, node: ast.AST) -> str:
    return f"{module.path.name}:{module.source.span(node).line}"
