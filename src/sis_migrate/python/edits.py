"""What a codemod can ask to be changed in a Python file."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sis_migrate.python.names import Binding

if TYPE_CHECKING:
    import libcst as cst

Rewrite = Callable[
    ["cst.CSTNode"], "cst.CSTNode | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNode]"
]


@dataclass(frozen=True, slots=True)
class NodeChange:
    """Replace one node: ``rewrite`` gets the libcst node that stands where the ``ast`` node does.

    ``opaque`` says that the result does not contain the old node's parts, so that no other edit
    inside of it can be made in the same round.
    """

    node: ast.AST
    rewrite: Rewrite
    opaque: bool = False


@dataclass(frozen=True, slots=True)
class ImportNeed:
    """``import module as alias`` must run before ``at`` does.

    ``late`` is an existing import of it that only runs after ``at``, and is moved up. ``comment``
    is put behind the statement.
    """

    module: str
    alias: str
    at: ast.AST
    late: Binding | None = None
    comment: str = ""

    @property
    def statement(self) -> str:
        """The import statement."""
        name = f" as {self.alias}" if self.alias != self.module else ""
        comment = f"  # {self.comment}" if self.comment else ""
        return f"import {self.module}{name}{comment}"


@dataclass(frozen=True, slots=True)
class ImportedName:
    """A name by which a module can be used at some place; formats as the name itself."""

    name: str
    need: ImportNeed | None = None

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Transformation:
    """Run a libcst transformer over one statement, its body included."""

    statement: ast.stmt
    transformer: Callable[[], cst.CSTTransformer]


@dataclass(frozen=True, slots=True)
class Lines:
    """Whole lines of new code at a statement that has its lines to itself.

    ``text`` is written without indentation and with ``\\n``; it takes the place of ``statement``
    or, with ``after``, goes below it, apart from its neighbours as a definition is.
    """

    statement: ast.stmt
    text: str
    after: bool = False


@dataclass(frozen=True, slots=True)
class PythonChange:
    """The parts of one edit; all of them or none.

    ``removals`` are statements that go; ``drops`` are imports that go too when, after all edits of
    the round, nothing refers to them any more. ``needs`` are imports that must be there; ``lines``
    are added as they are.
    """

    nodes: tuple[NodeChange, ...] = ()
    transformations: tuple[Transformation, ...] = ()
    removals: tuple[ast.stmt, ...] = ()
    needs: tuple[ImportNeed, ...] = ()
    drops: tuple[Binding, ...] = ()
    lines: tuple[Lines, ...] = ()
