from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from discovery_case import ENV, LIB, SF, ST, build, look, named, only
from git_repository import git, plain_git
from sis_migrate.apps import import_roots
from sis_migrate.workspace import Workspace


@pytest.fixture(autouse=True)
def _plain_git() -> Iterator[None]:
    with plain_git():
        yield


def test_files_of_an_app(tmp_path: Path) -> None:
    build(
        tmp_path,
        {
            "environment.yml": ENV,
            "app.py": ST + "from core import db\nimport importlib\nimportlib.import_module('late')",
            "core/__init__.py": "",
            "core/db.py": "from . import sql",
            "core/sql.py": "",
            "core/unused.py": "",
            "late.py": "",
            "router/page.py": LIB + "import router.extra",
            "router/extra.py": "",
            "tool.py": "x = 1",
            "tests/test_app.py": SF,
            "sitecustomize.py": SF,
            "nested/environment.yml": ENV,
            "nested/x.py": ST,
        },
    )
    app, nested = look(tmp_path).apps
    assert named(tmp_path, *app.files) == [
        "app.py",
        "core/__init__.py",
        "core/db.py",
        "core/sql.py",
        "late.py",
        "router/extra.py",
        "router/page.py",
    ]
    assert named(tmp_path, *nested.files) == ["nested/x.py"]
    assert import_roots(app, Workspace()) == (tmp_path,)


def test_modules_above_the_root(tmp_path: Path) -> None:
    build(
        tmp_path,
        {
            "common/lib.py": "import _snowflake",
            "libs/pkg/__init__.py": "",
            "libs/pkg/deep.py": "",
            "apps/one/environment.yml": ENV,
            "apps/one/src/main.py": ST
            + "import sys\nsys.path.append('../../../libs')\nsys.path.append('\\0')\n"
            "sys.path.insert(0, here)\nother.append('x')\n"
            "import common.lib, pkg.deep, pandas, json, streamlit.web\nfrom .gone import x\n",
            "apps/two/x.py": ST + "import common.lib",
            "apps/three/x.py": ST + "import pandas.common",
            "pandas.txt": "",
        },
    )
    git(tmp_path, "init", "--quiet")
    one, two = look(tmp_path).apps
    assert named(tmp_path, *one.files) == [
        "apps/one/src/main.py",
        "common/lib.py",
        "libs/pkg/__init__.py",
        "libs/pkg/deep.py",
    ]
    assert named(tmp_path, *two.files) == ["apps/two/x.py", "common/lib.py"]
    assert "imports modules of libs (on sys.path)" in one.evidence
    assert f"imports modules of {tmp_path} (no nearer module has the name)" in two.evidence
    assert named(tmp_path, *import_roots(one, Workspace())) == [
        "apps/one/src",
        "apps/one",
        "libs",
        "common",
        ".",
    ]
    # the same from anywhere in the repository
    assert look(tmp_path, "common/lib.py").apps == look(tmp_path, "common").apps == (one, two)
    assert look(tmp_path, "apps/two").apps == (two,)
    assert look(tmp_path, "apps/two", "apps/two/x.py").apps == (two,)


def test_modules_above_that_lie_in_folders_named_like_the_import(tmp_path: Path) -> None:
    build(tmp_path, {"common/other.py": "", "app/x.py": SF + "import common.lib"})
    git(tmp_path, "init", "--quiet")
    assert named(tmp_path, *only(look(tmp_path)).files) == ["app/x.py"]


def test_a_folder_inside_the_app_on_sys_path(tmp_path: Path) -> None:
    source = SF + "import sys\nsys.path.append('vendor')\nimport lib\nexec(open('app.py').read())"
    build(tmp_path, {"app.py": source, "vendor/lib.py": "import more", "vendor/more.py": ""})
    app = only(look(tmp_path))
    assert named(tmp_path, *app.files) == ["app.py", "vendor/lib.py", "vendor/more.py"]
    assert named(tmp_path, *import_roots(app, Workspace())) == [".", "vendor"]


def test_import_roots_without_an_entry_point(tmp_path: Path) -> None:
    assert import_roots(only(look(build(tmp_path, {"one.py": SF, "two.py": ST}))), Workspace()) == (
        tmp_path,
    )


def artifacts(*sources: str) -> str:
    listed = "".join(f"      - {source}\n" for source in sources)
    return f"definition_version: 2\nentities:\n  a:\n    type: streamlit\n    artifacts:\n{listed}"


ARTIFACTS = [
    pytest.param(["src/pkg/*.py"], "import pkg.data", "src/pkg/data.py", "src", id="a source tree"),
    pytest.param(["src/pkg"], "from pkg import data", "src/pkg/data.py", "src", id="a folder"),
    pytest.param(
        ["{src: src/pkg/data.py, dest: ./}"], "import data", "src/pkg/data.py", "src/pkg", id="flat"
    ),
    pytest.param(["../shared/lib.py"], "import lib", "../shared/lib.py", "../shared", id="outside"),
]


@pytest.mark.parametrize(("sources", "line", "file", "root"), ARTIFACTS)
def test_modules_of_artifacts(
    tmp_path: Path, sources: list[str], line: str, file: str, root: str
) -> None:
    git(tmp_path, "init", "--quiet")
    files = {"snowflake.yml": artifacts(*sources), "streamlit_app.py": f"{SF}{line}\n", file: SF}
    build(tmp_path / "app", files)
    found = look(tmp_path)
    (app,) = [app for app in found.apps if app.entry_point == tmp_path / "app/streamlit_app.py"]
    wanted = Path(os.path.normpath(tmp_path / "app" / file))
    assert wanted in app.files
    assert wanted not in found.outside
    assert Path(os.path.normpath(tmp_path / "app" / root)) in import_roots(app, Workspace())
    assert any("uploaded by the artifacts" in why for why in app.evidence)


def test_a_module_of_two_artifacts_is_neither(tmp_path: Path) -> None:
    text = artifacts("one/*.py", "two/*.py")
    files = {"snowflake.yml": text, "streamlit_app.py": f"{SF}import lib\n"}
    build(tmp_path, {**files, "one/lib.py": "", "two/lib.py": ""})
    assert named(tmp_path, *only(look(tmp_path)).files) == ["streamlit_app.py"]


def test_what_the_cli_lays_out_is_nobodys_source(tmp_path: Path) -> None:
    files = {
        "snowflake.yml": artifacts("streamlit_app.py"),
        "streamlit_app.py": SF,
        "output/bundle/streamlit/a/streamlit_app.py": SF,
        "output/deploy/streamlit_app.py": SF,
        "lib/output/deploy/kept.py": SF,
    }
    build(tmp_path, files)
    seen = {path for app in look(tmp_path).apps for path in app.files}
    assert named(tmp_path, *sorted(seen)) == ["lib/output/deploy/kept.py", "streamlit_app.py"]


LEFT = [
    pytest.param(["streamlit_app.py"], ["streamlit_app.py"], id="only the main file"),
    pytest.param(["streamlit_app.py", "other.py"], ["other.py", "streamlit_app.py"], id="named"),
    pytest.param(["./*.py"], ["other.py", "streamlit_app.py"], id="a pattern"),
    pytest.param(["./"], ["other.py", "streamlit_app.py"], id="the folder"),
    pytest.param(["streamlit_app.py", "<% ctx.env.more %>"], ["other.py", "streamlit_app.py"],
                 id="a template"),
    pytest.param([], ["other.py", "streamlit_app.py"], id="no artifacts"),
]  # fmt: skip


@pytest.mark.parametrize(("sources", "scripts"), LEFT)
def test_a_script_that_stays_behind_is_no_page(
    tmp_path: Path, sources: list[str], scripts: list[str]
) -> None:
    files = {"snowflake.yml": artifacts(*sources), "streamlit_app.py": SF, "other.py": SF}
    app = only(look(build(tmp_path, files)))
    assert named(tmp_path, *sorted(app.scripts)) == scripts
    assert named(tmp_path, *app.files) == ["other.py", "streamlit_app.py"]
