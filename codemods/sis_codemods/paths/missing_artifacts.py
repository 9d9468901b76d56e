"""Find artifacts in ``snowflake.yml`` that are not there.

**What it does.** Reports entries of the app's ``artifacts`` (and its ``pages_dir``) that name no
file or folder.

**Why.** A deploy fails on them, or leaves out without a word what the app needs. The migration does
not break it; it was so before.

**Example.**

Before:

```yaml
definition_version: 2
entities:
  sales:
    type: streamlit
    artifacts:
      - streamlit_app.py
      - no_longer_here.py
```

After:

```yaml
definition_version: 2
entities:
  sales:
    type: streamlit
    artifacts:
      - streamlit_app.py
      - no_longer_here.py
```

**What it leaves.** Patterns and templates, whose meaning depends on where they are expanded.

**Safety.** It finds only.

**Source.** "Deploying a Streamlit app",
https://docs.snowflake.com/en/developer-guide/snowflake-cli/streamlit-apps/manage-apps/deploy-app
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from sis_codemods.switch.project import TEMPLATE, of_app
from sis_migrate.codemod import AppContext, DocumentCodemod
from sis_migrate.model import Finding, Item, Safety, Status

_PATTERN = frozenset("*?[")
# Made by the dependency codemods, or uploaded by the CLI only where they are there.
_MADE = frozenset({"environment.yml", "pyproject.toml", "requirements.txt", "uv.lock"})

codemod = DocumentCodemod(
    __name__,
    code="SIS605",
    name="missing-artifacts",
    summary="Artifacts that are not there, before the migration too",
    item=Item.PATHS,
    safety=Safety.REPORT,
    order=900,
)


@codemod.on_app
def missing(context: AppContext) -> Iterator[Finding]:
    """A finding for each entry that names nothing."""
    found = of_app(context.app, context.workspace)
    if found is None:
        return
    file, entity = found
    for artifact in entity.artifacts:
        src = artifact.src
        if TEMPLATE.search(src) or _PATTERN & set(src) or src in _MADE:
            continue
        path = Path(os.path.normpath(file.path.parent / src))
        if not (context.workspace.exists(path) or path.is_dir()):
            yield Finding(
                file.path,
                f"the artifact {src} is not there: missing on a warehouse too",
                Status.REVIEW,
                span=file.span(artifact.node),
                remedy="Remove the entry, or add what it names.",
            )
