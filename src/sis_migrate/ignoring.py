"""What the user wants nothing done or said about: a comment silences a line, the configuration files.

``# migrate: ignore[SIS101]`` stands on any line of the place (``--`` begins it in SQL).
"""

from __future__ import annotations

import re
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path

from sis_migrate.collect import Collected
from sis_migrate.model import Edit, Finding, Settings
from sis_migrate.textfile import TextError
from sis_migrate.workspace import Workspace

_COMMENT = re.compile(r"(?:#|--)\s*migrate:\s*ignore\[([A-Za-z0-9,\s]+)\]")
_NEWLINE = re.compile(r"\r\n|\r|\n")


def without_ignored(collected: Collected, workspace: Workspace, settings: Settings) -> Collected:
    """What is left; a group that only an ignored place holds back is not held back."""
    lines = _Lines(workspace)

    def kept(result: Edit | Finding) -> bool:
        return not (ignored_in_file(result, settings) or _silenced(result, lines))

    withheld = dict(collected.withheld)
    for hold, finding in collected.holds:
        if finding is None or kept(finding):
            withheld.setdefault(hold.group, hold.reason)
    return replace(
        collected,
        edits=[e for e in collected.edits if kept(e)],
        findings=[f for f in collected.findings if kept(f)],
        withheld=withheld,
        holds=[],
    )


def ignored_in_file(result: Edit | Finding, settings: Settings) -> bool:
    """Whether the configuration ignores the result's code in its file."""
    return any(
        fnmatch(result.path.as_posix(), f"*/{pattern}") and result.code.startswith(codes)
        for pattern, codes in settings.per_file_ignores.items()
    )


def ignored_codes(line: str) -> frozenset[str]:
    """The codes that a comment on a line silences."""
    match = _COMMENT.search(line)
    return frozenset(c.strip() for c in match[1].split(",")) if match else frozenset()


def _silenced(result: Edit | Finding, lines: _Lines) -> bool:
    if result.span is None:
        return False
    place = lines.of(result.path)[result.span.line - 1 : result.span.end_line]
    return any(result.code in ignored_codes(line) for line in place)


class _Lines:
    """The lines of files with such comments, of others none; each file is looked at once."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._known: dict[Path, list[str]] = {}

    def of(self, path: Path) -> list[str]:
        if path not in self._known:
            self._known[path] = self._read(path)
        return self._known[path]

    def _read(self, path: Path) -> list[str]:
        try:
            if b"migrate:" in self._workspace.read_bytes(path):
                return _NEWLINE.split(self._workspace.read(path).text)
        except (OSError, TextError):
            pass
        return []
