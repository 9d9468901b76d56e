"""Remove what is left of ``import _snowflake``, and keep what its guards tell.

**What it does.** Removes an import of ``_snowflake`` that nothing uses any more. Where the import is
in a ``try`` that only asks whether the app runs in Snowflake, the question is asked in a way that
works in a container: a mode flag becomes ``os.path.exists("/snowflake/session/token")``, a handler
that does something for local runs becomes an ``if`` with that test, and a guard that does nothing
is removed.

**Why.** In a container the import fails. A guard around it then takes the app for one that runs on
somebody's laptop: it reads other credentials or shows sample data, without any error.

**Example.**

Before:

```python
try:
    import _snowflake
    IN_SNOWFLAKE = True
except ImportError:
    IN_SNOWFLAKE = False
```

After:

```python
import os
IN_SNOWFLAKE = os.path.exists("/snowflake/session/token")
```

**What it leaves.** Imports that are still used (reported where only functions that the app registers
as procedures or user-defined functions use them), those in such functions, and ``import *``,
which is reported. A ``try`` that does more than ask loses only the import.
Handlers that answer in the place of ``_snowflake`` are found by SIS507.

**Safety.** Safe for imports that nothing guards and guards that do nothing; else to review.

**Source.** "Migrating between runtime environments",
https://docs.snowflake.com/en/developer-guide/streamlit/migrations-and-upgrades/runtime-migration
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sis_codemods.private.guards import conditional, guard_of
from sis_codemods.private.in_container import only_truth, test_at
from sis_codemods.private.rest_client import FUNCTION
from sis_codemods.private.tries import IMPORT_ERRORS, around, caught
from sis_codemods.private.warehouse_code import runs_on_warehouse
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Edit, EditGroup, Finding, Item, Safety, Withhold
from sis_migrate.python.edits import NodeChange, PythonChange
from sis_migrate.python.graph import Role
from sis_migrate.python.module import Module
from sis_migrate.python.names import Binding

if TYPE_CHECKING:
    import libcst as cst

MODULE = "_snowflake"
_CATCHING = IMPORT_ERRORS | {"", "Exception", "BaseException"}
_GROUP = EditGroup("snowflake-import", vital=True)
_FLAG_REMEDY = "Check that what depends on this is meant for every run outside Snowflake."

codemod = PythonCodemod(
    __name__,
    code="SIS503",
    name="snowflake-import",
    summary="`import _snowflake` goes, and its guards ask for the container instead",
    item=Item.PRIVATE,
    safety=Safety.SAFE,
    triggers=(MODULE.encode(),),
)


@codemod.on(ast.Import, ast.ImportFrom)
def unused_import(module: Module, node: ast.AST) -> Iterator[Edit | Finding | Withhold]:
    """Remove an import of the module, with its guard; one that stays ends the app at its start."""
    assert isinstance(node, (ast.Import, ast.ImportFrom))
    if runs_on_warehouse(module, node):
        return
    if isinstance(node, ast.ImportFrom) and node.module == MODULE and node.names[0].name == "*":
        yield module.find(
            node,
            "_snowflake does not exist in a container, so that this import fails",
            remedy="Remove it, when nothing that it brings is used any more.",
        )
        yield from _stays(module, node)
        return
    own = [b for b in imported(module) if module.names.parents[b.node] is node]
    if own and _is_for_warehouse_code(module, own) and not _is_caught(module, node):
        yield module.find(
            node,
            "this import fails in a container, though only code that runs on a warehouse uses it",
            remedy="Move it into the functions that use it.",
        )
    if any(_is_needed(module, b) for b in own):
        yield from _stays(module, node)
        return
    if not own:
        return
    parent = module.names.parents[node]
    if isinstance(parent, ast.Try) and node in parent.body and len(own) == len(node.names):
        yield _guarded(module, node, parent)
        return
    yield module.edit(
        node, PythonChange(drops=tuple(own)), "the unused import of _snowflake is removed"
    )


@codemod.on(ast.Name)
def truth(module: Module, node: ast.AST) -> Iterator[Edit | Finding]:
    """Turn a test of the module's name into a test for the container."""
    assert isinstance(node, ast.Name)
    if not isinstance(node.ctx, ast.Load) or module.resolve(node) != MODULE:
        return
    parent = module.names.parents[node]
    if isinstance(parent, ast.Attribute) or runs_on_warehouse(module, node):
        return
    target: ast.expr = node
    negated = False
    if isinstance(parent, ast.Compare) and _is_compared_with_none(parent, node):
        target, negated = parent, isinstance(parent.ops[0], (ast.Is, ast.Eq))
    elif not only_truth(module, node):
        yield module.find(
            node,
            "_snowflake is handed on as a value, and does not exist in a container",
            remedy="Hand on what is needed of it instead.",
        )
        return
    test, os = test_at(module, node)
    new = f"not {test}" if negated else test
    yield module.replace(
        target,
        new,
        f"a test for _snowflake becomes {new}",
        imports=[os],
        safety=Safety.REVIEW,
        remedy=_FLAG_REMEDY,
    )


def imported(module: Module) -> list[Binding]:
    """Every import of ``_snowflake`` or of a name from it."""
    return [
        b for b in module.names.imports() if b.target == MODULE or b.target.startswith(f"{MODULE}.")
    ]


def _stays(module: Module, node: ast.Import | ast.ImportFrom) -> Iterator[Withhold]:
    """Word that the import runs whenever its file does, so that the file fails in a container."""
    always = isinstance(module.names.parents[node], ast.Module)
    if always and module.role is not Role.UNREACHED:
        yield Withhold(_GROUP, f"{module.path.name}:{node.lineno} keeps import _snowflake")


def _is_for_warehouse_code(module: Module, own: list[Binding]) -> bool:
    """Whether all that uses an import is in procedures and functions that the app registers."""
    uses = [use for b in own for use in module.names.references(b)]
    return bool(uses) and all(runs_on_warehouse(module, use) for use in uses)


def _is_caught(module: Module, node: ast.stmt) -> bool:
    return any(caught(module, h) & _CATCHING for t in around(module, node) for h in t.handlers)


def _is_needed(module: Module, binding: Binding) -> bool:
    return bool(module.names.references(binding)) or module.needed_elsewhere(binding)


def _guarded(module: Module, node: ast.Import | ast.ImportFrom, statement: ast.Try) -> Edit:
    guard = guard_of(module, node, statement)
    if guard is None:
        return _removal(module, node, statement)
    if guard.inert and not guard.rest:
        return module.edit(
            node,
            PythonChange(removals=(statement,)),
            "the import of _snowflake is removed with its guard",
        )
    test, os = test_at(module, statement)
    return module.rewrite(
        statement,
        conditional(guard, test),
        f"the guard around import _snowflake becomes a test for the container, {test}",
        opaque=True,
        imports=[os],
        safety=Safety.REVIEW,
        remedy=_FLAG_REMEDY,
    )


def _removal(module: Module, node: ast.Import | ast.ImportFrom, statement: ast.Try) -> Edit:
    """Only the import goes; what is left of the ``try`` decides from now on."""
    kinds = frozenset().union(*(caught(module, h) for h in statement.handlers))
    calls = any(
        isinstance(n, ast.Attribute) and n.attr == FUNCTION
        for s in statement.body
        for n in ast.walk(s)
    )
    change = (
        PythonChange(removals=(node,))
        if len(statement.body) > 1
        else PythonChange(nodes=(NodeChange(node, _to_pass, opaque=True),))
    )
    if calls and kinds & _CATCHING:
        return module.edit(node, change, "the import of _snowflake is removed")
    return module.edit(
        node,
        change,
        "the import of _snowflake, which failed outside Snowflake, is removed: what is left in "
        "this `try` now decides whether its handlers run",
        safety=Safety.REVIEW,
        remedy="Check what happens here in a local run.",
    )


def _to_pass(_: cst.CSTNode) -> cst.CSTNode:
    import libcst

    return libcst.Pass()


def _is_compared_with_none(compare: ast.Compare, node: ast.expr) -> bool:
    return compare.left is node and [
        isinstance(c, ast.Constant) and c.value is None for c in compare.comparators
    ] == [True]
