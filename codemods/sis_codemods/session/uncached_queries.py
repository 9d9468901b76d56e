"""List the queries that run again at every interaction of every viewer.

**What it does.** Says once for an app how many of its queries (``SELECT``, ``WITH``, ``SHOW`` and
``session.table``) run outside of any cache whenever a page is run, and in which files.

**Why.** Streamlit runs a page anew at each click. A warehouse app did so for one viewer; a container
does it for all viewers on one small machine, and can give all of them one cached result.

**Example.** Nothing is edited; the app has one finding that names the query.

Before:

```python
import streamlit as st

session = st.connection("snowflake").session()
st.dataframe(session.sql("select * from sales").to_pandas())
```

After:

```python
import streamlit as st

session = st.connection("snowflake").session()
st.dataframe(session.sql("select * from sales").to_pandas())
```

**What it leaves.** Queries in functions under a cache, ``st.connection(…).query()``, which caches by
itself, what a button, a form, a dialog, an upload or a chat message starts, what is kept in the
session state, and statements that write.

**Safety.** Finds only: how old data may be is for the app's owner to say.

**Source.** "Migrating between runtime environments",
https://docs.snowflake.com/en/developer-guide/streamlit/migrations-and-upgrades/runtime-migration;
"Caching overview", https://docs.streamlit.io/develop/concepts/architecture/caching
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from sis_codemods.session.app_places import AppPlace, by_file, heard
from sis_codemods.session.caches import cache_around
from sis_codemods.session.calls import callers
from sis_codemods.session.flow import follow
from sis_codemods.session.texts import texts
from sis_codemods.session.values import connection_of, session_of
from sis_codemods.streamlit.receivers import streamlit_call
from sis_migrate.codemod import AppContext, PythonCodemod
from sis_migrate.model import Finding, Item, Safety, Status
from sis_migrate.python.definitions import Function
from sis_migrate.python.graph import Role
from sis_migrate.python.module import Module

_READS = re.compile(r"\s*(?:select|with|show|describe)\b", re.IGNORECASE)
_STARTS = frozenset(
    {"button", "chat_input", "download_button", "file_uploader", "form_submit_button", "audio_input",
     "camera_input"}
)  # fmt: skip
_WRITES = frozenset({"insert", "update", "merge", "delete", "save_as_table", "write"})

_DEPTH = 3
"""How many calls above a query are looked at."""

_Known = dict[tuple[ast.AST, int], bool]

codemod = PythonCodemod(
    __name__,
    code="SIS147",
    name="uncached-queries",
    summary="queries that run again at every interaction are counted",
    item=Item.CACHE,
    safety=Safety.REPORT,
    triggers=(b".sql(", b".table(", b".execute(", b"read_sql"),
)


@codemod.on_app
def uncached(context: AppContext) -> Iterator[Finding]:
    """One finding for the app."""
    known: _Known = {}
    queries = {
        place.node: place
        for module in context.modules.values()
        for place in _queries(module, known)
    }
    found = heard(queries.values(), codemod.code)
    if not found:
        return
    many = "1 query runs" if len(found) == 1 else f"{len(found)} queries run"
    files = ", ".join(f"{file}: {len(own)}" for file, own in by_file(found).items())
    yield found[0].module.find(
        found[0].node,
        f"{many} again at every interaction of every viewer ({files})",
        status=Status.REVIEW,
        remedy="Where the data may be some minutes old, fetch it in a function under "
        "`@st.cache_data(ttl=…)` that returns pandas data.",
    )


def _queries(module: Module, known: _Known) -> Iterator[AppPlace]:
    """The calls that query something in a run of a page, whatever the viewer did."""
    if module.role is Role.UNREACHED:
        return
    for text in texts(module):
        if _READS.match(text.template):
            for run in follow(module, text.node).runs:
                cached = run.receiver is not None and connection_of(run.module, run.receiver)
                if not run.fragment and not (cached and _method(run.call) == "query"):
                    yield from _place(run.module, run.call, known)
    for call in module.source.nodes(ast.Call):
        if _is_table(module, call):
            yield from _place(module, call, known)


def _place(module: Module, call: ast.Call, known: _Known) -> Iterator[AppPlace]:
    if cache_around(module, call) is None and _runs_each_time(module, call, _DEPTH, known):
        yield AppPlace(module, call)


def _runs_each_time(module: Module, node: ast.AST, depth: int, known: _Known) -> bool:
    """Whether a node runs in every run of a page: in a script, or by calls that do.

    ``known`` is what was found out so far of functions, by the depth that was left for them.
    """
    child = node
    for ancestor in module.names.ancestors(node):
        if isinstance(ancestor, (ast.Lambda, ast.ClassDef)):
            return False
        if isinstance(ancestor, ast.If) and child is not ancestor.test:
            asked = any(_asks_first(module, n) for n in ast.walk(ancestor.test))
            if asked:
                return False
        if isinstance(ancestor, Function):
            if (ancestor, depth) not in known:
                sites = callers(module, ancestor) if depth and not _is_dialog(ancestor) else ()
                known[ancestor, depth] = any(
                    m.role is not Role.UNREACHED and _runs_each_time(m, call, depth - 1, known)
                    for m, call in sites
                )
            return known[ancestor, depth]
        child = ancestor
    return module.role in {Role.SCRIPT, Role.BOTH}


def _method(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _is_table(module: Module, call: ast.Call) -> bool:
    """Whether a call is ``session.table(…)``, to be read."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "table":
        return False
    above = module.names.parents.get(call)
    written = isinstance(above, ast.Attribute) and above.attr in _WRITES
    return not written and session_of(module, call.func.value)


def _is_dialog(function: Function) -> bool:
    return any("dialog" in ast.unparse(decorator) for decorator in function.decorator_list)


def _asks_first(module: Module, node: ast.AST) -> bool:
    """Whether a part of a test asks what the viewer did, or what the session has kept."""
    if isinstance(node, ast.Attribute):
        return node.attr == "session_state"
    if isinstance(node, ast.Call):
        return _starts(module, node)
    if not isinstance(node, ast.Name):
        return False
    values = (binding.value for binding in module.names.bindings(node))
    return any(isinstance(value, ast.Call) and _starts(module, value) for value in values)


def _starts(module: Module, call: ast.Call) -> bool:
    found = streamlit_call(module, call)
    return found is not None and found.receiver.command in _STARTS
