"""Which expression certainly is a session, or None, at some place of a file."""

from __future__ import annotations

import ast

from sis_codemods.session.values import session_of
from sis_migrate.python.definitions import Function, exported
from sis_migrate.python.module import Module, Project
from sis_migrate.python.names import Binding, BindingKind, Scope

_BLOCKS = (ast.Try, ast.TryStar, ast.With)


def session_in_scope(module: Module, node: ast.AST) -> str:
    """An expression that has a value wherever ``node`` runs, and that value a session; else "".

    A name that is None in some case counts: given None, a library does what it does without it.
    """
    scope: Scope | None = module.names.scope_of(node)
    frame = module.names.scope_of(node).frame
    while scope is not None:
        for name in scope.bindings:
            if module.names.lookup(name, module.names.scope_of(node)) is not scope:
                continue
            ready = scope is not frame or _bound_before(module, scope, name, node)
            if ready and _is_session(module, scope, name):
                return name
        scope = scope.parent
    return _attribute_of_self(module, node)


def _is_session(module: Module, scope: Scope, name: str) -> bool:
    """Whether every binding of a name gives it a session or None, and some a session."""
    sessions = 0
    for binding in scope.bindings[name]:
        if binding.kind is BindingKind.PARAMETER:
            if not _parameter_is_session(module, binding.node):
                return False
            sessions += 1
        elif binding.kind is BindingKind.IMPORT:
            if not _imports_session(module, binding):
                return False
            sessions += 1
        elif binding.kind is not BindingKind.ASSIGN or binding.value is None:
            return False
        elif not (isinstance(binding.value, ast.Constant) and binding.value.value is None):
            if not session_of(module, binding.value):
                return False
            sessions += 1
    return sessions > 0 and _always_bound(module, scope, name)


def _imports_session(module: Module, binding: Binding) -> bool:
    made = list(exported(module, binding.target))
    return bool(made) and all(
        b.kind is BindingKind.ASSIGN and b.value is not None and session_of(home, b.value)
        for home, b in made
    )


def _parameter_is_session(module: Module, node: ast.AST) -> bool:
    assert isinstance(node, ast.arg)
    if node.annotation is not None:
        return "Session" in module.source.segment(node.annotation)
    return node.arg in {"session", "_session", "snowpark_session", "_snowpark_session"}


def _always_bound(module: Module, scope: Scope, name: str) -> bool:
    """Whether some binding is made whatever happens: in no branch and no loop."""
    for binding in scope.bindings[name]:
        if binding.kind is BindingKind.PARAMETER:
            return True
        statement = module.names.statement(binding.node)
        parent = module.names.parents.get(statement)
        while isinstance(parent, _BLOCKS) and statement in parent.body:
            statement, parent = parent, module.names.parents.get(parent)
        if parent is scope.node:
            return True
    return False


def _bound_before(module: Module, scope: Scope, name: str, node: ast.AST) -> bool:
    """In the same run of statements: whether the name has its value when ``node`` runs."""
    bindings = scope.bindings[name]
    if any(b.kind is BindingKind.PARAMETER for b in bindings):
        return True
    first = min(module.source.start(module.names.statement(b.node)) for b in bindings)
    statement = module.names.statement(node)
    return all(b.node not in set(ast.walk(statement)) for b in bindings) and (
        first < module.source.start(statement)
    )


def has_sessions(project: Project) -> bool:
    """Whether any file of the app makes a session; worked out once."""
    return project.once(_has_sessions)


def _has_sessions(project: Project) -> bool:
    return any(
        (isinstance(node.func, ast.Attribute) or "session" in module.source.segment(node.func))
        and session_of(module, node)
        for module in project.modules.values()
        for node in module.source.nodes(ast.Call)
    )


def _attribute_of_self(module: Module, node: ast.AST) -> str:
    """``self.session`` in a method of a class whose ``__init__`` sets it to a session."""
    method = next((a for a in module.names.ancestors(node) if isinstance(a, Function)), None)
    owner = module.names.parents.get(method) if method else None
    if method is None or not isinstance(owner, ast.ClassDef) or method.name == "__init__":
        return ""
    if not method.args.args or method.args.args[0].arg != "self":
        return ""
    for statement in owner.body:
        if isinstance(statement, Function) and statement.name == "__init__":
            for line in statement.body:
                match line:
                    case ast.Assign(
                        targets=[ast.Attribute(value=ast.Name(id="self"), attr=attr)], value=value
                    ) if session_of(module, value):
                        return f"self.{attr}"
    return ""
