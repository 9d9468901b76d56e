"""Report tests that keep features of Streamlit from a container.

**What it does.** Reports a test for "runs in Snowflake" by its usual names (`_is_sis`,
`running_in_sis()`, `IN_SNOWFLAKE`) whose other side uses commands of Streamlit that the warehouse
runtime did not have, and a test for an old command (`hasattr(st, "experimental_user")`) that the
target never passes although the command has a successor.

**Why.** The first was written for the warehouse and its old Streamlit: a container is Snowflake, too,
and has the feature, but the app goes on hiding it. The second fails silently: the feature is gone
without any error.

**Example.** Nothing is edited; one line has a finding.

Before:

```python
import streamlit as st

if not _is_sis():
    st.switch_page("pages/home.py")
```

After:

```python
import streamlit as st

if not _is_sis():
    st.switch_page("pages/home.py")
```

**What it leaves.** Tests whose two sides use the same commands, and those for old
commands whose successor is used nearby, are left alone.

**Safety.** Reports only.

**Source.** "Migrating between runtime environments",
https://docs.snowflake.com/en/developer-guide/streamlit/migrations-and-upgrades/runtime-migration
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence

from sis_codemods.streamlit.absence import missing
from sis_codemods.streamlit.api import Api
from sis_codemods.streamlit.api_names import shown
from sis_codemods.streamlit.evaluation import is_defined_by_app
from sis_codemods.streamlit.receivers import named, streamlit_name
from sis_codemods.streamlit.shims import reached, uses
from sis_codemods.streamlit.target import releases
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Finding, Item, Safety, Status
from sis_migrate.python.module import Module

_IN_SNOWFLAKE = re.compile(
    r"_?(is|in|runs?_in|running_in|running_on|inside|on)_(running_in_)?"
    r"(sis|snowflake|snowsight|streamlit_in_snowflake)",
    re.IGNORECASE,
)
_OLD_WAREHOUSE = (1, 22)
_RESTRICTED = frozenset(
    {"audio_input", "camera_input", "set_page_config", "components.v1.declare_component"}
)
"""Old commands that the warehouse runtime does not have, or only in part."""

codemod = PythonCodemod(
    __name__,
    code="SIS302",
    name="hiding-guards",
    summary="Tests that keep features of Streamlit from a container",
    item=Item.STREAMLIT,
    safety=Safety.REPORT,
    triggers=(b"sis", b"SIS", b"nowflake", b"NOWFLAKE", b"hasattr", b"getattr"),
)


@codemod.on(ast.If, ast.IfExp)
def snowflake_test(module: Module, node: ast.AST) -> Iterator[Finding]:
    """``if not _is_sis(): …`` around what a container has."""
    assert isinstance(node, (ast.If, ast.IfExp))
    asked = _asked(node.test)
    if asked is None:
        return
    name, positive = asked
    hidden, seen = _sides(module, node, positive)
    features = _features(module, hidden) - _features(module, seen)
    if features:
        told = ", ".join(f"st.{feature}" for feature in sorted(features))
        yield module.find(
            node.test,
            f"`{name}` keeps {told} from every app in Snowflake; a container has it",
            status=Status.REVIEW,
            remedy="Ask for the feature (`hasattr`), or remove the test.",
        )


@codemod.on(ast.Call)
def feature_test(module: Module, node: ast.AST) -> Iterator[Finding]:
    """``hasattr(st, "experimental_user")`` with nothing instead."""
    assert isinstance(node, ast.Call)
    name = _looked_up(module, node)
    if not name or is_defined_by_app(module, name):
        return
    aimed = releases(module.settings.streamlit)
    successor = Api.load().successor(name)
    gone = missing(name, aimed)
    if successor is None or successor.new is None or len(gone) < len(aimed):
        return
    if not reached(module, node) or uses(
        module, ast.walk(_surroundings(module, node)), successor.new
    ):
        return
    yield module.find(
        node,
        f"this never finds {shown(name)} in the target's Streamlit, and what depends on it is lost",
        status=Status.REVIEW,
        remedy=f"Use {shown(successor.new)}, without a test.",
    )


def _asked(test: ast.expr) -> tuple[str, bool] | None:
    """The name of a test for Snowflake, and whether it must be true for the test to be."""
    stack = [(test, True)]
    while stack:
        expr, positive = stack.pop()
        match expr:
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                stack.append((operand, not positive))
            case ast.BoolOp():
                stack += [(value, positive) for value in expr.values]
            case ast.Call(func=function, args=[], keywords=[]):
                stack.append((function, positive))
            case ast.Name(id=name) | ast.Attribute(attr=name):
                if _IN_SNOWFLAKE.fullmatch(name):
                    return name, positive
    return None


def _sides(
    module: Module, node: ast.If | ast.IfExp, positive: bool
) -> tuple[Sequence[ast.AST], Sequence[ast.AST]]:
    """The code that Snowflake never reaches, and the code that it reaches instead."""
    if isinstance(node, ast.IfExp):
        return ([node.orelse], [node.body]) if positive else ([node.body], [node.orelse])
    orelse: Sequence[ast.AST] = node.orelse
    if not orelse and isinstance(node.body[-1], (ast.Return, ast.Raise, ast.Continue)):
        orelse = _rest(module, node)
    return (orelse, node.body) if positive else (node.body, orelse)


def _rest(module: Module, node: ast.If) -> Sequence[ast.AST]:
    """What follows a statement in its block."""
    parent = module.names.parents[node]
    blocks: list[list[ast.AST]] = [getattr(parent, f, []) for f in ("body", "orelse", "finalbody")]
    block = next(b for b in blocks if node in b)
    return block[block.index(node) + 1 :]


def _features(module: Module, nodes: Iterable[ast.AST]) -> set[str]:
    """The commands in some code that a warehouse may not have had."""
    found = set()
    for root in nodes:
        for node in ast.walk(root):
            if not isinstance(node, (ast.Name, ast.Attribute)):
                continue
            receiver = streamlit_name(module, node)
            if receiver is not None and receiver.certain and _is_feature(receiver.name):
                found.add(receiver.command)
    return found


def _is_feature(name: str) -> bool:
    added = Api.load().added_in(name)
    command = name.removeprefix("streamlit.").removeprefix("DeltaGenerator.")
    if command in _RESTRICTED:
        return True
    return added is not None and added > _OLD_WAREHOUSE and "." not in command


def _looked_up(module: Module, node: ast.Call) -> str:
    """The name that ``hasattr``, or ``getattr`` with a default, asks Streamlit for."""
    function = node.func.id if isinstance(node.func, ast.Name) else ""
    if (function, len(node.args)) not in {("hasattr", 2), ("getattr", 3)}:
        return ""
    attribute = node.args[1]
    if not isinstance(attribute, ast.Constant) or not isinstance(attribute.value, str):
        return ""
    owner = named(module, node.args[0])
    if owner is None or not owner.certain or module.resolve(node.func) != f"builtins.{function}":
        return ""
    return f"{owner.name}.{attribute.value}"


def _surroundings(module: Module, node: ast.AST) -> ast.AST:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Module)
    return next(a for a in module.names.ancestors(node) if isinstance(a, functions))
