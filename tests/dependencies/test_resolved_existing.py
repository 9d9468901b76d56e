"""``--resolve`` where a dependency file exists already."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from dependency_case import ROOT, Outcome, convert
from sis_migrate.model import Runtime, Settings, Span, Status
from sis_migrate.resolver import uv
from sis_migrate.resolver.uv import Cause, Resolution, UvError, Why

RESOLVE = Settings(resolve=True)
ENVIRONMENT = "name: sales\ndependencies: [plotly]\n"
Answer = Callable[[Sequence[str]], Resolution]


class Uv:
    """Stands in for uv: answers from a function, and remembers what it was asked."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked: list[list[str]] = []
        self.projects: list[str] = []

    def resolve(
        self, lines: Sequence[str], *, uv: str, build: bool, folder: Path | None = None
    ) -> Resolution:
        self.asked.append(list(lines))
        return self.answer(lines)

    def resolve_project(self, pyproject: str, *, uv: str, build: bool) -> Resolution:
        import tomllib

        self.projects.append(pyproject)
        lines = tomllib.loads(pyproject)["project"]["dependencies"]
        self.asked.append(lines)
        return self.answer(lines)


@pytest.fixture
def fake_uv(monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer], Uv]:
    def install(answer: Answer) -> Uv:
        fake = Uv(answer)
        monkeypatch.setattr(uv, "find_uv", lambda: "uv")
        monkeypatch.setattr(uv, "resolve", fake.resolve)
        monkeypatch.setattr(uv, "resolve_project", fake.resolve_project)
        return fake

    return install


def fits(lines: Sequence[str]) -> Resolution:
    return Resolution(tuple(lines))


def without(line: str, why: Why = Why.CONFLICT) -> Answer:
    """All fits, but for one line."""
    project = line.partition("=")[0]
    return lambda lines: Resolution(cause=Cause(why, (project,), "") if line in lines else None)


def requirements(*lines: str, **more: str) -> dict[str, str]:
    text = "".join(f"{line}\n" for line in lines)
    return {"environment.yml": ENVIRONMENT, "requirements.txt": text, **more}


@pytest.mark.parametrize("why", [Why.CONFLICT, Why.NO_FILE])
def test_a_file_that_nothing_helps_stays(fake_uv: Callable[[Answer], Uv], why: Why) -> None:
    files = requirements("streamlit==1.60.0", "plotly==5.18.0")
    fake_uv(lambda lines: Resolution(cause=Cause(why, ("plotly",), "words")))
    outcome = convert(files, settings=RESOLVE)
    assert outcome.files == files | {"streamlit_app.py": "import streamlit as st\n"}
    (finding,) = outcome.findings
    assert finding.status is Status.MANUAL
    assert finding.message.endswith(f"({why}): words")


def test_all_that_is_installed_is_asked_about(fake_uv: Callable[[Answer], Uv]) -> None:
    fake = fake_uv(fits)
    files = requirements(
        "streamlit[snowflake]==1.60.0  # c",
        "altair==5.5 ; python_version < '4'",
        "attrs ; python_version < '3'",
        "./wheels/acme-1-py3-none-any.whl",
        "-r more.txt",
        "-c limits.txt",
        "--extra-index-url https://host/simple",
        "--pre",
        "git+https://host/x#egg=beta",
    )
    files |= {"more.txt": "numpy\n", "limits.txt": "numpy<3\n"}
    outcome = convert(files, settings=RESOLVE)
    assert fake.asked[0] == [
        "--extra-index-url https://host/simple",
        f"-c {ROOT / 'limits.txt'}",
        "streamlit[snowflake]==1.60.0",
        "altair==5.5 ; python_version < '4'",
        "./wheels/acme-1-py3-none-any.whl",
        "numpy",
        "plotly",
    ]
    assert "not asked about beta" in outcome.about("not asked").message
    assert outcome.files["requirements.txt"] == files["requirements.txt"] + "plotly\n"


def test_a_line_is_relaxed_where_it_stands(fake_uv: Callable[[Answer], Uv]) -> None:
    fake_uv(without("altair==5.5.0"))
    text = "# ours\r\nstreamlit==1.60.0\r\nplotly\r\naltair == 5.5.0  # why\r\n"
    outcome = convert({"environment.yml": ENVIRONMENT, "requirements.txt": text}, settings=RESOLVE)
    assert outcome.files["requirements.txt"] == text.replace("== 5.5.0", ">=5.5.0,<6")
    finding = outcome.about("altair==5.5.0 becomes altair>=5.5.0,<6: no versions fit")
    assert (finding.status, finding.span) == (Status.REVIEW, Span(4, 1, 4, 23))
    assert outcome.said(Status.FIXED) == [
        "requirements.txt: altair changed",
        "uv finds versions that fit together: 0 packages with all that they need",
    ]


def test_a_line_of_an_included_file_is_relaxed_there(fake_uv: Callable[[Answer], Uv]) -> None:
    fake_uv(without("altair==5.5.0"))
    files = requirements("streamlit==1.60.0", "plotly", "-r more.txt")
    outcome = convert(files | {"more.txt": "altair==5.5.0\n"}, settings=RESOLVE)
    assert outcome.files["more.txt"] == "altair>=5.5.0,<6\n"
    assert outcome.files["requirements.txt"] == files["requirements.txt"]
    assert outcome.about("becomes altair").path == ROOT / "more.txt"


def test_uv_is_asked_about_the_versions_that_will_stand_there(
    fake_uv: Callable[[Answer], Uv],
) -> None:
    fake = fake_uv(without("pandas>=2.1.2,<3 ; python_version > '3'"))
    files = requirements("streamlit", "plotly", "pandas==2.0.3 ; python_version > '3'")
    outcome = convert(files, settings=RESOLVE)
    assert fake.asked[0][0] == "streamlit>=1.55,<1.68"
    assert outcome.files["requirements.txt"] == (
        "streamlit>=1.55,<1.68\nplotly\npandas>=2.1.2 ; python_version > '3'\n"
    )


def test_a_line_that_is_added_is_relaxed_before_it_is(fake_uv: Callable[[Answer], Uv]) -> None:
    fake_uv(without("plotly==5.24.1"))
    files = requirements("streamlit==1.60.0")
    files["environment.yml"] = "dependencies: [plotly=5.24.1]\n"
    outcome = convert(files, settings=RESOLVE)
    assert outcome.files["requirements.txt"] == "streamlit==1.60.0\nplotly>=5.24.1,<6\n"
    assert outcome.about("plotly==5.24.1 becomes").status is Status.REVIEW


def test_a_container_apps_lines_are_only_reported(fake_uv: Callable[[Answer], Uv]) -> None:
    fake_uv(without("altair==5.5.0"))
    files = requirements("streamlit==1.60.0", "altair==5.5.0")
    outcome = convert(files, settings=RESOLVE, runtime=Runtime.CONTAINER)
    assert outcome.files["requirements.txt"] == files["requirements.txt"]
    finding = outcome.about("altair==5.5.0 does not fit")
    assert finding.message.endswith("altair>=5.5.0,<6 does")
    assert finding.status is Status.REVIEW


@pytest.mark.parametrize("runtime", [Runtime.WAREHOUSE, Runtime.CONTAINER])
def test_a_project_that_is_not_there_stays_and_is_said(
    fake_uv: Callable[[Answer], Uv], runtime: Runtime
) -> None:
    fake_uv(without("acme==1", Why.NOT_FOUND))
    files = requirements("streamlit==1.60.0", "plotly", "acme==1")
    outcome = convert(files, settings=RESOLVE, runtime=runtime)
    assert outcome.files["requirements.txt"] == files["requirements.txt"]
    assert outcome.about("acme==1 cannot be installed").status is Status.MANUAL


def test_what_does_not_fit_at_all_is_said(fake_uv: Callable[[Answer], Uv]) -> None:
    fake_uv(lambda lines: Resolution(cause=Cause(Why.NETWORK, (), "no route")))
    outcome = convert(requirements("streamlit==1.60.0"), settings=RESOLVE)
    assert outcome.about("could not be asked about").status is Status.MANUAL
    assert outcome.files["requirements.txt"] == "streamlit==1.60.0\nplotly\n"


def test_a_missing_uv_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> str:
        raise UvError("uv is not installed")

    monkeypatch.setattr(uv, "find_uv", missing)
    outcome = convert(requirements("streamlit==1.60.0"), settings=RESOLVE)
    assert outcome.about("uv is not installed").status is Status.MANUAL
    assert outcome.files["requirements.txt"] == "streamlit==1.60.0\nplotly\n"


def test_a_set_that_would_not_work_is_guarded(fake_uv: Callable[[Answer], Uv]) -> None:
    def answer(lines: Sequence[str]) -> Resolution:
        arrow = "25.0.1" if "pyarrow<26" in lines else "26.0.1"
        return Resolution(("numpy==1.26.4", f"pyarrow=={arrow}"))

    fake_uv(answer)
    outcome = convert(requirements("streamlit==1.60.0", "plotly", "numba"), settings=RESOLVE)
    assert outcome.files["requirements.txt"].endswith("numba\npyarrow<26\n")
    outcome = convert(requirements("streamlit==1.60.0", "plotly", "pyarrow"), settings=RESOLVE)
    assert outcome.files["requirements.txt"].endswith("plotly\npyarrow<26\n")
    files = requirements("streamlit==1.60.0", "plotly")
    files["environment.yml"] = "dependencies: [plotly, pyarrow]\n"
    outcome = convert(files, settings=RESOLVE)
    assert outcome.files["requirements.txt"].endswith("plotly\npyarrow<26\n")


def test_a_container_apps_line_is_not_guarded_but_said(fake_uv: Callable[[Answer], Uv]) -> None:
    fake_uv(lambda lines: Resolution(("numpy==1.26.4", "pyarrow==26.0.1")))
    files = requirements("streamlit==1.60.0", "pyarrow>=14")
    outcome = convert(files, settings=RESOLVE, runtime=Runtime.CONTAINER)
    assert outcome.files["requirements.txt"] == files["requirements.txt"]
    assert outcome.about("uv would install pyarrow 26.0.1").status is Status.MANUAL
    assert "fit together" not in str(outcome.findings)


def test_hashes_are_not_asked_about(fake_uv: Callable[[Answer], Uv]) -> None:
    fake = fake_uv(fits)
    convert(requirements("streamlit==1.60.0 --hash=sha256:0"), settings=RESOLVE)
    assert fake.asked == []


PROJECT = """\
[project]
name = "sales"
version = "1"
requires-python = ">=3.9"
dependencies = [
    "streamlit==1.60.0",  # first
    "altair==5.5.0",
    "acme",
    "beta",
]

[tool.uv]
constraint-dependencies = ["numpy<3"]
package = false

[[tool.uv.index]]
name = "ours"
url = "https://host/simple"

[tool.uv.sources]
acme = { path = "wheels/acme-1-py3-none-any.whl" }
beta = { git = "https://host/beta" }
"""


def project_outcome(fake: Uv) -> Outcome:
    files = {"environment.yml": ENVIRONMENT, "pyproject.toml": PROJECT}
    return convert(files, settings=RESOLVE)


def test_a_pyproject_is_asked_about_with_uvs_settings(fake_uv: Callable[[Answer], Uv]) -> None:
    import tomllib

    fake = fake_uv(without("altair==5.5.0"))
    outcome = project_outcome(fake)
    assert outcome.files["pyproject.toml"] == PROJECT.replace(
        '"altair==5.5.0"', '"altair>=5.5.0,<6"'
    ).replace('    "beta",\n', '    "beta",\n    "plotly",\n')
    assert fake.asked[0] == ["streamlit==1.60.0", "altair==5.5.0", "acme", "plotly"]
    asked = tomllib.loads(fake.projects[0])
    assert "requires-python" not in asked["project"]
    assert asked["tool"]["uv"]["index"] == [{"name": "ours", "url": "https://host/simple"}]
    assert asked["tool"]["uv"]["constraint-dependencies"] == ["numpy<3"]
    wheel = str((ROOT / "wheels" / "acme-1-py3-none-any.whl").absolute())
    assert asked["tool"]["uv"]["sources"]["acme"] == {"path": wheel}
    assert outcome.about("uv was not asked about beta").status is Status.REVIEW


def test_a_wheel_of_a_new_file_is_asked_about(fake_uv: Callable[[Answer], Uv]) -> None:
    fake = fake_uv(fits)
    files = {
        "environment.yml": "dependencies: [plotly, {pip: [wheels/acme-1-py3-none-any.whl]}]\n",
        "wheels/acme-1-py3-none-any.whl": "",
    }
    convert(files, settings=RESOLVE)
    wheel = (ROOT / "wheels" / "acme-1-py3-none-any.whl").absolute().as_uri()
    assert f"acme @ {wheel}" in fake.asked[0]


def test_words_about_the_set_stand_at_the_file_that_is_asked_about(
    fake_uv: Callable[[Answer], Uv],
) -> None:
    fake_uv(without("no-such-line"))
    files = {"environment.yml": ENVIRONMENT, "requirements.txt": "streamlit==1.60.0\nplotly\n"}
    outcome = convert(files, settings=RESOLVE)
    assert outcome.about("uv finds versions").path == ROOT / "requirements.txt"
