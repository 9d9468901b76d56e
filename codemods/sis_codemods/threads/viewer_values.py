"""Whether a value is the same for all viewers of an app, or one of theirs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from enum import StrEnum

from sis_codemods.session.calls import callers, parameter
from sis_codemods.streamlit.receivers import streamlit_call
from sis_codemods.threads.reached import bound
from sis_migrate.python.definitions import Function, functions, returned
from sis_migrate.python.module import Module
from sis_migrate.python.names import Binding, BindingKind

_WIDGETS = frozenset(
    {
        "audio_input", "button", "camera_input", "chat_input", "checkbox", "color_picker",
        "data_editor", "date_input", "datetime_input", "feedback", "file_uploader",
        "form_submit_button", "menu_button", "multiselect", "number_input", "pills", "radio",
        "segmented_control", "select_slider", "selectbox", "slider", "text_area", "text_input",
        "time_input", "toggle",
    }
)  # fmt: skip
_OF_VIEWER = ("session_state", "user", "experimental_user", "query_params", "context")
_EACH_TIME = ("datetime.", "random.", "secrets.", "time.", "uuid.", "numpy.random.")
"""What these give is another each time."""
_MAX_STEPS = 150

_Place = tuple[Module, ast.expr]


class Belongs(StrEnum):
    """Whose a value is."""

    ALL = "all"
    """Made of literals, secrets, the environment and what the app computes from them."""
    VIEWER = "viewer"
    """Some part comes from a widget, the session state, the URL or the viewer's identity."""
    UNKNOWN = "unknown"


def belongs(module: Module, expr: ast.expr) -> Belongs:
    """Whose a value is, followed through names, the app's own functions and their callers."""
    work: list[_Place] = [(module, expr)]
    seen: set[ast.expr] = set()
    unknown = False
    while work:
        home, node = work.pop()
        if node in seen:
            continue
        seen.add(node)
        if len(seen) > _MAX_STEPS:
            return Belongs.UNKNOWN
        if _is_viewers(home, node):
            return Belongs.VIEWER
        further = list(_parts(home, node))
        unknown = unknown or None in further
        work += [place for place in further if place is not None]
    return Belongs.UNKNOWN if unknown else Belongs.ALL


def _is_viewers(module: Module, node: ast.expr) -> bool:
    if isinstance(node, (ast.Name, ast.Attribute)):
        name = module.resolve(node) or ""
        return name.startswith(tuple(f"streamlit.{part}" for part in _OF_VIEWER))
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if called in _WIDGETS or isinstance(node.func, ast.Name):
            found = streamlit_call(module, node)
            return found is not None and found.receiver.command in _WIDGETS
    return False


def _parts(module: Module, node: ast.expr) -> Iterator[_Place | None]:
    """What a value is made of; None for what cannot be followed."""
    match node:
        case ast.Name(ctx=ast.Load()):
            yield from _named(module, node)
        case ast.Call():
            if (module.resolve(node.func) or "").startswith(_EACH_TIME):
                yield None
            for argument in (*node.args, *(k.value for k in node.keywords)):
                yield module, argument
            if isinstance(node.func, ast.Attribute):
                yield module, node.func.value
            for home, function in functions(module, node.func):
                yield from ((home, value) for value in returned(function))
        case ast.Lambda():
            yield module, node.body
        case _:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    yield module, child
                elif isinstance(child, ast.comprehension):
                    yield module, child.iter


def _named(module: Module, name: ast.Name) -> Iterator[_Place | None]:
    for home, binding in bound(module, name):
        if binding.value is not None:
            yield home, binding.value
        elif binding.kind is BindingKind.PARAMETER:
            yield from _arguments(home, binding)
        elif binding.kind is not BindingKind.DEFINITION:
            yield from _taken_from(home, binding.node)


def _taken_from(module: Module, node: ast.AST) -> Iterator[_Place | None]:
    """What a loop, a ``with`` or an unpacking takes a name's value from."""
    while not isinstance(node, ast.stmt):
        match node:
            case ast.comprehension(iter=source) | ast.withitem(context_expr=source):
                yield module, source
                return
        node = module.names.parents[node]
    match node:
        case ast.For(iter=source) | ast.Assign(value=source) | ast.AugAssign(value=source):
            yield module, source
        case ast.Delete():
            return
        case _:
            yield None


def _arguments(module: Module, binding: Binding) -> Iterator[_Place | None]:
    """What callers give for a parameter, else its default; None where nothing is known."""
    function = binding.scope.node
    found = False
    if isinstance(function, Function):
        for home, call in callers(module, function):
            every = [(a, "") for a in call.args] + [(k.value, k.arg or "") for k in call.keywords]
            for value, keyword in every:
                if parameter(home, call, value, keyword, function) == binding.name:
                    found = True
                    yield home, value
    if not found:
        default = _default(function, binding.name)
        yield (module, default) if default else None


def _default(function: ast.AST, name: str) -> ast.expr | None:
    if not isinstance(function, (Function, ast.Lambda)):
        return None
    positional = [*function.args.posonlyargs, *function.args.args]
    given = [None] * (len(positional) - len(function.args.defaults)) + function.args.defaults
    pairs = [*zip(positional, given, strict=True)]
    pairs += zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
    return next((value for argument, value in pairs if argument.arg == name), None)
