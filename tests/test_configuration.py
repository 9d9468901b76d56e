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
map-address = "https://host.example/names.json"

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
        map_address="https://host.example/names.json",
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
            "must be 'pyproject' or 'requirements' or 'none', not 'environment'",
        ),
        (
            "[tool.sis-migrate]\nsession = 'shared'\n",
            2,
            "must be 'auto' or 'documented' or 'accessor' or 'viewer', not 'shared'",
        ),
        ("[tool.sis-migrate]\nmap = []\n", 2, "'map' must be a table of strings"),
        ("a = 1\n[tool.sis-migrate.map]\nx = 1\n", 3, "'map' must be a table of strings"),
        (
            '[tool.sis-migrate.map]\nmine = "project>=2"\n',
            2,
            "a table of project names without versions (\"\": leave out), not mine = 'project>=2'",
        ),
        ('tool.sis-migrate.map-address = ""\n', 1, "begins with https://, not ''"),
        ("[tool.sis-migrate]\nmap-address = 1\n", 2, "'map-address' must be a string"),
        (
            '[tool.sis-migrate]\nmap-address = "http://host.example/"\n',
            2,
            "'map-address' must be an address that begins with https://, not 'http://host",
        ),
        (
            '[tool.sis-migrate]\nmap-address = "https://me:word@host.example/"\n',
            2,
            "'map-address' must be an address without a user and a password",
        ),
        ("[tool.sis-migrate]\nper-file-ignores = 1\n", 2, "a table of globs"),
        ('[tool.sis-migrate.per-file-ignores]\n"*" = "SIS1"\n', 2, "a table of globs"),
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
        map_address="https://host.example/names.json",
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
        map_address="https://host.example/names.json",
        per_file_ignores={"tests/*": ("SIS2", "SIS301")},
    )


def test_only_the_command_line_asks_the_network() -> None:
    assert settings(Configuration()).resolve is False
    assert settings(Configuration(), resolve=True).resolve is True


STREAMLITS = [
    pytest.param("1.58", id="a minor release"),
    pytest.param("1.50.1", id="a release"),
    pytest.param("9.99", id="one that is not there yet"),
    pytest.param(">=1.40,<1.60", id="a range"),
    pytest.param("", id="none"),
]


@pytest.mark.parametrize("version", STREAMLITS)
def test_a_streamlit_that_runs_in_a_container(tmp_path: Path, version: str) -> None:
    write(tmp_path, f"[tool.sis-migrate]\nstreamlit = '{version}'\n")
    assert load(tmp_path).streamlit == version


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("1.40", "1.50 or later, not 1.40: containers run no older one"),
        ("1.49.1", "1.50 or later"),
        ("<1.50", "1.50 or later"),
        ("new", "a version such as 1.55, not 'new'"),
    ],
)
def test_a_streamlit_that_does_not(tmp_path: Path, version: str, words: str) -> None:
    write(tmp_path, f"[tool.sis-migrate]\nstreamlit = '{version}'\n")
    with pytest.raises(ConfigurationError, match=words):
        load(tmp_path)


def test_no_dependency_file(tmp_path: Path) -> None:
    write(tmp_path, "[tool.sis-migrate]\ndependency-file = 'none'\n")
    assert load(tmp_path).dependency_file == "none"


ENTRIES = [
    pytest.param('\n[tool.sis-migrate.map]\na = "b"\nc = "d==1"\n', 4, id="a table"),
    pytest.param('[tool.sis-migrate]\nunsafe = true\nmap.c = "d==1"\n', 3, id="a dotted key"),
    pytest.param('[tool.sis-migrate]\nmap = { a = "b", c = "d==1" }\n', 2, id="in one line"),
    pytest.param('tool.sis-migrate.map.c = "d==1"\n', 1, id="at the top"),
    pytest.param('[tool.sis-migrate.per-file-ignores]\na = []\n"b" = "x"\n', 3, id="globs"),
    pytest.param('c = 1\n[tool.sis-migrate]\n\nmap = "a"\n', 4, id="no table at all"),
]


@pytest.mark.parametrize(("text", "line"), ENTRIES)
def test_an_entry_of_a_table_that_is_wrong_has_its_line(
    tmp_path: Path, text: str, line: int
) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path)
    assert caught.value.line == line
