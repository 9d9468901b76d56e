"""One app through all stages: the original as on the warehouse and in a container, then migrated."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sis_migrate.deployed import SECRETS, Deployed, whole
from sis_migrate.verify import app_secrets, copies, installing, stages, stand_ins
from sis_migrate.verify.comparing import Alone
from sis_migrate.verify.emulator import Emulator, EmulatorError
from sis_migrate.verify.environments import EMULATOR, Environment, Environments
from sis_migrate.verify.limits import Limits
from sis_migrate.verify.outcome import Known
from sis_migrate.verify.server import NOBODY, Place, Server, Visit
from sis_migrate.verify.stages import Crowd
from sis_migrate.verify.verdicts import (
    AppResult,
    Kind,
    Stage,
    StageResult,
    SubjectResult,
    Verdict,
)
from sis_migrate.verify.witness import Witness

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

    @property
    def crowd(self) -> Crowd:
        """The viewers who come at once."""
        return Crowd(self.viewers, self.reruns)


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
    original = NOBODY
    imported: tuple[str, ...] = ()
    results: list[SubjectResult] = []
    for subject in subjects:
        with tempfile.TemporaryDirectory(prefix="sis-migrate-", ignore_cleanup_errors=True) as made:
            before = original if subject.container else None
            folder = Path(made).resolve()
            run = _Run(subject, folder, environments, choices, progress, before, imported)
            result, alone = _result(run)
        results.append(result)
        if subject.kind is Kind.WAREHOUSE and alone is not None:
            original = alone.whole
        if subject.kind is Kind.WAREHOUSE:
            imported = _said(result, Stage.IMPORT)
    return AppResult(root, name, tuple(results))


def _said(result: SubjectResult, stage: Stage) -> tuple[str, ...]:
    found = (one for one in result.stages if one.stage is stage)
    return tuple(line for one in found for line in (one.line, *one.details))


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


@dataclass(frozen=True, slots=True)
class _Run:
    """One subject in a folder of its own; ``original`` is what is known of it, see ``Known``.

    ``imported`` is what its import stage has said of the original as on the warehouse.
    """

    subject: Subject
    folder: Path
    environments: Environments
    choices: Choices
    progress: Progress
    original: Visit | None
    imported: tuple[str, ...]

    @property
    def root(self) -> Path:
        """The copy of the app."""
        return self.folder / "app"

    def say(self, doing: str) -> None:
        """Tell what is being done."""
        self.progress(f"{self.subject.kind}: {doing}")


def _result(run: _Run) -> tuple[SubjectResult, Alone | None]:
    """The stages that were asked for; and what one viewer was shown, None where none has come."""
    files = run.subject.files or whole(run.subject.root)
    run.say("install")
    copies.copy(files, run.root)
    attempts = [run.root / a if isinstance(a, Path) else a for a in run.subject.attempts]
    installed, environment = installing.install(run.environments, attempts)
    installed = installing.deployable(installed, files)
    shown = [installed] if Stage.INSTALL in run.choices.stages else []
    asked = [s for s in Stage if s in run.choices.stages and s is not Stage.INSTALL]
    alone = None
    if environment is None:
        why = "the packages are not installed" + ("" if shown else f": {installed.line}")
        shown += [StageResult(stage, Verdict.SKIPPED, why) for stage in asked]
    elif asked:
        others, alone = _stages(run, environment, asked)
        shown += others
    result = SubjectResult(
        run.subject.kind,
        tuple(without_places(stage, run.folder) for stage in shown),
        environment.version("streamlit") if environment else "",
        len(files.files),
        files.project_file.name if files.project_file else "",
    )
    return result, alone


def _stages(
    run: _Run, environment: Environment, asked: Sequence[Stage]
) -> tuple[list[StageResult], Alone | None]:
    results: list[StageResult] = []
    alone: Alone | None = None
    with _emulator(run, asked) as emulator:
        around = surroundings(run.folder, run.choices.connection, emulator, run.environments.cache)
        place = prepare(run.subject, run.root, environment.python, around, run.choices.limits)
        witness = Witness(emulator.notes if emulator else tuple, around.refused)
        if Stage.IMPORT in asked:
            has_snowflake = emulator is not None or run.choices.connection is not None
            results.append(_imports(run, place, witness, has_snowflake=has_snowflake))
        if Stage.START in asked or Stage.VIEWER in asked:
            served, alone = _served(run, place, witness, asked)
            results += served
        if Stage.VIEWERS in asked:
            run.say(Stage.VIEWERS)
            results.append(_viewers(run, place, witness, results, alone))
    return results, alone


def _emulator(run: _Run, asked: Sequence[Stage]) -> AbstractContextManager[Emulator | None]:
    """The emulator, None where the user's own account is used or nothing is asked for."""
    if run.choices.connection is not None or set(asked) <= {Stage.IMPORT}:
        return nullcontext()
    run.say("the emulator")
    made = run.environments.make(EMULATOR)
    if not isinstance(made, Environment):
        raise EmulatorError(f"the emulator cannot be installed: {made.words}")
    seconds = run.choices.limits.seconds
    return Emulator(made.python, run.folder / "emulator", run.choices.seed, seconds=seconds)


def surroundings(
    folder: Path, connection: dict[str, Any] | None, emulator: Emulator | None, caches: Path
) -> stand_ins.Surroundings:
    """What an app finds around itself; ``connection`` None: the emulator, or nobody who answers."""
    port = emulator.port if emulator else None
    made = stand_ins.Surroundings(
        folder,
        connection or stand_ins.emulated(port or 9),
        port,
        caches,
        open_network=connection is not None,
    )
    made.write()
    return made


def prepare(
    subject: Subject, root: Path, python: Path, around: stand_ins.Surroundings, limits: Limits
) -> Place:
    """Make the copy in ``root`` one that may be run: without secrets, and as the runtime sees it."""
    if subject.container:
        folders = {Path(), subject.script.parent}
        app_secrets.stand_in(root, [subject.root / folder / SECRETS for folder in folders])
    else:
        app_secrets.remove(root)
    copies.keep_configuration(root, container=subject.container)
    environment = around.environment(container=subject.container)
    return Place(root, root / subject.script, python, environment, not subject.container, limits)


def _imports(run: _Run, place: Place, witness: Witness, *, has_snowflake: bool) -> StageResult:
    run.say(Stage.IMPORT)
    scripts = [place.root / path for path in run.subject.scripts]
    folders = [place.root / path for path in run.subject.folders]
    before = run.imported
    return stages.imports(place, scripts, folders, witness, before, emulated=has_snowflake)


def _served(
    run: _Run, place: Place, witness: Witness, asked: Sequence[Stage]
) -> tuple[list[StageResult], Alone | None]:
    """The stages of one server, which is gone when this returns; what one viewer was shown."""
    results: list[StageResult] = []
    alone: Alone | None = None
    run.say(Stage.START)
    with Server(place, run.folder) as server:
        if Stage.START in asked:
            results.append(stages.start(server))
        if Stage.VIEWER in asked:
            run.say(Stage.VIEWER)
            crowd = run.choices.crowd
            result, alone = stages.viewer(place, run.folder, server, witness, run.original, crowd)
            results.append(result)
    return results, alone


def _viewers(
    run: _Run,
    place: Place,
    witness: Witness,
    results: Sequence[StageResult],
    alone: Alone | None,
) -> StageResult:
    """Several viewers, unless it is known that one alone is not served well."""
    why = ""
    if not run.subject.container:
        why = "a warehouse has a server for each viewer"
    elif any(r.stage is Stage.VIEWER and r.verdict is Verdict.FAILED for r in results):
        why = "one viewer alone fails already"
    if why:
        return StageResult(Stage.VIEWERS, Verdict.SKIPPED, why)
    known = Known(run.original, alone)
    return stages.viewers(place, run.folder, witness, known, run.choices.crowd)
