"""Give `st.pyplot` the figure to show.

**What it does.** `st.pyplot()`, and `st.pyplot(None)`, which drew the figure that pyplot had open, get
it as an argument: `st.pyplot(plt.gcf(), clear_figure=True)`.

**Why.** From 1.62 on, the figure is required. Clearing was what `st.pyplot()` did with pyplot's own
figure unless it was told otherwise.

**Example.**

Before:

```python
import matplotlib.pyplot as plt
import streamlit as st

plt.plot([1, 2, 3])
st.pyplot()
```

After:

```python
import matplotlib.pyplot as plt
import streamlit as st

plt.plot([1, 2, 3])
st.pyplot(plt.gcf(), clear_figure=True)
```

**What it leaves.** `st.pyplot(plt)`, which every release takes. Calls with hidden arguments, and
methods of something that may not be Streamlit's, have a finding.

**Safety.** To review: pyplot's open figure belongs to the process, so that two viewers of a container
app can draw into each other's. `fig, ax = plt.subplots()` gives each run its own.

**Source.** streamlit/elements/pyplot.py of Streamlit 1.61 and 1.62
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sis_codemods.streamlit.absence import signatures
from sis_codemods.streamlit.receivers import Call, streamlit_call
from sis_codemods.streamlit.shims import has_fallback, reached
from sis_codemods.streamlit.target import releases
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Edit, Finding, Item, Safety
from sis_migrate.python.edits import Rewrite
from sis_migrate.python.module import Module

if TYPE_CHECKING:
    import libcst as cst

_CODE = "SIS341"
_REMEDY = (
    "Make the figure with `fig, ax = plt.subplots()`, draw on `ax`, and show `st.pyplot(fig)`."
)

codemod = PythonCodemod(
    __name__,
    code=_CODE,
    name="pyplot-figure",
    summary="`st.pyplot()` gets the figure to show",
    item=Item.STREAMLIT,
    safety=Safety.REVIEW,
    triggers=(b"pyplot",),
)


@codemod.on(ast.Call)
def call(module: Module, node: ast.AST) -> Iterator[Edit | Finding]:
    """Give one call its figure."""
    assert isinstance(node, ast.Call)
    if not _may_lack_figure(node):
        return
    found = streamlit_call(module, node)
    if found is None or found.receiver.command != "pyplot" or found.partial:
        return
    if not _needs_figure(module, found) or has_fallback(module, node, found.receiver.name):
        return
    if not found.receiver.certain or found.hides_keywords or found.hides_positional:
        yield module.find(node, "st.pyplot needs a figure from Streamlit 1.62 on", remedy=_REMEDY)
        return
    plt = module.imports.name_for("matplotlib.pyplot", alias="plt", at=node)
    clear = found.keyword("clear_figure") is None and len(found.args) < 2
    yield module.rewrite(
        node,
        _with_figure(f"{plt}.gcf()", clear=clear),
        "st.pyplot needs a figure: it gets the one that pyplot has open, which all viewers share",
        imports=[plt],
        remedy=_REMEDY,
    )


def _may_lack_figure(node: ast.Call) -> bool:
    if any(k.arg == "fig" and not _is_none(k.value) for k in node.keywords):
        return False
    return not node.args or _is_none(node.args[0]) or isinstance(node.args[0], ast.Starred)


def _is_none(expr: ast.expr) -> bool:
    return isinstance(expr, ast.Constant) and expr.value is None


def _needs_figure(module: Module, found: Call) -> bool:
    known = dict(signatures(found.receiver.name, releases(module.settings.streamlit)))
    return any(
        p.name == "fig" and p.required
        for v in reached(module, found.node)
        if v in known
        for p in known[v].parameters
    )


def _with_figure(figure: str, *, clear: bool) -> Rewrite:
    def rewrite(node: cst.CSTNode) -> cst.CSTNode:
        import libcst

        assert isinstance(node, libcst.Call)
        comma = libcst.Comma(whitespace_after=libcst.SimpleWhitespace(" "))
        rest = [a for a in node.args if not (a.keyword and a.keyword.value == "fig")]
        if rest and rest[0].keyword is None:
            rest = rest[1:]
        new = [libcst.Arg(libcst.parse_expression(figure))]
        if clear:
            nothing = libcst.SimpleWhitespace("")
            equal = libcst.AssignEqual(whitespace_before=nothing, whitespace_after=nothing)
            keyword = libcst.Name("clear_figure")
            new.append(libcst.Arg(libcst.Name("True"), keyword=keyword, equal=equal))
        every = [a.with_changes(comma=comma) for a in new[:-1]]
        every.append(new[-1].with_changes(comma=comma) if rest else new[-1])
        return node.with_changes(args=[*every, *rest])

    return rewrite
