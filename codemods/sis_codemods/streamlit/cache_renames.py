"""Cache with `st.cache_data` and `st.cache_resource`.

**What it does.** `st.experimental_memo` becomes `st.cache_data` and `st.experimental_singleton` becomes
`st.cache_resource`, with their `clear()`; the parameter `suppress_st_warning` goes.

**Why.** The old names have been gone since 1.37.

**Example.**

Before:

```python
import streamlit as st

@st.experimental_memo(ttl=600, suppress_st_warning=True)
def load():
    return [1, 2, 3]

st.experimental_memo.clear()
```

After:

```python
import streamlit as st

@st.cache_data(ttl=600)
def load():
    return [1, 2, 3]

st.cache_data.clear()
```

**What it leaves.** Code that asks which of the two names is there. Attributes of something that may
not be Streamlit's have a finding.

**Safety.** Safe.

**Source.** streamlit/runtime/caching/__init__.py of Streamlit 1.22
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sis_codemods.streamlit.arguments import changed
from sis_codemods.streamlit.handled import names_of, successors_of
from sis_codemods.streamlit.receivers import streamlit_call
from sis_codemods.streamlit.renaming import HANDLED_NODES, is_gone, renames
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Edit, Finding, Item, Safety
from sis_migrate.python.module import Module

_CODE = "SIS309"
_DROPPED = "suppress_st_warning"

codemod = PythonCodemod(
    __name__,
    code=_CODE,
    name="memo-and-singleton",
    summary="`experimental_memo` and `experimental_singleton` become `cache_data`, `cache_resource`",
    item=Item.STREAMLIT,
    safety=Safety.SAFE,
    triggers=tuple(name.encode() for name in names_of(_CODE)),
    app_triggers=(_DROPPED.encode(),),
)


@codemod.on(*HANDLED_NODES)
def use(module: Module, node: ast.AST) -> Iterator[Edit | Finding]:
    """Rename one use."""
    yield from renames(module, node, successors_of(_CODE))


@codemod.on(ast.Call)
def argument(module: Module, node: ast.AST) -> Iterator[Edit]:
    """Leave out the parameter that the new decorators do not have."""
    assert isinstance(node, ast.Call)
    if not any(k.arg == _DROPPED for k in node.keywords):
        return
    found = streamlit_call(module, node)
    if found is None or not found.receiver.certain:
        return
    old = found.receiver.command in names_of(_CODE) and is_gone(module, node, found.receiver)
    if old or found.receiver.command in {"cache_data", "cache_resource"}:
        yield module.rewrite(
            node, changed({_DROPPED: None}), f"`{_DROPPED}` goes: there is no such warning any more"
        )
