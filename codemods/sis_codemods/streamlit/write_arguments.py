"""Leave out what `st.write` never used.

**What it does.** Removes keyword arguments of `st.write` that it does not have.

**Why.** Releases before 1.50 took any and did nothing with them; since then they are a `TypeError`.

**Example.**

Before:

```python
import streamlit as st

st.write("Total", 7, key="total", unsafe_allow_html=False)
```

After:

```python
import streamlit as st

st.write("Total", 7, unsafe_allow_html=False)
```

**What it leaves.** Arguments whose evaluation may do something have a finding. `**` arguments are not
looked into, nor a method `write` of something that may not be Streamlit's.

**Safety.** Safe.

**Source.** streamlit/elements/write.py of Streamlit 1.33 and 1.50
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sis_codemods.streamlit.absence import signatures
from sis_codemods.streamlit.arguments import Change, changed, is_plain
from sis_codemods.streamlit.receivers import streamlit_call
from sis_codemods.streamlit.shims import has_fallback, reached
from sis_codemods.streamlit.target import releases
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Edit, Finding, Item, Safety
from sis_migrate.python.module import Module

codemod = PythonCodemod(
    __name__,
    code="SIS312",
    name="write-arguments",
    summary="Keyword arguments that `st.write` never used go",
    item=Item.STREAMLIT,
    safety=Safety.SAFE,
    triggers=(b"write",),
)


@codemod.on(ast.Call)
def call(module: Module, node: ast.AST) -> Iterator[Edit | Finding]:
    """Remove what one call gives too much."""
    assert isinstance(node, ast.Call)
    if not node.keywords or not _is_write(node.func):
        return
    known = dict(signatures("streamlit.write", releases(module.settings.streamlit)))
    surplus = [
        k for k in node.keywords if k.arg and not all(s.accepts(k.arg) for s in known.values())
    ]
    found = streamlit_call(module, node) if surplus else None
    if found is None or found.receiver.command != "write" or not found.receiver.certain:
        return
    if not reached(module, node) or has_fallback(module, node, found.receiver.name):
        return
    changes: dict[int | str, Change] = {}
    for keyword in surplus:
        if is_plain(keyword.value):
            changes[str(keyword.arg)] = None
        else:
            yield module.find(
                keyword,
                f"st.write has no parameter `{keyword.arg}`",
                remedy="Leave it out; call what it calls before, if that is needed.",
            )
    if changes:
        names = ", ".join(f"`{name}`" for name in changes)
        yield module.rewrite(node, changed(changes), f"{names} of st.write never did anything")


def _is_write(function: ast.expr) -> bool:
    """A quick no for the methods of another name; any plain name may stand for the command."""
    return not isinstance(function, ast.Attribute) or function.attr in {"write", "partial"}
