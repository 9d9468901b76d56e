"""What the app's SQL scripts attach to it: integrations and secrets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sis_migrate.codemod import AppContext
from sis_migrate.documents import sql_scan
from sis_migrate.documents.sql_quoting import bare_name, parts
from sis_migrate.documents.sql_scan import Property, SqlError, Statement
from sis_migrate.model import App
from sis_migrate.textfile import TextError, TextFile
from sis_migrate.workspace import Workspace


@dataclass
class Attached:
    """Names as the scripts write them; secrets by the name that the code uses."""

    integrations: list[str] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)


def attached(context: AppContext) -> Attached:
    """Everything that statements about this app set, where it is written out."""
    found = Attached()
    for statement in _about(context):
        integrations = statement.get("EXTERNAL_ACCESS_INTEGRATIONS")
        if integrations:
            found.integrations += _names(integrations)
        secrets = statement.get("SECRETS")
        if secrets:
            found.secrets.update(_secrets(secrets))
    found.integrations = list(dict.fromkeys(found.integrations))
    return found


def _about(context: AppContext) -> list[Statement]:
    """The statements that name the app; where none does, those of the only object it can be."""
    every = [s for path in context.app.sql_files for s in readable(path, context)]
    named = [s for s in every if is_named(s, context.app)]
    if named:
        return named
    made = {_name(s) for s in every if is_about(s, context.app)}
    return [s for s in every if _name(s) in made] if len(made) == 1 else []


def readable(path: Path, context: AppContext) -> list[Statement]:
    """The statements of a script about Streamlit objects; none where it cannot be read."""
    try:
        return scanned(path, context.workspace)
    except (OSError, TextError, SqlError):
        return []


def scanned(path: Path, workspace: Workspace) -> list[Statement]:
    """The statements of a script about Streamlit objects; OSError, TextError or SqlError."""
    return workspace.derive(path, "sql statements", _statements)


def _statements(file: TextFile) -> list[Statement]:
    return list(sql_scan.statements(file.text)) if sql_scan.mentions(file.text) else []


def is_about(statement: Statement, app: App) -> bool:
    """Whether a statement names the app, or makes one with its entry point."""
    if is_named(statement, app):
        return True
    main = statement.get("MAIN_FILE")
    text = main.text if main else None
    return bool(app.entry_point and text and Path(text).name == app.entry_point.name)


def is_named(statement: Statement, app: App) -> bool:
    """Whether a statement names the app."""
    return _name(statement) == bare_name(app.name).upper()


def _name(statement: Statement) -> str:
    return bare_name(parts(statement.name)[-1]).upper()


def _names(prop: Property) -> Iterator[str]:
    for item in prop.items():
        raw = "".join(token.raw for token in item)
        if all(token.kind in {"word", "name"} or token.raw == "." for token in item):
            yield raw


def _secrets(prop: Property) -> dict[str, str]:
    result = {}
    for item in prop.items():
        if len(item) < 3 or item[0].kind != "string" or item[1].raw != "=":
            continue
        value = item[2:]
        if all(token.kind in {"word", "name"} or token.raw == "." for token in value):
            result[item[0].value] = "".join(token.raw for token in value)
    return result
