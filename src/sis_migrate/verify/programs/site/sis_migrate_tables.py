"""Empty tables for a query whose tables the emulator does not have: what the query itself tells.

Only where the query names every column that it takes of a table. Runs in the emulator's
environment, which has sqlglot.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_NUMBER = ("Sum", "Avg", "Mul", "Div", "Sub", "Round", "Stddev", "Variance", "Median", "Abs")
_TIME = (
    "DateTrunc", "TimestampTrunc", "DateAdd", "DateSub", "DateDiff", "TsOrDsAdd", "Extract",
    "Year", "Month", "Day", "Week", "Quarter", "TimestampAdd", "TimestampDiff", "DateBin",
)  # fmt: skip


def definitions(statement: str) -> dict[str, list[str]]:
    """The statements that make the tables of a query, by the tables' names; {} if it cannot tell.

    For another statement, those that make the databases and schemas that it names.
    """
    try:
        query = import_module("sqlglot").parse_one(statement, read="snowflake")
        return _definitions(query)
    except Exception:
        return {}


def _definitions(query: Any) -> dict[str, list[str]]:
    exp = import_module("sqlglot").exp
    if not isinstance(query, exp.Query):
        return _above(query, exp)
    columns: dict[str, dict[str, str]] = {}
    tables: dict[str, Any] = {}
    for scope in import_module("sqlglot.optimizer.scope").traverse_scope(query):
        sources = {n: s for n, s in scope.sources.items() if isinstance(s, exp.Table)}
        if not sources:
            continue
        if _takes_all(scope.expression, exp):
            return {}
        for table in sources.values():
            tables[_name(table)] = table
            columns.setdefault(_name(table), {})
        for column in scope.columns:
            source = column.table or (next(iter(scope.sources)) if len(scope.sources) == 1 else "")
            if not source:
                return {}  # of which table it is cannot be told
            if source in sources:
                known = columns[_name(sources[source])]
                found = _type(column, exp)
                if known.get(_sql(column.this), "VARCHAR") == "VARCHAR":
                    known[_sql(column.this)] = found
    if not all(columns.values()):
        return {}
    return {name: _made(tables[name], columns[name]) for name in tables}


def _above(statement: Any, exp: Any) -> dict[str, list[str]]:
    """The databases and schemas that a statement other than a query takes to be there."""
    made: dict[str, list[str]] = {}
    for table in statement.find_all(exp.Table):
        catalog, schema = table.args.get("catalog"), table.args.get("db")
        if isinstance(statement, exp.Use):  # it names what another statement names before a table
            kind = str(statement.args.get("kind")).upper()
            if kind not in {"DATABASE", "SCHEMA"}:
                continue
            catalog, schema = (table.this, None) if kind == "DATABASE" else (schema, table.this)
        if catalog:
            made[_sql(catalog)] = [f"CREATE DATABASE IF NOT EXISTS {_sql(catalog)}"]
        if schema and table.this:
            name = f"{_sql(catalog)}.{_sql(schema)}" if catalog else _sql(schema)
            made[name] = [f"CREATE SCHEMA IF NOT EXISTS {name}"]
    return made


def _takes_all(select: Any, exp: Any) -> bool:
    return any(
        isinstance(item, exp.Star)
        or (isinstance(item, exp.Column) and isinstance(item.this, exp.Star))
        for item in getattr(select, "selects", [])
    )


def _made(table: Any, columns: dict[str, str]) -> list[str]:
    made: list[str] = []
    catalog, schema = table.args.get("catalog"), table.args.get("db")
    if catalog:
        made.append(f"CREATE DATABASE IF NOT EXISTS {_sql(catalog)}")
    if schema:
        above = f"{_sql(catalog)}." if catalog else ""
        made.append(f"CREATE SCHEMA IF NOT EXISTS {above}{_sql(schema)}")
    listed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    made.append(f"CREATE TABLE IF NOT EXISTS {_name(table)} ({listed})")
    return made


def additions(made: list[str], table: str) -> list[str]:
    """The statements that give a table, made up before, the columns that a later query needs."""
    listed = made[-1].partition("(")[2].rpartition(")")[0]
    return [f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {item}" for item in listed.split(", ")]


def _type(column: Any, exp: Any) -> str:
    """What the query does with a column: a number, a time, else text."""
    node = column.parent
    while isinstance(node, (exp.Paren, exp.Coalesce, exp.Distinct)):
        node = node.parent
    kind = type(node).__name__
    if kind in _NUMBER:
        return "DOUBLE"
    if kind in _TIME:
        return "TIMESTAMP_NTZ"
    if isinstance(node, (exp.Binary, exp.Between, exp.In)):
        others = [n for n in node.iter_expressions() if n is not column]
        if any(isinstance(n, exp.Literal) and not n.is_string for n in others):
            return "DOUBLE"
        if any(isinstance(n, (exp.CurrentDate, exp.CurrentTimestamp)) for n in others):
            return "TIMESTAMP_NTZ"
        if any(type(n).__name__ in _TIME for n in others):
            return "TIMESTAMP_NTZ"
    return "VARCHAR"


def _name(table: Any) -> str:
    parts = [table.args.get("catalog"), table.args.get("db"), table.this]
    return ".".join(_sql(part) for part in parts if part)


def _sql(node: Any) -> str:
    return str(node.sql(dialect="snowflake"))
