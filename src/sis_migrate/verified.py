"""What ``migrate verify`` last found out about an app, kept beside the run records.

One file an app, in the folder that ignores itself for git::

    .sis-migrate/verified/sales-streamlit-app-py-1f2e3d4c5b6a7988.json
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
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
    """When it last did, UTC, ISO 8601."""
    tool_version: str
    current: bool
    """Whether the migrated text is still the one that was run."""
    result: Mapping[str, Any]
    """One app of the document of ``migrate verify --format json``; its stages have a ``when``."""

    def earlier(self, stage: Mapping[str, Any]) -> str:
        """The day of a stage that was not done on the last one, "" for the others."""
        day = str(stage.get("when", self.when))[:10]
        return "" if day == self.when[:10] else day


def digest(app: AppMigration) -> str:
    """What tells the app's migrated text from another, before it is applied and after; OSError."""
    return deployed(app.app, app.changes).digest()


def keep(app: AppMigration, result: Mapping[str, Any], sha256: str = "") -> None:
    """Keep the result of a verification in the place of an earlier one; OSError.

    Stages that it did not do stay, with their own date, where an earlier one by the same release
    did them for the same code and Streamlit. ``sha256`` is the :func:`digest` of what was run, ""
    where nothing can have changed since.
    """
    root = work_tree(app.app.root) or journal.nearest(app.app.root) or app.app.root
    folder = journal.own_folder(root) / _FOLDER
    folder.mkdir(exist_ok=True)
    path = folder / _file(app, root)
    when = datetime.now(UTC).isoformat(timespec="seconds")
    same = {"tool_version": __version__, "sha256": sha256 or digest(app)}
    before = _read(path)
    if before and same.items() <= before.items():
        result = _with_earlier(_dated(result, when), before["result"])
    else:
        result = _dated(result, when)
    document = {"schema_version": SCHEMA_VERSION, "when": when, **same, "result": result}
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        journal.write_synced(temporary, json.dumps(document, indent=2).encode() + b"\n")
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _dated(result: Mapping[str, Any], when: str) -> dict[str, Any]:
    runs = [
        {**run, "stages": [{**stage, "when": when} for stage in run["stages"]]}
        for run in result["runs"]
    ]
    return {**result, "runs": runs}


def _with_earlier(result: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    runs = list(_completed(result["runs"], before["runs"]))
    told = [s["verdict"] for run in runs if run["kind"] == "migrated" for s in run["stages"]]
    passed = result["passed"] and set(told) <= {"passed", "skipped"}
    return {**result, "passed": passed, "runs": runs}


def _completed(
    runs: Iterable[Mapping[str, Any]], before: Iterable[Mapping[str, Any]]
) -> Iterator[Mapping[str, Any]]:
    """The runs, with the stages and runs that only an earlier verification has, in their order."""
    new, old = ({run["kind"]: run for run in of} for of in (runs, before))
    for kind in _KINDS:
        run = new.get(kind) or old.get(kind)
        if run is None:
            continue
        earlier = old.get(kind)
        # With another Streamlit, or none, the app is not what it was.
        if earlier and earlier["streamlit"] == run["streamlit"]:
            stages = {s["stage"]: s for s in (*earlier["stages"], *run["stages"])}
            run = {**run, "stages": [stages[name] for name in _STAGES if name in stages]}
        yield run


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
    fits = _fits(document, _DOCUMENT) and document["schema_version"] == SCHEMA_VERSION
    return document if fits else None


_KINDS = ("warehouse", "container", "migrated")
_STAGES = ("install", "import", "start", "viewer", "viewers")
_STAGE = {
    "stage": frozenset(_STAGES),
    "when": str,
    "verdict": frozenset({"passed", "failed", "not checked", "skipped"}),
    "line": str,
    "details": [str],
    "seconds": (int, float),
    "measured": {str: (int, float)},
}
_RUN = {
    "kind": frozenset(_KINDS),
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
    return isinstance(value, form) and (not isinstance(value, float) or math.isfinite(value))
