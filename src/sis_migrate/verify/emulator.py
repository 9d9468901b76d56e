"""The Snowflake emulator as a process: fakesnow's server on a free port of this machine."""

from __future__ import annotations

import json
import os
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

    def refusals(self) -> tuple[Refusal, ...]:
        """The statements that it has refused so far, in their order."""
        return tuple(Refusal(**line) for line in self._noted() if "statement" in line)

    def made_up(self) -> tuple[str, ...]:
        """The tables that it has made, empty, because a query named them and their columns."""
        return tuple(line["table"] for line in self._noted() if "table" in line)

    def answered(self) -> tuple[str, ...]:
        """The paths of the REST API that were asked for: it has made-up answers for them."""
        return tuple(line["path"] for line in self._noted() if "path" in line)

    def _noted(self) -> list[dict[str, str]]:
        try:
            text = self._log.read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        whole = text[: text.rfind("\n") + 1]  # the last line may be half written
        return [json.loads(line) for line in whole.splitlines()]

    def _port(self, seed: Path | None, seconds: float) -> int:
        for said in self._process.reports(seconds):
            if "error" in said:
                raise SeedError(f"{seed}: the emulator cannot run {said['error']}")
            return int(said["port"])
        why = self._process.error or " ".join(self._process.said()[-1:])
        raise EmulatorError(f"the emulator does not start: {why or 'it gives no reason'}")
