"""One app through all stages: the original as on the warehouse and in a container, then migrated."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sis_migrate.deployed import Deployed, whole
from sis_migrate.verify import copies, stages, stand_ins
from sis_migrate.verify.emulator import Emulator, EmulatorError
from sis_migrate.verify.environments import EMULATOR, Environment, Environments
from sis_migrate.verify.limits import Limits
from sis_migrate.verify.outcome import Known
from sis_migrate.verify.server import Place, Server, Visit
from sis_migrate.verify.verdicts import (
    AppResult,
    Kind,
    Stage,
    StageResult,
    SubjectResult,
    Verdict,
)

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Choices:
    """What is to be verified, and how. ``connection`` None: the emulator."""

    stages: tuple[Stage, ...] = tuple(Stage)
    viewers: int = 3
    reruns: int = 3
    limits: Limits = field(default_factory=Limits)
    seed: Path | None = None
    connection: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """One kind of run of an app.

    ``script`` and ``scripts`` (the entry point and the pages) and ``folders`` (where its modules
    are) are relative to ``root``. ``attempts`` are lists of requirements, or dependency files of
    the app: the first that can be installed is. ``files`` None: the whole folder is run.
    """

    kind: Kind
    root: Path
    script: Path
    scripts: tuple[Path, ...]
    folders: tuple[Path, ...]
    attempts: tuple[tuple[str, ...] | Path, ...]
    files: Deployed | None = None

    @property
    def container(self) -> bool:
        """Whether it is run as in a container."""
        return self.kind is not Kind.WAREHOUSE


def verify(
    root: str,
    name: str,
    subjects: Sequence[Subject],
    environments: Environments,
    choices: Choices,
    progress: Progress,
) -> AppResult:
    """Run the stages of each subject, in order: what fails before the migration is known after it.

    EmulatorError and UvError where nothing can be run at all.
    """
    before = Visit(())
    results: list[SubjectResult] = []
    for subject in subjects:
        with tempfile.TemporaryDirectory(prefix="sis-migrate-", ignore_cleanup_errors=True) as made:
            runner = _Runner(subject, Path(made).resolve(), environments, choices, progress, before)
            results.append(runner.result())
        if subject.kind is Kind.WAREHOUSE:
            before = runner.alone
    return AppResult(root, name, tuple(results))


def without_places(result: StageResult, folder: Path) -> StageResult:
    """The result with the names that files have in the app: it is handed on to other people.

    ``folder`` is the temporary one of the run; paths in the user's home folder begin with ``~``.
    """
    home = os.path.expanduser("~").rstrip(os.sep)  # never an error
    names = {f"{folder / 'app'}{os.sep}": "", f"{folder}{os.sep}": ""}
    names |= {f"{home}{os.sep}": f"~{os.sep}"} if home else {}

    def shown(text: str) -> str:
        for place, name in names.items():
            text = text.replace(place, name)
        return text

    return replace(result, line=shown(result.line), details=tuple(map(shown, result.details)))


class _Runner:
    """The stages of one subject, in a folder of its own."""

    def __init__(
        self,
        subject: Subject,
        folder: Path,
        environments: Environments,
        choices: Choices,
        progress: Progress,
        before: Visit,
    ) -> None:
        self.alone = Visit(())
        self._subject = subject
        self._files = subject.files or whole(subject.root)
        self._folder = folder
        self._environments = environments
        self._choices = choices
        self._progress = progress
        self._original = before if subject.container else None
        self._failed = False
        self._server: Server | None = None

    def result(self) -> SubjectResult:
        """Run the stages that were asked for."""
        asked = self._choices.stages
        self._progress(f"{self._subject.kind}: install")
        root = self._folder / "app"
        copies.copy(self._files, root)
        attempts = self._subject.attempts
        installed, environment = stages.install(
            self._environments, [root / a if isinstance(a, Path) else a for a in attempts]
        )
        results = [installed] if Stage.INSTALL in asked else []
        others = [stage for stage in Stage if stage in asked and stage is not Stage.INSTALL]
        if environment is None:
            why = "the packages are not installed"
            results += [StageResult(stage, Verdict.SKIPPED, why) for stage in others]
            return self._told(results)
        if others:
            results += self._with_snowflake(environment, others)
        return self._told(results, environment.version("streamlit"))

    def _told(self, results: Sequence[StageResult], version: str = "") -> SubjectResult:
        project = self._files.project_file
        return SubjectResult(
            self._subject.kind,
            tuple(without_places(result, self._folder) for result in results),
            version,
            len(self._files.files),
            project.name if project else "",
        )

    def _with_snowflake(
        self, environment: Environment, asked: Sequence[Stage]
    ) -> list[StageResult]:
        with ExitStack() as stack:
            emulator = None
            if self._choices.connection is None and set(asked) - {Stage.IMPORT}:
                self._progress(f"{self._subject.kind}: the emulator")
                emulator = stack.enter_context(self._emulator())
            place = self._place(environment, emulator)
            witness = stages.Witness(
                emulator.refusals if emulator else tuple,
                emulator.made_up if emulator else tuple,
                self._folder / "refused.txt",
            )
            results: list[StageResult] = []
            for stage in asked:
                self._progress(f"{self._subject.kind}: {stage}")
                emulated = emulator is not None or self._choices.connection is not None
                results.append(self._stage(stage, place, witness, stack, emulated=emulated))
        return results

    def _emulator(self) -> Emulator:
        made = self._environments.make(EMULATOR)
        if not isinstance(made, Environment):
            raise EmulatorError(f"the emulator cannot be installed: {made.words}")
        seconds = self._choices.limits.seconds
        folder = self._folder / "emulator"
        return Emulator(made.python, folder, self._choices.seed, seconds=seconds)

    def _place(self, environment: Environment, emulator: Emulator | None) -> Place:
        subject, root = self._subject, self._folder / "app"
        copies.keep_configuration(root, container=subject.container)
        if subject.container:
            copies.lend_secrets(subject.root, root)
            stand_ins.write_secrets(root, root.rglob("*.py"))
        else:
            shutil.rmtree(root / ".streamlit" / "secrets.toml", ignore_errors=True)
            root.joinpath(".streamlit", "secrets.toml").unlink(missing_ok=True)
        port = emulator.port if emulator else None
        surroundings = stand_ins.Surroundings(
            self._folder,
            self._choices.connection or stand_ins.emulated(port or 9),
            port,
            self._environments.cache,
            open_network=self._choices.connection is not None,
        )
        surroundings.write()
        return Place(
            root,
            root / subject.script,
            environment.python,
            surroundings.environment(container=subject.container),
            not subject.container,
            self._choices.limits,
        )

    def _stage(
        self,
        stage: Stage,
        place: Place,
        witness: stages.Witness,
        stack: ExitStack,
        *,
        emulated: bool,
    ) -> StageResult:
        subject = self._subject
        if stage is Stage.IMPORT:
            scripts = [place.root / p for p in subject.scripts]
            folders = [place.root / p for p in subject.folders]
            return stages.imports(place, scripts, folders, witness, emulated=emulated)
        if stage in {Stage.START, Stage.VIEWER} and self._server is None:
            self._server = stack.enter_context(Server(place, self._folder))
        if stage is Stage.START and self._server:
            return stages.start(self._server)
        if stage is Stage.VIEWER and self._server:
            result, self.alone = stages.viewer(self._server, witness, self._original)
            self._server.stop()
            self._failed = result.verdict is Verdict.FAILED
            return result
        if not subject.container:
            why = "a warehouse has a server for each viewer"
            return StageResult(stage, Verdict.SKIPPED, why)
        if self._failed:
            return StageResult(stage, Verdict.SKIPPED, "one viewer alone fails already")
        return stages.viewers(
            place,
            self._folder,
            witness,
            Known(self._original, self.alone),
            self._choices.viewers,
            self._choices.reruns,
        )
