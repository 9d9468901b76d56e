"""Find what only user-defined functions and procedures have, and use what apps have instead.

**What it does.** ``SnowflakeFile.open`` of a file on a stage, in binary mode, becomes
``session.file.get_stream``. Other uses of ``SnowflakeFile``, the folder of imports
(``sys._xoptions["snowflake_import_directory"]``) and everything else of ``_snowflake``, functions
that it is not documented to have among it, have a finding that says what takes their place.

**Why.** A container has no ``_snowflake``, no ``IMPORTS`` and so no folder of imports;
``SnowflakeFile`` reads through the server that runs a function, which an app has not.

**Example.**

Before:

```python
from snowflake.snowpark.files import SnowflakeFile

with SnowflakeFile.open("@docs/terms.pdf", "rb") as file:
    data = file.read()
```

After:

```python
import streamlit as st

with st.connection("snowflake").session().file.get_stream("@docs/terms.pdf") as file:
    data = file.read()
```

**What it leaves.** Code in functions that the app registers as procedures or user-defined
functions, and in SQL texts.

**Safety.** To review: the stream is read with the rights of the app's owner role, and scoped or
presigned URLs cannot be opened in this way.

**Source.** "Migrating between runtime environments",
https://docs.snowflake.com/en/developer-guide/streamlit/migrations-and-upgrades/runtime-migration
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sis_codemods.private.rest_client import FUNCTION
from sis_codemods.private.runtime_tests import IMPORT_DIRECTORY, is_test_of_imports
from sis_codemods.private.secrets import droppable
from sis_codemods.private.warehouse_code import runs_on_warehouse
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Edit, Finding, Item, Safety
from sis_migrate.python.module import Module

_OPEN = "snowflake.snowpark.files.SnowflakeFile.open"
_OPEN_NEW = "snowflake.snowpark.files.SnowflakeFile.open_new_result"
_ELSEWHERE = frozenset(
    f"_snowflake.{name}"
    for name in (
        FUNCTION,
        "get_generic_secret_string",
        "get_username_password",
        "get_oauth_access_token",
        "get_cloud_provider_token",
        "get_secret_type",
        "get_wif_token",
    )
)
_HANDLERS_ONLY = frozenset({"_snowflake.vectorized"})
"""What the module is documented to have for user-defined functions alone."""
_ROUTES = {
    "analyst": ("Cortex Analyst", "/api/v2/cortex/analyst/message"),
    "send_message": ("Cortex Analyst", "/api/v2/cortex/analyst/message"),
    "agent": ("Cortex Agents", "/api/v2/cortex/agent:run"),
    "complete": ("Cortex's models", "/api/v2/cortex/inference:complete"),
}
"""Words of a call that tell which REST endpoint is meant, with what it is called; most telling first.

"Cortex Analyst REST API", "Cortex Agents Run API", "Cortex REST API" in Snowflake's documentation.
"""
_UNKNOWN_REMEDY = "Remove it, or write what it was meant to do with the app's session."
_STREAM = 'st.connection("snowflake").session().file.get_stream("@stage/path")'

codemod = PythonCodemod(
    __name__,
    code="SIS505",
    name="udf-modules",
    summary="Modules of user-defined functions are replaced or found",
    item=Item.PRIVATE,
    safety=Safety.REVIEW,
    triggers=(b"SnowflakeFile", b"snowflake_import_directory", b"_snowflake"),
)


@codemod.on(ast.Call)
def snowflake_file(module: Module, node: ast.AST) -> Iterator[Edit | Finding]:
    """Open a stage file through the session."""
    assert isinstance(node, ast.Call)
    if not isinstance(node.func, ast.Attribute):
        return
    function = module.resolve(node.func)
    if function not in {_OPEN, _OPEN_NEW} or runs_on_warehouse(module, node):
        return
    path = _stage_path(node) if function == _OPEN else None
    if path is None:
        yield module.find(
            node,
            f"SnowflakeFile.{node.func.attr} works in functions and procedures only",
            remedy=f"Read a stage file with `{_STREAM}`, or a URL with `requests`.",
        )
        return
    st = module.imports.name_for("streamlit", alias="st", at=node)
    new = f'{st}.connection("snowflake").session().file.get_stream({module.source.segment(path)})'
    yield module.replace(
        node,
        new,
        f"SnowflakeFile.open becomes {new}",
        imports=[st],
        drops=droppable(module, node.func),
        remedy="Check that the app's owner role may read the stage.",
        oldest_streamlit="1.28",
    )


@codemod.on(ast.Subscript, ast.Call)
def import_directory(module: Module, node: ast.AST) -> Iterator[Finding]:
    """Report the folder of imports."""
    option = node.slice if isinstance(node, ast.Subscript) else None
    if isinstance(node, ast.Call) and node.args and isinstance(node.func, ast.Attribute):
        option = node.args[0] if node.func.attr == "get" else None
    if not (isinstance(option, ast.Constant) and option.value == IMPORT_DIRECTORY):
        return
    assert isinstance(node, (ast.Subscript, ast.Call))
    if is_test_of_imports(module, node) or runs_on_warehouse(module, node):
        return
    yield module.find(
        node,
        "a container has no folder of imports (IMPORTS is for warehouses)",
        remedy="Put the files into the app's folder, and open them by paths relative to it.",
    )


@codemod.on(ast.Attribute, ast.Name)
def other_function(module: Module, node: ast.AST) -> Iterator[Finding]:
    """Report what nothing takes the place of: ``vectorized``, and names that nobody knows."""
    assert isinstance(node, (ast.Attribute, ast.Name))
    if not isinstance(node.ctx, ast.Load):
        return
    parent = module.names.parents[node]
    if isinstance(parent, ast.Attribute):
        return
    meanings = {m for m in module.names.possible(node) if m.startswith("_snowflake.")}
    if not meanings or meanings & _ELSEWHERE or runs_on_warehouse(module, node):
        return
    if meanings & _HANDLERS_ONLY:
        yield module.find(
            node,
            f"{min(meanings)} exists in functions and procedures only",
            remedy="Move what needs it into a file of its own, which the app does not import.",
        )
        return
    call = parent if isinstance(parent, ast.Call) and parent.func is node else None
    yield module.find(
        node,
        f"{min(meanings)} is no function that _snowflake is documented to have, and a container has "
        "no such module",
        remedy=_route(min(meanings), call) or _UNKNOWN_REMEDY,
    )


def _route(name: str, call: ast.Call | None) -> str:
    """How to call the REST endpoint that a name or the texts given to it tell; "" for none."""
    texts = [name.rpartition(".")[2]]
    for value in [*call.args, *(k.value for k in call.keywords)] if call else []:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            texts.append(value.value)
    for word, (service, path) in _ROUTES.items():
        if any(word in text.lower() for text in texts):
            return (
                f'Call {service} by REST, with `_snowflake.{FUNCTION}("POST", "{path}", {{}}, {{}}, '
                "body, None, 30000)`, which SIS502 turns into a call that works in a container; its "
                "answer is the JSON text in `content`."
            )
    return ""


def _stage_path(node: ast.Call) -> ast.expr | None:
    """The path of ``open("@stage/…", "rb")``; None for other paths and modes."""
    if len(node.args) != 2 or any(k.arg != "require_scoped_url" for k in node.keywords):
        return None
    path, mode = node.args
    if not (isinstance(mode, ast.Constant) and mode.value == "rb"):
        return None
    first = path.values[0] if isinstance(path, ast.JoinedStr) and path.values else path
    text = first.value if isinstance(first, ast.Constant) else None
    return path if isinstance(text, str) and text.startswith("@") else None
