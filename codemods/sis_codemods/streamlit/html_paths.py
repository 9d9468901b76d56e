"""Say that the argument of `st.html` is a file.

**What it does.** A string that is the path of a file becomes a `Path` where it is given to `st.html` or
`st.iframe`.

**Why.** From 1.61 on, a string is always taken for HTML: the page shows the path.

**Example.**

Before:

```python
import os
import streamlit as st

st.html(os.path.join(os.path.dirname(__file__), "header.html"))
```

After:

```python
import os
import streamlit as st
import pathlib

st.html(pathlib.Path(os.path.join(os.path.dirname(__file__), "header.html")))
```

**What it leaves.** Strings that come from where the codemod does not look, and whatever else is no
literal path. A file that is not there is reported: today the page shows its path, and a `Path` would
raise.

**Safety.** To review: whether a path that is put together leads to a file is not known.

**Source.** streamlit/elements/html.py of Streamlit 1.60 and 1.61
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

from sis_codemods.paths.literals import path_text
from sis_codemods.streamlit.receivers import streamlit_call
from sis_codemods.streamlit.shims import has_fallback, reached
from sis_codemods.streamlit.target import releases
from sis_migrate.codemod import AppContext, PythonCodemod
from sis_migrate.model import Edit, Finding, Item, Safety, Status
from sis_migrate.python.definitions import bindings
from sis_migrate.python.edits import ImportedName
from sis_migrate.python.module import Module

_COMMANDS = {"html": ("body", (1, 61)), "iframe": ("src", (1, 61))}
_PATH = re.compile(r"(?!https?:|//)[^<>\n{}]+\.(?:html?|css|svg|js|xml)", re.IGNORECASE)
_JOINS = frozenset({"os.path.join", "os.path.abspath", "posixpath.join"})

codemod = PythonCodemod(
    __name__,
    code="SIS347",
    name="html-paths",
    summary="Paths of files that `st.html` would show as text",
    item=Item.STREAMLIT,
    safety=Safety.REVIEW,
    triggers=(b".html", b".iframe"),
)


@codemod.on_app
def calls(context: AppContext) -> Iterator[Edit | Finding]:
    """Look at the first argument of every call."""
    for module in context.modules.values():
        for node in module.source.nodes(ast.Call):
            yield from _call(context, module, node)


def _call(context: AppContext, module: Module, node: ast.Call) -> Iterator[Edit | Finding]:
    function = node.func
    last = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if last not in _COMMANDS:
        return
    parameter, since = _COMMANDS[last]
    value = _argument(node, parameter)
    if value is None or not _is_path(module, value):
        return
    found = streamlit_call(module, node)
    if found is None or found.receiver.command != last:
        return
    late = releases(module.settings.streamlit)[-1] >= since
    if not late or not any(v >= since for v in reached(module, node)):
        return
    if has_fallback(module, node, found.receiver.name):
        return
    message = f"st.{last} takes a string for text from Streamlit 1.61 on, not for a path"
    if not found.receiver.certain:
        yield module.find(node, f"{message}, if this is Streamlit's", remedy="Give it a `Path`.")
        return
    missing = _missing(context, module, value)
    if missing:
        yield module.find(
            node,
            f"st.{last} shows the words {missing!r}: there is no such file in the app",
            status=Status.REVIEW,
            remedy="Deploy the file, and give its `Path`; from Streamlit 1.61 on a string is always "
            "text.",
        )
        return
    path = _path_class(module, node)
    yield module.replace(
        value,
        f"{path}({module.source.segment(value)})",
        f"{message}: it gets a Path",
        imports=[path] if isinstance(path, ImportedName) else [],
        remedy="See that the file is deployed: a Path of one that is not there raises.",
        oldest_streamlit="1.33" if last == "html" else "1.56",
    )


def _argument(node: ast.Call, parameter: str) -> ast.expr | None:
    named = next((k.value for k in node.keywords if k.arg == parameter), None)
    return named or (node.args[0] if node.args else None)


def _is_path(module: Module, value: ast.expr) -> bool:
    """Whether an expression is the text of a path, and nothing else."""
    match value:
        case ast.Constant(value=str(text)):
            return bool(_PATH.fullmatch(text.strip()))
        case ast.Call(func=function, args=[*_, last]) if module.resolve(function) in _JOINS:
            return _is_path(module, last)
        case ast.Name():
            values = [b.value for _, b in bindings(module, value)]
            return bool(values) and all(
                v is not None and not isinstance(v, ast.Name) and _is_path(module, v)
                for v in values
            )
    return False


def _missing(context: AppContext, module: Module, value: ast.expr) -> str:
    """The path of a file that is certainly not there; "" where it is, or is not known."""
    known = path_text(module, value)
    if known is None or not known.relative:
        return ""
    path = Path(os.path.normpath(context.app.root / known.text))
    return "" if context.workspace.exists(path) else known.text


def _path_class(module: Module, at: ast.Call) -> ImportedName | str:
    """The name of ``pathlib.Path`` here: an import of it that is there, else through its module."""
    outermost = module.names.module_scope
    targets = [b.target for b in outermost.bindings.get("Path", ())]
    here = module.names.lookup("Path", module.names.scope_of(at))
    if targets == ["pathlib.Path"] and here is outermost:
        return "Path"
    pathlib = module.imports.name_for("pathlib", alias="pathlib", at=at)
    return ImportedName(f"{pathlib}.Path", pathlib.need)
