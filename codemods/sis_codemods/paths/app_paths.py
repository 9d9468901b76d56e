"""Make paths right for the folder that they are looked up in.

**What it does.** Looks up every literal path that the app reads or shows (``open``, ``pandas``,
``PIL``, ``pathlib``, ``st.image`` and its kin) or calls as a page (``st.Page``,
``st.switch_page``, ``st.page_link``), and rewrites those that lead to a file from the wrong folder
only. Backslashes in such a path become slashes.

**Why.** In a container the working folder is the root of what is deployed, and page paths are
relative to the entry point's folder. Where the entry point is in a folder below the root the two
differ.

**Example.**

Before:

```python
import json

with open("settings.json") as file:
    settings = json.load(file)
```

After:

```python
import json

with open("settings.json") as file:
    settings = json.load(file)
```

**What it leaves.** Paths made from ``__file__``, URLs, stages and absolute paths. To review, and not
rewritten: a path in an app that calls ``os.chdir``, and one whose name is used for more. A path that
is computed has a finding where the two folders differ and it begins with a literal.

**Safety.** To review: a local run from another folder may need the old path.

**Source.** "Organize your Streamlit app files",
https://docs.snowflake.com/en/developer-guide/streamlit/app-development/file-organization
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sis_codemods.paths.literals import PathText, path_text, written_like
from sis_codemods.paths.places import Places, Verdict
from sis_codemods.paths.uses import Kind, PathUse, looks_like_media, path_uses
from sis_codemods.private.warehouse_code import runs_on_warehouse
from sis_migrate.codemod import AppContext, PythonCodemod
from sis_migrate.model import Edit, Finding, Item, Safety, Status
from sis_migrate.python.module import Module

TRIGGERS = (
    b"open(", b"read_", b"image", b"logo", b"video", b"audio", b"page", b"avatar",
    b"declare_component", b"Page(", b"load", b"imread", b"Path(",
)  # fmt: skip

_TESTS = frozenset({"os.path.exists", "os.path.isfile", "os.path.isdir"})

codemod = PythonCodemod(
    __name__,
    code="SIS601",
    name="app-paths",
    summary="Literal paths are relative to the folder that they are looked up in",
    item=Item.PATHS,
    safety=Safety.REVIEW,
    triggers=TRIGGERS,
)


@codemod.on_app
def paths(context: AppContext) -> Iterator[Edit | Finding]:
    """Rewrite what would break; report what cannot be told."""
    places = Places(context)
    moves = _changes_folder(context)
    for use in path_uses(context):
        if not use.kind.reads or runs_on_warehouse(use.module, use.call):
            continue
        path = path_text(use.module, use.expr)
        if path is None:
            if places.two_bases and _begins_with_a_path(use.expr):
                yield _computed(use, places)
        elif looked_up(use, path):
            place = places.look_up(use, path)
            if place.verdict is Verdict.BREAKS:
                certain = use.kind is Kind.PAGE or not moves
                yield _breaks(use, path, place.path, certain and _is_all(context, use))


def looked_up(use: PathUse, path: PathText) -> bool:
    """Whether a path is one that is to be found among the app's files."""
    if not path.relative or "\n" in path.text:
        return False
    if use.kind is Kind.SHOW:
        return looks_like_media(path.text)
    return use.kind is not Kind.PAGE or path.text.endswith(".py")


def _changes_folder(context: AppContext) -> bool:
    """Whether the app sets its working folder itself."""
    return any(
        "chdir" in module.source.text
        and any(module.resolve(c.func) == "os.chdir" for c in module.source.nodes(ast.Call))
        for module in context.modules.values()
    )


def _is_all(context: AppContext, use: PathUse) -> bool:
    """Whether a path that a name stands for is used in this way only."""
    if not isinstance(use.expr, ast.Name):
        return True
    alike = {
        u.expr
        for u in path_uses(context)
        if u.kind.reads and (u.kind is Kind.PAGE) is (use.kind is Kind.PAGE)
    }
    module = use.module
    return all(
        reference in alike or _is_tested(module, reference)
        for binding in module.names.bindings(use.expr)
        for reference in module.names.references(binding)
    ) and not any(module.needed_elsewhere(b) for b in module.names.bindings(use.expr))


def _is_tested(module: Module, name: ast.Name) -> bool:
    """``os.path.exists(name)``, which looks in the working folder as well."""
    call = module.names.parents[name]
    return isinstance(call, ast.Call) and module.resolve(call.func) in _TESTS


def _breaks(use: PathUse, path: PathText, right: str, certain: bool) -> Edit | Finding:
    base = "the entry point's folder" if use.kind is Kind.PAGE else "the root of the app"
    message = f"{path.text!r} is relative to {base}, where it is {right!r}"
    if not certain:
        return use.module.find(
            use.expr,
            message,
            status=Status.REVIEW,
            remedy=f"Write {right!r}, unless os.chdir or another use of the path makes it right.",
        )
    if path.node is None:
        return use.module.find(use.expr, message, remedy=f"Write {right!r} for it.")
    return use.module.replace(
        path.node,
        written_like(use.module, path.node, right),
        message,
        remedy="Check that local runs are started from the same folder.",
    )


def _computed(use: PathUse, places: Places) -> Finding:
    base = places.folder if use.kind is Kind.PAGE else places.root
    return use.module.find(
        use.expr,
        f"this computed path is looked up in {base.name}/",
        status=Status.REVIEW,
        remedy="Check that it is meant from there; a path made from __file__ always is right.",
    )


def _begins_with_a_path(expr: ast.expr) -> bool:
    """``f"data/{name}"``, ``"data/" + name``, ``os.path.join("data", name)``."""
    while isinstance(expr, ast.BinOp):
        expr = expr.left
    if isinstance(expr, ast.JoinedStr) and expr.values:
        expr = expr.values[0]
    if isinstance(expr, ast.Call) and expr.args and "join" in ast.unparse(expr.func):
        expr = expr.args[0]
    return (
        isinstance(expr, ast.Constant)
        and isinstance(expr.value, str)
        and PathText(expr.value).relative
    )
