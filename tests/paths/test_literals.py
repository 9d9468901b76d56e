from __future__ import annotations

import ast
from pathlib import Path

import pytest

from sis_codemods.paths.literals import PathText, path_text
from sis_migrate.model import App, Settings
from sis_migrate.python.module import Module, Project
from sis_migrate.python.source import parse
from sis_migrate.textfile import decode

FILE = Path("/app/a.py")


def _module(text: str) -> Module:
    source = parse(FILE, decode(text.encode(), python=True))
    app = App(FILE.parent, "a", FILE, (FILE,), (FILE,))
    return Project(app, {FILE: source}, Settings(), [FILE.parent]).modules[FILE]


def _last(text: str) -> PathText | None:
    module = _module(text)
    statement = module.source.tree.body[-1]
    assert isinstance(statement, ast.Expr)
    return path_text(module, statement.value)


KNOWN = {
    "literal": ("'a/b.csv'", "a/b.csv"),
    "name": ("p = 'a.csv'\np", "a.csv"),
    "joined": ("import os\nos.path.join('a', 'b.csv')", "a/b.csv"),
    "joined with a name": ("import os\nd = 'data/'\nos.path.join(d, 'b.csv')", "data/b.csv"),
    "path": ("from pathlib import Path\nPath('a')", "a"),
    "path of parts": ("from pathlib import Path\nPath('a', 'b')", "a/b"),
    "path division": ("from pathlib import Path\nPath('a') / 'b.csv'", "a/b.csv"),
    "sum": ("d = 'a/'\nd + 'b.csv'", "a/b.csv"),
    "formatted": ("d = 'a'\nf'{d}/b.csv'", "a/b.csv"),
}


@pytest.mark.parametrize(("text", "expected"), KNOWN.values(), ids=KNOWN)
def test_known(text: str, expected: str) -> None:
    found = _last(text)
    assert found is not None
    assert found.text == expected


UNKNOWN = {
    "unbound name": "p",
    "name of two values": "p = 'a'\np = 'b'\np",
    "call": "f('a')",
    "below the file": "import os\nos.path.join(os.path.dirname(__file__), 'a')",
    "formatted with a value": "f'{name()}/b.csv'",
    "format with a width": "d = 'a'\nf'{d:>3}'",
    "number": "3",
    "name of itself": "p = p\np",
}


@pytest.mark.parametrize("text", UNKNOWN.values(), ids=UNKNOWN)
def test_unknown(text: str) -> None:
    assert _last(text) is None


@pytest.mark.parametrize(
    ("text", "relative"),
    [
        ("a.csv", True), ("./a.csv", True), ("../a", True), ("a\\b.csv", True),
        ("/a", False), ("https://x/a", False), ("data:image/png,", False), ("@stage/a", False),
        ("~/a", False), ("C:\\a", False), (":material/home:", False), (" ", False),
    ],
)  # fmt: skip
def test_relative(text: str, relative: bool) -> None:
    assert PathText(text).relative is relative
