"""Find what looks like the session, or stands in for it, and is not edited.

**What it does.** Reports ``Session.get_active_session()``, the private attributes of connections
(``conn._instance``, ``session._conn``), tests that replace ``get_active_session`` by its name, and
Python code in strings that calls it.

**Why.** ``Session.get_active_session()`` answers None where there is none and fails where there are
two, which is so in a container from the second rerun on. What tests replace is no longer called by
migrated code.

**Example.** Nothing is edited; the second line has a finding.

Before:

```python
from snowflake.snowpark import Session
session = Session.get_active_session()
```

After:

```python
from snowflake.snowpark import Session
session = Session.get_active_session()
```

**What it leaves.** Comments and docstrings.

**Safety.** Finds only.

**Source.** "snowflake.snowpark.Session.get_active_session",
https://docs.snowflake.com/en/developer-guide/snowpark/reference/python/latest/snowpark/api/snowflake.snowpark.Session.get_active_session
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sis_codemods.session.values import SESSION_CLASSES, connection_of, session_of
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Finding, Item, Safety, Status
from sis_migrate.python.module import Module

_CLASS_METHODS = frozenset(f"{name}.get_active_session" for name in SESSION_CLASSES)
_FUNCTION = "get_active_session"

codemod = PythonCodemod(
    __name__,
    code="SIS109",
    name="session-look-alikes",
    summary="Look-alikes of the session call, and tests that replace it, are found",
    item=Item.SESSION,
    safety=Safety.REPORT,
    triggers=(_FUNCTION.encode(), b"_instance", b"._conn"),
)


@codemod.on(ast.Call)
def class_method(module: Module, node: ast.AST) -> Iterator[Finding]:
    """``Session.get_active_session()``."""
    assert isinstance(node, ast.Call)
    if isinstance(node.func, ast.Attribute) and module.resolve(node.func) in _CLASS_METHODS:
        yield module.find(
            node,
            "Session.get_active_session() gives None or fails in a container: it knows no session, "
            "or those of all viewers",
            remedy='Get the session with `st.connection("snowflake").session()`.',
        )


@codemod.on(ast.Attribute)
def private(module: Module, node: ast.AST) -> Iterator[Finding]:
    """``conn._instance`` and ``session._conn._conn``."""
    assert isinstance(node, ast.Attribute)
    if node.attr == "_instance" and connection_of(module, node.value):
        yield _private(module, node, "raw_connection")
    elif node.attr == "_conn" and session_of(module, node.value):
        yield _private(module, node, "connection")


@codemod.on(ast.Constant)
def text(module: Module, node: ast.AST) -> Iterator[Finding]:
    """The function's name in a string: a patch, or code."""
    assert isinstance(node, ast.Constant)
    if not isinstance(node.value, str) or _FUNCTION not in node.value:
        return
    parent = module.names.parents[node]
    if isinstance(parent, ast.Expr):
        return
    if isinstance(parent, ast.Call) and node.value.split(".")[-1] == _FUNCTION:
        yield module.find(
            node,
            "replaces get_active_session, which migrated code does not call",
            status=Status.REVIEW,
            remedy="Replace `streamlit.connection`, or the app's own function for the session.",
        )
    elif f"{_FUNCTION}()" in node.value:
        yield module.find(
            node,
            "holds code that calls get_active_session(), and is not edited",
            status=Status.REVIEW,
            remedy="Change the code in the text by hand, if an app in a container is to run it.",
        )


def _private(module: Module, node: ast.Attribute, public: str) -> Finding:
    return module.find(
        node,
        f"{node.attr} is private, and may be another thing in a container",
        status=Status.REVIEW,
        remedy=f"Use `.{public}`.",
    )
