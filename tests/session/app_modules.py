"""An app's modules from texts, for tests of what is not a codemod."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path

from sis_migrate.model import App, Settings
from sis_migrate.python.module import Module, Project
from sis_migrate.python.source import parse
from sis_migrate.textfile import decode

ROOT = Path("/app")


def modules(files: str | Mapping[str, str]) -> dict[str, Module]:
    """The modules of an app by file name; a lone text is its entry point ``streamlit_app.py``."""
    named = {"streamlit_app.py": files} if isinstance(files, str) else dict(files)
    paths = {ROOT / name: text for name, text in named.items()}
    entry = next(iter(paths))
    app = App(ROOT, "app", entry, (entry,), tuple(paths))
    sources = {p: parse(p, decode(t.encode(), python=True)) for p, t in paths.items()}
    project = Project(app, sources, Settings(), [ROOT])
    return {path.name: module for path, module in project.modules.items()}


def expression(module: Module, text: str) -> ast.expr:
    """The first expression of a module that is written like that."""
    return next(
        node
        for node in ast.walk(module.source.tree)
        if isinstance(node, ast.expr) and module.source.segment(node) == text
    )
