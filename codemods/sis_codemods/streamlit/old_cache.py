"""Cache with `st.cache_data` or `st.cache_resource` instead of `st.cache`.

**What it does.** `st.cache` becomes `st.cache_resource` where the function gives a thing to share (a
connection, session, client, model, tokenizer), or where `allow_output_mutation=True` says that the
same object must come back; `st.cache_data` where it gives data. Arguments that the new decorators do
not have go: `suppress_st_warning`, `allow_output_mutation`, and `persist` for a resource.

**Why.** `st.cache` has been gone since 1.62. Before, it gave every caller the same object and watched
whether somebody changed it; `cache_data` gives each a copy.

**Example.**

Before:

```python
import pandas as pd
import streamlit as st

@st.cache(ttl=600, suppress_st_warning=True)
def sales():
    return pd.read_csv("sales.csv")

@st.cache(allow_output_mutation=True)
def settings():
    return {}
```

After:

```python
import pandas as pd
import streamlit as st

@st.cache_data(ttl=600)
def sales():
    return pd.read_csv("sales.csv")

@st.cache_resource
def settings():
    return {}
```

**What it leaves.** Functions of which nothing tells what they give, generators, `async` functions,
`st.cache` under another name or with `**options`: these have a finding. The `self` of methods, which
the new decorators do not take: the finding for the edit says so.

**Safety.** To review: the reason for the choice is in the finding. The new decorators look at the
function's own code and its arguments, not at the functions and global variables that it uses.

**Source.** "Caching overview", https://docs.streamlit.io/develop/concepts/architecture/caching;
streamlit/runtime/caching/legacy_cache_api.py of Streamlit 1.36
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sis_codemods.streamlit.absence import signatures
from sis_codemods.streamlit.api import Api
from sis_codemods.streamlit.api_names import command, is_streamlit
from sis_codemods.streamlit.cached_values import Cached, cached
from sis_codemods.streamlit.handled import names_of
from sis_codemods.streamlit.receivers import Receiver, named
from sis_codemods.streamlit.renaming import is_gone
from sis_codemods.streamlit.target import releases
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Edit, Finding, Item, Safety
from sis_migrate.python.definitions import Function, functions
from sis_migrate.python.edits import PythonChange
from sis_migrate.python.module import Module
from sis_migrate.python.names import BindingKind

_CODE = "SIS340"
_MUTATION, _PERSIST = "allow_output_mutation", "persist"
_CHOOSE = (
    "Use `st.cache_resource` if all viewers are to share one object, `st.cache_data` if each is to"
    " have a copy."
)

codemod = PythonCodemod(
    __name__,
    code=_CODE,
    name="old-cache",
    summary="`st.cache` becomes `st.cache_data` or `st.cache_resource`",
    item=Item.STREAMLIT,
    safety=Safety.REVIEW,
    triggers=(b"cache",),
)


@dataclass(frozen=True, slots=True)
class _Use:
    """One use of the decorator.

    ``node`` is the whole of it: the name, or its call. ``function`` is what it decorates, None where
    that is not known; ``args`` are the decorator's own, without the function.
    """

    node: ast.expr
    name: ast.expr
    function: tuple[Module, Function] | None
    args: tuple[ast.expr, ...] = ()
    keywords: tuple[ast.keyword, ...] = ()
    given: ast.expr | None = None


@codemod.on(ast.Name, ast.Attribute)
def use(module: Module, node: ast.AST) -> Iterator[Edit | Finding]:
    """Replace one use of the old decorator."""
    assert isinstance(node, (ast.Name, ast.Attribute))
    if not isinstance(node.ctx, ast.Load) or not _may_be_cache(module, node):
        return
    receiver = named(module, node)
    if receiver is None or not receiver.certain or command(receiver.name) not in names_of(_CODE):
        return
    if not is_gone(module, node, receiver):
        return
    found = _use(module, node)
    if found is None:
        yield module.find(
            node, "st.cache is gone, and it is handed on by another name here", remedy=_CHOOSE
        )
    else:
        yield from _replaced(module, found)


@codemod.on(ast.ImportFrom)
def imported(module: Module, node: ast.AST) -> Iterator[Edit | Finding]:
    """An import that nothing in the file uses, which fails all the same."""
    assert isinstance(node, ast.ImportFrom)
    for alias in node.names:
        name = f"{node.module}.{alias.name}"
        if node.level or not is_streamlit(name) or command(name) not in names_of(_CODE):
            continue
        binding = next((b for b in module.names.imports() if b.node is alias), None)
        if binding is None or module.names.references(binding):
            continue
        if not is_gone(module, alias, Receiver(name, certain=True)):
            continue
        if module.needed_elsewhere(binding):
            yield module.find(alias, "st.cache is gone, and other files take it from here",
                              remedy=_CHOOSE)  # fmt: skip
        else:
            change = PythonChange(drops=(binding,))
            yield module.edit(
                alias, change, "the import of st.cache goes: nothing uses it", safety=Safety.SAFE
            )


def _may_be_cache(module: Module, node: ast.Name | ast.Attribute) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == "cache"
    found = module.names.bindings(node)
    return any(b.kind is BindingKind.IMPORT and b.target.endswith(".cache") for b in found)


def _use(module: Module, node: ast.expr) -> _Use | None:
    parent = module.names.parents[node]
    if isinstance(parent, Function) and node in parent.decorator_list:
        return _Use(node, node, (module, parent))
    if not isinstance(parent, ast.Call) or parent.func is not node:
        return None
    keywords = tuple(parent.keywords)
    outer = module.names.parents[parent]
    if isinstance(outer, Function) and parent in outer.decorator_list:
        return _Use(parent, node, (module, outer), tuple(parent.args), keywords)
    if parent.args:
        given = parent.args[0]
        return _Use(parent, node, _own(module, given), tuple(parent.args[1:]), keywords, given)
    if isinstance(outer, ast.Call) and outer.func is parent and len(outer.args) == 1:
        return _Use(parent, node, _own(module, outer.args[0]), (), keywords)
    return _Use(parent, node, None, (), keywords)


def _own(module: Module, expr: ast.expr) -> tuple[Module, Function] | None:
    return next(iter(functions(module, expr)), None)


def _replaced(module: Module, found: _Use) -> Iterator[Edit | Finding]:
    given = _arguments(found)
    if given is None:
        yield module.find(found.node, "st.cache is gone, and has hidden arguments", remedy=_CHOOSE)
        return
    answer = _kind(found, given)
    if answer.kind not in {"data", "resource"}:
        reason = answer.reason or "nothing tells what the function gives"
        yield module.find(found.node, f"st.cache is gone; {reason}", remedy=_advice(answer))
        return
    yield _edit(module, found, given, answer)


def _arguments(found: _Use) -> dict[str, ast.expr] | None:
    """The decorator's arguments by name; None where some are hidden."""
    if any(k.arg is None for k in found.keywords) or isinstance(found.given, ast.Starred):
        return None
    names = _old_positional()
    if len(found.args) > len(names) or any(isinstance(a, ast.Starred) for a in found.args):
        return None
    given = dict(zip(names, found.args, strict=False))
    return given | {str(k.arg): k.value for k in found.keywords}


def _old_positional() -> tuple[str, ...]:
    """The positional parameters of the old decorator, without the function."""
    known = Api.load().parameters("streamlit.cache", (1, 35))
    return tuple(p.name for p in known.positional[1:]) if known else ()


def _kind(found: _Use, given: Mapping[str, ast.expr]) -> Cached:
    answer = cached(*found.function) if found.function else Cached("")
    mutation = given.get(_MUTATION)
    if answer.kind == "iterator" or answer.kind == "resource" or mutation is None:
        return answer
    if isinstance(mutation, ast.Constant) and not mutation.value:
        return answer
    return Cached("resource", f"{_MUTATION} says that the same object must come back")


def _advice(answer: Cached) -> str:
    if answer.kind == "iterator":
        return "Cache a list of what it gives, or what it awaits, with `st.cache_data`."
    return _CHOOSE


def _edit(module: Module, found: _Use, given: Mapping[str, ast.expr], answer: Cached) -> Edit:
    new = f"cache_{answer.kind}"
    accepted = _accepted(new)
    kept = [
        f"{name}={module.source.segment(value)}"
        for name, value in given.items()
        if name in accepted and not _is_default(name, value)
    ]
    st = module.imports.name_for("streamlit", alias="st", at=found.name)
    if found.given is not None:
        kept.insert(0, module.source.segment(found.given))
    is_factory = isinstance(found.node, ast.Call) and not _is_decorator(module, found.node)
    arguments = f"({', '.join(kept)})" if kept or (is_factory and found.given is None) else ""
    lost = _PERSIST in given and not _is_default(_PERSIST, given[_PERSIST]) and new[6:] != "data"
    words = f"st.cache becomes st.{new}: {answer.reason}"
    return module.replace(
        found.node,
        f"{st}.{new}{arguments}",
        words + ("; it is not kept on disk any more" if lost else ""),
        imports=[st],
        drops=module.import_of(found.name) if isinstance(found.name, ast.Name) else (),
        remedy=_remedy(found, answer),
        oldest_streamlit="1.18",
    )


def _accepted(new: str) -> frozenset[str]:
    known = signatures(f"streamlit.{new}", releases())
    return frozenset.intersection(*(s.keywords for _, s in known))


def _is_default(name: str, value: ast.expr) -> bool:
    return name == _PERSIST and isinstance(value, ast.Constant) and not value.value


def _is_decorator(module: Module, node: ast.expr) -> bool:
    parent = module.names.parents[node]
    return isinstance(parent, Function) and node in parent.decorator_list


def _remedy(found: _Use, answer: Cached) -> str:
    """What to look at. The new decorators make the key of a cache from ``self``, too, and cannot."""
    advice = "Check the choice: all viewers share this object."
    if answer.kind == "data":
        advice = "Check the choice, and that nothing changes the value where it is a copy now."
    if found.function is None:
        return advice
    home, function = found.function
    arguments = [*function.args.posonlyargs, *function.args.args]
    is_method = isinstance(home.names.parents[function], ast.ClassDef)
    if not is_method or not arguments or arguments[0].arg not in {"self", "cls"}:
        return advice
    first = arguments[0].arg
    return f"Name the parameter `_{first}`: a cache cannot have `{first}` in its key. {advice}"
