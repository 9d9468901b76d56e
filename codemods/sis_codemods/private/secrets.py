"""Read secrets from ``st.secrets`` instead of from ``_snowflake``.

**What it does.** Replaces ``_snowflake.get_generic_secret_string(name)`` and
``_snowflake.get_username_password(name)`` by ``st.secrets[name]``, whatever they are called in the
file and whatever expression the name is; the fields ``.username`` and ``.password`` stay as they
are. The functions of the same names in ``snowflake.snowpark.secrets`` are replaced too, because
only Snowpark's own servers are documented to support them.

**Why.** The module ``_snowflake`` does not exist in a container. There a secret that is attached to
the app is in ``st.secrets`` under the name that ``SECRETS = ('name' = …)`` gives it, so that
nothing but the code changes.

**Example.**

Before:

```python
import _snowflake
import streamlit as st

key = _snowflake.get_generic_secret_string("api_key")
login = _snowflake.get_username_password("crm")
st.write(login.username)
```

After:

```python
import streamlit as st

key = st.secrets["api_key"]
login = st.secrets["crm"]
st.write(login.username)
```

**What it leaves.** Calls in functions that the app registers as procedures or user-defined
functions, where ``_snowflake`` goes on existing. A name that may stand for something else (a
stand-in for local runs) and a call with other arguments have a finding.

**Safety.** Safe, except to review where a ``try`` around the call catches only errors that
``st.secrets`` does not raise (it raises ``KeyError`` for a name that is not there), and for the
functions of Snowpark.

**Source.** "Manage secrets and configure your Streamlit app",
https://docs.snowflake.com/en/developer-guide/streamlit/app-development/secrets-and-configuration
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sis_codemods.private.tries import unhandled
from sis_codemods.private.warehouse_code import runs_on_warehouse
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Edit, Finding, Item, Safety
from sis_migrate.python.module import Module
from sis_migrate.python.names import Binding

_READERS = ("get_generic_secret_string", "get_username_password")
_WAREHOUSE = frozenset(f"_snowflake.{name}" for name in _READERS)
_SNOWPARK = frozenset(f"snowflake.snowpark.secrets.{name}" for name in _READERS)
_REMEDY = 'Read the secret with `st.secrets["name"]` here by hand.'
_RAISED = ("KeyError", "FileNotFoundError", "LookupError", "OSError")

codemod = PythonCodemod(
    __name__,
    code="SIS501",
    name="secrets",
    summary="Generic and password secrets are read from `st.secrets`",
    item=Item.PRIVATE,
    safety=Safety.SAFE,
    triggers=tuple(name.encode() for name in _READERS),
)


@codemod.on(ast.Call)
def call(module: Module, node: ast.AST) -> Iterator[Edit | Finding]:
    """Rewrite a call, or say why not."""
    assert isinstance(node, ast.Call)
    if not isinstance(node.func, (ast.Name, ast.Attribute)):
        return
    meanings = module.names.possible(node.func)
    if not meanings & (_WAREHOUSE | _SNOWPARK) or runs_on_warehouse(module, node):
        return
    obstacle = _obstacle(node, meanings)
    if obstacle:
        yield module.find(node, f"{_called(node)}() {obstacle}", remedy=_REMEDY)
        return
    name = _argument(node)
    assert name is not None
    st = module.imports.name_for("streamlit", alias="st", at=node)
    new = f"{st}.secrets[{module.source.segment(name)}]"
    doubt = _doubt(module, node, meanings)
    yield module.replace(
        node,
        new,
        f"{_called(node)}() becomes {new}{doubt and f'; {doubt}'}",
        imports=[st],
        drops=droppable(module, node.func),
        safety=Safety.REVIEW if doubt else None,
        remedy="Check what happens here when the secret is not there." if doubt else "",
    )


@codemod.on(ast.Name, ast.Attribute)
def reference(module: Module, node: ast.AST) -> Iterator[Finding]:
    """Report a function that is handed on instead of called."""
    assert isinstance(node, (ast.Name, ast.Attribute))
    parent = module.names.parents.get(node)
    called = isinstance(parent, ast.Call) and parent.func is node
    if called or isinstance(parent, ast.Attribute) or not isinstance(node.ctx, ast.Load):
        return
    meanings = module.names.possible(node) & _WAREHOUSE
    if meanings and not runs_on_warehouse(module, node):
        yield module.find(node, f"{min(meanings)} is handed on as a value", remedy=_REMEDY)


def droppable(module: Module, function: ast.expr) -> list[Binding]:
    """The imports behind a function's name that may go with its last use.

    Those in a ``try`` are guards, which are another codemod's work.
    """
    while isinstance(function, ast.Attribute):
        function = function.value
    if not isinstance(function, ast.Name):
        return []
    return [
        binding
        for binding in module.import_of(function)
        if not any(isinstance(a, ast.Try) for a in module.names.ancestors(binding.node))
    ]


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)


def _argument(node: ast.Call) -> ast.expr | None:
    """The one argument of a call; None where it has another number of them."""
    values = [*node.args, *(k.value for k in node.keywords if k.arg)]
    if len(values) != 1 or len(values) != len(node.args) + len(node.keywords):
        return None
    return None if isinstance(values[0], ast.Starred) else values[0]


def _obstacle(node: ast.Call, meanings: frozenset[str]) -> str:
    if len(meanings) > 1:
        return "may be Snowflake's or another function of that name here"
    if _argument(node) is None:
        return "takes one argument, the secret's name, but is given others here"
    return ""


def _doubt(module: Module, node: ast.Call, meanings: frozenset[str]) -> str:
    if unhandled(module, node, _RAISED):
        return "the handlers of the try around it do not catch its KeyError"
    if meanings & _SNOWPARK:
        return "Snowpark's own function may work in a container, but is not documented to"
    return ""
