"""Every app in ``examples/`` before and after its migration, in real environments made by uv.

The original works on a warehouse and fails in a container where ``FAILS`` says; migrated, it passes
every stage and shows one viewer what the original shows on a warehouse.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from sis_migrate.model import AppMigration, Settings
from sis_migrate.pipeline import plan
from sis_migrate.verification import subjects
from sis_migrate.verify import stages
from sis_migrate.verify.comparing import Alone
from sis_migrate.verify.environments import Environments
from sis_migrate.verify.run import Choices, verify
from sis_migrate.verify.server import Visit
from sis_migrate.verify.stand_ins import SECRET
from sis_migrate.verify.verdicts import Stage, StageResult, SubjectResult, Verdict

pytestmark = [
    pytest.mark.needs_uv,
    pytest.mark.needs_streamlit,
    pytest.mark.skipif(os.name == "nt", reason="process groups are POSIX's"),
]

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = sorted(path.parent.name for path in EXAMPLES.glob("*/before"))

NO_SESSION = "No default Session is found"
NO_MODULE = "No module named '_snowflake'"
FAILS = {
    "analyst_chat": {Stage.VIEWER: NO_SESSION},
    "budget_planner": {Stage.VIEWERS: "where one viewer alone is shown 703,500.00"},
    "finance_apps/headcount": {
        Stage.IMPORT: "streamlit has no experimental_memo",
        Stage.VIEWER: "'streamlit' has no attribute 'experimental_memo'",
    },
    "finance_apps/invoices": {
        Stage.IMPORT: "streamlit has no experimental_get_query_params",
        Stage.VIEWER: NO_SESSION,
    },
    "sales_dashboard": {
        Stage.IMPORT: "streamlit has no experimental_rerun",
        Stage.VIEWER: NO_SESSION,
    },
    "secrets_and_files": {Stage.IMPORT: NO_MODULE, Stage.VIEWER: NO_MODULE},
}
"""What fails of each app in a container without a migration, and words of its line."""
SHOWN = {
    "analyst_chat": ["An answer of the stand-in.", "select 1 as answer"],
    "budget_planner": ["703,500.00 (Planned in all)"],
    "finance_apps/headcount": ["3 (People)"],
    "finance_apps/invoices": ["Open invoices", "By customer", "1 (Open)"],
    "sales_dashboard": ["Sales by region", "Latest orders"],
    "secrets_and_files": [f"Archived as {SECRET}"],
}
"""Some of what the migrated app shows: that it got so far, and asked who it was to ask."""


@pytest.mark.parametrize("name", NAMES)
def test_an_example_fails_where_it_should_and_passes_once_migrated(
    name: str, environments: Environments, monkeypatch: pytest.MonkeyPatch
) -> None:
    visits: list[Visit] = []
    viewer = stages.viewer

    def seen(*arguments: Any, **keywords: Any) -> tuple[StageResult, Alone]:
        result, alone = viewer(*arguments, **keywords)
        visits.append(alone.whole)
        return result, alone

    monkeypatch.setattr(stages, "viewer", seen)
    choices = Choices(reruns=2, seed=EXAMPLES / name / "seed.sql")
    apps = plan([EXAMPLES / name / "before"], Settings()).apps
    assert apps
    for app in apps:
        visits.clear()
        key = _key(name, app)
        result = verify(key, key, subjects(app), environments, choices, lambda _: None)
        warehouse, container, migrated = result.subjects
        assert _verdicts(warehouse) == dict.fromkeys(Stage, Verdict.PASSED) | {
            Stage.VIEWERS: Verdict.SKIPPED
        }, warehouse
        assert set(_verdicts(migrated).values()) == {Verdict.PASSED}, migrated
        _check_original(container, FAILS[key])
        on_warehouse, _, afterwards = (_texts(visit) for visit in visits)
        assert afterwards == on_warehouse
        assert not Counter(SHOWN[key]) - afterwards


def _key(name: str, app: AppMigration) -> str:
    below = app.app.root.relative_to(EXAMPLES / name / "before")
    return (Path(name) / below).as_posix()


def _check_original(container: SubjectResult, fails: dict[Stage, str]) -> None:
    failed = {s.stage: s.line for s in container.stages if s.verdict is Verdict.FAILED}
    assert failed.keys() == fails.keys(), container
    for stage, words in fails.items():
        assert words in failed[stage]
    others = {v for stage, v in _verdicts(container).items() if stage not in fails}
    assert others <= {Verdict.PASSED, Verdict.SKIPPED}


def _verdicts(subject: SubjectResult) -> dict[Stage, Verdict]:
    return {result.stage: result.verdict for result in subject.stages}


def _texts(visit: Visit) -> Counter[str]:
    """The texts of every run but those that differ by release.

    These are tables' bytes, and a widget to choose with, in which Streamlit has words of its own.
    """
    return Counter(
        text
        for run in visit.runs
        for kind, text in run.elements.values()
        if not text.startswith("table ") and kind not in {"selectbox", "multiselect"}
    )
