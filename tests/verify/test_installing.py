from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sis_migrate.deployed import Deployed
from sis_migrate.resolver.uv import Cause, UvError, Why
from sis_migrate.verify import installing
from sis_migrate.verify.environments import Environment, Environments, Wanted
from sis_migrate.verify.verdicts import Stage, StageResult, Verdict


class Installer(Environments):
    """Gives one answer after the other instead of making environments."""

    def __init__(self, *answers: Environment | Cause | UvError) -> None:
        self.answers = list(answers)

    def make(self, wanted: Wanted) -> Environment | Cause:
        answer = self.answers.pop(0)
        if isinstance(answer, UvError):
            raise answer
        return answer


@pytest.mark.parametrize(
    ("answer", "verdict", "line"),
    [
        pytest.param(
            Cause(Why.NO_VERSION, ("pandas",), "words"), Verdict.FAILED, "no such version: pandas",
            id="a version that is not there",
        ),
        pytest.param(
            Cause(Why.NETWORK, (), "dns error"), Verdict.NOT_CHECKED,
            "the package index cannot be reached",
            id="no network",
        ),
        pytest.param(UvError("uv says no"), Verdict.FAILED, "uv says no", id="uv fails"),
        pytest.param(
            UvError("not installed: no disk", Cause(Why.CONFLICT, (), "no disk")),
            Verdict.FAILED,
            "not installed: no disk",
            id="what it says at installing",
        ),
        pytest.param(
            UvError("not installed: dns error", Cause(Why.NETWORK, (), "dns error")),
            Verdict.NOT_CHECKED,
            "not installed: dns error",
            id="no network at installing",
        ),
        pytest.param(
            UvError("uv did not answer within 120 s", Cause(Why.NO_ANSWER, (), "words")),
            Verdict.NOT_CHECKED,
            "uv did not answer within 120 s",
            id="no answer",
        ),
    ],
)  # fmt: skip
def test_why_nothing_is_installed(answer: Cause | UvError, verdict: Verdict, line: str) -> None:
    result, environment = installing.install(Installer(answer), [("pandas==9",)])
    assert environment is None
    assert (result.verdict, result.line) == (verdict, line)


def test_the_first_reason_is_told_when_no_attempt_can_be_installed() -> None:
    answers = (Cause(Why.CONFLICT, ("a", "b"), "words"), UvError("later"))
    result, _ = installing.install(Installer(*answers), [("a",), ("b",)])
    assert result.line.endswith(": a, b")


def test_a_lock_that_does_not_fit_is_told_with_what_is_installed(tmp_path: Path) -> None:
    made = Environment(tmp_path, ("a==1",), True, 0.1, stale=True)
    result, environment = installing.install(Installer(made), [tmp_path / "pyproject.toml"])
    assert environment is made
    assert result.verdict is Verdict.PASSED
    assert "uv.lock does not fit pyproject.toml any more" in result.line


def test_without_an_index_the_other_stages_have_an_older_environment(tmp_path: Path) -> None:
    unreachable = Cause(Why.NETWORK, (), "dns error")
    made = Environment(tmp_path, ("a==1",), True, 0.1, unreachable=unreachable, made="2026-03-01")
    result, environment = installing.install(Installer(made), [tmp_path / "pyproject.toml"])
    assert environment is made
    assert result.verdict is Verdict.NOT_CHECKED
    assert result.line == (
        "the package index cannot be reached; the other stages run with 1 package from the cache, "
        "installed on 2026-03-01"
    )


@pytest.mark.parametrize("verdict", [Verdict.PASSED, Verdict.FAILED, Verdict.NOT_CHECKED])
def test_a_list_that_the_cli_refuses_is_not_installed(tmp_path: Path, verdict: Verdict) -> None:
    installed = StageResult(Stage.INSTALL, verdict, "60 packages")
    files = Deployed({}, {}, tmp_path / "snowflake.yml", ("gone.py", "old/*.csv"))
    result = installing.deployable(installed, files)
    assert result.verdict is Verdict.FAILED
    refused, other = (result.line, *result.details)[:: -1 if verdict is Verdict.FAILED else 1]
    assert refused.startswith(
        "snowflake.yml: a deploy stops at artifacts that are not there: gone.py, old/*.csv;"
    )
    assert other == "60 packages"
    assert installing.deployable(installed, replace(files, absent=())) == installed
