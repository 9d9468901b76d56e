"""``migrate verify``: run the apps before and after their migration, on copies."""

from __future__ import annotations

import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from sis_migrate import __version__
from sis_migrate.cli.choices import Choices
from sis_migrate.cli.failure import UsageError, fail
from sis_migrate.cli.options import VerifyFormat
from sis_migrate.cli.printing import print_json, say, show_html
from sis_migrate.model import App, AppMigration, Migration
from sis_migrate.report.paths import relative
from sis_migrate.verified import Verified
from sis_migrate.verify.environments import Environments
from sis_migrate.verify.limits import Limits
from sis_migrate.verify.run import Choices as RunChoices
from sis_migrate.verify.verdicts import AppResult, Stage, document, text

PASSED, OPEN = 0, 1
_LONGEST = 3600
"""Seconds that one run of a page may be allowed."""


def stages(names: str | None, *, install: bool) -> tuple[Stage, ...]:
    """The stages of ``--stages`` and ``--install``; UsageError for an unknown one."""
    if install and names:
        raise UsageError("--install and --stages exclude each other: name one")
    if install:
        return (Stage.INSTALL, Stage.IMPORT)
    wanted = [name.strip() for name in (names or "").split(",") if name.strip()]
    if names is not None and not wanted:
        raise UsageError(f"--stages {names!r} names none: {', '.join(Stage)}")
    for name in wanted:
        if name not in list(Stage):
            raise UsageError(f"there is no stage {name}: {', '.join(Stage)}")
    return tuple(stage for stage in Stage if stage in wanted) if wanted else tuple(Stage)


def run_choices(
    asked: tuple[Stage, ...],
    *,
    viewers: int,
    reruns: int,
    timeout: float,
    memory: int,
    seed: Path | None,
    connection: str | None,
) -> RunChoices:
    """The options of a verification; UsageError for what cannot be meant."""
    from sis_migrate.verify.stand_ins import StandInError, named_connection

    if seed and connection:
        raise UsageError("--seed is for the emulator, and --connection is your own account")
    if seed:
        _check_seed(seed)
    if not 1 <= timeout <= _LONGEST:
        raise UsageError(f"--timeout {timeout:g}: it is from 1 to {_LONGEST} seconds")
    limits = Limits(seconds=timeout, memory_mb=memory)
    try:
        entry = named_connection(connection) if connection else None
    except StandInError as error:
        raise UsageError(f"--connection {connection}: {error}") from error
    return RunChoices(asked, viewers, reruns, limits, seed, entry)


def _check_seed(seed: Path) -> None:
    if not seed.is_file():
        raise UsageError(f"--seed {seed}: no such file")
    try:
        data = seed.read_bytes()
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UsageError(f"--seed {seed}:{line}: it is not UTF-8: save it as UTF-8") from error
    except OSError as error:
        raise UsageError(f"--seed {seed}: {error.strerror}") from error


def verify(
    choices: Choices, options: RunChoices, *, before: bool, cache: Path | None,
    form: VerifyFormat, verbose: bool,
) -> int:  # fmt: skip
    """Verify the apps in the paths; 0 where every migrated one passes every stage."""
    from sis_migrate.pipeline import plan
    from sis_migrate.resolver.uv import UvError
    from sis_migrate.verify.emulator import SeedError

    paths = [choices.cwd / path for path in choices.paths]
    migration = plan(paths, choices.settings, codemods=choices.codemods)
    if not migration.apps:
        fail("there is no Streamlit-in-Snowflake app here")
    by_app: dict[App, AppResult] = {}
    try:
        with _stoppable():
            environments = Environments(_writable(cache or _default_cache()))
            for number, app in enumerate(migration.apps, 1):
                head = f"{number} of {len(migration.apps)}, " * (len(migration.apps) > 1)
                result = _one(app, environments, options, choices.cwd, before=before, head=head)
                if result is None:
                    continue
                by_app[app.app] = result
                if form is VerifyFormat.TEXT:
                    say("\n".join(text(result, verbose=verbose)))
    except (SeedError, UvError) as error:  # the same for every app
        fail(str(error))
    if form is VerifyFormat.JSON:
        print_json({"schema_version": 1, "verified": document(by_app.values())})
    elif form is VerifyFormat.HTML:
        _page(migration, by_app, choices)
    everything = len(by_app) == len(migration.apps)
    return PASSED if everything and all(r.clean for r in by_app.values()) else OPEN


def _default_cache() -> Path:
    from sis_migrate.cache import cache_folder

    try:
        return cache_folder()
    except RuntimeError:
        fail("there is no home folder to keep environments in; name a folder with --cache-dir")


def _writable(cache: Path) -> Path:
    """The folder of the cache, made where it is missing; where that cannot be, nothing can be run."""
    try:
        cache.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=cache).close()
    except OSError as error:
        why = "it is no folder" if cache.is_file() else error.strerror or error
        fail(f"{cache} cannot hold environments: {why}; name another folder with --cache-dir")
    return cache


def _page(migration: Migration, results: Mapping[App, AppResult], choices: Choices) -> None:
    """The page about the migration with these results, not with what was kept of earlier ones."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    seen = {
        app: Verified(now, __version__, True, document([result])[0])
        for app, result in results.items()
    }
    show_html(migration, choices, verified=lambda app: seen.get(app.app))


def _one(
    app: AppMigration,
    environments: Environments,
    options: RunChoices,
    cwd: Path,
    *,
    before: bool,
    head: str = "",
) -> AppResult | None:
    """Verify an app and keep the result; None, and the reason on stderr, where it cannot be."""
    from sis_migrate.resolver.uv import UvError
    from sis_migrate.verification import NotVerifiableError, subjects
    from sis_migrate.verified import digest
    from sis_migrate.verify.emulator import EmulatorError, SeedError
    from sis_migrate.verify.run import verify as run

    root = relative(app.app.root, cwd)
    try:
        code = digest(app)
        wanted = subjects(app, before=before)
        with _progress(f"{head}{root}: ") as progress:
            result = run(root, app.app.name, wanted, environments, options, progress)
    except SeedError:
        raise
    except (NotVerifiableError, EmulatorError, UvError) as error:
        print(f"{root}: not checked: {error}", file=sys.stderr)
        return None
    except OSError as error:  # a file that cannot be read is that app's alone
        why = f"{error.filename or 'a file'}: {error.strerror or error}"
        print(f"{root}: not checked: {why}", file=sys.stderr)
        return None
    _keep(app, result, code)
    return result


def _keep(app: AppMigration, result: AppResult, code: str) -> None:
    """Remember the result for `migrate status`; where that cannot be, say so and go on."""
    from sis_migrate.verified import keep

    try:
        keep(app, document([result])[0], code)
    except OSError as error:
        where, why = error.filename or app.app.root, error.strerror or error
        print(f"the result is not kept for `migrate status`: {where}: {why}", file=sys.stderr)


@contextmanager
def _progress(head: str) -> Iterator[_Line]:
    line = _Line(head)
    try:
        yield line
    finally:
        line.clear()


class _Line:
    """The line on a terminal that says what is being done; nothing on a pipe."""

    def __init__(self, head: str) -> None:
        self._head = head
        self._shown = sys.stderr.isatty()

    def __call__(self, doing: str) -> None:
        if self._shown:
            sys.stderr.write(f"\r\x1b[K{self._head}{doing} …"[:120])
            sys.stderr.flush()

    def clear(self) -> None:
        """Leave the line empty."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


@contextmanager
def _stoppable() -> Iterator[None]:
    """End like on Ctrl-C, with everything that was started, when asked to terminate.

    What is ignored stays so: `nohup` has a run outlive its terminal.
    """

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    names: Sequence[str] = ("SIGTERM", "SIGHUP")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    heeded = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    old = {number: signal.signal(number, interrupt) for number in heeded}
    try:
        yield
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)
