"""The program as its own process: what it loads, how it starts and how it ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli_case import OLD
from git_repository import git, plain_git, repository

_HEAVY = ("libcst", "rich", "yaml", "sqlglot", "tomlkit")
_LOADED = (
    "import sys, atexit\n"
    "atexit.register(lambda: print('LOADED', *sorted({n.split('.')[0] for n in sys.modules}),"
    " file=sys.stderr))\n"
    "from sis_migrate.cli import main\n"
    "sys.argv = ['migrate', *sys.argv[1:]]\n"
    "main()\n"
)


def run(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
    """The installed codemods, in a process of their own; stderr ends with what was loaded."""
    return subprocess.run(
        [sys.executable, "-c", _LOADED, *arguments],
        cwd=folder,
        env=os.environ | variables,
        capture_output=True,
        check=False,
    )


def loaded(done: subprocess.CompletedProcess[bytes]) -> set[str]:
    return set(done.stderr.decode().rpartition("LOADED")[2].split())


def test_the_version_needs_none_of_the_heavy_packages(tmp_path: Path) -> None:
    done = run(tmp_path, "--version")
    assert (done.returncode, done.stdout.split()[0]) == (0, b"migrate")
    assert loaded(done).isdisjoint({*_HEAVY, "sis_codemods"})


def test_the_help_names_the_commands_of_packages_without_their_work(tmp_path: Path) -> None:
    done = run(tmp_path, "--help")
    assert done.returncode == 0
    assert b"\n  map " in done.stdout
    assert loaded(done).isdisjoint({*_HEAVY, "packaging", "ssl"})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("tool.py", b"print('hello')\n", id="no app"),
        pytest.param("plain.py", b"import streamlit as st\nst.write(1)\n", id="plain Streamlit"),
    ],
)
def test_a_check_with_nothing_to_do_needs_none_of_them(
    tmp_path: Path, name: str, text: bytes
) -> None:
    (tmp_path / name).write_bytes(text)
    done = run(tmp_path, "check")
    assert done.returncode == 0, done.stderr
    assert loaded(done).isdisjoint(("libcst", "rich", "yaml"))


def test_the_installed_codemods_end_to_end(tmp_path: Path) -> None:
    with plain_git():
        repository(tmp_path, **{"app.py": OLD, "environment.yml": b""})
        before = run(tmp_path, "check")
        done = run(tmp_path, "apply")
        assert before.returncode == 1
        assert done.returncode in (0, 1)
        assert b"Traceback" not in before.stderr + done.stderr
        assert b'st.connection("snowflake")' in (tmp_path / "app.py").read_bytes()
        assert run(tmp_path, "undo").returncode == 0
        assert git(tmp_path, "status", "--porcelain") == b""


def test_a_reader_that_goes_away_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_bytes(OLD)
    with subprocess.Popen(
        [sys.executable, "-c", _LOADED, "check", "--format", "json"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        errors = process.stderr.read()
    assert b"Traceback" not in errors
    assert b"Exception" not in errors


def test_help_and_no_arguments(tmp_path: Path) -> None:
    done = run(tmp_path, "--help")
    assert done.returncode == 0
    assert all(word in done.stdout for word in (b"apply", b"check", b"undo", b"explain"))
    assert loaded(done).isdisjoint(_HEAVY)
    assert run(tmp_path).returncode == 2
