"""Files that mention what only the warehouse has, but are nobody's app: named, and left alone."""

from __future__ import annotations

import re
from pathlib import Path

from sis_migrate.discovery.listing import is_test
from sis_migrate.discovery.reading import WAREHOUSE_ONLY, Reader

_HANDLER_MARKS = (b"_snowflake.vectorized", b"import vectorized", b"snowflake_import_directory")
# By the bytes: a repository without an app is never parsed.
_TAKES_SESSION = re.compile(
    rb"^def \w+\(\s*(?:session|snowpark_session|\w+\s*:\s*[\"']?(?:[\w.]+\.)?Session)\b",
    re.MULTILINE,
)


def mention(path: Path, reader: Reader) -> str:
    """The first warehouse-only name in a file's bytes, "" where there is none."""
    match = WAREHOUSE_ONLY.search(_notebook(path) if _is_notebook(path) else reader.data(path))
    return match.group().decode() if match else ""


def kind(path: Path, reader: Reader, base: Path) -> str:
    """What such a file is, in words; ``base`` is the folder below which ``tests`` counts."""
    if _is_notebook(path):
        return "notebook"
    if is_test(path, base):
        return "test"
    return "UDF or procedure handler" if _is_handler(path, reader) else "script"


def _is_notebook(path: Path) -> bool:
    return path.suffix == ".ipynb"


def _notebook(path: Path) -> bytes:
    # Not through the workspace, which would keep the pictures of all notebooks in memory.
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _is_handler(path: Path, reader: Reader) -> bool:
    data = reader.data(path)
    return any(mark in data for mark in _HANDLER_MARKS) or _TAKES_SESSION.search(data) is not None
