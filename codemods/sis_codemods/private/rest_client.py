"""The module for REST calls that a migration adds to an app: its text, its name, its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sis_migrate.codemod import AppContext
from sis_migrate.model import App

SOURCE = Path(__file__).parent / "added" / "snow_api.py"
FUNCTION = "send_snow_api_request"
_MARK = f"\ndef {FUNCTION}(".encode()


@dataclass(frozen=True, slots=True)
class Client:
    """The module's name and path in an app; ``exists`` where the app has it already."""

    name: str
    path: Path
    exists: bool


def folder(app: App) -> Path:
    """The entry point's folder, which Streamlit puts on ``sys.path`` for every file of the app."""
    return app.entry_point.parent if app.entry_point else app.root


def client_of(context: AppContext) -> Client:
    """The module that the app has from an earlier run, else a name that nothing in it bears."""
    taken = _names_in(context)
    home = folder(context.app)
    for name in _candidates():
        path = home / f"{name}.py"
        if context.workspace.exists(path):
            if _MARK in context.workspace.read_bytes(path):
                return Client(name, path, exists=True)
        elif name not in taken and not (home / name).exists():
            return Client(name, path, exists=False)
    raise AssertionError("the names do not end")


def _candidates() -> Iterator[str]:
    yield "snow_api"
    number = 2
    while True:
        yield f"snow_api_{number}"
        number += 1


def _names_in(context: AppContext) -> frozenset[str]:
    """Every name that a file or folder of the app has, or that one of its imports asks for."""
    names = {part for path in context.app.files for part in (path.stem, *path.parent.parts)}
    for module in context.modules.values():
        names |= {b.target.partition(".")[0] for b in module.names.imports()}
    return frozenset(names)
