"""What a verification ends in: a verdict a stage, and one line that says why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sis_migrate.verify.words import printable


class Verdict(StrEnum):
    """How a stage ended."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not checked"
    """It ran into what the emulator cannot do, so that nothing is known."""
    SKIPPED = "skipped"
    """It was not asked for, or has no meaning here."""


class Stage(StrEnum):
    """The stages, in their order."""

    INSTALL = "install"
    IMPORT = "import"
    START = "start"
    VIEWER = "viewer"
    VIEWERS = "viewers"


class Kind(StrEnum):
    """Which code runs as if where."""

    WAREHOUSE = "original, as on the warehouse"
    CONTAINER = "original, in a container"
    MIGRATED = "migrated, in a container"


@dataclass(frozen=True, slots=True)
class StageResult:
    """One stage: ``line`` is one clear sentence, ``details`` are further lines, most telling first.

    ``seconds`` is how long it took; ``measured`` are numbers for machines.
    """

    stage: Stage
    verdict: Verdict
    line: str
    details: tuple[str, ...] = ()
    seconds: float = 0.0
    measured: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SubjectResult:
    """All stages of one kind of run; ``streamlit`` is the version that was installed.

    ``files`` is how many were copied, ``listed`` the name of the project file whose artifacts name
    them, "" for the whole folder.
    """

    kind: Kind
    stages: tuple[StageResult, ...]
    streamlit: str = ""
    files: int = 0
    listed: str = ""

    def verdict(self, stage: Stage) -> Verdict:
        """The verdict of a stage; skipped where it was not run."""
        return next((r.verdict for r in self.stages if r.stage is stage), Verdict.SKIPPED)


@dataclass(frozen=True, slots=True)
class AppResult:
    """One app, before and after."""

    root: str
    name: str
    subjects: tuple[SubjectResult, ...]

    @property
    def migrated(self) -> SubjectResult:
        """The run that decides: the migrated code in a container."""
        return next(s for s in self.subjects if s.kind is Kind.MIGRATED)

    @property
    def clean(self) -> bool:
        """Whether every stage of the migrated app that was asked for has passed."""
        asked = [r.verdict for r in self.migrated.stages]
        return all(v in {Verdict.PASSED, Verdict.SKIPPED} for v in asked) and (
            Verdict.PASSED in asked
        )


def document(results: Iterable[AppResult]) -> list[dict[str, Any]]:
    """The results as values that ``json.dumps`` takes."""
    return [
        {
            "root": app.root,
            "name": app.name,
            "passed": app.clean,
            "runs": [
                {
                    "kind": subject.kind.name.lower(),
                    "streamlit": subject.streamlit,
                    "copied": "artifacts" if subject.listed else "folder",
                    "stages": [_stage(result) for result in subject.stages],
                }
                for subject in app.subjects
            ],
        }
        for app in results
    ]


def _stage(result: StageResult) -> dict[str, Any]:
    return {
        "stage": result.stage.value,
        "verdict": result.verdict.value,
        "line": result.line,
        "details": list(result.details),
        "seconds": round(result.seconds, 1),
        "measured": {name: round(value, 2) for name, value in result.measured.items()},
    }


def text(app: AppResult, *, verbose: bool = False) -> Iterator[str]:
    """The lines of the report for a person; ``verbose`` adds the details of what has passed."""
    yield from map(printable, _lines(app, verbose=verbose))


def _lines(app: AppResult, *, verbose: bool) -> Iterator[str]:
    yield f"{app.root}: {app.name}"
    for subject in app.subjects:
        version = f" (Streamlit {subject.streamlit})" if subject.streamlit else ""
        yield f"  {subject.kind}{version}"
        if verbose:
            what = f"artifacts of {subject.listed}" if subject.listed else "whole folder"
            yield f"    the {what}: {subject.files} files"
        for result in subject.stages:
            yield f"    {result.stage:<8} {result.verdict:<11}  {result.line}"
            if verbose or result.verdict in {Verdict.FAILED, Verdict.NOT_CHECKED}:
                shown = result.details if verbose else result.details[:5]
                yield from (f"             {line}" for line in shown)
                if len(shown) < len(result.details):
                    yield f"             … and {len(result.details) - len(shown)} more"
