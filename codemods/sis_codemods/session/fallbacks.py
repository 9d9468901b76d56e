"""Collapse the ``try`` that builds a session for local runs.

**What it does.** ``st.connection`` connects in Snowflake and, with a ``secrets.toml`` or
``connections.toml``, anywhere else. So a ``try`` around it whose handlers only build a session
another way is replaced by its body. A flag that the body and a handler set
(``IN_SNOWFLAKE = True``, ``mode = "SiS"``) is set by a test for the container's token file from then
on, which keeps its meaning. A ``try`` that does more stays; where its handlers named only errors of
``get_active_session()`` they catch ``Exception`` now.

**Why.** The new call succeeds on a laptop too, where the old one failed: a flag set after it would
say "Snowflake" everywhere. And it raises other errors than the old one (of Streamlit where nothing
is configured, of the connector where a login fails), which a handler for
``SnowparkSessionException`` lets through.

**Example.**

Before:

```python
import streamlit as st
from snowflake.snowpark import Session

try:
    session = st.connection("snowflake").session()
except Exception:
    session = Session.builder.configs(st.secrets["connections"]["snowflake"]).create()
```

After:

```python
import streamlit as st

session = st.connection("snowflake").session()
```

**What it leaves.** Handlers that tell the viewer something, stop, give up (``None``) or raise. A
``try`` whose body does more than get the session, or whose handlers leave other names behind. Where
such a ``try`` says whether the app runs in Snowflake, by a flag or by what it returns, a finding says
that this is no longer so. A handler for errors of ``get_active_session()`` beside others that stay
has a finding, too: ``st.connection`` raises none of these.

**Safety.** Safe where the handler used the secrets that ``st.connection`` uses too, or the old
function. To review where it had credentials of its own, where a flag is set, and where a handler is
widened.

**Source.** "st.connections.SnowflakeConnection",
https://docs.streamlit.io/develop/api-reference/connections/st.connections.snowflakeconnection
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sis_codemods.private.in_container import test_at
from sis_codemods.session.fallback_shape import (
    Fallback,
    fallback_of,
    gets_session,
    is_bare_session,
    is_new_session,
)
from sis_codemods.session.old_errors import catches_only_old, waits_in_vain
from sis_codemods.session.place_flags import answers, place_flags
from sis_codemods.session.values import STATE_KEY
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Edit, Finding, Item, Safety, Status
from sis_migrate.python.definitions import Function
from sis_migrate.python.edits import ImportNeed, NodeChange, PythonChange, Rewrite
from sis_migrate.python.module import Module
from sis_migrate.python.names import Binding

if TYPE_CHECKING:
    import libcst as cst

_LOCAL = (
    "For local runs, put the connection into `.streamlit/secrets.toml` under "
    "[connections.snowflake], or into Snowflake's connections.toml."
)

codemod = PythonCodemod(
    __name__,
    code="SIS102",
    name="session-fallback",
    summary="Fallbacks that build a session for local runs collapse",
    item=Item.SESSION,
    safety=Safety.SAFE,
    triggers=(b".session()", STATE_KEY.encode(), b"get_session()", b"viewer_session()"),
)


@codemod.on(ast.Try)
def fallback(module: Module, node: ast.AST) -> Iterator[Edit | Finding]:
    """Collapse a ``try`` around the session, or keep it and make its handlers fit."""
    assert isinstance(node, ast.Try)
    if not any(gets_session(module, s) or is_bare_session(module, s) for s in node.body):
        if any(_takes_session(module, s) for s in node.body):
            yield from _uncaught(module, node)
        return
    shape = fallback_of(module, node)
    if shape is not None:
        yield _collapsed(module, shape)
    else:
        yield from _kept(module, node)


def _collapsed(module: Module, shape: Fallback) -> Edit:
    needs: list[ImportNeed] = []
    nodes: dict[ast.stmt, str] = {}
    for statement, (inside, outside) in shape.flags.items():
        test, os = test_at(module, shape.statement)
        needs += [os.need] if os.need else []
        nodes[statement] = _flag(test, inside, outside)
    change = PythonChange(
        nodes=(NodeChange(shape.statement, _body(shape, nodes), opaque=True),),
        needs=tuple(dict.fromkeys(needs)),
        drops=tuple(_imports(module, shape)),
    )
    said = ["the fallback for local runs goes: st.connection connects there too"]
    said += [f"{ast.unparse(s.targets[0])} is set by {nodes[s]}" for s in shape.flags]
    doubtful = shape.own_credentials or bool(shape.flags)
    return module.edit(
        shape.statement,
        change,
        "; ".join(said),
        safety=Safety.REVIEW if doubtful else None,
        remedy=_LOCAL if shape.own_credentials else "",
    )


def _kept(module: Module, node: ast.Try) -> Iterator[Edit | Finding]:
    if node.handlers and all(catches_only_old(module, h) for h in node.handlers):
        for handler in node.handlers[:1]:
            yield _widened(module, handler)
    else:
        yield from _uncaught(module, node)
    for handler in node.handlers:
        test = _message_test(handler)
        if test is not None:
            yield module.find(
                test,
                "the test looks for a message of get_active_session(), which is not called any more",
                remedy="st.connection raises StreamlitAPIException where nothing is configured, "
                "and the connector's errors where the login fails: test for these.",
            )
    given_up = all(_gives_up(s) for h in node.handlers for s in h.body)
    given_up = given_up and all(_only_session(module, s) for s in node.body)
    if given_up:
        yield module.find(
            node.handlers[0],
            f"{_without(module, node)} where no session can be had: outside Snowflake one may be "
            "from now on",
            status=Status.REVIEW,
            remedy="Where this is to mean that the app does not run in Snowflake, test for "
            '`os.path.exists("/snowflake/session/token")`.',
        )
    flags = list(place_flags(module, node))
    if not given_up and not flags and answers(module, node):
        yield module.find(
            node.handlers[0],
            "the try asks whether a session can be had, which is so outside Snowflake too from now "
            "on",
            status=Status.REVIEW,
            remedy="Where this is to ask whether the app runs in Snowflake, test for "
            '`os.path.exists("/snowflake/session/token")`, which is true in a container.',
        )
    for flag, name in flags:
        yield module.find(
            flag,
            f"{name} is set wherever a session can be had, which is outside Snowflake too from now "
            "on",
            status=Status.REVIEW,
            remedy=f"Where {name} is to say that the app runs in Snowflake, set it by "
            '`os.path.exists("/snowflake/session/token")`, which is true in a container.',
        )


def _without(module: Module, node: ast.Try) -> str:
    """What a ``try`` whose handlers give up leaves behind, as the beginning of a sentence."""
    given = next((s for s in node.body if gets_session(module, s)), None)
    if isinstance(given, (ast.Assign, ast.AnnAssign)):
        target = given.targets[0] if isinstance(given, ast.Assign) else given.target
        nothing = any(isinstance(s, ast.Assign) for h in node.handlers for s in h.body)
        return f"{ast.unparse(target)} {'is None' if nothing else 'stays as it was'}"
    function = next((a for a in module.names.ancestors(node) if isinstance(a, Function)), None)
    if isinstance(given, ast.Return) and function is not None:
        return f"{function.name}() gives none"
    return "nothing is done"


def _widened(module: Module, handler: ast.ExceptHandler) -> Edit:
    assert handler.type is not None
    return module.replace(
        handler.type,
        "Exception",
        "the handler catches what the new call raises too",
        drops=[
            b
            for n in ast.walk(handler.type)
            if isinstance(n, ast.Name)
            for b in module.import_of(n)
        ],
        safety=Safety.REVIEW,
        remedy="st.connection raises StreamlitAPIException where nothing is configured, and the "
        "connector's errors where the login fails.",
    )


def _uncaught(module: Module, node: ast.Try) -> Iterator[Finding]:
    """The handlers that were there for the old call's errors and catch none of the new one's."""
    for handler in node.handlers:
        if waits_in_vain(module, handler):
            yield module.find(
                handler,
                "this handler catches what get_active_session() raised, and nothing that "
                "st.connection raises where no session can be had",
                status=Status.REVIEW,
                remedy="st.connection raises StreamlitAPIException where nothing is configured, and "
                "the connector's errors where the login fails: catch these here. Where the handler "
                "connects for local runs it can go: st.connection connects there too.",
            )


def _takes_session(module: Module, statement: ast.stmt) -> bool:
    """Whether a statement gets a session anywhere in it, to go on with it."""
    if isinstance(statement, (Function, ast.ClassDef, ast.Try)):
        return False
    return any(isinstance(n, ast.Call) and is_new_session(module, n) for n in ast.walk(statement))


def _message_test(handler: ast.ExceptHandler) -> ast.expr | None:
    for statement in handler.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.If) and any(
                isinstance(c, ast.Constant)
                and isinstance(c.value, str)
                and ("default Session" in c.value or c.value in {"1403", "1409"})
                for c in ast.walk(node.test)
            ):
                return node.test
    return None


def _only_session(module: Module, statement: ast.stmt) -> bool:
    """Whether a statement of the body has to do with getting the session and nothing else."""
    plain = isinstance(statement, (ast.Import, ast.ImportFrom)) or (
        isinstance(statement, ast.Return) and isinstance(statement.value, ast.Name)
    )
    return plain or gets_session(module, statement) or is_bare_session(module, statement)


def _gives_up(statement: ast.stmt) -> bool:
    """``pass``, ``return None`` and ``session = None``: nobody is told."""
    match statement:
        case ast.Pass() | ast.Return(value=None) | ast.Return(value=ast.Constant(value=None)):
            return True
        case ast.Assign(value=ast.Constant(value=None)):
            return True
    return False


def _flag(test: str, inside: object, outside: object) -> str:
    if (inside, outside) == (True, False):
        return test
    if (inside, outside) == (False, True):
        return f"not {test}"
    return f"{_quoted(inside)} if {test} else {_quoted(outside)}"


def _quoted(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) and '"' not in value else repr(value)


def _imports(module: Module, shape: Fallback) -> list[Binding]:
    """The imports that only the handlers needed."""
    names = [
        node
        for handler in shape.statement.handlers
        for node in ast.walk(handler)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    ]
    inside = {id(n) for n in ast.walk(shape.statement)}
    kept = {n.id for s in shape.statement.body for n in ast.walk(s) if isinstance(n, ast.Name)}
    names = [name for name in names if name.id not in kept]
    found = [b for name in names for b in module.import_of(name) if id(b.node) not in inside]
    return list(dict.fromkeys(found))


def _body(shape: Fallback, flags: dict[ast.stmt, str]) -> Rewrite:
    """From the libcst node of the ``try`` to the statements of its body."""
    replaced = {shape.statement.body.index(s): text for s, text in flags.items()}

    def rewrite(node: cst.CSTNode) -> cst.FlattenSentinel[cst.CSTNode]:
        import libcst

        assert isinstance(node, libcst.Try)
        statements: list[cst.CSTNode] = []
        for index, statement in enumerate(_statements(node.body)):
            new = statement
            if index in replaced:
                assert isinstance(new, libcst.SimpleStatementLine)
                small = new.body[0]
                assert isinstance(small, libcst.Assign)
                value = libcst.parse_expression(replaced[index])
                new = new.with_changes(body=[small.with_changes(value=value), *new.body[1:]])
            statements.append(new)
        first = statements[0]
        if isinstance(node.body, libcst.IndentedBlock):
            note = node.body.header.comment
            above = [*node.leading_lines, *([libcst.EmptyLine(comment=note)] if note else [])]
        else:
            above = [*node.leading_lines]
        own = getattr(first, "leading_lines", ())
        statements[0] = first.with_changes(leading_lines=[*above, *own])
        return libcst.FlattenSentinel(statements)

    return rewrite


def _statements(body: cst.BaseSuite) -> list[cst.BaseCompoundStatement | cst.SimpleStatementLine]:
    import libcst

    if isinstance(body, libcst.IndentedBlock):
        return list(body.body)  # type: ignore[arg-type]
    assert isinstance(body, libcst.SimpleStatementSuite)
    return [libcst.SimpleStatementLine(body.body, trailing_whitespace=body.trailing_whitespace)]
