from __future__ import annotations

import stat
import tomllib
from pathlib import Path

import pytest

from sis_migrate.deployed import Deployed, whole
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


def names(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def test_a_copy_has_the_changes_and_the_app_has_not(app: Path, tmp_path: Path) -> None:
    planned = {app / "app.py": b"after", app / "new" / "added.py": b"new", app / "old.py": None}
    copies.copy(whole(app, planned), tmp_path / "copy")
    assert names(tmp_path / "copy") == {"app.py", "new/added.py"}
    assert (tmp_path / "copy" / "app.py").read_text() == "after"
    assert (app / "app.py").read_text() == "before"


def test_a_file_that_may_only_be_read_can_be_changed_in_the_copy(app: Path, tmp_path: Path) -> None:
    (app / "app.py").chmod(0o400)
    copies.copy(whole(app), tmp_path / "copy")
    assert (tmp_path / "copy" / "app.py").stat().st_mode & stat.S_IWUSR


def test_a_copy_has_the_names_that_files_have_in_snowflake(app: Path, tmp_path: Path) -> None:
    copies.copy(Deployed({"pages/b.py": app / "app.py"}, {}), tmp_path / "copy")
    assert names(tmp_path / "copy") == {"pages/b.py"}


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
        "[secrets]\nfiles = ['/home/me/secrets.toml']\n"
    )
    copies.keep_configuration(app, container=container)
    assert tomllib.loads(path.read_text()).keys() == kept


def test_a_configuration_that_is_not_toml_stays_as_it_is(app: Path) -> None:
    path = app / ".streamlit" / "config.toml"
    path.write_text("[server\n")
    copies.keep_configuration(app, container=True)
    assert path.read_text() == "[server\n"
