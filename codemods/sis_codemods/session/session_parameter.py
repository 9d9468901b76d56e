"""Keep sessions out of the keys of caches.

**What it does.** A parameter of a cached function that takes a session gets a leading underscore, in
its body, where it is read and where it is set, and in the keywords of its callers.

**Why.** Streamlit makes the key of a cached value from the arguments. A session cannot be hashed
(``UnhashableParamError``), and with ``hash_funcs`` every rerun would have a key of its own.
Parameters that start with an underscore are left out.

**Example.**

Before:

```python
import streamlit as st
from snowflake.snowpark import Session

@st.cache_data(ttl=600)
def sales(session: Session, region):
    return session.table("SALES").filter(region).to_pandas()

sales(session=get_session(), region="EMEA")
```

After:

```python
import streamlit as st
from snowflake.snowpark import Session

@st.cache_data(ttl=600)
def sales(_session: Session, region):
    return _session.table("SALES").filter(region).to_pandas()

sales(_session=get_session(), region="EMEA")
```

**What it leaves.** Methods, functions whose callers cannot all be followed or pass ``**values``, and
parameters that something else than an assignment binds anew (``nonlocal``, an import) or whose name
may be looked up as a text (``locals()``): these have a finding.

**Safety.** Safe: what the session is does not change what the function gives.

**Source.** "Caching overview", https://docs.streamlit.io/develop/concepts/architecture/caching
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sis_codemods.session.cached import cache_decorator
from sis_codemods.session.values import SESSION_NAMES, session_of
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Edit, EditGroup, Finding, Item, Safety
from sis_migrate.python.definitions import Function, uses
from sis_migrate.python.edits import NodeChange, PythonChange, Rewrite
from sis_migrate.python.module import Module
from sis_migrate.python.names import Binding

if TYPE_CHECKING:
    import libcst as cst

_BY_TEXT = frozenset(f"builtins.{name}" for name in ("locals", "vars", "eval", "exec"))

codemod = PythonCodemod(
    __name__,
    code="SIS108",
    name="session-parameter",
    summary="Session parameters of cached functions get an underscore",
    item=Item.CACHE,
    safety=Safety.SAFE,
    triggers=(b"cache_data", b"cache_resource", b"experimental_memo", b"experimental_singleton"),
)


@codemod.on(ast.FunctionDef, ast.AsyncFunctionDef)
def function(module: Module, node: ast.AST) -> Iterator[Edit | Finding]:
    """Rename the parameters of a cached function that take a session."""
    assert isinstance(node, Function)
    if cache_decorator(module, node) is None:
        return
    for argument in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]:
        if not argument.arg.startswith("_") and _takes_session(module, node, argument):
            yield from _renamed(module, node, argument)


def _renamed(module: Module, node: Function, argument: ast.arg) -> Iterator[Edit | Finding]:
    new = f"_{argument.arg}"
    obstacle = _obstacle(module, node, argument, new)
    if obstacle:
        yield module.find(
            argument,
            f"the session {argument.arg} is part of the cache's key, which fails or never fits "
            f"again; not renamed to {new}, because {obstacle}",
            remedy=f"Rename it to {new} here and in the calls.",
        )
        return
    group = EditGroup("session-parameter", anchor=f"{module.path}:{node.name}:{argument.arg}")
    inside = [NodeChange(argument, _parameter(new))]
    inside += [NodeChange(name, _name(new)) for name in _names(module, node, argument)]
    yield module.edit(
        argument,
        PythonChange(nodes=tuple(inside)),
        f"the session parameter {argument.arg} of a cached function becomes {new}",
        group=group,
    )
    for other, call in _calls(module, node):
        for keyword in call.keywords:
            if keyword.arg == argument.arg:
                change = PythonChange(nodes=(NodeChange(keyword, _keyword(new)),))
                yield other.edit(
                    keyword, change, f"the argument is called {new} now", group=group, silent=True
                )


def _obstacle(module: Module, node: Function, argument: ast.arg, new: str) -> str:
    if isinstance(module.names.parents[node], ast.ClassDef):
        return "it is a method, whose callers are not known"
    if _is_bound_inside(module, node, new) or any(_reads(child, new) for child in ast.walk(node)):
        return f"{new} is another name there"
    bound = _bound_otherwise(module, node, argument)
    if bound:
        return bound
    if module.names.scope_of(node) is not module.names.module_scope:
        return ""
    found = uses(module, node.name)
    for use in found.uses:
        parent = use.module.names.parents.get(use.node)
        if not (isinstance(parent, ast.Call) and parent.func is use.node):
            if isinstance(parent, ast.Attribute):  # load.clear()
                continue
            return f"{use.module.path.name}:{use.node.lineno} hands the function on"
        if any(k.arg is None for k in parent.keywords):
            return f"{use.module.path.name}:{parent.lineno} calls it with **"
    return found.obstacle


def _takes_session(module: Module, node: Function, argument: ast.arg) -> bool:
    binding = _binding(module, node, argument)
    for name in module.names.references(binding):
        return session_of(module, name) or _is_given_session(module, node, argument)
    return argument.arg in SESSION_NAMES and argument.annotation is None


def _is_given_session(module: Module, node: Function, argument: ast.arg) -> bool:
    positional = [*node.args.posonlyargs, *node.args.args]
    index = positional.index(argument) if argument in positional else None
    for other, call in _calls(module, node):
        given = [k.value for k in call.keywords if k.arg == argument.arg]
        if index is not None and index < len(call.args):
            given.append(call.args[index])
        if any(session_of(other, value) for value in given):
            return True
    return False


def _calls(module: Module, node: Function) -> Iterator[tuple[Module, ast.Call]]:
    scope = module.names.scope_of(node)
    if scope is module.names.module_scope:
        places = [(u.module, u.node) for u in uses(module, node.name).uses]
    else:
        binding = scope.bindings[node.name][0]
        places = [(module, name) for name in module.names.references(binding)]
    for other, name in places:
        call = other.names.parents.get(name)
        if isinstance(call, ast.Call) and call.func is name:
            yield other, call


def _binding(module: Module, node: Function, argument: ast.arg) -> Binding:
    scope = module.names.scope_of(node.body[0])
    return next(b for b in scope.bindings[argument.arg] if b.node is argument)


def _names(module: Module, node: Function, argument: ast.arg) -> Iterator[ast.Name]:
    """Every name that stands for a parameter: where it is read, and where it is set."""
    yield from module.names.references(_binding(module, node, argument))
    for binding in _others(module, node, argument):
        if isinstance(binding.node, ast.Name):
            yield binding.node


def _others(module: Module, node: Function, argument: ast.arg) -> list[Binding]:
    """What else binds the parameter's name, in the function and by ``nonlocal`` in those inside."""
    scope = module.names.scope_of(node.body[0])
    return [b for b in scope.bindings[argument.arg] if b.node is not argument]


def _bound_otherwise(module: Module, node: Function, argument: ast.arg) -> str:
    """Why not every place that binds or finds a parameter's name is a name in the code; else ""."""
    for binding in _others(module, node, argument):
        if not isinstance(binding.node, ast.Name):
            return f"line {module.source.span(binding.node).line} binds the name in another way"
    for child in ast.walk(node):
        if isinstance(child, ast.Nonlocal) and argument.arg in child.names:
            return f"line {child.lineno} declares it nonlocal"
        if isinstance(child, ast.Name) and module.resolve(child) in _BY_TEXT:
            return f"{child.id} in line {child.lineno} may find it by its name"
    return ""


def _is_bound_inside(module: Module, node: Function, name: str) -> bool:
    inside = set(ast.walk(node))
    return any(name in scope.bindings for scope in module.names.scopes() if scope.node in inside)


def _reads(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _parameter(new: str) -> Rewrite:
    def rewrite(node: cst.CSTNode) -> cst.CSTNode:
        import libcst

        return node.with_changes(name=libcst.Name(new))

    return rewrite


def _name(new: str) -> Rewrite:
    def rewrite(node: cst.CSTNode) -> cst.CSTNode:
        return node.with_changes(value=new)

    return rewrite


def _keyword(new: str) -> Rewrite:
    def rewrite(node: cst.CSTNode) -> cst.CSTNode:
        import libcst

        return node.with_changes(keyword=libcst.Name(new))

    return rewrite
