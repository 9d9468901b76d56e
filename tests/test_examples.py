"""Every example's migrated twin is what ``migrate apply`` makes of it.

``SIS_MIGRATE_UPDATE_EXAMPLES=1`` writes the twins anew instead of comparing; read their diff.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
UPDATE = os.environ.get("SIS_MIGRATE_UPDATE_EXAMPLES") == "1"
NAMES = sorted(path.parent.name for path in EXAMPLES.glob("*/before"))
_NOT_OF_THE_APP = ("__pycache__", ".sis-migrate")
_USAGE_ERROR = 2


def _migrated(name: str, folder: Path) -> Path:
    copy = folder / name
    shutil.copytree(
        EXAMPLES / name / "before", copy, ignore=shutil.ignore_patterns(*_NOT_OF_THE_APP)
    )
    _apply(copy)
    return copy


def _apply(app: Path) -> str:
    run = subprocess.run(
        [sys.executable, "-c", "from sis_migrate.cli import main; main()", "apply", "."],
        cwd=app,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode < _USAGE_ERROR, run.stderr
    return run.stdout


def _tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not set(path.relative_to(folder).parts) & set(_NOT_OF_THE_APP)
    }


@pytest.mark.parametrize("name", NAMES)
def test_twin_is_what_apply_makes(name: str, tmp_path: Path) -> None:
    made = _tree(_migrated(name, tmp_path))
    twin = EXAMPLES / name / "after"
    if UPDATE:
        shutil.rmtree(twin, ignore_errors=True)
        for path, data in made.items():
            (twin / path).parent.mkdir(parents=True, exist_ok=True)
            (twin / path).write_bytes(data)
    elif not twin.exists():
        pytest.skip("the example has no twin yet")
    kept = _tree(twin)
    assert sorted(made) == sorted(kept)
    assert [path for path in made if made[path] != kept[path]] == []


@pytest.mark.parametrize("name", NAMES)
def test_twin_stays_as_it_is(name: str, tmp_path: Path) -> None:
    if not (EXAMPLES / name / "after").exists():
        pytest.skip("the example has no twin yet")
    copy = tmp_path / name
    shutil.copytree(EXAMPLES / name / "after", copy)
    before = _tree(copy)
    _apply(copy)
    assert _tree(copy) == before
