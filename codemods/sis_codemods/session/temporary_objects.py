"""Find temporary tables, views and stages on the shared connection.

**What it does.** Reports ``CREATE TEMPORARY …`` in SQL text that is run, Snowpark's temporary views,
``save_as_table`` and ``write_pandas`` with a temporary table, and ``cache_result()``.

**Why.** A temporary object belongs to the connection, and in a container all viewers share one: they
read, replace and drop each other's objects of one name, and none goes away before the container does.

**Example.** Nothing is edited; one line has a finding.

Before:

```python
import streamlit as st

session = st.connection("snowflake").session()
session.sql("CREATE OR REPLACE TEMPORARY TABLE PICKED AS SELECT * FROM ITEMS").collect()
```

After:

```python
import streamlit as st

session = st.connection("snowflake").session()
session.sql("CREATE OR REPLACE TEMPORARY TABLE PICKED AS SELECT * FROM ITEMS").collect()
```

**What it leaves.** Texts that are only shown; connections to other databases; connections that the
code opens itself and that no cache keeps; tables that Snowpark makes for itself.

**Safety.** Finds only. ``cache_result()``, and a table with a random name, are to review, because
they clash with nobody's and are merely kept longer; the rest is work to do by hand.

**Source.** "Working with Temporary and Transient Tables",
https://docs.snowflake.com/en/user-guide/tables-temp-transient
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sis_codemods.session.sql_facts import Kind, spelled
from sis_codemods.session.state import PER_VIEWER, RANDOM, changes_in, report
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Finding, Item, Safety, Status
from sis_migrate.python.module import Module

codemod = PythonCodemod(
    __name__,
    code="SIS123",
    name="temporary-objects",
    summary="temporary tables, views and stages on the shared connection are found",
    item=Item.SESSION,
    safety=Safety.REPORT,
    triggers=(
        b"cache_result",
        b"table_type",
        b"temp_",
        *spelled("temporary", "temp ", "volatile"),
    ),
)


@codemod.on_module
def temporary(module: Module) -> Iterator[Finding]:
    """Report each place that makes a temporary object."""
    for change in changes_in(module, Kind.TEMPORARY):
        if change.made_by == "cache_result":
            found = report(
                change,
                "cache_result() keeps its temporary table as long as the shared connection lives",
                "Use it as `with df.cache_result() as cached:`, which drops the table at the end.",
            )
            yield replace(found, status=Status.REVIEW)
            continue
        if change.made_by == RANDOM:
            found = report(
                change,
                "makes a temporary table that stays as long as the shared connection lives",
                "Drop it where it has been used.",
            )
            yield replace(found, status=Status.REVIEW)
            continue
        what = change.subject.lower()
        yield report(
            change,
            f"makes a temporary {what} on the connection that all viewers share",
            f"Put the viewer into its name, or use a subquery or a DataFrame instead; or {PER_VIEWER}.",
        )
