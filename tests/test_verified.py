from __future__ import annotations

import json
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

import pytest

import sis_migrate.verified as module
from git_repository import plain_git, repository
from sis_migrate import __version__
from sis_migrate.model import App, AppMigration, FileChange
from sis_migrate.verified import digest, keep, latest
from sis_migrate.verify.verdicts import Kind, Stage, Verdict

RESULT: dict[str, Any] = {
    "root": "app",
    "name": "SALES",
    "passed": True,
    "runs": [
        {
            "kind": "migrated",
            "streamlit": "1.55.0",
            "copied": "folder",
            "stages": [
                {
                    "stage": "viewers",
                    "verdict": "passed",
                    "line": "3 viewers",
                    "details": [],
                    "seconds": 1.5,
                    "measured": {"sessions_per_run": 1.0},
                }
            ],
        }
    ],
}


@pytest.fixture
def app(tmp_path: Path) -> AppMigration:
    root = tmp_path / "app"
    root.mkdir()
    (root / "app.py").write_bytes(b"before")
    change = FileChange(root / "app.py", b"before", b"after")
    return AppMigration(App(root, "SALES", root / "app.py", (), ()), (change,))


def stage(name: str, verdict: str = "passed", **more: str) -> dict[str, Any]:
    numbers = {"seconds": 1.5, "measured": {}}
    return {"stage": name, "verdict": verdict, "line": name, "details": [], **numbers, **more}


def result(*stages: dict[str, Any], passed: bool = True, **run: str) -> dict[str, Any]:
    told = {"kind": "migrated", "streamlit": "1.55.0", "copied": "folder", **run}
    return {"root": "app", "name": "SALES", "passed": passed, "runs": [{**told, "stages": stages}]}


class Clock:
    """Each day is the next one."""

    day = 0

    @classmethod
    def now(cls, zone: tzinfo) -> datetime:
        """Noon of the next day."""
        cls.day += 1
        return datetime(2026, 1, cls.day, 12, tzinfo=zone)


@pytest.fixture
def days(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Clock, "day", 0)
    monkeypatch.setattr(module, "datetime", Clock)


def told(app: AppMigration) -> list[tuple[str, str, str]]:
    """Stage, verdict and day of the migrated run as they are kept."""
    found = latest(app)
    assert found is not None
    (run,) = (run for run in found.result["runs"] if run["kind"] == "migrated")
    return [(s["stage"], s["verdict"], found.earlier(s)) for s in run["stages"]]


def kept(folder: Path) -> Path:
    (path,) = folder.rglob("verified/*.json")
    return path


def test_the_names_in_a_kept_result_are_those_of_a_verification() -> None:
    assert tuple(kind.name.lower() for kind in Kind) == module._KINDS
    assert tuple(Stage) == module._STAGES
    assert set(Verdict) == module._STAGE["verdict"]


def test_nothing_is_known_of_an_app_that_was_not_verified(app: AppMigration) -> None:
    assert latest(app) is None


def test_a_result_is_kept_and_found_again(app: AppMigration) -> None:
    keep(app, RESULT)
    found = latest(app)
    assert found is not None
    assert (found.tool_version, found.current) == (__version__, True)
    ((run,), (given,)) = found.result["runs"], RESULT["runs"]
    dated = [{**stage, "when": found.when} for stage in given["stages"]]
    assert {**found.result, "runs": [{**run, "stages": given["stages"]}]} == RESULT
    assert run["stages"] == dated
    assert (app.app.root / ".sis-migrate" / ".gitignore").read_text() == "*\n"


def test_the_last_result_takes_the_place_of_an_earlier_one(app: AppMigration) -> None:
    keep(app, RESULT)
    keep(app, RESULT | {"passed": False})
    found = latest(app)
    assert found is not None
    assert found.result["passed"] is False
    assert [p.suffix for p in kept(app.app.root).parent.iterdir()] == [".json"]


@pytest.mark.usefixtures("days")
def test_stages_that_the_last_run_did_not_do_stay_with_their_day(app: AppMigration) -> None:
    keep(app, result(stage("install"), stage("import"), stage("viewer")))
    keep(app, result(stage("import"), stage("install")))
    first = "2026-01-01"
    assert told(app) == [
        ("install", "passed", ""), ("import", "passed", ""), ("viewer", "passed", first)
    ]  # fmt: skip
    found = latest(app)
    assert found is not None
    assert found.when.startswith("2026-01-02")


@pytest.mark.usefixtures("days")
def test_a_run_that_the_last_verification_left_out_stays(app: AppMigration) -> None:
    original = result(stage("viewer", "failed"), kind="warehouse")["runs"]
    full = result(stage("install"))
    keep(app, {**full, "runs": [*original, *full["runs"]]})
    keep(app, full)
    found = latest(app)
    assert found is not None
    before, migrated = found.result["runs"]
    assert (before["kind"], migrated["kind"]) == ("warehouse", "migrated")
    assert found.earlier(before["stages"][0]) == "2026-01-01"
    assert found.result["passed"] is True


@pytest.mark.parametrize(
    ("before", "after", "passed"),
    [
        pytest.param("passed", "passed", True, id="both"),
        pytest.param("skipped", "passed", True, id="an earlier stage without a meaning"),
        pytest.param("failed", "passed", False, id="an earlier stage failed"),
        pytest.param("not checked", "passed", False, id="an earlier stage was not checked"),
        pytest.param("passed", "failed", False, id="the last one failed"),
    ],
)
def test_it_has_passed_where_all_that_is_kept_has(
    app: AppMigration, before: str, after: str, passed: bool
) -> None:
    keep(app, result(stage("viewer", before), passed=before == "passed"))
    keep(app, result(stage("install", after), passed=after == "passed"))
    found = latest(app)
    assert found is not None
    assert found.result["passed"] is passed


@pytest.mark.parametrize("skipped", ["skipped", "failed"])
def test_what_the_last_run_was_asked_for_is_its_own(app: AppMigration, skipped: str) -> None:
    keep(app, result(stage("install"), stage("viewers")))
    keep(app, result(stage("viewers", skipped), passed=False))
    assert told(app) == [("install", "passed", ""), ("viewers", skipped, "")]


def other_code(app: AppMigration, monkeypatch: pytest.MonkeyPatch) -> None:
    (app.app.root / "more.py").touch()


def other_release(app: AppMigration, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "__version__", "99")


@pytest.mark.parametrize("change", [other_code, other_release])
def test_stages_of_other_code_or_another_release_go(
    app: AppMigration, change: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(app, result(stage("viewer")))
    change(app, monkeypatch)
    keep(app, result(stage("install")))
    assert told(app) == [("install", "passed", "")]


@pytest.mark.parametrize(
    "streamlit",
    [pytest.param("1.56.0", id="another one"), pytest.param("", id="it cannot be installed")],
)
def test_stages_with_another_streamlit_go(app: AppMigration, streamlit: str) -> None:
    keep(app, result(stage("viewer")))
    keep(app, result(stage("install"), streamlit=streamlit))
    assert told(app) == [("install", "passed", "")]


def test_it_is_about_this_code_until_that_changes(app: AppMigration) -> None:
    keep(app, RESULT)
    path = app.app.root / "app.py"
    path.write_bytes(b"after")
    applied = AppMigration(app.app)
    found = latest(applied)
    assert found is not None
    assert found.current
    path.write_bytes(b"edited")
    found = latest(applied)
    assert found is not None
    assert not found.current


def test_code_that_changes_while_it_runs_is_not_the_one_that_was_run(app: AppMigration) -> None:
    was = digest(app)
    (app.app.root / "new.py").touch()
    keep(app, RESULT, was)
    found = latest(app)
    assert found is not None
    assert not found.current


def test_in_a_work_tree_it_is_kept_at_the_top(app: AppMigration, tmp_path: Path) -> None:
    with plain_git():
        repository(tmp_path)
        keep(app, RESULT)
    assert kept(tmp_path).is_relative_to(tmp_path / ".sis-migrate")
    assert latest(app) is not None


def test_outside_of_git_it_is_kept_where_runs_are(app: AppMigration, tmp_path: Path) -> None:
    (tmp_path / ".sis-migrate").mkdir()
    keep(app, RESULT)
    assert kept(tmp_path).is_relative_to(tmp_path / ".sis-migrate")


def test_of_two_places_the_later_result_counts(app: AppMigration, tmp_path: Path) -> None:
    keep(app, RESULT)
    near = kept(tmp_path)
    document = json.loads(near.read_text())
    near.write_text(json.dumps(document | {"when": "2020-01-01T00:00:00+00:00"}))
    near.parents[1].rename(app.app.root / "away")
    (tmp_path / ".sis-migrate").mkdir()
    keep(app, RESULT | {"passed": False})
    (app.app.root / "away").rename(near.parents[1])
    found = latest(app)
    assert found is not None
    assert found.result["passed"] is False


def test_two_apps_have_a_file_each(app: AppMigration, tmp_path: Path) -> None:
    (tmp_path / ".sis-migrate").mkdir()
    other = App(app.app.root, "SALES", app.app.root / "other.py", (), ())
    keep(app, RESULT)
    keep(AppMigration(other), RESULT)
    assert len(list(tmp_path.rglob("verified/*.json"))) == 2


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda text: text[:50], id="cut off"),
        pytest.param(lambda text: "[" * 100_000, id="very deep"),
        pytest.param(lambda text: "[]", id="another document"),
        pytest.param(lambda text: text.replace('"passed": true', '"passed": 1'), id="a type"),
        pytest.param(lambda text: text.replace('"migrated"', '"moon"'), id="an unknown run"),
        pytest.param(lambda text: text.replace('"1.55.0"', "[]"), id="no text"),
        pytest.param(lambda text: text.replace('"stages": [', '"stages": [1, '), id="no stage"),
        pytest.param(lambda text: text.replace('"details": []', '"details": {}'), id="no list"),
        pytest.param(lambda text: text.replace('run": 1.0', 'run": "1"'), id="no number"),
        pytest.param(lambda text: text.replace('run": 1.0', 'run": NaN'), id="not JSON's number"),
        pytest.param(lambda text: text.replace('run": 1.0', 'run": 1e999'), id="no end"),
        pytest.param(lambda text: text.replace('version": 1', 'version": 2'), id="a later form"),
    ],
)
def test_a_damaged_file_is_none(app: AppMigration, damage: Any) -> None:
    keep(app, RESULT)
    path = kept(app.app.root)
    damaged = damage(path.read_text())
    assert damaged != path.read_text()
    path.write_text(damaged)
    assert latest(app) is None


def test_files_that_cannot_be_read_are_not_the_ones_that_were_run(
    app: AppMigration, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(app: AppMigration) -> str:
        raise PermissionError

    keep(app, RESULT)
    monkeypatch.setattr("sis_migrate.verified.digest", unreadable)
    found = latest(app)
    assert found is not None
    assert not found.current


def test_what_cannot_be_written_is_an_error(app: AppMigration) -> None:
    (app.app.root / ".sis-migrate").write_text("in the way")
    with pytest.raises(FileExistsError):
        keep(app, RESULT)
