from __future__ import annotations

from pathlib import Path

from report.migrations import finding, migration
from sis_migrate.model import Migration, Span, Status
from sis_migrate.report.github import render

ROOT = Path("/project")


def test_commands() -> None:
    assert render(migration(ROOT), ROOT).splitlines() == [
        "::notice file=app/streamlit_app.py,line=3,endLine=3,col=5,endColumn=11,title=SIS101"
        "::a thing that is fixed%0Anothing more",
        "::warning file=app/streamlit_app.py,line=5,endLine=5,col=1,endColumn=6,title=SIS201"
        "::a thing that is review%0Alook%0Aat it",
        "::warning file=app/p.py,title=SIS301::a thing that is manual%0Ado it",
        "::error file=odd%2C 100%25%3Aé.py,title=SIS001::a thing that is error",
    ]


def test_no_columns_over_several_lines_and_escapes_in_the_message() -> None:
    odd = finding(ROOT / "a.py", Status.ERROR, Span(1, 2, 3, 4), remedy="50%\r\nup, or: down")
    assert render(Migration((), (odd,)), ROOT) == (
        "::error file=a.py,line=1,endLine=3,title=SIS101"
        "::a thing that is error%0A50%25%0D%0Aup, or: down\n"
    )


def test_lines_of_the_new_text_when_applied() -> None:
    assert "line=6," in render(migration(ROOT), ROOT, applied=True)
