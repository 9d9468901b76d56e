from __future__ import annotations

import tomllib

import pytest

from dependency_case import convert, packages
from sis_codemods.dependencies.pip_list import wheel_of
from sis_migrate.model import Settings, Status


def environment(*lines: str) -> str:
    return "dependencies:\n- pandas\n- pip:\n" + "".join(f"  - {line}\n" for line in lines)


LINES = [
    pytest.param("Faker", ["faker"], id="a name"),
    pytest.param("faker >=1,<2", ["faker<2,>=1"], id="a range"),
    pytest.param("faker[a]==1.0 --hash=sha256:0", ["faker[a]==1.0"], id="a hash"),
    pytest.param("-e .", [], id="the app's own folder, to be edited"),
    pytest.param(".", [], id="the app's own folder"),
    pytest.param("-e .[dev]", [], id="the app's own folder with extras"),
]


@pytest.mark.parametrize(("line", "expected"), LINES)
def test_converts(line: str, expected: list[str]) -> None:
    outcome = convert({"environment.yml": environment(line)})
    assert packages(outcome)[2:] == expected
    assert outcome.said(Status.MANUAL) == []


BY_HAND = [
    pytest.param("-c limits.txt", "constraint-dependencies", id="limits"),
    pytest.param("--index-url=https://host/simple", "[[tool.uv.index]]", id="an index"),
    pytest.param("--find-links wheels", "[tool.uv]", id="an option"),
    pytest.param("-e ../shared", "a wheel of it", id="another folder, to be edited"),
    pytest.param("./shared", "a wheel of it", id="another folder"),
    pytest.param("git+https://host/x.git#egg=x", "access to the address", id="a repository"),
    pytest.param("x @ git+https://host/x.git", "access to the address", id="a named repository"),
    pytest.param("https://host/x-1-py3-none-any.whl", "a wheel of it", id="an address"),
    pytest.param("${X}", "yourself", id="a variable"),
    pytest.param("-r missing.txt", "yourself", id="a file that is not there"),
    pytest.param("wheels/x-1-py3-none-any.whl", "yourself", id="a wheel that is not there"),
]


@pytest.mark.parametrize(("line", "remedy"), BY_HAND)
def test_leaves_to_a_person(line: str, remedy: str) -> None:
    outcome = convert({"environment.yml": environment(f"'{line}'")})
    assert packages(outcome)[2:] == [f"# {line}: not converted"]
    finding = outcome.about("of the pip list is not converted")
    assert finding.status is Status.MANUAL
    assert remedy in finding.remedy


def test_takes_in_the_lines_of_another_file() -> None:
    files = {
        "environment.yml": environment("-r more.txt"),
        "more.txt": "# names\nfaker==1.0 \\\n  --hash=sha256:0\n\ntoolz  # tools\n-r even_more.txt\n",
    }
    outcome = convert(files)
    assert packages(outcome)[2:] == ["faker==1.0", "toolz", "# -r more.txt: not converted"]


MARKED = [
    pytest.param(['pandas==1.5.3 ; python_version < "3.9"'], ["pandas"], id="alone"),
    pytest.param(
        ['pandas==1.5.3 ; python_version < "3.9"', 'pandas==2.2.3 ; python_version >= "3.9"'],
        ['pandas==2.2.3 ; python_version >= \\"3.9\\"'],
        id="beside one that holds",
    ),
    pytest.param(
        ['pandas>=2 ; sys_platform != "win32"', 'pandas<3 ; python_version > "3"'],
        ["pandas>=2,<3"],
        id="two that hold",
    ),
    pytest.param(
        ["pandas>=2", *['pandas<3 ; python_version > "3"'] * 2], ["pandas>=2,<3"], id="three"
    ),
]


@pytest.mark.parametrize(("lines", "expected"), MARKED)
def test_only_lines_that_count_on_the_container_are_taken_over(
    lines: list[str], expected: list[str]
) -> None:
    text = "dependencies:\n- pip:\n" + "".join(f"  - '{line}'\n" for line in lines)
    outcome = convert({"environment.yml": text, "streamlit_app.py": "import pandas\n"})
    assert packages(outcome)[1:] == expected


def test_the_streamlit_that_counts_on_the_container_is_taken_over() -> None:
    lines = (
        "'streamlit==1.20 ; python_version < \"3.9\"'",
        "'streamlit==1.60.0 ; python_version > \"3.9\"'",
    )
    outcome = convert({"environment.yml": environment(*lines)})
    assert packages(outcome)[0] == 'streamlit==1.60.0 ; python_version > \\"3.9\\"'
    assert outcome.about("its marker does not hold").status is Status.FIXED


def test_a_comment_behind_a_file_of_lines_is_one() -> None:
    files = {
        "environment.yml": environment("-r more.txt  # theirs"),
        "more.txt": "faker\ntoolz\n",
    }
    assert packages(convert(files))[2:] == ["faker  # theirs", "toolz"]


COMMENTED = [
    pytest.param("-e .  # us", "# -e .: left out  # us", id="left out"),
    pytest.param("${X}  # them", "# ${X}: not converted  # them", id="not converted"),
]


@pytest.mark.parametrize(("line", "after"), COMMENTED)
def test_comments_behind_what_is_not_converted_stay(line: str, after: str) -> None:
    assert packages(convert({"environment.yml": environment(line)}))[2:] == [after]


CAUTIONS = [
    pytest.param("sklearn", "a stub that fails", id="a stub"),
    pytest.param("pathlib", "is part of Python 3.11", id="a part of Python"),
    pytest.param("psycopg2", "has no wheel", id="no wheel"),
    pytest.param("snowflake-native-apps-permission", "inside a Native App", id="of no use"),
]


@pytest.mark.parametrize(("name", "words"), CAUTIONS)
def test_says_what_does_not_work_and_leaves_it(name: str, words: str) -> None:
    outcome = convert({"environment.yml": environment(name)})
    assert packages(outcome)[2:] == [name]
    assert outcome.about(words).status is Status.REVIEW


WHEELS = {
    "environment.yml": environment("./wheels/acme_sdk-1.0-py3-none-any.whl"),
    "wheels/acme_sdk-1.0-py3-none-any.whl": "",
}


def test_finds_a_wheel_among_the_apps_files() -> None:
    outcome = convert(WHEELS)
    document = tomllib.loads(outcome.files["pyproject.toml"])
    assert document["project"]["dependencies"][-1] == "acme-sdk"
    assert document["tool"]["uv"]["sources"] == {
        "acme-sdk": {"path": "wheels/acme_sdk-1.0-py3-none-any.whl"}
    }


def test_names_a_wheel_by_its_path_in_requirements() -> None:
    outcome = convert(WHEELS, settings=Settings(dependency_file="requirements"))
    assert packages(outcome, "requirements.txt")[-1] == "./wheels/acme_sdk-1.0-py3-none-any.whl"


def test_adds_a_wheel_to_requirements_that_are_there() -> None:
    outcome = convert({**WHEELS, "requirements.txt": "streamlit\npandas\n"})
    assert outcome.files["requirements.txt"].endswith(
        "pandas\n./wheels/acme_sdk-1.0-py3-none-any.whl\n"
    )


def test_adds_no_wheel_to_a_pyproject_that_is_there() -> None:
    project = '[project]\nname = "a"\ndependencies = ["streamlit==1.60.0", "pandas"]\n'
    outcome = convert({**WHEELS, "pyproject.toml": project})
    assert outcome.files["pyproject.toml"] == project


def test_knows_a_wheel_by_its_line() -> None:
    assert wheel_of("acme @ file:wheels/a-1-x.whl") == ("a", "wheels/a-1-x.whl")
    assert wheel_of("/abs/a-1-x.whl") is None
    assert wheel_of("https://host/a-1-x.whl") is None
    assert wheel_of("acme") is None
