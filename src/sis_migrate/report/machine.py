"""The JSON document; ``schema.json`` beside this module and docs/json.md describe it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any

from sis_migrate import __version__
from sis_migrate.model import AppMigration, FileChange, Finding, Migration, Settings, Status, Step
from sis_migrate.report.lines import located
from sis_migrate.report.paths import relative
from sis_migrate.verified import Verified, latest

SCHEMA_VERSION = 1


def document(
    migration: Migration,
    settings: Settings,
    cwd: Path,
    *,
    verified: Callable[[AppMigration], Verified | None] = latest,
    applied: bool = False,
) -> dict[str, Any]:
    """The whole run as values that ``json.dumps`` takes.

    Paths are relative to ``cwd`` with ``/``; lines are those of the text before the run, or after
    it when ``applied``. ``verified`` finds the last verification of an app.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "tool_version": __version__,
        "settings": _settings(settings),
        "apps": [
            {
                **_app(app, migration, cwd, applied=applied),
                "verified": _verified(verified(app)),
            }
            for app in migration.apps
        ],
        "outside": [
            _finding(finding, cwd)
            for finding in located(migration.outside, migration, applied=applied)
        ],
        "summary": {
            "apps": len(migration.apps),
            "files_changed": len(migration.changes()),
            **_counts(migration.findings()),
        },
    }


def _settings(settings: Settings) -> dict[str, Any]:
    result: dict[str, Any] = {f.name: getattr(settings, f.name) for f in fields(settings)}
    for name in ("select", "ignore", "exclude"):
        result[name] = list(result[name])
    result["package_map"] = dict(settings.package_map)
    result["per_file_ignores"] = {g: list(c) for g, c in settings.per_file_ignores.items()}
    return result


def _app(app: AppMigration, migration: Migration, cwd: Path, *, applied: bool) -> dict[str, Any]:
    entry = app.app.entry_point
    return {
        "root": relative(app.app.root, cwd),
        "name": app.app.name,
        "entry_point": None if entry is None else relative(entry, cwd),
        "runtime": app.app.runtime.value,
        "items": [
            {"item": state.item.value, "state": state.state, "evidence": state.evidence}
            for state in app.items
        ],
        "steps": [_step(step) for step in app.steps],
        "changes": [
            {"path": relative(change.path, cwd), "kind": _kind(change)} for change in app.changes
        ],
        "findings": [
            _finding(finding, cwd) for finding in located(app.findings, migration, applied=applied)
        ],
    }


def _verified(found: Verified | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "when": found.when,
        "tool_version": found.tool_version,
        "current": found.current,
        "passed": found.result["passed"],
        "runs": found.result["runs"],
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "code": step.code,
        "role": step.role,
        "order": step.order,
        "title": step.title,
        "item": step.item.value,
        "sql": step.sql,
        "text": step.text,
        "undo": step.undo,
    }


def _finding(finding: Finding, cwd: Path) -> dict[str, Any]:
    span = finding.span
    return {
        "code": finding.code,
        "path": relative(finding.path, cwd),
        "line": span and span.line,
        "column": span and span.column,
        "end_line": span and span.end_line,
        "end_column": span and span.end_column,
        "status": finding.status.value,
        "message": finding.message,
        "remedy": finding.remedy,
        "item": finding.item and finding.item.value,
    }


def _kind(change: FileChange) -> str:
    if change.before is None:
        return "created"
    return "deleted" if change.after is None else "modified"


def _counts(findings: Iterable[Finding]) -> dict[str, int]:
    counts = dict.fromkeys((status.value for status in Status), 0)
    for finding in findings:
        counts[finding.status.value] += 1
    return counts
