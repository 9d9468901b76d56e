"""Edit data with `st.data_editor`.

**What it does.** `st.experimental_data_editor` becomes `st.data_editor`, and code that reads what the
old one kept in `st.session_state` is reported.

**Why.** The old name has been gone since 1.37. What the editor keeps changed with the name:
`edited_cells`, by `"row:column"`, became `edited_rows`, by row and then the column's name, and the
rows in `added_rows` have the columns' names for keys, too.

**Example.**

Before:

```python
import streamlit as st

edited = st.experimental_data_editor([{"a": 1}], key="editor")
```

After:

```python
import streamlit as st

edited = st.data_editor([{"a": 1}], key="editor")
```

**What it leaves.** The code that reads `edited_cells` has a finding; `added_rows` has one to review
where the file had the old editor.

**Safety.** Safe.

**Source.** streamlit/elements/data_editor.py of Streamlit 1.22 and 1.23
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sis_codemods.streamlit.handled import names_of, successors_of
from sis_codemods.streamlit.renaming import HANDLED_NODES, renames
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Edit, Finding, Item, Safety, Status
from sis_migrate.python.module import Module

_CODE = "SIS304"
_OLD_STATE, _ROWS = "edited_cells", "added_rows"

codemod = PythonCodemod(
    __name__,
    code=_CODE,
    name="data-editor",
    summary="`st.experimental_data_editor` becomes `st.data_editor`",
    item=Item.STREAMLIT,
    safety=Safety.SAFE,
    triggers=(*(name.encode() for name in names_of(_CODE)), _OLD_STATE.encode()),
)


@codemod.on(*HANDLED_NODES)
def use(module: Module, node: ast.AST) -> Iterator[Edit | Finding]:
    """Rename one use."""
    yield from renames(module, node, successors_of(_CODE))


@codemod.on(ast.Subscript, ast.Call, ast.Compare, ast.Attribute)
def state(module: Module, node: ast.AST) -> Iterator[Finding]:
    """Report what reads the state of the editor by its old shape."""
    key = _key(node)
    if key == _OLD_STATE:
        yield module.find(
            node,
            f"the editor keeps no `{_OLD_STATE}` any more",
            remedy='Read `edited_rows`, which is {row: {"column": value}}, not {"row:column": value}.',
        )
    elif key == _ROWS and any(name in module.source.text for name in names_of(_CODE)):
        yield module.find(
            node,
            f"the rows in `{_ROWS}` have the columns' names for keys now, not their positions",
            status=Status.REVIEW,
            remedy="Check how the new rows are read here.",
        )


def _key(node: ast.AST) -> str:
    """The key that is read or asked for, where it is text."""
    match node:
        case ast.Subscript(slice=ast.Constant(value=str(key))):
            return key
        case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value=str(key)), *_]):
            return key
        case ast.Compare(left=ast.Constant(value=str(key)), ops=[ast.In() | ast.NotIn()]):
            return key
        case ast.Attribute(attr=name):
            return name
    return ""
