from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from sis_migrate.model import FileChange
from sis_migrate.verify import copies


@pytest.fixture
def app(tmp_path: Path) -> Path:
    root = tmp_path / "app"
    (root / ".streamlit").mkdir(parents=True)
    (root / ".git").mkdir()
    (root / ".git" / "HEAD").write_text("ref")
    (root / "pages").mkdir()
    (root / "pages" / "__pycache__").mkdir()
    (root / "app.py").write_text("before")
    (root / "old.py").write_text("old")
    return root


def test_a_copy_has_the_changes_and_the_app_has_not(app: Path, tmp_path: Path) -> None:
    changes = [
        FileChange(app / "app.py", b"before", b"after"),
        FileChange(app / "new" / "added.py", None, b"new"),
        FileChange(app / "old.py", b"old", None),
        FileChange(tmp_path / "deploy.sql", b"a", b"b"),
    ]
    copies.copy(app, tmp_path / "copy", changes)
    found = {
        path.relative_to(tmp_path / "copy").as_posix(): path.read_text()
        for path in (tmp_path / "copy").rglob("*")
        if path.is_file()
    }
    assert found == {"app.py": "after", "new/added.py": "new"}
    assert (app / "app.py").read_text() == "before"
    assert not (tmp_path / "deploy.sql").exists()


def test_a_link_that_leads_nowhere_is_left_behind(app: Path, tmp_path: Path) -> None:
    (app / "broken").symlink_to("nowhere")
    copies.copy(app, tmp_path / "copy")
    assert not (tmp_path / "copy" / "broken").is_symlink()


def test_very_large_files_are_left_behind(
    app: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies, "MAX_FILE_MB", 0.000004)
    copies.copy(app, tmp_path / "copy")
    assert [p.name for p in (tmp_path / "copy").iterdir() if p.is_file()] == ["old.py"]


@pytest.mark.parametrize(
    ("container", "kept"),
    [
        pytest.param(True, {"theme", "client", "runner"}, id="a container"),
        pytest.param(False, {"theme"}, id="a warehouse"),
    ],
)
def test_only_the_sections_that_the_runtime_heeds_stay(
    app: Path, container: bool, kept: set[str]
) -> None:
    path = app / ".streamlit" / "config.toml"
    path.write_text(
        "[server]\nport = 1\n[theme]\nbase = 'dark'\n[client]\n[runner]\n[browser]\n[logger]\n"
    )
    copies.keep_configuration(app, container=container)
    assert tomllib.loads(path.read_text()).keys() == kept


def test_a_configuration_that_is_not_toml_stays_as_it_is(app: Path) -> None:
    path = app / ".streamlit" / "config.toml"
    path.write_text("[server\n")
    copies.keep_configuration(app, container=True)
    assert path.read_text() == "[server\n"
