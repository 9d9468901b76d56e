"""The temporary copy of an app that is run; the app's own folder is only read."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterable
from pathlib import Path

from sis_migrate.model import FileChange

_LEFT_OUT = (
    ".git",
    ".hg",
    ".svn",
    ".venv",
    "venv",
    "node_modules",
    "__pycache__",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".sis-migrate",
)
MAX_FILE_MB = 200

_CONFIGURATION = {
    True: {"theme", "runner", "mapbox", "secrets", "global", "client", "snowflake"},
    False: {"theme", "snowflake"},
}
"""The sections of config.toml that a container and a warehouse heed.

Source: "Manage secrets and configure your Streamlit app",
https://docs.snowflake.com/en/developer-guide/streamlit/app-development/secrets-and-configuration
"""


def copy(root: Path, target: Path, changes: Iterable[FileChange] = ()) -> None:
    """Copy an app's folder to ``target`` (which must not exist) and make ``changes`` there.

    Version control, environments, caches and very large files stay behind; changes of files that
    lie elsewhere do too. OSError where a file cannot be read or written.
    """
    shutil.copytree(root, target, ignore=_ignored, ignore_dangling_symlinks=True)
    for change in changes:
        if not change.path.is_relative_to(root):
            continue
        path = target / change.path.relative_to(root)
        path.unlink(missing_ok=True)
        if change.after is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(change.after)


def keep_configuration(root: Path, *, container: bool) -> None:
    """Take the sections out of the copy's config.toml files that the runtime does not heed."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    for path in root.rglob(".streamlit/config.toml"):
        try:
            text = path.read_text(encoding="utf-8")
            known = tomllib.loads(text).keys() & _CONFIGURATION[container]
            document = tomlkit.parse(text)
        except (OSError, ValueError, TOMLKitError):
            continue  # Streamlit itself will say what is wrong with it
        for section in set(document) - known:
            del document[section]
        path.write_text(tomlkit.dumps(document), encoding="utf-8")


def _ignored(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if name in _LEFT_OUT or _is_too_large(Path(folder) / name)}


def _is_too_large(path: Path) -> bool:
    try:
        return not path.is_symlink() and path.is_file() and path.stat().st_size > MAX_FILE_MB * 1e6
    except OSError:
        return True
