"""Which processes a run has started, however they were started, and how much memory they take."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "SIS_MIGRATE_VERIFY_RUN"
"""The environment variable whose value marks a run's processes: children inherit it."""

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Process:
    """A living process; ``memory`` in bytes."""

    pid: int
    memory: int


def started_by(mark: str, leader: int) -> tuple[Process, ...]:
    """The processes of the group that ``leader`` leads, and those whose environment bears ``mark``.

    Where the system shows no environments (not Linux) only the group is found, and nothing on
    Windows.
    """
    if _PROC.joinpath("self", "stat").exists():
        return tuple(_from_proc(mark, leader))
    if os.name == "nt":
        return ()
    return tuple(_from_ps(leader))


def end(mark: str, leader: int) -> None:
    """End them all, those too that they start meanwhile."""
    if os.name != "nt":
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal.SIGKILL)
    for _ in range(20):
        left = started_by(mark, leader)
        if not left:
            return
        for process in left:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(process.pid, signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)


def _from_proc(mark: str, leader: int) -> Iterator[Process]:
    page = os.sysconf("SC_PAGE_SIZE")
    sought = f"{VARIABLE}={mark}\0".encode()
    for entry in os.scandir(_PROC):
        if not entry.name.isdigit():
            continue
        try:
            fields = Path(entry.path, "stat").read_text(errors="replace").rpartition(")")[2].split()
            if fields[0] == "Z":  # has ended
                continue
            ours = int(fields[2]) == leader
            if not ours:
                ours = sought in Path(entry.path, "environ").read_bytes() + b"\0"
        except OSError:
            continue  # ended meanwhile, or another user's
        if ours:
            yield Process(int(entry.name), int(fields[21]) * page)


def _from_ps(leader: int) -> Iterator[Process]:
    command = ["ps", "-A", "-o", "pid=,pgid=,rss=,state="]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    for line in done.stdout.splitlines():
        pid, group, memory, state = line.split()[:4]
        if int(group) == leader and not state.startswith("Z"):
            yield Process(int(pid), int(memory) * 1024)
