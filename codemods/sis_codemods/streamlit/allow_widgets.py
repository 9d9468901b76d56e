"""Leave out `experimental_allow_widgets`.

**What it does.** Removes the parameter `experimental_allow_widgets` of `st.cache_data` and
`st.cache_resource`.

**Why.** It has been a `TypeError` since 1.49.

**Example.**

Before:

```python
import streamlit as st

@st.cache_data(ttl=60, experimental_allow_widgets=True)
def load():
    return [1, 2, 3]
```

After:

```python
import streamlit as st

@st.cache_data(ttl=60)
def load():
    return [1, 2, 3]
```

**What it leaves.** Widgets in the cached function: Streamlit shows a warning for each, and a widget's
value stays what it was when the function ran.

**Safety.** Safe, except to review where the function has widgets, or where it cannot be seen.

**Source.** streamlit/runtime/caching/cached_message_replay.py of Streamlit 1.36
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sis_codemods.streamlit.absence import signatures
from sis_codemods.streamlit.arguments import changed
from sis_codemods.streamlit.receivers import streamlit_call, streamlit_name
from sis_codemods.streamlit.shims import has_fallback, reached
from sis_codemods.streamlit.target import releases
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Edit, Item, Safety
from sis_migrate.python.module import Module

_OLD = "experimental_allow_widgets"
_WIDGETS = frozenset(
    {
        "audio_input", "button", "camera_input", "chat_input", "checkbox", "color_picker",
        "data_editor", "date_input", "download_button", "feedback", "file_uploader",
        "form_submit_button", "multiselect", "number_input", "pills", "radio", "segmented_control",
        "select_slider", "selectbox", "slider", "text_area", "text_input", "time_input", "toggle",
    }
)  # fmt: skip

codemod = PythonCodemod(
    __name__,
    code="SIS311",
    name="allow-widgets",
    summary="`experimental_allow_widgets` goes",
    item=Item.STREAMLIT,
    safety=Safety.SAFE,
    triggers=(_OLD.encode(),),
)


@codemod.on(ast.Call)
def call(module: Module, node: ast.AST) -> Iterator[Edit]:
    """Remove the parameter from one decorator."""
    assert isinstance(node, ast.Call)
    keyword = next((k for k in node.keywords if k.arg == _OLD), None)
    if keyword is None:
        return
    found = streamlit_call(module, node)
    if found is None or not found.receiver.certain:
        return
    name = found.receiver.name
    known = dict(signatures(name, releases(module.settings.streamlit)))
    lacking = [v for v in reached(module, node) if v in known and not known[v].accepts(_OLD)]
    if not lacking or has_fallback(module, node, name):
        return
    doubt = _doubt(module, node, keyword.value)
    yield module.rewrite(
        node,
        changed({_OLD: None}),
        f"`{_OLD}` goes{doubt and f'; {doubt}'}",
        safety=Safety.REVIEW if doubt else None,
        remedy="Move widgets out of cached functions, and hand their values in." if doubt else "",
    )


def _doubt(module: Module, node: ast.Call, value: ast.expr) -> str:
    if isinstance(value, ast.Constant) and not value.value:
        return ""
    function = module.names.parents[node]
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return "widgets in the cached function keep the value of its first run"
    for child in ast.walk(function):
        if isinstance(child, ast.Call):
            called = streamlit_name(module, child.func)
            if called is not None and called.command in _WIDGETS:
                return (
                    f"the st.{called.command} in {function.name} keeps the value of its first run"
                )
    return ""
