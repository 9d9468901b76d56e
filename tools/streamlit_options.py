"""The config options that one Streamlit wheel defines.

Used by `streamlit_facts.py`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from streamlit_wheel import Class, Wheel, tail


@dataclass(frozen=True)
class Option:
    """A config option in one release."""

    scriptable: bool
    deprecated: bool
    replaced_by: str | None
    expires: str | None


def options(wheel: Wheel) -> dict[str, Option]:
    module = "streamlit.config"
    if module not in wheel.files:
        return {}
    found: dict[str, Option] = {}
    for statement in wheel.tree(module).body:
        calls = list(getattr(statement, "decorator_list", []))
        if isinstance(statement, ast.Expr):
            calls.append(statement.value)
        for call in calls:
            if isinstance(call, ast.Call) and call.args:
                found.update(_created(wheel, module, call))
    return found


def _created(wheel: Wheel, module: str, call: ast.Call) -> dict[str, Option]:
    first = call.args[0]
    if not isinstance(first, ast.Constant):
        return {}
    name = str(first.value)
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    if tail(call.func) == "_create_option":
        return {name: _option(keywords)}
    if tail(call.func) != "_create_theme_options":
        return {}
    sections = _sections(wheel, module, keywords["categories"])
    return {f"{section}.{name}": _option(keywords) for section in sections}


def _option(keywords: dict[str | None, ast.expr]) -> Option:
    def text(name: str) -> str | None:
        node = keywords.get(name)
        return str(node.value) if isinstance(node, ast.Constant) and node.value else None

    return Option(
        scriptable=text("scriptable") is not None,
        deprecated=text("deprecated") is not None,
        replaced_by=text("replaced_by"),
        expires=text("expiration_date"),
    )


def _sections(wheel: Wheel, module: str, node: ast.expr) -> Iterator[str]:
    """The theme sections in a list of them: `"theme"`, a member of an enumeration, or all members."""
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.List):
        for element in node.elts:
            yield from _sections(wheel, module, element)
    elif isinstance(node, ast.Starred):
        yield from _sections(wheel, module, node.value)
    elif isinstance(node, ast.Call) and node.args:
        yield from _sections(wheel, module, node.args[0])
    elif isinstance(node, ast.Attribute | ast.Name):
        wanted = node.attr if isinstance(node, ast.Attribute) else None
        owner = wheel.evaluate(node.value if isinstance(node, ast.Attribute) else node, module)
        for name, member in wheel.members(owner).items() if isinstance(owner, Class) else ():
            if name == (wanted or name) and isinstance(member.binding, ast.Constant):
                yield "theme." + str(member.binding.value)
