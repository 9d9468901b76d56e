from __future__ import annotations

from pathlib import Path

import pytest

from dependency_case import convert
from sis_codemods.dependencies.uploaded import is_uploaded
from sis_migrate.model import App
from sis_migrate.workspace import Workspace

ROOT = Path("/project/app")
FILE = ROOT / "requirements.txt"
UPLOADS = [
    pytest.param("PUT file://requirements.txt @s/app/ OVERWRITE=TRUE;", True, id="by name"),
    pytest.param("snow sql -q 'put 'file://app/requirements.txt' @s'", True, id="with its folder"),
    pytest.param("PUT file:///home/me/app/* @s;", True, id="a pattern"),
    pytest.param("PUT file://$HERE/requirements.txt @s;", True, id="a variable"),
    pytest.param("snow stage copy ./app/requirements.txt @s --overwrite", True, id="stage copy"),
    pytest.param("snow stage copy --overwrite app/*.txt @s", True, id="options first"),
    pytest.param("PUT file://other/requirements.txt @s;", False, id="another folder"),
    pytest.param("PUT file://app/*.py @s;", False, id="another pattern"),
    pytest.param("PUT file://streamlit_app.py @s;", False, id="another file"),
    pytest.param("-- PUT file://requirements.txt @s;", False, id="a comment"),
    pytest.param("pip install -r requirements.txt # stage", False, id="no upload"),
]


def uploaded(script: str, data: bytes) -> bool:
    path = ROOT / script
    workspace = Workspace({path: data, FILE: b""})
    app = App(ROOT, "app", ROOT / "streamlit_app.py", (), (), sql_files=(path,))
    return is_uploaded(FILE, app, workspace)


@pytest.mark.parametrize(("line", "expected"), UPLOADS)
def test_commands(line: str, expected: bool) -> None:
    assert uploaded("deploy.sql", line.encode()) is expected


def test_scripts_that_do_not_decode_say_nothing() -> None:
    assert not uploaded("deploy.sql", b"PUT file://requirements.txt @s;\xff\xfe\0")


def test_a_script_of_no_app_names_the_folder(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    root = tmp_path / "app"
    root.mkdir()
    (root / "requirements.txt").touch()
    app = App(root, "app", root / "streamlit_app.py", (), ())
    for line, expected in (("PUT file://x/app/requirements.txt @s;", True),
                           ("PUT file://requirements.txt @s;", False)):  # fmt: skip
        (tmp_path / "deploy.sh").write_text(line)
        assert is_uploaded(root / "requirements.txt", app, Workspace()) is expected


def test_what_a_script_uploads_is_the_apps_file() -> None:
    files = {
        "environment.yml": "dependencies:\n  - plotly\n",
        "snowflake.yml": "entities:\n  app:\n    artifacts: [streamlit_app.py]\n",
        "requirements.txt": "streamlit==1.60.0\n",
        "deploy.sh": "PUT file://requirements.txt @s/app/;\n",
    }
    outcome = convert(files)
    assert "plotly" in outcome.files["requirements.txt"]
    assert "pyproject.toml" not in outcome.files
