"""Use the names that Streamlit's commands have today.

**What it does.** Renames what lost its `experimental_` or `beta_` and is otherwise the same:
`experimental_rerun`, `experimental_user`, `experimental_dialog`, `experimental_fragment`,
`experimental_audio_input`, `experimental_connection`, `beta_columns`, `beta_container`,
`beta_expander` and so on, on the module, the sidebar and containers of every kind; called, used as
decorators or handed on, imported by name or looked up with `getattr`.

**Why.** The old names are gone: using one stops the app with an error.

**Example.**

Before:

```python
import streamlit as st

if st.sidebar.button("Again", on_click=st.experimental_rerun):
    st.write(st.experimental_user.email)
```

After:

```python
import streamlit as st

if st.sidebar.button("Again", on_click=st.rerun):
    st.write(st.user.email)
```

**What it leaves.** Code that asks which of the two names is there, or puts the old one there itself.
Attributes of something that may not be Streamlit's have a finding.

**Safety.** Safe.

**Source.** "Release notes", https://docs.streamlit.io/develop/quick-reference/release-notes, and
streamlit/command_suggestions.py of Streamlit 1.67
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sis_codemods.streamlit.handled import names_of, successors_of
from sis_codemods.streamlit.renaming import HANDLED_NODES, renames
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Edit, Finding, Item, Safety
from sis_migrate.python.module import Module

_CODE = "SIS303"

codemod = PythonCodemod(
    __name__,
    code=_CODE,
    name="streamlit-renames",
    summary="Streamlit commands that lost `experimental_` or `beta_` get their new names",
    item=Item.STREAMLIT,
    safety=Safety.SAFE,
    triggers=tuple(name.encode() for name in names_of(_CODE)),
)


@codemod.on(*HANDLED_NODES)
def use(module: Module, node: ast.AST) -> Iterator[Edit | Finding]:
    """Rename one use."""
    yield from renames(module, node, successors_of(_CODE))
