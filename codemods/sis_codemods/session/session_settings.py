"""Find what sets parameters and variables of the shared connection.

**What it does.** Reports ``ALTER SESSION``, ``SET`` and ``UNSET`` in SQL text that is run, and
``session.query_tag = …``, ``append_query_tag`` and ``update_query_tag``.

**Why.** In a container all viewers share one connection: a parameter, variable or tag that one
viewer sets is in force for the statements of all others.

**Example.** Nothing is edited; one line has a finding.

Before:

```python
import streamlit as st

session = st.connection("snowflake").session()
session.sql(f"ALTER SESSION SET TIMEZONE = '{zone}'").collect()
```

After:

```python
import streamlit as st

session = st.connection("snowflake").session()
session.sql(f"ALTER SESSION SET TIMEZONE = '{zone}'").collect()
```

**What it leaves.** Texts that are only shown; connections to other databases; connections that the
code opens itself and that no cache keeps; ``SET`` in an ``UPDATE``.

**Safety.** Finds only. Where the whole app sets a parameter or variable to one and the same value,
the finding is to review; otherwise it is work to do by hand.

**Source.** "ALTER SESSION", https://docs.snowflake.com/en/sql-reference/sql/alter-session;
"SQL variables", https://docs.snowflake.com/en/sql-reference/session-variables
"""

from __future__ import annotations

from collections.abc import Iterator

from sis_codemods.session.sql_facts import Kind, spelled
from sis_codemods.session.state import PER_VIEWER, Change, changes_in, report
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Finding, Item, Safety
from sis_migrate.python.module import Module

codemod = PythonCodemod(
    __name__,
    code="SIS122",
    name="session-settings",
    summary="`ALTER SESSION`, `SET` and query tags on the shared connection are found",
    item=Item.SESSION,
    safety=Safety.REPORT,
    triggers=(b"query_tag", *spelled("alter", "set ", "unset ")),
)


@codemod.on_module
def settings(module: Module) -> Iterator[Finding]:
    """Report each place that sets a parameter or variable."""
    for change in changes_in(module, Kind.SETTING, Kind.VARIABLE):
        what = _what(change)
        yield report(
            change,
            f"sets {what} for all viewers, who share the connection",
            _remedy(change),
            settled=f"sets {what} for all viewers, who share the connection; all set the same",
        )


def _what(change: Change) -> str:
    if change.kind is Kind.VARIABLE:
        return f"the variable ${change.subject}"
    return "the query tag" if change.subject == "QUERY_TAG" else f"the parameter {change.subject}"


def _remedy(change: Change) -> str:
    if change.subject == "QUERY_TAG":
        own = 'Tag each statement: `collect(statement_params={"QUERY_TAG": …})`'
    elif change.kind is Kind.VARIABLE:
        own = "Bind the value as a parameter of each statement (`?`) that reads the variable"
    else:
        own = "Say it in each statement (a format in TO_CHAR, a zone in CONVERT_TIMEZONE, …)"
    return f"{own}; or {PER_VIEWER}."
