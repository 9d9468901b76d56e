"""The entry point's folder and the artifacts."""

from __future__ import annotations

import pytest

from paths.path_case import run
from sis_codemods.paths import entry_point, missing_artifacts
from sis_migrate.model import Status

PROJECT = """\
definition_version: 2
entities:
  app:
    type: streamlit
    main_file: streamlit_app.py
    artifacts:
      - streamlit_app.py
      - {}
"""


def test_entry_point_below_the_root() -> None:
    files = {"apps/one/main.py": "x = 1\n"}
    [finding] = run(files, entry_point.codemod, entry="apps/one/main.py").findings
    assert (finding.status, finding.path.name) == (Status.REVIEW, "main.py")
    assert "apps/one/" in finding.message


def test_entry_point_in_the_root() -> None:
    assert run({"streamlit_app.py": ""}, entry_point.codemod).findings == ()


def test_artifact_that_is_not_there() -> None:
    files = {"streamlit_app.py": "", "snowflake.yml": PROJECT.format("gone.py")}
    [finding] = run(files, missing_artifacts.codemod).findings
    assert finding.span is not None
    assert (finding.span.line, finding.status) == (8, Status.REVIEW)


@pytest.mark.parametrize(
    "artifact",
    ["data.csv", "pages/*.py", "<% ctx.env.file %>", "environment.yml", "pyproject.toml"],
)
def test_artifact_that_is_there_or_cannot_be_told(artifact: str) -> None:
    files = {
        "streamlit_app.py": "",
        "data.csv": "",
        "snowflake.yml": PROJECT.format(artifact),
    }
    assert run(files, missing_artifacts.codemod).findings == ()


def test_no_project_file() -> None:
    assert run({"streamlit_app.py": ""}, missing_artifacts.codemod).findings == ()
