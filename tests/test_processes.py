from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sis_migrate import processes
from sis_migrate.processes import Process, end, started_by

pytestmark = pytest.mark.skipif(os.name == "nt", reason="process groups are POSIX's")

CODE = """
import subprocess, sys, time
child = "import time; kept = bytearray(b'x') * 20_000_000; print(flush=True); time.sleep(600)"
own = subprocess.Popen([sys.executable, "-c", child], stdout=subprocess.PIPE)
apart = subprocess.Popen(
    [sys.executable, "-c", child], stdout=subprocess.PIPE, start_new_session=True, env={}
)
own.stdout.readline(), apart.stdout.readline()
print(own.pid, apart.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture(params=["proc", "ps"])
def source(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """Where processes are looked up: what Linux has, and what macOS has alone."""
    if request.param == "proc" and sys.platform != "linux":
        pytest.skip("needs Linux's /proc")
    if request.param == "ps":
        if not shutil.which("ps"):
            pytest.skip("there is no ps")
        monkeypatch.setattr(processes, "_PROC", tmp_path)
    return str(request.param)


@pytest.fixture
def program() -> Iterator[subprocess.Popen[str]]:
    """A program that leads a group, with a child in it and one that has left it."""
    command = [sys.executable, "-c", CODE]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as started:
        yield started
        end(started)


def test_children_are_found_wherever_they_have_gone(
    source: str, program: subprocess.Popen[str]
) -> None:
    assert program.stdout is not None
    children = {int(pid) for pid in program.stdout.readline().split()}
    found = {process.pid: process for process in started_by(program.pid)}
    assert found.keys() == {program.pid, *children}
    assert all(20e6 < found[pid].memory < 200e6 for pid in children)


def test_all_of_them_are_ended(source: str, program: subprocess.Popen[str]) -> None:
    assert program.stdout is not None
    program.stdout.readline()
    end(program)
    program.wait()
    assert started_by(program.pid) == ()


def test_the_group_of_a_program_that_has_ended_is_found() -> None:
    every = [
        Process(3, 1, 2, 0),  # its parent, 2, has ended
        Process(4, 3, 4, 0),
        Process(5, 1, 4, 0),  # in the group of one that belongs to it
        Process(6, 1, 6, 0),
    ]
    assert processes._family(every, 2) == every[:3]
