"""Find what asks for the last query of the shared connection.

**What it does.** Reports ``LAST_QUERY_ID()`` in SQL text that is run, with or without
``RESULT_SCAN`` around it.

**Why.** In a container all viewers share one connection, so that the last query may be another
viewer's: the app shows them a stranger's result, or fails because its columns are missing.

**Example.** Nothing is edited; one line has a finding.

Before:

```python
import streamlit as st

session = st.connection("snowflake").session()
session.sql("SHOW WAREHOUSES").collect()
names = session.sql('SELECT "name" FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))').to_pandas()
```

After:

```python
import streamlit as st

session = st.connection("snowflake").session()
session.sql("SHOW WAREHOUSES").collect()
names = session.sql('SELECT "name" FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))').to_pandas()
```

**What it leaves.** ``RESULT_SCAN`` of an id that the code has from its own query; texts that are
only shown; connections to other databases; connections that the code opens itself and that no cache
keeps.

**Safety.** Finds only.

**Source.** "LAST_QUERY_ID", https://docs.snowflake.com/en/sql-reference/functions/last_query_id;
"Pipe operator", https://docs.snowflake.com/en/sql-reference/operators-flow
"""

from __future__ import annotations

from collections.abc import Iterator

from sis_codemods.session.sql_facts import Kind, spelled
from sis_codemods.session.state import changes_in, report
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Finding, Item, Safety
from sis_migrate.python.module import Module

_REMEDY = (
    "Join the two statements (`SHOW … ->> SELECT … FROM $1`), read the first one's rows directly, or "
    "give RESULT_SCAN its own id: `job = session.sql(…).collect_nowait(); job.result(); job.query_id`."
)

codemod = PythonCodemod(
    __name__,
    code="SIS125",
    name="last-query",
    summary="`LAST_QUERY_ID()` on the connection that all viewers share is found",
    item=Item.SESSION,
    safety=Safety.REPORT,
    triggers=spelled("last_query_id"),
)


@codemod.on_module
def last_query(module: Module) -> Iterator[Finding]:
    """Report each LAST_QUERY_ID()."""
    for change in changes_in(module, Kind.LAST_QUERY):
        yield report(
            change,
            "LAST_QUERY_ID() may be another viewer's query, because all share the connection",
            _REMEDY,
        )
