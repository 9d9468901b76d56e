"""Find paths and modules that lead nowhere, on either runtime.

**What it does.** Reports literal paths that the app reads, shows or calls as pages, and imports of
modules from the app's own folders, where nothing is there. The finding names the file that may be
meant, where there is exactly one of that name.

**Why.** The migration does not break these; they were broken before, or the file is made elsewhere.
It is better known before the switch than taken for its effect.

**Example.**

Before:

```python
import pandas as pd

prices = pd.read_csv("data/prices.csv")
```

After:

```python
import pandas as pd

prices = pd.read_csv("data/prices.csv")
```

**What it leaves.** Paths whose absence the code expects: in a ``try``, beside a test whether it
exists, or written by the app itself.

**Safety.** It finds only.

**Source.** "Organize your Streamlit app files",
https://docs.snowflake.com/en/developer-guide/streamlit/app-development/file-organization
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from pathlib import Path

from sis_codemods.paths.app_paths import TRIGGERS, looked_up
from sis_codemods.paths.literals import path_text
from sis_codemods.paths.places import Places, Verdict
from sis_codemods.paths.uses import Kind, PathUse, path_uses
from sis_codemods.private.warehouse_code import runs_on_warehouse
from sis_migrate.codemod import AppContext, PythonCodemod
from sis_migrate.model import Finding, Item, Safety, Status
from sis_migrate.python.module import Module

_TESTS = ("exists", "isfile", "is_file", "isdir", "is_dir")

codemod = PythonCodemod(
    __name__,
    code="SIS602",
    name="missing-files",
    summary="Paths and modules that lead nowhere, before the migration too",
    item=Item.PATHS,
    safety=Safety.REPORT,
    triggers=TRIGGERS,
)


@codemod.on_app
def missing(context: AppContext) -> Iterator[Finding]:
    """Report each place."""
    places = Places(context)
    uses = path_uses(context)
    written = {_text(use).rstrip("/") for use in uses if not use.kind.reads} - {""}
    for use in uses:
        path = path_text(use.module, use.expr)
        if (
            path is None
            or not use.kind.reads
            or not looked_up(use, path)
            or _is_written(path.text, written)
        ):
            continue
        place = places.look_up(use, path)
        if place.verdict is not Verdict.MISSING or _has_both(use.module, place.path):
            continue
        if not _is_expected(use, path.text):
            yield _missing(use, path.text, place.path, places)
    for module in context.modules.values():
        yield from _modules(context, module)


def _has_both(module: Module, right: str) -> bool:
    """Whether the code knows the right path too, and this one is for local runs."""
    return bool(right) and any(f"{q}{right}{q}" in module.source.text for q in "'\"")


def _is_written(text: str, written: Collection[str]) -> bool:
    """Whether the app itself makes a file, or the folder that it is in."""
    return text in written or any(text.startswith(f"{folder}/") for folder in written)


def _text(use: PathUse) -> str:
    path = path_text(use.module, use.expr)
    return path.text if path else ""


def _missing(use: PathUse, text: str, hint: str, places: Places) -> Finding:
    page = use.kind is Kind.PAGE
    what = "the entry point's folder" if page else "the root"
    base = places.folder if page else places.root
    above = next((p for p in base.parents if _is_file(p / text)), None)
    where = f", but from {above.name}/, above the app" if above and above.name else ""
    if text.startswith(".."):
        where = ", which leads out of what is deployed"
    return use.module.find(
        use.expr,
        f"{text!r} is not there from {what} of the "
        f"app, {base.name}/{where}: so it is on a warehouse too",
        status=Status.REVIEW,
        remedy=f"{hint!r} may be meant."
        if hint
        else "Deploy the file with the app, or remove what needs it.",
    )


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False  # no name of a file, too long for one for example


def _is_expected(use: PathUse, text: str) -> bool:
    """Whether the code is prepared for the file's absence."""
    if runs_on_warehouse(use.module, use.call):
        return True
    for ancestor in use.module.names.ancestors(use.call):
        if isinstance(ancestor, (ast.Try, ast.ExceptHandler)):
            return True
        if isinstance(ancestor, (ast.If, ast.IfExp)) and any(
            word in ast.unparse(ancestor.test) for word in _TESTS
        ):
            return True
    source = use.module.source.text
    return any(f"{word}({quote}{text}" in source for word in _TESTS for quote in "'\"")


def _modules(context: AppContext, module: Module) -> Iterator[Finding]:
    """Imports from the app's own folders of modules that are not there."""
    for node in module.source.nodes(ast.ImportFrom):
        if not node.module:
            continue
        dotted = context.graph.absolute(module.path, node)
        if not _is_own(context, node, dotted) or _is_guarded(module, node):
            continue
        if context.graph.locate(dotted, module.path) is None and not _is_folder(context, dotted):
            yield module.find(
                node,
                f"{'.' * node.level}{node.module} is not among the app's files: so it is on a "
                "warehouse too",
                status=Status.REVIEW,
                remedy="Deploy the module with the app, or remove the import.",
            )


def _is_own(context: AppContext, node: ast.ImportFrom, dotted: str) -> bool:
    """Whether an import can only be meant for the app: relative, or below a folder of its code."""
    if node.level:
        return True
    top, _, rest = dotted.partition(".")
    packages = {
        path.relative_to(base).parts[0]
        for base in _bases(context)
        for path in context.app.files
        if path.is_relative_to(base) and len(path.relative_to(base).parts) > 1
    }
    return bool(rest) and top in packages


def _is_folder(context: AppContext, dotted: str) -> bool:
    """Whether a dotted name is a folder (a package without ``__init__.py``) or a file on disk."""
    bases = (*_bases(context), *context.app.root.parents)
    places = [base.joinpath(*dotted.split(".")) for base in bases]
    return any(place.is_dir() or place.with_suffix(".py").is_file() for place in places)


def _bases(context: AppContext) -> tuple[Path, ...]:
    entry = context.app.entry_point
    return tuple(dict.fromkeys((entry.parent if entry else context.app.root, context.app.root)))


def _is_guarded(module: Module, node: ast.AST) -> bool:
    return any(isinstance(a, ast.Try) for a in module.names.ancestors(node))
