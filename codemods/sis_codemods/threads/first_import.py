"""Let every page import Snowpark as a whole before any part of it.

**What it does.** Adds `import snowflake.snowpark` to the pages of an app whose pages would otherwise
begin with different parts of Snowpark: one with `snowflake.snowpark.functions`, one with
`st.connection`, one with `snowflake.cortex`.

**Why.** After a start, a container has all pages that were open run at once. Where two of them first
import different parts of Snowpark, each waits for what the other one has begun, Python lets both go
on with half of it, and both end in an `ImportError` ("cannot import name … from partially initialized
module"). It takes a second or two to import Snowpark; in measurements every pair of viewers who came
within that time failed. Where the first import is the whole package's, the second page waits.

**Example.** In a file ``pages/forecast.py``, where ``streamlit_app.py`` has
`st.connection("snowflake")` only:

Before:

```python
import streamlit as st
from snowflake.snowpark.functions import col

session = st.connection("snowflake").session()
st.dataframe(session.table("FORECAST").select(col("DAY")))
```

After:

```python
import snowflake.snowpark  # noqa: F401, first on every page
import streamlit as st
from snowflake.snowpark.functions import col

session = st.connection("snowflake").session()
st.dataframe(session.table("FORECAST").select(col("DAY")))
```

**What it leaves.** Apps with one script, scripts of which none is the entry point, apps whose pages
all begin with the same part, and those that run their pages by `st.navigation` from a script that
imports Snowpark itself. Imports in functions. A page that asks in a `try` whether there is a Snowpark
has a finding.

**Safety.** Safe: the page imports Snowpark in any case, now first.

**Source.** Measured with Streamlit 1.67, Snowpark 1.56 and Python 3.11: `migrate verify` has viewers
come to different pages at once; "The import system", https://docs.python.org/3/reference/import.html
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sis_codemods.session.values import GET_ACTIVE_SESSION
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Edit, Finding, Item, Safety, Status
from sis_migrate.python.definitions import Function
from sis_migrate.python.edits import ImportNeed, PythonChange
from sis_migrate.python.module import Module, Project
from sis_migrate.python.names import BindingKind

_WHOLE, _CONNECTION = "snowflake.snowpark", "st.connection"
_BRING_SNOWPARK = (_WHOLE, "snowflake.cortex", "snowflake.ml")
_PARTS = (*_BRING_SNOWPARK, "snowflake.connector")
"""What imports Snowpark, and what Snowpark imports. `snowflake.core` was measured to do neither."""

codemod = PythonCodemod(
    __name__,
    code="SIS156",
    name="first-import",
    summary="pages that begin with different parts of Snowpark import it as a whole first",
    item=Item.THREADS,
    safety=Safety.SAFE,
    triggers=(),
    app_triggers=(b"snowflake",),
)


@dataclass(frozen=True, slots=True)
class _Load:
    """A part that a file loads, by which statement of the file; whether a ``try`` is around it."""

    part: str
    statement: ast.stmt
    guarded: bool = False


@codemod.on_module
def page(module: Module) -> Iterator[Edit | Finding]:
    """Add the import to a page, where the pages begin differently."""
    firsts = module.project.once(_firsts)
    first = firsts.get(module.path)
    parts = {load.part for load in firsts.values()}
    if first is None or first.part == _WHOLE or len(parts) < 2:
        return
    if not any(_is_in(part, _BRING_SNOWPARK) for part in parts):
        return
    others = ", ".join(sorted(parts - {first.part}))
    what = f"this page begins with {first.part}, others with {others}: viewers who come at once"
    if first.guarded:
        yield module.find(
            first.statement,
            f"{what} after a start get an ImportError",
            status=Status.REVIEW,
            remedy="Let every page begin with `import snowflake.snowpark`.",
        )
        return
    yield module.edit(
        first.statement,
        PythonChange(needs=(_need(module, first),)),
        f"{what} after a start would get an ImportError; now it begins with snowflake.snowpark",
    )


def _need(module: Module, first: _Load) -> ImportNeed:
    bound = module.names.module_scope.bindings.get("snowflake", ())
    taken = any(binding.kind is not BindingKind.IMPORT for binding in bound)
    return ImportNeed(
        _WHOLE,
        "_snowpark" if taken else _WHOLE,
        first.statement,
        comment="noqa: F401, first on every page",
    )


def _firsts(project: Project) -> dict[Path, _Load]:
    """What each script loads first; nothing where one script runs before all, or SIS101 has yet to.

    A script that runs the others by ``st.navigation`` is the first for every viewer. Scripts without
    an entry point among them are apps of their own, each with a server of its own.
    """
    if project.app.entry_point is None:
        return {}
    scripts = [project.modules[p] for p in project.app.scripts if p in project.modules]
    if any(_asks_still(module) for module in project.modules.values()):
        return {}
    firsts: dict[Path, _Load] = {}
    for script in scripts:
        first = next(_loads(script, set()), None) or _connection(script)
        if first is not None:
            firsts[script.path] = first
    before_all = any(s.path in firsts and _runs_pages(s) for s in scripts)
    return {} if before_all else firsts


def _asks_still(module: Module) -> bool:
    return module.settings.takes("SIS101") and any(
        module.names.meanings(binding) == {GET_ACTIVE_SESSION} for binding in module.names.imports()
    )


def _runs_pages(script: Module) -> bool:
    return any(
        script.resolve(call.func) == "streamlit.navigation"
        for call in script.source.nodes(ast.Call)
    )


def _loads(module: Module, seen: set[Path]) -> Iterator[_Load]:
    """The parts that a file loads as it runs, in order, by itself or by files of the app's."""
    seen.add(module.path)
    for statement, guarded in _imports(module.source.tree.body):
        for name in _names(module, statement):
            if _is_in(name, _PARTS):
                yield _Load(name, statement, guarded)
            for own in _own(module, name):
                if own.path not in seen:
                    for load in _loads(own, seen):
                        yield _Load(load.part, statement, guarded or load.guarded)


def _imports(
    body: Sequence[ast.stmt], *, guarded: bool = False
) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    """The imports that run with a file, in order, and whether a ``try`` is around them."""
    for statement in body:
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            yield statement, guarded
        elif isinstance(statement, ast.Try):
            handlers = [h.body for h in statement.handlers]
            for block in (statement.body, *handlers, statement.orelse, statement.finalbody):
                yield from _imports(block, guarded=True)
        elif isinstance(statement, ast.If) and "TYPE_CHECKING" in ast.unparse(statement.test):
            yield from _imports(statement.orelse, guarded=guarded)
        elif not isinstance(statement, Function):
            inside: list[list[ast.stmt]] = [getattr(statement, f, []) for f in ("body", "orelse")]
            for block in inside:
                yield from _imports(block, guarded=guarded)


def _names(module: Module, statement: ast.Import | ast.ImportFrom) -> list[str]:
    """The dotted names that an import loads, or may load, in order."""
    if isinstance(statement, ast.Import):
        return [alias.name for alias in statement.names]
    base = module.project.graph.absolute(module.path, statement)
    return [base, *(f"{base}.{alias.name}" for alias in statement.names)]


def _own(module: Module, name: str) -> Iterator[Module]:
    """The app's files that an import of a dotted name loads: its packages, then itself."""
    parts = name.split(".")
    for length in range(1, len(parts) + 1):
        path = module.project.graph.locate(".".join(parts[:length]), module.path)
        if path in module.project.modules:
            yield module.project.modules[path]


def _is_in(name: str, packages: Sequence[str]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def _connection(script: Module) -> _Load | None:
    """The connection by which a script has Streamlit import Snowpark, itself or by other files."""
    project = script.project
    for path in project.graph.reachable([script.path]):
        module = project.modules[path]
        for call in module.source.nodes(ast.Call):
            if module.resolve(call.func) == "streamlit.connection" and _is_snowflakes(call):
                return _Load(_CONNECTION, script.source.tree.body[-1])
    return None


def _is_snowflakes(call: ast.Call) -> bool:
    kinds = [*call.args[:1], *(k.value for k in call.keywords if k.arg == "type")]
    return any("snowflake" in ast.unparse(kind).lower() for kind in kinds)
