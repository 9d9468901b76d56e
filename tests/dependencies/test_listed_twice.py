"""A package that environment.yml lists more than once."""

from __future__ import annotations

import pytest

from dependency_case import convert, packages
from sis_migrate.model import Span, Status


def environment(*specs: str) -> str:
    return "dependencies:\n" + "".join(f"  - {spec}\n" for spec in specs)


TWICE = [
    pytest.param(["pandas=2.2.2", "pip:\n    - pandas==2.2.3"], "pandas==2.2.3", id="pip's"),
    pytest.param(["pip:\n    - pandas==2.2.3", "pandas=2.2.2"], "pandas==2.2.3", id="pip's first"),
    pytest.param(["numpy=2.1.0", "numpy=2.0.0"], "numpy==2.0.0", id="the last one"),
]


@pytest.mark.parametrize(("specs", "line"), TWICE)
def test_of_versions_that_exclude_each_other_one_stays(specs: list[str], line: str) -> None:
    outcome = convert({"environment.yml": environment("streamlit", *specs)})
    assert packages(outcome)[1:] == [line]
    assert outcome.said(Status.REVIEW) == [outcome.about("the last one counts").message]


@pytest.mark.parametrize(
    "specs", [["pandas=2.2.3", "pandas"], ["xgboost", "py-xgboost"], ["xgboost", "xgboost"]]
)
def test_a_package_that_is_listed_twice_with_one_version_is_no_matter(specs: list[str]) -> None:
    outcome = convert({"environment.yml": environment("streamlit", *specs)})
    assert len(packages(outcome)) == 2
    assert [f for f in outcome.findings if "more than once" in f.message] == []


def test_what_is_said_of_a_version_stands_where_the_version_does() -> None:
    outcome = convert({"environment.yml": environment("opencv", "py-opencv=4.6.0")})
    assert outcome.about("becomes >=4.10").span == Span(3, 5, 3, 20)
