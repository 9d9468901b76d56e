"""Say what a DCM project's ``DEFINE STREAMLIT`` needs for the container runtime.

**What it does.** Reports each definition without a container runtime, with the lines to add, and
one with ``IMPORTS``.

**Why.** A DCM project makes the app what its definition says on each deploy, so an ``ALTER`` would
not last. Its CLI leaves out files and folders whose names begin with a dot, ``.streamlit`` among
them.

**Example.** Reported:

```sql
DEFINE STREAMLIT apps.public.sales
  FROM 'asset://sales/'
  MAIN_FILE = 'streamlit_app.py';
```

**What it leaves.** It changes nothing.

**Safety.** It changes nothing.

**Source.** "Supported entities in DCM Projects",
https://docs.snowflake.com/en/user-guide/dcm-projects/dcm-projects-supported-entities
"""

from __future__ import annotations

from collections.abc import Iterator

from sis_codemods.switch.native import definitions
from sis_codemods.switch.project import span
from sis_migrate.codemod import AppContext, DocumentCodemod
from sis_migrate.documents.sql_quoting import identifier, literal
from sis_migrate.model import Finding, Item, Safety, Status
from sis_migrate.switch.target import is_container, target

codemod = DocumentCodemod(
    __name__,
    code="SIS732",
    name="dcm-definition",
    summary="`DEFINE STREAMLIT` of a DCM project: what the container runtime needs",
    item=Item.SWITCH,
    safety=Safety.REPORT,
    order=751,
)


@codemod.on_app
def definition(context: AppContext) -> Iterator[Finding]:
    """Report the app's definitions."""
    chosen = target(context.settings)
    for path, statement in definitions(context) if chosen.container else ():
        text = context.workspace.read(path).text
        place = span(text, statement.start, statement.end)
        runtime, imports = statement.get("RUNTIME_NAME"), statement.get("IMPORTS")
        if not (runtime and is_container(runtime.text or "")):
            yield Finding(
                path,
                f"{statement.name} is defined in a DCM project, which sets its runtime on each deploy",
                Status.MANUAL,
                span=place,
                remedy="Write in the definition:\n"
                f"RUNTIME_NAME = {literal(chosen.runtime)}\n"
                f"COMPUTE_POOL = {identifier(chosen.pool)}\n"
                "The project's CLI leaves out .streamlit and other names with a dot.",
            )
        if imports:
            yield Finding(
                path,
                "a container app has no IMPORTS",
                Status.MANUAL,
                span=span(text, imports.start, imports.end),
                remedy="Put the files into the app's folder and remove IMPORTS.",
            )
