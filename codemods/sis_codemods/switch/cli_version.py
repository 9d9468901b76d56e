"""Say which Snowflake CLI the project file needs.

**What it does.** Makes a step with the oldest Snowflake CLI that deploys the migrated project file
as it is meant.

**Why.** The schema of ``snowflake.yml`` has a runtime and a compute pool from CLI 3.14 on, but only
from 3.27 on does a deploy change the runtime of an app that exists. ``artifact_repositories`` needs
3.31.

**Example.**

```shell
snow --version
```

**What it leaves.** Apps without a project file.

**Safety.** It changes nothing.

**Source.** The Snowflake CLI's release notes,
https://docs.snowflake.com/en/release-notes/clients-drivers/snowflake-cli
"""

from __future__ import annotations

from collections.abc import Iterator

from sis_codemods.switch import project
from sis_migrate.codemod import AppContext, DocumentCodemod
from sis_migrate.model import Item, Safety, Step
from sis_migrate.switch.target import is_container

codemod = DocumentCodemod(
    __name__,
    code="SIS705",
    name="cli-version",
    summary="which Snowflake CLI deploys the project file as it is meant",
    item=Item.CLI,
    safety=Safety.REPORT,
    order=734,
)

_NEWEST_KEYS = (
    "artifact_repositories",
    "execute_as",
    "app_warehouse",
    "idle_auto_shutdown_time_seconds",
    "schedules",
)


@codemod.on_app
def needed(context: AppContext) -> Iterator[Step]:
    """The step for the app's project file."""
    found = project.of_app(context.app, context.workspace)
    if found is None:
        return
    values = found[1].values
    newest = [key for key in _NEWEST_KEYS if key in values]
    if not (is_container(found[1].text("runtime_name")) or values.get("compute_pool")):
        return
    version = "3.31" if newest else "3.27"
    why = f"{', '.join(newest)} in snowflake.yml" if newest else "runtime_name in snowflake.yml"
    yield Step(
        "developer",
        330,
        f"Deploy with Snowflake CLI {version} or later",
        Item.CLI,
        text=f"`snow --version` tells yours; older ones do not apply {why} to an app that exists. From "
        "3.30 on a deploy takes away what the file lacks: integrations, secrets, title, comment.",
    )
