from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sis_migrate.deployed import deployed, whole
from sis_migrate.model import App, AppMigration, FileChange
from sis_migrate.verification import (
    WAREHOUSE_STREAMLIT,
    NotVerifiableError,
    requirements,
    subjects,
)
from sis_migrate.verify.environments import BASE
from sis_migrate.verify.run import Subject
from sis_migrate.verify.verdicts import Kind


def app(root: Path, entry: str = "app.py", environment: str = "") -> App:
    path = root / entry
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    file = root / "environment.yml" if environment else None
    if file:
        file.write_text(f"channels: [snowflake]\ndependencies:\n{environment}")
    return App(root, "SALES", path, (path,), (path,), environment_file=file)


@pytest.mark.parametrize(
    ("files", "lines"),
    [
        pytest.param({}, (), id="none"),
        pytest.param(
            {"requirements.txt": "a==1\n# b\nc  # d\n-r x\n\n"}, ("a==1", "c"), id="lines"
        ),
        pytest.param(
            {"requirements.txt": "a==1 \\\n  --hash=sha256:0\nb[x]>=2 ; python_version > '3'\n"},
            ("a==1", "b[x]>=2 ; python_version > '3'"),
            id="continued lines",
        ),
        pytest.param(
            {"requirements.txt": "--index-url https://x.example\n./lib\ngit+https://x.example/a\n"},
            ("./lib", "git+https://x.example/a"),
            id="folders and addresses",
        ),
        pytest.param(
            {"requirements.txt": "a", "pyproject.toml": "[project]\ndependencies = ['b']"},
            ("a",),
            id="requirements.txt comes first",
        ),
        pytest.param(
            {"src/pyproject.toml": "[project]\ndependencies = ['b']", "requirements.txt": "a"},
            ("b",),
            id="the nearer folder comes first",
        ),
        pytest.param({"src/pyproject.toml": "[project"}, (), id="not TOML"),
        pytest.param({"src/pyproject.toml": "project = 1"}, (), id="no table"),
        pytest.param({"src/pyproject.toml": "[project]\ndependencies = 1"}, (), id="no list"),
    ],
)
def test_the_file_that_the_container_reads(
    tmp_path: Path, files: dict[str, str], lines: tuple[str, ...]
) -> None:
    app(tmp_path, "src/app.py")
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert requirements(Path("src/app.py"), whole(tmp_path)) == lines


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        pytest.param({"requirements.txt": "# nothing\n\n"}, BASE, id="an empty list"),
        pytest.param({"requirements.txt": "-r more.txt"}, Path("requirements.txt"), id="options"),
        pytest.param({"src/pyproject.toml": "[tool.ruff]"}, BASE, id="only tools"),
        pytest.param({"src/pyproject.toml": "[project"}, Path("src/pyproject.toml"), id="not TOML"),
        pytest.param({"requirements.txt": "a\0"}, Path("requirements.txt"), id="not text"),
        pytest.param(
            {"src/pyproject.toml": "[project]\ndependencies = []"}, BASE, id="no packages"
        ),
        pytest.param(
            {"src/pyproject.toml": "[project]\ndynamic = ['dependencies']"},
            Path("src/pyproject.toml"),
            id="packages that a build tells",
        ),
        pytest.param(
            {"src/pyproject.toml": "[project]\ndependencies = ['b']", "requirements.txt": "a"},
            Path("src/pyproject.toml"),
            id="the nearer one",
        ),
    ],
)
def test_uv_is_given_the_very_file(
    tmp_path: Path, files: dict[str, str], wanted: Path | tuple[str, ...]
) -> None:
    found = app(tmp_path, "src/app.py")
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    (subject,) = subjects(AppMigration(found), before=False)
    assert subject.attempts == (wanted,)


def test_a_wheel_of_the_app_is_found_from_wherever_uv_is_run(tmp_path: Path) -> None:
    app(tmp_path)
    wheel = tmp_path / "lib" / "a-1-py3-none-any.whl"
    wheel.parent.mkdir()
    wheel.touch()
    (tmp_path / "requirements.txt").write_text(
        "./lib/a-1-py3-none-any.whl\na @ lib/a-1-py3-none-any.whl\n./missing.whl\n"
    )
    found = requirements(Path("app.py"), whole(tmp_path))
    assert found == (str(wheel), f"a @ {wheel.as_uri()}", "./missing.whl")


def test_the_migrated_file_counts_and_a_deleted_one_does_not(tmp_path: Path) -> None:
    found = app(tmp_path)
    old, new = tmp_path / "requirements.txt", tmp_path / "pyproject.toml"
    old.write_text("a")
    changes = (
        FileChange(old, b"a", None),
        FileChange(new, None, b"[project]\ndependencies = ['b']"),
    )
    assert requirements(Path("app.py"), deployed(found, changes)) == ("b",)


def lines(subject: Subject) -> list[tuple[str, ...]]:
    return [attempt for attempt in subject.attempts if isinstance(attempt, tuple)]


def test_an_app_is_run_three_times(tmp_path: Path) -> None:
    found = app(tmp_path, environment="  - streamlit=1.35.0\n  - pandas=2.0.3\n")
    path = tmp_path / "requirements.txt"
    change = FileChange(path, None, b"streamlit[snowflake]>=1.55\npandas==2.0.3\n")
    warehouse, container, migrated = subjects(AppMigration(found, (change,)))
    assert [s.kind for s in (warehouse, container, migrated)] == list(Kind)
    exact, any_version = lines(warehouse)
    assert exact[:2] == ("streamlit==1.35.0", "pandas==2.0.3")
    assert "snowflake-snowpark-python" in exact
    assert "pandas" in any_version
    assert container.attempts == (BASE,)
    assert migrated.attempts == (Path("requirements.txt"),)
    files = [s.files.files.keys() if s.files else set() for s in (container, migrated)]
    assert files[1] - files[0] == {"requirements.txt"}
    assert migrated.script == Path("app.py")


def test_what_the_artifacts_do_not_name_is_not_run(tmp_path: Path) -> None:
    found = app(tmp_path)
    (tmp_path / "pages").mkdir()
    page, module = tmp_path / "pages" / "one.py", tmp_path / "tables.py"
    page.touch()
    module.touch()
    (tmp_path / "snowflake.yml").write_text(
        "definition_version: 2\nentities:\n  sales:\n    type: streamlit\n"
        "    main_file: app.py\n    artifacts: [app.py]\n"
    )
    found = replace(found, scripts=(*found.scripts, page, tmp_path / "other.py"))
    (subject,) = subjects(AppMigration(found), before=False)
    assert subject.scripts == (Path("app.py"), Path("pages/one.py"))
    assert subject.files is not None
    assert "tables.py" not in subject.files.files


def test_only_the_migrated_app_is_run_on_request(tmp_path: Path) -> None:
    found = subjects(AppMigration(app(tmp_path)), before=False)
    assert [s.kind for s in found] == [Kind.MIGRATED]


@pytest.mark.parametrize(
    "environment",
    [
        pytest.param("", id="no file"),
        pytest.param("  - pandas\n", id="no Streamlit in it"),
        pytest.param("  - streamlit\n", id="any Streamlit"),
    ],
)
def test_without_a_version_the_warehouse_has_its_newest(tmp_path: Path, environment: str) -> None:
    warehouse = subjects(AppMigration(app(tmp_path, environment=environment)))[0]
    assert lines(warehouse)[0][0] == f"streamlit{WAREHOUSE_STREAMLIT}"


def test_an_app_without_an_entry_point_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(NotVerifiableError, match="name it as main_file"):
        subjects(AppMigration(App(tmp_path, "SALES", None, (), ())))
