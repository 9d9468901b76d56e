"""Find tracing by ``snowflake.telemetry``, which a container does not collect.

**What it does.** Reports the use of ``snowflake.telemetry``, once for each file, with the number of
calls.

**Why.** A container sends what the app prints and logs to the event table; spans and their events and
attributes are not supported there. The calls raise no error where the package is installed: they go
nowhere.

**Example.**

Before:

```python
from snowflake import telemetry

telemetry.add_event("saved", {"rows": 3})
```

After:

```python
from snowflake import telemetry

telemetry.add_event("saved", {"rows": 3})
```

**What it leaves.** The calls: a log record is not an event, and queries of the event table must change
with them (``RECORD_TYPE = 'LOG'`` in the place of ``'SPAN_EVENT'``). Procedures and functions that
the app registers keep their tracing.

**Safety.** It finds only.

**Source.** "Logging and tracing for your Streamlit app",
https://docs.snowflake.com/en/developer-guide/streamlit/features/logging-tracing
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sis_codemods.private.warehouse_code import runs_on_warehouse
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Finding, Item, Safety
from sis_migrate.python.module import Module

_MODULE = "snowflake.telemetry"

codemod = PythonCodemod(
    __name__,
    code="SIS622",
    name="telemetry",
    summary="Tracing, which a container does not collect",
    item=Item.CONFIG,
    safety=Safety.REPORT,
    triggers=(b"telemetry",),
)


@codemod.on_module
def tracing(module: Module) -> Iterator[Finding]:
    """One finding at the first call of a file."""
    calls = [
        node
        for node in module.source.nodes(ast.Call)
        if isinstance(node.func, (ast.Name, ast.Attribute))
        and (module.resolve(node.func) or "").startswith(f"{_MODULE}.")
        and not runs_on_warehouse(module, node)
    ]
    if not calls:
        return
    first = min(calls, key=lambda call: (call.lineno, call.col_offset))
    many = f" ({len(calls)} calls in this file)" if len(calls) > 1 else ""
    yield module.find(
        first,
        f"tracing is not collected in a container: this goes nowhere{many}",
        remedy='Log instead: `logging.getLogger(__name__).info("…")` reaches the event table.',
    )
