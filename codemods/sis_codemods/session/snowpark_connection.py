"""Turn connections of type ``snowpark`` into those of type ``snowflake``.

**What it does.** ``st.connection("snowpark")``, ``st.experimental_connection("snowpark")`` and
``type="snowpark"`` (``SnowparkConnection``) become ``"snowflake"``; of such a connection the property
``.session`` becomes the method ``.session()``, and ``.safe_session()``
``contextlib.nullcontext(….session())``.

**Why.** Streamlit 1.59 removed the type ``snowpark``, and 1.37 ``experimental_connection``.

**Example.**

Before:

```python
import streamlit as st

conn = st.experimental_connection("snowpark")
rows = conn.session.table("SALES").collect()
```

After:

```python
import streamlit as st

conn = st.connection("snowflake")
rows = conn.session().table("SALES").collect()
```

**What it leaves.** The name in ``st.connection("mine", type="snowpark")``, and the section
``[connections.snowpark]`` of a ``secrets.toml``, which is to be called ``[connections.snowflake]``.

**Safety.** To review: the connection's section in ``secrets.toml`` has another name.

**Source.** "Release notes", https://docs.streamlit.io/develop/quick-reference/release-notes;
"st.connections.SnowparkConnection",
https://docs.streamlit.io/develop/api-reference/connections/st.connections.snowparkconnection
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sis_codemods.session.values import CONNECTION_FUNCTIONS, connection_of, connection_type
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Edit, EditGroup, Item, Safety
from sis_migrate.python.definitions import bindings
from sis_migrate.python.edits import NodeChange, PythonChange
from sis_migrate.python.module import Module

if TYPE_CHECKING:
    import libcst as cst

GROUP = EditGroup("snowpark-connection")
_CLASS = "streamlit.connections.SnowparkConnection"
_REMEDY = (
    "Rename [connections.snowpark] to [connections.snowflake] in secrets.toml, if there is one."
)

codemod = PythonCodemod(
    __name__,
    code="SIS104",
    name="snowpark-connection",
    summary="Connections of type `snowpark` become `snowflake`",
    item=Item.SESSION,
    safety=Safety.REVIEW,
    triggers=(b'"snowpark"', b"'snowpark'", b"SnowparkConnection"),
    app_triggers=(b"safe_session", b'"snowpark"', b"'snowpark'", b"SnowparkConnection"),
)


@codemod.on(ast.Call)
def connection(module: Module, node: ast.AST) -> Iterator[Edit]:
    """Rewrite the call that makes the connection."""
    assert isinstance(node, ast.Call)
    if not _is_snowpark(module, node):
        return
    nodes = [_literal(value) for value in _literals(node)]
    nodes += [_class(value) for value in _values(node) if module.resolve(value) == _CLASS]
    if module.resolve(node.func) == "streamlit.experimental_connection":
        nodes.append(_renamed(node.func))
    yield module.edit(
        node,
        PythonChange(nodes=tuple(nodes)),
        'the connection of type "snowpark" becomes one of type "snowflake"',
        group=GROUP,
        remedy=_REMEDY,
        oldest_streamlit="1.28",
    )


@codemod.on(ast.Attribute)
def use(module: Module, node: ast.AST) -> Iterator[Edit]:
    """Rewrite ``.session`` and ``.safe_session()`` of such a connection."""
    assert isinstance(node, ast.Attribute)
    parent = module.names.parents[node]
    called = isinstance(parent, ast.Call) and parent.func is node
    if node.attr not in {"session", "safe_session"} or not _from_snowpark(module, node.value):
        return
    text = f"{module.source.segment(node.value)}.session()"
    if node.attr == "session" and not called and isinstance(node.ctx, ast.Load):
        yield module.replace(node, text, "the property session is a method now", group=GROUP)
    elif node.attr == "safe_session" and called:
        assert isinstance(parent, ast.Call)
        contextlib = module.imports.name_for("contextlib", alias="contextlib", at=node)
        yield module.replace(
            parent,
            f"{contextlib}.nullcontext({text})",
            "safe_session() becomes a session, which needs no lock any more",
            imports=[contextlib],
            group=GROUP,
        )


def _is_snowpark(module: Module, call: ast.Call) -> bool:
    if module.resolve(call.func) not in CONNECTION_FUNCTIONS:
        return False
    kinds = [module.resolve(value) for value in _values(call)]
    return connection_type(call) == "snowpark" or _CLASS in kinds


def _from_snowpark(module: Module, expr: ast.expr) -> bool:
    """Whether an expression is a connection of type ``snowpark``, made here or in another file."""
    if isinstance(expr, ast.Call):
        return _is_snowpark(module, expr)
    return connection_of(module, expr) and any(
        isinstance(b.value, ast.Call) and _is_snowpark(home, b.value)
        for home, b in bindings(module, expr)
    )


def _values(call: ast.Call) -> list[ast.expr]:
    return [*call.args[:2], *(k.value for k in call.keywords if k.arg in {"name", "type"})]


def _literals(call: ast.Call) -> list[ast.Constant]:
    return [v for v in _values(call) if isinstance(v, ast.Constant) and v.value == "snowpark"]


def _literal(value: ast.Constant) -> NodeChange:
    def rewrite(node: cst.CSTNode) -> cst.CSTNode:
        import libcst

        assert isinstance(node, libcst.SimpleString)
        return node.with_changes(value=node.value.replace("snowpark", "snowflake"))

    return NodeChange(value, rewrite)


def _class(value: ast.expr) -> NodeChange:
    def rewrite(_: cst.CSTNode) -> cst.CSTNode:
        import libcst

        return libcst.SimpleString('"snowflake"')

    return NodeChange(value, rewrite, opaque=True)


def _renamed(function: ast.expr) -> NodeChange:
    def rewrite(node: cst.CSTNode) -> cst.CSTNode:
        import libcst

        if isinstance(node, libcst.Attribute):
            return node.with_changes(attr=libcst.Name("connection"))
        return node

    return NodeChange(function, rewrite)
