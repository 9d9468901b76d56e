"""When environment.yml is removed (--remove-environment), and when it stays."""

from __future__ import annotations

import pytest

from dependency_case import ENTRY, convert
from sis_migrate.model import Settings

ENVIRONMENT = "name: sales\ndependencies:\n  - pandas=2.2.3\n  - plotly\n"
REMOVE = Settings(remove_environment=True)
UNWRITTEN = [
    pytest.param("\udcff\udcfe", id="not UTF-8"),
    pytest.param("streamlit==1.60.0 --hash=sha256:00\n", id="hashes"),
]


@pytest.mark.parametrize("text", UNWRITTEN)
def test_the_environment_stays_where_nothing_is_written(text: str) -> None:
    outcome = convert({"environment.yml": ENVIRONMENT, "requirements.txt": text}, settings=REMOVE)
    assert outcome.files["environment.yml"] == ENVIRONMENT


COMPLETE = "streamlit==1.60.0{}\npandas==2.2.3{}\nplotly==6.0{}\n"


@pytest.mark.parametrize("end", ["", " --hash=sha256:00"], ids=["plain", "hashed"])
def test_the_environment_goes_where_nothing_is_missing(end: str) -> None:
    text = COMPLETE.format(end, end, end)
    outcome = convert({"environment.yml": ENVIRONMENT, "requirements.txt": text}, settings=REMOVE)
    assert "environment.yml" not in outcome.files


def test_the_environment_stays_where_the_table_cannot_be_written() -> None:
    files = {
        "environment.yml": "dependencies: [{pip: [a-1-py3-none-any.whl]}]\n",
        "a-1-py3-none-any.whl": "",
        "pyproject.toml": "[tool.uv.sources]\n",
    }
    outcome = convert(files, settings=REMOVE)
    assert outcome.files == {ENTRY: "import streamlit as st\n", **files}
    assert "would not be valid TOML" in outcome.about("not done, because the edited").message


def test_the_environment_stays_where_a_wheel_is_left_to_a_person() -> None:
    files = {
        "environment.yml": "dependencies: [plotly, {pip: [a-1-py3-none-any.whl]}]\n",
        "a-1-py3-none-any.whl": "",
        "pyproject.toml": '[project]\nname = "x"\nversion = "1"\ndependencies = []\n',
    }
    outcome = convert(files, settings=REMOVE)
    assert "environment.yml" in outcome.files
    assert '"plotly"' in outcome.files["pyproject.toml"]


OPEN = "dependencies:\n  - plotly\n  - acme\n  - pip: [git+https://host/x]\n"


def test_what_is_not_converted_stays_as_a_comment() -> None:
    outcome = convert({"environment.yml": OPEN}, settings=REMOVE)
    assert "environment.yml" not in outcome.files
    text = outcome.files["pyproject.toml"]
    assert "# acme: this tool does not know the name" in text
    assert "# git+https://host/x: not converted" in text
    assert outcome.about("is removed").message.endswith("is a comment in pyproject.toml")


@pytest.mark.parametrize("end", ["", " --hash=sha256:00"], ids=["plain", "hashed"])
def test_the_environment_stays_where_it_says_what_is_open(end: str) -> None:
    text = f"streamlit==1.60{end}\nplotly==6.0{end}\n"
    outcome = convert({"environment.yml": OPEN, "requirements.txt": text}, settings=REMOVE)
    assert outcome.files["environment.yml"] == OPEN
    assert outcome.files["requirements.txt"] == text
