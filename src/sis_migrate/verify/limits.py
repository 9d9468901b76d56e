"""A process that is kept within limits, and that does not outlive the run."""

from __future__ import annotations

import os
import queue
import secrets
import subprocess
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

from sis_migrate.verify.processes import VARIABLE, end, started_by

_POLL = 0.25
_KEPT_LINES = 60
_LINE = 4096


@dataclass(frozen=True, slots=True)
class Limits:
    """How far an app may go. Seconds for one step, megabytes for a process and all its children."""

    seconds: float = 60.0
    memory_mb: int = 2048
    output_mb: float = 10.0
    processes: int = 64


class Guarded:
    """A running program, its children included. A context manager that ends them all.

    ``error`` says which limit was exceeded, "" while none is. Raises OSError where the program
    cannot be started.
    """

    def __init__(
        self, command: Sequence[str], *, cwd: Path, environment: Mapping[str, str], limits: Limits
    ) -> None:
        self.error = ""
        self._limits = limits
        self._mark = secrets.token_hex(8)
        self._bytes = 0
        self._said: deque[str] = deque(maxlen=_KEPT_LINES)
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._over = threading.Event()
        self._process = subprocess.Popen(
            command,
            cwd=cwd,
            env={**environment, VARIABLE: self._mark},
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

    def said(self) -> tuple[str, ...]:
        """The last lines of its output, blank ones left out."""
        return tuple(line for line in list(self._said) if line.strip())

    def stop(self) -> None:
        """End it and everything that it has started; may be called again."""
        if self._over.is_set():
            return
        self._over.set()
        end(self._mark, self._process.pid)
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for thread in self._threads:
            thread.join(2)
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()

    def _read(self, stream: IO[bytes], lines: bool) -> None:
        try:
            # What our own programs report must come whole; an app's line need not have an end.
            longest = int(self._limits.output_mb * 1e6) if lines else _LINE
            while data := stream.readline(longest):
                self._bytes += len(data)
                if self._bytes > self._limits.output_mb * 1e6:
                    self._exceeded(f"it printed more than {self._limits.output_mb:.0f} MB")
                    break
                text = data.decode("utf-8", "replace").rstrip("\r\n")
                if lines:
                    self._lines.put(text)
                else:
                    self._said.append(text)
        except (OSError, ValueError):
            pass  # closed while it was read
        if lines:
            self._lines.put(None)

    def _watch(self) -> None:
        while not self._over.wait(_POLL):
            found = started_by(self._mark, self._process.pid)
            memory = sum(p.memory for p in found) / 1e6
            if len(found) > self._limits.processes:
                self._exceeded(f"it started more than {self._limits.processes} processes")
            elif memory > self._limits.memory_mb:
                self._exceeded(f"it took more than {self._limits.memory_mb} MB of memory")

    def _exceeded(self, error: str) -> None:
        self.error = self.error or error
        end(self._mark, self._process.pid)


def wait_for(process: Guarded, seconds: float) -> bool:
    """Whether a process ends within some seconds."""
    deadline = time.monotonic() + seconds
    while process.running and time.monotonic() < deadline:
        time.sleep(0.02)
    return not process.running
