"""The files that an app takes along: what its scripts import, and what literal paths open."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from sis_migrate.apps import import_roots
from sis_migrate.codemod import AppContext
from sis_migrate.python.graph import Modules, requests
from sis_migrate.python.source import ParseError, parse
from sis_migrate.textfile import TextError

# The last part of the names of functions whose first argument is a file that they read, and of
# those that run a page, whose path is relative to the entry point's folder.
_OPENS = {
    "open", "image", "logo", "audio", "video", "pdf", "read_csv", "read_excel", "read_json",
    "read_parquet", "read_table", "read_pickle", "read_file", "imread",
}  # fmt: skip
_PAGES = {"Page", "switch_page", "page_link"}
IMPORTS, OPENS = "imports", "opens"
_NOT_DATA = {"environment.yml", "environment.yaml", "snowflake.yml", "secrets.toml"}


def opened(context: AppContext) -> Iterator[tuple[Path, str]]:
    """The app's files besides its entry point, each once, and how the code comes to need them."""
    entry = context.app.entry_point
    if entry is None:
        return
    modules = Modules(frozenset(context.app.files), import_roots(context.app, context.workspace))
    seen, read = {entry}, set[Path]()
    # A page needs its modules even where the entry point does without them.
    open_files = [*(path for path in reversed(context.app.scripts) if path != entry), entry]
    while open_files:
        path = open_files.pop()
        if path in read:
            continue
        read.add(path)
        tree = _tree(context, path)
        if tree is None:
            continue
        for request in requests(tree):
            for target in modules.targets(path, request):
                if target not in seen:
                    seen.add(target)
                    open_files.append(target)
                    if target.name != "__init__.py" or _holds_something(context, target):
                        yield target, f"{path.name} {IMPORTS}"
        for named in _named(context, tree, entry.parent):
            if named not in seen:
                seen.add(named)
                if named.suffix == ".py":
                    open_files.append(named)
                yield named, f"{path.name} {OPENS}"


def _tree(context: AppContext, path: Path) -> ast.Module | None:
    try:
        return parse(path, context.workspace.read(path)).tree
    except (OSError, TextError, ParseError):
        return None


def _named(context: AppContext, tree: ast.Module, folder: Path) -> Iterator[Path]:
    """The files that exist under the literal paths of calls which open or run them.

    Not data opened in a ``try`` or an ``if``: such code also does without the file. A page is wanted
    there, too: it is some viewers'.
    """
    always = set(_always(tree))
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and node.args and not _writes(node)):
            continue
        function, first = node.func, node.args[0]
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        text = first.value if isinstance(first, ast.Constant) else None
        if not (isinstance(text, str) and 2 < len(text) < 200 and text.isprintable()):
            continue
        path = (folder if name in _PAGES else context.app.root) / text
        wanted = name in _PAGES if path.suffix == ".py" else name in _OPENS and node in always
        if wanted and _is_file(context, path):
            yield path


def _always(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (ast.Try, ast.If, ast.IfExp)):
            yield child
            yield from _always(child)


def _holds_something(context: AppContext, path: Path) -> bool:
    tree = _tree(context, path)
    return tree is None or bool(tree.body)


def _writes(call: ast.Call) -> bool:
    mode = call.args[1] if len(call.args) > 1 else None
    return (
        isinstance(mode, ast.Constant) and isinstance(mode.value, str) and mode.value[:1] in "wax"
    )


def _is_file(context: AppContext, path: Path) -> bool:
    if path.name in _NOT_DATA or ".." in path.parts:
        return False
    try:
        return path.is_relative_to(context.app.root) and context.workspace.exists(path)
    except OSError:
        return False
