"""The form in which an app gets its session after the migration, and the code that goes with it.

``docs/sessions.md`` says what each form costs, measured with Streamlit and Snowpark themselves.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sis_codemods.session import accessor_code
from sis_codemods.session.left_to_fallback import asks_for_active_session, is_left_to_fallback
from sis_codemods.session.probes import probe_of
from sis_codemods.session.sql_facts import Kind
from sis_codemods.session.state import changes
from sis_codemods.session.values import STATE_KEY
from sis_codemods.session.warehouse_places import is_of_warehouse
from sis_migrate.model import EditGroup
from sis_migrate.python.definitions import Function, returned, uses
from sis_migrate.python.edits import ImportedName, Lines
from sis_migrate.python.graph import Role
from sis_migrate.python.module import Module, Project

GROUP = EditGroup("session", vital=True)
"""All edits that give an app its sessions: one ``get_active_session()`` left fails beside them."""

ACCESSOR, FILE = "get_session", "snowflake_session"
_PER_VIEWER_KINDS = (
    Kind.USE, Kind.SETTING, Kind.VARIABLE, Kind.TEMPORARY, Kind.TRANSACTION, Kind.LAST_QUERY,
)  # fmt: skip
_SAME_FOR_ALL = frozenset({Kind.USE, Kind.SETTING, Kind.VARIABLE})


class Form(StrEnum):
    """How an app gets its session."""

    DOCUMENTED = "documented"
    """``st.connection("snowflake").session()`` where the session is needed."""
    ACCESSOR = "accessor"
    """A function that keeps each viewer's session in ``st.session_state``."""
    VIEWER = "viewer"
    """The same over a connection of the viewer's own (Streamlit 1.53 or later)."""


@dataclass(frozen=True, slots=True)
class Place:
    """A call that stands for the session today."""

    module: Module
    call: ast.Call


@dataclass(frozen=True, slots=True)
class Plan:
    """How the app's session is to be got: the form, its places, and where the accessor is.

    ``file`` is the module to create for an accessor that several files use, ``name`` the module's
    or else the function's name; ``own`` the only place, in a function that returns nothing else.
    """

    form: Form
    places: tuple[Place, ...]
    name: str = ""
    file: Path | None = None
    exists: bool = False
    own: Function | None = None


def plan(project: Project) -> Plan:
    """The plan for an app, worked out once a round."""
    return project.once(_plan)


def places(project: Project) -> tuple[Place, ...]:
    """Every call of an app's scripts, and of what they import, that asks for the active session."""
    return project.once(_places)


def expression(module: Module, call: ast.Call) -> tuple[str, list[ImportedName]]:
    """What takes the place of a call, and the imports that it needs there."""
    chosen = plan(module.project)
    if chosen.form is Form.DOCUMENTED or chosen.own is not None:
        st = module.imports.name_for("streamlit", alias="st", at=call)
        return f'{st}.connection("snowflake").session()', [st]
    if chosen.file is None:
        return f"{chosen.name}()", []
    home = module.imports.name_for(chosen.name, alias=chosen.name, at=call)
    return f"{home}.{ACCESSOR}()", [home]


def added_lines(module: Module, call: ast.Call) -> tuple[Lines | None, list[ImportedName]]:
    """The accessor to put into this file for the edit of ``call``, and the imports it needs."""
    chosen = plan(module.project)
    if chosen.form is Form.DOCUMENTED or chosen.file is not None:
        return None, []
    if chosen.own is not None:
        st = module.imports.name_for("streamlit", alias="st", at=call)
        statement = module.names.statement(call)
        return Lines(statement, accessor_code.body(str(st))), [st]
    anchor = _anchor(module, places(module.project))
    if anchor is None:
        return None, []
    body = module.source.tree.body
    below = body[body.index(anchor) + 1]  # where the code is, the same for the edit of every call
    st = module.imports.name_for("streamlit", alias="st", at=below)
    if chosen.form is not Form.VIEWER:
        return Lines(anchor, accessor_code.shared(chosen.name, str(st)), after=True), [st]
    snowpark = module.imports.name_for(accessor_code.SNOWPARK, alias="snowpark", at=below)
    text = accessor_code.of_viewer(chosen.name, str(st), str(snowpark))
    return Lines(anchor, text, after=True), [snowpark, st]


def _plan(project: Project) -> Plan:
    found = places(project)
    form = _form(project, found)
    if form is Form.DOCUMENTED or not found:
        return Plan(form, found)
    own = _own_accessor(found) if form is Form.ACCESSOR else None
    if own is not None:
        return Plan(form, found, own=own)
    if len({p.module.path for p in found}) == 1 and _anchor(found[0].module, found) is not None:
        return Plan(form, found, name=_free_name(found[0].module))
    home = _home(project)
    if home is None:
        return Plan(Form.DOCUMENTED, found)
    name = FILE
    number = 2
    while _is_taken(project, name, home):
        name, number = f"{FILE}_{number}", number + 1
    path = home / f"{name}.py"
    return Plan(form, found, name=name, file=path, exists=path in project.modules)


def _home(project: Project) -> Path | None:
    """The folder that Streamlit puts on the path for every file; None where it is not one."""
    if project.app.entry_point:
        return project.app.entry_point.parent
    folders = {p.parent for p in project.app.scripts if p.parent.name != "pages"}
    return folders.pop() if len(folders) == 1 else None


def _places(project: Project) -> tuple[Place, ...]:
    return tuple(
        Place(module, node)
        for module in project.modules.values()
        if b"get_active_session" in module.source.file.text.encode()
        or "getOrCreate" in module.source.text
        or ".create()" in module.source.text
        for node in ast.walk(module.source.tree)
        if isinstance(node, ast.Call) and _is_place(module, node)
    )


def _is_place(module: Module, call: ast.Call) -> bool:
    return (
        asks_for_active_session(module, call)
        and not is_left_to_fallback(module, call)
        and not is_elsewhere(module)
        and not is_of_warehouse(module, call)
        and probe_of(module, call) is None
    )


def is_elsewhere(module: Module) -> bool:
    """Whether nothing ties a file to the app's pages: no script imports it, and it no Streamlit."""
    if module.role is not Role.UNREACHED:
        return False
    return not any(b.target.partition(".")[0] == "streamlit" for b in module.names.imports())


def _form(project: Project, found: Sequence[Place]) -> Form:
    asked = project.settings.session
    if asked != "auto":
        return Form(asked)
    if any(_needs_own_connection(project)):
        return Form.VIEWER
    return Form.ACCESSOR if _takes_many(project, found) else Form.DOCUMENTED


def _needs_own_connection(project: Project) -> Iterator[bool]:
    for change in changes(project):
        if change.kind in _PER_VIEWER_KINDS and change.sure:
            yield change.kind not in _SAME_FOR_ALL or not change.settled


def _takes_many(project: Project, found: Sequence[Place]) -> bool:
    """Whether one run of a script takes the session at more than one place."""
    weight = dict.fromkeys(project.modules, 0)
    for place in found:
        weight[place.module.path] += _weight(place)
    graph = project.graph
    scripts = [p for p in project.modules if graph.role(p) in (Role.SCRIPT, Role.BOTH)]
    reach = [graph.reachable([script]) for script in scripts] or [frozenset(weight)]
    return any(sum(weight[p] for p in files if p in weight) > 1 for files in reach)


def weight_of(module: Module, function: Function, seen: frozenset[Function] = frozenset()) -> int:
    """At how many places of the app a function is called, or what it gives once is used.

    What another function returns of it is used where that one is called; ``seen`` are those that
    have been counted.
    """
    return sum(
        _weight_of_call(use.module, call, seen | {function})
        for use in uses(module, function.name).uses
        if isinstance(call := use.module.names.parents.get(use.node), ast.Call)
    )


def _weight_of_call(module: Module, call: ast.Call, seen: frozenset[Function]) -> int:
    names = module.names
    outer = next((a for a in names.ancestors(call) if isinstance(a, Function)), None)
    if outer is None or outer in seen or names.scope_of(outer) is not names.module_scope:
        return _weight_at(module, call)
    if not isinstance(names.parents[call], ast.Return):
        return _weight_at(module, call)
    return max(1, weight_of(module, outer, seen))


def _weight_at(module: Module, call: ast.Call) -> int:
    """One, or where an imported file makes it once, at its top, the uses of what it assigns."""
    statement = module.names.statement(call)
    shared = module.role is Role.SHARED and statement in module.source.tree.body
    if shared and isinstance(statement, ast.Assign):
        named = [t.id for t in statement.targets if isinstance(t, ast.Name)]
        return max([1, *(len(uses(module, n).uses) for n in named)])
    return 1


def _weight(place: Place) -> int:
    """At how many places of the app the call's function, or what it is assigned to, is used."""
    names = place.module.names
    for ancestor in names.ancestors(place.call):
        if isinstance(ancestor, Function):
            if names.scope_of(ancestor) is not names.module_scope:
                return 1
            return max(1, weight_of(place.module, ancestor))
    return _weight_at(place.module, place.call)


def _own_accessor(found: Sequence[Place]) -> Function | None:
    """The function that has the only place, in the statement that returns the session."""
    if len(found) != 1:
        return None
    module, call = found[0].module, found[0].call
    statement = module.names.parents[call]
    function = module.names.parents.get(statement)
    if not isinstance(statement, ast.Return) or not isinstance(function, Function):
        return None
    if list(returned(function)) != [call] or isinstance(function, ast.AsyncFunctionDef):
        return None
    return function if not _binds(module, function) else None


def _binds(module: Module, function: Function) -> bool:
    scope = module.names.scope_of(function.body[0])
    return any(name in scope.bindings for name in ("connection", "session"))


def _anchor(module: Module, found: Sequence[Place]) -> ast.stmt | None:
    """The import below which an accessor can stand: the last before the first use at the top."""
    body = module.source.tree.body
    mine = [p.call for p in found if p.module.path == module.path]
    if not mine:
        return None
    first = min(_top_level(module, call, body) for call in mine)
    imports = [s for s in body[:first] if isinstance(s, (ast.Import, ast.ImportFrom))]
    if not imports:
        return None
    last = imports[-1]
    index = body.index(last)
    shares = index + 1 < len(body) and body[index + 1].lineno == last.end_lineno
    return None if shares else last


def _top_level(module: Module, call: ast.Call, body: list[ast.stmt]) -> int:
    child: ast.AST = call
    for ancestor in module.names.ancestors(call):
        if isinstance(ancestor, ast.Module):
            break
        child = ancestor
    assert isinstance(child, ast.stmt)
    return body.index(child)


def _free_name(module: Module) -> str:
    for name in (ACCESSOR, "viewer_session", "snowflake_session"):
        if not module.names.binds(name):
            return name
    number = 2
    while module.names.binds(f"{ACCESSOR}_{number}"):
        number += 1
    return f"{ACCESSOR}_{number}"


def _is_taken(project: Project, name: str, home: Path) -> bool:
    path = home / f"{name}.py"
    if path in project.modules:
        return f'"{STATE_KEY}"' not in project.modules[path].source.text
    in_files = any(name in (p.stem, *p.parent.parts) for p in project.app.files)
    return in_files or path.exists() or (home / name).exists()
