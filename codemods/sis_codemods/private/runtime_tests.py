"""Ask for the container where code asks for the warehouse.

**What it does.** Tests that are true on a warehouse and false in a container become
``os.path.exists("/snowflake/session/token")``: the folder of imports in ``sys._xoptions``,
``find_spec("_snowflake")`` and ``"_snowflake" in sys.modules``, the home folder ``/home/udf``, and
``appRoot`` in the working folder. Other uses of these two folders have a finding.

**Why.** Code uses them to learn whether it runs in Snowflake. In a container they say no, and the
app takes the way that was meant for somebody's laptop.

**Example.**

Before:

```python
import os

if os.environ.get("HOME") == "/home/udf":
    mode = "snowflake"
```

After:

```python
import os

if os.path.exists("/snowflake/session/token"):
    mode = "snowflake"
```

**What it leaves.** Tests by the app's own variables, and by whether a session exists.

**Safety.** To review: the branch that now runs in a container was written for a warehouse.

**Source.** "Snowpark Container Services: Execute SQL statements",
https://docs.snowflake.com/en/developer-guide/snowpark-container-services/spcs-execute-sql
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sis_codemods.private.in_container import TOKEN_FILE, only_truth, test_at
from sis_codemods.private.warehouse_code import runs_on_warehouse
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Edit, Finding, Item, Safety, Status
from sis_migrate.python.module import Module

IMPORT_DIRECTORY = "snowflake_import_directory"
_HOME = "/home/udf"
_ROOTS = frozenset({"appRoot", "/tmp/appRoot"})
_REMEDY = "Read what depends on this test: it now runs in a container as on a warehouse."

codemod = PythonCodemod(
    __name__,
    code="SIS506",
    name="runtime-tests",
    summary="Tests for a warehouse become tests for a container",
    item=Item.PRIVATE,
    safety=Safety.REVIEW,
    triggers=(IMPORT_DIRECTORY.encode(), b"_snowflake", _HOME.encode(), b"appRoot"),
)


@codemod.on(ast.Compare)
def comparison(module: Module, node: ast.AST) -> Iterator[Edit]:
    """``"x" in sys.modules``, ``HOME == "/home/udf"``, ``find_spec("_snowflake") is not None``."""
    assert isinstance(node, ast.Compare)
    if len(node.ops) != 1:
        return
    operator, left, right = node.ops[0], node.left, node.comparators[0]
    if _is_container(module, left, right) and isinstance(operator, (ast.In, ast.NotIn)):
        yield from _edit(module, node, negated=isinstance(operator, ast.NotIn))
    elif _HOME in (_text(left), _text(right)) and isinstance(operator, (ast.Eq, ast.NotEq)):
        yield from _edit(module, node, negated=isinstance(operator, ast.NotEq))
    elif _asks(module, left) and ast.unparse(right) == "None":
        yield from _edit(module, node, negated=isinstance(operator, (ast.Is, ast.Eq)))


@codemod.on(ast.Call)
def call(module: Module, node: ast.AST) -> Iterator[Edit]:
    """``if sys._xoptions.get("snowflake_import_directory")``, ``bool(find_spec("_snowflake"))``."""
    assert isinstance(node, ast.Call)
    if _asks(module, node) and only_truth(module, node):
        yield from _edit(module, node, negated=False)


@codemod.on(ast.Constant)
def other_look(module: Module, node: ast.AST) -> Iterator[Finding]:
    """Report the warehouse's folders where no comparison above names them."""
    assert isinstance(node, ast.Constant)
    text = _text(node)
    compared = isinstance(module.names.parents[node], ast.Compare)
    if not (text.startswith((_HOME, "/tmp/appRoot")) or (compared and text in _ROOTS)):
        return
    parent = module.names.parents[node]
    if isinstance(parent, ast.Expr) or (compared and any(comparison(module, parent))):
        return
    if not runs_on_warehouse(module, node):
        yield module.find(
            node,
            f"{text} is a folder of a warehouse, which a container does not have",
            status=Status.REVIEW,
            remedy=f'If this is a test for Snowflake, ask for `os.path.exists("{TOKEN_FILE}")`.',
        )


def is_test_of_imports(module: Module, node: ast.expr) -> bool:
    """Whether a look at the folder of imports is only a test, which this codemod rewrites."""
    if only_truth(module, node):
        return _asks(module, node)
    parent = module.names.parents[node]
    return isinstance(parent, ast.Compare) and _asks(module, node) and parent.left is node


def _edit(module: Module, node: ast.expr, *, negated: bool) -> Iterator[Edit]:
    if runs_on_warehouse(module, node):
        return
    test, os = test_at(module, node)
    new = f"not {test}" if negated else test
    yield module.replace(
        node,
        new,
        f"a test for the warehouse becomes {new}",
        imports=[os],
        remedy=_REMEDY,
    )


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _is_container(module: Module, left: ast.expr, right: ast.expr) -> bool:
    """Whether ``left in right`` asks for the warehouse."""
    name = module.resolve(right)
    if _text(left) == IMPORT_DIRECTORY:
        return name == "sys._xoptions"
    if _text(left) == "_snowflake":
        return name == "sys.modules"
    if _text(left) in _ROOTS:
        return isinstance(right, ast.Call) and module.resolve(right.func) == "os.getcwd"
    return False


def _asks(module: Module, node: ast.expr) -> bool:
    """``sys._xoptions.get(…)`` for the folder of imports, ``find_spec`` for the module."""
    if not isinstance(node, ast.Call) or not node.args:
        return False
    function, text = module.resolve(node.func), _text(node.args[0])
    if function == "sys._xoptions.get":
        return text == IMPORT_DIRECTORY
    return function == "importlib.util.find_spec" and text == "_snowflake"
