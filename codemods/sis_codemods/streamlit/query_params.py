"""Read and set query parameters with `st.query_params`.

**What it does.** `st.experimental_set_query_params(…)` becomes `st.query_params.from_dict({…})`, or
`clear()` without arguments. `st.experimental_get_query_params()` becomes `st.query_params` where all
that is done with it is to ask for a name, and for the first value of a name; anywhere else it becomes
a dictionary with the same lists.

**Why.** The old functions have been gone since 1.54. A mechanical change of names is wrong: the old
values were lists, the new ones are strings.

**Example.**

Before:

```python
import streamlit as st

params = st.experimental_get_query_params()
if "page" in params:
    st.write(params["page"][0].lower())
```

After:

```python
import streamlit as st

params = st.query_params
if "page" in params:
    st.write(params["page"].lower())
```

**What it leaves.** Where one of the functions is handed on, or may be something else, that place has a
finding, and the app's other uses stay, too: releases before 1.54 refuse old and new in one run.

**Safety.** Safe, but to review where first values are read: of a name that is given twice,
`st.query_params` has the last value.

**Source.** "st.query_params", https://docs.streamlit.io/develop/api-reference/caching-and-state/st.query_params,
and streamlit/runtime/state/query_params_proxy.py of Streamlit 1.34
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from sis_codemods.streamlit.handled import names_of
from sis_codemods.streamlit.query_values import Reading, reading
from sis_codemods.streamlit.receivers import Receiver, named
from sis_codemods.streamlit.renaming import is_gone
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Edit, EditGroup, Finding, Item, Safety, Withhold
from sis_migrate.python.edits import NodeChange, PythonChange, Rewrite
from sis_migrate.python.module import Module
from sis_migrate.python.names import Binding

if TYPE_CHECKING:
    import libcst as cst

_CODE = "SIS305"
_GET, _SET = names_of(_CODE)
_GROUP = EditGroup("query-params")
_REMEDY = (
    "Read and set them with `st.query_params` here by hand: its values are strings, not lists."
)
_FIRST = "Of a parameter that is given twice this is the last value now, not the first."

codemod = PythonCodemod(
    __name__,
    code=_CODE,
    name="query-params",
    summary="`experimental_get_query_params` and `experimental_set_query_params` become `query_params`",
    item=Item.STREAMLIT,
    safety=Safety.SAFE,
    triggers=(_GET.encode(), _SET.encode()),
)


@codemod.on(ast.Name, ast.Attribute)
def use(module: Module, node: ast.AST) -> Iterator[Edit | Finding | Withhold]:
    """Rewrite one use, or say why not."""
    assert isinstance(node, (ast.Name, ast.Attribute))
    if not isinstance(node.ctx, ast.Load):
        return
    receiver = named(module, node)
    if receiver is None or receiver.command not in (_GET, _SET):
        return
    if not is_gone(module, node, receiver):
        return
    parent = module.names.parents[node]
    call = parent if isinstance(parent, ast.Call) and parent.func is node else None
    obstacle = _obstacle(receiver, call)
    if obstacle or call is None:
        yield from _left(module, node, f"st.{receiver.command} {obstacle}")
    elif receiver.command == _SET:
        yield _set(module, call)
    else:
        yield from _get(module, call)


@codemod.on(ast.Call)
def looked_up(module: Module, node: ast.AST) -> Iterator[Finding | Withhold]:
    """``getattr(st, "experimental_get_query_params")``, with nothing to fall back on."""
    assert isinstance(node, ast.Call)
    if not isinstance(node.func, ast.Name) or node.func.id != "getattr" or len(node.args) != 2:
        return
    owner, name = node.args
    if not isinstance(name, ast.Constant) or name.value not in (_GET, _SET):
        return
    receiver = named(module, owner)
    if receiver is not None and is_gone(
        module, node, Receiver(f"{receiver.name}.{name.value}", receiver.certain)
    ):
        yield from _left(module, node, f"st.{name.value} is looked up by its name")


@codemod.on(ast.ImportFrom)
def unused_import(module: Module, node: ast.AST) -> Iterator[Edit]:
    """Remove an import of the functions that nothing uses."""
    assert isinstance(node, ast.ImportFrom)
    if node.module != "streamlit" or not any(a.name in (_GET, _SET) for a in node.names):
        return
    for binding in module.names.imports():
        if binding.node not in node.names or binding.target.rpartition(".")[2] not in (_GET, _SET):
            continue
        if module.names.references(binding) or module.needed_elsewhere(binding):
            continue
        if is_gone(module, node, Receiver(binding.target, certain=True)):
            yield module.edit(
                node,
                PythonChange(drops=(binding,)),
                f"the unused import of {binding.target.rpartition('.')[2]} is removed",
                group=_GROUP,
            )


def _obstacle(receiver: Receiver, call: ast.Call | None) -> str:
    if not receiver.certain:
        return "is gone, if this is Streamlit's"
    if call is None:
        return "is handed on as a value, and is gone"
    if call.args or (receiver.command == _GET and call.keywords):
        return "is gone, and never took these arguments"
    return ""


def _left(module: Module, node: ast.AST, message: str) -> Iterator[Finding | Withhold]:
    yield module.find(node, message, remedy=_REMEDY)
    line = module.source.span(node).line
    yield Withhold(_GROUP, f"{module.path.name}:{line} keeps the old functions")


def _get(module: Module, call: ast.Call) -> Iterator[Edit]:
    st = module.imports.name_for("streamlit", alias="st", at=call)
    found = None if _sets(module) else reading(module, call)
    if found is None:
        yield module.replace(
            call,
            f"{{name: {st}.query_params.get_all(name) for name in {st}.query_params}}",
            f"{_GET}() becomes a dictionary of the lists in {st}.query_params",
            imports=[st],
            drops=_imports(module, call.func),
            group=_GROUP,
            oldest_streamlit="1.30",
        )
        return
    yield from _reading(module, call, found)


def _reading(module: Module, call: ast.Call, found: Reading) -> Iterator[Edit]:
    """``st.query_params`` in the place of the call, and strings in the place of first values."""
    st = module.imports.name_for("streamlit", alias="st", at=call)
    doubt = Safety.REVIEW if found.first_values else None
    what = f"{_GET}() becomes {st}.query_params"
    for position, (node, text) in enumerate(found.texts(f"{st}.query_params")):
        edit = module.replace(
            node,
            text,
            f"{what}, and first values of lists the strings there" if doubt else what,
            imports=[st],
            drops=_imports(module, call.func),
            group=_GROUP,
            safety=doubt,
            remedy=_FIRST if doubt else "",
            oldest_streamlit="1.30",
        )
        yield replace(edit, silent=position > 0)


def _sets(module: Module) -> bool:
    """Whether the file sets parameters, too: what was read before must not change with them."""
    return _SET in module.source.text or ".query_params" in module.source.text


def _set(module: Module, call: ast.Call) -> Edit:
    st = module.imports.name_for("streamlit", alias="st", at=call)
    method = "from_dict" if call.keywords else "clear"
    change = PythonChange(
        nodes=(
            NodeChange(call.func, _expression(f"{st}.query_params.{method}"), opaque=True),
            NodeChange(call, _with_dictionary),
        ),
        needs=(st.need,) if st.need else (),
        drops=tuple(_imports(module, call.func)),
    )
    return module.edit(
        call,
        change,
        f"{_SET}() becomes {st}.query_params.{method}()",
        group=_GROUP,
        oldest_streamlit="1.34" if call.keywords else "1.30",
    )


def _imports(module: Module, function: ast.expr) -> list[Binding]:
    return module.import_of(function) if isinstance(function, ast.Name) else []


def _expression(text: str) -> Rewrite:
    def rewrite(node: cst.CSTNode) -> cst.CSTNode:
        import libcst

        return libcst.parse_expression(text)

    return rewrite


def _with_dictionary(node: cst.CSTNode) -> cst.CSTNode:
    """The call with its keywords as one dictionary."""
    import libcst

    assert isinstance(node, libcst.Call)
    if not node.args:
        return node
    if len(node.args) == 1 and node.args[0].star:
        return node.with_changes(args=[node.args[0].with_changes(star="")])
    elements: list[libcst.BaseDictElement] = []
    for argument in node.args:
        if argument.keyword is None:
            elements.append(libcst.StarredDictElement(argument.value, comma=argument.comma))
        else:
            key = libcst.SimpleString(f'"{argument.keyword.value}"')
            elements.append(libcst.DictElement(key, argument.value, comma=argument.comma))
    dictionary = libcst.Dict(
        elements,
        lbrace=libcst.LeftCurlyBrace(whitespace_after=node.whitespace_before_args),
        rbrace=libcst.RightCurlyBrace(whitespace_before=node.args[-1].whitespace_after_arg),
    )
    nothing = libcst.SimpleWhitespace("")
    return node.with_changes(args=[libcst.Arg(dictionary)], whitespace_before_args=nothing)
