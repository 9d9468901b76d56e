from __future__ import annotations

import tomllib

import pytest

from dependency_case import convert, packages
from sis_migrate.documents.requirements import parse_requirements
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
    pytest.param(
        "|\n    faker>=1, \\\n      <2\n    toolz", ["faker<2,>=1", "toolz"], id="two lines"
    ),
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
    pytest.param("-r missing.txt", "Add what it lists", id="a file that is not there"),
    pytest.param("wheels/x-1-py3-none-any.whl", "Put it into", id="a wheel that is not there"),
    pytest.param("./x-1-py3-none-any.whl", "Put it into", id="a wheel beside it that is not"),
    pytest.param("-e git+https://host/x.git#egg=x", "access to the address", id="an editable one"),
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
    assert packages(outcome)[2:] == ["faker==1.0", "toolz", "# -r even_more.txt: not converted"]
    message = "'-r even_more.txt' of '-r more.txt' of the pip list is not converted"
    assert outcome.about(message).status is Status.MANUAL


def test_reads_another_file_as_pip_does() -> None:
    files = {
        "environment.yml": environment("-r lists/a.txt"),
        "lists/a.txt": "faker>=1, \\\n  <2  # names\n-r b.txt\nwheels/acme-1-py3-none-any.whl\n",
        "lists/b.txt": "toolz\n-r a.txt\n",
        "wheels/acme-1-py3-none-any.whl": "",
    }
    outcome = convert(files)
    assert packages(outcome)[2:] == ["faker<2,>=1", "toolz", "acme"]
    assert outcome.said(Status.MANUAL) == []


IN_ANOTHER_FOLDER = {
    "environment.yml": environment("-r more.txt", "./wheels/acme-1-py3-none-any.whl"),
    "more.txt": "toolz\n",
    "wheels/acme-1-py3-none-any.whl": "",
    "sub/app.py": "import streamlit\n",
    "sub/requirements.txt": "streamlit==1.60.0\n",
}


def test_paths_count_from_the_folder_of_the_environment() -> None:
    outcome = convert(IN_ANOTHER_FOLDER, entry="sub/app.py")
    assert outcome.files["sub/requirements.txt"] == (
        "streamlit==1.60.0\npandas\ntoolz\n./../wheels/acme-1-py3-none-any.whl\n"
    )
    assert outcome.said(Status.MANUAL) == []


@pytest.mark.parametrize(
    "line",
    [
        "git+https://user:tok3n@host/x.git",
        "x @ git+https://user:tok3n@host/x.git",
        "--extra-index-url https://user:tok@3n@host/simple",
        "--find-links https://conda.host/t/tok3n/x",
    ],
)
def test_a_password_is_not_repeated(line: str) -> None:
    outcome = convert({"environment.yml": environment(f"'{line}'  # {line}", "faker  # " + line)})
    assert "not converted" in outcome.files["pyproject.toml"]
    del outcome.files["environment.yml"]
    assert "3n" not in str(outcome)


def test_a_missing_wheel_is_no_name() -> None:
    outcome = convert({"environment.yml": environment("acme_sdk-1.0-py3-none-any.whl")})
    assert packages(outcome)[2:] == ["# acme_sdk-1.0-py3-none-any.whl: not converted"]


def test_a_wheel_has_the_name_of_its_file() -> None:
    files = {
        "environment.yml": environment("'other @ file:wheels/acme_sdk-1.0-py3-none-any.whl'"),
        "wheels/acme_sdk-1.0-py3-none-any.whl": "",
        "requirements.txt": "streamlit==1.60.0\npandas\n",
    }
    assert "acme-sdk added" in convert(files).about("requirements.txt: ").message


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
    project = (
        '[project]\nname = "a"\nversion = "1"\ndependencies = ["streamlit==1.60.0", "pandas"]\n'
    )
    outcome = convert({**WHEELS, "pyproject.toml": project})
    assert outcome.files["pyproject.toml"] == project


WHEEL_PATHS = [
    pytest.param("acme @ file:wheels/acme-1-x.whl", "wheels/acme-1-x.whl", id="a name"),
    pytest.param("file:acme-1-x.whl", "acme-1-x.whl", id="a file"),
    pytest.param("./acme-1-x.whl ; sys_platform == 'linux'", "acme-1-x.whl", id="a marker"),
    pytest.param("/abs/acme-1-x.whl", "", id="an absolute path"),
    pytest.param("https://host/acme-1-x.whl", "", id="an address"),
    pytest.param("acme", "", id="a name alone"),
]


@pytest.mark.parametrize(("text", "path"), WHEEL_PATHS)
def test_knows_a_wheel_by_its_line(text: str, path: str) -> None:
    (line,) = parse_requirements(text).lines
    assert (line.name, line.wheel) == ("acme", path)


def test_a_hash_that_is_not_taken_over_is_said() -> None:
    outcome = convert({"environment.yml": environment("faker==1.0 --hash=sha256:0")})
    finding = outcome.about("The hash of 'faker==1.0' is not taken over")
    assert (finding.status, finding.span and finding.span.line) == (Status.REVIEW, 4)
