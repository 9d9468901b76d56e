"""Make a session where it is used, not once when a module is imported.

**What it does.** In a module that is imported, a session that is assigned at the top becomes a
function, and every use of the name, in this file and in those that import it, becomes a call.

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
imported (``root = Root(session)`` at the top): a finding names each use. Scripts and pages, which
every viewer runs afresh.

**Safety.** Safe where every use is a call or an attribute of the session; the edits of one session
are made all or none.

**Source.** "Migrating between runtime environments",
https://docs.snowflake.com/en/developer-guide/streamlit/migrations-and-upgrades/runtime-migration
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sis_codemods.session.fallback_shape import accessor_calls, gets_session
from sis_codemods.session.values import STATE_KEY
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Edit, EditGroup, Finding, Item, Safety
from sis_migrate.python.definitions import Use, Uses, uses
from sis_migrate.python.edits import Lines, NodeChange, PythonChange
from sis_migrate.python.graph import Role
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
    triggers=(b".session()", STATE_KEY.encode(), b"get_session()", b"viewer_session()"),
)


@codemod.on_module
def shared(module: Module) -> Iterator[Edit | Finding]:
    """Turn each session made at the top of an imported file into a function."""
    if module.role is not Role.SHARED:
        return
    for statement in module.source.tree.body:
        for assignment in _assignments(statement):
            name = _name(assignment)
            if name and gets_session(module, assignment):
                yield from _turned(module, statement, assignment, name)


def _turned(
    module: Module, statement: ast.stmt, assignment: ast.stmt, name: str
) -> Iterator[Edit | Finding]:
    found = uses(module, name)
    loads = [u for u in found.uses if isinstance(u.node.ctx, ast.Load)]
    obstacle = _obstacle(module, statement, assignment, name, found)
    if obstacle:
        places = ", ".join(sorted({_place(u) for u in loads})) or "nowhere in the app"
        yield module.find(
            assignment,
            f"the session is made once, at import, for all viewers, and is not turned into a "
            f"function because {obstacle}; used in {places}",
            remedy="Write a function that returns the session, and call it at each of these places.",
        )
        return
    value = _value(assignment)
    function = _own_accessor(module, value)
    group = EditGroup("shared-session", anchor=f"{module.path}:{name}")
    change = PythonChange(removals=(assignment,))
    if not function:
        function = _free_name(name, [module, *(m for m, _ in found.imports)])
        text = f"def {function}():\n    return {module.source.segment(value)}\n"
        change = PythonChange(lines=(Lines(assignment, text),))
    yield module.edit(
        assignment,
        change,
        f"the session that was made at import for all viewers becomes a function, {function}()",
        group=group,
    )
    for other, binding in found.imports:
        yield _import(other, binding, function, group)
    for use in loads:
        yield _call(use, function, group)


def _import(other: Module, binding: Binding, function: str, group: EditGroup) -> Edit:
    def rewrite(node: cst.CSTNode) -> cst.CSTNode:
        import libcst

        return node.with_changes(name=libcst.Name(function), asname=None)

    change = PythonChange(nodes=(NodeChange(binding.node, rewrite),))
    return other.edit(binding.node, change, f"imports {function}", group=group, silent=True)


def _call(use: Use, function: str, group: EditGroup) -> Edit:
    text = f"{function}()"
    if isinstance(use.node, ast.Attribute):
        text = f"{use.module.source.segment(use.node.value)}.{text}"
    return use.module.replace(
        use.node, text, f"the session made at import becomes {text}", group=group
    )


def _obstacle(
    module: Module, statement: ast.stmt, assignment: ast.stmt, name: str, found: Uses
) -> str:
    """Why a session cannot be turned into a function; "" where it can."""
    if statement is not assignment:
        return "it is not simply assigned"
    if len(module.names.module_scope.bindings.get(name, ())) > 1:
        return "its name is assigned more than once"
    if found.obstacle:
        return found.obstacle
    for use in found.uses:
        if not isinstance(use.node.ctx, ast.Load):
            return f"{_place(use)} assigns it anew"
        if _at_import(use):
            return f"{_place(use)} uses it while the file is imported"
        if isinstance(use.module.names.parents.get(use.node), ast.withitem):
            return f"{_place(use)} closes it"
    for other, binding in found.imports:
        if len(binding.scope.bindings[binding.name]) > 1:
            return f"{other.path.name} gives the name to something else, too"
    return ""


def _at_import(use: Use) -> bool:
    names = use.module.names
    shared = use.module.role is not Role.SCRIPT
    return shared and names.scope_of(use.node).frame is names.module_scope


def _assignments(statement: ast.stmt) -> Iterator[ast.stmt]:
    """A statement and, in a ``try`` or ``if``, those in it."""
    yield statement
    if isinstance(statement, (ast.If, ast.Try)):
        blocks = [statement.body, statement.orelse]
        if isinstance(statement, ast.Try):
            blocks += [h.body for h in statement.handlers]
        for block in blocks:
            for child in block:
                yield from _assignments(child)


def _name(statement: ast.stmt) -> str:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
    return ""


def _value(statement: ast.stmt) -> ast.expr:
    assert isinstance(statement, (ast.Assign, ast.AnnAssign))
    assert statement.value is not None
    return statement.value


def _own_accessor(module: Module, value: ast.expr) -> str:
    """The name of this file's own accessor, where it is what gives the session; else ""."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return value.func.id if accessor_calls(module, value) and not value.args else ""
    return ""


def _free_name(name: str, modules: Sequence[Module]) -> str:
    plain = name.strip("_")
    for candidate in (f"get_{plain}", f"make_{plain}", f"open_{plain}"):
        if not any(m.names.binds(candidate) for m in modules):
            return candidate
    return f"_get_{plain}_of_viewer"


def _place(use: Use) -> str:
    return f"{use.module.path.name}:{use.node.lineno}"
