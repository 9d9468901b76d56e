"""Find session calls in code that is embedded in SQL scripts and Markdown.

**What it does.** Reports each SQL script of an app, and each Markdown file in its folder, that holds
code with ``get_active_session()``.

**Why.** Such code is written to a stage or copied by readers, and fails in a container as an app's
own would. A tool that does not know what becomes of the text does better not to change it.

**Example.** Nothing is edited; line 2 of this script, ``setup.sql``, has a finding::

    CALL write_app($$
    session = get_active_session()
    $$);

**What it leaves.** Stored procedures and functions in SQL, which take the session as an argument.

**Safety.** Finds only, and to review.

**Source.** "Migrating between runtime environments",
https://docs.snowflake.com/en/developer-guide/streamlit/migrations-and-upgrades/runtime-migration
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sis_migrate.codemod import AppContext, DocumentCodemod
from sis_migrate.model import Finding, Item, Safety, Span, Status
from sis_migrate.textfile import TextError

_CALL = "get_active_session()"

codemod = DocumentCodemod(
    __name__,
    code="SIS110",
    name="embedded-session-code",
    summary="Session calls in SQL scripts and Markdown are found",
    item=Item.SESSION,
    safety=Safety.REPORT,
)


@codemod.on_app
def texts(context: AppContext) -> Iterator[Finding]:
    """Report the first call in each text."""
    for path in _texts(context):
        try:
            text = context.workspace.read(path).text
        except (OSError, TextError):
            continue
        offset = text.find(_CALL)
        if offset < 0:
            continue
        line = text.count("\n", 0, offset) + 1
        column = offset - (text.rfind("\n", 0, offset) + 1) + 1
        yield Finding(
            path,
            f"holds code that calls {_CALL} {text.count(_CALL)} times, and is not edited"
            if text.count(_CALL) > 1
            else f"holds code that calls {_CALL}, and is not edited",
            Status.REVIEW,
            span=Span(line, column, line, column + len(_CALL)),
            remedy="Change it by hand where it is the code of an app, or tells readers how to "
            "write one.",
        )


def _texts(context: AppContext) -> Iterator[Path]:
    yield from context.app.sql_files
    yield from sorted(p for p in context.app.root.glob("*.md") if p.is_file())
