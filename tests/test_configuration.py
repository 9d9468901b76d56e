from __future__ import annotations

from pathlib import Path

import pytest

from sis_migrate.configuration import Configuration, ConfigurationError, load, settings
from sis_migrate.model import Settings


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "pyproject.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


FULL = """\
[project]
name = "x"

[tool.sis-migrate]
select = ["SIS1"]
ignore = ["SIS101"]
exclude = ["old/*"]
unsafe = true
dependency-file = "requirements"
streamlit = "1.55"
remove-environment = true
session = "viewer"

[tool.sis-migrate.map]
conda-name = "pip-name"

[tool.sis-migrate.per-file-ignores]
"tests/*" = ["SIS2", "SIS301"]
"""


def test_every_key(tmp_path: Path) -> None:
    path = write(tmp_path, FULL)
    assert load(tmp_path) == Configuration(
        file=path,
        select=("SIS1",),
        ignore=("SIS101",),
        exclude=("old/*",),
        unsafe=True,
        dependency_file="requirements",
        streamlit="1.55",
        remove_environment=True,
        session="viewer",
        package_map={"conda-name": "pip-name"},
        per_file_ignores={"tests/*": ("SIS2", "SIS301")},
    )


def test_the_nearest_file_with_the_table_counts(tmp_path: Path) -> None:
    path = write(tmp_path, "[tool.sis-migrate]\n")
    app = tmp_path / "project" / "app"
    app.mkdir(parents=True)
    write(app.parent, '[project]\ndependencies = ["sis-migrate"]\n')
    write(app, "[broken")
    assert load(app) == Configuration(path)
    assert load(app / "streamlit_app.py") == Configuration(path)


@pytest.mark.parametrize("text", ["tool = 1 # sis-migrate", "# sis-migrate", b"\xff"], ids=str)
def test_files_without_the_table_are_passed_over(tmp_path: Path, text: str | bytes) -> None:
    outer = write(tmp_path, "[tool.sis-migrate]\nunsafe = true\n")
    (tmp_path / "app").mkdir()
    write(tmp_path / "app", text)
    assert load(tmp_path / "app").file == outer


def test_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "is_file", lambda _: False)
    assert load(tmp_path) == Configuration()


def test_a_byte_order_mark(tmp_path: Path) -> None:
    write(tmp_path, b"\xef\xbb\xbf[tool.sis-migrate]\r\nunsafe = true\r\n")
    assert load(tmp_path).unsafe


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[tool.sis-migrate]\nselct = []\n", 2, "unknown key 'selct'; did you mean 'select'"),
        ("[tool.sis-migrate]\ndependency_file = ''", 2, "did you mean 'dependency-file'"),
        ("[tool.sis-migrate]\n\nzzzz = 1\n", 3, "unknown key 'zzzz'; there are select, ignore"),
        ("[tool.sis-migrate]\nselect = 'SIS1'\n", 2, "'select' must be a list of strings"),
        ("[tool.sis-migrate]\nignore = [1]\n", 2, "'ignore' must be a list of strings"),
        ("[x]\nunsafe=0\n[tool.sis-migrate]\nunsafe = 1\n", 4, "must be true or false"),
        ("[tool.sis-migrate]\nstreamlit = 1.55\n", 2, "'streamlit' must be a string"),
        ("tool.sis-migrate.streamlit = 1.55\n", 1, "'streamlit' must be a string"),
        (
            "[tool.sis-migrate]\ndependency-file = 'environment'\n",
            2,
            "must be 'pyproject' or 'requirements', not 'environment'",
        ),
        (
            "[tool.sis-migrate]\nsession = 'shared'\n",
            2,
            "must be 'auto' or 'documented' or 'accessor' or 'viewer', not 'shared'",
        ),
        ("[tool.sis-migrate]\nmap = []\n", 2, "'map' must be a table of strings"),
        ("a = 1\n[tool.sis-migrate.map]\nx = 1\n", 2, "'map' must be a table of strings"),
        ("[tool.sis-migrate]\nper-file-ignores = 1\n", 2, "a table of globs"),
        ('[tool.sis-migrate.per-file-ignores]\n"*" = "SIS1"\n', 1, "a table of globs"),
        ("[tool]\nsis-migrate = 1\n", 2, "tool.sis-migrate must be a table"),
        ("[tool]\nsis-migrate = {unsafe = 1}\n", None, "must be true or false"),
        ("a = 1\n[tool.sis-migrate\n", 2, "not valid TOML"),
        ("[tool.sis-migrate]\nstreamlit = 'x", None, "not valid TOML"),
        (b"[tool.sis-migrate]\nstreamlit = '\xe4'\n", 2, "not valid UTF-8"),
    ],
)
def test_what_is_wrong_and_where(
    tmp_path: Path, text: str | bytes, line: int | None, words: str
) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path)
    assert (caught.value.path, caught.value.line) == (path, line)
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"{path}:{line}: " if line else f"{path}: ")


def test_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "")

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(ConfigurationError, match=r"pyproject\.toml: cannot be read: Permission"):
        load(tmp_path)


def test_settings_of_nothing_are_the_defaults() -> None:
    assert settings(Configuration()) == Settings()


def test_the_file_speaks_where_the_command_line_does_not(tmp_path: Path) -> None:
    write(tmp_path, FULL)
    assert settings(load(tmp_path), select=[], streamlit="") == Settings(
        select=("SIS1",),
        ignore=("SIS101",),
        exclude=("old/*",),
        unsafe=True,
        dependency_file="requirements",
        streamlit="1.55",
        remove_environment=True,
        session="viewer",
        package_map={"conda-name": "pip-name"},
        per_file_ignores={"tests/*": ("SIS2", "SIS301")},
    )


def test_the_command_line_comes_first(tmp_path: Path) -> None:
    write(tmp_path, FULL)
    given = settings(
        load(tmp_path),
        select=["SIS2"],
        ignore=["SIS3"],
        exclude=["x"],
        unsafe=False,
        dependency_file="pyproject",
        streamlit="1.56",
        remove_environment=False,
        session="accessor",
        package_map={"a": "b"},
    )
    assert given == Settings(
        select=("SIS2",),
        ignore=("SIS3",),
        exclude=("x",),
        unsafe=False,
        dependency_file="pyproject",
        streamlit="1.56",
        remove_environment=False,
        session="accessor",
        package_map={"conda-name": "pip-name", "a": "b"},
        per_file_ignores={"tests/*": ("SIS2", "SIS301")},
    )


def test_only_the_command_line_asks_the_network() -> None:
    assert settings(Configuration()).resolve is False
    assert settings(Configuration(), resolve=True).resolve is True
