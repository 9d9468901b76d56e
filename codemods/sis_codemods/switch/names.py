"""The app's name in Snowflake as SQL, from what describes it, the project file or the scripts."""

from __future__ import annotations

from pathlib import Path

from sis_codemods.switch import project
from sis_codemods.switch.attached import is_about, readable
from sis_codemods.switch.native import is_native
from sis_migrate.codemod import AppContext
from sis_migrate.documents.sql_quoting import bare_name, identifier, parts, stored
from sis_migrate.documents.sql_scan import Statement
from sis_migrate.switch.described import Described, Grant, described, grants
from sis_migrate.switch.facts import DATABASE, SCHEMA


def app_name(context: AppContext, known: Described | None) -> str:
    """``database.schema.name``, with placeholders for what nothing tells."""
    if known:
        place = [stored(part) for part in (known.database, known.schema) if part]
        return _full([*place, stored(known.name)])
    found = _from_project(context)
    written = [w for w in _from_scripts(context) if not found or _same(w, found)]
    best = max([found, *written], key=len)
    return _full(best or [identifier(context.app.name)])


def _same(one: list[str], other: list[str]) -> bool:
    return _folded(one[-1]) == _folded(other[-1])


def _full(found: list[str]) -> str:
    return ".".join([*(DATABASE, SCHEMA)[: 3 - len(found)], *found])


def _from_project(context: AppContext) -> list[str]:
    found = project.of_app(context.app, context.workspace)
    if found is None:
        return []
    whole = found[1].values.get("identifier") or found[1].key
    if isinstance(whole, str):
        return [identifier(p) for p in parts(whole)] if not project.TEMPLATE.search(whole) else []
    name, *place = (str(whole.get(key) or "") for key in ("name", "schema", "database"))
    if not name or project.TEMPLATE.search(name):
        return []
    known = [p for p in place if p and not project.TEMPLATE.search(p)]
    return [*(identifier(p) for p in reversed(known if len(known) == 2 else [])), identifier(name)]


def _from_scripts(context: AppContext) -> list[list[str]]:
    """The names by which scripts create the app, outside of Native Apps, where they are names."""
    found = (creation(path, context) for path in context.app.sql_files)
    names = [list(parts(s.name)) for s in found if s and not is_native(s)]
    return [n for n in names if all(identifier(p).strip('"') == p.strip('"') for p in n)]


def creation(path: Path, context: AppContext) -> Statement | None:
    """The statement of a script that creates the app."""
    for statement in readable(path, context):
        if statement.verb == "CREATE" and is_about(statement, context.app):
            return statement
    return None


def saved(context: AppContext) -> tuple[Described | None, tuple[Grant, ...]]:
    """What saved results say about this app; SavedResultError.

    A result for one app belongs to the app of its name, or to the only one there is.
    """
    settings = context.settings
    rows = described(Path(settings.describe)) if settings.describe else ()
    own = [row for row in rows if _folded(row.name) == _folded(context.app.name)]
    known = own[0] if own else None
    wanted = known is not None or not settings.describe
    return known, grants(Path(settings.grants)) if settings.grants and wanted else ()


def _folded(name: str) -> str:
    return bare_name(name).upper()
