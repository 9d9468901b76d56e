"""Telling Native Apps and DCM projects from apps that are deployed by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sis_codemods.switch.attached import is_about, readable
from sis_migrate.codemod import AppContext
from sis_migrate.documents.sql_scan import Statement


def is_native(statement: Statement) -> bool:
    """Whether the statement is of a Native App: FROM names a folder of the application package."""
    source = statement.get("FROM")
    text = source.text if source and statement.verb == "CREATE" else None
    outside = ("@", "snow:", "asset:", "&", "<", "{")
    return text is not None and not text.startswith(outside)


def native_statements(context: AppContext) -> Iterator[tuple[Path, Statement]]:
    """The statements of setup scripts that create this app in a Native App."""
    for path in context.app.sql_files:
        found = [s for s in readable(path, context) if is_native(s)]
        for statement in found:
            if len(found) == 1 or is_about(statement, context.app):
                yield path, statement


def is_native_app(context: AppContext) -> bool:
    """Whether setup scripts alone create the app, and do it in a Native App."""
    native = [s for _, s in native_statements(context)]
    created = [s for p in context.app.sql_files for s in readable(p, context)
               if s.verb == "CREATE" and is_about(s, context.app) and not is_native(s)]  # fmt: skip
    return bool(native) and not created


def definitions(context: AppContext) -> Iterator[tuple[Path, Statement]]:
    """The DEFINE STREAMLIT statements of DCM projects that mean this app."""
    for path in context.app.sql_files:
        for statement in readable(path, context):
            if statement.verb == "DEFINE" and is_about(statement, context.app):
                yield path, statement


def is_of_dcm(context: AppContext) -> bool:
    """Whether a DCM project deploys the app."""
    return any(True for _ in definitions(context))
