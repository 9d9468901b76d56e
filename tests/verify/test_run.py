from __future__ import annotations

from pathlib import Path

import pytest

from sis_migrate.verify.run import without_places
from sis_migrate.verify.verdicts import Stage, StageResult, Verdict


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
