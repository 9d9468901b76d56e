"""Everything that changes, or reads back, the state of the connection that an app's viewers share.

One list for a whole app, from its SQL texts and its Snowpark calls: the codemods on session state
each report their kind of it, and whether an app needs a connection per viewer is read off it too.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from sis_codemods.session.left_to_fallback import goes_with_fallback
from sis_codemods.session.origins import (
    is_callers,
    is_foreign,
    is_own_connection,
    is_viewers,
    origins,
)
from sis_codemods.session.sql_facts import Kind
from sis_codemods.session.sql_places import SqlPlace, sql_places
from sis_codemods.session.texts import constant
from sis_codemods.session.values import session_of
from sis_migrate.model import Finding, Span, Status
from sis_migrate.python.graph import Role
from sis_migrate.python.module import Module, Project
from sis_migrate.python.names import UNKNOWN

PER_VIEWER = "give each viewer a connection of their own (session scope, Streamlit 1.53 or later)"
"""The remedy that is always there, as the end of a sentence."""

RANDOM = "a name of its own"
"""How a temporary table is marked that no other viewer's can clash with."""

_USE_METHODS = {
    "use_role": "ROLE",
    "use_warehouse": "WAREHOUSE",
    "use_database": "DATABASE",
    "use_schema": "SCHEMA",
    "use_secondary_roles": "SECONDARY ROLES",
}
_TAG_METHODS = frozenset({"append_query_tag", "update_query_tag"})
_VIEW_METHODS = frozenset({"create_temp_view", "create_or_replace_temp_view"})
_TABLE_WRITERS = frozenset({"save_as_table", "write_pandas"})
_CONNECTION_METHODS = {"commit": "COMMIT", "rollback": "ROLLBACK", "autocommit": "BEGIN"}
_SAME_FOR_ALL = ("os.environ", "os.getenv", "streamlit.secrets")


@dataclass(frozen=True)
class Change:
    """One place that depends on the connection's state.

    ``subject`` and ``text`` say what is changed and how; ``constant``: in the same way on every
    run; ``sure``: a call that does it was found, and not only a text that something may run.
    """

    kind: Kind
    subject: str
    text: str
    module: Module
    span: Span
    constant: bool = False
    sure: bool = True
    made_by: str = "sql"
    """``sql``, or the name of the Snowpark method."""
    only_in: str = ""
    """The file with the run on the shared connection, where others are on a viewer's own."""

    @property
    def settled(self) -> bool:
        """Whether every such place of the app does exactly the same, so that no viewer can tell."""
        others = [
            c
            for c in changes(self.module.project)
            if (c.kind, c.subject) == (self.kind, self.subject)
        ]
        return all(c.constant and c.text.upper() == self.text.upper() for c in others)


def changes(project: Project) -> tuple[Change, ...]:
    """All changes of an app's files that a script reaches, tests left out; worked out once."""
    return project.once(_changes)


def changes_in(module: Module, *kinds: Kind) -> Iterator[Change]:
    """Those of one file, of some kinds."""
    for change in changes(module.project):
        if change.module is module and change.kind in kinds:
            yield change


def report(change: Change, message: str, remedy: str, *, settled: str = "") -> Finding:
    """The finding for a change: by hand, or to review where its text is only perhaps run.

    ``settled`` replaces ``message`` where every viewer sets the same, which is to review too.
    """
    if settled and change.settled:
        return change.module.find(change.span, settled, status=Status.REVIEW, remedy=remedy)
    doubt = "" if change.sure else ", if this text is run on the shared connection"
    if change.only_in:
        doubt = f" where {change.only_in} runs it on that; other calls have the viewer's own"
    return change.module.find(
        change.span,
        f"{message}{doubt}",
        status=Status.REVIEW if doubt else Status.MANUAL,
        remedy=remedy,
    )


def _changes(project: Project) -> tuple[Change, ...]:
    found: list[Change] = []
    for module in project.modules.values():
        if module.role is not Role.UNREACHED:
            found += [*_in_sql(module), *_in_calls(module)]
    return tuple(found)


def _in_sql(module: Module) -> Iterator[Change]:
    for place in sql_places(module):
        fact = place.fact
        if fact.kind is not Kind.IDENTITY and place.shared and not _goes(place):
            yield Change(
                fact.kind, fact.subject, fact.text, module, place.span, fact.constant,
                place.sure, only_in=place.only_in,
            )  # fmt: skip


def _goes(place: SqlPlace) -> bool:
    """Whether nothing but a fallback runs a text that goes with its ``try``."""
    if goes_with_fallback(place.module, place.text.node):
        return True
    runs = place.followed.runs
    return place.sure and all(goes_with_fallback(run.module, run.call) for run in runs)


def _in_calls(module: Module) -> Iterator[Change]:
    for call in module.source.nodes(ast.Call):
        if isinstance(call.func, ast.Attribute) and not goes_with_fallback(module, call):
            yield from _call(module, call, call.func)
    for node in module.source.nodes(ast.Assign):
        for target in node.targets:
            if not (isinstance(target, ast.Attribute) and target.attr == "query_tag"):
                continue
            if _shared_session(module, target.value) and not goes_with_fallback(module, node):
                yield _made(module, node, Kind.SETTING, "QUERY_TAG", [node.value], "query_tag")


def _call(module: Module, call: ast.Call, function: ast.Attribute) -> Iterator[Change]:
    name, receiver = function.attr, function.value
    if name in _USE_METHODS:
        if call.args and _not_elsewhere(module, receiver):
            yield _made(module, call, Kind.USE, _USE_METHODS[name], call.args, name)
    elif name in _TAG_METHODS:
        if _shared_session(module, receiver):
            yield _made(module, call, Kind.SETTING, "QUERY_TAG", call.args, name)
    elif name in _VIEW_METHODS:
        if _not_elsewhere(module, receiver):
            yield _made(module, call, Kind.TEMPORARY, "VIEW", call.args, name)
    elif name == "cache_result":
        if _not_elsewhere(module, receiver):
            yield _made(module, call, Kind.TEMPORARY, "RESULT", [], name)
    elif name in _TABLE_WRITERS:
        if _temporary_table(call) and _not_elsewhere(module, receiver):
            by = RANDOM if _random_name(module, call) else name
            yield _made(module, call, Kind.TEMPORARY, "TABLE", call.args[-1:], by)
    elif name in _CONNECTION_METHODS and _shared_connection(module, receiver):
        yield _made(module, call, Kind.TRANSACTION, _CONNECTION_METHODS[name], call.args, name)


def _made(
    module: Module, node: ast.AST, kind: Kind, subject: str, values: list[ast.expr], by: str
) -> Change:
    known = [constant(module, value) for value in values]
    same = all(
        k is not None or _same_for_all(module, v) for k, v in zip(known, values, strict=True)
    )
    written = " ".join(k or module.source.segment(v) for k, v in zip(known, values, strict=True))
    text = f"{kind} {subject} {written}".strip()
    return Change(kind, subject, text, module, module.source.span(node), same, True, by)


def _same_for_all(module: Module, value: ast.expr) -> bool:
    """Whether a value comes from the environment or the secrets, so that all viewers have it."""
    while isinstance(value, (ast.Subscript, ast.Call)):
        value = value.value if isinstance(value, ast.Subscript) else value.func
    return (module.resolve(value) or "").startswith(_SAME_FOR_ALL)


def _temporary_table(call: ast.Call) -> bool:
    for keyword in call.keywords:
        if not isinstance(keyword.value, ast.Constant):
            continue
        if keyword.arg == "table_type" and str(keyword.value.value).lower() in {
            "temp",
            "temporary",
        }:
            return True
        if keyword.arg == "create_temp_table" and keyword.value.value is True:
            return True
    return False


def _random_name(module: Module, call: ast.Call) -> bool:
    """Whether a table's name is made up anew for each."""
    written = [module.source.segment(argument) for argument in call.args]
    for argument in call.args:
        if isinstance(argument, ast.Name):
            values = [b.value for b in module.names.bindings(argument) if b.value is not None]
            written += [module.source.segment(value) for value in values]
    return any("random_name" in text or "uuid" in text for text in written)


def _not_elsewhere(module: Module, receiver: ast.expr) -> bool:
    """For a method that only Snowpark has: not on another package's object or an own connection."""
    return not (
        is_foreign(module, receiver)
        or is_callers(module, receiver)
        or is_viewers(module, receiver)
        or is_own_connection(module, receiver)
    )


def _shared_session(module: Module, receiver: ast.expr) -> bool:
    return session_of(module, receiver) and not (
        is_callers(module, receiver) or is_viewers(module, receiver)
    )


def _shared_connection(module: Module, receiver: ast.expr) -> bool:
    """For a method that many packages have: certainly on a connection that viewers share."""
    made_by = origins(module, receiver)
    return (
        bool(made_by)
        and UNKNOWN not in made_by
        and all(name.startswith(("snowflake.", "streamlit.connection")) for name in made_by)
        and not is_own_connection(module, receiver)
        and not isinstance(receiver, ast.Call)
    )
