"""A requirements.txt that comes in place of a pyproject.toml."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dependency_case import ENTRY, convert, packages
from sis_migrate.model import Item, Runtime, Settings, Status

ENVIRONMENT = "name: sales\ndependencies:\n  - pandas=2.2.3\n  - plotly\n"
ARTIFACTS = """\
definition_version: 2
entities:
  app:
    type: streamlit
    artifacts:
      - streamlit_app.py
      - src: pages/*.py
"""
REQUIREMENTS = Settings(dependency_file="requirements")
LISTED = """\
[project]
name = "sales"
version = "1.0"
dependencies = [
    "streamlit==1.60.0",  # from the docs
    "faker==3.0",
    "acme @ https://host/acme.whl",
]

[tool.ruff]
line-length = 90
"""


@pytest.mark.parametrize("runtime", [Runtime.WAREHOUSE, Runtime.CONTAINER])
def test_requirements_take_over_what_the_pyproject_lists(runtime: Runtime) -> None:
    files = {"environment.yml": ENVIRONMENT, "pyproject.toml": LISTED, ENTRY: "import plotly\n"}
    outcome = convert(files, settings=REQUIREMENTS, runtime=runtime)
    lines = ["streamlit==1.60.0", "faker==3.0", "acme @ https://host/acme.whl"]
    own = ["pandas==2.2.3"] if runtime is Runtime.WAREHOUSE else []
    assert outcome.files["requirements.txt"].splitlines() == [*lines, *own, "plotly"]
    assert outcome.files["pyproject.toml"] == LISTED
    finding = outcome.about("requirements.txt: 3 taken over from pyproject.toml")
    assert finding.status is Status.FIXED


def test_what_is_taken_over_is_completed() -> None:
    project = LISTED.replace("1.60.0", "1.35.0").replace("faker", "pandas")
    files = {"environment.yml": "dependencies: []\n", "pyproject.toml": project}
    outcome = convert(files, settings=REQUIREMENTS)
    assert packages(outcome, "requirements.txt")[:2] == ["streamlit>=1.55,<1.68", "pandas==3.0"]
    assert outcome.about("Streamlit ==1.35.0 becomes").item is Item.STREAMLIT


def test_requirements_that_stayed_at_home_take_over_what_they_lack() -> None:
    files = {
        "environment.yml": ENVIRONMENT,
        "pyproject.toml": LISTED,
        "snowflake.yml": ARTIFACTS + "      - pyproject.toml\n",
        "requirements.txt": "Faker\r\n-r more.txt",
        "more.txt": "pandas==2.0.3\n",
    }
    outcome = convert(files, settings=REQUIREMENTS)
    assert outcome.files["requirements.txt"] == (
        "Faker\r\n-r more.txt\r\nstreamlit==1.60.0\r\nacme @ https://host/acme.whl\r\nplotly\r\n"
    )
    assert outcome.files["more.txt"] == "pandas>=2.1.2,<3\n"
    files["requirements.txt"] = "faker==3.0 --hash=sha256:00\n"
    hashed = convert(files, settings=replace(REQUIREMENTS, remove_environment=True))
    assert hashed.files == files | {ENTRY: "import streamlit as st\n"}


def test_what_comes_from_a_source_of_its_own_is_not_taken_over_by_name() -> None:
    project = LISTED.replace('"faker==3.0"', '"acme_sdk", "beta"').replace(
        "[tool.ruff]",
        "[tool.uv]\nconstraint-dependencies = ['altair<6']\n[tool.uv.sources]\n"
        'Acme-SDK = { path = "acme_sdk-1-py3-none-any.whl" }\nbeta = { index = "ours" }\n[tool.ruff]',
    )
    files = {"pyproject.toml": project, ENTRY: "import acme_sdk, streamlit\n"}
    outcome = convert(files, settings=REQUIREMENTS)
    assert packages(outcome, "requirements.txt") == [
        "streamlit==1.60.0",
        "acme @ https://host/acme.whl",
    ]
    assert outcome.about("acme_sdk, beta is not taken over").status is Status.MANUAL
    assert outcome.about("(constraint-dependencies) does not count").status is Status.REVIEW
