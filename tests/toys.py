"""Small codemods for tests of the engine, and one file as the engine sees it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from sis_migrate.codemod import Codemod, DocumentCodemod, PythonCodemod, Result
from sis_migrate.model import App, Edit, EditGroup, Item, Safety, Settings
from sis_migrate.python.edits import PythonChange
from sis_migrate.python.module import Module, Project
from sis_migrate.python.rewrite import Rewritten, apply
from sis_migrate.python.source import parse
from sis_migrate.textfile import TextFile, decode

ROOT = Path("/app")


def module_of(files: str | bytes | Mapping[str, str | bytes], name: str = "main.py") -> Module:
    """A file of an app that consists of ``files`` (a lone text: of that file only)."""
    contents = files if isinstance(files, Mapping) else {name: files}
    paths = {ROOT / n: _file(text) for n, text in contents.items()}
    app = App(ROOT, "app", ROOT / name, (ROOT / name,), tuple(paths))
    sources = {path: parse(path, file) for path, file in paths.items()}
    return Project(app, sources, Settings(), [ROOT]).modules[ROOT / name]


def _file(text: str | bytes) -> TextFile:
    return decode(text if isinstance(text, bytes) else text.encode(), python=True)


def node(module: Module, segment: str, kind: type[ast.AST] = ast.AST, index: int = 0) -> ast.AST:
    """The ``index``-th node of a kind whose source is ``segment``."""
    found = [
        n
        for n in ast.walk(module.source.tree)
        if isinstance(n, kind) and hasattr(n, "lineno") and module.source.segment(n) == segment
    ]
    return found[index]


def rewritten(module: Module, *edits: Edit) -> Rewritten:
    """The edits of one file applied together."""
    return apply(module, [e.change for e in edits], module.needed_elsewhere)


def changed(module: Module, **parts: object) -> Rewritten:
    """One change made of these parts of a PythonChange."""
    return apply(module, [PythonChange(**parts)], module.needed_elsewhere)  # type: ignore[arg-type]


def python_codemod(
    code: str = "SIS901",
    *,
    triggers: tuple[bytes, ...] = (b"old",),
    app_triggers: tuple[bytes, ...] = (),
    safety: Safety = Safety.SAFE,
    item: Item = Item.SESSION,
) -> Codemod:
    """A codemod without handlers."""
    return PythonCodemod(
        __name__, code=code, name="toy", summary="A toy", item=item, safety=safety,
        triggers=triggers, app_triggers=app_triggers,
    )  # fmt: skip


def document_codemod(
    handler: Callable[..., Iterable[Result]], code: str = "SIS950", order: int = 100
) -> Codemod:
    """A codemod with one handler for whole apps, run after those on Python."""
    codemod = DocumentCodemod(
        __name__, code=code, name="toy", summary="A toy", item=Item.DEPS, safety=Safety.SAFE,
        order=order,
    )  # fmt: skip
    codemod.on_app(handler)
    return codemod


def renaming(
    old: str = "old",
    new: str = "new()",
    *,
    code: str = "SIS901",
    group: EditGroup | None = None,
    safety: Safety = Safety.SAFE,
) -> Codemod:
    """Replaces every call of the function ``old`` by the expression ``new``."""
    codemod = python_codemod(code, triggers=(old.encode(),), safety=safety)

    @codemod.on(ast.Call)
    def call(module: Module, node: ast.AST) -> Iterable[Edit]:
        assert isinstance(node, ast.Call)
        if isinstance(node.func, ast.Name) and node.func.id == old:
            yield module.replace(node, new, f"{old}() becomes {new}", group=group)

    return codemod
