"""Say the width of elements with `width` instead of `use_container_width`.

**What it does.** `use_container_width=True` becomes `width="stretch"`, and a `width` beside it, which
it overrode, goes. `use_container_width=False` goes where a number is given for the width, and becomes
`width="content"` elsewhere. Any other expression becomes a condition. Works on the module, on
columns, tabs, the sidebar and other containers, and with `functools.partial`.

**Why.** `use_container_width` is deprecated; Streamlit announced its removal for after 2025, and logs a
line for each call, but every release so far still takes it. This codemod therefore only runs when it
is selected: `--select SIS330`.

**Example.**

Before:

```python
import streamlit as st

left, right = st.columns(2)
left.dataframe([1, 2], use_container_width=True)
right.button("Go", use_container_width=False)
```

After:

```python
import streamlit as st

left, right = st.columns(2)
left.dataframe([1, 2], width="stretch")
right.button("Go", width="content")
```

**What it leaves.** The parameter of that name of the app's own functions and of other packages. Maps
and pydeck charts that were not to be stretched need a number and have a finding, like arguments
hidden in `**options`, and methods of something that may not be Streamlit's. Nothing is changed where
the target has releases whose element does not take the word.

**Safety.** Safe for True and False; to review for any other expression, because `None` left the width
to the element.

**Source.** The signatures and warnings of Streamlit 1.48 to 1.67; "st.dataframe",
https://docs.streamlit.io/develop/api-reference/data/st.dataframe
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sis_codemods.streamlit.absence import signatures
from sis_codemods.streamlit.api_names import shown
from sis_codemods.streamlit.arguments import Change, changed
from sis_codemods.streamlit.receivers import Call, streamlit_call
from sis_codemods.streamlit.shims import has_fallback, reached
from sis_codemods.streamlit.target import releases, text
from sis_codemods.streamlit.widths import CONTAINER_WIDTH, container_width, elements, size
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Edit, Finding, Item, Safety
from sis_migrate.python.definitions import functions
from sis_migrate.python.module import Module
from sis_migrate.python.names import UNKNOWN

_STRETCH, _CONTENT = '"stretch"', '"content"'
_BY_HAND = 'Say `width="stretch"` for True and `width="content"` for False.'

codemod = PythonCodemod(
    __name__,
    code="SIS330",
    name="container-width",
    summary="`use_container_width` becomes `width`",
    item=Item.STREAMLIT,
    safety=Safety.SAFE,
    triggers=(CONTAINER_WIDTH.encode(), b"plotly_chart"),
    default=False,
)


@codemod.on(ast.Call)
def call(module: Module, node: ast.AST) -> Iterator[Edit | Finding]:
    """Rewrite one call of an element."""
    assert isinstance(node, ast.Call)
    if not _may_have_it(node):
        return
    found = streamlit_call(module, node)
    if found is None:
        yield from _elsewhere(module, node)
        return
    value = _value(found)
    if value is None or container_width(found.receiver.command) is None:
        return
    if not _takes_words(module, found) or has_fallback(module, node, found.receiver.name):
        return
    if found.receiver.certain:
        yield _rewritten(module, found, value)
    else:
        yield _doubtful(module, node, found.receiver.name)


@codemod.on(ast.Constant)
def key(module: Module, node: ast.AST) -> Iterator[Finding]:
    """Report the parameter as the key of a dictionary, which may be handed on as `**options`."""
    assert isinstance(node, ast.Constant)
    if node.value == CONTAINER_WIDTH and _is_key(module.names.parents[node], node):
        yield module.find(
            node, f"`{CONTAINER_WIDTH}` is deprecated where this goes to Streamlit", remedy=_BY_HAND
        )


def _may_have_it(node: ast.Call) -> bool:
    if any(k.arg == CONTAINER_WIDTH for k in node.keywords):
        return True
    function = node.func
    last = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return len(node.args) > 1 and last in {"plotly_chart", "partial"}


def _is_key(parent: ast.AST, node: ast.Constant) -> bool:
    match parent:
        case ast.Dict(keys=keys):
            return node in keys
        case ast.Subscript(slice=index):
            return index is node
        case ast.Call(func=ast.Attribute(attr="setdefault"), args=[first, *_]):
            return first is node
    return False


def _value(found: Call) -> ast.expr | None:
    keyword = found.keyword(CONTAINER_WIDTH)
    if keyword is not None:
        return keyword.value
    place = _place(found, CONTAINER_WIDTH)
    return found.args[place] if place is not None else None


def _place(found: Call, parameter: str) -> int | None:
    """The index of the positional argument that fills a parameter in the target's releases."""
    if found.hides_positional:
        return None
    names = _positional(found)
    place = names.index(parameter) if parameter in names else len(found.args)
    return place if place < len(found.args) else None


def _positional(found: Call) -> list[str]:
    known = signatures(found.receiver.name, releases())
    return [p.name for p in known[-1][1].positional] if known else []


def _takes_words(module: Module, found: Call) -> bool:
    width = size(found.receiver.command, "width")
    words = width.words if width else {}
    needed = max((words[word] for word in ("stretch", "content") if word in words), default=None)
    return needed is not None and all(v >= needed for v in reached(module, found.node))


def _rewritten(module: Module, found: Call, value: ast.expr) -> Edit | Finding:
    width = _width(found)
    false = _false(module, found, width)
    name = shown(found.receiver.name)
    literal = value.value if isinstance(value, ast.Constant) else ...
    if literal is None:
        return _edit(module, found, None, f"{CONTAINER_WIDTH}=None of {name} goes: it did nothing")
    if literal is True:
        message = f"{CONTAINER_WIDTH}=True of {name} becomes width={_STRETCH}"
        return _edit(module, found, _STRETCH, message)
    if found.hides_keywords and width is None:
        return module.find(
            found.node, f"{name} has `{CONTAINER_WIDTH}` beside hidden arguments", remedy=_BY_HAND
        )
    if false is None:
        return module.find(
            found.node,
            f"{name} without `{CONTAINER_WIDTH}` needs a width in pixels",
            remedy="Give `width` the number of pixels instead.",
        )
    if literal is False:
        if width is not None and false != _CONTENT:
            message = f"{CONTAINER_WIDTH}=False of {name} goes: its width is given"
            return _edit(module, found, None, message)
        message = f"{CONTAINER_WIDTH}=False of {name} becomes width={_CONTENT}"
        return _edit(module, found, _CONTENT, message)
    new = f"{_STRETCH} if {_condition(module, value)} else {false}"
    message = f"{CONTAINER_WIDTH} of {name} becomes width={new}"
    return _edit(module, found, new, message, Safety.REVIEW)


def _false(module: Module, found: Call, width: ast.expr | None) -> str | None:
    """What the width is where it is not stretched; None where nobody has said it."""
    if width is not None:
        return module.source.segment(width)
    known = container_width(found.receiver.command)
    return _CONTENT if known is not None and known.false == "content" else None


def _width(found: Call) -> ast.expr | None:
    """The width that a call gives, None where that is none or a word for the default."""
    keyword = found.keyword("width")
    place = _place(found, "width")
    given = keyword.value if keyword else found.args[place] if place is not None else None
    unset = isinstance(given, ast.Constant) and not given.value
    return None if unset else given


def _edit(
    module: Module, found: Call, new: str | None, message: str, safety: Safety | None = None
) -> Edit:
    since = size(found.receiver.command, "width")
    word = "stretch" if new and _STRETCH in new else "content"
    written = module.requoted(found.node, new) if new else None
    return module.rewrite(
        found.node,
        changed(_changes(found, written)),
        message,
        safety=safety,
        remedy="Check the width, also where the value may be None." if safety else "",
        oldest_streamlit=text(since.words[word]) if since and new else "",
    )


def _changes(found: Call, new: str | None) -> dict[int | str, Change]:
    """``width`` takes the place of the old parameter, or of itself where it is positional."""
    by_name = found.keyword(CONTAINER_WIDTH) is not None
    old: int | str = CONTAINER_WIDTH
    place = _place(found, CONTAINER_WIDTH)
    if not by_name and place is not None:
        old = place + found.offset
    changes: dict[int | str, Change] = {old: ("width", new) if new else None}
    if new is None:
        return changes
    changes["width"] = None
    width = _place(found, "width")
    if width is not None:
        changes[width + found.offset] = None
        names = _positional(found)
        for index in range(width + 1, len(found.args)):
            changes[index + found.offset] = (names[index], "")
    return changes


def _condition(module: Module, value: ast.expr) -> str:
    written = module.source.segment(value)
    return f"({written})" if isinstance(value, (ast.IfExp, ast.Lambda)) else written


def _elsewhere(module: Module, node: ast.Call) -> Iterator[Finding]:
    """Calls that hand the parameter to Streamlit by a way that is not edited."""
    if not any(k.arg == CONTAINER_WIDTH for k in node.keywords):
        return
    function = node.func
    own = [function for _, function in functions(module, function)]
    if own:
        hidden = [f for f in own if f.args.kwarg and not _has_parameter(f)]
        if hidden:
            yield module.find(
                node,
                f"`{CONTAINER_WIDTH}` is deprecated where {hidden[0].name}() hands it to Streamlit",
                remedy=_BY_HAND,
            )
    elif (
        isinstance(function, ast.Attribute)
        and function.attr in elements()
        and UNKNOWN in module.names.possible(function)
    ):
        yield _doubtful(module, node, f"streamlit.{function.attr}")


def _has_parameter(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    every = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    return any(a.arg == CONTAINER_WIDTH for a in every)


def _doubtful(module: Module, node: ast.Call, name: str) -> Finding:
    return module.find(
        node,
        f"the parameter `{CONTAINER_WIDTH}` of {shown(name)} is deprecated, if this is Streamlit's",
        remedy=_BY_HAND,
    )
