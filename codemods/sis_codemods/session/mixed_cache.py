"""Find cached data that depends on the viewer's session state.

**What it does.** Reports functions under ``st.cache_data`` and ``st.cache_resource``, and the app's
functions that they call, which read ``st.session_state`` or write it: one finding for each function.

**Why.** What a cached function reads from ``st.session_state`` is no part of the cache's key. In a
container all viewers share the cache, so that everyone gets the data for the choices of whoever came
first; and what it writes there, only that viewer gets.

**Example.** Nothing is edited; one line has a finding.

Before:

```python
import streamlit as st

session = st.connection("snowflake").session()


@st.cache_data(ttl=600)
def orders():
    region = st.session_state.region
    return session.sql("SELECT * FROM ORDERS WHERE REGION = ?", [region]).to_pandas()
```

After:

```python
import streamlit as st

session = st.connection("snowflake").session()


@st.cache_data(ttl=600)
def orders():
    region = st.session_state.region
    return session.sql("SELECT * FROM ORDERS WHERE REGION = ?", [region]).to_pandas()
```

**What it leaves.** Caches with ``scope="session"``; a session or connection that is kept in the
session state; tests whether a key is there.

**Safety.** Finds only.

**Source.** "Caching overview", https://docs.streamlit.io/develop/concepts/architecture/caching
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from sis_codemods.session.caches import CachedFunction, inside_caches
from sis_codemods.session.values import connection_of, session_of, session_state_key
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Finding, Item, Safety
from sis_migrate.python.graph import Role
from sis_migrate.python.module import Module

_STATE = "streamlit.session_state"
_CONNECTS = re.compile(r"session$|conn$|connection$|cursor$|client$|^sis$|^root$", re.IGNORECASE)
_RUNS = frozenset({"sql", "table", "cursor", "create_dataframe", "file", "call", "connection"})

codemod = PythonCodemod(
    __name__,
    code="SIS145",
    name="mixed-cache",
    summary="cached data that depends on the viewer's session state is found",
    item=Item.CACHE,
    safety=Safety.REPORT,
    triggers=(b"session_state",),
)


@codemod.on_module
def mixed(module: Module) -> Iterator[Finding]:
    """Report each function inside a cache that reads or writes the session state."""
    if module.role is Role.UNREACHED:
        return
    places: dict[tuple[ast.AST, bool], list[tuple[ast.expr, str, CachedFunction]]] = {}
    for node, cache in _reads(module):
        access = _access(module, node)
        if access and not _connects(module, access):
            writes = isinstance(getattr(access, "ctx", None), (ast.Store, ast.Del))
            frame = module.names.scope_of(node).frame.node
            key = session_state_key(module, access) or "…"
            places.setdefault((frame, writes), []).append((access, key, cache))
    for (_, writes), found in places.items():
        access, _, cache = found[0]
        yield _finding(module, access, [key for _, key, _ in found], cache, writes)


def _reads(module: Module) -> Iterator[tuple[ast.expr, CachedFunction]]:
    """The uses of ``st.session_state`` in this file that are inside a cache."""
    inside = inside_caches(module.project)
    for function, cache in inside.items():
        if function not in module.names.parents:
            continue  # of another file
        for node in ast.walk(function):
            if isinstance(node, (ast.Attribute, ast.Name)) and module.resolve(node) == _STATE:
                yield node, cache


def _finding(
    module: Module, place: ast.expr, keys: list[str], cache: CachedFunction, writes: bool
) -> Finding:
    names = ", ".join(dict.fromkeys(keys))
    where = f"inside the cache of {cache.node.name}()"
    if writes:
        return module.find(
            place,
            f"writes st.session_state ({names}) {where}: only the viewer who fills the cache gets it",
            remedy="Return the value, and put it into st.session_state where the function is called.",
        )
    return module.find(
        place,
        f"reads st.session_state ({names}) {where}: everyone gets the data for the choice of the "
        "viewer who fills it",
        remedy="Pass it as an argument (without a leading underscore), which makes it part of the "
        'key; or give each viewer a cache (scope="session", Streamlit 1.53 or later).',
    )


def _access(module: Module, state: ast.expr) -> ast.expr | None:
    """The read or write of a key; None for a mere test whether it is there."""
    parent = module.names.parents.get(state)
    if isinstance(parent, ast.Attribute):
        call = module.names.parents.get(parent)
        if isinstance(call, ast.Call) and call.func is parent:
            return call if parent.attr in {"get", "setdefault", "pop"} else None
        return parent
    return parent if isinstance(parent, ast.Subscript) and parent.value is state else None


def _connects(module: Module, access: ast.expr) -> bool:
    """Whether it is a session or connection that is kept there, not something of the viewer's."""
    if _CONNECTS.search(session_state_key(module, access)):
        return True
    parent = module.names.parents.get(access)
    if isinstance(parent, ast.Attribute) and parent.value is access and parent.attr in _RUNS:
        return True
    return session_of(module, access) or connection_of(module, access)
