"""Find caches that give the first viewer's identity or rights to everyone.

**What it does.** Reports, inside functions under ``st.cache_data`` and ``st.cache_resource`` and in
whatever they call: ``st.user`` and ``st.experimental_user``, and what is asked through a connection
with the rights of its caller (``st.connection("snowflake-callers-rights")``).

**Why.** In a container all viewers share a cache. Who fills it first decides what everyone gets: the
first viewer's name, rows and rights. On a warehouse each viewer had a cache of their own.

**Example.** Nothing is edited; the use of ``st.user`` has a finding.

Before:

```python
import streamlit as st


@st.cache_data
def my_orders():
    return st.connection("snowflake").query(f"SELECT * FROM ORDERS WHERE OWNER = '{st.user.email}'")
```

After:

```python
import streamlit as st


@st.cache_data
def my_orders():
    return st.connection("snowflake").query(f"SELECT * FROM ORDERS WHERE OWNER = '{st.user.email}'")
```

**What it leaves.** Caches with ``scope="session"``; functions of which an argument in the key names
the viewer (``user``, ``email``, ``role``, …; not one with a leading underscore, which is no part of
the key). ``CURRENT_USER()`` and its like in SQL, which are no viewer's in a container, are SIS130's.

**Safety.** Finds only: a security review, and the most urgent of all findings.

**Source.** "Caching overview", https://docs.streamlit.io/develop/concepts/architecture/caching;
"Personalize with user information",
https://docs.snowflake.com/en/developer-guide/streamlit/app-development/personalization; "Restricted
caller's rights", https://docs.snowflake.com/en/developer-guide/restricted-callers-rights
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sis_codemods.session.caches import CachedFunction, cache_around
from sis_codemods.session.origins import CALLERS_RIGHTS, is_callers
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Finding, Item, Safety
from sis_migrate.python.graph import Role
from sis_migrate.python.module import Module

_USER = ("streamlit.user", "streamlit.experimental_user")
_ASKS = frozenset({"query", "sql", "table", "execute", "call", "read", "file", "get_current_user"})
_REMEDY = (
    "Security review: make the viewer an argument of the cached function (st.user.user_name, without "
    'a leading underscore), or give each viewer a cache (scope="session", Streamlit 1.53 or later).'
)

codemod = PythonCodemod(
    __name__,
    code="SIS131",
    name="cached-identity",
    summary="caches that give the first viewer's identity or rights to everyone are found",
    item=Item.CACHE,
    safety=Safety.REPORT,
    triggers=(b"experimental_user", b".user", b"import user"),
    app_triggers=(CALLERS_RIGHTS.encode(),),
)


@codemod.on_module
def with_callers_rights(module: Module) -> Iterator[Finding]:
    """Report each cache that keeps what a connection with the viewer's own rights answers."""
    if module.role is Role.UNREACHED:
        return
    told: set[CachedFunction] = set()
    for call in module.source.nodes(ast.Call):
        if not isinstance(call.func, ast.Attribute) or call.func.attr not in _ASKS:
            continue
        cache = cache_around(module, call)
        if cache is None or cache.keyed_by_viewer or cache in told:
            continue
        if is_callers(module, call.func.value):
            told.add(cache)
            yield module.find(
                call,
                f"asks with the viewer's own rights inside the cache of {cache.node.name}(): everyone "
                "gets what the viewer may see who fills it",
                remedy=_REMEDY,
            )


@codemod.on(ast.Attribute, ast.Name)
def in_python(module: Module, node: ast.AST) -> Iterator[Finding]:
    """Report ``st.user`` inside a cache."""
    assert isinstance(node, (ast.Attribute, ast.Name))
    if module.role is Role.UNREACHED:
        return
    if isinstance(node, ast.Attribute) and node.attr not in {"user", "experimental_user"}:
        return
    meaning = module.resolve(node)
    if meaning not in _USER or _tells_the_place(module, node):
        return
    name = meaning.removeprefix("streamlit.")
    cache = cache_around(module, node)
    if cache is not None and not cache.keyed_by_viewer:
        yield module.find(
            node,
            f"st.{name} inside the cache of {cache.node.name}(): everyone gets what belongs to the "
            "viewer who fills it",
            remedy=_REMEDY,
        )


def _tells_the_place(module: Module, node: ast.AST) -> bool:
    """Whether it is only asked whether the app runs in Snowflake: compared with None or a literal."""
    parent = module.names.parents.get(node)
    while isinstance(parent, (ast.Attribute, ast.Subscript, ast.Call)):
        node, parent = parent, module.names.parents.get(parent)
    return isinstance(parent, ast.Compare) and all(
        isinstance(side, ast.Constant)
        for side in (parent.left, *parent.comparators)
        if side is not node
    )
