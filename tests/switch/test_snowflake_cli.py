"""Every project file that comes out is loaded by the real Snowflake CLI.

SNOWFLAKE_CLI_PYTHONS names the Pythons of environments that have one, separated as PATH is.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sis_codemods.switch import (
    new_project_file,
    project_file,
    project_file_artifacts,
    project_file_version,
)
from sis_migrate.model import Settings
from switch_case import REQUIRES, run

pytestmark = pytest.mark.needs_snowflake_cli
PYTHONS = [path for path in os.environ.get("SNOWFLAKE_CLI_PYTHONS", "").split(os.pathsep) if path]
CODEMODS = (
    project_file_version.codemod,
    project_file.codemod,
    new_project_file.codemod,
    project_file_artifacts.codemod,
)
FILES = {
    "pyproject.toml": REQUIRES,
    "environment.yml": "name: x\n",
    "logo.png": "",
    "pages/one.py": "import streamlit as st\n",
    ".streamlit/secrets.toml": "",
    ".streamlit/config.toml": "",
    "a.sql": "ALTER STREAMLIT sales SET EXTERNAL_ACCESS_INTEGRATIONS = (e) SECRETS = ('k' = a.b.c);",
    "streamlit_app.py": "import streamlit as st\nst.image('logo.png')\n",
}
PROJECTS = {
    "version 1": """\
definition_version: 1
streamlit:
  name: sales # here
  query_warehouse: wh
  env_file: environment.yml
  pages_dir: pages/
  additional_source_files: [logo.png]
""",
    "version 1.1 with templates": """\
definition_version: "1.1"
streamlit:
  name: <% ctx.env.name %>
  database: db
  query_warehouse: wh
  main_file: streamlit_app.py
env:
  name: sales
""",
    "version 2": """\
definition_version: '2'
entities:
  sales:
    type: streamlit
    identifier: {name: sales, schema: s}
    query_warehouse: wh
    secrets:
      old: a.b.old
    artifacts:
      - streamlit_app.py
      - environment.yml
      - .streamlit/
""",
    "version 2 with a mixin, an anchor and two apps": """\
definition_version: 2
mixins:
  box:
    query_warehouse: wh
entities:
  sales:
    type: streamlit
    title: &title Sales
    meta: {use_mixins: [box]}
    external_access_integrations: [other]
    artifacts: [streamlit_app.py]
  other:
    type: streamlit
    title: *title
    main_file: b.py
    artifacts: [b.py]
""",
    "warehouse runtime": """\
definition_version: 2
entities:
  sales:
    type: streamlit
    runtime_name: system$warehouse_runtime
    query_warehouse: wh
    artifacts: [streamlit_app.py]
""",
    "none": "",
}
CHOICES = {
    "defaults": Settings(project_file=True),
    "integration and pool": Settings(
        project_file=True, package_source="integration:my eai", compute_pool="My pool"
    ),
    "newest keys": Settings(project_file=True, snowflake_cli="3.31"),
}


def made(project: str, settings: Settings) -> str:
    files = {**FILES, **({"snowflake.yml": project} if project else {})}
    text = run(files, *CODEMODS, settings=settings).texts["snowflake.yml"]
    assert text
    assert text != project
    return text


@pytest.mark.parametrize("python", PYTHONS or [""])
@pytest.mark.parametrize("choice", CHOICES)
def test_the_cli_loads_what_comes_out(python: str, choice: str) -> None:
    if not python:
        pytest.skip("SNOWFLAKE_CLI_PYTHONS names no Python with a Snowflake CLI")
    texts = [made(project, CHOICES[choice]) for project in PROJECTS.values()]
    result = loaded(python, texts)
    known = [int(part) for part in result["version"].split(".")[:2]]
    if choice == "newest keys" and known < [3, 31]:
        assert all("artifact_repositories" in error for error in result["errors"])
        return
    errors = dict(zip(PROJECTS, result["errors"], strict=True))
    assert errors == dict.fromkeys(PROJECTS), result["version"]


def loaded(python: str, texts: list[str]) -> dict[str, Any]:
    result = subprocess.run(
        [python, Path(__file__).with_name("load_projects.py")],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    document: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return document
