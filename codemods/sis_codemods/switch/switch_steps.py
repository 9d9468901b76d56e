"""Say what people run to switch the app over, each with their own rights, and to go back.

**What it does.** Makes the steps that ``migrate sql`` prints as scripts: for an administrator the
compute pool, the package source and their grants; for the owner the checks, the ``ALTER STREAMLIT``
in place, or for an app with ``ROOT_LOCATION`` a second app and a rename; and how each is taken
back. With the saved results of ``DESCRIBE STREAMLIT`` and ``SHOW GRANTS`` they are filled in.

**Why.** An ``ALTER`` keeps the app's grants, address and secrets; ``CREATE OR REPLACE`` loses them.

**Example.**

```sql
ALTER STREAMLIT apps.public.sales SET
  RUNTIME_NAME = 'SYSTEM$ST_CONTAINER_RUNTIME_PY3_11'
  COMPUTE_POOL = SYSTEM_COMPUTE_POOL_CPU
  QUERY_WAREHOUSE = sales_wh;
```

**What it leaves.** Apps that run in a container already, Native Apps (SIS731) and DCM projects
(SIS732). Values that nothing tells stand as ``<PLACEHOLDERS>``, which no script runs over.

**Safety.** It changes nothing.

**Source.** "Migrating between runtime environments",
https://docs.snowflake.com/en/developer-guide/streamlit/migrations-and-upgrades/runtime-migration,
and "ALTER STREAMLIT", https://docs.snowflake.com/en/sql-reference/sql/alter-streamlit
"""

from __future__ import annotations

from collections.abc import Iterator

from sis_codemods.switch import project
from sis_codemods.switch.attached import is_about, readable
from sis_codemods.switch.names import app_name, creation, saved
from sis_codemods.switch.native import is_native_app, is_of_dcm
from sis_codemods.switch.packages import needs_source
from sis_migrate.codemod import AppContext, DocumentCodemod
from sis_migrate.documents.sql_quoting import identifier, literal, stored
from sis_migrate.documents.sql_scan import Property
from sis_migrate.model import Item, Runtime, Safety, Step
from sis_migrate.switch.described import Described
from sis_migrate.switch.facts import OWNER_ROLE, QUERY_WAREHOUSE, Switch
from sis_migrate.switch.plan import steps
from sis_migrate.switch.target import target

codemod = DocumentCodemod(
    __name__,
    code="SIS741",
    name="switch-steps",
    summary="what an administrator and the owner run to switch the app over, and back",
    item=Item.SWITCH,
    safety=Safety.REPORT,
    order=735,
    covers=(Item.POOL, Item.EAI, Item.ATTACH, Item.LIVE, Item.BACKUP),
)


@codemod.on_app
def switch(context: AppContext) -> Iterator[Step]:
    """The steps of the app's switch."""
    if target(context.settings).container and needs_switch(context):
        yield from steps(facts(context))


def needs_switch(context: AppContext) -> bool:
    """Whether the app still runs on a warehouse, as far as its files tell."""
    app = context.app
    if is_native_app(context) or is_of_dcm(context):
        return False
    return app.runtime is not Runtime.CONTAINER or bool(context.settings.describe)


def facts(context: AppContext) -> Switch:
    """Everything that the app's files, the settings and saved results tell about the switch."""
    settings, chosen = context.settings, target(context.settings)
    known, given = saved(context)
    owner = identifier(settings.owner_role) if settings.owner_role else ""
    root, entry = context.app.root, context.app.entry_point
    inside = entry is not None and entry.is_relative_to(root)
    relative = entry.relative_to(root).as_posix() if entry and inside else ""
    return Switch(
        name=app_name(context, known),
        target=chosen,
        owner=owner or (stored(known.owner) if known and known.owner else OWNER_ROLE),
        admin=identifier(settings.admin_role or "ACCOUNTADMIN"),
        warehouse=query_warehouse(context, known),
        main_file=(known.main_file if known else "")
        or relative
        or (entry.name if entry else "streamlit_app.py"),
        needs_source=needs_source(context),
        location=_location(context, known),
        project_file=context.app.project_file is not None,
        described=known,
        grants=given,
    )


def query_warehouse(context: AppContext, known: Described | None = None) -> str:
    """The app's warehouse as SQL, a placeholder where nothing tells it."""
    if context.settings.query_warehouse:
        return identifier(context.settings.query_warehouse)
    if known and known.query_warehouse:
        return stored(known.query_warehouse)
    found = project.of_app(context.app, context.workspace)
    name = found[1].text("query_warehouse") if found else ""
    if name and not project.TEMPLATE.search(name) and "<" not in name:
        return identifier(name)
    value = _written(context, "QUERY_WAREHOUSE")
    text = value.text if value else None
    if text and not project.TEMPLATE.search(text) and "<" not in text:
        quoted = value and value.value[0].kind == "name"
        return value.value[0].raw if value and quoted else identifier(text)
    return QUERY_WAREHOUSE


def _written(context: AppContext, name: str) -> Property | None:
    for path in context.app.sql_files:
        statement = creation(path, context)
        if statement and statement.get(name):
            return statement.get(name)
    return None


def _location(context: AppContext, known: Described | None) -> str | None:
    """Where the files of an app with ROOT_LOCATION are, as SQL; None for other apps."""
    if known:
        return literal(known.root_location) if known.legacy else None
    root = root_location(context)
    if root is None:
        return None
    return literal(root) if root else "'@<STAGE>'"


def root_location(context: AppContext) -> str | None:
    """What ROOT_LOCATION says in the scripts (this codemod runs before the one that edits them)."""
    for path in context.app.sql_files:
        for statement in readable(path, context):
            root = statement.get("ROOT_LOCATION")
            if statement.verb == "CREATE" and root and is_about(statement, context.app):
                return root.text or ""
    return None
