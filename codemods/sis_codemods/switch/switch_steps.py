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

**What it leaves.** Apps that a ``DESCRIBE STREAMLIT`` result shows in a container, and those whose
files said so before this tool edited them; Native Apps (SIS731) and DCM projects (SIS732). Values
that nothing tells stand as ``<PLACEHOLDERS>``, which no script runs over.

**Safety.** It changes nothing.

**Source.** "Migrating between runtime environments",
https://docs.snowflake.com/en/developer-guide/streamlit/migrations-and-upgrades/runtime-migration,
and "ALTER STREAMLIT", https://docs.snowflake.com/en/sql-reference/sql/alter-streamlit
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum

from sis_codemods.switch import earlier_runs, project
from sis_codemods.switch.earlier_runs import before, runs, said_container
from sis_codemods.switch.git_source import source_in_git
from sis_codemods.switch.names import (
    app_name,
    creating,
    creation,
    is_variable,
    name_notes,
    saved,
)
from sis_codemods.switch.native import is_native_app, is_of_dcm
from sis_codemods.switch.packages import held_back, needs_source
from sis_migrate.codemod import AppContext, DocumentCodemod
from sis_migrate.documents.sql_quoting import bare_name, identifier, literal, stored
from sis_migrate.documents.sql_scan import Property, SqlError, statements
from sis_migrate.model import Item, Runtime, Safety, Step
from sis_migrate.switch.described import Described
from sis_migrate.switch.facts import OWNER_ROLE, QUERY_WAREHOUSE, STAGE, Switch
from sis_migrate.switch.plan import steps
from sis_migrate.switch.target import is_container, target

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

_UNSURE = (
    "The files name a container already, which does not tell what is deployed: these scripts are "
    "only needed where the app in Snowflake is not switched yet (DESCRIBE STREAMLIT shows its "
    "runtime_name; with --describe it is taken into account)."
)


@codemod.on_app
def switch(context: AppContext) -> Iterator[Step]:
    """The steps of the app's switch."""
    standing = deployed(context)
    if not target(context.settings).container or standing is Deployed.CONTAINER:
        return
    switch = facts(context)
    unsure = [_UNSURE] if standing is Deployed.UNKNOWN else []
    if context.app.runtime is not Runtime.CONTAINER and (why := held_back(context)):
        unsure.append(f"Not yet, {why}.")
    yield from steps(replace(switch, notes=(*unsure, *notes(context, switch))))


class Deployed(StrEnum):
    """What the app in Snowflake runs on, as far as anything here tells."""

    WAREHOUSE = "warehouse"
    CONTAINER = "container"
    UNKNOWN = "unknown"


def deployed(context: AppContext) -> Deployed:
    """A saved result tells; else the files do, as they were before this tool edited them.

    UNKNOWN where the files name a container and no run is recorded: they may have been edited and
    committed elsewhere. Native Apps and DCM projects are switched by other means: CONTAINER.
    """
    app = context.app
    if is_native_app(context) or is_of_dcm(context):
        return Deployed.CONTAINER
    known, _ = saved(context)
    if known and (known.runtime or known.pool):
        container = is_container(known.runtime) or (bool(known.pool) and not known.runtime)
        return Deployed.CONTAINER if container else Deployed.WAREHOUSE
    if known or app.runtime is not Runtime.CONTAINER:
        return Deployed.WAREHOUSE
    recorded = runs(app)
    texts = before(app, recorded)
    if not texts and not any(earlier_runs.is_about(run, app) for run in recorded):
        return Deployed.UNKNOWN
    edited = bool(texts) and not said_container(app, texts)
    return Deployed.WAREHOUSE if edited else Deployed.CONTAINER


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
        git_source=source_in_git(context),
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
    if name and not is_variable(name):
        return identifier(name)
    value = _written(context, "QUERY_WAREHOUSE")
    text = value.text if value else None
    if text and not is_variable(text):
        quoted = value and value.value[0].kind == "name"
        return value.value[0].raw if value and quoted else identifier(text)
    return QUERY_WAREHOUSE


def _written(context: AppContext, name: str) -> Property | None:
    for path in context.app.sql_files:
        statement = creation(path, context)
        if statement and statement.get(name):
            return statement.get(name)
    return None


def notes(context: AppContext, switch: Switch) -> Iterator[str]:
    """What a person must know of the values in the scripts before running them."""
    if switch.described is None:
        yield from name_notes(context)
        yield from _warehouses(context, switch)


def _warehouses(context: AppContext, switch: Switch) -> Iterator[str]:
    """Where the files disagree on the query warehouse."""
    found = project.of_app(context.app, context.workspace)
    said = {}
    if found and found[1].text("query_warehouse"):
        said[found[0].path.name] = found[1].text("query_warehouse")
    for path in context.app.sql_files:
        statement = creation(path, context)
        value = statement.get("QUERY_WAREHOUSE") if statement else None
        if value and value.text:
            said.setdefault(path.name, value.text)
    if len({bare_name(name) for name in said.values()}) > 1:
        told = ", ".join(f"{name} in {file}" for file, name in said.items())
        yield f"The files disagree on the query warehouse: {told}. Below: {switch.warehouse}."


def _location(context: AppContext, known: Described | None) -> str | None:
    """Where the files of an app with ROOT_LOCATION are, as SQL; None for other apps."""
    if known:
        return literal(known.root_location) if known.legacy else None
    root = root_location(context)
    if root is None:
        return None
    return literal(root) if root and not is_variable(root.lstrip("@")) else f"'@{STAGE}'"


def root_location(context: AppContext) -> str | None:
    """What ROOT_LOCATION says in the scripts (this codemod runs before the one that edits them)."""
    for path in context.app.sql_files:
        statement = creation(path, context)
        root = statement.get("ROOT_LOCATION") if statement else None
        if root:
            return root.text or ""
    return _location_before(context)


def _location_before(context: AppContext) -> str | None:
    """What ROOT_LOCATION said before a recorded run made it FROM."""
    for path, text in before(context.app, runs(context.app)).items():
        try:
            found = list(statements(text)) if path.suffix == ".sql" else []
        except SqlError:
            continue
        statement = creating(found, context.app)
        root = statement.get("ROOT_LOCATION") if statement else None
        if root:
            return root.text or ""
    return None
