from __future__ import annotations

import json
from pathlib import Path

from report.migrations import EMPTY, migration
from sis_migrate.report.sarif import document

ROOT = Path("/project")


def test_a_log() -> None:
    log = document(migration(ROOT), ROOT, summaries={"SIS101": "The session."})
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    assert run["tool"]["driver"]["rules"] == [
        {"id": "SIS001"},
        {"id": "SIS101", "shortDescription": {"text": "The session."}},
        {"id": "SIS201"},
        {"id": "SIS301"},
    ]
    assert [result["level"] for result in run["results"]] == ["note", "warning", "warning", "error"]
    assert run["results"][0]["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "app/streamlit_app.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 3, "startColumn": 5, "endLine": 3, "endColumn": 11},
    }
    assert run["results"][3]["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "odd%2C%20100%25%3A%C3%A9.py", "uriBaseId": "%SRCROOT%"}
    }
    assert run["results"][1]["message"]["text"] == "a thing that is review\nlook\nat it"
    json.dumps(log)


def test_rules_are_named_by_their_place() -> None:
    (run,) = document(migration(ROOT), ROOT)["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[r["ruleIndex"]]["id"] == r["ruleId"] for r in run["results"])


def test_lines_of_the_new_text_when_applied() -> None:
    (run,) = document(migration(ROOT), ROOT, applied=True)["runs"]
    place = run["results"][1]["locations"][0]["physicalLocation"]
    assert place["region"]["startLine"] == 6


def test_nothing_found() -> None:
    (run,) = document(EMPTY, ROOT)["runs"]
    assert run["results"] == run["tool"]["driver"]["rules"] == []
