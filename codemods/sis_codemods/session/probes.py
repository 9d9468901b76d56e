"""``get_active_session()`` called only to learn whether the app runs in Snowflake."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from sis_codemods.session.values import GET_ACTIVE_SESSION
from sis_migrate.python.edits import Lines
from sis_migrate.python.module import Module
from sis_migrate.python.names import Binding


@dataclass(frozen=True, slots=True)
class Probe:
    """A ``try`` that answers True or False; ``target`` is what it assigns, "" where it returns."""

    statement: ast.Try
    call: ast.Call
    target: str
    inside: object
    outside: object
    removed: tuple[ast.stmt, ...] = ()

    def lines(self, test: str) -> tuple[Lines, ...]:
        """What takes the place of the ``try``."""
        value = _value(test, self.inside, self.outside)
        start = f"{self.target} = " if self.target else "return "
        return (Lines(self.statement, f"{start}{value}\n"),)

    def drops(self, module: Module) -> tuple[Binding, ...]:
        """The imports that only the ``try`` needed."""
        found = list(imported(module, self.call.func))
        for handler in self.statement.handlers:
            for node in ast.walk(handler.type) if handler.type else ():
                if isinstance(node, ast.Name):
                    found += module.import_of(node)
        return tuple(b for b in found if not _within(module, b, self.statement))


def probe_of(module: Module, call: ast.Call) -> Probe | None:
    """The probe that a bare call makes, None where the call or its ``try`` does anything else."""
    line = module.names.parents[call]
    statement = module.names.parents.get(line)
    if not isinstance(line, ast.Expr) or not isinstance(statement, ast.Try):
        return None
    if line not in statement.body or statement.finalbody or len(statement.handlers) != 1:
        return None
    rest = [s for s in [*statement.body, *statement.orelse] if s is not line]
    rest = [s for s in rest if not isinstance(s, (ast.Import, ast.ImportFrom))]
    handled = [s for s in statement.handlers[0].body if not _says(s)]
    removed: tuple[ast.stmt, ...] = ()
    if not rest or _passes(handled):
        other = _beside(module, statement, rest or handled)
        if other is None or (rest and _precedes(rest[0], line)):
            return None
        rest, handled = (rest, [other]) if rest else ([other], handled)
        removed = () if isinstance(other, ast.AnnAssign) else (other,)
    inside, outside = _answer(rest), _answer(handled)
    if inside is None or outside is None or inside[0] != outside[0] or inside[1] == outside[1]:
        return None
    if _brings_more(module, statement):
        return None
    return Probe(statement, call, inside[0], inside[1], outside[1], removed)


def _brings_more(module: Module, statement: ast.Try) -> bool:
    """Whether code outside of the ``try`` uses another import of its than that of the function."""
    inside = set(ast.walk(statement))
    return any(
        binding.node in inside
        and module.names.meanings(binding) != {GET_ACTIVE_SESSION}
        and any(name not in inside for name in module.names.references(binding))
        for binding in module.names.imports()
    )


def _beside(module: Module, statement: ast.stmt, given: list[ast.stmt]) -> ast.stmt | None:
    """The statement beside a ``try`` that has the other answer than the one ``given`` in it.

    A return right below it, or an assignment to the same target right above it.
    """
    answer = _answer(given)
    if answer is None:
        return None
    block = _block(module, statement)
    index = block.index(statement)
    if not answer[0]:
        below = block[index + 1] if index + 1 < len(block) else None
        return below if isinstance(below, ast.Return) else None
    above = block[index - 1] if index else None
    preset = _answer([above]) if above else None
    return above if preset and preset[0] == answer[0] else None


def _precedes(first: ast.stmt, second: ast.stmt) -> bool:
    """Whether one of two statements of the same ``try`` is made first, whatever the other does."""
    return (first.lineno, first.col_offset) < (second.lineno, second.col_offset)


def _passes(statements: list[ast.stmt]) -> bool:
    return all(isinstance(s, ast.Pass) for s in statements)


def _says(statement: ast.stmt) -> bool:
    """A docstring-like line."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _answer(statements: list[ast.stmt]) -> tuple[str, object] | None:
    """``(target, constant)`` of a lone assignment or return of a constant."""
    match statements:
        case [ast.Return(value=ast.Constant(value=value))]:
            return "", value
        case [
            ast.Assign(
                targets=[(ast.Name() | ast.Attribute() | ast.Subscript()) as target],
                value=ast.Constant(value=value),
            )
        ]:
            return ast.unparse(target), value
        case [ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=value))]:
            return name, value
    return None


def _value(test: str, inside: object, outside: object) -> str:
    if (inside, outside) == (True, False):
        return test
    if (inside, outside) == (False, True):
        return f"not {test}"
    return f"{inside!r} if {test} else {outside!r}"


def _block(module: Module, statement: ast.stmt) -> list[ast.stmt]:
    """The statements that one is among."""
    parent = module.names.parents[statement]
    blocks = [getattr(parent, field, None) for field in ("body", "orelse", "finalbody")]
    return next(b for b in blocks if isinstance(b, list) and statement in b)


def imported(module: Module, function: ast.expr) -> list[Binding]:
    """The imports behind what a call calls."""
    while isinstance(function, (ast.Attribute, ast.Call)):
        function = function.value if isinstance(function, ast.Attribute) else function.func
    return module.import_of(function) if isinstance(function, ast.Name) else []


def _within(module: Module, binding: Binding, statement: ast.stmt) -> bool:
    return statement in module.names.ancestors(binding.node)
