"""Say how to reach secrets of kinds that a container does not serve: a procedure that wraps them.

**What it does.** Finds ``_snowflake.get_oauth_access_token``, ``get_cloud_provider_token``,
``get_secret_type`` and ``get_wif_token``, and puts into the plan the SQL of a stored procedure that
reads the secret on the warehouse; the finding has the call of the procedure that takes the place of
the old one. The names of the secret and of its integration are taken from the app's SQL scripts
where they say them.

**Why.** A container serves generic and password secrets only. A procedure still runs on a
warehouse, where ``_snowflake`` exists, and the documentation names it as the way out.

**Example.**

Before:

```python
import _snowflake

token = _snowflake.get_oauth_access_token("crm")
```

After:

```python
import _snowflake

token = _snowflake.get_oauth_access_token("crm")
```

**What it leaves.** The code: whoever may call the procedure gets what it returns, so that it should
rather make the outside call itself and return the answer. That is for a person to decide.

**Safety.** It finds only.

**Source.** "API reference for access to secrets",
https://docs.snowflake.com/en/developer-guide/external-network-access/secret-api-reference
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from sis_codemods.private.warehouse_code import runs_on_warehouse
from sis_migrate.codemod import AppContext, PythonCodemod
from sis_migrate.documents.sql_quoting import literal
from sis_migrate.model import Finding, Item, Safety, Step
from sis_migrate.python.module import Module


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a function reads, the SQL type that a procedure returns it as, and how."""

    words: str
    returns: str
    expression: str


_KINDS = {
    "get_oauth_access_token": _Kind("an OAuth secret", "STRING", "{call}"),
    "get_wif_token": _Kind("a workload identity", "STRING", "{call}"),
    "get_secret_type": _Kind("the type of a secret", "STRING", "str({call})"),
    "get_cloud_provider_token": _Kind("a cloud provider's secret", "VARIANT", "vars({call})"),
}
_FUNCTIONS = {
    f"{m}.{name}": name for name in _KINDS for m in ("_snowflake", "snowflake.snowpark.secrets")
}
_SECRETS = re.compile(r"\bSECRETS\s*=\s*\(([^)]*)\)", re.IGNORECASE)
_PAIR = re.compile(r"'([^']+)'\s*=\s*([\w.$\"]+)")
_INTEGRATIONS = re.compile(r"\bEXTERNAL_ACCESS_INTEGRATIONS\s*=\s*\(\s*([\w$\"]+)", re.IGNORECASE)
_STEP_ORDER = 30

codemod = PythonCodemod(
    __name__,
    code="SIS504",
    name="wrapped-secrets",
    summary="OAuth and cloud secrets are wrapped in a stored procedure",
    item=Item.PRIVATE,
    safety=Safety.REPORT,
    triggers=tuple(name.encode() for name in _KINDS),
)


@codemod.on_app
def calls(context: AppContext) -> Iterator[Finding | Step]:
    """A finding for each call and a step for each secret."""
    for module in context.modules.values():
        if not any(name in module.source.text for name in _KINDS):
            continue
        for node in module.source.nodes(ast.Call):
            if isinstance(node.func, (ast.Name, ast.Attribute)):
                yield from _call(context, module, node)


def _call(context: AppContext, module: Module, node: ast.Call) -> Iterator[Finding | Step]:
    functions = [_FUNCTIONS[m] for m in module.names.possible(node.func) if m in _FUNCTIONS]
    if not functions or runs_on_warehouse(module, node):
        return
    function = functions[0]
    secret = _literal(module, node)
    procedure = f"READ_{re.sub(r'[^A-Za-z0-9]+', '_', secret or 'secret').strip('_').upper()}"
    yield module.find(
        node,
        f"{function}() reads {_KINDS[function].words}, which a container does not serve",
        remedy=f"Make the procedure of the plan, and call it here: "
        f'`st.connection("snowflake").session().call("{procedure}")`. Better, let the procedure '
        f"make the outside call and return only its answer.",
    )
    yield _step(context, function, secret, procedure)


def _literal(module: Module, node: ast.Call) -> str:
    """The secret's name where it is a literal or a name for one; else ""."""
    value = node.args[0] if node.args else None
    if isinstance(value, ast.Name):
        values = [b.value for b in module.names.bindings(value)]
        value = values[0] if len(values) == 1 else None
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""


def _step(context: AppContext, function: str, secret: str, procedure: str) -> Step:
    kind = _KINDS[function]
    name = secret or "name"
    of_secret, integration = _objects(context, name)
    call = f"_snowflake.{function}({name!r})"
    sql = f"""\
-- Returns a secret to whoever may call it: grant USAGE on it to the app's owner role only.
CREATE PROCEDURE IF NOT EXISTS {procedure}()
  RETURNS {kind.returns}
  LANGUAGE PYTHON
  RUNTIME_VERSION = '3.11'
  PACKAGES = ('snowflake-snowpark-python')
  HANDLER = 'read'
  EXTERNAL_ACCESS_INTEGRATIONS = ({integration})
  SECRETS = ({literal(name)} = {of_secret})
  EXECUTE AS OWNER
AS
$$
import _snowflake

def read(session):
    return {kind.expression.format(call=call)}
$$;"""
    return Step(
        "owner",
        _STEP_ORDER,
        f"Wrap the secret {name} in a procedure",
        Item.PRIVATE,
        sql=sql,
        undo=f"DROP PROCEDURE IF EXISTS {procedure}();",
    )


def _objects(context: AppContext, name: str) -> tuple[str, str]:
    """The secret object and the integration that the app's SQL names; else words to fill in."""
    for path in context.app.sql_files:
        try:
            text = context.workspace.read_bytes(path).decode("utf-8", "replace")
        except OSError:
            continue
        pairs = [pair for found in _SECRETS.findall(text) for pair in _PAIR.findall(found)]
        objects = [secret for key, secret in pairs if key == name]
        if objects:
            integrations = _INTEGRATIONS.findall(text)
            return objects[0], integrations[0] if integrations else "<INTEGRATION>"
    return "<SECRET>", "<INTEGRATION>"
