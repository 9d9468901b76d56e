from __future__ import annotations

import json

import pytest

from sis_migrate.verify.verdicts import (
    AppResult,
    Kind,
    Stage,
    StageResult,
    SubjectResult,
    Verdict,
    document,
    text,
)


def app(*verdicts: Verdict, before: tuple[Verdict, ...] = ()) -> AppResult:
    def subject(kind: Kind, found: tuple[Verdict, ...]) -> SubjectResult:
        pairs = zip(Stage, found, strict=False)
        return SubjectResult(kind, tuple(StageResult(s, v, f"{s} {v}") for s, v in pairs), "1.55.0")

    subjects = [subject(Kind.CONTAINER, before)] if before else []
    return AppResult("app", "SALES", (*subjects, subject(Kind.MIGRATED, verdicts)))


@pytest.mark.parametrize(
    ("verdicts", "clean"),
    [
        pytest.param((Verdict.PASSED, Verdict.PASSED), True, id="all passed"),
        pytest.param((Verdict.PASSED, Verdict.SKIPPED), True, id="one was not asked for"),
        pytest.param((Verdict.PASSED, Verdict.NOT_CHECKED), False, id="one could not be checked"),
        pytest.param((Verdict.PASSED, Verdict.FAILED), False, id="one failed"),
        pytest.param((Verdict.SKIPPED,), False, id="nothing was run"),
        pytest.param((), False, id="nothing at all"),
    ],
)
def test_only_the_migrated_app_decides(verdicts: tuple[Verdict, ...], clean: bool) -> None:
    assert app(*verdicts, before=(Verdict.FAILED,)).clean is clean


def test_the_verdict_of_a_stage_that_was_not_run_is_skipped() -> None:
    assert app(Verdict.PASSED).migrated.verdict(Stage.VIEWERS) is Verdict.SKIPPED


def test_document_is_json_with_a_run_for_each_kind() -> None:
    made = json.loads(json.dumps(document([app(Verdict.FAILED, before=(Verdict.PASSED,))])))
    assert [run["kind"] for run in made[0]["runs"]] == ["container", "migrated"]
    assert made[0]["runs"][1]["stages"][0]["verdict"] == "failed"
    assert made[0]["passed"] is False


def test_text_shows_a_line_a_stage_and_five_details_of_a_failure() -> None:
    details = tuple(f"detail {n}" for n in range(8))
    stages = (
        StageResult(Stage.INSTALL, Verdict.PASSED, "60 packages", details),
        StageResult(Stage.IMPORT, Verdict.FAILED, "import plotly", details),
    )
    made = AppResult("app", "SALES", (SubjectResult(Kind.MIGRATED, stages, "1.55.0"),))
    lines = list(text(made))
    assert lines[:3] == [
        "app: SALES",
        "  migrated, in a container (Streamlit 1.55.0)",
        "    install  passed       60 packages",
    ]
    assert [line.strip() for line in lines[4:]] == [*details[:5], "… and 3 more"]
    assert len(list(text(made, verbose=True))) == 5 + 2 * len(details)


def test_text_shows_nothing_that_a_terminal_acts_on() -> None:
    said = "app.py:4: ValueError: x\x1b[31m\u202e y"
    stages = (StageResult(Stage.VIEWER, Verdict.FAILED, said, (said,)),)
    lines = list(text(AppResult("app", "SALES", (SubjectResult(Kind.MIGRATED, stages),))))
    assert [line.endswith("app.py:4: ValueError: x [31m  y") for line in lines[2:]] == [True, True]
    assert all(line.isprintable() for line in lines)
