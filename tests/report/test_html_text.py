"""Whatever is in a name, a message or a source line is shown as text."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.html_tree import page, tree
from report.migrations import migration
from sis_migrate.model import (
    AppMigration,
    FileChange,
    Finding,
    Item,
    ItemState,
    Migration,
    Span,
    Status,
    Step,
)
from sis_migrate.report.html.markup import element, visible

ROOT = Path("/project")
HOSTILE = "</pre></style><script>alert(1)</script><!-- ]]> \"' onload=x &lt; &#60;"


def everywhere(text: str) -> Migration:
    """A migration in which this text is in every place where a text can be."""
    base = migration(ROOT).apps[0]
    path = ROOT / f"{text}.py"
    change = FileChange(path, f"{text}\n".encode("utf-8", "surrogatepass"), b"")
    app = AppMigration(
        replace(base.app, name=text, root=ROOT / text, evidence=(text,)),
        changes=(change,),
        findings=(Finding(path, text, Status.MANUAL, text, Span(1, 1, 1, 2), text),),
        steps=(Step(text, 1, text, Item.CACHE, sql=text, undo=text),),
        items=(ItemState(Item.CACHE, "done", text),),
    )
    return Migration((app, app), notes=(text,))


# A path of two components would be put in order; "/" and NUL are in no name.
_NAMES = st.text(min_size=1).filter(lambda s: not set(s) & set("/\0") and s not in {".", ".."})


@given(_NAMES)
def test_any_text_is_shown_as_text(text: str) -> None:
    whole = page(everywhere(text), ROOT)
    shown = visible(text)
    assert whole.section("Notes").text.strip("\n") == shown.strip("\n")
    app = next(whole.all("details", "app"))
    assert app.one("h3").text == shown
    assert next(app.all("span", "message")).text == shown
    assert next(app.all("p", "remedy")).text == shown
    assert [pre.text for pre in app.all("pre", "sql")] == [shown, shown]
    assert app.section("Findings").one("h5").one("code").text == visible(f"{text}.py")
    assert app.section("Left for people").one("b").text == shown


@given(st.text())
def test_an_attribute_holds_any_text(text: str) -> None:
    parsed = tree(element("p", title=text)).one("p")
    assert parsed.attributes["title"] == visible(text)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_only_what_would_not_be_seen_is_escaped(text: str) -> None:
    for character in text:
        seen = visible(character)
        assert seen == character or unicodedata.category(character) in {
            "Cc", "Cf", "Cn", "Zl", "Zp",
        }  # fmt: skip
        assert seen.encode("utf-8").isascii() or seen == character


@pytest.mark.parametrize(
    ("character", "shown"),
    [
        pytest.param("\x1b", "\\x1b", id="a control character"),
        pytest.param("\0", "\\x00", id="NUL"),
        pytest.param("\r", "\\r", id="a return"),
        pytest.param("\u202e", "\\u202e", id="right to left from here"),
        pytest.param("\u2066", "\\u2066", id="an isolate"),
        pytest.param("\u200b", "\\u200b", id="a space without width"),
        pytest.param("\udcff", "\\udcff", id="a byte of a name that is no text"),
        pytest.param("\t\n", "\t\n", id="tab and line feed"),
        pytest.param("é漢🏳️‍🌈", "é漢🏳️‍🌈", id="letters and signs"),
    ],
)
def test_what_cannot_be_seen_is_shown_by_its_escape(character: str, shown: str) -> None:
    assert visible(character) == shown
    assert element("b", character) == f"<b>{shown}</b>"


def test_markup_in_texts_stays_text() -> None:
    whole = page(everywhere(HOSTILE.replace("/", "\\")), ROOT)
    assert not list(whole.all("script"))
    whole = page(Migration((), notes=(HOSTILE,)), ROOT)
    assert whole.section("Notes").one("li").text == HOSTILE
    assert not list(whole.all("script"))


def test_a_source_line_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"x = '\xff\0</pre><script>'\n")
    found = Finding(tmp_path / "a.py", "m", Status.ERROR, "SIS001", Span(1, 1, 1, 2))
    whole = page(Migration((), outside=(found,)), tmp_path)
    assert whole.one("pre").text == "   1 x = '\\xff\\x00</pre><script>'\n"
