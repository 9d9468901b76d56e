"""What ``migrate verify`` last found out about an app, kept beside the run records.

One file an app, in the folder that ignores itself for git::

    .sis-migrate/verified/sales-streamlit-app-py-1f2e3d4c5b6a7988.json
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sis_migrate import __version__, journal
from sis_migrate.deployed import deployed
from sis_migrate.model import AppMigration
from sis_migrate.vcs import work_tree

SCHEMA_VERSION = 1
_FOLDER = "verified"


@dataclass(frozen=True, slots=True)
class Verified:
    """What `migrate verify` last found out about an app."""

    when: str
    """UTC, ISO 8601."""
    tool_version: str
    current: bool
    """Whether the migrated text is still the one that was run."""
    result: Mapping[str, Any]
    """One app of the document of ``migrate verify --format json``."""


def digest(app: AppMigration) -> str:
    """What tells the app's migrated text from another, before it is applied and after; OSError."""
    return deployed(app.app, app.changes).digest()


def keep(app: AppMigration, result: Mapping[str, Any], sha256: str = "") -> None:
    """Keep the result of a verification in the place of an earlier one; OSError.

    ``sha256`` is the :func:`digest` of what was run, "" where nothing can have changed since.
    """
    root = work_tree(app.app.root) or journal.nearest(app.app.root) or app.app.root
    document = {
        "schema_version": SCHEMA_VERSION,
        "tool_version": __version__,
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "sha256": sha256 or digest(app),
        "result": result,
    }
    folder = journal.own_folder(root) / _FOLDER
    folder.mkdir(exist_ok=True)
    path = folder / _file(app, root)
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        journal.write_synced(temporary, json.dumps(document, indent=2).encode() + b"\n")
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def latest(app: AppMigration) -> Verified | None:
    """The last result; None where there is none, or none that can be read."""
    found = [
        document
        for above in (app.app.root, *app.app.root.parents)
        if (document := _read(above / journal.FOLDER / _FOLDER / _file(app, above)))
    ]
    if not found:
        return None
    last = max(found, key=lambda document: str(document["when"]))
    try:
        current = last["sha256"] == digest(app)
    except OSError:
        current = False
    return Verified(last["when"], last["tool_version"], current, last["result"])


def _file(app: AppMigration, root: Path) -> str:
    """The name of an app's file, which is its own by where the entry point is."""
    entry = os.path.realpath(app.app.entry_point or app.app.root)
    place = Path(os.path.relpath(entry, os.path.realpath(root))).as_posix()
    readable = re.sub(r"[^A-Za-z0-9]+", "-", place).strip("-")[-60:]
    return f"{readable}-{hashlib.sha256(os.fsencode(place)).hexdigest()[:16]}.json"


def _read(path: Path) -> dict[str, Any] | None:
    """The document in a file, None unless it has the form that :func:`keep` gives it."""
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return document if _fits(document, _DOCUMENT) else None


_STAGE = {
    "stage": frozenset({"install", "import", "start", "viewer", "viewers"}),
    "verdict": frozenset({"passed", "failed", "not checked", "skipped"}),
    "line": str,
    "details": [str],
    "seconds": (int, float),
    "measured": {str: (int, float)},
}
_RUN = {
    "kind": frozenset({"warehouse", "container", "migrated"}),
    "streamlit": str,
    "copied": frozenset({"artifacts", "folder"}),
    "stages": [_STAGE],
}
_DOCUMENT = {
    "schema_version": int,
    "tool_version": str,
    "when": str,
    "sha256": str,
    "result": {"root": str, "name": str, "passed": bool, "runs": [_RUN]},
}
"""The keys and the types of their values; ``str`` stands for any key, a list
holds the form of each of its entries."""


def _fits(value: Any, form: Any) -> bool:
    if isinstance(form, dict) and str in form:
        return isinstance(value, dict) and all(_fits(v, form[str]) for v in value.values())
    if isinstance(form, dict):
        same = isinstance(value, dict) and value.keys() == form.keys()
        return same and all(_fits(value[key], inner) for key, inner in form.items())
    if isinstance(form, frozenset):
        return isinstance(value, str) and value in form
    if isinstance(form, list):
        return isinstance(value, list) and all(_fits(entry, form[0]) for entry in value)
    return isinstance(value, form)
