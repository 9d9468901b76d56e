"""The page has everything that the migration has, and stands by itself."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from report.html_tree import Node, page
from report.migrations import EMPTY, finding, migration
from sis_migrate.checklist import TITLES
from sis_migrate.model import (
    AppMigration,
    FileChange,
    Item,
    ItemState,
    Migration,
    Settings,
    Span,
    Status,
    Step,
)
from sis_migrate.verified import Verified

ROOT = Path("/project")


def app(**changed: object) -> AppMigration:
    """The app of :func:`migration`, with other values."""
    return replace(migration(ROOT).apps[0], **changed)  # type: ignore[arg-type] # any field


def elsewhere(name: str, one: AppMigration | None = None) -> AppMigration:
    """The app in another folder, changing the same files."""
    one = one or app()
    return replace(one, app=replace(one.app, root=ROOT / name, name=name.upper()))


MANY = Migration((app(), elsewhere("b"), elsewhere("c", app(items=(), findings=(), steps=()))))
STAGE = {
    "stage": "viewer",
    "verdict": "failed",
    "line": "a.py:3: boom",
    "details": ["<one>", "two"],
}
RUNS = [
    {"kind": "container", "streamlit": "", "stages": [{**STAGE, "stage": "start"}]},
    {
        "kind": "migrated",
        "streamlit": "1.60.0",
        "stages": [
            {"stage": "install", "verdict": "passed", "line": "9 packages", "details": []},
            STAGE,
        ],
    },
]
VERIFIED = Verified("2026-01-02T03:04:05+00:00", "0.1.0", True, {"runs": RUNS})


@pytest.fixture(params=["one app", "many apps", "no app", "applied", "verified"])
def any_page(request: pytest.FixtureRequest) -> Node:
    known = VERIFIED if request.param == "verified" else None
    which = {"one app": migration(ROOT), "no app": EMPTY}.get(request.param, MANY)
    return page(which, ROOT, applied=request.param == "applied", verified=known)


def test_ids_are_unique_and_every_link_leads_to_one(any_page: Node) -> None:
    ids = [node.attributes["id"] for node in any_page.all() if "id" in node.attributes]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z][a-z0-9-]*", one) for one in ids)
    links = [node.attributes["href"] for node in any_page.all("a")]
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)


def test_nothing_is_fetched_and_nothing_is_run(any_page: Node) -> None:
    assert not list(any_page.all("script"))
    for node in any_page.all():
        assert node.name not in {"link", "img", "iframe", "object", "embed", "base", "form"}
        assert not [name for name in node.attributes if name.startswith("on") or name == "src"]
        outside = node.attributes.get("href", "#")
        assert outside.startswith(("#", "https://docs.snowflake.com/"))
    style = any_page.one("style").text
    assert "url(" not in style
    assert "@import" not in style


def test_all_items_of_each_app_are_there_also_those_that_the_run_does_not_tell() -> None:
    for section in page(MANY, ROOT).all("details", "app"):
        rows = list(section.one(class_="checklist").one("tbody").all("tr"))
        assert [row.one(class_="item").text for row in rows] == [item.value for item in Item]
        for row, title in zip(rows, TITLES.values(), strict=True):
            assert row.one("th").text.startswith(title)
            assert row.one(class_="badge").text in {"done", "by hand"}
    told = next(page(MANY, ROOT).all(class_="checklist"))
    assert [row.text for row in told.all("tr") if "one call" in row.text] == [
        "get_active_session() to st.connection sessiondoneone call"
    ]


def test_every_finding_is_there_with_its_place_and_its_remedy() -> None:
    whole = page(migration(ROOT), ROOT)
    shown = whole.section("Findings")
    assert [h.text for h in shown.all("h5")] == ["app/p.py", "app/streamlit_app.py diff"]
    assert [" ".join(li.text.split()) for li in shown.all("li")] == [
        "manual SIS301 a thing that is manual sessiondo it",
        "fixed SIS101 line 3: a thing that is fixed sessionnothing more 3 x = old(1)",
        "review SIS201 line 5: a thing that is review sessionlook at it 5 z = 3",
    ]
    outside = whole.section("Outside of any app")
    assert outside.one("h5").text == "odd, 100%:é.py"
    assert outside.one("li").text.startswith("error SIS001 a thing that is error")
    assert whole.section("Notes").text.strip() == "a note"
    assert whole.section("Codes").text.strip() == "SIS101What SIS101 does"


def test_an_applied_run_has_the_lines_of_the_new_text() -> None:
    shown = page(migration(ROOT), ROOT, applied=True).section("Findings")
    assert [" ".join(pre.text.split()) for pre in shown.all("pre")] == ["3 import c", "6 z = 3"]


def test_findings_in_a_row_say_a_remedy_and_show_a_line_once() -> None:
    place = ROOT / "app" / "streamlit_app.py"
    two = [finding(place, Status.MANUAL, Span(3, n, 3, n + 1), remedy="do it") for n in (1, 2)]
    shown = page(Migration((app(findings=tuple(two)),)), ROOT).section("Findings")
    assert len(list(shown.all("li"))) == 2
    assert len(list(shown.all("p", "remedy"))) == len(list(shown.all("pre"))) == 1


@pytest.mark.parametrize(
    ("text", "span", "shown"),
    [
        pytest.param("a\rb\r\nc\nd", Span(2, 1, 3, 1), ["   2 b", "   3 c"], id="any line end"),
        pytest.param("x\n" * 9, Span(1, 1, 9, 1), ["   6 x", "     … 3 lines more"], id="long"),
        pytest.param("x" * 401, Span(1, 1, 1, 2), ["x … 1 characters more"], id="wide"),
        pytest.param("x\n", Span(7, 1, 7, 2), [], id="a line that is not there"),
        pytest.param(None, Span(1, 1, 1, 2), [], id="no such file"),
    ],
)
def test_the_lines_of_a_file_that_is_not_changed(
    tmp_path: Path, text: str | None, span: Span, shown: list[str]
) -> None:
    if text is not None:
        (tmp_path / "a.py").write_text(text, newline="")
    found = finding(tmp_path / "a.py", Status.MANUAL, span)
    whole = page(Migration((), outside=(found,)), tmp_path)
    lines = [line for pre in whole.all("pre") for line in pre.text.splitlines()]
    assert "\n".join(lines).endswith("\n".join(shown))
    assert bool(lines) is bool(shown)


def test_the_diff_has_signs_and_new_and_deleted_files() -> None:
    changes = page(migration(ROOT), ROOT).section("Changes")
    assert [s.text.strip() for s in changes.all("summary")] == [
        "app/streamlit_app.py",
        "app/pyproject.toml (new)",
        "app/old.txt (deleted)",
    ]
    first, new, deleted = changes.all("pre", "diff")
    assert first.text == (
        "@@ -1,5 +1,6 @@\n import a\n import b\n-x = old(1)\n+import c\n+x = new(1)\n y = 2\n z = 3\n"
    )
    assert [node.text for node in first.all("ins")] == ["+import c\n+x = new(1)\n"]
    assert new.text == "@@ -0,0 +1 @@\n+[project]\n"
    assert [node.text for node in deleted.all("del")] == ["-old\n"]


def test_a_diff_stands_once_and_other_apps_lead_to_it() -> None:
    whole = page(Migration((app(), elsewhere("b"))), ROOT)
    first, second = (section.section("Changes") for section in whole.all("details", "app"))
    diffs = [pre.attributes["id"] for pre in first.all("pre")]
    assert [a.attributes["href"] for a in second.all("a")] == [f"#{one}" for one in diffs]
    assert len(list(whole.all("pre", "diff"))) == 3


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        pytest.param(b"a\r\n", b"b\r\n", "-a\n+b\n", id="everywhere the same"),
        pytest.param(b"a\n", b"a\r\n", "-a\n+a\\r\n", id="what is changed"),
        pytest.param(b"a", b"b", "-a\n\\ No newline at end of file\n+b\n\\ No", id="none"),
        pytest.param(b"a\0\n", b"b\0\n", "-a\\x00\n+b\\x00\n", id="a NUL"),
        pytest.param(b"\xe9\n", b"\xe8\n", "-\\xe9\n+\\xe8\n", id="no text"),
    ],
)
def test_line_ends_and_encodings_in_a_diff(before: bytes, after: bytes, shown: str) -> None:
    change = FileChange(ROOT / "a.txt", before, after)
    diff = page(Migration((app(changes=(change,)),)), ROOT).one("pre", "diff").text
    assert diff.partition("@@\n")[2].startswith(shown)


def test_steps_are_in_order_with_their_role_and_how_to_undo_them() -> None:
    told = (
        Step("owner", 30, "third", Item.SWITCH, text="click", undo="click back"),
        Step("owner", 10, "first", Item.BACKUP, sql="SELECT '<x>';"),
        Step("developer", 20, "second", Item.LIVE, text="say\nso"),
    )
    shown = page(Migration((app(steps=told),)), ROOT).section("Left for people")
    assert [h.text for h in shown.all("h5")] == ["Owner", "Developer", "Owner"]
    assert [ol.attributes["start"] for ol in shown.all("ol")] == ["1", "2", "3"]
    assert [li.one("b").text for li in shown.all("li")] == ["first", "second", "third"]
    assert shown.one("pre", "sql").text == "SELECT '<x>';"
    assert shown.one("details").one("p").text == "click back"
    sql = page(migration(ROOT), ROOT).section("Left for people")
    assert [pre.text for pre in sql.all("pre", "sql")] == ["ALTER x;", "ALTER y;"]


def test_one_app_is_open_and_many_are_folded_below_a_table() -> None:
    assert "open" in page(migration(ROOT), ROOT).one("details", "app").attributes
    whole = page(MANY, ROOT)
    assert all("open" not in node.attributes for node in whole.all("details", "app"))
    rows = list(whole.one(class_="apps").one("tbody").all("tr"))
    assert [row.one("code").text for row in rows] == ["app", "b", "c"]
    letters = "".join(cell.text for cell in rows[0].all("td", "letter"))
    assert letters == "HHHHHHHHHDHHHHHHH"
    assert [cell.text for cell in rows[0].all("td", "number")] == ["1", "1", "1", "", "3"]
    totals = list(whole.one(class_="apps").one("tfoot").all("tr"))
    session = list(TITLES).index(Item.SESSION)
    assert [list(row.all("td"))[session].text for row in totals] == ["", "1"]


def test_a_link_to_an_app_leads_into_its_fold_so_that_it_opens() -> None:
    whole = page(MANY, ROOT)
    links = [row.one("th").one("a") for row in whole.one(class_="apps").one("tbody").all("tr")]
    inside = [section.one(class_="inside") for section in whole.all("details", "app")]
    assert [a.attributes["href"][1:] for a in links] == [node.attributes["id"] for node in inside]


def test_an_apps_id_does_not_depend_on_the_apps_beside_it() -> None:
    def ids(*apps: AppMigration) -> list[str]:
        return [n.attributes["id"] for n in page(Migration(apps), ROOT).all(class_="inside")]

    (alone,) = ids(elsewhere("b"))
    assert ids(app(), elsewhere("b"), elsewhere("b"))[1:] == [alone, f"{alone}-2"]


def test_unusual_settings_are_told() -> None:
    usual = page(EMPTY, ROOT).one("header").text
    assert "All settings are the usual ones." in usual
    assert "No Streamlit-in-Snowflake app found." in usual
    settings = Settings(
        select=("SIS1", "SIS2"), unsafe=True, per_file_ignores={"a/**": ("SIS3",)}, streamlit="1.55"
    )
    assert [
        code.text for code in page(EMPTY, ROOT, settings=settings).one("header").all("code")
    ] == [
        "select = SIS1, SIS2",
        "unsafe = true",
        "streamlit = 1.55",
        "per-file-ignores = a/**: SIS3",
    ]


def test_what_is_told_of_an_app_whose_entry_point_is_unclear() -> None:
    about = replace(app().app, entry_point=None, evidence=("x",) * 50)
    unclear = app(app=about, oldest_streamlit="1.45")
    facts = page(Migration((unclear,)), ROOT).one("details", "app").one(class_="inside")
    assert "not known: several scripts could be it" in facts.text
    assert "and 10 more" in facts.text
    assert "Migrated code needsStreamlit 1.45" in facts.text.replace("\n", "")


def test_a_verification_is_a_table_of_runs_and_stages() -> None:
    shown = page(migration(ROOT), ROOT, verified=VERIFIED).section("Verified")
    assert "Verified 2026-01-02T03:04:05+00:00 with sis-migrate 0.1.0. Neither" in shown.text
    cells = [
        [cell.text for cell in row.children if isinstance(cell, Node)] for row in shown.all("tr")
    ]
    assert [[" ".join(cell.split()) for cell in row] for row in cells] == [
        ["Stage", "Original, in a container", "Migrated, in a container (Streamlit 1.60.0)"],
        ["start", "failed a.py:3: boom2 more <one> two", "not run"],
        ["install", "not run", "passed 9 packages"],
        ["viewer", "not run", "failed a.py:3: boom2 more <one> two"],
    ]


def test_a_verification_of_other_code_says_so() -> None:
    stale = replace(VERIFIED, current=False)
    whole = page(MANY, ROOT, verified=stale)
    assert "has changed since: verify again" in next(whole.all("details", "app")).text
    row = next(whole.one(class_="apps").one("tbody").all("tr"))
    assert list(row.all("td"))[-1].text == "failed viewer, before a change"


@pytest.mark.parametrize(
    ("verdicts", "shown"),
    [
        pytest.param(["passed", "passed"], "passed start, viewer", id="all that ran"),
        pytest.param(["passed", "not checked"], "not checked viewer", id="not known"),
        pytest.param(["skipped", "skipped"], "skipped start, viewer", id="nothing ran"),
        pytest.param(None, "not yet", id="never verified"),
    ],
)
def test_a_verdict_names_its_stages(verdicts: list[str] | None, shown: str) -> None:
    stages = [
        {**STAGE, "stage": name, "verdict": verdict}
        for name, verdict in zip(("start", "viewer"), verdicts or (), strict=False)
    ]
    result = {"runs": [{"kind": "migrated", "streamlit": "", "stages": stages}]}
    known = replace(VERIFIED, result=result) if verdicts else None
    facts = page(migration(ROOT), ROOT, verified=known).one("details", "app").one("dl")
    assert list(facts.all("dd"))[-1].text.strip() == shown


def test_many_notes_are_folded() -> None:
    notes = tuple(f"note {n}" for n in range(6))
    shown = page(Migration((), notes=notes), ROOT).section("Notes").one("details")
    assert shown.one("summary").text == "6 notes"
    assert [li.text for li in shown.all("li")] == list(notes)


def test_an_item_in_a_state_that_is_not_known_is_open() -> None:
    odd = app(items=(ItemState(Item.CACHE, "later", "who knows"),))
    rows = page(Migration((odd,)), ROOT).one(class_="checklist").all("tr")
    (cache,) = (row for row in rows if "Caching" in row.text)
    assert cache.one(class_="badge").text == "by hand"
