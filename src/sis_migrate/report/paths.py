"""How reports name a file."""

from __future__ import annotations

import os
from pathlib import Path


def relative(path: Path, cwd: Path) -> str:
    """``path`` from ``cwd`` with ``/``, upwards (``../``) too; absolute on another drive."""
    try:
        return Path(os.path.relpath(path, cwd)).as_posix()
    except ValueError:  # Windows: no way leads from one drive to another
        return path.as_posix()
