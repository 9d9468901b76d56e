"""Use ``?`` for parameters of cursors and ``conn.query``.

**What it does.** Rewrites ``%s`` and ``%(name)s`` to ``?``, and a dictionary of parameters to a
tuple, in ``cursor.execute("…", (…))``, ``conn.query("…", params=…)`` and pandas' ``read_sql`` where
text and parameters are written there; reports the other calls of that kind, and ``:name``.

**Why.** In a container ``st.connection`` sets the connector's parameter style to ``qmark``, for the
whole process: a ``%s`` then goes to Snowflake as it is, which does not understand it. On a warehouse
the style is ``pyformat``.

**Example.**

Before:

```python
import streamlit as st

conn = st.connection("snowflake")
cursor = conn.cursor()
cursor.execute("SELECT * FROM SALES WHERE REGION = %s", (st.session_state.region,))
```

After:

```python
import streamlit as st

conn = st.connection("snowflake")
cursor = conn.cursor()
cursor.execute("SELECT * FROM SALES WHERE REGION = ?", (st.session_state.region,))
```

**What it leaves.** ``session.sql(…, params=…)``, which takes ``?`` everywhere; ``:1`` with a list or
tuple, whose values the connector binds as it does those of ``?`` in this style; calls without
parameters; ``%s`` filled in by Python; other databases.

**Safety.** To review: the rewritten call is right in a container only. All such calls of an app are
rewritten together or not at all.

**Source.** ``SnowflakeConnection._connect`` of Streamlit 1.50 to 1.67; ``SnowflakeCursor.execute`` of
snowflake-connector-python 3 and 4 ("qmark and numeric paramstyle"); "Using the Python Connector",
https://docs.snowflake.com/en/developer-guide/python-connector/python-connector-example
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sis_codemods.session.flow import Run, follow
from sis_codemods.session.markers import NUMERIC, Markers, markers
from sis_codemods.session.origins import origins
from sis_codemods.session.texts import Text, texts
from sis_codemods.session.values import connection_of
from sis_migrate.codemod import AppContext, PythonCodemod
from sis_migrate.model import Edit, EditGroup, Finding, Item, Safety, Withhold
from sis_migrate.python.graph import Role
from sis_migrate.python.module import Module
from sis_migrate.python.names import UNKNOWN

if TYPE_CHECKING:
    import libcst as cst

PARAMETER_GROUP = EditGroup("parameters")
_PANDAS = frozenset({"read_sql", "read_sql_query"})
_RUNS = frozenset({"execute", "executemany", "execute_async", "query"}) | _PANDAS
_KEYWORDS = frozenset({"params", "parameters", "seqparams"})
_OURS = ("snowflake.", "streamlit.")
_MARKER = re.compile(r"%%|%s|%\(\w+\)s")

_SETS_STYLE = ("connection(", "get_active_session")
"""What an app has in which Streamlit sets the style, before or after the other session codemods."""


@dataclass(frozen=True)
class _Given:
    """A text with places for parameters, of some file."""

    module: Module
    text: Text
    asked: Markers


codemod = PythonCodemod(
    __name__,
    code="SIS140",
    name="parameter-style",
    summary="`%s` in SQL of cursors and `conn.query` becomes `?`",
    item=Item.SESSION,
    safety=Safety.REVIEW,
    triggers=(b"%s", b"%(", b" :", b"(:", b"=:"),
)


@codemod.on_app
def parameters(context: AppContext) -> Iterator[Edit | Finding | Withhold]:
    """Rewrite or report each call that is given a text of the old style."""
    modules = [m for m in context.modules.values() if m.role is not Role.UNREACHED]
    if not any(mark in m.source.text for m in modules for mark in _SETS_STYLE):
        return
    if not any(_passes_parameters(c) for m in modules for c in m.source.nodes(ast.Call)):
        return
    for run, given in _runs(modules):
        yield from _migrated(run, given)


def _runs(modules: list[Module]) -> Iterator[tuple[Run, list[_Given]]]:
    """Each call with the texts that reach it."""
    found: dict[ast.Call, tuple[Run, list[_Given]]] = {}
    for module in modules:
        if not any(trigger.decode() in module.source.text for trigger in codemod.triggers):
            continue
        for text in texts(module):
            asked = markers(text.template)
            if asked is None:
                continue
            for run in follow(module, text.node).runs:
                if _takes_parameters(run) and not _binds_numbers(asked, run):
                    given = found.setdefault(run.call, (run, []))[1]
                    given.append(_Given(module, text, asked))
    yield from found.values()


def _migrated(run: Run, given: list[_Given]) -> Iterator[Edit | Finding | Withhold]:
    module, call, first = run.module, run.call, given[0]
    certain = _is_snowflake(run)
    values = _values(run, given) if certain else None
    if values is not None:
        yield module.rewrite(
            call,
            lambda old: _rewritten(old, values, _named(call)),
            "the parameters are given with ?, the container's style",
            opaque=True,
            group=PARAMETER_GROUP,
            remedy="Right in a container only: a warehouse's cursor takes %s.",
        )
        return
    more = f" and {len(given) - 1} more" if len(given) > 1 else ""
    place = f"{first.module.path.name}:{first.text.node.lineno}"
    where = "" if first.text.node in call.args else f" (of {first.module.path.name}{more})"
    yield module.find(
        call,
        f"{_called(call)}() is given text with {first.asked.style} for parameters{where}; a "
        "container's style is ?",
        remedy="Write ? for each and give the values as a tuple, in the order of the text.",
    )
    if certain:
        yield Withhold(PARAMETER_GROUP, f"{place} keeps {first.asked.style}")


def _binds_numbers(asked: Markers, run: Run) -> bool:
    """Whether a text asks for ``:1`` and is not given a dictionary, which only ``%(name)s`` takes."""
    return asked.style == NUMERIC and not isinstance(
        _parameters(run.call), (ast.Dict, ast.DictComp)
    )


def _passes_parameters(node: ast.AST) -> bool:
    """Whether a call may run a text with parameters, by its name."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _RUNS
        and _parameters(node) is not None
    )


def _takes_parameters(run: Run) -> bool:
    connection = _connection(run)
    if connection is None or not _passes_parameters(run.call):
        return False
    made_by = origins(run.module, connection)
    return all(name == UNKNOWN or name.startswith(_OURS) for name in made_by) and (
        "snowflake" in run.module.source.text or _is_snowflake(run)
    )


def _is_snowflake(run: Run) -> bool:
    """Whether the call certainly is one on a cursor or connection of Streamlit's."""
    connection = _connection(run)
    if connection is None:
        return False
    if connection_of(run.module, connection):
        return True
    made_by = origins(run.module, connection)
    return bool(made_by) and all(name.startswith(_OURS) for name in made_by)


def _connection(run: Run) -> ast.expr | None:
    """The cursor or connection that a call runs its text on."""
    if _method(run.call) not in _PANDAS:
        return run.receiver
    given = [k.value for k in run.call.keywords if k.arg == "con"] + run.call.args[1:2]
    return given[0] if given else None


def _called(call: ast.Call) -> str:
    """What a call is named in a message: ``cursor.execute``, or ``execute`` behind something longer."""
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    return f"{owner.id}.{_method(call)}" if isinstance(owner, ast.Name) else _method(call)


def _method(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _parameters(call: ast.Call) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg in _KEYWORDS:
            return keyword.value
    if _method(call) in {"query", *_PANDAS}:
        return None
    if len(call.args) > 1 and not isinstance(call.args[1], ast.Starred):
        return call.args[1]
    return None


def _values(run: Run, texts_given: list[_Given]) -> str | None:
    """The source of the values as a tuple, "" to keep it as it is, None where no edit is clear."""
    call, asked, given = run.call, texts_given[0].asked, _parameters(run.call)
    literal = bool(call.args) and isinstance(call.args[0], ast.Constant)
    written_here = literal and [g.text.node for g in texts_given] == call.args[:1]
    if given is None or not (written_here and asked.mechanical):
        return None
    if _method(call) == "executemany":
        return None
    return _as_tuple(run.module, asked, given)


def _as_tuple(module: Module, asked: Markers, given: ast.expr) -> str | None:
    if asked.style == "%s":
        fits = isinstance(given, (ast.Tuple, ast.List)) and len(given.elts) == len(asked.names)
        return "" if fits and not _expanded(given) else None
    if not isinstance(given, ast.Dict):
        return None
    known = {
        key.value: value
        for key, value in zip(given.keys, given.values, strict=True)
        if isinstance(key, ast.Constant)
    }
    repeated = len(set(asked.names)) < len(asked.names)
    if len(known) != len(given.keys) or not set(asked.names) <= known.keys() or _expanded(given):
        return None
    if repeated and not all(isinstance(v, (ast.Name, ast.Constant)) for v in known.values()):
        return None
    parts = [module.source.segment(known[name]) for name in asked.names]
    return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"


def _expanded(given: ast.expr) -> bool:
    """Whether a value is a list itself, which the old style writes out."""
    return any(
        isinstance(node, (ast.Tuple, ast.List, ast.Set, ast.ListComp, ast.Starred))
        for child in ast.iter_child_nodes(given)
        for node in ast.walk(child)
    )


def _named(call: ast.Call) -> bool:
    """Whether the parameters are given by keyword."""
    return any(k.arg in _KEYWORDS for k in call.keywords)


def _rewritten(old: cst.CSTNode, values: str, named: bool) -> cst.CSTNode:
    import libcst

    assert isinstance(old, libcst.Call)
    args = list(old.args)
    text = args[0].value
    args[0] = args[0].with_changes(value=text.visit(_question_marks()))
    for index, argument in enumerate(args):
        keyword = argument.keyword.value if argument.keyword else ""
        if values and (keyword in _KEYWORDS if named else index == 1):
            args[index] = argument.with_changes(value=libcst.parse_expression(values))
    return old.with_changes(args=args)


def _question_marks() -> cst.CSTTransformer:
    import libcst

    class QuestionMarks(libcst.CSTTransformer):
        """Rewrites the markers in literals."""

        def leave_SimpleString(
            self, original_node: cst.SimpleString, updated_node: cst.SimpleString
        ) -> cst.SimpleString:
            return updated_node.with_changes(value=_MARKER.sub(_mark, updated_node.value))

    return QuestionMarks()


def _mark(match: re.Match[str]) -> str:
    return "%" if match.group() == "%%" else "?"
