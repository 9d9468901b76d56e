from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from sis_migrate.resolver.uv import Cause, Why
from sis_migrate.verify import run as module
from sis_migrate.verify import stages
from sis_migrate.verify.comparing import Alone
from sis_migrate.verify.emulator import EmulatorError
from sis_migrate.verify.environments import EMULATOR, Environment, Environments, Wanted
from sis_migrate.verify.limits import Limits
from sis_migrate.verify.outcome import Known
from sis_migrate.verify.run import Choices, Subject, prepare, surroundings, verify, without_places
from sis_migrate.verify.server import Place, Visit
from sis_migrate.verify.stand_ins import SECRET, TOKEN
from sis_migrate.verify.verdicts import Kind, Stage, StageResult, SubjectResult, Verdict


def test_a_result_names_no_place_of_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "me"))
    run = tmp_path / "run"
    line = f"no file {run / 'app' / 'data.csv'} and {tmp_path / 'me' / 'cache'}"
    details = (f"{run / 'home' / 'x'}", "no path")
    shown = without_places(StageResult(Stage.IMPORT, Verdict.FAILED, line, details), run)
    assert shown.line == f"no file data.csv and {Path('~') / 'cache'}"
    assert shown.details == (str(Path("home") / "x"), "no path")


def test_a_home_folder_that_is_the_root_hides_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/")
    monkeypatch.setenv("USERPROFILE", "/")
    result = StageResult(Stage.START, Verdict.FAILED, "no file /etc/app.toml")
    assert without_places(result, tmp_path) == result


SECRETS = ".streamlit/secrets.toml"
ENTRY = Path("src/app.py")


def subject(root: Path, kind: Kind = Kind.MIGRATED) -> Subject:
    """An app with an entry point in a folder of its own, and with secrets beside it."""
    for name, text in {
        "src/app.py": "",
        SECRETS: "a = 'real'",
        f"src/{SECRETS}": "b = 'real'",
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Subject(kind, root, ENTRY, (ENTRY,), (Path(),), (("streamlit",),))


@pytest.mark.parametrize("deployed", [True, False], ids=["deployed", "not deployed"])
def test_a_container_has_stand_ins_for_the_secrets_beside_its_entry_point(
    tmp_path: Path, deployed: bool
) -> None:
    app, copy = subject(tmp_path / "app"), tmp_path / "run" / "app"
    if deployed:
        subject(copy)
    copy.mkdir(parents=True, exist_ok=True)
    around = surroundings(tmp_path / "run", None, None, tmp_path)
    place = prepare(app, copy, Path("python"), around, Limits())
    found = {path.relative_to(copy).as_posix() for path in copy.rglob("secrets.toml")}
    assert found == ({SECRETS, f"src/{SECRETS}"} if deployed else {SECRETS})
    for name in found:
        assert tomllib.loads((copy / name).read_text()) == {"a": SECRET, "b": SECRET}
    assert (place.script, place.active) == (copy / ENTRY, False)


def test_a_warehouse_has_no_secrets_and_an_active_session(tmp_path: Path) -> None:
    copy = tmp_path / "run" / "app"
    app = subject(copy, Kind.WAREHOUSE)
    around = surroundings(tmp_path / "run", None, None, tmp_path)
    place = prepare(app, copy, Path("python"), around, Limits())
    assert not list(copy.rglob("secrets.toml"))
    assert place.active


def test_the_users_own_account_has_the_network_and_the_connections_token(tmp_path: Path) -> None:
    around = surroundings(tmp_path, {"account": "a1", "token": "t1"}, None, tmp_path)
    environment = around.environment(container=True)
    assert environment["SNOWFLAKE_HOST"] == "a1.snowflakecomputing.com"
    assert "SIS_MIGRATE_VERIFY_NETWORK" not in environment
    assert (tmp_path / "session" / "token").read_text() == "t1"


def test_without_an_emulator_nobody_answers(tmp_path: Path) -> None:
    around = surroundings(tmp_path, None, None, tmp_path)
    assert around.environment(container=True)["SIS_MIGRATE_VERIFY_NETWORK"] == "loopback"
    assert (around.connection["host"], around.connection["port"]) == ("127.0.0.1", 9)
    assert (tmp_path / "session" / "token").read_text() == TOKEN


class Made(Environments):
    """Gives an environment, or a reason, for every request, and remembers the requests."""

    def __init__(self, cache: Path, cause: Cause | None = None) -> None:
        self._cache = cache
        self._cause = cause
        self.wanted: list[Wanted] = []

    def make(self, wanted: Wanted) -> Environment | Cause:
        """One without packages."""
        self.wanted.append(wanted)
        made = Environment(Path("python"), ("streamlit==1.55.0",), True, 0.0)
        return self._cause or made


class Recorded:
    """What is done in a verification, instead of doing it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, failed: Stage | None = None) -> None:
        self.done: list[str] = []
        self.known: list[Known] = []
        self.originals: list[Visit | None] = []
        self.imported: list[Sequence[str]] = []
        self._failed = failed
        monkeypatch.setattr(module, "Server", lambda place, folder: Running(self, "server"))
        monkeypatch.setattr(
            module, "Emulator", lambda python, folder, seed, seconds: Running(self, "emulator")
        )
        for name in ("imports", "start", "viewer", "viewers"):
            monkeypatch.setattr(stages, name, getattr(self, name))

    def imports(self, *arguments: Any, emulated: bool) -> StageResult:
        self.imported.append(arguments[-1])
        return self._result(Stage.IMPORT, f"import, {'with' if emulated else 'without'} Snowflake")

    def start(self, server: object) -> StageResult:
        return self._result(Stage.START, "start")

    def viewer(
        self, place: Place, folder: Path, server: object, witness: object, original: Visit | None,
        crowd: object,
    ) -> tuple[StageResult, Alone]:  # fmt: skip
        self.originals.append(original)
        return self._result(Stage.VIEWER, "viewer"), ALONE

    def viewers(
        self, place: Place, folder: Path, witness: object, known: Known, crowd: object
    ) -> StageResult:
        self.known.append(known)
        return self._result(Stage.VIEWERS, "viewers")

    def _result(self, stage: Stage, doing: str) -> StageResult:
        self.done.append(doing)
        return StageResult(stage, Verdict.FAILED if stage is self._failed else Verdict.PASSED, "")


class Running:
    """Stands in for a process: tells when it begins and ends."""

    port = 4000

    def __init__(self, recorded: Recorded, name: str) -> None:
        self._done = recorded.done
        self._name = name

    def __enter__(self) -> Running:
        self._done.append(f"{self._name} on")
        return self

    def __exit__(self, *_: object) -> None:
        self._done.append(f"{self._name} off")

    def notes(self) -> tuple[()]:
        """Nothing."""
        return ()


VISIT = Visit((), "it broke off")
ALONE = Alone(VISIT)


def verified(
    tmp_path: Path,
    asked: Sequence[Stage],
    *kinds: Kind,
    connection: dict[str, Any] | None = None,
    cause: Cause | None = None,
) -> tuple[list[SubjectResult], Made]:
    """The results of an app's stages, and the environments that were asked for."""
    made = Made(tmp_path, cause)
    subjects = [subject(tmp_path / "app", kind) for kind in kinds or (Kind.MIGRATED,)]
    choices = Choices(tuple(asked), connection=connection)
    result = verify("app", "APP", subjects, made, choices, lambda _: None)
    return list(result.subjects), made


def test_the_migrated_import_is_compared_with_the_original_as_on_the_warehouse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded = Recorded(monkeypatch, Stage.IMPORT)
    verified(tmp_path, [Stage.IMPORT], *Kind)
    assert recorded.imported == [(), ("",), ("",)]


SERVED = ["server on", "start", "viewer", "server off"]


@pytest.mark.parametrize(
    ("asked", "done"),
    [
        pytest.param(list(Stage), ["import, with Snowflake", *SERVED, "viewers"], id="all"),
        pytest.param([Stage.START], ["server on", "start", "server off"], id="start"),
        pytest.param([Stage.VIEWER], ["server on", "viewer", "server off"], id="viewer"),
        pytest.param([Stage.START, Stage.VIEWER], SERVED, id="start and viewer"),
        pytest.param([Stage.VIEWERS], ["viewers"], id="viewers"),
        pytest.param(
            [Stage.START, Stage.VIEWERS], ["server on", "start", "server off", "viewers"],
            id="one server after the other",
        ),
    ],
)  # fmt: skip
def test_the_stages_that_are_asked_for_are_done_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[Stage], done: list[str]
) -> None:
    recorded = Recorded(monkeypatch)
    ((result,), _) = verified(tmp_path, asked)
    assert recorded.done == ["emulator on", *done, "emulator off"]
    assert [stage.stage for stage in result.stages] == asked


def test_imports_alone_need_no_emulator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = Recorded(monkeypatch)
    _, made = verified(tmp_path, [Stage.INSTALL, Stage.IMPORT])
    assert recorded.done == ["import, without Snowflake"]
    assert EMULATOR not in made.wanted


def test_the_users_own_account_needs_no_emulator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded = Recorded(monkeypatch)
    verified(tmp_path, list(Stage), connection={"account": "a1"})
    assert recorded.done == ["import, with Snowflake", *SERVED, "viewers"]


def test_a_verification_without_an_emulator_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Recorded(monkeypatch)
    make = Made.make
    cause = Cause(Why.NETWORK, (), "no network")
    monkeypatch.setattr(Made, "make", lambda self, w: cause if w == EMULATOR else make(self, w))
    with pytest.raises(EmulatorError, match="the emulator cannot be installed: no network"):
        verified(tmp_path, list(Stage))


def test_an_installation_may_be_all_that_is_asked_for(tmp_path: Path) -> None:
    ((result,), _) = verified(tmp_path, [Stage.INSTALL])
    assert [stage.stage for stage in result.stages] == [Stage.INSTALL]


def test_several_viewers_do_not_come_where_one_alone_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded = Recorded(monkeypatch, failed=Stage.VIEWER)
    ((result,), _) = verified(tmp_path, [Stage.VIEWER, Stage.VIEWERS])
    assert "viewers" not in recorded.done
    assert result.stages[-1].line == "one viewer alone fails already"


def test_what_the_original_shows_on_a_warehouse_is_known_of_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded = Recorded(monkeypatch)
    (warehouse, _), _ = verified(
        tmp_path, [Stage.VIEWER, Stage.VIEWERS], Kind.WAREHOUSE, Kind.MIGRATED
    )
    assert warehouse.stages[-1].line == "a warehouse has a server for each viewer"
    assert recorded.originals == [None, VISIT]
    assert recorded.known == [Known(VISIT, ALONE)]


def test_nothing_is_known_where_nobody_looked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded = Recorded(monkeypatch)
    verified(tmp_path, [Stage.VIEWERS], Kind.WAREHOUSE, Kind.MIGRATED)
    assert recorded.known == [Known(Visit(()), None)]


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        ([Stage.IMPORT], "the packages are not installed: no such version: pandas"),
        ([Stage.INSTALL, Stage.IMPORT], "the packages are not installed"),
    ],
)
def test_why_there_are_no_packages_is_told_once(
    tmp_path: Path, asked: list[Stage], line: str
) -> None:
    cause = Cause(Why.NO_VERSION, ("pandas",), "words")
    ((result,), _) = verified(tmp_path, asked, cause=cause)
    assert (result.stages[-1].verdict, result.stages[-1].line) == (Verdict.SKIPPED, line)
    assert result.streamlit == ""
