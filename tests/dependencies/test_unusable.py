"""Lines of an existing dependency file at which the installation stops."""

from __future__ import annotations

import pytest

from dependency_case import ROOT, convert
from sis_migrate.model import Runtime, Span, Status

LINES = [
    pytest.param("???", "'???' in requirements.txt is not valid", id="nonsense"),
    pytest.param("numpy 2.0", "'numpy 2.0' in requirements.txt is not valid", id="no operator"),
    pytest.param("${FOO}", "'${FOO}' in requirements.txt is not valid", id="a variable"),
    pytest.param("-r missing.txt", "there is no such file", id="no list"),
    pytest.param("-c missing.txt", "there is no such file", id="no limits"),
    pytest.param("-r bad.txt", "the file is not valid utf-8", id="a list that nobody can read"),
    pytest.param("-r https://host/x.txt", "only by an integration", id="a list elsewhere"),
    pytest.param("-r ../shared.txt", "outside of the app's folder", id="a list that stays"),
    pytest.param("-c ../shared.txt", "outside of the app's folder", id="limits that stay"),
    pytest.param("./foo-1-py3-none-any.whl", "there is no such file", id="no wheel"),
    pytest.param("../bar-1-py3-none-any.whl", "outside of the app's", id="a wheel that stays"),
]


@pytest.mark.parametrize("runtime", [Runtime.WAREHOUSE, Runtime.CONTAINER])
@pytest.mark.parametrize(("line", "words"), LINES)
def test_a_line_at_which_the_installation_stops_is_said(
    line: str, words: str, runtime: Runtime
) -> None:
    others = {
        "../shared.txt": "plotly\n",
        "../bar-1-py3-none-any.whl": "",
        "bad.txt": "\udcff",
    }
    text = f"streamlit==1.60\n{line}  # ours\n"
    outcome = convert({**others, "requirements.txt": text}, runtime=runtime)
    assert outcome.files == {**outcome.files, **others, "requirements.txt": text}
    finding = outcome.about(words)
    assert (finding.path, finding.status) == (ROOT / "requirements.txt", Status.MANUAL)
    assert finding.span is not None
    assert finding.span.line == 2


def test_a_file_outside_of_the_app_is_not_edited() -> None:
    files = {"../shared.txt": "streamlit==1.35.0\n", "requirements.txt": "-r ../shared.txt\n"}
    outcome = convert(files)
    assert outcome.files["../shared.txt"] == files["../shared.txt"]
    assert outcome.files["requirements.txt"] == "-r ../shared.txt\nstreamlit>=1.55,<1.68\n"


def test_hashes_do_not_hide_such_a_line() -> None:
    text = "streamlit==1.60.0 --hash=sha256:00\n-r missing.txt\n"
    finding = convert({"requirements.txt": text}).about("there is no such file")
    assert finding.span == Span(2, 1, 2, 15)


def test_a_project_that_such_a_line_may_mean_is_not_added() -> None:
    files = {
        "environment.yml": "dependencies: [plotly]\n",
        "requirements.txt": "streamlit==1.60\nplotly 5.0\n",
    }
    outcome = convert(files)
    assert outcome.files["requirements.txt"] == files["requirements.txt"]
    assert outcome.about("'plotly 5.0'").remedy.startswith("Write the name of a project")


def test_an_item_of_a_pyproject_that_nobody_can_read_is_said() -> None:
    text = '[project]\nname = "a"\nversion = "1"\ndependencies = ["streamlit==1.60", "numpy 2"]\n'
    outcome = convert({"pyproject.toml": text})
    assert outcome.files["pyproject.toml"] == text
    finding = outcome.about("'numpy 2' in pyproject.toml")
    assert (finding.status, finding.span) == (Status.MANUAL, Span(4, 36, 4, 45))


GOES_ON = [
    pytest.param("pandas\\\n  ==2.2.3", True, id="before the version"),
    pytest.param("pandas>=2.2, \\\r\n  <2.3", True, id="between the versions"),
    pytest.param("pandas==2.2.3 \\\n  ; python_version > '3'", True, id="before the marker"),
    pytest.param("pandas==2.2.3 \\\n", False, id="before nothing"),
    pytest.param("pandas==2.2.3 # all \\\n of it", False, id="in a comment"),
    pytest.param("pandas==2.2.3 \\\n  --hash=sha256:00", False, id="before a hash"),
]


@pytest.mark.parametrize(("line", "stops"), GOES_ON)
def test_a_line_that_goes_on_stops_uv(line: str, stops: bool) -> None:
    outcome = convert({"requirements.txt": f"streamlit==1.60\n{line}\n"})
    found = [f for f in outcome.findings if "goes on behind a backslash" in f.message]
    assert [(f.status, f.span and f.span.line) for f in found] == [(Status.MANUAL, 2)] * stops


def test_a_line_that_goes_on_until_it_is_changed_is_not_said() -> None:
    outcome = convert({"requirements.txt": "streamlit>=1.22, \\\n    <1.30\n"})
    assert outcome.files["requirements.txt"] == "streamlit>=1.55,<1.68\n"
    assert not [f for f in outcome.findings if "goes on" in f.message]
