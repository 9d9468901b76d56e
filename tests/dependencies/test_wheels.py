"""Wheels among the app's files."""

from __future__ import annotations

import pytest

from dependency_case import convert
from sis_codemods.dependencies.wheels import too_old
from sis_migrate.model import Span, Status

OLD = "./snowflake_snowpark_python-0.6.0-py3-none-any.whl"


def test_an_old_wheel_of_an_existing_list_is_said() -> None:
    text = f"{OLD}\nstreamlit==1.60.0\n"
    outcome = convert({"requirements.txt": text})
    assert outcome.files["requirements.txt"] == text
    finding = outcome.about("snowflake-snowpark-python 0.6.0: before 1.37.0 it imports")
    assert (finding.status, finding.span) == (Status.MANUAL, Span(1, 1, 1, len(OLD) + 1))
    assert finding.remedy.endswith("list snowflake-snowpark-python>=1.37.0.")


def test_an_old_wheel_by_name_is_said() -> None:
    text = f"snowflake-snowpark-python @ {OLD} ; python_version > '3'\nstreamlit==1.60.0\n"
    assert convert({"requirements.txt": text}).about("before 1.37.0").status is Status.MANUAL


def test_an_old_wheel_of_a_pip_list_is_said() -> None:
    files = {"environment.yml": f"dependencies:\n  - pip:\n    - {OLD}\n", OLD[2:]: ""}
    assert convert(files).about("0.6.0: before 1.37.0").status is Status.MANUAL


@pytest.mark.parametrize(
    "wheel",
    [
        pytest.param("snowflake_snowpark_python-1.40.0-py3-none-any.whl", id="new"),
        pytest.param("acme-0.1-py3-none-any.whl", id="without a floor"),
        pytest.param("acme.whl", id="no name of a wheel"),
    ],
)
def test_other_wheels_need_no_word(wheel: str) -> None:
    assert too_old(wheel, None) is None
