from __future__ import annotations

from pathlib import Path

import pytest

from codemod_case import check_found, check_noop, migrate
from paths.path_case import run
from sis_codemods.paths.missing_files import codemod
from sis_migrate.app_run import AppRun
from sis_migrate.model import App, Settings, Status
from sis_migrate.workspace import Workspace

HEAD = "import streamlit as st\nimport pandas as pd, os\n"
FOUND = {
    "data": "pd.read_csv('data/a.csv')\n",
    "open": "f = open('a.txt')\n",
    "image": "st.image('logo.png')\n",
    "page": "st.switch_page('pages/gone.py')\n",
    "leads out of the app": "open('../a.txt')\n",
    "relative module": "from .gone import x; open(x)\n",
}


@pytest.mark.parametrize("code", FOUND.values(), ids=FOUND)
def test_found(code: str) -> None:
    check_found(HEAD + code, codemod, "on a warehouse too", line=3, status=Status.REVIEW)


def test_module_of_a_folder_of_the_app() -> None:
    files = {
        "streamlit_app.py": "from lib.there import x\nfrom lib.gone import y\n",
        "lib/there.py": "",
    }
    # Triggers are looked for first: the file has to have something to do with paths.
    files["streamlit_app.py"] += "open(x)\n"
    [finding] = migrate(files, codemod).findings
    assert "lib.gone" in finding.message


NOOPS = {
    "in a try": "try:\n    open('a.txt')\nexcept OSError:\n    pass\n",
    "in a handler": "try:\n    x()\nexcept OSError:\n    open('a.txt')\n",
    "after a test": "if os.path.exists('a.txt'):\n    open('a.txt')\n",
    "tested elsewhere": "ok = os.path.isfile('a.txt')\nopen('a.txt')\n",
    "written by the app": "open('a.txt', 'w')\nopen('a.txt')\n",
    "in a folder that the app fills": "session.file.get('@s', 'tmp')\nopen('tmp/a.txt')\n",
    "text that is no path": "st.image('a\\nb')\n",
    "procedure": "def p(s):\n    open('a.txt')\nsession.sproc.register(p)\n",
    "guarded import": "try:\n    from .gone import x\nexcept ImportError:\n    x = None\nopen(x)\n",
    "another package's module": "from snowflake.gone import x\nopen(x)\n",
}


@pytest.mark.parametrize("code", NOOPS.values(), ids=NOOPS)
def test_noop(code: str) -> None:
    check_noop(HEAD + code, codemod)


def test_what_is_there() -> None:
    files = {
        "streamlit_app.py": "import streamlit as st\nopen('a.txt')\nst.Page('pages/p.py')\n",
        "a.txt": "",
        "pages/p.py": "",
    }
    assert run(files, codemod).findings == ()


def _on_disk(root: Path, entry: str) -> list[str]:
    path = root / entry
    app = App(root, "app", path, (path,), (path,))
    return [f.remedy for f in AppRun(app, Workspace(), Settings(), [codemod]).run().findings]


@pytest.mark.parametrize("there", ["Data/A.csv", "old/a.csv"], ids=["other case", "other folder"])
def test_the_file_that_may_be_meant(tmp_path: Path, there: str) -> None:
    (tmp_path / there).parent.mkdir()
    (tmp_path / there).touch()
    (tmp_path / "app.py").write_text("open('data/a.csv')\n")
    assert _on_disk(tmp_path, "app.py") == [f"{there!r} may be meant."]


def test_a_folder_is_there(tmp_path: Path) -> None:
    (tmp_path / "frontend").mkdir()
    code = "import streamlit.components.v1 as c\nc.declare_component('x', path='frontend')\n"
    (tmp_path / "app.py").write_text(code)
    assert _on_disk(tmp_path, "app.py") == []


def test_a_path_from_above_the_app(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "a.txt").touch()
    (tmp_path / "app" / "app.py").write_text("open('app/a.txt')\n")
    assert _on_disk(tmp_path / "app", "app.py") == ["'a.txt' may be meant."]


def test_a_path_for_local_runs_beside_the_right_one(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    (tmp_path / "app.py").write_text("open('a.txt' if sis else 0)\nopen('repo/a.txt')\n")
    assert _on_disk(tmp_path, "app.py") == []
