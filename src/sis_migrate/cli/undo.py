"""``migrate undo``: put back what the last run changed."""

from __future__ import annotations

from pathlib import Path

from sis_migrate.cli.failure import UsageError
from sis_migrate.cli.printing import say


def undo(folder: Path) -> int:
    """Restore the last run recorded for ``folder`` (its work tree, or a folder above it)."""
    from sis_migrate.report.paths import relative
    from sis_migrate.write import undo as put_back

    result = put_back(_record_root(folder.absolute()))
    cwd = Path.cwd()
    for path in result.restored:
        say(f"restored {relative(path, cwd)}")
    for path in result.removed:
        say(f"removed {relative(path, cwd)}")
    return 0


def _record_root(folder: Path) -> Path:
    from sis_migrate.journal import FOLDER

    if not folder.is_dir():
        raise UsageError(f"{folder}: not a folder")
    for candidate in (folder, *folder.parents):
        if (candidate / FOLDER / "runs").is_dir():
            return candidate
    return folder
