"""Write what `st.experimental_show` showed.

**What it does.** `st.experimental_show` becomes `st.write`.

**Why.** The old name has been gone since 1.23.

**Example.**

Before:

```python
import streamlit as st

total = 7
st.experimental_show(total)
```

After:

```python
import streamlit as st

total = 7
st.write(total)
```

**What it leaves.** Attributes of something that may not be Streamlit's have a finding.

**Safety.** To review: `st.write` shows the values, and not the expressions that they came from.

**Source.** streamlit/command_suggestions.py of Streamlit 1.67
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sis_codemods.streamlit.handled import names_of, successors_of
from sis_codemods.streamlit.renaming import HANDLED_NODES, renames
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Edit, Finding, Item, Safety
from sis_migrate.python.module import Module

_CODE = "SIS313"

codemod = PythonCodemod(
    __name__,
    code=_CODE,
    name="experimental-show",
    summary="`st.experimental_show` becomes `st.write`",
    item=Item.STREAMLIT,
    safety=Safety.REVIEW,
    triggers=tuple(name.encode() for name in names_of(_CODE)),
)


@codemod.on(*HANDLED_NODES)
def use(module: Module, node: ast.AST) -> Iterator[Edit | Finding]:
    """Rename one use."""
    yield from renames(
        module,
        node,
        successors_of(_CODE),
        remedy="Write the expressions, too, if they are to be seen.",
    )
