"""The versions of environment.yml where the app has a dependency file that no warehouse reads."""

from __future__ import annotations

import pytest

from dependency_case import convert
from sis_migrate.model import Runtime, Settings, Span, Status

STREAMLIT = "streamlit==1.60.0"


def app(conda: str, *lines: str) -> dict[str, str]:
    text = "".join(f"{line}\n" for line in (STREAMLIT, *lines))
    return {"environment.yml": f"dependencies: [{conda}]\n", "requirements.txt": text}


FILLED = [
    pytest.param("pandas=2.2.3", "pandas  # x", "pandas==2.2.3  # x", id="a bare line"),
    pytest.param("pandas=2.2.*", "pandas", "pandas==2.2.*", id="a prefix"),
    pytest.param("pandas=1.5.3", "pandas", "pandas>=2.1.2,<3", id="a version that does not work"),
    pytest.param("numpy=1.26.4", "numpy", "numpy==1.26.4\npyarrow<26", id="a guard beside it"),
    pytest.param("pandas", "pandas", "pandas", id="no version in either"),
    pytest.param("pandas=2.2.3", "pandas\n-c c.txt", "pandas\n-c c.txt", id="a constraint"),
    pytest.param("pandas=2.2.3", 'pandas"2"', None, id="what nobody can read"),
    pytest.param("pandas=2.2.3", "./pandas-2.0-py3-none-any.whl", None, id="a wheel"),
]


@pytest.mark.parametrize(("conda", "line", "after"), FILLED)
def test_what_names_no_version_gets_the_warehouses(conda: str, line: str, after: str) -> None:
    outcome = convert(app(conda, line) | {"c.txt": "pandas<2.3\n"})
    assert outcome.files["requirements.txt"] == f"{STREAMLIT}\n{after or line}\n"


def test_says_where_a_version_comes_from() -> None:
    finding = convert(app("pandas=2.2.3", "pandas")).about("pandas becomes pandas==2.2.3")
    assert (finding.status, finding.span) == (Status.FIXED, Span(2, 1, 2, 7))
    assert "does not read requirements.txt" in finding.message


def test_a_streamlit_that_stays_in_a_container_is_taken_over() -> None:
    files = app("streamlit=1.57.0") | {"requirements.txt": "streamlit\n"}
    assert convert(files).files["requirements.txt"] == "streamlit==1.57.0\n"
    files["environment.yml"] = "dependencies: [streamlit=1.35.0]\n"
    assert convert(files).files["requirements.txt"] == "streamlit>=1.55,<1.68\n"


DIFFERENT = [
    pytest.param("pandas=2.2.2", "pandas==2.2.3", id="another one"),
    pytest.param("pandas=2.2.3", "pandas>=2", id="later ones too"),
]


@pytest.mark.parametrize(("conda", "line"), DIFFERENT)
def test_another_version_is_for_review(conda: str, line: str) -> None:
    outcome = convert(app(conda, line))
    assert outcome.files["requirements.txt"] == f"{STREAMLIT}\n{line}\n"
    finding = outcome.about("is not what environment.yml lists")
    assert (finding.status, finding.span) == (Status.REVIEW, Span(2, 1, 2, len(line) + 1))


ALIKE = [
    pytest.param("pandas=2.2.3", "pandas==2.2.3", id="the same one"),
    pytest.param("pandas=2.2.*", "pandas==2.2.3", id="one of those"),
    pytest.param("pandas>=2.2.2", "pandas>=2.2.2,<3", id="fewer of those"),
    pytest.param("pandas=1.5.3", "pandas==2.2.3", id="the one that could be had instead"),
    pytest.param("pandas=2.2.3", "pandas===odd", id="no version"),
]


@pytest.mark.parametrize(("conda", "line"), ALIKE)
def test_versions_within_the_warehouses_need_no_word(conda: str, line: str) -> None:
    assert convert(app(conda, line)).findings == ()


def test_a_containers_own_file_knows_better() -> None:
    files = app("pandas=2.2.3, plotly=5.24.1", "pandas", "plotly>=5")
    outcome = convert(files, runtime=Runtime.CONTAINER)
    assert outcome.files["requirements.txt"] == files["requirements.txt"]
    assert outcome.findings == ()


def test_a_lock_that_is_deployed_knows_better() -> None:
    project = (
        '[project]\nname = "a"\nversion = "1"\ndependencies = ["streamlit==1.60.0", "pandas"]\n'
    )
    files = app("pandas=2.2.3") | {"pyproject.toml": project, "uv.lock": ""}
    del files["requirements.txt"]
    outcome = convert(files, settings=Settings(dependency_file="pyproject"))
    assert outcome.files["pyproject.toml"] == project


def test_a_version_that_environment_yml_lists_is_not_another_one() -> None:
    # Its own line would be opened for NumPy 2, which this file rules out.
    outcome = convert(app("plotly=5.9.0", "plotly", "numpy<2"))
    assert "plotly==5.9.0\n" in outcome.files["requirements.txt"]
    assert not [f for f in outcome.findings if "is not what environment.yml" in f.message]
