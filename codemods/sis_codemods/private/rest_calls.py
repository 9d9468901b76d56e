"""Send REST calls to Snowflake through a module of the app's own.

**What it does.** Replaces ``_snowflake.send_snow_api_request`` by a function of the same name in
``snow_api.py``, a small module that is added beside the app's entry point. It takes the same
arguments (the timeout in milliseconds among them) and gives the same kind of result: a dict with
``status``, ``reason`` and ``content``, a JSON text, which for Cortex Agents is a list of the
events of the stream.

**Why.** The module ``_snowflake`` does not exist in a container. There the documented way is a call
to the account's host with the session token that Snowflake keeps in a file.

**Example.**

Before:

```python
import _snowflake
import json

resp = _snowflake.send_snow_api_request(
    "POST", "/api/v2/cortex/analyst/message", {}, {}, {"messages": []}, None, 30000
)
answer = json.loads(resp["content"])
```

After:

```python
import snow_api
import json

resp = snow_api.send_snow_api_request(
    "POST", "/api/v2/cortex/analyst/message", {}, {}, {"messages": []}, None, 30000
)
answer = json.loads(resp["content"])
```

**What it leaves.** Calls in functions that the app registers as procedures or user-defined
functions. A name that may stand for something else (a stand-in for local runs) and arguments that
the new function does not have: each has a finding. An existing file is never overwritten; where a
module of the app is called ``snow_api``, the new one is ``snow_api_2``.

**Safety.** The calls are safe; the added module is to review, since what Snowflake answers cannot
be tried without an account. Outside Snowflake the function raises ``OutsideSnowflakeError``, which is a
``ModuleNotFoundError`` like that of ``import _snowflake``, so that fallbacks for local runs go on
working.

**Source.** "Manage secrets and configure your Streamlit app",
https://docs.snowflake.com/en/developer-guide/streamlit/app-development/secrets-and-configuration
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from sis_codemods.private.rest_client import FUNCTION, SOURCE, Client, client_of
from sis_codemods.private.secrets import droppable
from sis_codemods.private.warehouse_code import runs_on_warehouse
from sis_migrate.codemod import AppContext, PythonCodemod
from sis_migrate.collect import Collected
from sis_migrate.ignoring import without_ignored
from sis_migrate.model import Edit, EditGroup, Finding, Item, NewFile, Safety
from sis_migrate.python.module import Module

_WAREHOUSE = f"_snowflake.{FUNCTION}"
_PARAMETERS = ("method", "path", "headers", "params", "body", "request_guid", "timeout_ms")
_REMEDY = "Call Snowflake's REST API here by hand, as the documentation of secrets shows."
GROUP = EditGroup("rest-client")

codemod = PythonCodemod(
    __name__,
    code="SIS502",
    name="rest-calls",
    summary="`_snowflake.send_snow_api_request` becomes a module of the app's own",
    item=Item.PRIVATE,
    safety=Safety.SAFE,
    triggers=(FUNCTION.encode(),),
)


@codemod.on_app
def calls(context: AppContext) -> Iterator[Edit | Finding]:
    """Rewrite every use in the app, and add the module for them."""
    uses = [use for module in context.modules.values() for use in _uses(module)]
    obstacles = {node: _obstacle(module, node) for module, node in uses}
    for module, node in uses:
        if obstacles[node]:
            yield module.find(node, f"{FUNCTION} {obstacles[node]}", remedy=_REMEDY)
    client = client_of(context)
    edits = [_edit(module, node, client) for module, node in uses if not obstacles[node]]
    # Where every call is ignored the file is not wanted either.
    kept = without_ignored(Collected(edits=edits), context.workspace, context.settings).edits
    yield from kept
    if kept and not client.exists:
        yield _new_file(client)


def _edit(module: Module, node: ast.Name | ast.Attribute, client: Client) -> Edit:
    api = module.imports.name_for(client.name, alias=client.name, at=node)
    edit = module.replace(
        node,
        f"{api}.{FUNCTION}",
        f"{ast.unparse(node)} becomes {api}.{FUNCTION}",
        imports=[api],
        drops=droppable(module, node),
        group=GROUP,
    )
    return replace(edit, code=codemod.code)


def _new_file(client: Client) -> Edit:
    return Edit(
        client.path,
        NewFile(SOURCE.read_text(encoding="utf-8")),
        f"{client.path.name} is added: it calls Snowflake's REST API from a container",
        safety=Safety.REVIEW,
        remedy="Deploy the file with the app, and try one call in the container.",
        group=GROUP,
    )


def _uses(module: Module) -> Iterator[tuple[Module, ast.Name | ast.Attribute]]:
    if FUNCTION not in module.source.text:
        return
    nodes = module.source.nodes
    every: list[ast.Name | ast.Attribute] = [*nodes(ast.Name), *nodes(ast.Attribute)]
    for node in every:
        if not isinstance(node.ctx, ast.Load):
            continue
        if _WAREHOUSE in module.names.possible(node) and not runs_on_warehouse(module, node):
            yield module, node


def _obstacle(module: Module, node: ast.Name | ast.Attribute) -> str:
    """Why a use cannot be rewritten; "" where it can."""
    if len(module.names.possible(node)) > 1:
        return "may be Snowflake's or another function of that name here"
    parent = module.names.parents[node]
    if not isinstance(parent, ast.Call) or parent.func is not node:
        return ""
    unknown = [k.arg for k in parent.keywords if k.arg and k.arg not in _PARAMETERS]
    if unknown:
        return f"is given {unknown[0]}, which is no argument of the function that replaces it"
    if len(parent.args) > len(_PARAMETERS):
        return "is given more arguments than the function that replaces it has"
    return ""
