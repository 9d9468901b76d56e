"""Make a session where it is used, not once when a module is imported.

**What it does.** In a module that is imported, a session that is assigned at the top becomes a
function, and every use of the name, in this file and in those that import it, becomes a call. A
session that comes from a function of the app's own (``session = open_session()``) goes, and its uses
call that function.

**Why.** A container imports a module once and all viewers share what it made: one session, from the
first viewer's run until the process ends, also after its connection has expired.

**Example.** In a file ``db.py`` that ``streamlit_app.py`` imports:

Before:

```python
import streamlit as st

session = st.connection("snowflake").session()

def sales():
    return session.table("SALES").to_pandas()
```

After:

```python
import streamlit as st

def get_session():
    return st.connection("snowflake").session()

def sales():
    return get_session().table("SALES").to_pandas()
```

**What it leaves.** A session whose uses cannot all be followed, or that is used while a module is
imported (``root = Root(session)`` at the top), or that comes from a function which does more than
get it: a finding names each use. An object of the app's own class that gets itself a session
(``client = Client()``) has a finding, too, and so have sessions in a class (``session = …`` in its
body), in a parameter's default, in a dict, list or tuple, and those that a function keeps by
``global``, in a class or in a dict of the module. Where each viewer is to have a connection of their
own, no session call of the app is changed then: the first viewer's would be everybody's, until they
leave. Scripts and pages, which every viewer runs afresh.

**Safety.** Safe where every use is a call or an attribute of the session; the edits of one session
are made all or none.

**Source.** "Migrating between runtime environments",
https://docs.snowflake.com/en/developer-guide/streamlit/migrations-and-upgrades/runtime-migration
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sis_codemods.session import forms
from sis_codemods.session.kept_sessions import kept_sessions
from sis_codemods.session.made_at_import import (
    Shared,
    keepers,
    obstacle,
    place,
    shared_sessions,
)
from sis_codemods.session.values import STATE_KEY
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Edit, EditGroup, Finding, Item, Safety, Withhold
from sis_migrate.python.definitions import Function, Use, bindings, exported, functions
from sis_migrate.python.edits import Lines, NodeChange, PythonChange
from sis_migrate.python.module import Module
from sis_migrate.python.names import Binding

if TYPE_CHECKING:
    import libcst as cst

codemod = PythonCodemod(
    __name__,
    code="SIS105",
    name="shared-session",
    summary="A session made at import becomes a function",
    item=Item.THREADS,
    safety=Safety.SAFE,
    triggers=(),
    app_triggers=(
        b".session()",
        STATE_KEY.encode(),
        b"get_active_session",
        b"getOrCreate",
        b".create()",
    ),
)


@codemod.on_module
def shared(module: Module) -> Iterator[Edit | Finding | Withhold]:
    """Turn each session made at the top of an imported file into a function."""
    for made in shared_sessions(module):
        reason = obstacle(made)
        if not reason and not made.asks_still:
            yield from _turned(made)
        elif reason:
            yield from _reported(module, _left(made, reason), asks_still=made.asks_still)


@codemod.on_module
def kept(module: Module) -> Iterator[Finding | Withhold]:
    """Report each object that is made at the top of an imported file with a session in it."""
    for keeper in keepers(module):
        finding = module.find(
            keeper.assignment,
            f"{keeper.name} is made once, at import, and keeps one session for all viewers in "
            f"{keeper.attribute}",
            remedy="Make the object where it is used, or let its methods get the session.",
        )
        yield from _reported(module, finding, asks_still=keeper.asks_still)


@codemod.on_module
def kept_elsewhere(module: Module) -> Iterator[Finding | Withhold]:
    """Report each session that is kept in a class, a default, a container or by ``global``."""
    for place_of_it in kept_sessions(module):
        finding = module.find(
            place_of_it.node,
            f"{place_of_it.where} keeps one session for all viewers, as long as the process lives, "
            "also after its connection has expired",
            remedy="Get the session where it is used: st.connection keeps the connection itself.",
        )
        yield from _reported(module, finding, asks_still=place_of_it.asks_still)


def _reported(
    module: Module, finding: Finding, *, asks_still: bool
) -> Iterator[Finding | Withhold]:
    """The finding, where SIS101 has its turn first only if no session call can be changed.

    One viewer's own connection in a global would be everyone's, until they leave.
    """
    if not asks_still:
        yield finding
    elif forms.plan(module.project).form is forms.Form.VIEWER and finding.span is not None:
        yield finding
        where = f"{module.path.name}:{finding.span.line}"
        yield Withhold(forms.GROUP, f"{where} keeps one session for all viewers")


def _left(made: Shared, reason: str) -> Finding:
    found = {place(u) for u in (*made.loads, *_reads_elsewhere(made))}
    nowhere = "no place that was found" if made.found.obstacle else "nowhere in the app"
    places = ", ".join(sorted(found)) or nowhere
    return made.module.find(
        made.assignment,
        f"the session is made once, at import, for all viewers, and is not turned into a "
        f"function because {reason}; used in {places}",
        remedy="Write a function that returns the session, and call it at each of these places.",
    )


def _reads_elsewhere(made: Shared) -> Iterator[Use]:
    """The places that read the name through a file which hands it on, or by ``import *``."""
    for other in made.module.project.modules.values():
        if other is made.module:
            continue
        for name in other.source.nodes(ast.Name):
            reads = isinstance(name.ctx, ast.Load)
            if reads and any(_is(made, home, b) for home, b in _imported(other, name)):
                yield Use(other, name)
        for node in other.source.nodes(ast.Attribute):
            reads = isinstance(node.ctx, ast.Load) and node.attr == made.name
            if reads and any(_is(made, home, b) for home, b in bindings(other, node)):
                yield Use(other, node)


def _imported(module: Module, name: ast.Name) -> Iterator[tuple[Module, Binding]]:
    names = module.names
    if names.lookup(name.id, names.scope_of(name)) is not None:
        yield from bindings(module, name)
        return
    for star in names.module_scope.stars:
        yield from exported(module, f"{star}.{name.id}")


def _is(made: Shared, home: Module, binding: Binding) -> bool:
    return home is made.module and binding.name == made.name


def _turned(made: Shared) -> Iterator[Edit]:
    module, value = made.module, made.value
    group = EditGroup("shared-session", anchor=f"{module.path}:{made.name}")
    function = _own_function(made)
    change = PythonChange(removals=(made.assignment,))
    new = f"goes: {function}() is called where it is used"
    if not function:
        function = _free_name(made.name, [module, *(m for m, _ in made.found.imports)])
        text = f"def {function}():\n    return {module.source.segment(value)}\n"
        change = PythonChange(lines=(Lines(made.assignment, text),))
        new = f"becomes a function, {function}()"
    yield module.edit(
        made.assignment,
        change,
        f"the session that was made at import for all viewers {new}",
        group=group,
    )
    for other, binding in made.found.imports:
        yield _import(other, binding, function, group)
    for use in made.loads:
        yield _call(use, function, group)


def _import(other: Module, binding: Binding, function: str, group: EditGroup) -> Edit:
    def rewrite(node: cst.CSTNode) -> cst.CSTNode:
        import libcst

        return node.with_changes(name=libcst.Name(function), asname=None)

    there = other.names.binds(function)
    change = (
        PythonChange(drops=(binding,))
        if there
        else PythonChange(nodes=(NodeChange(binding.node, rewrite),))
    )
    return other.edit(binding.node, change, f"imports {function}", group=group, silent=True)


def _call(use: Use, function: str, group: EditGroup) -> Edit:
    text = f"{function}()"
    if isinstance(use.node, ast.Attribute):
        text = f"{use.module.source.segment(use.node.value)}.{text}"
    return use.module.replace(
        use.node, text, f"the session made at import becomes {text}", group=group
    )


def _own_function(made: Shared) -> str:
    """The app's own function that gives the session, if its name means it at every use; else ""."""
    match made.value:
        case ast.Call(func=ast.Name(id=name) as called, args=[], keywords=[]):
            own = [function for _, function in functions(made.module, called)]
        case _:
            return ""
    others = [m for m, _ in made.found.imports]
    meant = len(own) == 1 and all(_means(m, name, own[0]) for m in others if m.names.binds(name))
    return name if meant and _sole(made.module, name) else ""


def _means(module: Module, name: str, function: Function) -> bool:
    """Whether a file that binds a name does so by one import of the function, for the whole file."""
    top = module.names.module_scope.bindings.get(name, ())
    return _sole(module, name) and [b.node for t in top for _, b in exported(module, t.target)] == [
        function
    ]


def _sole(module: Module, name: str) -> bool:
    """Whether a name is bound once in a file, at its top."""
    bound = [b for scope in module.names.scopes() for b in scope.bindings.get(name, ())]
    return len(bound) == 1 and bound[0].scope is module.names.module_scope


def _free_name(name: str, modules: Sequence[Module]) -> str:
    plain = name.strip("_")
    for candidate in (f"get_{plain}", f"make_{plain}", f"open_{plain}"):
        if not any(m.names.binds(candidate) for m in modules):
            return candidate
    return f"_get_{plain}_of_viewer"
