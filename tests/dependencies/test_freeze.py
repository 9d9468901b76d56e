"""A requirements.txt that is a copy of a developer's whole environment."""

from __future__ import annotations

import pytest

from dependency_case import convert
from sis_migrate.model import Runtime, Status

ENVIRONMENT = "dependencies: [p1, plotly]\n"
FREEZE = "streamlit==1.60.0\nplotly==6.0\n" + "".join(f"p{n}==1.{n}\n" for n in range(24))


def test_says_that_a_file_reads_like_a_freeze() -> None:
    text = FREEZE + "ipykernel==6.0\n"
    outcome = convert({"environment.yml": ENVIRONMENT, "requirements.txt": text})
    assert outcome.files["requirements.txt"] == text
    finding = outcome.about("reads like a freeze")
    assert finding.status is Status.REVIEW
    assert "27 of its 27 projects have an exact version, and 2 are imported" in finding.message
    assert "ipykernel would do nothing there" in finding.message
    assert "--pyproject" in finding.remedy


def test_a_freeze_without_tools_names_none() -> None:
    finding = convert({"requirements.txt": FREEZE}).about("reads like a freeze")
    assert "would do nothing" not in finding.message


OTHERS = [
    pytest.param(FREEZE[: FREEZE.index("p20")], id="a short list"),
    pytest.param(FREEZE.replace("==1.1", ">=1.1"), id="versions by hand"),
]


@pytest.mark.parametrize("text", OTHERS)
def test_a_list_is_no_freeze(text: str) -> None:
    found = convert({"requirements.txt": text}).findings
    assert [f for f in found if "freeze" in f.message] == []


def test_what_the_app_uses_is_no_freeze() -> None:
    names = ["altair", "pandas", "numpy", "scipy", "plotly", "requests", "pillow", "pydeck"]
    used = "".join(f"import {'PIL' if name == 'pillow' else name}\n" for name in names)
    lines = FREEZE.splitlines(keepends=True)[:18] + [f"{name}==9.0\n" for name in names]
    files = {"requirements.txt": "".join(lines), "streamlit_app.py": used}
    assert [f for f in convert(files).findings if "freeze" in f.message] == []


def test_a_file_that_a_container_or_a_project_file_takes_is_edited_without_a_word() -> None:
    files = {"requirements.txt": FREEZE}
    project = "entities:\n  a: {type: streamlit, artifacts: [requirements.txt]}\n"
    for outcome in (
        convert(files, runtime=Runtime.CONTAINER),
        convert({**files, "snowflake.yml": project}),
    ):
        assert [f for f in outcome.findings if "freeze" in f.message] == []
