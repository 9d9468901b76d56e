"""The Streamlit server of an app, and viewers that visit it."""

from __future__ import annotations

import json
import os
import re
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from sis_migrate.verify.emulator import Met
from sis_migrate.verify.limits import Guarded, Limits, wait_for
from sis_migrate.verify.words import cut

_PROGRAMS = Path(__file__).parent / "programs"
_VIEWERS_MB = 4096
_LOGGED = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an app is run: its folder, its entry point, its interpreter, its surroundings.

    ``root`` lies in the folder of the run, beside its home and what it writes as temporary files.
    ``people`` are numbers for its viewers, a new one for each who comes: one who came again would be
    told so by an app that writes down its visitors, and is known by no number that the app's own
    texts are likely to have.
    """

    root: Path
    script: Path
    python: Path
    environment: dict[str, str]
    active: bool
    limits: Limits
    people: Iterator[int] = field(default_factory=partial(count, 101), compare=False)

    def program(self, name: str, settings: dict[str, Any]) -> Guarded:
        """Start one of our programs with the app's interpreter."""
        command = [str(self.python), "-P", str(_PROGRAMS / f"{name}.py"), json.dumps(settings)]
        if name == "viewers":  # what they report and keep of large pages is not the app's doing
            memory = max(self.limits.memory_mb, _VIEWERS_MB)
            limits = replace(self.limits, output_mb=500, memory_mb=memory)
            return Guarded(command, cwd=self.root, environment=self.environment, limits=limits)
        return Guarded(
            command,
            cwd=self.root,
            environment=self.environment,
            limits=self.limits,
            folder=self.root.parent,
        )


@dataclass(frozen=True, slots=True)
class Fault:
    """An exception that a page shows; ``place`` is ``file:line`` of the app where it is known."""

    kind: str
    message: str
    place: str = ""

    @property
    def line(self) -> str:
        """On one line, for a report."""
        message = re.sub(r" \(/\S+\)", "", self.message)  # where a package is installed here
        first = cut(message, 240)
        kind = self.kind.rpartition(".")[2]
        return ": ".join(filter(None, (self.place, kind, first)))


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one page for one viewer; ``state`` is finished, again, compile, timeout or closed.

    ``again``: it runs itself again without end, and what is shown was so at one of these ends.
    ``elements`` are kind and text of what can be compared, by its place on the page. It ``began``
    at a time of ``time.time()``; ``met`` is what it has met of Snowflake's stand-ins.
    """

    viewer: int
    page: str
    turn: int
    state: str
    seconds: float
    faults: tuple[Fault, ...] = ()
    elements: dict[str, tuple[str, str]] = field(default_factory=dict)
    began: float = 0.0
    met: Met = field(default_factory=Met)


@dataclass(frozen=True, slots=True)
class Visit:
    """All runs of a visit, in order; ``error`` where it broke off; growth from first to last."""

    runs: tuple[Run, ...]
    error: str = ""
    memory_mb: float = 0.0
    sessions: float = 0.0


NOBODY = Visit(())
"""The visit of nobody."""


class Server:
    """A running Streamlit. A context manager that ends it; ``error`` says why it does not serve."""

    def __init__(self, place: Place, folder: Path, *, busy: int = 0) -> None:
        """Start it and wait until it serves, or not; ``folder`` is for its measurements.

        ``busy`` is how many threads keep it busy by the way, as other viewers do.
        """
        self._place = place
        self.port = _free_port()
        self._meter = folder / f"meter-{self.port}.json"
        self._meter.unlink(missing_ok=True)
        settings = {
            "port": self.port,
            "script": str(place.script),
            "active": place.active,
            "meter": str(self._meter),
            "busy": busy,
        }
        start = time.monotonic()
        self._process = place.program("serve", settings)
        try:
            self.error = self._wait(start + place.limits.seconds)
        except BaseException:
            self._process.stop()
            raise
        self.seconds = time.monotonic() - start

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End it."""
        self._process.stop()

    def visit(self, viewers: int, reruns: int, *, opened: Sequence[str] = ()) -> Visit:
        """Let viewers visit every page at once, each ``reruns`` times.

        With ``opened``, names of pages, each only opens one of them, as after a restart, and stays
        there.
        """
        settings = {
            "port": self.port,
            "viewers": viewers,
            "reruns": reruns,
            "open": list(opened),
            "people": [next(self._place.people) for _ in range(viewers)],
            "timeout": self._place.limits.seconds,
            "meter": str(self._meter),
        }
        runs: list[Run] = []
        error, doing = "", ""
        growth = None
        with self._place.program("viewers", settings) as program:
            for said in program.reports(self._place.limits.seconds + 15):
                if "doing" in said:
                    doing = said["doing"]
                elif "viewer" in said:
                    runs.append(_run(said, self._place.root))
                elif "broken" in said:
                    error = error or said["broken"]
                elif "meter" in said:
                    growth = _growth(said["meter"])
            if growth is None:  # it did not come to its end
                wait_for(program, 2)
                error = error or program.error or " ".join(program.said()[-1:]) or "it broke off"
            error = self._why(runs, error, doing)
        return Visit(tuple(runs), error, *(growth or (0.0, 0.0)))

    def _why(self, runs: list[Run], error: str, doing: str) -> str:
        """Why a visit broke off: the server's limits tell more than what viewers see of them."""
        if self._process.error:
            return f"{doing}: {self._process.error}"
        if not self._process.running:
            last = " ".join(without_log(self._process.said())[-1:])
            return f"{doing}: the server ended (exit code {self._process.status}) {last}".rstrip()
        late = next((run for run in runs if run.state == "timeout"), None)
        if late is not None:
            seconds = self._place.limits.seconds
            return f"{late.page or 'the first page'}: it did not finish within {seconds:.0f} s"
        return error

    def _wait(self, deadline: float) -> str:
        opener = build_opener(ProxyHandler({}))
        while time.monotonic() < deadline:
            if not self._process.running:
                break
            try:
                with opener.open(f"http://127.0.0.1:{self.port}/_stcore/health", timeout=2):
                    return ""
            except (URLError, OSError):
                time.sleep(0.05)
        if self._process.error:
            return self._process.error
        if self._process.running:
            return f"the server does not answer within {self._place.limits.seconds:.0f} s"
        said = [line for line in without_log(self._process.said()) if not line.startswith(" ")]
        return said[-1] if said else f"it ended with exit code {self._process.status}"


def without_log(lines: Sequence[str]) -> list[str]:
    """The lines of an output that no logger has written: those tell what happened before the end."""
    return [line for line in lines if not _LOGGED.match(line)]


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _growth(meters: list[dict[str, float]]) -> tuple[float, float]:
    before, after = meters
    if not before or not after:
        return 0.0, 0.0
    memory = (after["memory"] - before["memory"]) / 1e6
    return memory, after["sessions"] - before["sessions"]


def _run(said: dict[str, Any], root: Path) -> Run:
    return Run(
        said["viewer"],
        said["page"],
        said["turn"],
        said["state"],
        said["seconds"],
        tuple(_faults(said, root)),
        {place: (kind, text) for place, (kind, text) in said["elements"].items()},
        said["began"],
    )


def _faults(said: dict[str, Any], root: Path) -> Iterator[Fault]:
    for found in said["exceptions"]:
        place = next(
            (place for line in reversed(found["stack"]) if (place := _place(line, root))), ""
        )
        yield Fault(found["type"], found["message"].replace(f"{root}{os.sep}", ""), place)


def _place(line: str, root: Path) -> str:
    """``file:line`` of a line of a stack trace that is in the app."""
    text = line.strip()
    for above in (str(root.resolve()), str(root)):
        head = f'File "{above}/'
        if text.startswith(head):
            name, _, rest = text[len(head) :].partition('", line ')
            return f"{name}:{rest.split(',')[0].split()[0]}" if rest else name
    return ""
