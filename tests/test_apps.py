from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from discovery_case import ENV, LIB, SF, ST, build, entries, look, named, only
from git_repository import git, plain_git
from sis_migrate.apps import Discovery, DiscoveryError, discover
from sis_migrate.model import Settings
from sis_migrate.workspace import Workspace


@pytest.fixture(autouse=True)
def _plain_git() -> Iterator[None]:
    with plain_git():
        yield


@pytest.mark.parametrize(
    ("files", "entry"),
    [
        pytest.param({"environment.yml": ENV, "app.py": ST}, ["app.py"], id="environment file"),
        pytest.param(
            {"environment.yaml": ENV, "x.py": ST}, ["x.py"], id="environment file spelled yaml"
        ),
        pytest.param(
            {"environment.yml": "dependencies: [a]", "app.py": ST}, [], id="no snowflake channel"
        ),
        pytest.param({"environment.yml": ENV, "app.py": "print(1)"}, [], id="no Streamlit"),
        pytest.param({"x.py": SF}, ["x.py"], id="session in the script"),
        pytest.param({"x.py": ST + "import _snowflake"}, ["x.py"], id="_snowflake"),
        pytest.param(
            {"x.py": ST + "from snowflake.core import Root"}, ["x.py"], id="snowflake.core"
        ),
        pytest.param(
            {"x.py": ST + "from snowflake import connector"}, ["x.py"], id="from snowflake"
        ),
        pytest.param({"x.py": ST + "c = st.connection('snowflake')"}, ["x.py"], id="connection"),
        pytest.param(
            {"x.py": ST + "import lib", "lib.py": "import snowflake.connector"},
            ["x.py"],
            id="in a module it imports",
        ),
        pytest.param({"x.py": ST}, [], id="plain Streamlit"),
        pytest.param({"x.py": ST + "# snowball"}, [], id="snow in a comment"),
        pytest.param(
            {"x.py": "s = '''\nimport streamlit\n'''\nget_active_session()"},
            [],
            id="Streamlit in a string",
        ),
        pytest.param(
            {"test_x.py": SF, "tests/app.py": SF, "conftest.py": SF, "a_test.py": SF},
            [],
            id="tests",
        ),
        pytest.param(
            {".hidden/x.py": SF, "node_modules/x.py": SF, "a.egg-info/x.py": SF},
            [],
            id="not source",
        ),
        pytest.param({"env/pyvenv.cfg": "", "env/x.py": SF}, [], id="virtual environment"),
        pytest.param(
            {"build/lib/x.py": SF, "dist/a.whl": "", "dist/x.py": SF}, [], id="build output"
        ),
        pytest.param({"build/x.py": SF}, ["build/x.py"], id="a folder that is only called build"),
        pytest.param({"🤖 app é.py": SF}, ["🤖 app é.py"], id="emoji, space and accent"),
        pytest.param(
            {"x.py": "from streamlit import title\ntitle('x')\nimport _snowflake"},
            ["x.py"],
            id="from streamlit import",
        ),
        pytest.param({"x.py": SF + "  bad indent"}, ["x.py"], id="does not parse"),
        pytest.param({"a/x.py": SF, "b/y.py": SF}, ["a/x.py", "b/y.py"], id="two folders"),
        pytest.param({"x.py": SF, "sub/y.py": SF}, ["x.py", "sub/y.py"], id="one below the other"),
        pytest.param(
            {"environment.yml": ENV, "x.py": ST, "a/environment.yml": ENV, "a/y.py": ST},
            ["x.py", "a/y.py"],
            id="nested homes",
        ),
        pytest.param(
            {"environment.yml": ENV, "x.py": ST, "img/environment.yml": ENV},
            ["x.py"],
            id="environment file without code",
        ),
        pytest.param(
            {
                "environment.yml": ENV,
                "app.py": "from page import st\nst.title('x')",
                "page.py": "import streamlit as st",
            },
            ["app.py"],
            id="Streamlit by way of an own module",
        ),
        pytest.param(
            {
                "environment.yml": ENV,
                "go.py": "from views.page import run\nrun()",
                "views/page.py": LIB,
                "app.py": "from views.page import show\nshow()",
            },
            ["app.py"],
            id="an entry point that only calls its module",
        ),
        pytest.param(
            {"utils/lib.py": LIB + "import _snowflake"}, [], id="a module without a script"
        ),
    ],
)
def test_apps(tmp_path: Path, files: dict[str, str], entry: list[str]) -> None:
    assert entries(tmp_path, look(build(tmp_path, files))) == entry


def test_plain_streamlit_is_passed_over_with_one_line(tmp_path: Path) -> None:
    found = look(build(tmp_path, {"a/x.py": ST, "a/y.py": ST}))
    assert found.notes == (f"{tmp_path / 'a'}: Streamlit without Snowflake, left out: x.py, y.py",)


def test_a_repository_without_streamlit_is_not_parsed(tmp_path: Path) -> None:
    build(
        tmp_path,
        {
            "a.py": "import pandas",
            "h.py": "def f(session):\n    import _snowflake",
            "environment.yml": ENV,
            "q.sql": "SELECT 1",
            "snowflake.yml": "entities: {}",
        },
    )
    program = (
        "import ast, pathlib, sys\n"
        "from sis_migrate.apps import discover\n"
        "from sis_migrate.model import Settings\n"
        "from sis_migrate.workspace import Workspace\n"
        "ast.parse = None\n"
        "found = discover([pathlib.Path(sys.argv[1])], Workspace(), Settings())\n"
        "print(len(found.outside), sorted({'yaml', 'sqlglot', 'libcst', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "1 []"


@pytest.mark.parametrize(
    "asked",
    ["app", "app/main.py", "app/pages/p.py", "app/pages", "app/logo.png", "app/environment.yml"],
)
@pytest.mark.parametrize("in_git", [True, False], ids=["in a repository", "without git"])
def test_the_app_around_a_path(tmp_path: Path, asked: str, in_git: bool) -> None:
    build(
        tmp_path,
        {
            "app/environment.yml": ENV,
            "app/main.py": SF,
            "app/pages/p.py": SF,
            "app/logo.png": "",
            "other/x.py": SF,
        },
    )
    if in_git:
        git(tmp_path, "init", "--quiet")
    assert named(tmp_path, *only(look(tmp_path, asked)).files) == ["app/main.py", "app/pages/p.py"]


def test_a_project_file_tells_the_app_without_git(tmp_path: Path) -> None:
    build(tmp_path, {"environment.yml": "name: conda", "other.py": SF})
    build(tmp_path, {"app/snowflake.yml": "streamlit: {main_file: x.py}", "app/x.py": ST})
    build(tmp_path, {"app/lib/y.py": SF, "z/w.py": SF})
    assert only(look(tmp_path, "app/lib/y.py")).root == tmp_path / "app"
    assert entries(tmp_path, look(tmp_path, "z")) == ["z/w.py"]


@pytest.mark.parametrize(
    ("asked", "files"), [("a/x.py", ["x.py"]), ("a/pages/p.py", ["pages/p.py", "x.py"])]
)
def test_a_lone_script_without_git(tmp_path: Path, asked: str, files: list[str]) -> None:
    build(tmp_path, {"a/x.py": SF} | ({asked: ST} if "pages" in asked else {}))
    assert named(tmp_path / "a", *only(look(tmp_path, asked)).files) == files


def test_a_path_of_no_app(tmp_path: Path) -> None:
    build(tmp_path, {"a/x.py": SF, "b/readme.md": ""})
    git(tmp_path, "init", "--quiet")
    assert look(tmp_path, "b").apps == look(tmp_path, "b/readme.md").apps == ()
    assert discover([], Workspace(), Settings()) == Discovery()


def test_git_ignored_files_count_only_where_they_are_asked_for(tmp_path: Path) -> None:
    build(tmp_path, {".gitignore": "copy/\n", "a/x.py": SF, "copy/y.py": SF})
    git(tmp_path, "init", "--quiet")
    assert entries(tmp_path, look(tmp_path)) == ["a/x.py"]
    assert entries(tmp_path, look(tmp_path, "copy")) == ["copy/y.py"]
    assert entries(tmp_path, look(tmp_path, "a", "copy")) == ["a/x.py", "copy/y.py"]


def test_folders_that_are_asked_for_are_looked_into(tmp_path: Path) -> None:
    build(tmp_path, {".cache/x.py": SF, "tests/apps/y.py": SF, "z.py": SF})
    git(tmp_path, "init", "--quiet")
    assert entries(tmp_path, look(tmp_path, ".cache")) == [".cache/x.py"]
    assert entries(tmp_path, look(tmp_path, "tests/apps")) == ["tests/apps/y.py"]
    assert entries(tmp_path, look(tmp_path)) == ["z.py"]


@pytest.mark.parametrize("glob", ["old", "old/", "./old", "old/*", "*/gone.py", "gone.py"])
def test_exclusions(tmp_path: Path, glob: str) -> None:
    build(tmp_path, {"a/x.py": SF, "old/gone.py": SF})
    assert entries(tmp_path, look(tmp_path, exclude=(glob,))) == ["a/x.py"]


def test_exclusions_relative_to_the_given_folder(tmp_path: Path) -> None:
    build(tmp_path, {"a/x.py": SF, "a/old/gone.py": SF, "b/y.py": SF})
    git(tmp_path, "init", "--quiet")
    assert entries(tmp_path, look(tmp_path, "a", exclude=("old/gone.py",))) == ["a/x.py"]


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DiscoveryError, match=r"nowhere: no such file or folder"):
        look(tmp_path, "nowhere")


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")
def test_links(tmp_path: Path) -> None:
    build(tmp_path, {"a/x.py": SF, "real/y.py": SF, "real/environment.yml": ENV})
    (tmp_path / "a/linked").symlink_to(tmp_path / "real")
    (tmp_path / "broken").symlink_to(tmp_path / "gone")
    found = look(tmp_path)
    assert entries(tmp_path, found) == ["a/x.py", "real/y.py"]
    assert found.notes == (f"{tmp_path}/a/linked: a link to a folder; not followed",)
    assert entries(tmp_path, look(tmp_path, "a/linked")) == ["real/y.py"]
    with pytest.raises(DiscoveryError, match="a link to nothing"):
        look(tmp_path, "broken")


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")
def test_a_broken_link_stays_a_script_of_its_app(tmp_path: Path) -> None:
    build(tmp_path, {"environment.yml": ENV})
    for name in ("app.py", "n.ipynb", "other.py"):
        (tmp_path / name).symlink_to(tmp_path / "gone")
    found = look(tmp_path)
    assert named(tmp_path, *only(found).scripts) == ["app.py"]
    assert found.notes == tuple(
        f"{tmp_path / name}: cannot be read (symbolic link that leads nowhere)"
        for name in ("app.py", "other.py")
    )


def test_files_that_do_not_decode_stay_scripts(tmp_path: Path) -> None:
    build(tmp_path, {"environment.yml": ENV, "app.py": ST, "pages/p.py": ST})
    (tmp_path / "app.py").write_bytes(ST.encode() + b"# \xff\n")
    (tmp_path / "pages/p.py").write_bytes(b"\0")
    assert named(tmp_path, *only(look(tmp_path)).scripts) == ["app.py", "pages/p.py"]


def test_malformed_documents_do_not_stop_discovery(tmp_path: Path) -> None:
    build(
        tmp_path,
        {
            "environment.yml": "channels:\n- snowflake\n\t[",
            "app.py": ST,
            "snowflake.yml": "streamlit: [",
            "x.sql": "CREATE STREAMLIT '",
        },
    )
    assert entries(tmp_path, look(tmp_path)) == ["app.py"]


def test_folders_and_files_without_permission(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path, {"x.py": SF, "closed/y.py": SF, "build/z.py": SF})
    real_scan, real_list = os.scandir, os.listdir

    def scan(path: str) -> object:
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied", str(path))
        return real_scan(path)

    def listing(path: Path) -> list[str]:
        if Path(path).name == "build":
            raise PermissionError(13, "Permission denied", str(path))
        return real_list(path)

    monkeypatch.setattr(os, "scandir", scan)
    monkeypatch.setattr(os, "listdir", listing)
    found = look(tmp_path)
    assert "x.py" in entries(tmp_path, found)
    assert f"{tmp_path}/closed: cannot be looked into (Permission denied); left out" in found.notes
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(DiscoveryError, match="no permission"):
        look(tmp_path)


def test_outside(tmp_path: Path) -> None:
    build(
        tmp_path,
        {
            "app/x.py": SF,
            "app/handler.py": "def run(session, x):\n    import _snowflake",
            "app/typed.py": "# _snowflake\ndef run(s: snowpark.Session): pass",
            "udf.py": "from _snowflake import vectorized",
            "job.py": "get_active_session()",
            "n.ipynb": '{"source": "get_active_session()"}',
            "plain.ipynb": "{}",
            "tests/test_x.py": "get_active_session",
            "clean.py": "",
        },
    )
    found = look(tmp_path)
    assert named(tmp_path, *found.outside) == [
        "app/handler.py",
        "app/typed.py",
        "job.py",
        "n.ipynb",
        "tests/test_x.py",
        "udf.py",
    ]
    marks = (f"{tmp_path}/", "not part of an app ", "; left alone")
    notes = list(found.notes)
    for mark in marks:
        assert all(mark in note for note in notes)
        notes = [note.replace(mark, "") for note in notes]
    assert notes == [
        "app/handler.py: (UDF or procedure handler): mentions _snowflake",
        "app/typed.py: (UDF or procedure handler): mentions _snowflake",
        "job.py: (script): mentions get_active_session",
        "n.ipynb: (notebook): mentions get_active_session",
        "tests/test_x.py: (test): mentions get_active_session",
        "udf.py: (UDF or procedure handler): mentions _snowflake",
    ]


def test_notes_are_relative_to_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(build(tmp_path, {"x.py": "get_active_session"}))
    (note,) = discover([Path()], Workspace(), Settings()).notes
    assert note.startswith("x.py: not part of an app")
