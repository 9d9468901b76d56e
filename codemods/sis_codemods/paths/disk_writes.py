"""Keep what one viewer writes to disk apart from what another one does.

**What it does.** Finds files that are written under a fixed name, in the app's working folder or
below ``/tmp``. Where a function names the file in a variable, writes it first, and nothing else in
the app knows the name, the file moves into a folder of its own from ``tempfile.mkdtemp()``.

**Why.** On a warehouse each viewer has a disk of their own. In a container all viewers share one:
two of them writing ``report.xlsx`` at once get each other's file, and all files are gone when the
container restarts.

**Example.**

Before:

```python
import os

def export(frame, session):
    path = "/tmp/report.csv"
    frame.to_csv(path)
    session.file.put(path, "@reports")
```

After:

```python
import os
import tempfile

def export(frame, session):
    path = os.path.join(tempfile.mkdtemp(), "report.csv")
    frame.to_csv(path)
    session.file.put(path, "@reports")
```

**What it leaves.** Files with names that are made for each viewer, and those that ``tempfile``
names. A fixed name that is written and read in several places has a finding.

**Safety.** To review: the folders stay until the container restarts, unless the code removes them.

**Source.** "Migrating between runtime environments",
https://docs.snowflake.com/en/developer-guide/streamlit/migrations-and-upgrades/runtime-migration
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import PurePosixPath

from sis_codemods.paths.literals import PathText, path_text, written_like
from sis_codemods.paths.uses import Kind, PathUse, path_uses
from sis_codemods.private.warehouse_code import runs_on_warehouse
from sis_migrate.codemod import AppContext, PythonCodemod
from sis_migrate.model import Edit, Finding, Item, Safety, Status
from sis_migrate.python.module import Module

_REMEDY = (
    "Write to memory (`io.BytesIO`), to a folder from `tempfile.mkdtemp()`, or, to keep it, to a "
    "stage or table."
)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_LASTING = frozenset({"sqlite3.connect", "logging.FileHandler", "logging.basicConfig"})
_NOT_FILES = frozenset({":memory:", "/dev/null", ""})

codemod = PythonCodemod(
    __name__,
    code="SIS603",
    name="disk-writes",
    summary="Files of fixed names are written to folders of their own",
    item=Item.PATHS,
    safety=Safety.REVIEW,
    triggers=(
        b"open(", b"to_csv", b"to_excel", b"to_parquet", b"to_json", b"to_pickle", b"to_feather",
        b"to_html", b"savefig", b"write_", b"touch(", b"urlretrieve", b"shutil", b"dump", b"save(",
        b"file.get(", b"sqlite3", b"FileHandler", b"basicConfig", b"ZipFile",
    ),
)  # fmt: skip


@codemod.on_app
def writes(context: AppContext) -> Iterator[Edit | Finding]:
    """An edit or a finding for each file that is written under a fixed name."""
    done: set[ast.AST] = set()
    for use in path_uses(context):
        if use.kind not in {Kind.WRITE, Kind.FETCH} or runs_on_warehouse(use.module, use.call):
            continue
        path = path_text(use.module, use.expr)
        if path is None or not _is_shared(path):
            if path is None and _is_in_tmp(use.expr):
                yield _review(use, "a file in /tmp has a computed name")
            continue
        if use.kind is Kind.FETCH:
            yield _review(use, f"stage files are copied to {path.text!r}")
            continue
        movable = _movable(context, use, path)
        if movable is None:
            yield use.module.find(
                use.expr,
                f"{path.text!r} is written under a fixed name: in a container all viewers write "
                "to the same file, and a restart removes it",
                remedy=_REMEDY,
            )
        elif movable not in done:
            done.add(movable)
            yield _moved(use.module, movable, path)


def _review(use: PathUse, what: str) -> Finding:
    return use.module.find(
        use.expr,
        f"{what}: in a container all viewers share the folder, and a restart empties it",
        status=Status.REVIEW,
        remedy="Check that files of one name always are the same; else use `tempfile.mkdtemp()`.",
    )


def _is_in_tmp(expr: ast.expr) -> bool:
    """``f"/tmp/{name}"``, ``"/tmp/" + name``, ``os.path.join("/tmp", name)``."""
    while isinstance(expr, ast.BinOp):
        expr = expr.left
    if isinstance(expr, ast.JoinedStr) and expr.values:
        expr = expr.values[0]
    if isinstance(expr, ast.Call) and expr.args:
        expr = expr.args[0]
    text = expr.value if isinstance(expr, ast.Constant) else ""
    return isinstance(text, str) and f"{text}/".startswith("/tmp/")


def _is_shared(path: PathText) -> bool:
    if path.text in _NOT_FILES or "\n" in path.text or not path.text.isprintable():
        return False
    return path.relative or path.temporary


def _movable(context: AppContext, use: PathUse, path: PathText) -> ast.Constant | None:
    """The literal that may become a path of its own for each call; None where it may not."""
    if path.node is None or not isinstance(use.expr, ast.Name) or path.text.endswith("/"):
        return None
    [binding] = use.module.names.bindings(use.expr)
    if not isinstance(binding.scope.node, _FUNCTIONS) or binding.value is not path.node:
        return None
    first = min(
        use.module.names.references(binding), key=lambda n: (n.lineno, n.col_offset), default=None
    )
    if first is not use.expr or _goes_on(use):
        return None
    return None if _is_known_elsewhere(context, use, path) else path.node


def _is_known_elsewhere(context: AppContext, use: PathUse, path: PathText) -> bool:
    """Whether other code may look for the file: the path is written twice, or its name used."""
    modules = context.modules.values()
    if sum(module.source.text.count(path.text) for module in modules) != 1:
        return True
    name = PurePosixPath(path.text).name
    others = (path_text(other.module, other.expr) for other in path_uses(context))
    return any(
        other is not None and other.node is not path.node and PurePosixPath(other.text).name == name
        for other in others
    )


def _goes_on(use: PathUse) -> bool:
    """Whether a file is opened to go on with what is in it."""
    call = use.call
    if use.module.resolve(call.func) in _LASTING:
        return True
    modes = [*call.args[1:2], *(k.value for k in call.keywords if k.arg == "mode")]
    return any(
        isinstance(m, ast.Constant) and isinstance(m.value, str) and set(m.value) & set("a+")
        for m in modes
    )


def _moved(module: Module, node: ast.Constant, path: PathText) -> Edit:
    os = module.imports.name_for("os", alias="os", at=node)
    tempfile = module.imports.name_for("tempfile", alias="tempfile", at=node)
    name = written_like(module, node, PurePosixPath(path.text).name)
    new = f"{os}.path.join({tempfile}.mkdtemp(), {name})"
    return module.replace(
        node,
        new,
        f"{path.text!r}, a name that all viewers would share, becomes {new}",
        imports=[os, tempfile],
        remedy="Remove the folder when it is done with; else it stays until the container restarts.",
    )
