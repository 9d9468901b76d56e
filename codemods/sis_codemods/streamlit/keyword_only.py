"""Name the arguments that Streamlit takes by name only.

**What it does.** Positional arguments that a release no longer takes get the names that they had in
the releases that took them: `line_numbers` of `code`, `help` of `metric`, `theme` of charts, `zoom` of
`map` and so on; and `scope` of `rerun`, which only newer releases take without its name.

**Why.** Each is a `TypeError` when the line runs.

**Example.**

Before:

```python
import streamlit as st

st.code("x = 1", "python", True)
```

After:

```python
import streamlit as st

st.code("x = 1", "python", line_numbers=True)
```

**What it leaves.** Arguments that are gone altogether, more than any release took, and those of
methods of something that may not be Streamlit's, have a finding.

**Safety.** Safe.

**Source.** The wheels of Streamlit 0.84 to 1.67, read by tools/streamlit_api.py
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import cache

from sis_codemods.streamlit.absence import signatures
from sis_codemods.streamlit.api import Api
from sis_codemods.streamlit.api_names import shown
from sis_codemods.streamlit.arguments import changed
from sis_codemods.streamlit.facts import Signature, Version
from sis_codemods.streamlit.receivers import SHARED_METHODS, Call, streamlit_call
from sis_codemods.streamlit.shims import has_fallback, reached
from sis_codemods.streamlit.target import releases, text
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Edit, Finding, Item, Safety
from sis_migrate.python.module import Module

codemod = PythonCodemod(
    __name__,
    code="SIS308",
    name="keyword-only-arguments",
    summary="Positional arguments that are keyword-only now get their names",
    item=Item.STREAMLIT,
    safety=Safety.SAFE,
    triggers=(b"streamlit",),
    app_triggers=(b"streamlit",),
)


@codemod.on(ast.Call)
def call(module: Module, node: ast.AST) -> Iterator[Edit | Finding]:
    """Name the surplus arguments of one call."""
    assert isinstance(node, ast.Call)
    if not node.args or not _may_be_surplus(module, node):
        return
    found = streamlit_call(module, node)
    if found is None or found.hides_positional or found.receiver.command == "image":
        return
    least = _least(module, found)
    if least is None or least >= len(found.args):
        return
    if has_fallback(module, node, found.receiver.name):
        return
    yield from _named(module, found, least)


def _may_be_surplus(module: Module, node: ast.Call) -> bool:
    """A quick no for the calls that Streamlit would take as they are, whatever they are."""
    function: ast.expr = node.func
    given = len(node.args)
    last = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if last.startswith("partial") and given > 1:
        return True
    if isinstance(function, ast.Name):
        return True
    return given > _limits(releases(module.settings.streamlit)).get(last, 1_000)


@cache
def _limits(aimed: tuple[Version, ...]) -> dict[str, int]:
    """The least number of positional arguments that the commands of a name take."""
    found: dict[str, int] = {}
    for name in Api.load().names():
        for _, signature in signatures(name, aimed):
            most = signature.max_positional
            if most is not None:
                last = name.rpartition(".")[2]
                found[last] = min(found.get(last, most), most)
    return found


def _least(module: Module, found: Call) -> int | None:
    """How many positional arguments every release that the call reaches takes."""
    known = dict(signatures(found.receiver.name, releases(module.settings.streamlit)))
    limits = [known[v].max_positional for v in reached(module, found.node) if v in known]
    return min((limit for limit in limits if limit is not None), default=None)


def _named(module: Module, found: Call, least: int) -> Iterator[Edit | Finding]:
    name = found.receiver.name
    names = _positional_names(name)
    surplus = range(least, len(found.args))
    given = {k.arg for k in found.keywords}
    message = f"{shown(name)} takes {least} positional arguments at most"
    if not found.receiver.certain:
        if found.receiver.command not in SHARED_METHODS and len(found.args) <= len(names):
            yield module.find(
                found.args[least],
                f"{message}, if this is Streamlit's",
                remedy=f"Give the others by name: {', '.join(names[least:])}.",
            )
        return
    aimed = signatures(name, releases(module.settings.streamlit))
    for index in surplus:
        reason = _obstacle(names, index, given, aimed)
        if reason:
            yield module.find(found.args[index], f"{message}, and {reason}", remedy="Leave it out.")
            return
    new = [names[i] for i in surplus]
    since = max((Api.load().added_in(name, n) or (0, 0)) for n in new)
    yield module.rewrite(
        found.node,
        changed({i + found.offset: (names[i], "") for i in surplus}),
        f"{shown(name)} takes {', '.join(f'`{n}`' for n in new)} by name only",
        oldest_streamlit=text(since) if since > Api.load().versions[0] else "",
    )


def _obstacle(
    names: Sequence[str],
    index: int,
    given: set[str | None],
    aimed: Sequence[tuple[Version, Signature]],
) -> str:
    if index >= len(names):
        return "no release took more"
    if names[index] in given:
        return f"`{names[index]}` is given twice"
    if not all(signature.accepts(names[index]) for _, signature in aimed):
        return f"`{names[index]}`, which this was, is gone"
    return ""


@cache
def _positional_names(name: str) -> tuple[str, ...]:
    """The names of the positional parameters in the release that took the most."""
    known = signatures(name, Api.load().versions)
    return max(
        (tuple(p.name for p in signature.positional) for _, signature in known), key=len, default=()
    )
