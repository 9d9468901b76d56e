"""A process that is kept within limits, and that does not outlive the run."""

from __future__ import annotations

import errno
import json
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from sis_migrate.processes import end, started_by

_LAUNCH = Path(__file__).parent / "programs" / "launch.py"
_POLL = 0.25
_DISK_POLL = 4
"""Of so many looks at a program's processes one is at its folder, too."""
_KEPT_LINES = 60
_JOIN = 2.0
_LINE = 4096


@dataclass(frozen=True, slots=True)
class Limits:
    """How far an app may go. Seconds for one step, megabytes for a process and all its children.

    ``disk_mb`` are those by which its folder may grow.
    """

    seconds: float = 60.0
    memory_mb: int = 2048
    disk_mb: int = 2048
    output_mb: float = 10.0
    processes: int = 64


class Guarded:
    """A running program, its children included. A context manager that ends them all.

    ``folder`` is the one whose growth is limited, None for none. ``error`` says which limit was
    exceeded, "" while none is. Raises OSError where the program cannot be started.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        cwd: Path,
        environment: Mapping[str, str],
        limits: Limits,
        folder: Path | None = None,
    ) -> None:
        self.error = ""
        self._limits = limits
        self._folder = folder
        self._bytes = 0
        self._said: deque[str] = deque(maxlen=_KEPT_LINES)
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._over = threading.Event()
        self._stopped = False
        self._process = subprocess.Popen(
            _adopting(command, environment),
            cwd=cwd,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=os.name != "nt",
        )
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._threads = [
            threading.Thread(target=self._read, args=(self._process.stdout, True), daemon=True),
            threading.Thread(target=self._read, args=(self._process.stderr, False), daemon=True),
            threading.Thread(target=self._watch, daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Guarded:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def running(self) -> bool:
        """Whether the program itself has not ended."""
        return self._process.poll() is None

    @property
    def status(self) -> int | None:
        """Its exit code, negative for the signal that ended it; None while it runs."""
        return self._process.poll()

    def lines(self, seconds: float) -> Iterator[str]:
        """The lines of its standard output as they come; ends with it, or after a silence.

        ``seconds`` is how long it may be silent; then ``error`` is set.
        """
        while True:
            try:
                line = self._lines.get(timeout=seconds)
            except queue.Empty:
                self._exceeded(f"it did not finish within {seconds:.0f} s")
                return
            if line is None:
                return
            yield line

    def reports(self, seconds: float) -> Iterator[dict[str, Any]]:
        """What one of our own programs reports, as ``lines`` gives it.

        Other lines are passed over: what an environment prints when Python starts in it.
        """
        for line in self.lines(seconds):
            try:
                report = json.loads(line)
            except ValueError:
                continue
            if isinstance(report, dict):
                yield report

    def said(self) -> tuple[str, ...]:
        """The last lines of its output, blank ones left out."""
        return tuple(line for line in list(self._said) if line.strip())

    def stop(self) -> None:
        """End it and everything that it has started; may be called again, also when interrupted."""
        if self._stopped:
            return
        self._over.set()
        end(self._process)
        self._process.wait()
        # What could not be found may hold the streams open: their readers are left to it then.
        for thread in self._threads:
            thread.join(_JOIN)
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._stopped = True

    def _read(self, stream: IO[bytes], lines: bool) -> None:
        # What our own programs report must come whole; an app's line need not have an end.
        longest = int(self._limits.output_mb * 1e6) if lines else _LINE
        with stream:
            while data := stream.readline(longest):
                self._bytes += len(data)
                if self._bytes > self._limits.output_mb * 1e6:
                    self._exceeded(f"it printed more than {self._limits.output_mb:.0f} MB")
                    break
                text = data.decode("utf-8", "replace").rstrip("\r\n")
                if not lines:
                    self._said.append(text)
                elif data.endswith(b"\n"):  # else it was ended in the middle of a report
                    self._lines.put(text)
        if lines:
            self._lines.put(None)

    def _watch(self) -> None:
        before = _size(self._folder)
        looks = 0
        while not self._over.wait(_POLL):
            found = started_by(self._process.pid)
            memory = sum(p.memory for p in found) / 1e6
            if len(found) > self._limits.processes:
                self._exceeded(f"it started more than {self._limits.processes} processes")
            elif memory > self._limits.memory_mb:
                self._exceeded(f"it took more than {self._limits.memory_mb} MB of memory")
            looks += 1
            if looks % _DISK_POLL == 0 and _size(self._folder) - before > self._limits.disk_mb:
                self._exceeded(f"it wrote more than {self._limits.disk_mb} MB to its folder")

    def _exceeded(self, error: str) -> None:
        self.error = self.error or error
        end(self._process)


def _adopting(command: Sequence[str], environment: Mapping[str, str]) -> list[str]:
    """The command, started by what finds all that it leaves behind where that can be; OSError."""
    if not shutil.which(command[0], path=environment.get("PATH")):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), command[0])
    launch = [sys.executable, "-I", "-S", str(_LAUNCH)] if sys.platform == "linux" else []
    return [*launch, *command]


def _size(folder: Path | None) -> float:
    """The megabytes that the files in a folder take on the disk."""
    total = 0
    for above, _, names in os.walk(folder) if folder else ():
        for name in names:
            with suppress(OSError):  # it has gone meanwhile
                found = os.lstat(os.path.join(above, name))
                total += found.st_blocks * 512 if os.name != "nt" else found.st_size
    return total / 1e6


def wait_for(process: Guarded, seconds: float) -> bool:
    """Whether a process ends within some seconds."""
    deadline = time.monotonic() + seconds
    while process.running and time.monotonic() < deadline:
        time.sleep(0.02)
    return not process.running
