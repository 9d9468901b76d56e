"""The test for running in a Snowflake container as source text, and where a test may stand."""

from __future__ import annotations

import ast

from sis_migrate.python.edits import ImportedName
from sis_migrate.python.module import Module

TOKEN_FILE = "/snowflake/session/token"
"""The file that exists in every container of Snowflake and nowhere else.

Source: "Snowpark Container Services: Execute SQL statements",
https://docs.snowflake.com/en/developer-guide/snowpark-container-services/spcs-execute-sql
"""


def only_truth(module: Module, node: ast.expr) -> bool:
    """Whether nothing but the truth of an expression matters where it stands."""
    parent = module.names.parents[node]
    if isinstance(parent, (ast.If, ast.IfExp, ast.While, ast.Assert)):
        return parent.test is node
    if isinstance(parent, ast.Call):
        return isinstance(parent.func, ast.Name) and parent.func.id == "bool"
    if isinstance(parent, ast.UnaryOp):
        return isinstance(parent.op, ast.Not)
    return isinstance(parent, ast.BoolOp) and only_truth(module, parent)


def test_at(module: Module, at: ast.AST) -> tuple[str, ImportedName]:
    """The test as an expression for the place ``at``, and the import that it needs there."""
    os = module.imports.name_for("os", alias="os", at=at)
    return f'{os}.path.exists("{TOKEN_FILE}")', os
