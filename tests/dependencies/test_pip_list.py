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
