"""Every place where an app starts a thread or a process, and what runs in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from sis_codemods.session.origins import origins
from sis_migrate.python.definitions import Function, bindings, functions
from sis_migrate.python.graph import Role
from sis_migrate.python.module import Module

_STARTERS = {
    "threading.Thread": ("target", 1),
    "threading.Timer": ("function", 1),
    "multiprocessing.Process": ("target", 1),
    "_thread.start_new_thread": ("function", 0),
    "asyncio.to_thread": ("func", 0),
    "joblib.delayed": ("function", 0),
}
"""What starts a thread or process: the parameter that is run, and its position."""
_POOLS = ("concurrent.futures.", "multiprocessing.", "joblib.")
_POOL_METHODS = frozenset(
    {"apply", "apply_async", "imap", "imap_unordered", "map", "map_async", "starmap", "submit"}
)
_LOOP_METHOD = "run_in_executor"
_THREADS = frozenset({"threading.Thread", "multiprocessing.Process"})
_RUNNERS = frozenset({"asyncio.run"})
_DEPTH = 5

_Code = tuple[Module, ast.AST]


@dataclass(frozen=True, slots=True)
class OwnThread:
    """A call that starts a thread, or a class of threads; ``name`` is what runs in it.

    ``code`` is all of it that is the app's own, what it calls included; ``has_context`` says that
    the file gives threads the script's context.
    """

    module: Module
    call: ast.Call | ast.ClassDef
    name: str
    code: tuple[_Code, ...]
    has_context: bool


def own_threads(module: Module) -> Iterator[OwnThread]:
    """The threads and processes that a file starts, in the order of the source."""
    if module.role is Role.UNREACHED:
        return
    for call in module.source.nodes(ast.Call):
        target = _target(module, call)
        if target is None:
            continue
        starts, name = _run(module, call, target)
        if starts:
            yield OwnThread(module, call, name, tuple(_all_code(starts)), _has_context(module))
    for owner in module.source.nodes(ast.ClassDef):
        if _THREADS.isdisjoint(module.resolve(base) for base in owner.bases):
            continue
        runs: list[_Code] = [
            (module, s) for s in owner.body if isinstance(s, Function) and s.name == "run"
        ]
        if runs:
            name = f"{owner.name}.run()"
            yield OwnThread(module, owner, name, tuple(_all_code(runs)), _has_context(module))


def _target(module: Module, call: ast.Call) -> ast.expr | None:
    """The function that a call runs in another thread; None where it starts none."""
    starter = _STARTERS.get(module.resolve(call.func) or "")
    if starter:
        return _argument(call, *starter)
    if not isinstance(call.func, ast.Attribute):
        return None
    if call.func.attr == _LOOP_METHOD:
        return _argument(call, "func", 1)
    if call.func.attr in _POOL_METHODS:
        found = origins(module, call.func.value)
        if found and all(name.startswith(_POOLS) for name in found):
            return _argument(call, "fn", 0)
    return None


def _argument(call: ast.Call, keyword: str, position: int) -> ast.expr | None:
    for given in call.keywords:
        if given.arg == keyword:
            return given.value
    return call.args[position] if len(call.args) > position else None


def _run(module: Module, call: ast.Call, target: ast.expr) -> tuple[list[_Code], str]:
    """The app's own functions behind a target, and what to call them."""
    if isinstance(target, ast.Call) and module.resolve(target.func) == "functools.partial":
        target = target.args[0] if target.args else target
    if isinstance(target, ast.Lambda):
        return [(module, target.body)], "a lambda"
    if module.resolve(target) in _RUNNERS:
        return _coroutine(module, call)
    made = [(home, f) for home, f in functions(module, target)]
    name = module.source.segment(target)
    if not made and isinstance(target, ast.Attribute):
        made = list(_method(module, target))
    return [(home, function) for home, function in made], f"{name}()"


def _coroutine(module: Module, call: ast.Call) -> tuple[list[_Code], str]:
    """``Thread(target=asyncio.run, args=(work(),))``."""
    arguments = _argument(call, "args", 3)
    for node in ast.walk(arguments) if arguments is not None else ():
        if isinstance(node, ast.Call):
            made = [(home, function) for home, function in functions(module, node.func)]
            return list(made), f"{module.source.segment(node.func)}()"
    return [], ""


def _method(module: Module, target: ast.Attribute) -> Iterator[tuple[Module, Function]]:
    """``worker.run`` where ``worker = Worker()`` is an object of a class of the app."""
    for home, binding in bindings(module, target.value):
        if isinstance(binding.value, ast.Call):
            for place, made in bindings(home, binding.value.func):
                if isinstance(made.node, ast.ClassDef):
                    yield from (
                        (place, s)
                        for s in made.node.body
                        if isinstance(s, Function) and s.name == target.attr
                    )


def _all_code(starts: list[_Code]) -> Iterator[_Code]:
    """The code that runs, and the app's own functions that it calls, a few levels deep."""
    seen: set[ast.AST] = set()
    level = starts
    for _ in range(_DEPTH):
        further: list[_Code] = []
        for module, code in level:
            if code in seen:
                continue
            seen.add(code)
            yield module, code
            for node in ast.walk(code):
                if isinstance(node, ast.Call):
                    further += functions(module, node.func)
        level = further


def _has_context(module: Module) -> bool:
    return "add_script_run_ctx" in module.source.text
