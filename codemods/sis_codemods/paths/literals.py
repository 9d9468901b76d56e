"""Paths that the source text tells: literals, joined literals, and names for them."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from sis_migrate.python.module import Module
from sis_migrate.python.names import BindingKind

_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?://|\\)|data:|:[\w/]+:|[@~]")
_PATHS = frozenset({"pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath"})
_MAX_STEPS = 5


@dataclass(frozen=True, slots=True)
class PathText:
    """A path as the source tells it; ``node`` is the one literal that holds it, if it is one."""

    text: str
    node: ast.Constant | None = None

    @property
    def relative(self) -> bool:
        """Whether it is a path below or beside the app (no URL, JSON, stage, absolute path)."""
        return bool(self.text.strip()) and not (
            self.text.startswith(("/", "{", "[")) or _ELSEWHERE.match(self.text)
        )

    @property
    def temporary(self) -> bool:
        """Whether it is ``/tmp`` or below."""
        return f"{self.text}/".startswith("/tmp/")


def path_text(module: Module, expr: ast.expr, steps: int = _MAX_STEPS) -> PathText | None:
    """The path that an expression certainly is; None where it is computed from what is not known."""
    if isinstance(expr, ast.Constant):
        return PathText(expr.value, expr) if isinstance(expr.value, str) else None
    if steps == 0:
        return None
    if isinstance(expr, ast.Name):
        value = only_value(module, expr)
        return path_text(module, value, steps - 1) if value is not None else None
    if isinstance(expr, ast.JoinedStr):
        parts = [path_text(module, part, steps - 1) for part in expr.values]
        return _joined(parts, "")
    if isinstance(expr, ast.FormattedValue):
        plain = expr.conversion == -1 and expr.format_spec is None
        return path_text(module, expr.value, steps - 1) if plain else None
    if isinstance(expr, ast.BinOp) and isinstance(expr.op, (ast.Add, ast.Div)):
        sides = [path_text(module, side, steps - 1) for side in (expr.left, expr.right)]
        return _joined(sides, "/" if isinstance(expr.op, ast.Div) else "")
    if isinstance(expr, ast.Call):
        return _of_call(module, expr, steps)
    return None


def written_like(module: Module, node: ast.Constant, text: str) -> str:
    """A text as a literal, in the quotes of another one."""
    quote = "'" if module.source.segment(node).lstrip("rRbBuU")[:1] == "'" else '"'
    plain = text.isprintable() and quote not in text and "\\" not in text
    return f"{quote}{text}{quote}" if plain else repr(text)


def only_value(module: Module, name: ast.Name) -> ast.expr | None:
    """The expression that a name is bound to by its only binding, a plain assignment."""
    bindings = module.names.bindings(name)
    if len(bindings) != 1 or bindings[0].kind is not BindingKind.ASSIGN:
        return None
    return bindings[0].value


def _of_call(module: Module, call: ast.Call, steps: int) -> PathText | None:
    if call.keywords or not call.args:
        return None
    function = module.resolve(call.func)
    parts = [path_text(module, part, steps - 1) for part in call.args]
    if function in _PATHS:
        return parts[0] if len(parts) == 1 else _joined(parts, "/")
    return _joined(parts, "/") if function == "os.path.join" else None


def _joined(parts: list[PathText | None], separator: str) -> PathText | None:
    known = [part for part in parts if part is not None]
    if len(known) != len(parts):
        return None
    texts = [part.text for part in known]
    if separator:
        texts = [text.rstrip("/") for text in texts[:-1]] + texts[-1:]
    return PathText(separator.join(texts))
