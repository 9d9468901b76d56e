from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from sis_migrate.verify import judging
from sis_migrate.verify.comparing import Alone
from sis_migrate.verify.emulator import MARK, Met, Refusal
from sis_migrate.verify.outcome import Known, first_box, judged, with_endless
from sis_migrate.verify.server import NOBODY, Fault, Run, Visit
from sis_migrate.verify.verdicts import Stage, StageResult, Verdict

FAULT = Fault("KeyError", "'x'", "app.py:3")
REFUSAL = Refusal("show roles", "This statement is not supported")


def run(*faults: Fault, state: str = "finished", met: Met | None = None, page: str = "") -> Run:
    elements = {"0.0": ("markdown", "a")}
    return Run(0, page, 0, state, 0.5, faults, elements, met=met or Met())


def told(
    visit: Visit,
    *,
    refusals: Sequence[Refusal] = (),
    hosts: Sequence[str] = (),
    empty: Sequence[str] = (),
    answered: Sequence[str] = (),
    before: Visit | None = None,
) -> StageResult:
    """The result for one viewer of a migrated app, ``before`` being what the original showed."""
    met = Met(tuple(refusals), tuple(hosts), tuple(empty), tuple(answered))
    runs = tuple(replace(run, met=replace(met, hosts=())) for run in visit.runs)
    return judged(Stage.VIEWER, replace(visit, runs=runs), met, Known(before or Visit(())))


def test_a_visit_without_an_error_has_passed() -> None:
    assert told(Visit((run(),))).verdict is Verdict.PASSED


def test_an_exception_is_a_failure_with_its_place() -> None:
    result = told(Visit((run(FAULT), run(FAULT))))
    assert (result.verdict, result.line) == (Verdict.FAILED, "app.py:3: KeyError: 'x'")
    assert result.details == ()


@pytest.mark.parametrize(
    "visit",
    [
        pytest.param(Visit((), "the server ended"), id="it broke off"),
        pytest.param(Visit(()), id="nothing was shown"),
        pytest.param(Visit((run(state="compile"),)), id="a page does not parse"),
    ],
)
def test_a_visit_that_does_not_come_to_its_end_is_a_failure(visit: Visit) -> None:
    assert told(visit).verdict is Verdict.FAILED


def test_an_error_of_the_emulator_is_told_in_its_words() -> None:
    fault = Fault("SnowparkSQLException", f"(1304): {REFUSAL.said} {MARK}", "app.py:3")
    result = told(Visit((run(fault),)), refusals=[REFUSAL])
    assert result.verdict is Verdict.NOT_CHECKED
    assert result.line == f"app.py:3: the emulator refuses `show roles`: {REFUSAL.said}"


def test_an_own_error_counts_more_than_the_emulators() -> None:
    name = Fault("NameError", "name 'x' is not defined")
    refused = Fault("SQLError", f"no {MARK}")
    result = told(Visit((run(refused, name),)), refusals=[REFUSAL])
    assert (result.verdict, result.line) == (Verdict.FAILED, "NameError: name 'x' is not defined")
    assert len(result.details) == 1


def test_a_refused_statement_is_never_passed() -> None:
    result = told(Visit((run(),)), refusals=[REFUSAL, Refusal("show users", "no")])
    assert result.verdict is Verdict.NOT_CHECKED
    assert result.line.endswith("(and 1 more)")


def test_a_host_that_was_asked_for_is_never_passed() -> None:
    result = told(Visit((run(),)), hosts=["api.example.com"])
    assert result.verdict is Verdict.NOT_CHECKED
    assert "api.example.com" in result.line


def test_what_the_original_fails_in_says_nothing_about_the_migration() -> None:
    result = told(Visit((run(FAULT),)), before=Visit((run(Fault("KeyError", "'x'", "old.py:9")),)))
    assert result.verdict is Verdict.NOT_CHECKED
    assert (
        result.line
        == "app.py:3: KeyError: 'x' (the original fails in the same way, as on the warehouse)"
    )


AGENT = "/api/v2/cortex/agent:run"
BOXED = Visit((Run(0, "", 0, "finished", 0.5, (), {"0.0": ("error", "No answer")}),))
BROKEN = Visit((run(Fault("TypeError", "string indices must be integers", "app.py:7")),))


@pytest.mark.parametrize(
    ("before", "verdict"),
    [
        pytest.param(None, Verdict.NOT_CHECKED, id="nobody looked at the original"),
        pytest.param(BROKEN, Verdict.NOT_CHECKED, id="the original fails too"),
        pytest.param(BOXED, Verdict.NOT_CHECKED, id="the original shows its error in a box"),
        pytest.param(
            Visit((run(met=Met(paths=(AGENT,))),)),
            Verdict.FAILED,
            id="the original got on with the answer",
        ),
    ],
)
def test_what_follows_on_an_answer_of_the_stand_in(before: Visit | None, verdict: Verdict) -> None:
    result = told(BROKEN, answered=[AGENT, AGENT], before=before)
    assert result.verdict is verdict
    assert result.line.endswith(f"(only a stand-in answers {AGENT})") is (
        verdict is Verdict.NOT_CHECKED
    )


def test_a_missing_name_is_the_apps_whatever_was_answered() -> None:
    fault = Fault("NameError", "name 'x' is not defined", "app.py:7")
    assert told(Visit((run(fault),)), answered=[AGENT]).verdict is Verdict.FAILED


def test_an_assertion_may_be_about_what_snowflake_answers() -> None:
    fault = Fault("AssertionError", "no rows")
    result = told(Visit((run(fault),)), before=Visit((run(fault),)))
    assert result.verdict is Verdict.NOT_CHECKED


def test_the_last_visit_is_the_original_where_nobody_came_alone() -> None:
    original = Visit((run(),))
    assert Known(original).last is original
    assert Known(original, Alone(NOBODY)).last == NOBODY
    assert Known().last == Visit(())


def test_the_same_error_is_the_originals_where_nobody_came_alone() -> None:
    visit = Visit((run(FAULT),))
    result = judged(Stage.VIEWERS, visit, Met(), Known(visit))
    assert result.line.endswith("(the original fails in the same way, as on the warehouse)")


def test_what_cannot_be_snowflakes_fault_fails_even_if_the_original_does_too() -> None:
    name = Fault("ImportError", "cannot import name 'get_pages'")
    assert told(Visit((run(name),)), before=Visit((run(name),))).verdict is Verdict.FAILED


def boxed(text: str, kind: str = "error", *faults: Fault) -> Visit:
    return Visit((Run(0, "Orders", 0, "finished", 0.5, faults, {"0.1": (kind, text)}),))


NOTHING = Visit(())
ORDERS = boxed("12 orders", "markdown")
FAILED = boxed("12 orders", "markdown", FAULT)
LOST = "No connection"
REGION = "Choose a region, {} are there"
NO_EMULATOR = "Failed to connect to Snowflake: 250001"


@pytest.mark.parametrize(
    ("shown", "original", "verdict", "line"),
    [
        pytest.param(
            boxed(LOST), ORDERS, Verdict.FAILED, "Orders: error box: No connection",
            id="an error that the original does not show",
        ),
        pytest.param(
            boxed(REGION.format(6)), boxed(REGION.format(7)), Verdict.NOT_CHECKED,
            f"Orders: error box: {REGION.format(6)} (the original shows it too, so that the page "
            "was not seen to work)",
            id="an error that the original shows",
        ),
        pytest.param(
            boxed(LOST), NOTHING, Verdict.NOT_CHECKED,
            "Orders: error box: No connection (whether the original shows it too is not known)",
            id="an error, and nobody looked at the original",
        ),
        pytest.param(
            boxed(LOST), FAILED, Verdict.NOT_CHECKED,
            "Orders: error box: No connection (whether the original shows it too is not known)",
            id="an error where the original does not get that far",
        ),
        pytest.param(
            boxed(NO_EMULATOR), boxed(NO_EMULATOR), Verdict.NOT_CHECKED,
            "Orders: error box: Failed to connect to Snowflake: 250001 (the emulator failed)",
            id="both show what the emulator is to blame for",
        ),
        pytest.param(
            boxed(LOST, "warning"), ORDERS, Verdict.NOT_CHECKED,
            "Orders: warning box: No connection (the original does not show it)",
            id="a warning that the original does not show",
        ),
        pytest.param(
            boxed("no data: No module named 'acme'", "warning"), ORDERS, Verdict.FAILED,
            "Orders: warning box: no data: No module named 'acme'",
            id="a warning of a module that the original has",
        ),
        pytest.param(
            boxed(LOST, "warning"), boxed(LOST, "warning"), Verdict.PASSED, "",
            id="a warning that the original shows",
        ),
        pytest.param(
            boxed(LOST, "warning"), NOTHING, Verdict.PASSED, "",
            id="a warning, and nobody looked at the original",
        ),
        pytest.param(
            boxed(LOST, "alert"), ORDERS, Verdict.PASSED, "", id="a box with good news",
        ),
    ],
)  # fmt: skip
def test_what_a_box_means_beside_what_the_original_shows(
    shown: Visit, original: Visit, verdict: Verdict, line: str
) -> None:
    result = told(shown, before=original)
    assert (result.verdict, result.line) == (verdict, line)


@pytest.mark.parametrize("kind", ["error", "warning"])
def test_a_box_of_the_original_itself_is_what_the_app_does_today(kind: str) -> None:
    result = judged(Stage.VIEWER, boxed(LOST, kind), Met(), Known(None))
    assert result.verdict is Verdict.PASSED
    assert first_box(boxed(LOST, kind), Known(None)) == f"Orders: {kind} box: No connection"


def test_a_warning_is_named_where_nobody_looked_at_the_original() -> None:
    shown = boxed(LOST, "warning")
    assert first_box(shown, Known(NOTHING)) == "Orders: warning box: No connection"
    assert first_box(shown, Known(shown)) == ""


@pytest.mark.parametrize("kind", ["error", "warning"])
@pytest.mark.parametrize(
    ("original", "alone", "verdicts"),
    [
        pytest.param(
            ORDERS, boxed(LOST), [Verdict.NOT_CHECKED] * 2, id="as it is for one viewer alone"
        ),
        pytest.param(
            boxed(LOST),
            boxed(LOST),
            [Verdict.NOT_CHECKED, Verdict.PASSED],
            id="as it is for the original",
        ),
        pytest.param(
            ORDERS, ORDERS, [Verdict.FAILED, Verdict.NOT_CHECKED], id="only several see it"
        ),
        pytest.param(
            NOTHING, NOTHING, [Verdict.NOT_CHECKED, Verdict.PASSED], id="nobody looked before"
        ),
    ],
)
def test_what_a_box_means_that_several_viewers_are_shown(
    kind: str, original: Visit, alone: Visit, verdicts: list[Verdict]
) -> None:
    def shows(visit: Visit) -> Visit:
        return boxed(LOST, kind) if judging.boxes(visit.runs) else visit

    known = Known(shows(original), Alone(shows(alone)))
    result = judged(Stage.VIEWERS, boxed(LOST, kind), Met(), known)
    assert result.verdict is verdicts[kind == "warning"]


def test_what_one_viewer_is_not_checked_for_several_are_not_checked_for_either() -> None:
    known = Known(NOTHING, Alone(boxed(LOST)))
    result = judged(Stage.VIEWERS, boxed(LOST), Met(), known)
    assert result.verdict is Verdict.NOT_CHECKED
    assert result.line == "Orders: error box: No connection (so it is for one viewer alone)"


def test_an_error_box_about_the_emulator_is_not_checked() -> None:
    visit, before = boxed(f"{REFUSAL.said} {MARK}"), Visit((run(),))
    result = told(visit, refusals=[REFUSAL], before=before)
    assert result.verdict is Verdict.NOT_CHECKED


EMPTY, OTHERS = Met(tables=("sales",)), Met(tables=("sales", "orders"))
RAISES = Fault("RuntimeError", "breaks only in a container", "app.py:7")
ROWS = Fault("NameError", "name 'rows' is not defined", "app.py:8")
COLUMNS = Fault("TypeError", "f() missing 1 required positional argument: 'b'", "app.py:8")


@pytest.mark.parametrize(
    ("met", "original", "why"),
    [
        pytest.param(EMPTY, Visit((run(met=EMPTY),)), "", id="it got on with the same"),
        pytest.param(
            Met((REFUSAL,)), Visit((run(met=Met((REFUSAL,))),)), "", id="it got on with a refusal"
        ),
        pytest.param(
            OTHERS, Visit((run(met=EMPTY),)), "it may come of empty tables (orders)",
            id="it met less",
        ),
        pytest.param(
            EMPTY, Visit((run(FAULT, met=EMPTY),)), "it may come of empty tables (sales)",
            id="it breaks in another way",
        ),
        pytest.param(
            EMPTY, Visit((run(met=EMPTY, page="Other"),)), "it may come of empty tables (sales)",
            id="it does not get to that page",
        ),
        pytest.param(
            EMPTY, Visit((run(met=EMPTY, page="Other"), run())), "",
            id="it got on with what another page had handed on",
        ),
        pytest.param(EMPTY, Visit(()), "it may come of empty tables (sales)", id="nobody looked"),
    ],
)  # fmt: skip
def test_what_the_original_got_on_with_is_no_excuse(met: Met, original: Visit, why: str) -> None:
    visit = Visit((run(RAISES, met=met),))
    result = judged(Stage.VIEWER, visit, met, Known(original))
    assert result.verdict is (Verdict.NOT_CHECKED if why else Verdict.FAILED)
    assert result.line.startswith(f"{RAISES.line} ({why}" if why else RAISES.line)


def test_what_one_viewer_alone_got_on_with_is_no_excuse_for_several() -> None:
    known = Known(Visit(()), Alone(Visit((run(met=EMPTY),))))
    result = judged(Stage.VIEWERS, Visit((run(RAISES, met=EMPTY),)), EMPTY, known)
    assert result.verdict is Verdict.FAILED


def test_what_the_page_itself_met_counts_more_than_what_others_did() -> None:
    runs = [
        run(met=Met(tables=("stock",)), page="Before"),
        run(RAISES, met=EMPTY),
        run(met=Met((REFUSAL,)), page="After"),
    ]
    whole = sum((r.met for r in runs), Met())
    result = judged(Stage.VIEWER, Visit(tuple(runs)), whole, Known(Visit(())))
    assert result.line.endswith("(it may come of empty tables (sales): give rows with --seed)")
    runs[1] = run(RAISES)
    result = judged(Stage.VIEWER, Visit(tuple(runs)), whole, Known(Visit(())))
    assert result.line.endswith("(it may come of empty tables of another page (stock): give rows "
                                "with --seed)")  # fmt: skip
    before = Visit((run(replace(RAISES, place="old.py:9")),))
    result = judged(Stage.VIEWER, Visit(tuple(runs)), whole, Known(before))
    assert "(the original fails in the same way" in result.line
    result = judged(Stage.VIEWER, Visit(tuple(runs[1:])), whole, Known(Visit(())))
    assert (result.verdict, result.line) == (Verdict.FAILED, RAISES.line)


@pytest.mark.parametrize("fault", [ROWS, COLUMNS])
@pytest.mark.parametrize(
    ("met", "original", "verdict"),
    [
        pytest.param(Met((REFUSAL,)), True, Verdict.NOT_CHECKED, id="after a refusal"),
        pytest.param(EMPTY, True, Verdict.NOT_CHECKED, id="without a row"),
        pytest.param(Met(), True, Verdict.FAILED, id="without either"),
        pytest.param(EMPTY, False, Verdict.FAILED, id="the original does not show it"),
        pytest.param(EMPTY, None, Verdict.NOT_CHECKED, id="it is the original"),
        pytest.param(Met(), None, Verdict.FAILED, id="the original's own fault"),
    ],
)
def test_a_name_that_an_answer_would_have_bound(
    fault: Fault, met: Met, original: bool | None, verdict: Verdict
) -> None:
    visit = Visit((run(fault, met=met),))
    before = Visit((run(fault, met=met) if original else run(met=met),))
    result = judged(Stage.VIEWER, visit, met, Known(None if original is None else before))
    assert result.verdict is verdict


def test_a_name_that_the_answer_to_another_page_would_have_bound() -> None:
    for met, words in (
        (EMPTY, "empty tables (sales)"),
        (Met(), "empty tables of another page (a)"),
    ):
        visit = Visit((run(met=Met(tables=("a",)), page="Before"), run(ROWS, met=met)))
        result = judged(Stage.VIEWER, visit, EMPTY, Known(visit))
        assert result.verdict is Verdict.NOT_CHECKED
        assert words in result.line


def test_a_missing_module_is_no_name_that_an_answer_would_have_bound() -> None:
    visit = Visit((run(Fault("ModuleNotFoundError", "No module named 'x'"), met=EMPTY),))
    assert judged(Stage.VIEWER, visit, EMPTY, Known(visit)).verdict is Verdict.FAILED


AGAIN = Visit((run(state="again"),))
ENDLESS = "the first page: it reruns itself without end"


@pytest.mark.parametrize(
    ("original", "verdict", "line"),
    [
        pytest.param(AGAIN, Verdict.PASSED, f"1 page; {ENDLESS}", id="the original does so, too"),
        pytest.param(None, Verdict.PASSED, f"1 page; {ENDLESS}", id="it is the original"),
        pytest.param(Visit((run(),)), Verdict.FAILED, ENDLESS, id="the original does not"),
        pytest.param(
            Visit(()), Verdict.NOT_CHECKED,
            f"{ENDLESS} (whether the original does so too is not known)", id="nobody looked",
        ),
        pytest.param(
            BROKEN, Verdict.NOT_CHECKED,
            f"{ENDLESS} (whether the original does so too is not known)", id="the original fails",
        ),
    ],
)  # fmt: skip
def test_a_page_that_runs_itself_again_without_end(
    original: Visit | None, verdict: Verdict, line: str
) -> None:
    result = judged(Stage.VIEWER, AGAIN, Met(), Known(original))
    if result.verdict is Verdict.PASSED:
        result = replace(result, line="1 page")
    result = with_endless(result, AGAIN)
    assert (result.verdict, result.line, result.details) == (verdict, line, ())


def test_a_page_may_run_itself_again_for_want_of_an_answer() -> None:
    visit = Visit((run(state="again", met=EMPTY),))
    result = judged(Stage.VIEWER, visit, EMPTY, Known(Visit((run(),))))
    assert result.verdict is Verdict.NOT_CHECKED
    assert result.line.startswith(f"{ENDLESS} (it may come of empty tables (sales)")


def test_what_is_left_as_shown_is_a_detail_of_what_is_the_matter() -> None:
    result = with_endless(StageResult(Stage.VIEWER, Verdict.FAILED, "a", ("b",)), AGAIN)
    assert result.details == ("b", ENDLESS)


def test_a_page_that_runs_itself_again_is_seen_to_work() -> None:
    original = Visit((run(state="again", met=EMPTY),))
    visit = Visit((replace(original.runs[0], faults=(RAISES,)),))
    assert judged(Stage.VIEWER, visit, EMPTY, Known(original)).verdict is Verdict.FAILED
