"""Clear both caches where one was cleared.

**What it does.** `clear_cache()` of `st.legacy_caching` and `st.caching` becomes
`st.cache_data.clear()` and `st.cache_resource.clear()`; where it is handed on
(`on_click=clear_cache`), a function that does both.

**Why.** The modules are gone, and so is the cache that they cleared: what was in it is in one of the
other two now.

**Example.**

Before:

```python
import streamlit as st

if st.button("Reload"):
    st.legacy_caching.clear_cache()
```

After:

```python
import streamlit as st

if st.button("Reload"):
    st.cache_data.clear(); st.cache_resource.clear()
```

**What it leaves.** The import of the module, where it is used for more.

**Safety.** To review: in a container, this clears the caches of all viewers.

**Source.** streamlit/runtime/legacy_caching/caching.py of Streamlit 1.35
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sis_codemods.streamlit.handled import names_of
from sis_codemods.streamlit.receivers import named
from sis_codemods.streamlit.renaming import is_gone
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Edit, Item, Safety
from sis_migrate.python.edits import NodeChange, PythonChange, Rewrite
from sis_migrate.python.module import Module
from sis_migrate.python.names import Binding

if TYPE_CHECKING:
    import libcst as cst

_CODE = "SIS310"
_REMEDY = (
    "This clears the caches of all viewers: clear single functions instead, if that is enough."
)

codemod = PythonCodemod(
    __name__,
    code=_CODE,
    name="clear-cache",
    summary="`clear_cache()` clears `cache_data` and `cache_resource`",
    item=Item.STREAMLIT,
    safety=Safety.REVIEW,
    triggers=(b"clear_cache",),
)


@codemod.on(ast.Name, ast.Attribute)
def use(module: Module, node: ast.AST) -> Iterator[Edit]:
    """Rewrite one use."""
    assert isinstance(node, (ast.Name, ast.Attribute))
    last = node.attr if isinstance(node, ast.Attribute) else ""
    if not isinstance(node.ctx, ast.Load) or (last and last != "clear_cache"):
        return
    receiver = named(module, node)
    if receiver is None or not receiver.certain or receiver.command not in names_of(_CODE):
        return
    if is_gone(module, node, receiver):
        yield _edit(module, node)


def _edit(module: Module, node: ast.Name | ast.Attribute) -> Edit:
    parent = module.names.parents[node]
    st = module.imports.name_for("streamlit", alias="st", at=node)
    drops = tuple(b for b in _imports(module, node) if b.name != st.name)
    calls = (f"{st}.cache_data.clear()", f"{st}.cache_resource.clear()")
    called = isinstance(parent, ast.Call) and parent.func is node
    statement = module.names.parents[parent]
    message = f"clear_cache() becomes {' and '.join(calls)}"
    if called and isinstance(statement, ast.Expr):
        change = PythonChange(
            nodes=(NodeChange(statement, _statements(calls), opaque=True),),
            needs=(st.need,) if st.need else (),
            drops=drops,
        )
        return module.edit(node, change, message, remedy=_REMEDY, oldest_streamlit="1.18")
    return module.replace(
        node,
        f"lambda: ({', '.join(calls)})",
        message,
        imports=[st],
        drops=drops,
        remedy=_REMEDY,
        oldest_streamlit="1.18",
    )


def _imports(module: Module, node: ast.expr) -> list[Binding]:
    while isinstance(node, ast.Attribute):
        node = node.value
    return module.import_of(node) if isinstance(node, ast.Name) else []


def _statements(calls: tuple[str, str]) -> Rewrite:
    def rewrite(node: cst.CSTNode) -> cst.FlattenSentinel[cst.CSTNode]:
        import libcst

        assert isinstance(node, libcst.Expr)
        first, second = (libcst.Expr(libcst.parse_expression(c)) for c in calls)
        between = libcst.Semicolon(whitespace_after=libcst.SimpleWhitespace(" "))
        return libcst.FlattenSentinel(
            [first.with_changes(semicolon=between), second.with_changes(semicolon=node.semicolon)]
        )

    return rewrite
