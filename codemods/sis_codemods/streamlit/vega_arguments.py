"""Put the arguments of `st.vega_lite_chart` that describe the chart into its spec.

**What it does.** Keywords that `st.vega_lite_chart` does not have become a part of the spec, in the way
in which Streamlit put them there: `x_field="a"` is `{"encoding": {"x": {"field": "a"}}}`, and a keyword
goes before what the spec has under the same key.

**Why.** Streamlit raises a `TypeError` for them from 1.57 on.

**Example.**

Before:

```python
import streamlit as st

st.vega_lite_chart([{"a": 1}], mark="bar", x_field="a")
```

After:

```python
import streamlit as st

st.vega_lite_chart([{"a": 1}], spec={"mark": "bar", "encoding": {"x": {"field": "a"}}})
```

**What it leaves.** Calls with hidden arguments, and methods of something that may not be Streamlit's,
have a finding.

**Safety.** Safe.

**Source.** streamlit/elements/lib/dicttools.py and vega_charts.py of Streamlit 1.55
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from sis_codemods.streamlit.arguments import Change, changed
from sis_codemods.streamlit.receivers import Call
from sis_codemods.streamlit.surplus import surplus
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Edit, Finding, Item, Safety
from sis_migrate.python.module import Module

_CODE = "SIS343"
_CHANNELS = frozenset(
    {
        "color", "column", "detail", "facet", "fillOpacity", "href", "key", "latitude", "longitude",
        "opacity", "order", "row", "shape", "size", "strokeOpacity", "strokeWidth", "text",
        "tooltip", "x", "x2", "xError", "xError2", "y", "y2", "yError", "yError2",
    }
)  # fmt: skip
"""The keys that go into the spec's `encoding`."""
_Tree = dict[str, "str | _Tree"]

codemod = PythonCodemod(
    __name__,
    code=_CODE,
    name="vega-arguments",
    summary="Arguments of `st.vega_lite_chart` that belong to the spec",
    item=Item.STREAMLIT,
    safety=Safety.SAFE,
    triggers=(b"vega_lite_chart",),
)


@codemod.on(ast.Call)
def call(module: Module, node: ast.AST) -> Iterator[Edit | Finding]:
    """Look at the keywords of one call."""
    assert isinstance(node, ast.Call)
    if (with_surplus := surplus(module, node, "vega_lite_chart")) is None:
        return
    found, keywords = with_surplus
    names = ", ".join(f"`{k.arg}`" for k in keywords)
    if not found.receiver.certain or found.hides_positional or found.hides_keywords:
        yield module.find(
            keywords[0],
            f"st.vega_lite_chart does not take {names} any more",
            remedy="Put what describes the chart into its spec.",
        )
        return
    yield module.rewrite(
        node,
        changed(_changes(module, found, keywords)),
        f"{names} of st.vega_lite_chart go into the spec",
    )


def _changes(
    module: Module, found: Call, keywords: Sequence[ast.keyword]
) -> dict[int | str, Change]:
    changes: dict[int | str, Change] = {str(k.arg): None for k in keywords}
    keyword = found.keyword("spec")
    positional = len(found.args) > 1
    old = keyword.value if keyword else found.args[1] if positional else None
    new = module.requoted(found.node, _spec(module, old, keywords))
    if keyword:
        changes["spec"] = ("spec", new)
    elif positional:
        changes[1 + found.offset] = ("spec", new)
    else:
        changes[str(keywords[0].arg)] = ("spec", new)
    return changes


def _spec(module: Module, old: ast.expr | None, keywords: Sequence[ast.keyword]) -> str:
    tree: _Tree = {}
    for keyword in keywords:
        path = str(keyword.arg).split("_")
        _set(tree, path, module.source.segment(keyword.value))
    written = _written(_encoded(tree))
    if old is None or (isinstance(old, ast.Constant) and old.value is None):
        return f"{{{written}}}"
    return f"{{**{module.source.segment(old)}, {written}}}"


def _set(tree: _Tree, path: Sequence[str], value: str) -> None:
    for part in path[:-1]:
        inner = tree.setdefault(part, {})
        tree = inner if isinstance(inner, dict) else {}
    tree[path[-1]] = value


def _encoded(tree: _Tree) -> _Tree:
    """The tree with its channels below `encoding`, as Streamlit puts them."""
    found: _Tree = {}
    encoding: _Tree = {}
    for key, value in tree.items():
        if key in _CHANNELS:
            encoding[key] = _encoded(value) if isinstance(value, dict) else value
        else:
            found[key] = value
    if encoding:
        before = found.get("encoding")
        found["encoding"] = {**(before if isinstance(before, dict) else {}), **encoding}
    return found


def _written(tree: _Tree) -> str:
    return ", ".join(
        f'"{key}": ' + (f"{{{_written(value)}}}" if isinstance(value, dict) else value)
        for key, value in tree.items()
    )
