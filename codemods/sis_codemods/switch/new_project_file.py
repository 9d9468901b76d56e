"""Write a ``snowflake.yml`` for an app that has none (``--project-file``).

**What it does.** Writes a project file of version 2 with one entity, in the layout of Snowflake's
Workspaces, with the app's name, entry point, runtime, compute pool and files.

**Why.** With a project file ``snow streamlit deploy --replace`` uploads the app and switches it
over.

**Example.** Written beside ``streamlit_app.py``:

```yaml
definition_version: 2
entities:
  sales:
    type: streamlit
    identifier:
      name: sales
    query_warehouse: SALES_WH
    runtime_name: SYSTEM$ST_CONTAINER_RUNTIME_PY3_11
    compute_pool: SYSTEM_COMPUTE_POOL_CPU
    main_file: streamlit_app.py
    artifacts:
      - streamlit_app.py
      - pyproject.toml
```

**What it leaves.** Apps with a project file, Native Apps and DCM projects, and apps whose entry
point is not known.

**Safety.** To review: the name and the warehouse come from scripts, or from the folder.

**Source.** "Creating a Streamlit app",
https://docs.snowflake.com/en/developer-guide/snowflake-cli/streamlit-apps/manage-apps/initialize-app
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sis_codemods.switch.names import app_name
from sis_codemods.switch.native import is_native_app, is_of_dcm
from sis_codemods.switch.opened import opened
from sis_codemods.switch.packages import HELD_BACK, dependency_file, held_back, needs_source
from sis_codemods.switch.project import covers
from sis_codemods.switch.switch_steps import query_warehouse
from sis_migrate.codemod import AppContext, DocumentCodemod
from sis_migrate.documents.sql_quoting import parts
from sis_migrate.documents.yaml_spans import scalar
from sis_migrate.model import Edit, Finding, Item, NewFile, Safety, Status
from sis_migrate.switch.facts import APP_NAME
from sis_migrate.switch.target import target

codemod = DocumentCodemod(
    __name__,
    code="SIS704",
    name="new-project-file",
    summary="with `--project-file`, a `snowflake.yml` for an app that has none",
    item=Item.SWITCH,
    safety=Safety.REVIEW,
    order=732,
)


@codemod.on_app
def write(context: AppContext) -> Iterator[Edit | Finding]:
    """Write the file, where it is asked for."""
    app = context.app
    if not context.settings.project_file or app.project_file or app.entry_point is None:
        return
    path = app.root / "snowflake.yml"
    if context.workspace.exists(path) or is_native_app(context) or is_of_dcm(context):
        return
    if not app.entry_point.is_relative_to(app.root):
        return
    yield Edit(
        path,
        NewFile("\n".join(_lines(context)) + "\n"),
        f"a project file for {app.name}",
        remedy="Check the name and the warehouse.",
    )
    if target(context.settings).container and (why := held_back(context)):
        yield Finding(path, f"no runtime_name: {why}", Status.MANUAL, remedy=HELD_BACK)


def _lines(context: AppContext) -> Iterator[str]:
    app, chosen = context.app, target(context.settings)
    assert app.entry_point is not None
    name = parts(app_name(context, None))
    if name[-1] == APP_NAME:
        name = (*name[:-1], app.name)
    key = re.sub(r"\W+", "_", name[-1].strip('"')).strip("_").lower() or "app"
    yield "definition_version: 2"
    yield "entities:"
    yield f"  {scalar(key)}:"
    yield "    type: streamlit"
    yield "    identifier:"
    yield f"      name: {scalar(name[-1] if name[-1].isidentifier() else key)}"
    for label, part in zip(("schema", "database"), reversed(name[:-1]), strict=False):
        if not part.startswith("<"):
            yield f"      {label}: {scalar(part)}"
    warehouse = query_warehouse(context)
    if not warehouse.startswith("<"):
        yield f"    query_warehouse: {scalar(warehouse)}"
    held = chosen.container and held_back(context)
    if not held:
        yield f"    runtime_name: {chosen.runtime}"
    if chosen.container and not held:
        yield f"    compute_pool: {scalar(chosen.pool)}"
        yield from _source(context)
    yield f"    main_file: {scalar(app.entry_point.relative_to(app.root).as_posix())}"
    yield "    artifacts:"
    yield from (f"      - {scalar(path)}" for path in _artifacts(context))


def _source(context: AppContext) -> Iterator[str]:
    chosen = target(context.settings)
    if not needs_source(context):
        return
    if chosen.source.kind == "integration":
        yield "    external_access_integrations:"
        yield f"      - {scalar(chosen.source.name)}"
    elif chosen.source.kind == "repository" and chosen.repositories_in_project_file:
        yield "    artifact_repositories:"
        yield f"      - {scalar(chosen.source.name)}"


def _artifacts(context: AppContext) -> Iterator[str]:
    """The entry point, the dependency file, pages, settings, and what the code takes along."""
    app, root = context.app, context.app.root
    assert app.entry_point is not None
    files = [app.entry_point]
    dependencies = dependency_file(app, context.workspace, context.settings)
    files += [dependencies] if dependencies else []
    files += [app.environment_file] if app.environment_file else []
    files += [root / ".streamlit" / "config.toml", *(path for path, _ in opened(context))]
    files += [path for path in app.files if path.parent == app.entry_point.parent / "pages"]
    pages = app.entry_point.parent / "pages"
    listed: list[str] = []
    for path in files:
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else ""
        if path.parent == pages:
            name = f"{pages.relative_to(root).as_posix()}/"
        if name and not any(covers(other, name.rstrip("/")) for other in listed):
            listed.append(name)
    yield from (n for n in listed if n.endswith("/") or context.workspace.exists(root / n))
