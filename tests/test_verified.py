from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from git_repository import plain_git, repository
from sis_migrate import __version__
from sis_migrate.model import App, AppMigration, FileChange
from sis_migrate.verified import digest, keep, latest

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


def kept(folder: Path) -> Path:
    (path,) = folder.rglob("verified/*.json")
    return path


def test_nothing_is_known_of_an_app_that_was_not_verified(app: AppMigration) -> None:
    assert latest(app) is None


def test_a_result_is_kept_and_found_again(app: AppMigration) -> None:
    keep(app, RESULT)
    found = latest(app)
    assert found is not None
    assert (found.result, found.tool_version, found.current) == (RESULT, __version__, True)
    assert (app.app.root / ".sis-migrate" / ".gitignore").read_text() == "*\n"


def test_the_last_result_takes_the_place_of_an_earlier_one(app: AppMigration) -> None:
    keep(app, RESULT)
    keep(app, RESULT | {"passed": False})
    found = latest(app)
    assert found is not None
    assert found.result["passed"] is False
    assert [p.suffix for p in kept(app.app.root).parent.iterdir()] == [".json"]


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
