"""What an existing dependency file may hold beside names and versions."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dependency_case import ROOT, convert, packages
from sis_migrate.model import Runtime, Settings, Span, Status

ENVIRONMENT = "name: sales\ndependencies: [plotly]\n"
PROJECT = '[project]\nname = "sales"\ndependencies = ["streamlit==1.60.0"]\n'
HASHED = "streamlit==1.60.0 \\\n    --hash=sha256:00\n"


def test_hashes_keep_a_file_as_it_is() -> None:
    outcome = convert({"environment.yml": ENVIRONMENT, "requirements.txt": HASHED})
    assert outcome.files["requirements.txt"] == HASHED
    (finding,) = outcome.findings
    assert finding.status is Status.MANUAL
    assert finding.message.endswith("it needs: plotly added")
    assert "--generate-hashes" in finding.remedy


def test_hashes_of_an_old_streamlit_say_why_it_must_rise() -> None:
    text = "--require-hashes\nstreamlit==1.35.0 --hash=sha256:00\nplotly==6.0 --hash=sha256:0\n"
    outcome = convert({"environment.yml": ENVIRONMENT, "requirements.txt": text})
    assert outcome.files["requirements.txt"] == text
    assert outcome.about("it needs: streamlit changed").status is Status.MANUAL
    assert outcome.about("containers need 1.50").status is Status.MANUAL


def test_hashes_of_a_complete_file_need_no_word() -> None:
    text = "streamlit==1.60.0 --hash=sha256:00\nplotly==6.0 --hash=sha256:0\n"
    outcome = convert({"environment.yml": ENVIRONMENT, "requirements.txt": text})
    assert outcome.findings == ()


def test_a_hash_in_a_comment_is_none() -> None:
    text = "streamlit==1.60.0  # made without --hash\n"
    outcome = convert({"environment.yml": ENVIRONMENT, "requirements.txt": text})
    assert outcome.files["requirements.txt"] == text + "plotly\n"


BY_HAND = [
    pytest.param("-e .", "it is a folder", id="the folder itself"),
    pytest.param("./lib", "it is a folder", id="another folder"),
    pytest.param("--extra-index-url https://host/simple", "another package index", id="an index"),
    pytest.param("-i https://host/simple", "another package index", id="the index"),
    pytest.param("--find-links wheels", "option of pip's", id="a folder with wheels"),
    pytest.param("git+https://host/x.git#egg=foo", "by an integration", id="a repository"),
    pytest.param("foo @ git+https://host/x.git", "by an integration", id="a name and a repository"),
    pytest.param("-e git+https://host/x.git#egg=foo", "by an integration", id="an editable one"),
    pytest.param("https://host/x.tar.gz", "by an integration", id="an address"),
    pytest.param("foo@git+https://host/x", "by an integration", id="no blanks around it"),
    pytest.param("foo @ file:///x/y.whl", "a path of one machine", id="a file of one machine"),
    pytest.param("/x/foo-1-py3-none-any.whl", "a path of one machine", id="a wheel of one machine"),
    pytest.param("--no-binary :all:", "build packages", id="no wheels"),
]


@pytest.mark.parametrize(("line", "words"), BY_HAND)
def test_a_line_that_means_something_else_in_a_container_is_said(line: str, words: str) -> None:
    text = f"streamlit==1.60.0\n{line}  # ours\n"
    files = {"environment.yml": ENVIRONMENT, "requirements.txt": text}
    outcome = convert(files)
    assert outcome.files["requirements.txt"] == text + "plotly\n"
    finding = outcome.about(words)
    assert finding.status is Status.REVIEW
    assert finding.message.startswith(f"{line!r} in requirements.txt: ")
    assert finding.span is not None
    assert finding.span.line == 2
    assert words not in str(convert(files, runtime=Runtime.CONTAINER).findings)


@pytest.mark.parametrize(
    "line", ["--only-binary :all:", "-c limits.txt", "foo==1 ; python_version > '3'"]
)
def test_a_line_that_uv_reads_as_well_needs_no_word(line: str) -> None:
    text = f"streamlit==1.60.0\nplotly\n{line}\n"
    files = {"environment.yml": ENVIRONMENT, "requirements.txt": text, "limits.txt": ""}
    outcome = convert(files)
    assert outcome.files["requirements.txt"] == text
    assert outcome.findings == ()


def test_a_password_is_not_repeated() -> None:
    text = "streamlit==1.60.0\n--extra-index-url https://me:secret@host/simple\n"
    outcome = convert({"environment.yml": ENVIRONMENT, "requirements.txt": text})
    assert "secret" not in str(outcome.findings)


def test_a_line_for_another_python_lists_nothing() -> None:
    text = "streamlit==1.60.0\nplotly==5.0 ; python_version < '3.9'\n"
    outcome = convert({"environment.yml": ENVIRONMENT, "requirements.txt": text})
    assert outcome.files["requirements.txt"] == text + "plotly\n"


def test_what_only_an_extra_or_a_group_lists_is_added() -> None:
    project = (
        PROJECT + '[project.optional-dependencies]\nx = ["plotly"]\n'
        '[dependency-groups]\nlint = ["plotly"]\n'
    )
    outcome = convert({"environment.yml": ENVIRONMENT, "pyproject.toml": project})
    listed = tomllib.loads(outcome.files["pyproject.toml"])["project"]["dependencies"]
    assert listed == ["streamlit==1.60.0", "plotly"]
    assert outcome.said(Status.REVIEW) == []


def test_a_group_that_uv_installs_is_said_once() -> None:
    project = PROJECT + '[dependency-groups]\ndev = ["pytest"]\n'
    outcome = convert({"environment.yml": ENVIRONMENT, "pyproject.toml": project})
    assert "default-groups = []" in outcome.about("the dependency group dev").remedy
    assert convert(outcome.files).findings == ()
    project += "[tool.uv]\ndefault-groups = []\n"
    outcome = convert({"environment.yml": ENVIRONMENT, "pyproject.toml": project})
    assert outcome.said(Status.REVIEW) == []


def test_a_source_that_must_be_fetched_is_said() -> None:
    project = PROJECT.replace('0"]', '0", "acme", "beta"]') + (
        '[tool.uv.sources]\nacme = { git = "https://host/acme" }\nbeta = { path = "b.whl" }\n'
    )
    outcome = convert({"environment.yml": ENVIRONMENT, "pyproject.toml": project})
    assert outcome.about("acme of [tool.uv.sources]").status is Status.REVIEW
    assert not any("beta of" in finding.message for finding in outcome.findings)


def test_a_wheel_of_the_pip_list_is_said() -> None:
    files = {
        "environment.yml": "dependencies: [plotly, {pip: [wheels/acme-1-py3-none-any.whl]}]\n",
        "wheels/acme-1-py3-none-any.whl": "",
        "pyproject.toml": PROJECT,
    }
    finding = convert(files).about("acme-1-py3-none-any.whl is not added")
    assert finding.status is Status.MANUAL
    assert 'acme = { path = "wheels/acme-1-py3-none-any.whl" }' in finding.remedy


CAUTIONS = [
    pytest.param("sklearn", "a stub that fails", id="a stub"),
    pytest.param("opencv-python==4.9.0.80", "has no libGL", id="a missing library"),
    pytest.param("pytesseract", "needs tesseract", id="a missing program"),
    pytest.param("pyodbc==5.0", "needs unixODBC", id="a missing driver"),
    pytest.param("dlib", "has no wheel", id="no wheel"),
    pytest.param("dataclasses", "is part of Python 3.11", id="a part of Python"),
    pytest.param("enum34", "is part of Python 3.11", id="another part of Python"),
    pytest.param("fpdf", "its successor is fpdf2", id="a successor"),
]


@pytest.mark.parametrize("runtime", [Runtime.WAREHOUSE, Runtime.CONTAINER])
@pytest.mark.parametrize(("line", "words"), CAUTIONS)
def test_what_does_not_work_in_a_container_is_said_and_stays(
    line: str, words: str, runtime: Runtime
) -> None:
    text = f"streamlit==1.60.0\nplotly\n{line}\n"
    files = {"environment.yml": ENVIRONMENT, "requirements.txt": text}
    outcome = convert(files, runtime=runtime)
    assert outcome.files["requirements.txt"] == text
    finding = outcome.about(words)
    assert finding.status is Status.REVIEW
    assert (finding.path, finding.span) == (
        ROOT / "requirements.txt",
        Span(3, 1, 3, len(line) + 1),
    )


@pytest.mark.parametrize("line", ["h3", "torch", "snappy", "boost", "pip", "git", "ffmpeg"])
def test_a_name_that_is_another_thing_in_conda_needs_no_word(line: str) -> None:
    text = f"streamlit==1.60.0\nplotly\n{line}\n"
    outcome = convert({"environment.yml": ENVIRONMENT, "requirements.txt": text})
    assert outcome.findings == ()


LOCKED = {"environment.yml": ENVIRONMENT, "pyproject.toml": PROJECT, "uv.lock": "version = 1\n"}


def test_a_lock_that_is_older_than_the_edited_file_is_said() -> None:
    outcome = convert(LOCKED)
    finding = outcome.about("uv.lock does not have the changes")
    assert (finding.path, finding.status) == (ROOT / "uv.lock", Status.REVIEW)
    assert finding.remedy == "Run `uv lock` beside it, and deploy both."
    assert convert(outcome.files).findings == ()


def test_a_lock_that_is_not_deployed_is_to_be() -> None:
    artifacts = "entities:\n  a:\n    artifacts: [streamlit_app.py, pyproject.toml]\n"
    finding = convert(LOCKED | {"snowflake.yml": artifacts}).about("uv.lock")
    assert "add uv.lock to the artifacts" in finding.remedy


def test_a_lock_beside_requirements_is_none_of_theirs() -> None:
    files = {"environment.yml": ENVIRONMENT, "requirements.txt": "streamlit==1.60.0\n"}
    assert convert(files | {"uv.lock": ""}).said(Status.REVIEW) == []


ARTIFACTS = "entities:\n  a:\n    artifacts: [streamlit_app.py]\n"


def test_requirements_that_stay_at_home_are_said_once() -> None:
    files = {
        "environment.yml": ENVIRONMENT,
        "snowflake.yml": ARTIFACTS,
        "requirements.txt": "black\n",
    }
    outcome = convert(files)
    assert packages(outcome)[1:] == ["plotly"]
    finding = outcome.about("requirements.txt is not uploaded")
    assert (finding.path, finding.status) == (ROOT / "requirements.txt", Status.REVIEW)
    assert convert(outcome.files).findings == ()
    chosen = convert(files, settings=Settings(dependency_file="requirements"))
    assert "is not uploaded" not in str(chosen.findings)


def test_a_line_that_goes_on_is_one_line() -> None:
    text = "streamlit>=1.22, \\\n    <1.30\nplotly \\\n"
    outcome = convert({"environment.yml": "dependencies: [numpy]\n", "requirements.txt": text})
    after = "streamlit>=1.55,<1.68\nplotly \\\n\nnumpy\n"
    assert outcome.files["requirements.txt"] == after
    assert outcome.about("one viewer's rows").span == Span(1, 1, 1, 19)
    assert convert(outcome.files).findings == ()


def test_a_file_that_two_lines_include_counts_once() -> None:
    files = {
        "environment.yml": "dependencies: []\n",
        "requirements.txt": "-r b/more.txt\n-r b/others.txt\n",
        "a/all.txt": "streamlit==1.22.0\n",
        "b/more.txt": "-r ../a/all.txt\n",
        "b/others.txt": "-r ../a/all.txt\n-r ../requirements.txt\n",
    }
    outcome = convert(files)
    assert outcome.files["a/all.txt"] == "streamlit>=1.55,<1.68\n"
    assert [f.path for f in outcome.findings if f.span] == [ROOT / "a/all.txt"]


def test_a_file_that_cannot_be_read_is_said() -> None:
    text = "streamlit\n".encode("utf-16").decode(errors="surrogateescape")
    outcome = convert({"environment.yml": ENVIRONMENT, "requirements.txt": text})
    (finding,) = outcome.findings
    assert finding.message.endswith("because requirements.txt is not valid utf-8: byte 0xff")
    assert (finding.path, finding.status) == (ROOT / "requirements.txt", Status.ERROR)


NAMES = st.sampled_from(["streamlit", "pandas", "numpy", "jira", "snowflake", "[", "]"])
VERSIONS = st.sampled_from(
    ["==", "===", ">=", "<", "~=", "!=", "1.26", "1.60.0", "2.0.3", ".*", ","]
)
OTHERS = st.sampled_from(
    [" ; ", "python_version", '"3.9"', "#c", "!", "-r x.txt", "-c x.txt", "-e ."]
)
ENDS = st.sampled_from(["\n", "\r\n", "\\\n", " @ https://h/a.whl", " --hash=sha256:0"])
PIECES = NAMES | VERSIONS | OTHERS | ENDS


@settings(deadline=None, max_examples=60)  # a shared machine may be slow
@given(st.lists(PIECES, max_size=14).map("".join), st.lists(PIECES, max_size=5).map("".join))
def test_whatever_a_file_holds_is_completed_once(text: str, included: str) -> None:
    files = {
        "environment.yml": "dependencies: [plotly=5.9.0, numpy=1.26]\n",
        "requirements.txt": text,
        "x.txt": included,
    }
    codes = {finding.code for finding in convert(files).findings}
    assert codes <= {"SIS201"}


INVALID = [
    pytest.param("streamlit>=1.22.*", "as in 'streamlit>=1.22'", id="a star behind an order"),
    pytest.param("plotly=>5", "Write its versions as PEP 440 has them.", id="no operator"),
]


@pytest.mark.parametrize(("line", "remedy"), INVALID)
@pytest.mark.parametrize("runtime", [Runtime.WAREHOUSE, Runtime.CONTAINER])
def test_versions_that_nobody_can_read_are_said(line: str, remedy: str, runtime: Runtime) -> None:
    files = {
        "environment.yml": ENVIRONMENT,
        "requirements.txt": f"{line}\nplotly\nstreamlit==1.60\n",
    }
    finding = convert(files, runtime=runtime).about("no installer can read")
    assert (finding.status, finding.span) == (Status.MANUAL, Span(1, 1, 1, len(line) + 1))
    assert remedy in finding.remedy


def test_what_is_said_of_a_hashed_file_has_not_been_done() -> None:
    lines = "streamlit==1.60.0 --hash=sha256:aaaa\nnumpy==1.26.4 --hash=sha256:bbbb\n"
    outcome = convert({"requirements.txt": lines})
    assert outcome.files["requirements.txt"] == lines
    finding = outcome.about("pyarrow<26 is added")
    assert finding.message.startswith("Not written, because requirements.txt carries hashes: ")
    assert finding.status is Status.MANUAL
