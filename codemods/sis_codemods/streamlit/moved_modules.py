"""Import what Streamlit has moved from where it is now.

**What it does.** Imports of names from private modules that are gone get the module that has them
now (`streamlit.runtime.scriptrunner` for the context of a script run, as in every release since 1.12);
a name that changed keeps its old one in the file. Calls of `calc_md5` use `hashlib`, and
`_get_websocket_headers()` becomes `st.context.headers`, which is public.

**Why.** The imports fail: `streamlit.report_thread`, `streamlit.scriptrunner`, `streamlit.server`,
`streamlit.state` and others have been gone since 1.12, further ones since 1.38, 1.41 and 1.57.

**Example.**

Before:

```python
from streamlit.scriptrunner.script_run_context import get_script_run_ctx

print(get_script_run_ctx())
```

After:

```python
from streamlit.runtime.scriptrunner import get_script_run_ctx

print(get_script_run_ctx())
```

**What it leaves.** Names that nothing has taken the place of (`Server`, `get_pages`), which SIS301
reports with what to do; imports inside a `try` that has the other import.

**Safety.** Safe for names that only moved; to review for calls that become something else.

**Source.** The wheels of Streamlit 0.84 to 1.67, read by tools/streamlit_api.py
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sis_codemods.streamlit.absence import missing
from sis_codemods.streamlit.api import Api
from sis_codemods.streamlit.api_names import MODULE, is_streamlit
from sis_codemods.streamlit.receivers import Receiver, named
from sis_codemods.streamlit.renaming import is_gone
from sis_codemods.streamlit.target import releases
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Edit, Item, Safety
from sis_migrate.python.edits import Lines, PythonChange, Rewrite
from sis_migrate.python.module import Module

if TYPE_CHECKING:
    import libcst as cst

_MOVES = (
    ("streamlit.report_thread", "streamlit.runtime.scriptrunner"),
    ("streamlit.script_run_context", "streamlit.runtime.scriptrunner"),
    ("streamlit.script_runner", "streamlit.runtime.scriptrunner"),
    ("streamlit.script_request_queue", "streamlit.runtime.scriptrunner"),
    ("streamlit.scriptrunner.script_run_context", "streamlit.runtime.scriptrunner"),
    ("streamlit.scriptrunner.script_runner", "streamlit.runtime.scriptrunner"),
    ("streamlit.scriptrunner.script_requests", "streamlit.runtime.scriptrunner"),
    ("streamlit.scriptrunner", "streamlit.runtime.scriptrunner"),
    ("streamlit.runtime.scriptrunner.script_run_context", "streamlit.runtime.scriptrunner"),
    ("streamlit.runtime.scriptrunner.script_requests", "streamlit.runtime.scriptrunner"),
    ("streamlit.runtime.scriptrunner.exceptions", "streamlit.runtime.scriptrunner"),
    ("streamlit.state.session_state", "streamlit.runtime.state"),
    ("streamlit.state.session_state_proxy", "streamlit.runtime.state"),
    ("streamlit.state", "streamlit.runtime.state"),
    ("streamlit.uploaded_file_manager", "streamlit.runtime.uploaded_file_manager"),
    ("streamlit.secrets", "streamlit.runtime.secrets"),
    ("streamlit.cli", "streamlit.web.cli"),
    ("streamlit.type_util", "streamlit.elements.lib.utils"),
    ("streamlit.elements.utils", "streamlit.elements.lib.policies"),
    ("streamlit.elements.time_widgets", "streamlit.elements.widgets.time_widgets"),
    ("streamlit.elements.button", "streamlit.elements.widgets.button"),
    ("streamlit.elements.slider", "streamlit.elements.widgets.slider"),
    ("streamlit.elements.selectbox", "streamlit.elements.widgets.selectbox"),
    ("streamlit.elements.data_editor", "streamlit.elements.widgets.data_editor"),
    ("streamlit.elements.file_uploader", "streamlit.elements.widgets.file_uploader"),
)
"""Where the names of a module went, if the new one has them in every release of the target."""
_MD5 = "streamlit.util.calc_md5"
_HEADERS = "streamlit.web.server.websocket_headers._get_websocket_headers"

codemod = PythonCodemod(
    __name__,
    code="SIS346",
    name="moved-modules",
    summary="Imports from private modules of Streamlit that have moved",
    item=Item.STREAMLIT,
    safety=Safety.SAFE,
    triggers=(b"streamlit.",),
)


@codemod.on(ast.ImportFrom)
def imported(module: Module, node: ast.AST) -> Iterator[Edit]:
    """``from streamlit.old import name``."""
    assert isinstance(node, ast.ImportFrom)
    source = node.module or ""
    if node.level or not source.startswith(f"{MODULE}."):
        return
    moves = {alias: _moved(module, alias, f"{source}.{alias.name}") for alias in node.names}
    new = {alias: name for alias, name in moves.items() if name}
    targets = {name.rpartition(".")[0] for name in new.values()}
    if not new:
        return
    message = f"{', '.join(a.name for a in new)} of {source} moved to {', '.join(sorted(targets))}"
    if len(new) == len(node.names) and len(targets) == 1:
        yield module.rewrite(node, _statement(targets.pop(), list(new.values())), message)
    elif "#" not in module.source.segment(node):
        lines = Lines(node, _lines(node, new))
        yield module.edit(node, PythonChange(lines=(lines,)), message)


@codemod.on(ast.Attribute)
def attribute(module: Module, node: ast.AST) -> Iterator[Edit]:
    """``report_thread.get_report_ctx`` of an imported module."""
    assert isinstance(node, ast.Attribute)
    if not isinstance(node.ctx, ast.Load) or not isinstance(node.value, (ast.Name, ast.Attribute)):
        return
    old = module.resolve(node) or ""
    private = is_streamlit(old) and module.resolve(node.value) == old.rpartition(".")[0] != MODULE
    if not private or not (new := _moved(module, node, old)):
        return
    home, _, last = new.rpartition(".")
    name = module.imports.name_for(home, alias=home.rpartition(".")[2], at=node)
    base: ast.expr = node
    while isinstance(base, ast.Attribute):
        base = base.value
    yield module.replace(
        node,
        f"{name}.{last}",
        f"{old} moved to {home}",
        imports=[name],
        drops=module.import_of(base) if isinstance(base, ast.Name) else (),
    )


@codemod.on(ast.Call)
def call(module: Module, node: ast.AST) -> Iterator[Edit]:
    """``calc_md5(text)`` and ``_get_websocket_headers()``."""
    assert isinstance(node, ast.Call)
    function = node.func
    last = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    receiver = named(module, function) if last in {"calc_md5", "_get_websocket_headers"} else None
    if receiver is None or not receiver.certain or not is_gone(module, node, receiver):
        return
    drops = module.import_of(function) if isinstance(function, ast.Name) else []
    if receiver.name == _MD5 and len(node.args) == 1 and not node.keywords:
        hashlib = module.imports.name_for("hashlib", alias="hashlib", at=node)
        yield module.replace(
            node,
            f"{hashlib}.md5({_bytes(module, node.args[0])}).hexdigest()",
            "calc_md5 is gone: hashlib does the same",
            imports=[hashlib],
            drops=drops,
        )
    elif receiver.name == _HEADERS and not node.args:
        st = module.imports.name_for("streamlit", alias="st", at=node)
        yield module.replace(
            node,
            f"{st}.context.headers",
            "_get_websocket_headers() is gone: st.context.headers is public",
            imports=[st],
            drops=drops,
            safety=Safety.REVIEW,
            remedy="It is never None, and cannot be changed.",
            oldest_streamlit="1.37",
        )


def _moved(module: Module, node: ast.AST, old: str) -> str:
    """The new qualified name; "" where the old one is there, or nothing has its name."""
    if not is_gone(module, node, Receiver(old, certain=True)):
        return ""
    aimed = releases(module.settings.streamlit)
    successor = Api.load().successor(old)
    if successor and successor.kind == "rename" and successor.new:
        return "" if missing(successor.new, aimed) else successor.new
    home, _, last = old.rpartition(".")
    for before, after in _MOVES:
        if home == before:
            new = f"{after}.{last}"
            known = Api.load().intervals(new)
            return new if known and not missing(new, aimed) else ""
    return ""


def _statement(home: str, names: Sequence[str]) -> Rewrite:
    def rewrite(node: cst.CSTNode) -> cst.CSTNode:
        import libcst

        assert isinstance(node, libcst.ImportFrom)
        assert not isinstance(node.names, libcst.ImportStar)
        new = []
        for alias, name in zip(node.names, names, strict=True):
            last = name.rpartition(".")[2]
            if alias.evaluated_name != last and alias.asname is None:
                alias = alias.with_changes(asname=_as(alias.evaluated_name))
            new.append(alias.with_changes(name=libcst.Name(last)))
        dotted = libcst.parse_expression(home)
        return node.with_changes(module=dotted, names=new)

    return rewrite


def _as(name: str) -> cst.AsName:
    import libcst

    space = libcst.SimpleWhitespace(" ")
    return libcst.AsName(libcst.Name(name), space, space)


def _lines(node: ast.ImportFrom, new: dict[ast.alias, str]) -> str:
    """The import as several statements, one a module."""
    by_module: dict[str, list[str]] = {}
    for alias in node.names:
        home, _, last = new.get(alias, f"{node.module}.{alias.name}").rpartition(".")
        local = alias.asname or alias.name
        by_module.setdefault(home, []).append(last + (f" as {local}" if local != last else ""))
    return "\n".join(f"from {home} import {', '.join(n)}" for home, n in by_module.items())


def _bytes(module: Module, value: ast.expr) -> str:
    written = module.source.segment(value)
    if isinstance(value, ast.Constant) and isinstance(value.value, bytes):
        return written
    simple = isinstance(value, (ast.Name, ast.Call, ast.Attribute, ast.Subscript, ast.JoinedStr))
    return (
        f"{written}.encode()"
        if simple or isinstance(value, ast.Constant)
        else f"({written}).encode()"
    )
