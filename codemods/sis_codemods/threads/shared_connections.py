"""Find database connections that all viewers share.

**What it does.** Reports connections and cursors of database drivers that an imported module makes
at its top, keeps by `global` or in a class, or that a function under `st.cache_resource` or
`functools.cache` returns; and the connector's own connection, or a cursor, that is taken out of
`st.connection` (`.raw_connection`) or of a session (`.connection`) and kept in such a place.

**Why.** A container imports a module once, and its caches belong to all viewers: they have one
connection between them, its transactions and current schema included, long after it has expired.
SQLite refuses a connection in any thread but the one that made it. `st.connection` can connect
again, but what was taken out of it before stays the old connection, which fails until a restart.

**Example.** Nothing is edited. In a file ``store.py`` that ``streamlit_app.py`` imports, one line has a
finding.

Before:

```python
import sqlite3

connection = sqlite3.connect("notes.db")


def notes():
    return connection.execute("SELECT * FROM NOTES").fetchall()
```

After:

```python
import sqlite3

connection = sqlite3.connect("notes.db")


def notes():
    return connection.execute("SELECT * FROM NOTES").fetchall()
```

**What it leaves.** Snowpark sessions and `st.connection` itself; engines with a pool (SQLAlchemy);
caches with `scope="session"`; connections that a function opens and hands back; a connection out of
`st.connection` in a cache that has `validate` or a `ttl` below four hours.

**Safety.** Finds only. A cached connection is to review, since it may be meant for every viewer; the
rest is work to do by hand.

**Source.** "Multithreading in Streamlit",
https://docs.streamlit.io/develop/concepts/design/multithreading; the standard library's reference,
`sqlite3.connect`, parameter `check_same_thread`; "Python DB API 2.0", attribute `threadsafety`
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sis_codemods.session.cached import RESOURCE, in_session_scope, renews
from sis_codemods.session.origins import origins
from sis_codemods.session.values import connection_of, session_of
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Finding, Item, Safety, Status
from sis_migrate.python.definitions import Function, bindings, functions, returned
from sis_migrate.python.graph import Role
from sis_migrate.python.module import Module
from sis_migrate.python.names import BindingKind

_EACH_RUN = "Open it in the function that uses it (`with … as connection:`), and close it there."
_SNOWFLAKE = (
    'Use st.connection("snowflake"), which opens, checks and shares it: `.cursor()`, `.query()`.'
)
_DUCKDB = (
    "Take a cursor of it in each run: `connection.cursor()` has its own transactions and results."
)
_DRIVERS = {
    "sqlite3.connect": _EACH_RUN,
    "duckdb.connect": _DUCKDB,
    "snowflake.connector.connect": _SNOWFLAKE,
    "snowflake.connector.SnowflakeConnection": _SNOWFLAKE,
    **dict.fromkeys(
        (
            "MySQLdb.connect", "cx_Oracle.connect", "mysql.connector.connect", "oracledb.connect",
            "psycopg.connect", "psycopg2.connect", "pymssql.connect", "pymysql.connect",
            "pyodbc.connect", "redshift_connector.connect", "teradatasql.connect",
        ),
        _EACH_RUN,
    ),
}  # fmt: skip
"""The drivers, and what to do instead of sharing a connection of theirs."""
_KEEPING = RESOURCE | {"functools.cache", "functools.lru_cache"}

_TAKEN_OUT = (
    "Take `st.connection(…)`, which keeps the connection, where it is used, and have it connected "
    "again there: `if not connection.raw_connection.is_valid(): connection.reset()`. "
    "`connection.query()` does that by itself."
)
_DIES = "once it has expired, every use fails until the app restarts"
_MAX_STEPS = 20

codemod = PythonCodemod(
    __name__,
    code="SIS155",
    name="shared-connections",
    summary="connections of database drivers that all viewers share are found",
    item=Item.THREADS,
    safety=Safety.REPORT,
    triggers=(b"connect(", b"SnowflakeConnection(", b"raw_connection", b".connection", b".cursor("),
)


@codemod.on_module
def connections(module: Module) -> Iterator[Finding]:
    """Report each connection that a shared module or a cache keeps."""
    if module.role is Role.UNREACHED:
        return
    if module.role is not Role.SCRIPT:
        yield from _kept(module)
    for function in module.source.nodes(ast.FunctionDef):
        yield from _cached(module, function)


def _kept(module: Module) -> Iterator[Finding]:
    """Names of the module and of its classes that hold a connection."""
    for scope in module.names.scopes():
        if scope is not module.names.module_scope and not scope.is_class:
            continue
        for name, every in scope.bindings.items():
            for binding in every:
                if binding.kind is not BindingKind.ASSIGN or binding.value is None:
                    continue
                if _is_taken_out(module, binding.value, set()):
                    yield module.find(
                        binding.node,
                        f"`{name}` of an imported module is one connection of Snowflake's for all "
                        f"viewers, taken out of what could connect again: {_DIES}",
                        remedy=_TAKEN_OUT,
                    )
                    break
                driver = _driver(module, binding.value)
                if driver:
                    yield module.find(
                        binding.node,
                        f"`{name}` of an imported module is one connection for all viewers "
                        f"({driver})",
                        remedy=_DRIVERS[driver],
                    )
                    break


def _cached(module: Module, function: Function) -> Iterator[Finding]:
    keeping = [d for d in function.decorator_list if _keeps(module, d)]
    if not keeping:
        return
    for value in returned(function):
        if _is_taken_out(module, value, set()) and not any(renews(d) for d in keeping):
            yield module.find(
                value,
                f"{function.name}() keeps Snowflake's connection in a cache, taken out of what could "
                f"connect again: {_DIES}",
                remedy=_TAKEN_OUT,
            )
            return
        driver = _driver(module, value)
        if driver:
            refused = driver == "sqlite3.connect" and not _any_thread(module, function)
            yield module.find(
                value,
                f"{function.name}() keeps one connection for all viewers ({driver}) in a cache",
                status=Status.MANUAL if refused else Status.REVIEW,
                remedy=_DRIVERS[driver],
            )
            return


def _keeps(module: Module, decorator: ast.expr) -> bool:
    function = decorator.func if isinstance(decorator, ast.Call) else decorator
    return module.resolve(function) in _KEEPING and not in_session_scope(decorator)


def _driver(module: Module, value: ast.expr) -> str:
    """The driver that certainly made a connection or cursor; "" for anything else."""
    called = value.func if isinstance(value, ast.Call) else None
    if called is None and not isinstance(value, ast.Name):
        return ""
    if isinstance(called, ast.Attribute) and called.attr not in {"connect", "cursor", "connection"}:
        return ""
    found = origins(module, value)
    [driver] = found if len(found) == 1 else [""]
    return driver if driver in _DRIVERS else ""


def _any_thread(module: Module, function: Function) -> bool:
    return "check_same_thread" in module.source.segment(function)


def _is_taken_out(module: Module, value: ast.expr, seen: set[ast.expr]) -> bool:
    """Whether a value is the connector's connection or cursor behind a connection of Streamlit's."""
    if value in seen or len(seen) > _MAX_STEPS:
        return False
    seen.add(value)
    match value:
        case ast.Attribute(attr="raw_connection", value=owner):
            return connection_of(module, owner)
        case ast.Attribute(attr="connection", value=owner):
            return session_of(module, owner)
        case ast.Call(func=ast.Attribute(attr="cursor", value=owner)):
            return connection_of(module, owner) or _is_taken_out(module, owner, seen)
        case ast.Call(func=called):
            return any(
                _is_taken_out(home, given, seen)
                for home, function in functions(module, called)
                for given in returned(function)
            )
        case ast.Name():
            return any(
                b.kind is BindingKind.ASSIGN
                and b.value is not None
                and _is_taken_out(home, b.value, seen)
                for home, b in bindings(module, value)
            )
    return False
