"""Find what answers in the place of ``_snowflake``, so that nobody is shown invented figures.

**What it does.** Reports a handler that puts something else in the place of ``_snowflake`` where the
import fails, and one that goes on with made-up data after a failed call without telling anyone.

**Why.** On a warehouse such code never runs. In a container the import fails each time, and a call
may: the app then shows the sample figures of its author's laptop, without any error.

**Example.**

Before:

```python
import _snowflake

def load():
    try:
        return _snowflake.send_snow_api_request("GET", "/api/v2/databases")
    except Exception:
        return load_sample_data()
```

After:

```python
import _snowflake

def load():
    try:
        return _snowflake.send_snow_api_request("GET", "/api/v2/databases")
    except Exception:
        return load_sample_data()
```

**What it leaves.** Handlers that raise, show an error, or go on with nothing.

**Safety.** It finds only: what the author meant by the data is theirs to say.

**Source.** "Migrating between runtime environments",
https://docs.snowflake.com/en/developer-guide/streamlit/migrations-and-upgrades/runtime-migration
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator

from sis_codemods.private.import_guards import MODULE, imported
from sis_codemods.private.rest_client import FUNCTION
from sis_codemods.private.tries import is_broad
from sis_codemods.private.warehouse_code import runs_on_warehouse
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Finding, Item, Safety, Status
from sis_migrate.python.module import Module

_INVENTED = re.compile(r"mock|sample|demo|fake|dummy|synthetic|stub|random|example", re.IGNORECASE)
_TELLS = frozenset({"error", "warning", "exception", "stop", "toast"})

codemod = PythonCodemod(
    __name__,
    code="SIS507",
    name="invented-data",
    summary="Stand-ins and made-up data where `_snowflake` is missing",
    item=Item.PRIVATE,
    safety=Safety.REPORT,
    triggers=(MODULE.encode(),),
)


@codemod.on(ast.Try)
def handlers(module: Module, node: ast.AST) -> Iterator[Finding]:
    """Report handlers that hide the missing module from the viewer."""
    assert isinstance(node, ast.Try)
    if not any(_uses_module(module, s) for s in node.body) or runs_on_warehouse(module, node):
        return
    for handler in node.handlers:
        stand_in = _stand_in(module, node, handler)
        if stand_in is not None:
            yield module.find(
                stand_in,
                "this takes the place of _snowflake in a container, where the module does not "
                "exist: what it answers would be shown as if it were real",
                remedy="Remove it, or use it only in local runs.",
            )
        elif is_broad(module, handler) and (place := _invented(handler)) is not None:
            yield module.find(
                place,
                "when the call fails, the app goes on with this and tells nobody: in a container "
                "it would be shown as if it were real",
                status=Status.REVIEW,
                remedy="Show the error with `st.error`, or raise it again.",
            )


def _uses_module(module: Module, statement: ast.stmt) -> bool:
    own = {b.name for b in imported(module)}
    for node in ast.walk(statement):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            if any(module.names.parents[b.node] is node for b in imported(module)):
                return True
        elif isinstance(node, ast.Attribute):
            if node.attr == FUNCTION:
                return True
        elif isinstance(node, ast.Name) and _means_module(module, node, own):
            return True
    return False


def _means_module(module: Module, node: ast.Name, names: Collection[str]) -> bool:
    if node.id not in names or not isinstance(node.ctx, ast.Load):
        return False
    return any(m.partition(".")[0] == MODULE for m in module.names.possible(node))


def _stand_in(module: Module, statement: ast.Try, handler: ast.ExceptHandler) -> ast.stmt | None:
    """The statement of a handler that gives a name of the guarded import another meaning."""
    names = {
        b.name
        for b in imported(module)
        if module.names.parents[b.node] in statement.body
    }  # fmt: skip
    for child in handler.body:
        if isinstance(child, (ast.ClassDef, ast.FunctionDef, ast.Import, ast.ImportFrom)):
            bound = {getattr(child, "name", "")} | {
                a.asname or a.name for a in getattr(child, "names", ())
            }
            if bound & names:
                return child
        elif isinstance(child, ast.Assign):
            bound = {t.id for t in child.targets if isinstance(t, ast.Name)}
            if bound & names and not _is_none(child.value):
                return child
    return None


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _invented(handler: ast.ExceptHandler) -> ast.stmt | None:
    """The statement by which a handler goes on with data of its own, telling nobody."""
    nodes = [n for s in handler.body for n in ast.walk(s)]
    if any(isinstance(n, ast.Raise) for n in nodes):
        return None
    if any(isinstance(n, ast.Attribute) and n.attr in _TELLS for n in nodes):
        return None
    for statement in nodes:
        value = statement.value if isinstance(statement, (ast.Return, ast.Assign)) else None
        if isinstance(statement, ast.stmt) and value is not None and _is_data(value):
            return statement
    return None


def _is_data(value: ast.expr) -> bool:
    """A call that says itself that it makes data up, or rows written out."""
    for node in ast.walk(value):
        if isinstance(node, ast.Call):
            name = (
                node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
            )
            if _INVENTED.search(name):
                return True
            if name == "DataFrame" and (node.args or node.keywords):
                return True
        elif isinstance(node, ast.Name) and _INVENTED.search(node.id):
            return True
    if isinstance(value, (ast.List, ast.Dict)):
        numbers = [
            n
            for n in ast.walk(value)
            if isinstance(n, ast.Constant) and type(n.value) in {int, float}
        ]
        return len(numbers) > 2
    return False
