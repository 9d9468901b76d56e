"""The Snowflake emulator as a process: fakesnow's server on a free port of this machine."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sis_migrate.verify.limits import Guarded, Limits
from sis_migrate.verify.stand_ins import DATABASE, PASSED_ON, SCHEMA, TOKEN

MARK = "[refused by the emulator]"
"""What every error of the emulator ends in, wherever an app shows it."""
_PROGRAMS = Path(__file__).parent / "programs"
_START = 60.0
_LIMITS = Limits(memory_mb=4096, output_mb=100)


class EmulatorError(Exception):
    """The emulator does not start; the message says why."""


class SeedError(EmulatorError):
    """It cannot run the seed, whatever the app; the message says which statement and why."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A statement that the emulator did not run, and what it said."""

    statement: str
    said: str


@dataclass(frozen=True, slots=True)
class Note:
    """What the emulator has noted of one statement or request, ``at`` a time of ``time.time()``.

    A statement that it refused, a made-up table that a statement names, or a path of the REST API.
    """

    at: float
    refusal: Refusal | None = None
    table: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Met:
    """What an app has met of Snowflake's stand-ins: what nobody knows Snowflake's answer to.

    The statements and hosts that were refused, the empty tables that were made up from its queries,
    and the paths of the REST API that only a stand-in has answered.
    """

    refusals: tuple[Refusal, ...] = ()
    hosts: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()

    @classmethod
    def of(cls, notes: Iterable[Note], hosts: Sequence[str] = ()) -> Met:
        """What these notes tell."""
        every = list(notes)
        return cls(
            tuple(note.refusal for note in every if note.refusal),
            tuple(hosts),
            tuple(dict.fromkeys(note.table for note in every if note.table)),
            tuple(dict.fromkeys(note.path for note in every if note.path)),
        )

    def __add__(self, other: Met) -> Met:
        """What both have met."""
        return Met(
            self.refusals + other.refusals,
            self.hosts + other.hosts,
            tuple(dict.fromkeys(self.tables + other.tables)),
            tuple(dict.fromkeys(self.paths + other.paths)),
        )

    def without(self, other: Met) -> Met:
        """What ``other`` has not met; numbers in a statement, such as those of names, may differ."""
        known = {_shape(refusal) for refusal in other.refusals}
        return Met(
            tuple(r for r in self.refusals if _shape(r) not in known),
            tuple(host for host in self.hosts if host not in other.hosts),
            tuple(table for table in self.tables if table not in other.tables),
            tuple(path for path in self.paths if path not in other.paths),
        )


def _shape(refusal: Refusal) -> str:
    return re.sub(r"\d+", "#", " ".join(refusal.statement.split())).lower()


class Emulator:
    """A running emulator. A context manager that ends it."""

    def __init__(
        self, python: Path, folder: Path, seed: Path | None = None, *, seconds: float = 0.0
    ) -> None:
        """Start it; ``folder`` is for its files. EmulatorError where that fails.

        Its start with the seed may take a minute, or ``seconds`` where those are more.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._log = folder / "refused-statements.jsonl"
        settings = {
            "log": str(self._log),
            "tokens": [TOKEN],
            "seed": str(seed.absolute()) if seed else "",
            "database": DATABASE,
            "schema": SCHEMA,
        }
        program = str(_PROGRAMS / "emulator.py")
        environment = {
            **{name: os.environ[name] for name in PASSED_ON if name in os.environ},
            **dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP"), str(folder)),
            "PYTHONPATH": str(_PROGRAMS / "site"),
            "PYTHONUTF8": "1",
            "SIS_MIGRATE_VERIFY_NETWORK": "loopback",
        }
        self._process = Guarded(
            [str(python), "-P", program, json.dumps(settings)],
            cwd=folder,
            environment=environment,
            limits=_LIMITS,
        )
        try:
            self.port = self._port(seed, max(seconds, _START))
        except BaseException:
            self._process.stop()
            raise

    def __enter__(self) -> Emulator:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End it."""
        self._process.stop()

    def notes(self) -> tuple[Note, ...]:
        """What it has noted so far, in its order."""
        try:
            text = self._log.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ()
        whole = text[: text.rfind("\n") + 1]  # the last line may be half written
        return tuple(_note(**json.loads(line)) for line in whole.splitlines())

    def _port(self, seed: Path | None, seconds: float) -> int:
        for said in self._process.reports(seconds):
            if "error" in said:
                raise SeedError(f"{seed}: the emulator cannot run {said['error']}")
            return int(said["port"])
        why = self._process.error or " ".join(self._process.said()[-1:])
        raise EmulatorError(f"the emulator does not start: {why or 'it gives no reason'}")


def _note(at: float, statement: str = "", said: str = "", table: str = "", path: str = "") -> Note:
    """A line of the emulator's log."""
    return Note(at, Refusal(statement, said) if said else None, table, path)
