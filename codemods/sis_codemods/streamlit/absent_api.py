"""Find every use of a Streamlit name or parameter that the target's releases do not have.

**What it does.** Compares every name of Streamlit that the app uses, and every argument that it gives
to one, with a table made from the published releases, for each release that the app may get
(``--streamlit``; 1.55 up to the newest in the table else). What one of them lacks is reported with the
release that removed it and what to use instead, whether or not another codemod exists for it.

**Why.** Streamlit removes what it deprecated years ago, and a container restarts by itself: a name
that is there today and gone in the next release stops the app without anybody having changed it.

**Example.** Nothing is edited; one line has a finding, because the oldest release that the app may get
does not have the name.

Before:

```python
import streamlit as st

with st.grid():
    st.write("Sales")
```

After:

```python
import streamlit as st

with st.grid():
    st.write("Sales")
```

**What it leaves.** It says nothing about what another codemod edits, what is
deprecated but still there in every release that the app may get, code that asks first
(``hasattr(st, "rerun")``, versions, ``try`` with a fallback), names that the app itself puts into
Streamlit, and arguments hidden in ``*args`` or ``**kwargs``.

**Safety.** Reports only.

**Source.** The wheels of Streamlit 0.84 to 1.67, read by tools/streamlit_api.py; "Release notes",
https://docs.streamlit.io/develop/quick-reference/release-notes
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sis_codemods.streamlit.absence import lost_methods, missing, remedy, signatures, when
from sis_codemods.streamlit.api import Api
from sis_codemods.streamlit.api_names import CONTAINER, is_streamlit, shown
from sis_codemods.streamlit.evaluation import is_defined_by_app
from sis_codemods.streamlit.facts import Signature, Version
from sis_codemods.streamlit.handled import POSITIONAL, handler_of
from sis_codemods.streamlit.receivers import (
    SHARED_METHODS,
    Call,
    Receiver,
    methods,
    named,
    streamlit_call,
    streamlit_name,
)
from sis_codemods.streamlit.shims import has_fallback, reached
from sis_codemods.streamlit.target import releases, text
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Finding, Item, Safety
from sis_migrate.python.module import Module

codemod = PythonCodemod(
    __name__,
    code="SIS301",
    name="absent-api",
    summary="Streamlit names and parameters that the target's releases do not have",
    item=Item.STREAMLIT,
    safety=Safety.REPORT,
    triggers=(b"streamlit",),
    app_triggers=(b"streamlit",),
)


@dataclass(frozen=True, slots=True)
class _Problem:
    """An argument that some releases do not take; ``parameter`` is "" for a positional one."""

    node: ast.AST
    parameter: str
    lacking: tuple[Version, ...]
    message: str
    advice: str = ""


@codemod.on(ast.Attribute)
def attribute(module: Module, node: ast.AST) -> Iterator[Finding]:
    """``st.bokeh_chart``, ``chart.add_rows``, ``streamlit.util.calc_md5``."""
    assert isinstance(node, ast.Attribute)
    if not isinstance(node.ctx, ast.Load) or node.attr.startswith("__"):
        return
    aimed = releases(module.settings.streamlit)
    receiver = named(module, node)
    if receiver is not None:
        owner = named(module, node.value)
        if owner is None or missing(owner.name, aimed):
            return
    elif node.attr in lost_methods(aimed):
        receiver = streamlit_name(module, node)
    if receiver is not None:
        yield from _name(module, node, receiver)


@codemod.on(ast.Name)
def star(module: Module, node: ast.AST) -> Iterator[Finding]:
    """A name that ``from streamlit import *`` brings along."""
    assert isinstance(node, ast.Name)
    if not module.names.module_scope.stars or not isinstance(node.ctx, ast.Load):
        return
    if module.names.lookup(node.id, module.names.scope_of(node)) is None:
        receiver = named(module, node)
        if receiver is not None and Api.load().intervals(receiver.name):
            yield from _name(module, node, receiver)


@codemod.on(ast.Import, ast.ImportFrom)
def imported(module: Module, node: ast.AST) -> Iterator[Finding]:
    """``from streamlit import cache``, ``import streamlit.report_thread``."""
    assert isinstance(node, (ast.Import, ast.ImportFrom))
    for alias in node.names:
        name = alias.name
        if isinstance(node, ast.ImportFrom):
            name = node.module or ""
            name += f".{alias.name}" if alias.name != "*" else ""
        if is_streamlit(name) and not getattr(node, "level", 0):
            yield from _name(module, alias, Receiver(name, certain=True))


@codemod.on(ast.Call)
def call(module: Module, node: ast.AST) -> Iterator[Finding]:
    """Arguments that a command does not take, and ``getattr(st, "cache")``."""
    assert isinstance(node, ast.Call)
    yield from _looked_up(module, node)
    found = _called(module, node)
    if found is None:
        return
    for problem in _problems(found, releases(module.settings.streamlit)):
        yield from _argument(module, found, problem)


def _name(module: Module, node: ast.AST, receiver: Receiver) -> Iterator[Finding]:
    aimed = releases(module.settings.streamlit)
    name = receiver.name
    if not missing(name, aimed) or handler_of(module.settings, name):
        return
    if is_defined_by_app(module, name) or has_fallback(module, node, name):
        return
    lacking = tuple(v for v in reached(module, node) if v in missing(name, aimed))
    if not lacking:
        return
    doubt = "" if receiver.certain else ", if this is Streamlit's"
    yield module.find(
        node,
        f"{shown(name)} {when(lacking, aimed, Api.load().removed_in(name))}{doubt}",
        remedy=remedy(name, None, lacking, aimed),
    )


def _looked_up(module: Module, node: ast.Call) -> Iterator[Finding]:
    """``getattr`` with a name of Streamlit and nothing to fall back on."""
    if not isinstance(node.func, ast.Name) or node.func.id != "getattr" or len(node.args) != 2:
        return
    owner, attribute_name = node.args
    if isinstance(attribute_name, ast.Constant) and isinstance(attribute_name.value, str):
        receiver = named(module, owner)
        if receiver is not None and module.resolve(node.func) == "builtins.getattr":
            name = f"{receiver.name}.{attribute_name.value}"
            yield from _name(module, node, Receiver(name, receiver.certain))


def _called(module: Module, node: ast.Call) -> Call | None:
    """The command that a call calls; containers are only looked for where it would matter."""
    function = node.func
    if not isinstance(function, ast.Attribute) or named(module, function) is not None:
        return streamlit_call(module, node)
    if function.attr in methods():
        name = f"{CONTAINER}.{function.attr}"
        guess = Call(node, function, Receiver(name, certain=False), node.args, partial=False)
        if not any(_problems(guess, releases(module.settings.streamlit))):
            return None
    return streamlit_call(module, node)


def _problems(found: Call, aimed: tuple[Version, ...]) -> Iterator[_Problem]:
    name = found.receiver.name
    known = signatures(name, aimed)
    if not known:
        return
    for keyword in found.keywords:
        if keyword.arg is not None:
            lacking = tuple(v for v, signature in known if not signature.accepts(keyword.arg))
            if lacking:
                removed = Api.load().removed_in(name, keyword.arg)
                told = when(lacking, [v for v, _ in known], removed)
                message = f"the parameter `{keyword.arg}` of {shown(name)} {told}"
                yield _Problem(keyword, keyword.arg, lacking, message)
    if found.hides_positional:
        return
    yield from _positional_problems(found, known)
    if not found.hides_keywords and not found.partial:
        yield from _required_problems(found, known)


def _positional_problems(
    found: Call, known: Sequence[tuple[Version, Signature]]
) -> Iterator[_Problem]:
    given = len(found.args)
    lacking = []
    least = given
    for version, signature in known:
        most = signature.max_positional
        if most is not None and most < given:
            lacking.append(version)
            least = min(least, most)
    if lacking:
        message = f"{shown(found.receiver.name)} takes {least} positional arguments at most"
        if len(lacking) < len(known):
            message += f" in Streamlit {text(lacking[0])} to {text(lacking[-1])}"
        yield _Problem(found.args[least], POSITIONAL, tuple(lacking), message)
        return
    for index, argument in enumerate(found.args):
        names = {s.positional[index].name for _, s in known if index < len(s.positional)}
        if len(names) > 1:
            message = (
                f"the {index + 1}th positional argument of {shown(found.receiver.name)} means "
                f"{' or '.join(f'`{n}`' for n in sorted(names))}, depending on the release"
            )
            yield _Problem(argument, POSITIONAL, tuple(v for v, _ in known), message)
            return


def _required_problems(
    found: Call, known: Sequence[tuple[Version, Signature]]
) -> Iterator[_Problem]:
    """A parameter that could be left out before."""
    name = found.receiver.name
    given = {k.arg for k in found.keywords}
    lacking: dict[str, list[Version]] = {}
    for version, signature in known:
        for index, parameter in enumerate(signature.parameters):
            filled = parameter.position is not None and index < len(found.args)
            if parameter.required and not filled and parameter.name not in given:
                lacking.setdefault(parameter.name, []).append(version)
    for parameter_name, versions in lacking.items():
        if _was_optional(name, parameter_name, versions[0]):
            message = (
                f"{shown(name)} needs `{parameter_name}` from Streamlit {text(versions[0])} on"
            )
            advice = f"Give `{parameter_name}` here."
            yield _Problem(found.node, parameter_name, tuple(versions), message, advice)


def _was_optional(name: str, parameter: str, before: Version) -> bool:
    api = Api.load()
    earlier = [api.parameters(name, v) for v in api.versions if v < before]
    return any(p.name == parameter and not p.required for s in earlier if s for p in s.parameters)


def _argument(module: Module, found: Call, problem: _Problem) -> Iterator[Finding]:
    name = found.receiver.name
    parameter = problem.parameter
    if handler_of(module.settings, name, parameter) or handler_of(module.settings, name):
        return
    if handler_of(module.settings, name, "kwargs") and not Api.load().intervals(name, parameter):
        return
    if not found.receiver.certain and not _is_likely(found, parameter):
        return
    aimed = releases(module.settings.streamlit)
    lacking = tuple(v for v in reached(module, found.node) if v in problem.lacking)
    if not lacking or has_fallback(module, found.node, name) or is_defined_by_app(module, name):
        return
    advice = problem.advice
    if not advice and parameter != POSITIONAL:
        advice = remedy(name, parameter, lacking, aimed)
    yield module.find(
        problem.node,
        problem.message + ("" if found.receiver.certain else ", if this is Streamlit's"),
        remedy=advice or "Give it by name, or do without it.",
    )


def _is_likely(found: Call, parameter: str) -> bool:
    """Whether a call on something that may be a container looks like one of Streamlit's."""
    if parameter == POSITIONAL:
        return found.receiver.command not in SHARED_METHODS
    return bool(Api.load().intervals(found.receiver.name, parameter))
