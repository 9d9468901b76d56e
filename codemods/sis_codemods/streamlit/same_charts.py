"""Find plotly charts that are shown twice without a key.

**What it does.** Reports `st.plotly_chart` of a figure without `key` in a loop that does not make the
figure, and the second of two in a row.

**Why.** From 1.39 on, two elements with the same content and no key of their own raise
StreamlitDuplicateElementId.

**Example.** Nothing is edited; the second line that shows the figure has a finding.

Before:

```python
import streamlit as st

figure = {"data": []}
with st.sidebar:
    st.plotly_chart(figure)
st.plotly_chart(figure)
```

After:

```python
import streamlit as st

figure = {"data": []}
with st.sidebar:
    st.plotly_chart(figure)
st.plotly_chart(figure)
```

**What it leaves.** Figures that are made or changed between the two, even if they come out alike.

**Safety.** Reports only.

**Source.** streamlit/elements/plotly_chart.py of Streamlit 1.39
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from sis_codemods.streamlit.receivers import streamlit_call
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Finding, Item, Safety
from sis_migrate.python.module import Module

_LOOPS = (ast.For, ast.While, ast.AsyncFor)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_KEY = "Give each its own `key`."

codemod = PythonCodemod(
    __name__,
    code="SIS349",
    name="same-charts",
    summary="Plotly figures that are shown twice without a key",
    item=Item.STREAMLIT,
    safety=Safety.REPORT,
    triggers=(b"plotly_chart",),
)


@codemod.on(ast.Call)
def call(module: Module, node: ast.AST) -> Iterator[Finding]:
    """Look at one call of ``plotly_chart``."""
    assert isinstance(node, ast.Call)
    name = _figure(module, node)
    if not name:
        return
    loop = _loop(module, node)
    if loop is not None and not _touches([loop], name, but=node):
        yield module.find(
            node, f"st.plotly_chart shows `{name}` again in each turn of the loop", remedy=_KEY
        )
    elif _shown_before(module, node, name):
        yield module.find(
            node, f"st.plotly_chart shows `{name}`, which is shown already, again", remedy=_KEY
        )


def _figure(module: Module, node: ast.Call) -> str:
    """The name of the figure that a call without a key shows."""
    function = node.func
    last = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if last != "plotly_chart" or not node.args or not isinstance(node.args[0], ast.Name):
        return ""
    if any(k.arg in {"key", None} for k in node.keywords):
        return ""
    found = streamlit_call(module, node)
    return node.args[0].id if found and found.receiver.certain else ""


def _loop(module: Module, node: ast.AST) -> ast.stmt | None:
    """The loop whose every turn comes to a place, as far as ``with`` and ``if`` go."""
    for ancestor in module.names.ancestors(node):
        if isinstance(ancestor, _FUNCTIONS):
            return None
        if isinstance(ancestor, _LOOPS):
            return ancestor
        if isinstance(ancestor, (ast.If, ast.Try, ast.Match)):
            return None
    return None


def _touches(statements: Sequence[ast.AST], name: str, *, but: ast.AST) -> bool:
    """Whether some code may make or change what a name stands for, or leaves the loop."""
    for statement in statements:
        for child in ast.walk(statement):
            if isinstance(child, (ast.Break, ast.Return)):
                return True
            if isinstance(child, ast.Name) and child.id == name and child not in ast.walk(but):
                return True
    return False


def _shown_before(module: Module, node: ast.Call, name: str) -> bool:
    """Whether the statements before, in the same block, show the figure and leave it as it is."""
    statement: ast.AST = module.names.statement(node)
    while True:
        parent = module.names.parents[statement]
        block = next(
            (b for f in ("body", "orelse", "finalbody")
             if isinstance(b := getattr(parent, f, None), list) and statement in b),
            [],
        )  # fmt: skip
        for earlier in reversed(block[: block.index(statement)] if block else []):
            shown = [c for c in _straight(earlier) if _figure(module, c) == name]
            others = [c for c in ast.walk(earlier) if isinstance(c, ast.Name) and c.id == name]
            if shown and len(others) == len(shown):
                return True
            if others:
                return False
        if not isinstance(parent, (ast.With, ast.AsyncWith)):
            return False
        statement = parent


def _straight(statement: ast.AST) -> Iterator[ast.Call]:
    """The calls that run whenever a statement runs: on its own or in a ``with``."""
    if isinstance(statement, (ast.With, ast.AsyncWith)):
        for inner in statement.body:
            yield from _straight(inner)
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        yield statement.value
