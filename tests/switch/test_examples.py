"""The examples in the docstrings of the codemods that edit."""

from __future__ import annotations

import re
from importlib import import_module

import pytest

from sis_migrate.codemod import Codemod
from switch_case import REQUIRES, run

FILES = {"environment.yml": "name: x\n", "pyproject.toml": REQUIRES}
BARE = {"environment.yml": "name: x\n"}
_BLOCK = re.compile(r"(Before|After):\n\n```\w+\n(.*?)```", re.DOTALL)


@pytest.mark.parametrize(
    ("module", "name", "files"),
    [
        pytest.param("project_file", "snowflake.yml", BARE, id="SIS701"),
        pytest.param("project_file_version", "snowflake.yml", BARE, id="SIS702"),
        pytest.param("project_file_artifacts", "snowflake.yml", FILES, id="SIS703"),
        pytest.param("create_streamlit", "deploy.sql", BARE, id="SIS711"),
        pytest.param("upload_lists", "deploy.sql", FILES, id="SIS721"),
    ],
)
def test_before_becomes_after(module: str, name: str, files: dict[str, str]) -> None:
    codemod: Codemod = import_module(f"sis_codemods.switch.{module}").codemod
    example = dict(_BLOCK.findall(codemod.documentation))
    result = run({**files, name: example["Before"]}, codemod)
    assert result.texts[name] == example["After"]


@pytest.mark.parametrize(
    ("module", "name"),
    [
        pytest.param("native_app", "setup.sql", id="SIS731"),
        pytest.param("dcm", "project.sql", id="SIS732"),
        pytest.param("other_statements", "deploy.sql", id="SIS712"),
    ],
)
def test_example_is_reported(module: str, name: str) -> None:
    codemod: Codemod = import_module(f"sis_codemods.switch.{module}").codemod
    (text,) = re.findall(r"Reported:\n\n```sql\n(.*?)```", codemod.documentation, re.DOTALL)
    result = run({name: text}, codemod)
    assert result.findings
    assert result.migration.changes == ()
