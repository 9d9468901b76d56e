"""List the caches that nothing ever empties, and the calls that empty them for everyone.

**What it does.** Says once for an app which functions under ``st.cache_data`` query something and
have neither ``ttl`` nor ``max_entries``, which under ``st.cache_resource`` keep an object for every
combination of arguments, and where ``.clear()`` is called.

**Why.** A warehouse app's cache lives minutes and belongs to one viewer. A container's lives for days
and belongs to all: without a limit its data grows old and its memory grows, and ``.clear()`` empties
it for every viewer.

**Example.** Nothing is edited; the app has one finding that names the decorator.

Before:

```python
import streamlit as st

session = st.connection("snowflake").session()


@st.cache_data
def sales():
    return session.table("SALES").to_pandas()
```

After:

```python
import streamlit as st

session = st.connection("snowflake").session()


@st.cache_data
def sales():
    return session.table("SALES").to_pandas()
```

**What it leaves.** Functions without arguments that query nothing (they read a file of the app's);
``st.cache_resource`` without arguments, which keeps one object; caches with ``scope="session"``.

**Safety.** Finds only: how old data may be is for the app's owner to say.

**Source.** "Migrating between runtime environments",
https://docs.snowflake.com/en/developer-guide/streamlit/migrations-and-upgrades/runtime-migration;
"Caching overview", https://docs.streamlit.io/develop/concepts/architecture/caching
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sis_codemods.session.app_places import AppPlace, by_file, heard
from sis_codemods.session.cached import DATA, RESOURCE
from sis_codemods.session.caches import CachedFunction, cached_functions
from sis_migrate.codemod import AppContext, PythonCodemod
from sis_migrate.model import Finding, Item, Safety, Status
from sis_migrate.python.definitions import Function, functions
from sis_migrate.python.graph import Role
from sis_migrate.python.module import Module

_QUERIES = frozenset(
    {"sql", "table", "query", "execute", "collect", "to_pandas", "toPandas", "call", "cursor",
     "fetchall", "fetchone", "read_sql", "urlopen", "send_message"}
)  # fmt: skip
_FETCHES = ("requests.", "httpx.", "urllib.")
_DEPTH = 2


codemod = PythonCodemod(
    __name__,
    code="SIS146",
    name="unlimited-cache",
    summary="caches without `ttl` or `max_entries`, and `.clear()` on them, are listed",
    item=Item.CACHE,
    safety=Safety.REPORT,
    triggers=(b"cache_data", b"cache_resource"),
)


@codemod.on_app
def unlimited(context: AppContext) -> Iterator[Finding]:
    """One finding for the app; it names functions, because lines change with other edits."""
    caches = [c for c in cached_functions(context.project()) if c.module.role is not Role.UNREACHED]
    endless = heard(
        (
            AppPlace(c.module, c.decorator, c.node.name)
            for c in caches
            if not c.per_viewer and _endless(c)
        ),
        codemod.code,
    )
    clears = heard((p for m in context.modules.values() for p in _clears(m, caches)), codemod.code)
    if not endless and not clears:
        return
    first = (endless or clears)[0]
    parts = []
    if endless:
        many = "1 cache has" if len(endless) == 1 else f"{len(endless)} caches have"
        parts.append(f"{many} no limit, in a process that lives for days ({_list(endless)})")
    if clears:
        parts.append(f".clear() empties a cache for all viewers ({_list(clears)})")
    yield first.module.find(
        first.node,
        "; ".join(parts),
        status=Status.REVIEW,
        remedy="Say how old the data may be (`ttl=`) and how many results to keep (`max_entries=`).",
    )


def _endless(cache: CachedFunction) -> bool:
    if cache.keywords.keys() & {"ttl", "max_entries", "max_size"}:
        return False
    if any(k.arg is None for k in getattr(cache.decorator, "keywords", ())):
        return False
    if cache.key:
        return True
    return not cache.is_resource and _asks(cache.module, cache.node, _DEPTH)


def _asks(module: Module, function: Function, depth: int) -> bool:
    """Whether a function queries something, itself or through the app's own functions."""
    for statement in function.body:
        for node in ast.walk(statement):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            if name in _QUERIES or (module.resolve(node.func) or "").startswith(_FETCHES):
                return True
            if depth and any(_asks(m, f, depth - 1) for m, f in functions(module, node.func)):
                return True
    return False


def _clears(module: Module, caches: list[CachedFunction]) -> Iterator[AppPlace]:
    if module.role is Role.UNREACHED or ".clear()" not in module.source.text:
        return
    own = {c.node for c in caches if not c.per_viewer}
    for node in module.source.nodes(ast.Call):
        if not isinstance(node.func, ast.Attribute) or node.func.attr != "clear" or node.args:
            continue
        cleared = node.func.value
        if module.resolve(cleared) in DATA | RESOURCE or any(
            f in own for _, f in functions(module, cleared)
        ):
            yield AppPlace(module, node, module.source.segment(cleared))


def _list(places: list[AppPlace]) -> str:
    return "; ".join(
        f"{file}: {', '.join(dict.fromkeys(p.name for p in own))}"
        for file, own in by_file(places).items()
    )
