"""Tell libraries which session to use, instead of letting them look for the active one.

**What it does.** Adds ``session=`` to calls of ``snowflake.cortex`` (``complete``, ``sentiment``,
``translate``, …), ``snowflake.ml.jobs`` and the decorators ``udf``, ``udtf``, ``udaf``, ``pandas_udf``
and ``sproc``, where a session certainly is in scope; reports those where none is, and functions that
cannot be told (``SnowflakeFile``).

**Why.** Without it they ask Snowpark for the active session. In a container each ``.session()`` call
registers one more, and from the second on they fail with "More than one active session is detected".

**Example.**

Before:

```python
import streamlit as st
from snowflake.cortex import complete

session = st.connection("snowflake").session()
st.write(complete("mistral-large2", st.text_input("Question")))
```

After:

```python
import streamlit as st
from snowflake.cortex import complete

session = st.connection("snowflake").session()
st.write(complete("mistral-large2", st.text_input("Question"), session=session))
```

**What it leaves.** Calls that have a session; calls on columns (``complete(model, col("TEXT"))``),
which need none; ``Root(session)``, ``Registry(session)``, ``session.udf.register`` and others that
cannot do without one.

**Safety.** Safe: the libraries' own first choice is the session they are given. To review in an app
that has no session of its own: there the call gets one from ``st.connection("snowflake")``.

**Source.** The packages themselves: snowflake-ml-python 1.5.4, 1.7.5 and 2.6.0,
snowflake-snowpark-python 1.56.0, snowflake-core 1.14.0 (implicit.toml beside this file).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from sis_codemods.session.scope import has_sessions, session_in_scope
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Edit, Finding, Item, Safety
from sis_migrate.python.graph import Role
from sis_migrate.python.module import Module

if TYPE_CHECKING:
    import libcst as cst

_COLUMNS = "snowflake.snowpark.functions"
_FAILS = "uses the active session, of which there is more than one after the first rerun"

codemod = PythonCodemod(
    __name__,
    code="SIS135",
    name="implicit-session",
    summary="libraries that look for the active session are given `session=`",
    item=Item.SESSION,
    safety=Safety.SAFE,
    triggers=(b"cortex", b"snowflake.ml", b"udf", b"udtf", b"udaf", b"sproc", b"xpath",
              b"SnowflakeFile"),
)  # fmt: skip


@dataclass(frozen=True)
class Implicit:
    """A function that looks for a session; ``keyword`` gives it one ("": nothing does)."""

    keyword: str
    remedy: str


@codemod.on(ast.Call)
def call(module: Module, node: ast.AST) -> Iterator[Edit | Finding]:
    """Give a call its session."""
    assert isinstance(node, ast.Call)
    known = _known(module, node.func)
    if known is None or _given(node, known) or _on_columns(module, node):
        return
    name = module.source.segment(node.func)
    text = session_in_scope(module, node) if known.keyword else ""
    keyword = known.keyword
    if not keyword or any(k.arg is None for k in node.keywords):
        yield _finding(module, node, name, known)
    elif text:
        yield module.rewrite(
            node,
            lambda old: _with_keyword(old, keyword, text),
            f"{name}() is given the session",
        )
    elif has_sessions(module.project) or _at_import(module, node):
        yield _finding(module, node, name, known)
    else:
        yield _own_session(module, node, name, keyword)


@codemod.on(ast.FunctionDef, ast.ClassDef)
def bare_decorator(module: Module, node: ast.AST) -> Iterator[Edit | Finding]:
    """Give ``@udf`` without parentheses its session."""
    assert isinstance(node, (ast.FunctionDef, ast.ClassDef))
    for decorator in node.decorator_list:
        known = None if isinstance(decorator, ast.Call) else _known(module, decorator)
        if known is None or not known.keyword:
            continue
        name = module.source.segment(decorator)
        text = session_in_scope(module, node)
        if not text:
            yield _finding(module, decorator, f"@{name}", known)
        else:
            yield module.replace(
                decorator, f"{name}({known.keyword}={text})", f"@{name} is given the session"
            )


def _at_import(module: Module, node: ast.AST) -> bool:
    """Whether it runs once for all viewers, when a shared module is imported."""
    frame = module.names.scope_of(node).frame
    return frame is module.names.module_scope and module.role is not Role.SCRIPT


def _own_session(module: Module, node: ast.Call, name: str, keyword: str) -> Edit:
    """In an app that has no session at all: one of the app's connection, made for this call."""
    st = module.imports.name_for("streamlit", alias="st", at=node)
    made = module.requoted(node, f'{st}.connection("snowflake").session()')
    return module.rewrite(
        node,
        lambda old: _with_keyword(old, keyword, made),
        f"{name}() is given a session of the app's connection",
        imports=[st],
        safety=Safety.REVIEW,
        remedy="Each such call makes a new session: where it is called often, make one and pass it.",
        oldest_streamlit="1.28",
    )


def _finding(module: Module, node: ast.AST, name: str, known: Implicit) -> Finding:
    return module.find(
        node,
        f"{name} {_FAILS}",
        remedy=known.remedy or f"Pass `{known.keyword}=` with the app's session.",
    )


def _known(module: Module, function: ast.expr) -> Implicit | None:
    if module.role is Role.UNREACHED or not isinstance(function, (ast.Name, ast.Attribute)):
        return None
    name = module.resolve(function)
    return _table().get(name) if name and name.startswith("snowflake.") else None


def _given(node: ast.Call, known: Implicit) -> bool:
    return bool(known.keyword) and any(k.arg == known.keyword for k in node.keywords)


def _on_columns(module: Module, node: ast.Call) -> bool:
    """Whether an argument is a Snowpark column: then the call only builds an expression."""
    for argument in (*node.args, *(k.value for k in node.keywords)):
        inner: ast.expr = argument
        while isinstance(inner, (ast.Call, ast.Attribute)):
            inner = inner.func if isinstance(inner, ast.Call) else inner.value
            if any(m.startswith(_COLUMNS) for m in module.names.possible(inner)):
                return True
    return False


def _with_keyword(old: cst.CSTNode, keyword: str, text: str) -> cst.CSTNode:
    import libcst

    assert isinstance(old, libcst.Call)
    new = libcst.Arg(
        value=libcst.parse_expression(text),
        keyword=libcst.Name(keyword),
        equal=libcst.AssignEqual(libcst.SimpleWhitespace(""), libcst.SimpleWhitespace("")),
    )
    if not old.args:
        return old.with_changes(args=[new])
    *rest, last = old.args
    between: libcst.Comma | libcst.MaybeSentinel = libcst.Comma(
        whitespace_after=libcst.SimpleWhitespace(" ")
    )
    if rest and isinstance(rest[-1].comma, libcst.Comma):
        between = _plain(rest[-1].comma)
    elif isinstance(old.whitespace_before_args, libcst.ParenthesizedWhitespace):
        between = _plain(libcst.Comma(whitespace_after=old.whitespace_before_args))
    if not isinstance(last.comma, libcst.Comma):
        new = new.with_changes(whitespace_after_arg=last.whitespace_after_arg)
        last = last.with_changes(whitespace_after_arg=libcst.SimpleWhitespace(""))
    new = new.with_changes(comma=last.comma)
    return old.with_changes(args=[*rest, last.with_changes(comma=between), new])


def _plain(comma: cst.Comma) -> cst.Comma:
    """A comma with the line break and indentation of another, but without its comment."""
    import libcst

    after = comma.whitespace_after
    if not isinstance(after, libcst.ParenthesizedWhitespace):
        return comma
    first = after.first_line.with_changes(whitespace=libcst.SimpleWhitespace(""), comment=None)
    return comma.with_changes(whitespace_after=after.with_changes(first_line=first, empty_lines=[]))


@cache
def _table() -> dict[str, Implicit]:
    import tomllib
    from importlib.resources import files

    text = files("sis_codemods.session").joinpath("implicit.toml").read_text("utf-8")
    return {
        group["prefix"] + name: Implicit(group["keyword"], group.get("remedy", ""))
        for group in tomllib.loads(text)["group"]
        for name in group["functions"]
    }
