"""Say what an entry point below the root means for going back to a warehouse.

**What it does.** Reports an app whose entry point is not in the root folder of what is deployed.

**Why.** A container starts an entry point in any folder. A warehouse wants it, ``environment.yml``
and ``.streamlit/config.toml`` in the root (only apps with ``ROOT_LOCATION`` have a path there), so
that switching the migrated app back needs another layout than it has.

**Example.**

Before:

```python
import streamlit as st
```

After:

```python
import streamlit as st
```

**What it leaves.** Everything: nothing is wrong with the layout in a container.

**Safety.** It finds only.

**Source.** "Organize your Streamlit app files",
https://docs.snowflake.com/en/developer-guide/streamlit/app-development/file-organization
"""

from __future__ import annotations

from collections.abc import Iterator

from sis_migrate.codemod import AppContext, DocumentCodemod
from sis_migrate.model import Finding, Item, Safety, Status

codemod = DocumentCodemod(
    __name__,
    code="SIS604",
    name="entry-point",
    summary="An entry point below the root can run in a container only",
    item=Item.PATHS,
    safety=Safety.REPORT,
)


@codemod.on_app
def below_the_root(context: AppContext) -> Iterator[Finding]:
    """One finding for such an app."""
    app = context.app
    entry = app.entry_point
    if entry is None or entry.parent == app.root or not entry.is_relative_to(app.root):
        return
    yield Finding(
        entry,
        f"the entry point is in {entry.parent.relative_to(app.root).as_posix()}/, not in the root "
        f"of the app: a container starts it there, a warehouse does not",
        Status.REVIEW,
        remedy="For going back to a warehouse keep a copy of the app whose root is this folder.",
    )
