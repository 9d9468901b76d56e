from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cli_case import OLD, Command
from sis_migrate.cli.status import _with
from sis_migrate.codemod import load
from sis_migrate.model import AppMigration, Finding, Item, ItemState, Settings, Status
from sis_migrate.pipeline import plan
from sis_migrate.verified import keep

REAL = load()
STAGES = ("install", "import", "start", "viewer", "viewers")


def run(kind: str, **verdicts: str) -> dict[str, Any]:
    """A run of ``migrate verify`` whose stages end as told, the others passed."""
    stages = [
        {
            "stage": stage,
            "verdict": verdicts.get(stage, "passed"),
            "line": f"the line of {stage}\x1b[0m",
            "details": [],
            "seconds": 1.0,
            "measured": {},
        }
        for stage in STAGES
    ]
    return {"kind": kind, "streamlit": "1.55.0", "copied": "folder", "stages": stages}


def verified(*runs: dict[str, Any]) -> dict[str, Any]:
    return {"root": ".", "name": "app", "passed": True, "runs": list(runs)}


@pytest.fixture
def app(migrate: Command, monkeypatch: pytest.MonkeyPatch) -> AppMigration:
    monkeypatch.setattr("sis_migrate.codemod.load", lambda: REAL)
    migrate.write(app__app_py=OLD)
    (found,) = plan([migrate.folder], Settings(), codemods=REAL).apps
    return found


def evidence(migrate: Command) -> dict[str, str]:
    document = json.loads(migrate("status", "--format", "json").out)
    return {item["item"]: item["evidence"] for item in document["apps"][0]["items"]}


def test_an_app_that_was_not_verified_is_told_how(migrate: Command, app: AppMigration) -> None:
    printed = migrate("status").out.decode()
    assert "  verified  not yet: `migrate verify` runs the app before and after\n" in printed
    document = json.loads(migrate("status", "--format", "json").out)
    assert document["apps"][0]["verified"] is None


def test_the_verdicts_follow_the_checklist(migrate: Command, app: AppMigration) -> None:
    before = run("warehouse", viewer="failed", viewers="not checked"), run("container")
    keep(app, verified(*before, run("migrated", viewers="failed")))
    lines = migrate("status").out.decode().splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("  verified"))
    assert lines[start].endswith(", this very code")
    assert lines[start + 1 :] == [
        "    migrated, in a container (Streamlit 1.55.0)",
        *(f"      {s:<8} {'passed':<11}  the line of {s} [0m" for s in STAGES[:4]),
        "      viewers  failed       the line of viewers [0m",
        "    original: as on the warehouse viewer failed, viewers not checked; "
        "in a container nothing failed",
    ]


def test_changed_code_is_said_to_be_so(migrate: Command, app: AppMigration) -> None:
    keep(app, verified(run("migrated")))
    path = migrate.path("app__app_py")
    path.write_bytes(path.read_bytes() + b"# more\n")
    assert (
        ", other code: the app, or what `migrate` makes of it, has changed since\n"
        in migrate("status").out.decode()
    )
    assert not any("migrate verify" in words for words in evidence(migrate).values())


def test_a_stage_of_an_earlier_day_has_its_date(migrate: Command, app: AppMigration) -> None:
    keep(app, verified(run("migrated")))
    (path,) = migrate.folder.rglob("verified/*.json")
    document = json.loads(path.read_text())
    document["result"]["runs"][0]["stages"][1]["when"] = "2026-01-01T00:00:00+00:00"
    path.write_text(json.dumps(document))
    printed = migrate("status").out.decode()
    assert printed.count("the line of import [0m (2026-01-01)\n") == 1
    assert printed.count("2026-01-01") == 1
    assert migrate("status", "--format", "html").out.decode().count("(2026-01-01)") == 1


def test_an_original_of_which_nothing_was_run_is_said_to_be_so(
    migrate: Command, app: AppMigration
) -> None:
    skipped = run("container", **dict.fromkeys(STAGES, "skipped"))
    unclear = run("warehouse", **dict.fromkeys(STAGES, "skipped") | {"install": "not checked"})
    keep(app, verified(unclear, skipped, run("migrated")))
    last = migrate("status").out.decode().splitlines()[-1]
    assert last == "    original: as on the warehouse install not checked; in a container not run"


def test_nothing_of_a_kept_file_steers_the_terminal(migrate: Command, app: AppMigration) -> None:
    keep(app, verified(run("migrated")))
    (path,) = migrate.folder.rglob("verified/*.json")
    document = json.loads(path.read_text())
    (migrated,) = document["result"]["runs"]
    migrated["streamlit"] = document["when"] = migrated["stages"][0]["when"] = "\x1b[31m"
    path.write_text(json.dumps(document))
    assert "\x1b" not in migrate("status").out.decode()


def test_the_run_record_and_the_cli_are_asked_once(
    migrate: Command, app: AppMigration, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate.write(other__app_py=OLD)
    asked: list[object] = []

    def records(root: Path) -> tuple[()]:
        asked.append(root)
        return ()

    def which(name: str) -> None:
        asked.append(name)

    monkeypatch.setattr("sis_migrate.journal.records", records)
    monkeypatch.setattr("sis_migrate.cli.status.shutil.which", which)
    assert migrate("status").out.decode().count("(runtime") == 2
    assert asked == [migrate.folder, "snow"]


@pytest.mark.parametrize("form", ["text", "json", "html"])
def test_the_files_of_an_app_are_read_once_for_its_verification(
    migrate: Command, app: AppMigration, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    asked: list[AppMigration] = []
    monkeypatch.setattr("sis_migrate.cli.status.latest", asked.append)
    migrate("status", "--format", form)
    assert len(asked) == 1


def test_after_the_migration_is_applied_it_is_the_very_code(
    migrate: Command, app: AppMigration
) -> None:
    keep(app, verified(run("migrated")))
    document = json.loads(migrate("apply", "--format", "json").out)
    assert document["apps"][0]["verified"]["current"] is True
    assert ", this very code\n" in migrate("status").out.decode()


def test_passed_stages_are_evidence_and_change_no_state(
    migrate: Command, app: AppMigration
) -> None:
    before = {s["item"]: s["state"] for s in states(migrate)}
    keep(app, verified(run("container", viewers="failed"), run("migrated")))
    told = {
        name: words.partition("`migrate verify`: ")[2] for name, words in evidence(migrate).items()
    }
    assert {name: words for name, words in told.items() if words} == {
        "streamlit": "viewer passed: the line of viewer [0m",
        "python": "install passed: the line of install [0m",
        "deps": "import passed: the line of import [0m",
        "session": "viewer passed: the line of viewer [0m",
        "threads": "viewers passed: the line of viewers [0m",
    }
    assert {s["item"]: s["state"] for s in states(migrate)} == before


def states(migrate: Command) -> list[dict[str, str]]:
    listed: list[dict[str, str]] = json.loads(migrate("status", "--format", "json").out)["apps"][0][
        "items"
    ]
    return listed


def test_a_failed_stage_is_seen_at_its_item(migrate: Command, app: AppMigration) -> None:
    keep(app, verified(run("migrated", install="failed", viewers="not checked")))
    told = evidence(migrate)
    assert told["deps"].endswith("`migrate verify`: install failed: the line of install [0m")
    assert "migrate verify" not in told["threads"]


def test_the_exit_code_is_the_checklists(migrate: Command, app: AppMigration) -> None:
    code = migrate("status").code
    keep(app, verified(run("migrated", viewer="failed")))
    assert migrate("status").code == code == 1


CACHED = (
    OLD + b"@st.cache_data\ndef rows():\n    return session.sql('select 1').to_pandas()\nrows()\n"
)


def test_a_place_that_is_still_there_counts_once(migrate: Command, app: AppMigration) -> None:
    migrate.write(app__app_py=CACHED)
    assert evidence(migrate)["cache"] == "2 review"
    migrate("apply")
    assert evidence(migrate)["cache"] == "2 review"
    assert evidence(migrate)["session"] == "1 fixed (earlier runs included)"


def test_a_place_that_was_only_found_and_is_settled_does_not_linger(
    migrate: Command, app: AppMigration
) -> None:
    path = migrate.path("app__app_py")
    migrate.write(app__app_py=CACHED)
    migrate("apply")
    path.write_bytes(path.read_bytes().replace(b"cache_data", b"cache_data(ttl=60, max_entries=9)"))
    assert evidence(migrate)["cache"] == "1 review"


@pytest.mark.parametrize(
    ("message", "status", "words"),
    [
        pytest.param("7 lists in line 30", Status.REVIEW, "1 review", id="the same, elsewhere"),
        pytest.param(
            "another place", Status.REVIEW, "2 review (earlier runs included)", id="another"
        ),
        pytest.param(
            "7 lists in line 30", Status.FIXED, "1 fixed, 1 review (earlier runs included)",
            id="an edit that is done",
        ),
    ],
)  # fmt: skip
def test_what_an_earlier_run_found_is_known_again_by_its_words(
    app: AppMigration, message: str, status: Status, words: str
) -> None:
    path = app.app.root / "app.py"
    now, before = (
        Finding(path, text, state, code="SIS999", item=Item.CACHE)
        for text, state in (("3 lists in line 4", Status.REVIEW), (message, status))
    )
    state = ItemState(Item.CACHE, "review", "1 review")
    assert _with(state, [before], replace(app, findings=(now,))).evidence == words


def test_no_app(migrate: Command, tmp_path: Path) -> None:
    done = migrate("status", tmp_path)
    assert (done.code, done.out) == (0, b"No Streamlit-in-Snowflake app found.\n")
