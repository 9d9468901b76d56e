"""The ``migrate`` command in this process, with its output as bytes."""

from __future__ import annotations

import ast
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from git_repository import git, plain_git, repository
from sis_migrate import codemod as registry
from sis_migrate.cli import main
from sis_migrate.codemod import Codemod
from sis_migrate.model import Edit, Finding
from sis_migrate.python.module import Module
from toys import python_codemod

OLD = (
    b"import streamlit as st\n"
    b"from snowflake.snowpark.context import get_active_session\n\n"
    b"session = get_active_session()\n"
    b"st.dataframe(session.table('SALES'))\n"
)
NEW = (
    b"import streamlit as st\n\n"
    b'session = st.connection("snowflake").session()\n'
    b"st.dataframe(session.table('SALES'))\n"
)
LEFT = OLD + b"pool.submit(get_active_session)\n"
"""An app with a place that only a person can migrate."""


def sessions() -> Codemod:
    """A codemod for sessions that does no more than these tests need."""
    codemod = python_codemod("SIS101", triggers=(b"get_active_session",))

    @codemod.on(ast.Call)
    def call(module: Module, node: ast.AST) -> Iterator[Edit | Finding]:
        assert isinstance(node, ast.Call)
        if any(isinstance(a, ast.Name) and a.id == "get_active_session" for a in node.args):
            yield module.find(node, "handed on", remedy="Do it by hand.")
        elif isinstance(node.func, ast.Name) and node.func.id == "get_active_session":
            text = 'st.connection("snowflake").session()'
            yield module.replace(node, text, "edited", drops=module.import_of(node.func))

    return codemod


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: bytes
    err: str


class Command:
    """Runs commands in a folder that is a git repository."""

    def __init__(
        self,
        folder: Path,
        patch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[bytes],
    ) -> None:
        self.folder = folder
        self._patch = patch
        self._capsys = capsys

    def __call__(self, *arguments: str | Path) -> Done:
        """Run ``migrate`` with these arguments."""
        self._patch.setattr(sys, "argv", ["migrate", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = self._capsys.readouterr()
        code = ended.value.code
        assert code is None or isinstance(code, int)
        return Done(code or 0, captured.out, captured.err.decode())

    def write(self, **files: bytes) -> None:
        """Write and commit files; ``a__b_py`` is ``a/b.py``."""
        for name, data in files.items():
            path = self.path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        git(self.folder, "add", "--all")
        git(self.folder, "commit", "--quiet", "-m", "more")

    def path(self, name: str) -> Path:
        """The path of a file by such a name."""
        *folders, last = name.split("__")
        for suffix in ("py", "toml", "yml"):
            last = last.replace(f"_{suffix}", f".{suffix}")
        return self.folder.joinpath(*folders, last)

    def read(self, name: str = "app_py") -> bytes:
        """A file's content."""
        return self.path(name).read_bytes()


@contextmanager
def command(
    folder: Path, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[bytes]
) -> Iterator[Command]:
    """A command that runs in a new repository, with the one codemod of :func:`sessions`."""
    patch.setattr(registry, "load", lambda: (sessions(),))
    patch.chdir(folder)
    with plain_git():
        repository(folder)
        yield Command(folder, patch, capsys)
    gc.enable()  # a run switches it off for its process
