"""Find procedures, functions, views and policies of the app's own SQL that ask who the viewer is.

**What it does.** Reads the SQL scripts that create the app, and those beside them and in the app's
folder, and reports each ``CREATE`` of a procedure, function, view, dynamic table or policy that
contains ``CURRENT_USER()``, ``CURRENT_SESSION()``, ``CURRENT_AVAILABLE_ROLES()`` or
``IS_ROLE_IN_SESSION()``, in whichever language its body is.

**Why.** What the app calls in the database runs in the app's session too. In a container that is a
session of the app's own service user: a row access policy on ``CURRENT_USER()`` then lets every
viewer see the same rows, or nobody any.

**Example.** Nothing is edited; the view has a finding.

Before:

```sql
CREATE VIEW MY_ORDERS AS SELECT * FROM ORDERS WHERE OWNER = CURRENT_USER();
```

After:

```sql
CREATE VIEW MY_ORDERS AS SELECT * FROM ORDERS WHERE OWNER = CURRENT_USER();
```

**What it leaves.** Statements that only the person runs who runs the script (``SET``, ``GRANT``);
comments; objects of other scripts, which the app may use all the same: look for policies with
``POLICY_REFERENCES``.

**Safety.** Finds only: by hand where the app's Python names the object, else to review.

**Source.** "Row access and Streamlit in Snowflake" and "Personalize with user information",
https://docs.snowflake.com/en/developer-guide/streamlit/app-development/personalization
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from sis_codemods.session.asks import REMEDIES, meaning
from sis_codemods.session.definitions_sql import Definition, definitions
from sis_codemods.session.sql_facts import IDENTITY_FUNCTIONS
from sis_migrate.codemod import AppContext, DocumentCodemod
from sis_migrate.model import Finding, Item, Safety, Span, Status
from sis_migrate.textfile import Lines, TextError, TextFile

_WORTH_READING = re.compile("|".join(sorted(IDENTITY_FUNCTIONS)).encode(), re.IGNORECASE)

codemod = DocumentCodemod(
    __name__,
    code="SIS132",
    name="defined-identity",
    summary="procedures, views and policies of the app's SQL that ask who the viewer is are found",
    item=Item.SESSION,
    safety=Safety.REPORT,
)


@codemod.on_app
def defined(context: AppContext) -> Iterator[Finding]:
    """Report each object once."""
    for path in _scripts(context):
        try:
            if not _WORTH_READING.search(context.workspace.read_bytes(path)):
                continue
            file = context.workspace.read(path)
        except (OSError, TextError):
            continue
        for definition in definitions(file.text):
            yield _finding(context, path, file, definition)


def _finding(context: AppContext, path: Path, file: TextFile, found: Definition) -> Finding:
    lines = Lines(file.text)
    used = _is_used(context, found.name)
    span = Span(*lines.position(found.start), *lines.position(found.end))
    return Finding(
        path,
        f"security review: the {found.kind} {found.name} asks for {', '.join(found.functions)}: "
        f"{found.functions[0]} {meaning(found.functions[0])}"
        + ("" if used else ", if the app uses it"),
        Status.MANUAL if used else Status.REVIEW,
        span=span,
        remedy="Make it a parameter, where the object can have one. "
        + REMEDIES[found.functions[0]],
    )


def _scripts(context: AppContext) -> list[Path]:
    """The scripts that create the app, and the other scripts in their folders and the app's."""
    app, workspace = context.app, context.workspace
    folders = {app.root, *(path.parent for path in app.sql_files)}
    beside = {
        folder / name
        for folder in folders
        for name in workspace.names(folder)
        if name.lower().endswith(".sql")
    }
    return sorted({*app.sql_files, *beside})


def _is_used(context: AppContext, name: str) -> bool:
    """Whether the app's Python names an object."""
    last = name.rpartition(".")[2].strip('"').encode()
    if not last:
        return False
    pattern = re.compile(rb"\b" + re.escape(last) + rb"\b", re.IGNORECASE)
    for path in context.app.files:
        try:
            if pattern.search(context.workspace.read_bytes(path)):
                return True
        except OSError:
            continue
    return False
