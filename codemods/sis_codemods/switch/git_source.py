"""Have the Git repository in Snowflake fetch the migrated files before the app is made from them.

**What it does.** For an app whose ``CREATE STREAMLIT`` copies from a branch, tag or commit, makes
the step that fetches the repository.

**Why.** Snowflake keeps a copy of the repository. Without a fetch the app is made from the old
files.

**Example.**

```sql
ALTER GIT REPOSITORY apps.public.repo FETCH;
```

**What it leaves.** An app that is connected to a branch: pull the changes in its editor, or with
``ALTER STREAMLIT … PULL`` after ``ABORT``.

**Safety.** It changes nothing.

**Source.** "Git integration",
https://docs.snowflake.com/en/developer-guide/streamlit/features/git-integration
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sis_codemods.switch.attached import is_about, readable
from sis_migrate.codemod import AppContext, DocumentCodemod
from sis_migrate.documents.sql_quoting import parts, qualified
from sis_migrate.model import Item, Safety, Step

codemod = DocumentCodemod(
    __name__,
    code="SIS733",
    name="git-source",
    summary="an app made from a Git repository: fetch before it is made again",
    item=Item.SWITCH,
    safety=Safety.REPORT,
    order=736,
)

_REPOSITORY = re.compile(r"@([^/]+)/(?:branches|tags|commits)/")


@codemod.on_app
def fetch(context: AppContext) -> Iterator[Step]:
    """The step for each repository."""
    found = (_REPOSITORY.match(source) for source in _sources(context))
    for name in dict.fromkeys(match[1] for match in found if match):
        written = qualified(name) if len(parts(name)) > 1 or name.isidentifier() else "<REPOSITORY>"
        yield Step(
            "owner",
            340,
            "Fetch the migrated files into Snowflake's copy of the Git repository",
            Item.SWITCH,
            sql=f"ALTER GIT REPOSITORY {written} FETCH;",
        )


def source_in_git(context: AppContext) -> str:
    """The place in a Git repository that the app is made from, "" for none."""
    return next(_sources(context), "")


def _sources(context: AppContext) -> Iterator[str]:
    for path in context.app.sql_files:
        for statement in readable(path, context):
            source = statement.get("FROM") or statement.get("ROOT_LOCATION")
            raw = "".join(token.value for token in source.value) if source else ""
            created = statement.verb == "CREATE" and is_about(statement, context.app)
            if created and _REPOSITORY.match(raw):
                yield raw
