"""Made-up migrations for the tests of reports."""

from __future__ import annotations

from pathlib import Path

from sis_migrate.model import (
    App,
    AppMigration,
    FileChange,
    Finding,
    Item,
    ItemState,
    Migration,
    Runtime,
    Span,
    Status,
    Step,
)

BEFORE = b"import a\nimport b\nx = old(1)\ny = 2\nz = 3\n"
AFTER = b"import a\nimport b\nimport c\nx = new(1)\ny = 2\nz = 3\n"


def finding(
    path: Path, status: Status, span: Span | None = None, code: str = "SIS101", remedy: str = ""
) -> Finding:
    return Finding(
        code=code,
        path=path,
        message=f"a thing that is {status}",
        status=status,
        span=span,
        remedy=remedy,
        item=Item.SESSION,
    )


def migration(root: Path) -> Migration:
    """One app with a changed, a new and a removed file, all statuses, and one finding outside."""
    script = root / "app" / "streamlit_app.py"
    app = App(
        root=root / "app",
        name="SALES",
        entry_point=script,
        scripts=(script,),
        files=(script,),
        runtime=Runtime.WAREHOUSE,
        evidence=("environment.yml uses the snowflake channel",),
    )
    return Migration(
        apps=(
            AppMigration(
                app,
                changes=(
                    FileChange(script, BEFORE, AFTER),
                    FileChange(root / "app" / "pyproject.toml", None, b"[project]\n"),
                    FileChange(root / "app" / "old.txt", b"old\n", None),
                ),
                findings=(
                    finding(script, Status.FIXED, Span(3, 5, 3, 11), remedy="nothing more"),
                    finding(script, Status.REVIEW, Span(5, 1, 5, 6), "SIS201", "look\nat it"),
                    finding(root / "app" / "p.py", Status.MANUAL, None, "SIS301", "do it"),
                ),
                steps=(
                    Step(
                        code="SIS401",
                        role="owner",
                        order=10,
                        title="Switch",
                        item=Item.SWITCH,
                        sql="ALTER x;",
                        undo="ALTER y;",
                    ),
                ),
                items=(ItemState(Item.SESSION, "done", "one call"),),
            ),
        ),
        outside=(finding(root / "odd, 100%:é.py", Status.ERROR, None, "SIS001"),),
        notes=("a note",),
    )


EMPTY = Migration(apps=())
