"""Find transactions on the shared connection.

**What it does.** Reports ``BEGIN``, ``START TRANSACTION``, ``COMMIT`` and ``ROLLBACK`` in SQL text
that is run, and ``commit()``, ``rollback()`` and ``autocommit()`` of a connection: one finding where
a transaction begins, and in a file that begins none, where one ends.

**Why.** In a container all viewers share one connection, and a connection has one transaction:
another viewer's statements fall into it, and one viewer's ``ROLLBACK`` undoes another's work.

**Example.** Nothing is edited; one line has a finding.

Before:

```python
import streamlit as st

session = st.connection("snowflake").session()
session.sql("BEGIN").collect()
session.sql("UPDATE STOCK SET N = N - 1").collect()
session.sql("COMMIT").collect()
```

After:

```python
import streamlit as st

session = st.connection("snowflake").session()
session.sql("BEGIN").collect()
session.sql("UPDATE STOCK SET N = N - 1").collect()
session.sql("COMMIT").collect()
```

**What it leaves.** Texts that are only shown; connections to other databases; connections that the
code opens itself and that no cache keeps; ``BEGIN … END`` blocks of Snowflake Scripting.

**Safety.** Finds only.

**Source.** "Transactions", https://docs.snowflake.com/en/sql-reference/transactions
"""

from __future__ import annotations

from collections.abc import Iterator

from sis_codemods.session.sql_facts import Kind, spelled
from sis_codemods.session.state import PER_VIEWER, changes_in, report
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Finding, Item, Safety
from sis_migrate.python.module import Module

codemod = PythonCodemod(
    __name__,
    code="SIS124",
    name="transactions",
    summary="transactions on the connection that all viewers share are found",
    item=Item.SESSION,
    safety=Safety.REPORT,
    triggers=(b"autocommit", *spelled("begin", "start", "commit", "rollback")),
)


@codemod.on_module
def transactions(module: Module) -> Iterator[Finding]:
    """Report where transactions begin; where none does, where they end."""
    found = list(changes_in(module, Kind.TRANSACTION))
    begins = [change for change in found if change.subject == "BEGIN"]
    for change in begins or found:
        verb = "begins" if change.subject == "BEGIN" else "ends"
        yield report(
            change,
            f"{verb} a transaction on the connection that all viewers share",
            "Put the statements into a stored procedure, whose transactions are its own; "
            f"or {PER_VIEWER}.",
        )
