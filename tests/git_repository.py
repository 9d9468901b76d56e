"""A git repository for tests, untouched by the machine's own git configuration."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def plain_git() -> Iterator[None]:
    """git without the configuration of user and system, and not inside a hook."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"):
            patch.delenv(name, raising=False)
        patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
        patch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
        yield


def git(folder: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    """git's output; the test fails with git's words where git does."""
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.com")
    command = ["git", "-C", str(folder), *identity, *arguments]
    done = subprocess.run(command, input=stdin, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def repository(folder: Path, **files: bytes) -> Path:
    """A new repository in ``folder`` with the files committed."""
    git(folder, "-c", "init.defaultBranch=main", "init", "--quiet")
    for name, data in files.items():
        (folder / name).write_bytes(data)
    if files:
        git(folder, "add", "--", *files)
        git(folder, "commit", "--quiet", "-m", "start")
    return folder
