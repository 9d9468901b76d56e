"""``--format html``: a page on stdout, and the exit codes of the other formats."""

from __future__ import annotations

import os

import pytest

from cli_case import LEFT, OLD, Command
from report.html_tree import tree


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        pytest.param(["check"], 1, "has changed nothing", id="check"),
        pytest.param(["apply", "--dry-run"], 1, "has changed nothing", id="dry run"),
        pytest.param(["apply"], 0, "after the run", id="apply"),
        pytest.param(["status"], 1, "has changed nothing", id="status"),
    ],
)
def test_a_page(migrate: Command, arguments: list[str], code: int, words: str) -> None:
    migrate.write(app_py=OLD)
    done = migrate(*arguments, "--format", "html")
    assert (done.code, done.err) == (code, "")
    whole = tree(done.out.decode())
    assert words in whole.one("header").text
    assert "-session = get_active_session()\n" in whole.one("pre", "diff").text
    assert (migrate.read() == OLD) is (arguments != ["apply"])


def test_the_state_of_an_item_is_the_one_of_status(migrate: Command) -> None:
    migrate.write(app_py=OLD)
    migrate("apply")
    whole = tree(migrate("status", "--format", "html").out.decode())
    (session,) = (r for r in whole.one(class_="checklist").all("tr") if "session" in r.text)
    assert "earlier runs included" in session.text


def test_a_place_that_is_left_makes_the_run_open(migrate: Command) -> None:
    migrate.write(app_py=LEFT)
    done = migrate("apply", "--format", "html")
    assert done.code == 1
    assert "Do it by hand." in tree(done.out.decode()).section("Findings").text


def test_names_that_are_no_text(migrate: Command) -> None:
    folder = migrate.folder / os.fsdecode(b"b\xff")
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("this file system takes only names that are text")
    (folder / os.fsdecode(b"app\xfe.py")).write_bytes(OLD)
    done = migrate("check", "--format", "html")
    assert (done.code, done.err) == (1, "")
    app = tree(done.out.decode()).one("details", "app")
    assert app.section("Changes").one("summary").text.strip() == "b\\udcff/app\\udcfe.py"
