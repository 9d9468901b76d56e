"""Find what changes the role, warehouse, database or schema of the shared connection.

**What it does.** Reports ``use_role``, ``use_warehouse``, ``use_database``, ``use_schema`` and
``use_secondary_roles``, and every ``USE …`` in SQL text that is run, however the text gets there: an
argument, a name, a list that is looped over, a wrapper such as ``run_query``, a constant of another
file. Comments and quoted text in SQL are not mistaken for statements.

**Why.** On a warehouse each viewer has a connection of their own. In a container all viewers share
one, so that one viewer's ``USE`` is in force for the next statement of every other.

**Example.** Nothing is edited; one line has a finding.

Before:

```python
import streamlit as st

session = st.connection("snowflake").session()
session.use_schema(st.selectbox("Region", ["EMEA", "APAC"]))
st.dataframe(session.table("SALES"))
```

After:

```python
import streamlit as st

session = st.connection("snowflake").session()
session.use_schema(st.selectbox("Region", ["EMEA", "APAC"]))
st.dataframe(session.table("SALES"))
```

**What it leaves.** Texts that are only shown; connections to other databases; connections that the
code opens itself and that no cache keeps; files that no script imports.

**Safety.** Finds only. Where the whole app sets one and the same object, no viewer can tell, and the
finding is to review; otherwise it is work to do by hand.

**Source.** "Migrating between runtime environments",
https://docs.snowflake.com/en/developer-guide/streamlit/migrations-and-upgrades/runtime-migration;
the docstring of Snowpark's ``Session``: changing its schema while other threads use it is not safe.
"""

from __future__ import annotations

from collections.abc import Iterator

from sis_codemods.session.sql_facts import Kind, spelled
from sis_codemods.session.state import PER_VIEWER, changes_in, report
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Finding, Item, Safety
from sis_migrate.python.module import Module

_REMEDIES = {
    "ROLE": "Drop it, and grant what it is for to the role that owns the app, with which a container "
    f"runs all queries; or {PER_VIEWER}.",
    "WAREHOUSE": "Set the warehouse as the app's QUERY_WAREHOUSE and drop this; or, if viewers need "
    f"different ones, {PER_VIEWER}.",
    "DATABASE": f"Write names in full (database.schema.table) and drop this; or {PER_VIEWER}.",
    "SCHEMA": f"Write names in full (database.schema.table) and drop this; or {PER_VIEWER}.",
}

codemod = PythonCodemod(
    __name__,
    code="SIS121",
    name="current-objects",
    summary="`USE …` and `session.use_…()` on the connection that all viewers share are found",
    item=Item.SESSION,
    safety=Safety.REPORT,
    triggers=(b"use_", *spelled("use ")),
)


@codemod.on_module
def current_objects(module: Module) -> Iterator[Finding]:
    """Report each place that changes a current object."""
    for change in changes_in(module, Kind.USE):
        what = change.subject.lower()
        yield report(
            change,
            f"changes the {what} of the connection that all viewers share",
            _REMEDIES.get(change.subject, f"Drop it; or {PER_VIEWER}."),
            settled=f"sets the {what} of the connection that all viewers share; all set the same",
        )
