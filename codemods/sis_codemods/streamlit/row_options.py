"""Find choices of rows whose columns are asked for.

**What it does.** Reports widgets whose options are the rows of a Snowpark query (`.collect()`) where
`format_func` or what is done with the chosen value takes a column of it.

**Why.** Streamlit gives such widgets the first column of each row, not the row: from 1.38 on always,
while 1.34 to 1.37 gave the row. `chosen["NAME"]` is a `TypeError` then.

**Example.** Nothing is edited; the line with the widget has a finding.

Before:

```python
import streamlit as st

rows = st.connection("snowflake").session().sql("select ID, NAME from STORES").collect()
store = st.selectbox("Store", rows, format_func=lambda row: row["NAME"])
```

After:

```python
import streamlit as st

rows = st.connection("snowflake").session().sql("select ID, NAME from STORES").collect()
store = st.selectbox("Store", rows, format_func=lambda row: row["NAME"])
```

**What it leaves.** Widgets whose value is used as it is: they work as before 1.34.

**Safety.** Reports only.

**Source.** streamlit/dataframe_util.py of Streamlit 1.38: convert_anything_to_list
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sis_codemods.session.values import session_of
from sis_codemods.streamlit.receivers import streamlit_call
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Finding, Item, Safety
from sis_migrate.python.definitions import bindings
from sis_migrate.python.module import Module

_WIDGETS = frozenset(
    {"multiselect", "pills", "radio", "segmented_control", "select_slider", "selectbox"}
)
_FRAME_METHODS = frozenset(
    {
        "distinct", "drop_duplicates", "filter", "group_by", "join", "limit", "order_by", "select",
        "sort", "sql", "table", "where",
    }
)  # fmt: skip

codemod = PythonCodemod(
    __name__,
    code="SIS348",
    name="row-options",
    summary="Widgets that choose from Snowpark rows and then take a column",
    item=Item.STREAMLIT,
    safety=Safety.REPORT,
    triggers=(b"collect",),
)


@codemod.on(ast.Call)
def call(module: Module, node: ast.AST) -> Iterator[Finding]:
    """Look at the options of one widget."""
    assert isinstance(node, ast.Call)
    function = node.func
    last = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if last not in _WIDGETS:
        return
    options = _argument(node, 1, "options")
    if options is None or not _is_rows(module, options):
        return
    found = streamlit_call(module, node)
    use = _column(module, node)
    if found is None or use is None:
        return
    yield module.find(
        use,
        f"st.{last} gives the first column of each row here, not the row",
        remedy="Give it a list of plain values, and look the row up by what was chosen.",
    )


def _argument(node: ast.Call, place: int, name: str) -> ast.expr | None:
    named = next((k.value for k in node.keywords if k.arg == name), None)
    return named or (node.args[place] if len(node.args) > place else None)


def _is_rows(module: Module, expr: ast.expr, steps: int = 5) -> bool:
    """Whether an expression is what ``collect`` of a Snowpark DataFrame gives."""
    if isinstance(expr, ast.Call) and isinstance(expr.func, ast.Attribute):
        return expr.func.attr == "collect" and _is_frame(module, expr.func.value, steps)
    if isinstance(expr, ast.Name) and steps:
        values = [(home, b.value) for home, b in bindings(module, expr)]
        return bool(values) and all(v is not None and _is_rows(h, v, steps - 1) for h, v in values)
    return False


def _is_frame(module: Module, expr: ast.expr, steps: int) -> bool:
    while isinstance(expr, ast.Call) and isinstance(expr.func, ast.Attribute):
        if expr.func.attr not in _FRAME_METHODS:
            return False
        expr = expr.func.value
        if session_of(module, expr):
            return True
    if isinstance(expr, ast.Name) and steps:
        values = [(home, b.value) for home, b in bindings(module, expr)]
        return any(v is not None and _is_frame(h, v, steps - 1) for h, v in values)
    return False


def _column(module: Module, node: ast.Call) -> ast.expr | None:
    """Where a column is taken of an option or of what was chosen."""
    format_func = _argument(node, 3, "format_func")
    if isinstance(format_func, ast.Lambda) and format_func.args.args:
        name = format_func.args.args[0].arg
        for child in ast.walk(format_func.body):
            if isinstance(child, ast.Subscript) and _is_name(child.value, name):
                return child
            is_column = (
                isinstance(child, ast.Attribute) and child.attr.isupper()
            )  # text has no such
            if isinstance(child, ast.Attribute) and is_column and _is_name(child.value, name):
                return child
    parent = module.names.parents[node]
    if not isinstance(parent, ast.Assign) or not isinstance(parent.targets[0], ast.Name):
        return None
    target = parent.targets[0]
    scope = module.names.scope_of(target)
    for use in module.source.nodes(ast.Subscript):
        if _is_name(use.value, target.id) and module.names.lookup(target.id, scope) is (
            module.names.lookup(target.id, module.names.scope_of(use))
        ):
            text = isinstance(use.slice, ast.Constant) and isinstance(use.slice.value, str)
            if text and use.lineno >= node.lineno:
                return use
    return None


def _is_name(expr: ast.expr, name: str) -> bool:
    return isinstance(expr, ast.Name) and expr.id == name
