"""Whether a script near the app uploads one of its files, by name or by a pattern."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from sis_codemods.switch.nearby import nearby
from sis_migrate.model import App
from sis_migrate.textfile import TextError
from sis_migrate.workspace import Workspace

_UPLOAD = re.compile(
    r"\bPUT\s+['\"]?file://(?P<put>[^\s'\";]+)"
    r"|\bsnow(?:sql)?\s+(?:object\s+)?stage\s+(?:copy|put)\s+(?:--?[\w-]+\s+)*"
    r"['\"]?(?P<copy>[^\s'\"@;-][^\s'\";]*)",
    re.IGNORECASE,
)
_COMMENT = ("--", "//", "#", "REM ", "::")


def is_uploaded(path: Path, app: App, workspace: Workspace) -> bool:
    """Whether a command names the file, or a pattern takes it in, in a folder of its folder's name.

    A command that names no folder means the app's where its script is the app's.
    """
    for script in nearby(app, workspace):
        try:
            data = workspace.read_bytes(script)
            if b"file://" not in data and b"stage" not in data:
                continue
            text = workspace.read(script).text
        except (OSError, TextError):
            continue
        own = script.is_relative_to(app.root) or script in app.sql_files
        if any(_takes(local, path, own=own) for local in _locals(text)):
            return True
    return False


def _locals(text: str) -> Iterator[PurePosixPath]:
    """The local paths of the commands, as they are written."""
    for line in text.splitlines():
        if not line.lstrip().startswith(_COMMENT):
            for match in _UPLOAD.finditer(line):
                local = match["put"] or match["copy"]
                yield PurePosixPath(local.replace("\\", "/"))


def _takes(local: PurePosixPath, path: Path, *, own: bool) -> bool:
    if not fnmatchcase(path.name, local.name):
        return False
    folder = local.parent.name
    return folder == path.parent.name or (own and (not folder or "$" in folder or folder == "."))
