"""An app's own Python files as the overlay has them; what cannot be read or parsed is a finding."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from sis_migrate.codemod import Codemod
from sis_migrate.model import Finding, Item, Span, Status
from sis_migrate.python.source import ParseError, Source, parse
from sis_migrate.textfile import TextError
from sis_migrate.workspace import Workspace

_WORK = {
    "get_active_session": re.compile(rb"\bget_active_session\b"),
    "_snowflake": re.compile(rb"\b_snowflake\b"),
}
UNREADABLE, UNPARSABLE = "SIS001", "SIS002"


class AppFiles:
    """Reads and parses.

    ``broken`` are the findings on files that cannot be, ``unread`` the checklist items that these
    hold work for.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.broken: dict[Path, Finding] = {}
        self.unread: set[Item] = set()
        self._workspace = workspace

    def contents(self, paths: Iterable[Path]) -> dict[Path, bytes]:
        """The bytes of the files that can be read."""
        contents: dict[Path, bytes] = {}
        for path in paths:
            try:
                contents[path] = self._workspace.read_bytes(path)
            except OSError as error:
                reason = error.strerror or str(error)
                self._break(path, f"cannot be read: {reason}", UNREADABLE)
        return contents

    def sources(
        self, contents: Mapping[Path, bytes], work: Mapping[Path, Sequence[Codemod]]
    ) -> dict[Path, Source]:
        """The files that parse; ``work`` says which codemods a file has work for."""
        sources: dict[Path, Source] = {}
        for path in contents:
            try:
                sources[path] = self._workspace.derive(path, "source", partial(parse, path))
            except TextError as error:
                self._break(
                    path, str(error), UNREADABLE, error.line, work.get(path, ()), contents[path]
                )
            except ParseError as error:
                message = f"does not parse: {error}"
                self._break(
                    path, message, UNPARSABLE, error.line, work.get(path, ()), contents[path]
                )
        return sources

    def _break(
        self,
        path: Path,
        message: str,
        code: str,
        line: int | None = None,
        work: Sequence[Codemod] = (),
        data: bytes = b"",
    ) -> None:
        if path in self.broken:
            return
        # Without a tree nobody knows what a file needs, except that these names are always work.
        named = [name for name, pattern in _WORK.items() if pattern.search(data)]
        message = f"not migrated: {message}"
        if named:
            message += f"; it mentions {' and '.join(named)}"
        self.unread |= {c.item for c in work}
        self.broken[path] = Finding(
            path,
            message,
            Status.ERROR,
            code=code,
            span=Span(line, 1, line, 1) if line else None,
            remedy="Mend the file and run again; it was left as it is.",
        )
