"""What the app itself imports, and a newer release of the project no longer brings."""

from __future__ import annotations

import pytest

from dependency_case import convert, packages
from sis_migrate.model import Runtime, Settings, Span, Status

CODE = {"streamlit_app.py": "import pkg_resources\n"}
WHY = "the app imports pkg_resources, which setuptools 82 no longer has"


def test_what_is_added_for_the_import_has_the_end() -> None:
    outcome = convert(CODE)
    assert packages(outcome)[1:] == ["setuptools<82"]
    finding = outcome.about(WHY)
    assert finding.message == f"setuptools becomes setuptools<82: {WHY}"
    assert finding.status is Status.REVIEW


LISTED = [
    pytest.param("setuptools", "setuptools<82", id="bare"),
    pytest.param("setuptools>=60", "setuptools>=60,<82", id="a beginning"),
    pytest.param("setuptools=65.6.3", "setuptools==65.6.3", id="a pin that has it"),
]


@pytest.mark.parametrize(("entry", "after"), LISTED)
def test_an_entry_gets_the_end(entry: str, after: str) -> None:
    outcome = convert(CODE | {"environment.yml": f"dependencies:\n  - {entry}\n"})
    assert packages(outcome)[1:] == [after]
    found = [finding for finding in outcome.findings if WHY in finding.message]
    assert [f.span for f in found] == ([] if "==" in after else [Span(2, 5, 2, 5 + len(entry))])


@pytest.mark.parametrize("file", ["requirements.txt", "pyproject.toml"])
def test_a_line_of_a_file_gets_the_end(file: str) -> None:
    text = "streamlit==1.60.0\nsetuptools  # why\n"
    if file == "pyproject.toml":
        text = '[project]\nname = "a"\nversion = "1"\ndependencies = [\n'
        text += '    "streamlit==1.60.0",\n    "setuptools",\n]\n'
    outcome = convert(CODE | {file: text})
    assert outcome.files[file] == text.replace("setuptools", "setuptools<82")
    assert outcome.about(WHY).status is Status.REVIEW


def test_a_containers_own_line_stays_and_it_is_said() -> None:
    text = "streamlit==1.60.0\nsetuptools\n"
    outcome = convert(CODE | {"requirements.txt": text}, runtime=Runtime.CONTAINER)
    assert outcome.files["requirements.txt"] == text
    assert outcome.about(WHY).remedy == "List setuptools<82 if the app does not install or start."


def test_what_a_containers_file_lacks_is_added_with_the_end() -> None:
    files = CODE | {"requirements.txt": "streamlit==1.60.0\n"}
    outcome = convert(files, runtime=Runtime.CONTAINER)
    assert outcome.files["requirements.txt"] == "streamlit==1.60.0\nsetuptools<82\n"


def test_an_import_that_the_app_does_without_asks_for_nothing() -> None:
    code = "try:\n    import pkg_resources\nexcept ImportError:\n    pkg_resources = None\n"
    environment = "dependencies:\n  - setuptools\n"
    outcome = convert({"streamlit_app.py": code, "environment.yml": environment})
    assert packages(outcome)[1:] == ["setuptools"]


OLD_CODE = {"streamlit_app.py": "import pandas as pd\nframe = pd.DataFrame().applymap(str)\n"}


def test_a_floor_beside_pandas_3_is_spared_where_the_code_keeps_pandas_below_it() -> None:
    environment = "dependencies:\n  - openpyxl=3.0.10\n  - pandas\n"
    outcome = convert(OLD_CODE | {"environment.yml": environment})
    assert packages(outcome)[1:] == ["openpyxl==3.0.10", "pandas<3"]
    assert not any("openpyxl" in finding.message for finding in outcome.findings)


def test_a_floor_of_a_line_that_is_there_is_spared_as_well() -> None:
    text = "streamlit==1.60.0\nopenpyxl==3.0.10\npandas>=2.2\n"
    outcome = convert(OLD_CODE | {"requirements.txt": text})
    assert outcome.files["requirements.txt"] == text.replace("2.2", "2.2,<3")


def test_an_app_without_any_list_needs_a_file_for_it() -> None:
    outcome = convert(CODE, settings=Settings(dependency_file="none"))
    assert packages(outcome)[1:] == ["setuptools<82"]
    assert outcome.about("needed all the same: for setuptools").status is Status.REVIEW
