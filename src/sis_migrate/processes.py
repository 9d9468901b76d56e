"""Which processes a program has started, however it started them, and how much memory they take."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

_PROC = Path("/proc")
_ROUNDS = 20
_PAUSE = 0.01
_SHARE = re.compile(rb"^Pss:\s+(\d+) kB", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Process:
    """A living process, its parent and its process group; ``memory`` in bytes."""

    pid: int
    parent: int
    group: int
    memory: int


def started_by(leader: int) -> tuple[Process, ...]:
    """A program that leads a process group, and what it has started: children, theirs, its group.

    One that has left the group and whose parent has ended is found where the program was started
    by ``programs/launch.py`` (Linux); on Windows nothing is. What processes share of their memory
    is counted once (Linux).
    """
    if os.name == "nt":
        return ()
    if not _PROC.joinpath("self", "stat").exists():
        return tuple(_family(list(_from_ps()), leader))
    found = _family(list(_from_proc()), leader)
    return tuple(replace(process, memory=_share(process)) for process in found)


def end(program: subprocess.Popen[bytes] | subprocess.Popen[str]) -> None:
    """End a program and all that it has started, that too which it starts meanwhile.

    The program itself comes last: by it the others are found.
    """
    _end_others(program.pid)
    program.kill()
    _end_others(program.pid)  # what it has started in between is in its group


def _end_others(leader: int) -> None:
    for _ in range(_ROUNDS):
        left = [process.pid for process in started_by(leader) if process.pid != leader]
        if not left:
            return
        for pid in left:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
        time.sleep(_PAUSE)


def _family(every: Sequence[Process], leader: int) -> list[Process]:
    """The leader and, step by step, whose parent or whose group's leader belongs to it."""
    known = {leader}
    while True:
        more = {p.pid for p in every if p.parent in known or p.group in known} - known
        if not more:
            return [process for process in every if process.pid in known]
        known |= more


def _from_proc() -> Iterator[Process]:
    page = os.sysconf("SC_PAGE_SIZE")
    for entry in os.scandir(_PROC):
        if not entry.name.isdigit():
            continue
        try:
            stat = Path(entry.path, "stat").read_text(errors="replace")
        except OSError:
            continue  # ended meanwhile
        state, parent, group, *others = stat.rpartition(")")[2].split()
        if state != "Z":  # has ended
            yield Process(int(entry.name), int(parent), int(group), int(others[18]) * page)


def _share(process: Process) -> int:
    """The memory of a process, with its share of what others have as well."""
    folder = _PROC / str(process.pid)
    try:
        found = _SHARE.search((folder / "smaps_rollup").read_bytes())
    except ProcessLookupError:  # it is ending, and has no memory any more
        return 0
    except OSError:  # not to be seen, or ended meanwhile
        return process.memory if folder.exists() else 0
    return int(found[1]) * 1024 if found else 0


def _from_ps() -> Iterator[Process]:
    command = ["ps", "-A", "-o", "pid=,ppid=,pgid=,rss=,state="]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    for line in done.stdout.splitlines():
        pid, parent, group, memory, state = line.split()[:5]
        if not state.startswith("Z"):
            yield Process(int(pid), int(parent), int(group), int(memory) * 1024)
