"""What one Python file says: each is read once, and parsed only where its bytes give a reason."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from sis_migrate.discovery import code
from sis_migrate.python.graph import Request, requests
from sis_migrate.python.source import ParseError, parse
from sis_migrate.textfile import TextError
from sis_migrate.workspace import Workspace

_START = rb"^(?:\xef\xbb\xbf)?[ \t]*"  # of a line; the first one may have a byte order mark
_IMPORTS_STREAMLIT = re.compile(
    _START + rb"(?:from[ \t]+streamlit\b|import\b[^\n#]*\bstreamlit\b)", re.MULTILINE
)
_SNOWFLAKE = (
    (re.compile(rb"\bget_active_session\b"), "get_active_session"),
    (re.compile(_START + rb"(?:from|import)[ \t]+_snowflake\b", re.MULTILINE), "_snowflake"),
    (
        re.compile(
            _START + rb"(?:from|import)[ \t]+snowflake\.(?:snowpark|connector|core|cortex)\b"
            rb"|" + _START + rb"from[ \t]+snowflake[ \t]+import\b",
            re.MULTILINE,
        ),
        "Snowflake's packages",
    ),
    (
        re.compile(rb"connection\([^)]*[\"'](?:snowflake|snowpark)[\"']"),
        'st.connection("snowflake")',
    ),
)
_SHOWS = re.compile(rb"\bst\.[a-z]")
WAREHOUSE_ONLY = re.compile(rb"\bget_active_session\b|\b_snowflake\b")


class Reader:
    """Reads and remembers; what cannot be read is empty, and a note."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._trees: dict[Path, ast.Module | None] = {}
        self._requests: dict[Path, tuple[Request, ...]] = {}
        self.unreadable: dict[Path, str] = {}

    def data(self, path: Path) -> bytes:
        """The file's bytes, none where it cannot be read."""
        if path in self.unreadable:
            return b""
        try:
            return self._workspace.read_bytes(path)
        except OSError as error:
            self.unreadable[path] = error.strerror or str(error)
            return b""

    def text(self, path: Path) -> str:
        """A document's text, tolerant of what is not UTF-8."""
        return self.data(path).decode("utf-8-sig", "replace")

    def tree(self, path: Path) -> ast.Module | None:
        """The file parsed, None where it is not Python."""
        if path not in self._trees:
            self._trees[path] = self._parse(path)
        return self._trees[path]

    def uses_streamlit(self, path: Path) -> bool:
        """Whether the file imports Streamlit (not merely in a string, as far as it parses)."""
        if not _IMPORTS_STREAMLIT.search(self.data(path)):
            return False
        return self.tree(path) is None or any(
            request.module.split(".")[0] == "streamlit" and not request.level
            for request in self.requests(path)
        )

    def snowflake(self, path: Path) -> str:
        """What in the file shows that it runs against Snowflake, "" where nothing does."""
        data = self.data(path)
        if b"snow" not in data and b"get_active_session" not in data:
            return ""
        return next((what for pattern, what in _SNOWFLAKE if pattern.search(data)), "")

    def is_script(self, path: Path) -> bool:
        """Whether the file does something when executed, beyond defining names."""
        tree = self.tree(path)
        return tree is None or code.acts(tree)

    def requests(self, path: Path) -> tuple[Request, ...]:
        """The file's imports, each once; none where it does not parse."""
        if path not in self._requests:
            tree = self.tree(path)
            data = self.data(path)
            dynamic = b"import_module" in data or b"__import__" in data
            found = requests(tree, dynamic=dynamic) if tree else ()
            self._requests[path] = tuple(dict.fromkeys(found))
        return self._requests[path]

    def page_paths(self, path: Path) -> Iterator[str]:
        """The Python files that the file names in calls which run them (``st.Page`` and so on)."""
        tree = self.tree(path) if code.RUNS_FILES.search(self.data(path)) else None
        return code.page_paths(tree) if tree else iter(())

    def path_entries(self, path: Path) -> Iterator[str]:
        """The literal folders that the file adds to ``sys.path``."""
        tree = self.tree(path) if b"sys.path" in self.data(path) else None
        return code.path_entries(tree) if tree else iter(())

    def shows(self, path: Path) -> bool:
        """Whether the file seems to use a ``st`` that it has from elsewhere."""
        return _SHOWS.search(self.data(path)) is not None

    def runs_by_name(self, path: Path) -> bool:
        """Whether the file executes others whose paths are made up as it runs."""
        return code.RUNS_FILES.search(self.data(path)) is not None

    def loads_by_name(self, path: Path) -> bool:
        """Whether the file loads others by names that are made up as it runs."""
        return code.LOADS_FILES.search(self.data(path)) is not None

    def _parse(self, path: Path) -> ast.Module | None:
        self.data(path)
        if path in self.unreadable:
            return None
        try:
            return self._workspace.derive(path, "source", partial(parse, path)).tree
        except (ParseError, TextError):
            return None
