from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sis_migrate import deployed as module
from sis_migrate.deployed import Deployed, deployed, whole
from sis_migrate.mixins import effective
from sis_migrate.model import App, FileChange

FILES = (
    "app.py",
    "environment.yml",
    "pyproject.toml",
    "tables.py",
    "data/regions.csv",
    "data/notes.md",
    "lib/money/__init__.py",
    "pages/one.py",
    ".streamlit/config.toml",
)


def app(root: Path, project: str = "", *, entry: str = "app.py", name: str = "SALES") -> App:
    for file in FILES:
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file)
    path = root / "snowflake.yml"
    if project:
        path.write_text(project)
    return App(root, name, root / entry, (), (), project_file=path if project else None)


def version_2(artifacts: str, *, more: str = "", key: str = "sales") -> str:
    return (
        "definition_version: 2\nentities:\n"
        f"  {key}:\n    type: streamlit\n    main_file: app.py\n    artifacts: {artifacts}\n{more}"
    )


ALONE = {"app.py", "environment.yml", "pages/one.py"}


@pytest.mark.parametrize(
    ("artifacts", "names"),
    [
        pytest.param("[app.py]", set(), id="what the CLI adds by itself"),
        pytest.param("[tables.py, pyproject.toml]", {"tables.py", "pyproject.toml"}, id="files"),
        pytest.param("[data]", {"data/regions.csv", "data/notes.md"}, id="a folder"),
        pytest.param("[lib/]", {"lib/money/__init__.py"}, id="a folder with a slash"),
        pytest.param("[data/*.csv]", {"data/regions.csv"}, id="a pattern"),
        pytest.param("['**/*.csv']", {"data/regions.csv"}, id="a pattern for any depth"),
        pytest.param(
            "['*']", {*FILES, "snowflake.yml"} - ALONE, id="everything, hidden files with it"
        ),
        pytest.param("[./]", {*FILES, "snowflake.yml"} - ALONE, id="the folder itself"),
        pytest.param("[{src: tables.py, dest: lib/}]", {"lib/tables.py"}, id="into a folder"),
        pytest.param("[{src: tables.py, dest: lib/t.py}]", {"lib/t.py"}, id="to another name"),
        pytest.param(
            "[{src: 'data/*', dest: ./}]", {"regions.csv", "notes.md"}, id="up to the root"
        ),
        pytest.param(
            "[{src: data, dest: d}]", {"d/regions.csv", "d/notes.md"}, id="a folder renamed"
        ),
        pytest.param("[{src: data, dest: ../d/}]", set(), id="out of the app"),
        pytest.param("[{src: tables.py, dest: ..}]", set(), id="in the place of the folder above"),
        pytest.param("[{src: tables.py, dest: .}]", set(), id="in the place of the root"),
        pytest.param(
            "[{src: data, ignore: ['*.md']}]", {"data/regions.csv"}, id="names passed over"
        ),
    ],
)
def test_artifacts_name_what_is_deployed(tmp_path: Path, artifacts: str, names: set[str]) -> None:
    found = deployed(app(tmp_path, version_2(artifacts)))
    assert found.project_file == tmp_path / "snowflake.yml"
    assert set(found.files) == ALONE | names


PYTHONS = [path for path in os.environ.get("SNOWFLAKE_CLI_PYTHONS", "").split(os.pathsep) if path]


@pytest.mark.needs_snowflake_cli
@pytest.mark.parametrize("python", PYTHONS or [""])
@pytest.mark.parametrize(
    ("artifacts", "alone"),
    [
        pytest.param([("data/*.csv", "")], "app.py environment.yml pages", id="in their places"),
        pytest.param([("**/*.py", "")], "environment.yml", id="any depth"),
        pytest.param([("*", "")], "", id="everything"),
        pytest.param(
            [("data/*", "./"), ("lib", "l/"), ("data", "d")],
            "app.py environment.yml pages",
            id="other places",
        ),
        pytest.param(
            [("tables.py", "a/b.py"), (".streamlit/", "")],
            "app.py environment.yml pages",
            id="other names",
        ),
    ],
)
def test_it_is_what_the_real_cli_uploads(
    tmp_path: Path, python: str, artifacts: list[tuple[str, str]], alone: str
) -> None:
    if not python:
        pytest.skip("SNOWFLAKE_CLI_PYTHONS names no Python with a Snowflake CLI")
    root = tmp_path / "project"
    written = json.dumps([{"src": src, "dest": dest} for src, dest in artifacts])
    found = deployed(app(root, version_2(written)))
    added = [(name, "") for name in alone.split()]  # older releases upload what is listed only
    asked = {"root": str(root), "artifacts": [*artifacts, *added]}
    result = subprocess.run(
        [python, Path(__file__).with_name("bundle_map.py")],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout.splitlines()[-1]) == sorted(found.files)


def test_a_list_of_version_1_counts_too(tmp_path: Path) -> None:
    project = (
        "definition_version: 1\nstreamlit:\n  name: sales\n  main_file: app.py\n"
        "  env_file: other.yml\n  additional_source_files: [tables.py]\n"
    )
    assert set(deployed(app(tmp_path, project)).files) == {"app.py", "pages/one.py", "tables.py"}


@pytest.mark.parametrize(
    ("artifacts", "absent"),
    [
        pytest.param("[tables.py, data, lib/, 'data/*.csv']", (), id="all are there"),
        pytest.param("[gone.py, data]", ("gone.py",), id="a file"),
        pytest.param("['data/*.xlsx', data]", ("data/*.xlsx",), id="a pattern"),
        pytest.param("[{src: gone/, dest: x/}, data]", ("gone/",), id="with a destination"),
        pytest.param("[{src: data, ignore: ['*']}]", (), id="all of it ignored"),
        pytest.param("[empty, app.py]", (), id="an empty folder"),
        pytest.param("[planned.py]", (), id="what the migration makes"),
        pytest.param("[../other.py, app.py]", (), id="what is outside"),
    ],
)
def test_the_artifacts_that_are_not_there(
    tmp_path: Path, artifacts: str, absent: tuple[str, ...]
) -> None:
    made = app(tmp_path, version_2(artifacts))
    (tmp_path / "empty").mkdir()
    change = FileChange(tmp_path / "planned.py", None, b"")
    assert deployed(made, [change]).absent == absent


def test_mixins_are_laid_under_an_entity(tmp_path: Path) -> None:
    more = "    meta: {use_mixins: [m]}\nmixins:\n  m: {artifacts: [data]}\n"
    found = deployed(app(tmp_path, version_2("[tables.py]", more=more)))
    assert set(found.files) == ALONE | {"data/regions.csv", "data/notes.md", "tables.py"}
    assert effective("no mapping", None) == {}
    assert effective({"meta": {"use_mixins": "m"}, "a": 1}, {"m": {"b": 2}})["b"] == 2
    assert "b" not in effective({"meta": {"use_mixins": 1}}, {"m": {"b": 2}})


@pytest.mark.parametrize(
    "project",
    [
        pytest.param("", id="no project file"),
        pytest.param("a: [", id="not YAML"),
        pytest.param("- 1", id="no mapping"),
        pytest.param("definition_version: 2\nentities: {sales: {type: streamlit}}", id="no list"),
        pytest.param(version_2("['<% ctx.env.files %>']"), id="a template"),
        pytest.param(version_2("[other.py]").replace("app.py", "other.py"), id="another app"),
        pytest.param("streamlit: {name: sales}", id="version 1 without a list"),
        pytest.param("entities: {sales: 1, n: {type: native}}", id="other entities"),
    ],
)
def test_without_a_list_for_the_app_it_is_the_whole_folder(tmp_path: Path, project: str) -> None:
    found = deployed(app(tmp_path, project))
    assert found.project_file is None
    assert set(FILES) <= set(found.files)


def test_of_two_entities_with_one_main_file_the_apps_own_counts(tmp_path: Path) -> None:
    other = "  other:\n    type: streamlit\n    main_file: app.py\n    artifacts: [data]\n"
    project = version_2("[tables.py]", more=other)
    assert "tables.py" in deployed(app(tmp_path, project)).files
    assert "data/notes.md" in deployed(app(tmp_path, project, name="OTHER")).files


def test_an_entry_point_that_is_put_elsewhere_is_found_there(tmp_path: Path) -> None:
    project = version_2("[{src: 'src/*', dest: ./}]")
    own = app(tmp_path / "src")
    (tmp_path / "snowflake.yml").write_text(project)
    found = deployed(
        App(own.root, "SALES", own.entry_point, (), (), project_file=tmp_path / "snowflake.yml")
    )
    assert {"app.py", "tables.py", "pages/one.py"} <= set(found.files)
    assert found.names_of([own.root / "pages" / "one.py"]) == ("pages/one.py",)


def test_an_unknown_entry_point_means_the_whole_folder(tmp_path: Path) -> None:
    found = deployed(App(app(tmp_path).root, "SALES", None, (), ()))
    assert set(found.files) == set(FILES)


def test_planned_changes_are_in_it(tmp_path: Path) -> None:
    own = app(tmp_path, version_2("[app.py]"))
    project = tmp_path / "snowflake.yml"
    changes = [
        FileChange(project, b"", version_2("[app.py, new.py]").encode()),
        FileChange(tmp_path / "new.py", None, b"new"),
        FileChange(tmp_path / "environment.yml", b"", None),
    ]
    found = deployed(own, changes)
    assert set(found.files) == {"app.py", "new.py", "pages/one.py"}
    assert found.read("new.py") == b"new"


def test_a_project_file_that_the_migration_writes_counts(tmp_path: Path) -> None:
    change = FileChange(tmp_path / "snowflake.yml", None, version_2("[tables.py]").encode())
    assert set(deployed(app(tmp_path), [change]).files) == ALONE | {"tables.py"}


def test_environments_and_caches_and_links_to_nothing_stay_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (".git/HEAD", "venv/a.py", "lib/__pycache__/a.pyc", "large.bin", "app.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x" * (9 if name == "large.bin" else 1))
    (tmp_path / "broken").symlink_to("nowhere")
    (tmp_path / "lib" / "round").symlink_to(tmp_path, target_is_directory=True)
    monkeypatch.setattr(module, "MAX_FILE_MB", 0.000004)
    assert set(whole(tmp_path).files) == {"app.py"}


def test_the_digest_is_the_same_before_a_migration_is_applied_and_after(tmp_path: Path) -> None:
    own = app(tmp_path, version_2("[app.py]"))
    changes = [
        FileChange(tmp_path / "app.py", b"app.py", b"migrated"),
        FileChange(tmp_path / "snowflake.yml", b"", version_2("[app.py, new.py]").encode()),
        FileChange(tmp_path / "new.py", None, b"new"),
        FileChange(tmp_path / "environment.yml", b"", None),
    ]
    before = deployed(own, changes).digest()
    assert before != deployed(own).digest()
    for change in changes:
        if change.after is None:
            change.path.unlink()
        else:
            change.path.write_bytes(change.after)
    assert deployed(own).digest() == before


def test_a_project_file_of_many_apps_is_parsed_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = app(tmp_path, version_2("[tables.py] # of many"))
    parsed: list[str] = []
    load = yaml.safe_load

    def counted(text: str) -> object:
        parsed.append(text)
        return load(text)

    monkeypatch.setattr(yaml, "safe_load", counted)
    assert deployed(own).files == deployed(own).files
    assert len(parsed) == 1


def test_a_folder_and_links_to_it_are_all_there(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "money.py").touch()
    for name in ("a", "z"):
        (tmp_path / name).symlink_to("lib", target_is_directory=True)
    assert set(whole(tmp_path).files) == {"a/money.py", "lib/money.py", "z/money.py"}


def test_a_link_that_leads_out_is_not_followed(tmp_path: Path) -> None:
    root, outside = tmp_path / "app", tmp_path / "outside"
    for folder in (root, outside):
        folder.mkdir()
        (folder / "app.py").touch()
    (root / "data").symlink_to(outside, target_is_directory=True)
    assert set(whole(root).files) == {"app.py"}


def test_files_that_vanish_and_folders_without_permission_stay_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "closed").mkdir()
    (tmp_path / "app.py").touch()
    listed = os.listdir

    def list_folder(folder: Path) -> list[str]:
        if folder.name == "closed":
            raise PermissionError
        return [*listed(folder), "gone.py"]

    monkeypatch.setattr(os, "listdir", list_folder)
    assert set(whole(tmp_path).files) == {"app.py"}


@pytest.mark.skipif(sys.platform != "linux", reason="names there are Unicode")
def test_a_name_that_is_not_utf_8_has_a_digest(tmp_path: Path) -> None:
    before = whole(tmp_path).digest()
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.csv")).touch()
    assert whole(tmp_path).digest() != before


@given(st.binary(max_size=8), st.sampled_from(FILES))
def test_the_digest_follows_every_file(data: bytes, name: str) -> None:
    root = Path(os.sep) / "project"
    files = {name: root / name for name in FILES}
    planned = {path: name.encode() for name, path in files.items()}
    same = (
        Deployed(files, {**planned, root / name: data}).digest()
        == Deployed(files, planned).digest()
    )
    assert same == (data == name.encode())


def test_the_digest_passes_secrets_over(tmp_path: Path) -> None:
    root = app(tmp_path).root
    before = whole(root).digest()
    (root / ".streamlit" / "secrets.toml").write_text("a = 1")
    assert whole(root).digest() == before
