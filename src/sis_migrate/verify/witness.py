"""Tells what Snowflake's stand-ins had to refuse or to make up, and which page of an app met it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sis_migrate.verify.emulator import Met, Note
from sis_migrate.verify.server import Run, Visit


@dataclass(frozen=True, slots=True)
class Witness:
    """What the stand-ins of one run have noted; ``refused`` names the hosts, a line each."""

    notes: Callable[[], Sequence[Note]]
    refused: Path

    def mark(self) -> tuple[int, int]:
        """How much has been noted, and how many hosts refused, so far."""
        return len(self.notes()), len(self._hosts())

    def since(self, mark: tuple[int, int]) -> Met:
        """What has been met after ``mark``."""
        return Met.of(self.notes()[mark[0] :], self._hosts()[mark[1] :])

    def beside(self, visit: Visit) -> Visit:
        """A visit whose runs tell what was met while they ran (but for hosts, which have no time).

        Runs of different pages at the same time have all that was met at that time.
        """
        notes = self.notes()

        def told(run: Run) -> Run:
            end = run.began + run.seconds
            return replace(run, met=Met.of(n for n in notes if run.began <= n.at <= end))

        return replace(visit, runs=tuple(map(told, visit.runs)))

    def _hosts(self) -> list[str]:
        try:
            return self.refused.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
