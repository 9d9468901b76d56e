"""Get the session from ``st.connection`` instead of from ``Session.builder``.

**What it does.** Replaces ``Session.builder.getOrCreate()`` and ``Session.builder.create()`` that are
given nothing to connect with, in the app's scripts and in what they import, as SIS101 replaces
``get_active_session()``.

**Why.** On a warehouse ``getOrCreate()`` gives the active session. In a container it makes one that
all viewers share for as long as the process lives, or fails as soon as there are two: the same as
``get_active_session()``.

**Example.**

Before:

```python
import streamlit as st
from snowflake.snowpark import Session

session = Session.builder.getOrCreate()
st.dataframe(session.table("SALES"))
```

After:

```python
import streamlit as st

session = st.connection("snowflake").session()
st.dataframe(session.table("SALES"))
```

**What it leaves.** A builder that is given connection parameters: that is a connection of the app's
own. One that is given other things only (``app_name``, session parameters) has a finding, and then no
session call of the app is changed. Files that no script imports, and what a stored procedure or
user-defined function runs. A builder in a ``with``, whose end would close the connection that all
viewers share, and one in code that such a function and the app both run have a finding.

**Safety.** As SIS101.

**Source.** "snowflake.snowpark.Session.SessionBuilder",
https://docs.snowflake.com/en/developer-guide/snowpark/reference/python/latest/snowpark/api/snowflake.snowpark.Session.SessionBuilder.getOrCreate
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sis_codemods.session.forms import GROUP
from sis_codemods.session.left_to_fallback import is_bare_builder
from sis_codemods.session.replacing import new_module, replaced
from sis_codemods.session.values import is_session_maker
from sis_codemods.session.warehouse_places import REMEDY, Runs, is_of_warehouse, runs
from sis_migrate.codemod import AppContext, PythonCodemod
from sis_migrate.model import Edit, Finding, Item, Safety, Withhold
from sis_migrate.python.graph import Role
from sis_migrate.python.module import Module

_NO_CONNECTION = {"app_name", "query_tag", "session_parameters"}
"""Keys of a builder that say what a session is to be like, and not where it connects to."""

codemod = PythonCodemod(
    __name__,
    code="SIS103",
    name="builder-session",
    summary='`Session.builder.getOrCreate()` becomes `st.connection("snowflake").session()`',
    item=Item.SESSION,
    safety=Safety.SAFE,
    triggers=(b"getOrCreate", b".create()"),
)


@codemod.on(ast.Call)
def call(module: Module, node: ast.AST) -> Iterator[Edit | Finding | Withhold]:
    """Rewrite a call that is given nothing to connect with."""
    assert isinstance(node, ast.Call)
    if module.role is Role.UNREACHED:
        return
    is_bare = is_bare_builder(module, node)
    if not (is_bare or _names_no_connection(module, node)) or is_of_warehouse(module, node):
        return
    written = ast.unparse(node)
    obstacle, remedy = _obstacle(module, node, is_bare=is_bare)
    if obstacle:
        yield module.find(node, f"{written} {obstacle}", remedy=remedy)
        yield Withhold(GROUP, f"{module.path.name} keeps {written}")
        return
    yield replaced(module, node, written)


def _obstacle(module: Module, call: ast.Call, *, is_bare: bool) -> tuple[str, str]:
    """Why a call cannot be exchanged, as words behind it, and what to do; empty where it can be."""
    if not is_bare:
        why = "names nothing to connect with: it is the active session on a warehouse"
        return why, 'Assign `st.connection("snowflake").session()` instead.'
    if isinstance(module.names.parents[call], ast.withitem):
        why = "in a `with` would close the connection that all viewers share"
        return why, 'Assign `st.connection("snowflake").session()` to the name instead.'
    if runs(module, call) is Runs.BOTH:
        return "is in code that a procedure or function in Snowflake runs, and the app too", REMEDY
    return "", ""


def _names_no_connection(module: Module, call: ast.Call) -> bool:
    """Whether a builder is given something, as its text tells, but nothing to connect with."""
    if not is_session_maker(module, call) or not isinstance(call.func, ast.Attribute):
        return False
    step = call.func.value
    while isinstance(step, ast.Call) and isinstance(step.func, ast.Attribute):
        if step.keywords or not _is_no_connection(step.func.attr, step.args):
            return False
        step = step.func.value
    return isinstance(step, ast.Attribute)


def _is_no_connection(method: str, given: list[ast.expr]) -> bool:
    match method, given:
        case "app_name", [_]:
            return True
        case "config", [ast.Constant(value=key), _]:
            return key in _NO_CONNECTION
        case "configs", [ast.Dict(keys=keys)]:
            return all(isinstance(k, ast.Constant) and k.value in _NO_CONNECTION for k in keys)
    return False


@codemod.on_app
def accessor(context: AppContext) -> Iterator[Edit]:
    """Add the module of an accessor that several files use."""
    yield from new_module(context)
