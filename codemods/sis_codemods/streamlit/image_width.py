"""Say the width of images with `width`.

**What it does.** `st.image(…, use_column_width=…)` gets a `width`: `True` and `"always"` become
`width="stretch"`; `False`, `"never"`, `"auto"` and `None` go, because an image is as wide as its
content anyway. The same for the fourth positional argument, with names for those that follow it.

**Why.** Streamlit 1.61 to 1.64 raise a `TypeError` for the keyword and later ones ignore it. The
fourth positional argument means something else from 1.61 on, without any error.

**Example.**

Before:

```python
import streamlit as st

st.image("map.png", caption="Stores", use_column_width=True)
```

After:

```python
import streamlit as st

st.image("map.png", caption="Stores", width="stretch")
```

**What it leaves.** Methods named `image` of something that may not be Streamlit's, and calls that
also have `use_container_width`, have a finding. A function of the app's own that takes such a
parameter stays as it is; what it hands to Streamlit does not.

**Safety.** Safe for the values above; to review for any other.

**Source.** streamlit/elements/image.py of Streamlit 1.50 and 1.65
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sis_codemods.streamlit.absence import signatures
from sis_codemods.streamlit.arguments import Change, changed
from sis_codemods.streamlit.facts import Signature
from sis_codemods.streamlit.receivers import Call, streamlit_call
from sis_codemods.streamlit.shims import has_fallback, reached
from sis_codemods.streamlit.target import releases
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Edit, Finding, Item, Runtime, Safety
from sis_migrate.python.module import Module
from sis_migrate.python.names import UNKNOWN

_OLD = "use_column_width"
_PLACE = 3
_AFTER = ("clamp", "channels", "output_format")
_STRETCH = (True, "always")

codemod = PythonCodemod(
    __name__,
    code="SIS307",
    name="image-width",
    summary="`use_column_width` of images becomes `width`",
    item=Item.STREAMLIT,
    safety=Safety.SAFE,
    triggers=(b"image",),
)


@codemod.on(ast.Call)
def call(module: Module, node: ast.AST) -> Iterator[Edit | Finding]:
    """Rewrite one call of ``image``."""
    assert isinstance(node, ast.Call)
    if not _may_need_it(node):
        return
    found = streamlit_call(module, node)
    if found is None and _may_be_image(module, node):
        yield _doubtful(module, node)
    if found is None or found.receiver.command != "image" or found.hides_positional:
        return
    value = _value(found)
    if value is None or not _is_gone(module, found):
        return
    if not found.receiver.certain:
        yield _doubtful(module, node)
    elif found.keyword("use_container_width") or found.hides_keywords:
        yield module.find(
            node,
            f"{_OLD} is given beside other widths or hidden arguments",
            remedy="Say the width once, with `width`.",
        )
    else:
        yield _edit(module, found, value)


def _may_be_image(module: Module, node: ast.Call) -> bool:
    """Whether a method ``image`` of something unknown has the keyword that only Streamlit has."""
    function = node.func
    return (
        isinstance(function, ast.Attribute)
        and function.attr == "image"
        and any(k.arg == _OLD for k in node.keywords)
        and UNKNOWN in module.names.possible(function)
    )


def _doubtful(module: Module, node: ast.Call) -> Finding:
    return module.find(
        node,
        f"the parameter `{_OLD}` of st.image is gone, if this is Streamlit's",
        remedy='Use `width="stretch"` or `width="content"` if it is.',
    )


def _may_need_it(node: ast.Call) -> bool:
    return len(node.args) > _PLACE or any(k.arg == _OLD for k in node.keywords)


def _value(found: Call) -> ast.expr | None:
    keyword = found.keyword(_OLD)
    if keyword is not None:
        return keyword.value
    return found.args[_PLACE] if len(found.args) > _PLACE and not found.partial else None


def _is_gone(module: Module, found: Call) -> bool:
    """Whether a release that the call reaches takes it for something else, or not at all."""
    aimed = releases(module.settings.streamlit)
    known = dict(signatures(found.receiver.name, aimed))
    by_name = found.keyword(_OLD) is not None
    lacking = [
        v
        for v in reached(module, found.node)
        if v in known and (not known[v].accepts(_OLD) if by_name else _means_clamp(known[v]))
    ]
    return bool(lacking) and not has_fallback(module, found.node, found.receiver.name)


def _means_clamp(signature: Signature) -> bool:
    positional = signature.positional
    return len(positional) <= _PLACE or positional[_PLACE].name != _OLD


def _edit(module: Module, found: Call, value: ast.expr) -> Edit:
    by_name = found.keyword(_OLD) is not None
    new, safety = _new_width(module, value, _width(found))
    if not by_name and module.app.runtime is Runtime.CONTAINER:
        safety = Safety.REVIEW  # it may have been written for 1.61 and later
    told = f"becomes width={new}" if new else "goes: images are as wide as their content anyway"
    return module.rewrite(
        found.node,
        changed(_changes(found, value, new, by_name=by_name)),
        f"{_OLD} of st.image {told}",
        safety=safety,
        remedy="Check the width of this image." if safety else "",
        oldest_streamlit="1.49" if new else "",
    )


def _changes(
    found: Call, value: ast.expr, new: str | None, *, by_name: bool
) -> dict[int | str, Change]:
    place: int | str = _OLD if by_name else _PLACE + found.offset
    changes: dict[int | str, Change] = {place: ("width", new) if new else None}
    if new or _is_auto(value) or _width(found) is None:
        changes["width"] = None
        if len(found.args) > 2:
            changes[2 + found.offset] = None
            if isinstance(found.args[1], ast.Constant) and found.args[1].value is None:
                changes[1 + found.offset] = None
    for index in range(_PLACE + 1, len(found.args)):
        changes[index + found.offset] = (_AFTER[index - _PLACE - 1], "")
    return changes


def _width(found: Call) -> ast.expr | None:
    """The ``width`` that the call gives, by name or as its third argument; None for None."""
    keyword = found.keyword("width")
    given = keyword.value if keyword else found.args[2] if len(found.args) > 2 else None
    return None if isinstance(given, ast.Constant) and given.value is None else given


def _new_width(
    module: Module, value: ast.expr, width: ast.expr | None
) -> tuple[str | None, Safety | None]:
    """The expression for ``width`` (None: the default or what is there), and whether to review."""
    if isinstance(value, ast.Constant):
        return ('"stretch"' if value.value in _STRETCH else None), None
    text = module.source.segment(value)
    test = f"({text})" if isinstance(value, (ast.IfExp, ast.Lambda)) else text
    otherwise = module.source.segment(width) if width is not None else '"content"'
    return f'"stretch" if {test} else {otherwise}', Safety.REVIEW


def _is_auto(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value == "auto"
