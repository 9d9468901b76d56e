"""Find SQL and Snowpark calls that ask who the viewer is.

**What it does.** Reports ``CURRENT_USER()``, ``CURRENT_SESSION()``, ``CURRENT_AVAILABLE_ROLES()`` and
``IS_ROLE_IN_SESSION()`` in SQL text that is run, however it gets there, and their Snowpark forms:
``session.get_current_user()`` and ``snowflake.snowpark.functions.current_user`` and its like.

**Why.** A warehouse app's queries run in the viewer's session. A container's run in a session of the
app's own service user with its owner's role: the same call silently has another meaning, in a filter
as well as in an audit column. A cache changes nothing of that: everyone has the same answer anyway,
but what takes its place must be told apart by the cache.

**Example.** Nothing is edited; one line has a finding.

Before:

```python
import streamlit as st

session = st.connection("snowflake").session()
orders = session.sql("SELECT * FROM ORDERS WHERE OWNER = CURRENT_USER()").to_pandas()
```

After:

```python
import streamlit as st

session = st.connection("snowflake").session()
orders = session.sql("SELECT * FROM ORDERS WHERE OWNER = CURRENT_USER()").to_pandas()
```

**What it leaves.** ``CURRENT_ROLE``, ``CURRENT_DATABASE`` and ``CURRENT_SCHEMA``, which mean the same
in a container; texts that are only shown; connections with the rights of their caller; columns of
such a name. ``st.user`` and connections with the rights of their caller inside a cache are SIS131's.

**Safety.** Finds only: a security review, since only the app's owner knows what the identity is for.

**Source.** "Row access and Streamlit in Snowflake" and "Personalize with user information",
https://docs.snowflake.com/en/developer-guide/streamlit/app-development/personalization; "Restricted
caller's rights", https://docs.snowflake.com/en/developer-guide/restricted-callers-rights
"""

from __future__ import annotations

from collections.abc import Iterator

from sis_codemods.session.asks import REMEDIES, asks, meaning
from sis_codemods.session.sql_facts import IDENTITY_FUNCTIONS, spelled
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Finding, Item, Safety, Status
from sis_migrate.python.module import Module

_IN_CACHE = (
    "Either way this cache must tell viewers apart: by an argument without a leading underscore, or "
    'by scope="session" (Streamlit 1.53 or later).'
)

codemod = PythonCodemod(
    __name__,
    code="SIS130",
    name="identity",
    summary="`CURRENT_USER()` and its like, which no longer mean the viewer, are found",
    item=Item.SESSION,
    safety=Safety.REPORT,
    triggers=(b"get_current_user", *spelled(*sorted(IDENTITY_FUNCTIONS))),
)


@codemod.on_module
def identity(module: Module) -> Iterator[Finding]:
    """Report each place."""
    for ask in asks(module):
        where, remedy = "", REMEDIES[ask.function]
        if ask.cache is not None:
            where = f" (inside the cache of {ask.cache.node.name}())"
            remedy = f"{remedy} {_IN_CACHE}"
        yield module.find(
            ask.span,
            f"security review: {ask.what}{where} {meaning(ask.function)}"
            + ("" if ask.sure else ", if this text is run on the shared connection"),
            status=Status.MANUAL if ask.sure else Status.REVIEW,
            remedy=remedy,
        )
