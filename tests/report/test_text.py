from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from report.migrations import EMPTY, finding, migration
from sis_migrate.model import Finding, Migration, Runtime, Span, Status
from sis_migrate.report.text import render, summary

ROOT = Path("/project")


def text(which: Migration, *, applied: bool = False, **options: bool) -> str:
    return render(
        which,
        ROOT,
        applied=applied,
        colour=options.get("colour", False),
        verbose=options.get("verbose", False),
        quiet=options.get("quiet", False),
    )


def test_a_plan() -> None:
    assert (
        text(migration(ROOT))
        == """\
app: SALES (entry point streamlit_app.py, runtime warehouse)
app/p.py: SIS301 [manual] a thing that is manual
  → do it
app/streamlit_app.py:3:5: SIS101 [fixed] a thing that is fixed
app/streamlit_app.py:5:1: SIS201 [review] a thing that is review
  → look
    at it

Outside of any app
odd, 100%:é.py: SIS001 [error] a thing that is error

note: a note
1 edit in 3 files; 1 place wants a look; 1 needs you; 1 error. Run `migrate apply` to write them.
"""
    )


def test_applied_has_the_lines_of_the_new_text() -> None:
    result = text(migration(ROOT), applied=True)
    assert "app/streamlit_app.py:3:1: SIS101 [fixed]" in result
    assert "app/streamlit_app.py:6:1: SIS201 [review]" in result
    assert result.endswith(
        "1 edit in 3 files written; 1 place wants a look; 1 needs you; 1 error. "
        "Run `migrate undo` to take them back.\n"
    )


def test_verbose_has_evidence_and_every_remedy() -> None:
    result = text(migration(ROOT), verbose=True)
    assert "  environment.yml uses the snowflake channel\n" in result
    assert "  → nothing more\n" in result


def test_quiet_has_only_what_needs_somebody() -> None:
    lines = text(migration(ROOT), quiet=True).splitlines()
    assert [line.split(" ")[0] for line in lines if not line.startswith(" ")] == [
        "app/p.py:",
        "app/streamlit_app.py:5:1:",
        "odd,",
    ]


def test_colour_is_only_added() -> None:
    painted = text(migration(ROOT), colour=True)
    for code in ("0", "1", "31", "32", "33", "35"):
        assert f"\x1b[{code}m" in painted
        painted = painted.replace(f"\x1b[{code}m", "")
    assert painted == text(migration(ROOT))


def test_an_app_whose_entry_point_is_unclear() -> None:
    full = migration(ROOT).apps[0]
    unclear = replace(full, app=replace(full.app, entry_point=None))
    assert "app: SALES (entry point unknown, runtime warehouse)" in text(Migration((unclear,)))


def test_a_runtime_that_nothing_names() -> None:
    app = migration(ROOT).apps[0]
    nowhere = replace(app, app=replace(app.app, runtime=Runtime.UNKNOWN))
    head = text(Migration((nowhere,))).splitlines()[0]
    assert head.endswith("runtime not known from the files)")


_M, _R, _F = Status.MANUAL, Status.REVIEW, Status.FIXED


@pytest.mark.parametrize(
    ("statuses", "changed", "expected"),
    [
        ([], 0, "Nothing to do."),
        ([], 1, "Changes in 1 file. Run `migrate apply` to write them."),
        ([_F, _F, _F], 2, "3 edits in 2 files. Run `migrate apply` to write them."),
        ([_M], 0, "1 place needs you."),
        ([_M, _M], 0, "2 places need you."),
        ([_R, _R, _M, _M], 0, "2 places want a look; 2 need you."),
    ],
)
def test_the_last_line(statuses: list[Status], changed: int, expected: str) -> None:
    full = migration(ROOT).apps[0]
    findings = tuple(finding(ROOT / "other.py", status) for status in statuses)
    app = replace(full, findings=findings, changes=full.changes[:changed])
    assert summary(Migration((app,)), applied=False) == expected


def test_no_app() -> None:
    assert text(EMPTY) == "No Streamlit-in-Snowflake app found.\n"


def test_one_remedy_of_findings_in_a_row_stands_once() -> None:
    def found(line: int, code: str = "SIS101", remedy: str = "do it") -> Finding:
        return finding(ROOT / "a.py", Status.MANUAL, Span(line, 1, line, 2), code, remedy)

    rows = (found(1), found(2), found(3, remedy="other"), found(4), found(5, "SIS102"))
    result = text(replace(migration(ROOT), apps=(), outside=rows))
    assert [line[:5] for line in result.splitlines() if "SIS" in line or "→" in line] == [
        "a.py:", "  → d", "a.py:", "a.py:", "  → o", "a.py:", "  → d", "a.py:", "  → d"
    ]  # fmt: skip


def test_another_message_has_its_remedy_again() -> None:
    one = finding(ROOT / "a.py", Status.MANUAL, Span(1, 1, 1, 2), remedy="do it")
    two = replace(one, message="another thing", span=Span(2, 1, 2, 2))
    result = text(replace(migration(ROOT), apps=(), outside=(one, two)))
    assert result.count("  → do it") == 2


REVIEWS = [
    pytest.param("streamlit_app.py", Span(3, 1, 3, 4), True, id="a changed line"),
    pytest.param("streamlit_app.py", Span(3, 1, 4, 2), True, id="a line of several"),
    pytest.param("streamlit_app.py", Span(4, 1, 4, 2), False, id="another line"),
    pytest.param("streamlit_app.py", None, False, id="no line"),
    pytest.param("pyproject.toml", None, True, id="a new file"),
    pytest.param("other.py", Span(3, 1, 3, 4), False, id="another file"),
]


@pytest.mark.parametrize(("name", "span", "counts"), REVIEWS)
def test_what_wants_a_look_is_an_edit_where_its_lines_change(
    name: str, span: Span | None, counts: bool
) -> None:
    app = migration(ROOT).apps[0]
    found = finding(ROOT / "app" / name, Status.REVIEW, span)
    line = summary(Migration((replace(app, findings=(found,)),)), applied=False)
    assert line.startswith("1 edit in 3 files; " if counts else "Changes in 3 files; ")
