"""Do without options of Streamlit that are gone.

**What it does.** Removes `st.set_option` for an option that the target's releases do not have.

**Why.** Setting an option that is gone raises StreamlitAPIException, asking for it RuntimeError. The
options under `deprecation`, which are the ones that apps set, only switched warnings off.

**Example.**

Before:

```python
import streamlit as st

st.set_option("deprecation.showPyplotGlobalUse", False)
st.title("Sales")
```

After:

```python
import streamlit as st

st.title("Sales")
```

**What it leaves.** Calls whose result is used, `st.get_option`, names of options that are no literal,
and calls inside a `try` that catches the error. The first two have a finding.

**Safety.** Safe for options that switched warnings off; to review for any other.

**Source.** The options of Streamlit 0.84 to 1.67, read by tools/streamlit_api.py
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sis_codemods.private.tries import is_broad
from sis_codemods.streamlit.api import Api
from sis_codemods.streamlit.facts import Version
from sis_codemods.streamlit.receivers import named
from sis_codemods.streamlit.shims import reached
from sis_codemods.streamlit.target import text
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Edit, Finding, Item, Safety
from sis_migrate.python.edits import PythonChange
from sis_migrate.python.module import Module

_SETTERS = frozenset({"streamlit.set_option", "streamlit.config.set_option"})
_GETTERS = frozenset({"streamlit.get_option", "streamlit.config.get_option"})
_QUIET = ("deprecation.", "client.caching", "client.displayEnabled", "runner.fixMatplotlib")

codemod = PythonCodemod(
    __name__,
    code="SIS345",
    name="config-options",
    summary="`st.set_option` of options that are gone",
    item=Item.STREAMLIT,
    safety=Safety.SAFE,
    triggers=(b"set_option", b"get_option"),
)


@codemod.on(ast.Call)
def call(module: Module, node: ast.AST) -> Iterator[Edit | Finding]:
    """Look at one call that sets or reads an option."""
    assert isinstance(node, ast.Call)
    option = _option(node)
    if not option:
        return
    receiver = named(module, node.func)
    if receiver is None or receiver.name not in _SETTERS | _GETTERS or not receiver.certain:
        return
    since = _gone(module, node, option)
    if since is None or _is_caught(module, node):
        return
    statement = module.names.parents[node]
    message = f"the option `{option}` is gone from Streamlit {text(since)} on"
    if receiver.name in _GETTERS or not isinstance(statement, ast.Expr):
        yield module.find(node, message, remedy=_remedy(option))
        return
    quiet = option.startswith(_QUIET)
    yield module.edit(
        node,
        PythonChange(removals=(statement,)),
        f"{message}: it is not set any more",
        safety=None if quiet else Safety.REVIEW,
        remedy="" if quiet else _remedy(option),
    )


def _option(node: ast.Call) -> str:
    key = (
        node.args[0]
        if node.args
        else next((k.value for k in node.keywords if k.arg == "key"), None)
    )
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        return key.value
    return ""


def _gone(module: Module, node: ast.Call, option: str) -> Version | None:
    """The first release without an option that scripts could set; None where no release lacks it."""
    api = Api.load()
    lacking = [v for v in reached(module, node) if api.config_option(option, v) is None]
    known = api.option_intervals(option)
    if not lacking or not known or known[-1].last is None:
        return None
    return next(v for v in api.versions if v > known[-1].last)


def _is_caught(module: Module, node: ast.AST) -> bool:
    child = node
    for ancestor in module.names.ancestors(node):
        if isinstance(ancestor, ast.Try) and child in ancestor.body:
            return any(is_broad(module, handler) for handler in ancestor.handlers)
        child = ancestor
    return False


def _remedy(option: str) -> str:
    if option == "ui.hideSidebarNav":
        return "Set `client.showSidebarNavigation` in .streamlit/config.toml instead."
    if option == "global.logLevel":
        return "Set the level with Python's `logging` instead."
    if option == "mapbox.token":
        return "Set the environment variable MAPBOX_API_KEY, or `api_keys` of the deck, instead."
    return "Do without it: nothing has taken its place."
