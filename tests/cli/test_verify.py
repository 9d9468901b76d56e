from __future__ import annotations

import io
import json
import os
import shutil
import signal
from contextlib import nullcontext
from pathlib import Path

import pytest

from cli_case import Command
from report.html_tree import tree
from sis_migrate.cli import verify as command
from sis_migrate.cli.choices import Choices
from sis_migrate.cli.failure import UsageError
from sis_migrate.cli.options import VerifyFormat
from sis_migrate.model import Settings
from sis_migrate.resolver.uv import UvError
from sis_migrate.verify.emulator import EmulatorError, SeedError
from sis_migrate.verify.run import Choices as RunChoices
from sis_migrate.verify.run import Subject
from sis_migrate.verify.verdicts import (
    AppResult,
    Kind,
    Stage,
    StageResult,
    SubjectResult,
    Verdict,
)


@pytest.mark.parametrize(
    ("names", "install", "stages"),
    [
        pytest.param(None, False, tuple(Stage), id="all by default"),
        pytest.param(None, True, (Stage.INSTALL, Stage.IMPORT), id="--install"),
        pytest.param("viewer, install", False, (Stage.INSTALL, Stage.VIEWER), id="in their order"),
    ],
)
def test_the_stages_that_are_asked_for(
    names: str | None, install: bool, stages: tuple[Stage, ...]
) -> None:
    assert command.stages(names, install=install) == stages


@pytest.mark.parametrize(
    ("names", "install", "message"),
    [
        pytest.param("viewr", False, "there is no stage viewr: install, import", id="unknown"),
        pytest.param("viewer", True, "exclude each other", id="both options"),
        pytest.param(" , ", False, "names none: install, import", id="nothing but a comma"),
        pytest.param("", False, "names none: install, import", id="nothing"),
    ],
)
def test_stages_that_cannot_be_meant(names: str, install: bool, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        command.stages(names, install=install)


def options(
    seed: Path | None = None, connection: str | None = None, timeout: float = 5
) -> RunChoices:
    return command.run_choices(
        tuple(Stage), viewers=3, reruns=3, timeout=timeout, memory=500, seed=seed,
        connection=connection,
    )  # fmt: skip


@pytest.mark.parametrize("timeout", [0, 3601, float("inf"), float("nan")])
def test_a_timeout_that_cannot_be_meant(timeout: float) -> None:
    with pytest.raises(UsageError, match="it is from 1 to 3600 seconds"):
        options(timeout=timeout)


def test_a_seed_is_not_for_ones_own_account(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--seed is for the emulator"):
        options(seed=tmp_path, connection="dev")


def test_a_seed_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        options(seed=tmp_path / "seed.sql")


def test_a_seed_that_is_not_utf_8_is_told_with_its_line(tmp_path: Path) -> None:
    seed = tmp_path / "seed.sql"
    seed.write_bytes("create table t (a text);\ninsert into t values ('Köln');\n".encode("latin1"))
    with pytest.raises(UsageError, match=r"seed\.sql:2: it is not UTF-8"):
        options(seed=seed)
    seed.write_text("select 1;", "utf-8-sig")
    assert options(seed=seed).seed == seed


def test_a_connection_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNOWFLAKE_HOME", str(tmp_path))
    with pytest.raises(UsageError, match="--connection dev: there is no connection dev in"):
        options(connection="dev")


def test_limits_come_from_the_options() -> None:
    assert options().limits.seconds == 5
    assert options().limits.memory_mb == 500


def test_how_the_app_is_migrated_is_chosen_as_in_apply(
    migrate: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Settings] = []

    def verify(choices: Choices, *_: object, **__: object) -> int:
        seen.append(choices.settings)
        return 0

    monkeypatch.setattr(command, "verify", verify)
    assert migrate("verify", "--session", "viewer", "--resolve", "--streamlit", "1.55").code == 0
    (settings,) = seen
    assert (settings.session, settings.resolve, settings.streamlit) == ("viewer", True, "1.55")


class NoEnvironments:
    """Stands in for environments that nothing is installed in."""

    def __init__(self, cache: Path) -> None:
        self.cache = cache


@pytest.fixture
def app(tmp_path: Path) -> Path:
    root = tmp_path / "app"
    root.mkdir()
    (root / "streamlit_app.py").write_text(
        "from snowflake.snowpark.context import get_active_session\nimport streamlit as st\n"
    )
    (root / "snowflake.yml").write_text(
        "definition_version: 2\nentities:\n  app:\n    type: streamlit\n"
        "    main_file: streamlit_app.py\n"
    )
    return root


def run(app: Path, cwd: Path, *, form: VerifyFormat = VerifyFormat.TEXT) -> int:
    choices = Choices((app,), Settings(), (), cwd)
    return command.verify(
        choices, options(), before=True, cache=cwd / "cache", form=form, verbose=False
    )


@pytest.fixture
def verdict(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Verdict:
    """Let every stage of every run end in the parameter's verdict."""
    found: Verdict = request.param

    def verify(root: str, name: str, subjects: tuple[Subject, ...], *_: object) -> AppResult:
        stages = (StageResult(Stage.INSTALL, found, "a line"),)
        return AppResult(root, name, tuple(SubjectResult(s.kind, stages) for s in subjects))

    monkeypatch.setattr("sis_migrate.verify.run.verify", verify)
    monkeypatch.setattr(command, "Environments", NoEnvironments)
    return found


@pytest.mark.parametrize(
    ("verdict", "code"),
    [(Verdict.PASSED, 0), (Verdict.FAILED, 1), (Verdict.NOT_CHECKED, 1)],
    indirect=["verdict"],
)
def test_the_exit_code_is_the_verdict(
    app: Path, tmp_path: Path, verdict: Verdict, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(app, tmp_path) == code
    printed = capsys.readouterr().out
    assert printed.count(verdict) == 3
    assert printed.startswith("app: app\n  original, as on the warehouse\n")


@pytest.mark.parametrize("verdict", [Verdict.PASSED], indirect=True)
def test_json_has_every_run(
    app: Path, tmp_path: Path, verdict: Verdict, capsys: pytest.CaptureFixture[str]
) -> None:
    run(app, tmp_path, form=VerifyFormat.JSON)
    (found,) = json.loads(capsys.readouterr().out)["verified"]
    assert [r["kind"] for r in found["runs"]] == [kind.name.lower() for kind in Kind]


@pytest.mark.parametrize("verdict", [Verdict.PASSED], indirect=True)
def test_the_page_has_the_results_just_got(
    app: Path, tmp_path: Path, verdict: Verdict, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run(app, tmp_path, form=VerifyFormat.HTML) == 0
    shown = tree(capsysbinary.readouterr().out.decode()).section("Verified")
    assert [cell.text for cell in shown.all("td")] == ["passed a line"] * len(Kind)


@pytest.mark.parametrize("verdict", [Verdict.PASSED], indirect=True)
def test_an_app_without_an_entry_point_leaves_the_run_open(
    app: Path, tmp_path: Path, verdict: Verdict, capsys: pytest.CaptureFixture[str]
) -> None:
    (app / "snowflake.yml").unlink()
    (app / "streamlit_app.py").rename(app / "one.py")
    (app / "two.py").write_text((app / "one.py").read_text())
    (app / "environment.yml").write_text("channels: [snowflake]\ndependencies: [streamlit]\n")
    assert run(app, tmp_path) == 1
    assert "its entry point is not known" in capsys.readouterr().err


@pytest.mark.parametrize("verdict", [Verdict.PASSED], indirect=True)
def test_a_file_that_cannot_be_read_leaves_the_other_apps_to_be_run(
    app: Path,
    tmp_path: Path,
    verdict: Verdict,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shutil.copytree(app, tmp_path / "other")
    (app / "notes.txt").touch()
    read = Path.read_bytes

    def read_bytes(path: Path) -> bytes:
        if path.name == "notes.txt":
            raise PermissionError(13, "Permission denied", "notes.txt")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    assert run(tmp_path, tmp_path) == 1
    told = capsys.readouterr()
    assert told.err == "app: not checked: notes.txt: Permission denied\n"
    assert told.out.startswith("other: app\n")


def test_words_that_the_streams_encoding_lacks_are_printed_all_the_same(
    app: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def verify(root: str, name: str, subjects: tuple[Subject, ...], *_: object) -> AppResult:
        stages = (StageResult(Stage.INSTALL, Verdict.FAILED, "snow \u2603"),)
        return AppResult(root, name, tuple(SubjectResult(s.kind, stages) for s in subjects))

    monkeypatch.setattr("sis_migrate.verify.run.verify", verify)
    monkeypatch.setattr(command, "Environments", NoEnvironments)
    printed = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(printed, encoding="cp1252"))
    assert run(app, tmp_path) == 1
    assert printed.getvalue().count(b"snow \\u2603") == len(Kind)


def test_without_a_folder_for_environments_nothing_can_be_run(
    app: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "cache").write_text("")
    with pytest.raises(SystemExit) as ended:
        run(app, tmp_path)
    assert ended.value.code == 2
    assert (
        f"{tmp_path / 'cache'} cannot hold environments: it is no folder" in capsys.readouterr().err
    )


def test_without_uv_nothing_can_be_run(
    app: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def no_uv(cache: Path) -> None:
        raise UvError("uv is not installed")

    monkeypatch.setattr(command, "Environments", no_uv)
    with pytest.raises(SystemExit) as ended:
        run(app, tmp_path)
    assert ended.value.code == 2
    assert "uv is not installed" in capsys.readouterr().err


@pytest.fixture
def fails_later(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Let the first app pass, and the next one end in the parameter."""

    def verify(root: str, name: str, subjects: tuple[Subject, ...], *_: object) -> AppResult:
        if root == "other":
            raise request.param
        stages = (StageResult(Stage.INSTALL, Verdict.PASSED, "a line"),)
        return AppResult(root, name, tuple(SubjectResult(s.kind, stages) for s in subjects))

    monkeypatch.setattr("sis_migrate.verify.run.verify", verify)
    monkeypatch.setattr(command, "Environments", NoEnvironments)


@pytest.mark.parametrize(
    "fails_later", [EmulatorError("it does not start"), UvError("it does not start")], indirect=True
)
def test_what_is_known_of_other_apps_is_printed(
    app: Path, tmp_path: Path, fails_later: None, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(app, tmp_path / "other")
    assert run(tmp_path, tmp_path, form=VerifyFormat.JSON) == 1
    told = capsys.readouterr()
    (found,) = json.loads(told.out)["verified"]
    assert found["root"] == "app"
    assert told.err == "other: not checked: it does not start\n"


@pytest.mark.parametrize("fails_later", [SeedError("seed.sql: it cannot be run")], indirect=True)
def test_a_seed_that_does_not_run_concerns_all_apps(
    app: Path, tmp_path: Path, fails_later: None, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(app, tmp_path / "other")
    with pytest.raises(SystemExit) as ended:
        run(tmp_path, tmp_path)
    assert ended.value.code == 2
    assert "seed.sql: it cannot be run" in capsys.readouterr().err


def test_a_folder_without_an_app_cannot_be_verified(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run(tmp_path, tmp_path)
    assert ended.value.code == 2
    assert "there is no Streamlit-in-Snowflake app here" in capsys.readouterr().err


@pytest.mark.parametrize("verdict", [Verdict.PASSED], indirect=True)
def test_the_result_is_kept_for_status(app: Path, tmp_path: Path, verdict: Verdict) -> None:
    run(app, tmp_path)
    (kept,) = app.rglob(".sis-migrate/verified/*.json")
    assert json.loads(kept.read_text())["result"]["passed"] is True


@pytest.mark.parametrize("verdict", [Verdict.PASSED], indirect=True)
def test_a_result_that_cannot_be_kept_is_reported_all_the_same(
    app: Path, tmp_path: Path, verdict: Verdict, capsys: pytest.CaptureFixture[str]
) -> None:
    (app / ".sis-migrate").write_text("in the way")
    assert run(app, tmp_path) == 0
    told = capsys.readouterr()
    assert told.out.count(verdict) == 3
    assert told.err.startswith("the result is not kept for `migrate status`: ")
    assert told.err.count("\n") == 1


@pytest.mark.parametrize("verdict", [Verdict.PASSED], indirect=True)
def test_progress_counts_several_apps_on_a_terminal(
    app: Path,
    tmp_path: Path,
    verdict: Verdict,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shutil.copytree(app, tmp_path / "other")
    heads: list[str] = []

    def line(head: str) -> Silent:
        heads.append(head)
        return Silent()

    monkeypatch.setattr(command, "_Line", line)
    choices = Choices((tmp_path,), Settings(), (), tmp_path)
    command.verify(
        choices, options(), before=True, cache=tmp_path / "cache", form=VerifyFormat.JSON,
        verbose=False,
    )  # fmt: skip
    assert heads == ["1 of 2, app: ", "2 of 2, other: "]
    assert capsys.readouterr().err == ""


class Silent:
    """Stands in for a line on a terminal."""

    def clear(self) -> None:
        """Nothing is there."""


@pytest.mark.skipif(os.name == "nt", reason="Windows has other signals")
@pytest.mark.parametrize(
    ("before", "ends"),
    [
        pytest.param(signal.SIG_DFL, True, id="heeded"),
        pytest.param(signal.SIG_IGN, False, id="ignored, as under nohup"),
    ],
)
def test_a_signal_to_end_is_like_ctrl_c_unless_it_is_ignored(
    before: signal.Handlers, ends: bool
) -> None:
    old = signal.signal(signal.SIGHUP, before)
    try:
        with pytest.raises(KeyboardInterrupt) if ends else nullcontext(), command._stoppable():
            signal.raise_signal(signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is before
    finally:
        signal.signal(signal.SIGHUP, old)


def test_a_user_without_a_home_is_asked_for_a_folder(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def home() -> Path:
        raise RuntimeError("no home")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    monkeypatch.setattr(Path, "home", home)
    with pytest.raises(SystemExit):
        command._default_cache()
    assert "name a folder with --cache-dir" in capsys.readouterr().err
