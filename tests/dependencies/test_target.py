from __future__ import annotations

import tomllib
from dataclasses import replace

import pytest

from dependency_case import ROOT, convert, packages
from sis_migrate.model import Item, Runtime, Settings, Status

ENVIRONMENT = "name: sales\ndependencies:\n  - pandas=2.2.3\n  - plotly\n"
PROJECT = """\
[project]
name = "sales"
version = "1.0"
requires-python = ">=3.11"
dependencies = [
    "streamlit==1.60.0",  # from the docs
    "pandas",
]

[tool.ruff]
line-length = 90
"""
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
PYPROJECT = Settings(dependency_file="pyproject")


def test_completes_the_apps_own_pyproject() -> None:
    outcome = convert({"environment.yml": ENVIRONMENT, "pyproject.toml": PROJECT})
    assert outcome.files["pyproject.toml"] == PROJECT.replace(
        '    "pandas",\n', '    "pandas==2.2.3",\n    "plotly",\n'
    )
    assert "pyproject.toml: plotly added, pandas changed" in outcome.said(Status.FIXED)


def test_keeps_carriage_returns_in_a_pyproject() -> None:
    crlf = PROJECT.replace("\n", "\r\n")
    outcome = convert({"environment.yml": ENVIRONMENT, "pyproject.toml": crlf})
    assert outcome.files["pyproject.toml"] == crlf.replace(
        '    "pandas",\r\n', '    "pandas==2.2.3",\r\n    "plotly",\r\n'
    )


def test_appends_a_table_to_settings_of_tools() -> None:
    outcome = convert({"environment.yml": ENVIRONMENT, "pyproject.toml": "[tool.ruff]\nx = 1"})
    text = outcome.files["pyproject.toml"]
    assert text.startswith("[tool.ruff]\nx = 1\n\n[project]\n")
    assert packages(outcome)[1:] == ["pandas==2.2.3", "plotly"]


def test_appends_a_table_with_carriage_returns() -> None:
    files = {"environment.yml": ENVIRONMENT, "pyproject.toml": "[tool.ruff]\r\nx = 1\r\n"}
    text = convert(files).files["pyproject.toml"]
    assert text.count("\r\n") == text.count("\n")


def test_fills_an_empty_pyproject() -> None:
    outcome = convert({"environment.yml": ENVIRONMENT, "pyproject.toml": ""})
    assert outcome.files["pyproject.toml"].startswith("[project]\n")


def test_completes_requirements() -> None:
    files = {"environment.yml": ENVIRONMENT, "requirements.txt": "streamlit==1.60.0\npandas # x"}
    outcome = convert(files)
    assert outcome.files["requirements.txt"] == "streamlit==1.60.0\npandas==2.2.3 # x\nplotly\n"
    assert "pyproject.toml" not in outcome.files


def test_raises_a_streamlit_that_no_container_runs() -> None:
    files = {
        "environment.yml": ENVIRONMENT,
        "requirements.txt": "pandas\r\nstreamlit == 1.35.0 # old\r\nplotly\r\n",
    }
    outcome = convert(files)
    assert outcome.files["requirements.txt"] == (
        "pandas==2.2.3\r\nstreamlit >=1.55,<1.68 # old\r\nplotly\r\n"
    )
    assert outcome.about("Streamlit ==1.35.0 becomes").item is Item.STREAMLIT


def test_raises_a_streamlit_in_a_pyproject() -> None:
    project = PROJECT.replace("streamlit==1.60.0", "streamlit[snowflake]==1.35.0")
    outcome = convert({"environment.yml": ENVIRONMENT, "pyproject.toml": project})
    assert '"streamlit[snowflake]>=1.55,<1.68",  # from the docs' in outcome.files["pyproject.toml"]


def test_a_project_without_a_list_gets_one() -> None:
    project = '[project]\nname = "a"\nversion = "1"\n'
    outcome = convert({"environment.yml": ENVIRONMENT, "pyproject.toml": project})
    listed = tomllib.loads(outcome.files["pyproject.toml"])["project"]["dependencies"]
    assert listed == ["streamlit>=1.55,<1.68", "pandas==2.2.3", "plotly"]


COVERED = [
    pytest.param("opencv", "opencv-python==4.9", id="another project with the same module"),
    pytest.param(
        "snowflake-snowpark-python", "streamlit[snowflake]==1.60.0", id="an extra of Streamlit"
    ),
    pytest.param("PyYAML", "pyyaml", id="another spelling"),
    pytest.param("pandas", "-r more.txt", id="a file that is included"),
]


@pytest.mark.parametrize(("spec", "line"), COVERED)
def test_does_not_add_what_is_there_in_another_form(spec: str, line: str) -> None:
    files = {
        "environment.yml": f"dependencies: [{spec}]\n",
        "requirements.txt": f"streamlit==1.60.0\n{line}\n",
        "more.txt": "pandas\n-r requirements.txt\n-r missing.txt\n",
    }
    outcome = convert(files)
    assert outcome.files["requirements.txt"] == f"streamlit==1.60.0\n{line}\n"
    assert outcome.said(Status.FIXED) == []


def test_a_container_apps_own_file_knows_better_than_the_old_one() -> None:
    files = {
        "environment.yml": ENVIRONMENT,
        "requirements.txt": "streamlit==1.60.0\n",
        "streamlit_app.py": "import streamlit\nimport pandas\nimport faker\n",
    }
    outcome = convert(files, runtime=Runtime.CONTAINER)
    assert outcome.files["requirements.txt"] == "streamlit==1.60.0\npandas==2.2.3\nfaker\n"


def test_reports_what_stays_open_in_a_complete_file() -> None:
    files = {
        "environment.yml": "dependencies: [acme, beta]\n",
        "requirements.txt": "streamlit==1.60.0\nbeta\n",
    }
    outcome = convert(files)
    assert outcome.about("'acme' is not converted").status is Status.MANUAL
    assert len(outcome.findings) == 1
    assert convert(files, runtime=Runtime.CONTAINER).findings == ()


def test_a_module_of_a_project_in_the_file_is_known() -> None:
    files = {
        "requirements.txt": "streamlit==1.60.0\nstreamlit_keplergl\n",
        "streamlit_app.py": "import streamlit, streamlit_keplergl, acme\n",
    }
    outcome = convert(files)
    assert [f.message.split(",")[0] for f in outcome.findings] == ["streamlit_app.py imports acme"]


def test_reports_a_python_that_the_container_does_not_have() -> None:
    project = PROJECT.replace(">=3.11", "<3.11")
    outcome = convert({"environment.yml": ENVIRONMENT, "pyproject.toml": project})
    assert outcome.about("excludes Python 3.11").item is Item.PYTHON


PYTHONS = [
    pytest.param(">=3.8", "streamlit==1.35", True, id="a Streamlit that is raised"),
    pytest.param("~=3.9", "streamlit>=1.55,<1.68", True, id="a Streamlit that stays"),
    pytest.param(">=3.10", "streamlit>=1.55,<1.68", False, id="a Python that it runs on"),
    pytest.param("==3.11.*", "streamlit==1.35", False, id="the container's"),
]


@pytest.mark.parametrize(("python", "line", "stops"), PYTHONS)
def test_reports_a_python_for_which_uv_finds_no_streamlit(
    python: str, line: str, stops: bool
) -> None:
    project = f'[project]\nname = "a"\nversion = "1"\nrequires-python = "{python}"\n'
    outcome = convert({"pyproject.toml": f'{project}dependencies = ["{line}"]\n'})
    found = [f for f in outcome.findings if f.item is Item.PYTHON]
    assert [(f.status, f.remedy) for f in found] == [
        (Status.MANUAL, 'Write requires-python = "==3.11.*".')
    ] * stops


def test_a_list_that_is_not_taken_over_is_said() -> None:
    poetry = "[tool.poetry.dependencies]\npandas = '2.2.3'\ntabulate = '*'\n"
    files = {"environment.yml": ENVIRONMENT, "pyproject.toml": poetry}
    finding = convert(files, settings=REQUIREMENTS).about("is not taken over to requirements.txt")
    assert "it lists its dependencies for Poetry" in finding.message
    assert (finding.path, finding.status) == (ROOT / "pyproject.toml", Status.MANUAL)
    assert "versions too" in finding.remedy


LEFT = [
    pytest.param(
        '[project]\nname = "lib"\n[build-system]\nrequires = ["x"]\n', "built", id="a package"
    ),
    pytest.param('[project]\nname = "a"\ndynamic = ["dependencies"]\n', "dynamic", id="dynamic"),
    pytest.param("[tool.poetry]\nname = 'a'\n[tool.poetry.dependencies]\n", "Poetry", id="Poetry"),
    pytest.param('[project]\nname = "a"\ndependencies = "x"\n', "not a list", id="no list"),
    pytest.param("[project\n", "TOML", id="not TOML"),
    pytest.param("name = '\udcff'\n", "cannot be read", id="not text"),
]


@pytest.mark.parametrize(("project", "words"), LEFT)
def test_leaves_a_pyproject_that_is_not_the_apps(project: str, words: str) -> None:
    outcome = convert({"environment.yml": ENVIRONMENT, "pyproject.toml": project})
    finding = outcome.about(words)
    assert finding.status is Status.MANUAL
    assert "--requirements" in finding.remedy
    assert finding.path == ROOT / "pyproject.toml"
    assert outcome.files["pyproject.toml"] == project


def test_an_app_that_uv_builds_is_completed_with_a_word() -> None:
    project = PROJECT + '[build-system]\nrequires = ["x"]\n'
    outcome = convert({"environment.yml": ENVIRONMENT, "pyproject.toml": project})
    assert '"plotly"' in outcome.files["pyproject.toml"]
    assert "package = false" in outcome.about("[build-system]").remedy
    assert convert(outcome.files).findings == ()


def test_a_package_that_uv_must_not_build_is_an_app() -> None:
    project = PROJECT + "[tool.uv]\npackage = false\n[build-system]\nrequires = ['x']\n"
    outcome = convert({"environment.yml": ENVIRONMENT, "pyproject.toml": project})
    assert '"plotly"' in outcome.files["pyproject.toml"]


def test_writes_requirements_beside_another_packages_metadata_when_asked() -> None:
    files = {"environment.yml": ENVIRONMENT, "pyproject.toml": "[build-system]\n"}
    outcome = convert(files, settings=REQUIREMENTS)
    assert packages(outcome, "requirements.txt")[1:] == ["pandas==2.2.3", "plotly"]


def test_completes_another_packages_metadata_when_asked() -> None:
    project = PROJECT.replace("streamlit", "flask") + '[build-system]\nrequires = ["x"]\n'
    files = {"environment.yml": ENVIRONMENT, "pyproject.toml": project}
    outcome = convert(files, settings=PYPROJECT)
    assert '"plotly"' in outcome.files["pyproject.toml"]


UNABLE = [
    *LEFT[1:],
    pytest.param("[build-system]\n", "no [project] table", id="a package that is elsewhere"),
    pytest.param("project = 1\n", "not a table", id="no table"),
    pytest.param('[project]\nname = "a"\ndependencies = [1]\n', "texts", id="no texts"),
]


@pytest.mark.parametrize(("project", "words"), UNABLE)
@pytest.mark.parametrize("beside", [{}, {"requirements.txt": "streamlit==1.60.0\n"}])
def test_adds_nothing_to_a_pyproject_that_has_no_list_for_it(
    project: str, words: str, beside: dict[str, str]
) -> None:
    files = {"environment.yml": ENVIRONMENT, "pyproject.toml": project, **beside}
    for settings in (PYPROJECT, replace(PYPROJECT, remove_environment=True)):
        outcome = convert(files, settings=settings)
        assert outcome.files == {"streamlit_app.py": "import streamlit as st\n", **files}
        (finding,) = outcome.findings
        assert words in finding.message
        assert finding.remedy == "Write a requirements.txt (--requirements)."


def test_requirements_beside_a_list_for_poetry_are_to_be_chosen() -> None:
    files = {
        "environment.yml": ENVIRONMENT,
        "pyproject.toml": "[tool.poetry.dependencies]\n",
        "requirements.txt": "streamlit==1.60.0\n",
    }
    assert "for Poetry" in convert(files).about("No dependency file is written").remedy
    outcome = convert(files, settings=REQUIREMENTS)
    assert outcome.files["requirements.txt"] == "streamlit==1.60.0\npandas==2.2.3\nplotly\n"


def test_a_text_of_several_lines_changes_when_it_is_said() -> None:
    project = PROJECT.replace('"pandas"', '"""pandas==2.0.3\n"""')
    outcome = convert({"environment.yml": ENVIRONMENT, "pyproject.toml": project})
    listed = tomllib.loads(outcome.files["pyproject.toml"])["project"]["dependencies"]
    assert listed == ["streamlit==1.60.0", "pandas>=2.1.2,<3", "plotly"]


def test_a_project_without_a_version_gets_one() -> None:
    project = PROJECT.replace('version = "1.0"\n', "")
    outcome = convert({"environment.yml": "dependencies: []\n", "pyproject.toml": project})
    assert tomllib.loads(outcome.files["pyproject.toml"])["project"]["version"] == "0.1.0"
    assert outcome.said(Status.FIXED) == ["pyproject.toml: version added"]


BOTH = {
    "environment.yml": ENVIRONMENT,
    "pyproject.toml": PROJECT,
    "requirements.txt": "streamlit==1.60.0\n",
}


def test_writes_nothing_where_both_files_are() -> None:
    outcome = convert(BOTH)
    assert outcome.files["pyproject.toml"] == PROJECT
    assert outcome.files["requirements.txt"] == "streamlit==1.60.0\n"
    assert outcome.about("No dependency file is written").status is Status.MANUAL


def test_completes_the_file_that_is_chosen() -> None:
    outcome = convert(BOTH, settings=REQUIREMENTS)
    assert outcome.files["pyproject.toml"] == PROJECT
    assert outcome.files["requirements.txt"] == "streamlit==1.60.0\npandas==2.2.3\nplotly\n"
    outcome = convert(BOTH, settings=PYPROJECT)
    assert '"plotly"' in outcome.files["pyproject.toml"]
    assert outcome.files["requirements.txt"] == "streamlit==1.60.0\n"
    assert outcome.about("reads it and not pyproject.toml").status is Status.MANUAL


def test_a_chosen_pyproject_is_written_beside_requirements() -> None:
    files = {"environment.yml": ENVIRONMENT, "requirements.txt": "streamlit==1.60.0\n"}
    outcome = convert(files, settings=PYPROJECT)
    assert packages(outcome)[1:] == ["pandas==2.2.3", "plotly"]
    files["pyproject.toml"] = "[tool.ruff]\n"
    assert packages(convert(files, settings=PYPROJECT))[1:] == ["pandas==2.2.3", "plotly"]


DEPLOYED = [
    pytest.param(ARTIFACTS, False, id="a file that is not listed"),
    pytest.param(ARTIFACTS + "      - requirements.txt\n", True, id="a file that is listed"),
    pytest.param(ARTIFACTS + "      - '*.txt'\n", True, id="a pattern"),
    pytest.param(ARTIFACTS + "      - ./\n", True, id="the whole folder"),
    pytest.param("streamlit:\n  additional_source_files: [a.py]\n", False, id="the older form"),
    pytest.param("entities: [a, b]\n", True, id="a project file that lists nothing"),
    pytest.param("entities: [\n", True, id="a project file that cannot be read"),
]


@pytest.mark.parametrize(("project_file", "deployed"), DEPLOYED)
def test_a_developers_requirements_are_not_the_apps(project_file: str, deployed: bool) -> None:
    files = {
        "environment.yml": ENVIRONMENT,
        "snowflake.yml": project_file,
        "requirements.txt": "black\n",
    }
    outcome = convert(files)
    assert ("pyproject.toml" in outcome.files) is not deployed
    assert ("plotly" in outcome.files["requirements.txt"]) is deployed


def test_a_file_beside_the_entry_point_comes_first() -> None:
    files = {
        "environment.yml": ENVIRONMENT,
        "pyproject.toml": PROJECT,
        "src/requirements.txt": "streamlit==1.60.0\n",
        "src/app.py": "import streamlit\n",
    }
    outcome = convert(files, entry="src/app.py")
    assert outcome.files["src/requirements.txt"] == "streamlit==1.60.0\npandas==2.2.3\nplotly\n"
    assert outcome.files["pyproject.toml"] == PROJECT


def test_settings_of_tools_in_another_folder_are_left_alone() -> None:
    files = {
        "environment.yml": ENVIRONMENT,
        "src/pyproject.toml": "[tool.ruff]\n",
        "src/app.py": "import streamlit\n",
    }
    outcome = convert(files, entry="src/app.py")
    assert outcome.files["src/pyproject.toml"] == "[tool.ruff]\n"
    assert packages(outcome)[1:] == ["pandas==2.2.3", "plotly"]


def test_an_existing_file_is_completed_where_it_is_chosen() -> None:
    files = {
        "environment.yml": ENVIRONMENT,
        "snowflake.yml": ARTIFACTS,
        "requirements.txt": "streamlit==1.60.0\n",
    }
    for more in ({}, {"pyproject.toml": PROJECT}):
        outcome = convert({**files, **more}, settings=REQUIREMENTS)
        assert "plotly" in outcome.files["requirements.txt"]
        assert outcome.files.get("pyproject.toml") == more.get("pyproject.toml")


def test_a_pyproject_that_stays_behind_is_no_choice() -> None:
    files = {**BOTH, "snowflake.yml": ARTIFACTS + "      - requirements.txt\n"}
    outcome = convert(files)
    assert "plotly" in outcome.files["requirements.txt"]
    assert outcome.files["pyproject.toml"] == PROJECT


def test_a_containers_package_of_environment_yml_is_explained() -> None:
    files = {
        "environment.yml": ENVIRONMENT,
        "pyproject.toml": '[project]\nname = "a"\ndependencies = [\n  "streamlit==1.60.0",\n]\n',
        "streamlit_app.py": "import plotly\n",
    }
    outcome = convert(files, runtime=Runtime.CONTAINER)
    assert packages(outcome) == ["streamlit==1.60.0", "plotly"]
    finding = outcome.about("plotly is added: the app imports it, and environment.yml lists it")
    assert (finding.status, finding.path.name) == (Status.FIXED, "environment.yml")


def test_an_environment_that_is_passed_over_is_said() -> None:
    outcome = convert({"environment.yml": ENVIRONMENT, "environment.yaml": "dependencies: []\n"})
    finding = outcome.about("environment.yaml is passed over")
    assert (finding.status, finding.path.name) == (Status.REVIEW, "environment.yaml")


LANDINGS = [
    pytest.param("{src: requirements.txt, dest: deps/}", "deps/requirements.txt", id="a folder"),
    pytest.param("{src: ./requirements.txt, dest: list.txt}", "list.txt", id="another name"),
    pytest.param("{src: '*.txt', dest: deps}", "deps/requirements.txt", id="a pattern"),
    pytest.param("{src: requirements.txt, dest: ./}", "", id="the root"),
    pytest.param("{src: requirements.txt, dest: app/}", "", id="beside the main file"),
    pytest.param("{src: requirements.txt, dest: deps/}, '*.txt'", "", id="in two places"),
    pytest.param("{src: '*', dest: deps/}", "", id="with the main file"),
]


@pytest.mark.parametrize(("artifacts", "landed"), LANDINGS)
def test_a_file_that_is_uploaded_to_elsewhere_is_said(artifacts: str, landed: str) -> None:
    files = {
        "requirements.txt": "streamlit==1.60\n",
        "snowflake.yml": f"entities:\n  a:\n    artifacts: [app/main.py, {artifacts}]\n",
        "app/main.py": "import streamlit as st\n",
    }
    outcome = convert(files, entry="app/main.py")
    said = outcome.said(Status.MANUAL)
    assert [message for message in said if landed and f"as {landed}, where" in message] == said
    assert bool(said) is bool(landed)


def test_a_lock_that_was_made_from_something_else_is_said() -> None:
    files = {"environment.yml": "dependencies: [plotly]\n", "uv.lock": "version = 1\n"}
    finding = convert(files).about("was not made from the new pyproject.toml")
    assert (finding.path.name, finding.status) == ("uv.lock", Status.REVIEW)
    project_file = "entities:\n  a:\n    artifacts: [streamlit_app.py]\n"
    outcome = convert({**files, "snowflake.yml": project_file})
    assert not any("uv.lock" in finding.message for finding in outcome.findings)
