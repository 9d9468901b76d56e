"""Find caches that give the first viewer's identity or rights to everyone.

**What it does.** Reports, inside functions under ``st.cache_data`` and ``st.cache_resource`` and in
whatever they call: ``CURRENT_USER()``, ``CURRENT_SESSION()``, ``CURRENT_AVAILABLE_ROLES()`` and
``IS_ROLE_IN_SESSION()`` in SQL or Snowpark, and ``st.user`` and ``st.experimental_user``.

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
the key): what asks for the identity there is SIS130's.

**Safety.** Finds only: a security review, and the most urgent of all findings.

**Source.** "Caching overview", https://docs.streamlit.io/develop/concepts/architecture/caching;
"Personalize with user information",
https://docs.snowflake.com/en/developer-guide/streamlit/app-development/personalization
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sis_codemods.session.asks import asks
from sis_codemods.session.caches import cache_around
from sis_codemods.session.sql_facts import IDENTITY_FUNCTIONS, spelled
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Finding, Item, Safety, Status
from sis_migrate.python.graph import Role
from sis_migrate.python.module import Module

_USER = ("streamlit.user", "streamlit.experimental_user")
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
    triggers=(
        b"get_current_user", b"experimental_user", b".user", b"import user",
        *spelled(*sorted(IDENTITY_FUNCTIONS)),
    ),
)  # fmt: skip


@codemod.on_module
def in_sql(module: Module) -> Iterator[Finding]:
    """Report identity asked of Snowflake inside a cache."""
    for ask in asks(module):
        if ask.cache is not None:
            yield module.find(
                ask.span,
                f"{ask.what} inside the cache of {ask.cache.node.name}(): everyone gets the answer "
                "of the viewer who fills it",
                status=Status.MANUAL if ask.sure else Status.REVIEW,
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
