"""What one Streamlit wheel calls deprecated: by wrapper, by docstring, by a warning in the body.

Used by `streamlit_facts.py`.
"""

from __future__ import annotations

import ast
import functools
import itertools
import re
from collections.abc import Iterator

from streamlit_wheel import OPAQUE, Binding, FunctionNode, Wheel, tail

_WRAPPERS = {
    "deprecate_func_name",
    "deprecate_obj_name",
    "function_beta_warning",
    "object_beta_warning",
}
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def wrapped(binding: Binding) -> str | None:
    """The removal date (or "") of a name that is bound to a deprecating wrapper; else None."""
    if not isinstance(binding, ast.Call):
        return None
    warns = any(keyword.arg == "deprecation_warning" for keyword in binding.keywords)
    if not warns and tail(binding.func).lstrip("_") not in _WRAPPERS:
        return None
    return _date(binding)


def _date(node: ast.AST) -> str:
    for step in ast.walk(node):
        if isinstance(step, ast.Constant) and isinstance(step.value, str):
            found = _DATE.search(step.value)
            if found:
                return found.group()
    return ""


def documented(node: FunctionNode, parameters: set[str]) -> Iterator[str]:
    """Parameters that the docstring calls deprecated; "" for the function itself.

    Up to 1.49 the note stands after all parameters and names its own; later it stands below its own.
    """
    lines = (ast.get_docstring(node) or "").splitlines()
    for number, line in enumerate(lines):
        if not line.strip().startswith(".. deprecated::"):
            continue
        indent = _indent(line)
        note = itertools.takewhile(functools.partial(_deeper, indent), lines[number + 1 :])
        named = re.findall(r"``\W*(\w+)\W*``", " ".join(note))[:1]
        if indent:
            above = next(
                at for at in reversed(lines[:number]) if at.strip() and _indent(at) < indent
            )
            named = [part.strip(" *") for part in above.partition(" : ")[0].split(",")]
        yield from sorted(parameters.intersection(named)) or [""]


def _deeper(indent: int, line: str) -> bool:
    return _indent(line) > indent


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def warned(node: FunctionNode, parameters: set[str]) -> dict[str, str]:
    """Parameters (or "" for the function) whose use makes the body show a deprecation warning."""
    found: dict[str, str] = {}

    def visit(step: ast.AST, tests: tuple[ast.expr, ...]) -> None:
        if isinstance(step, ast.Call) and re.match(r"_?show_\w*deprecat", tail(step.func)):
            subjects = [""] if not tests else _subjects(tests, parameters)
            found.update(dict.fromkeys(subjects, _date(step)))
        if isinstance(step, ast.If):
            for child in step.body:
                visit(child, (*tests, step.test))
            for child in step.orelse:
                visit(child, (*tests, ast.Constant(None)))
            return
        for inner in ast.iter_child_nodes(step):
            visit(inner, tests)

    for statement in node.body:
        visit(statement, ())
    return found


def _subjects(tests: tuple[ast.expr, ...], parameters: set[str]) -> list[str]:
    """Which parameters the innermost condition asks for: `x is not None`, `x`, `"x" in kwargs`."""
    match tests[-1]:
        case ast.Name(id=name) if name in parameters:
            return [name]
        case ast.Compare(left=ast.Name(id=name), ops=[ast.IsNot()]) if name in parameters:
            return [name]
        case ast.Compare(
            left=ast.Constant(value=str(name)), ops=[ast.In()], comparators=[ast.Name(id=holder)]
        ) if holder in parameters:
            return [name]
    return []


def renamed(wheel: Wheel) -> Iterator[tuple[str, str]]:
    """Old names that some function of the wheel asks to replace, with the date of removal."""
    for module in wheel.files:
        if OPAQUE.match(module) or module.endswith("deprecation_util"):
            continue
        for node in ast.walk(wheel.tree(module)):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = tail(node.func).lstrip("_")
            place = {"make_deprecated_name_warning": 0, "deprecate_func_name": 1}.get(called)
            if place is None or len(node.args) <= place:
                continue
            old = node.args[place]
            if isinstance(old, ast.Constant) and str(old.value).isidentifier():
                yield str(old.value), _date(node)
