"""What the parts of the page are called: ids that are unique, and the same in the next report."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from sis_migrate.model import App, AppMigration
from sis_migrate.report.paths import relative

_LENGTH = 40


def app_ids(apps: Iterable[AppMigration], cwd: Path) -> tuple[str, ...]:
    """An id for each app, by where it is and what it is called, not by what is beside it."""
    seen: Counter[str] = Counter()
    ids: list[str] = []
    for app in apps:
        name = _id("app", app.app.name, _key(app.app, cwd))
        seen[name] += 1
        ids.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return tuple(ids)


def diff_ids(paths: Iterable[Path], cwd: Path) -> Mapping[Path, str]:
    """An id for the diff of each file."""
    return {path: _id("diff", path.name, relative(path, cwd)) for path in paths}


def _key(app: App, cwd: Path) -> str:
    entry = "" if app.entry_point is None else relative(app.entry_point, app.root)
    return f"{relative(app.root, cwd)}\n{entry}\n{app.name}"


def _id(kind: str, name: str, key: str) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", name.lower())[:_LENGTH].strip("-")
    number = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return "-".join(filter(None, (kind, words, number)))
