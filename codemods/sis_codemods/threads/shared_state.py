"""Find names of imported modules that viewers' runs change.

**What it does.** Reports lists, dicts and other values at the top of an imported module, and in the
body of a class, that functions change: by `global`, an item, an attribute, `append` and the like, in
its own file or from another. Names that the same functions change have one finding.

**Why.** A container imports a module once, and all viewers share what is in it: what one viewer's run
puts there, the others see and change. Only scripts and pages are executed afresh for each run.

**Example.** Nothing is edited. In a file ``basket.py`` that ``streamlit_app.py`` imports, the first
line has a finding.

Before:

```python
items = []

def put(item):
    items.append(item)
```

After:

```python
items = []

def put(item):
    items.append(item)
```

**What it leaves.** What is only filled while the module is imported (a registry); what is made once,
for everyone alike, when it is first asked for; sessions, which SIS105 reports; `threading.local`,
context variables and loggers; names of scripts and pages.

**Safety.** Finds only. A cache by key, and what is changed under a lock only, are to review; the rest
is work to do by hand.

**Source.** "Migrating between runtime environments",
https://docs.snowflake.com/en/developer-guide/streamlit/migrations-and-upgrades/runtime-migration;
"Multithreading in Streamlit",
https://docs.streamlit.io/develop/concepts/design/multithreading
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from sis_codemods.session.kept_sessions import keeps_session
from sis_codemods.session.values import session_of
from sis_codemods.threads.locks import under_lock
from sis_codemods.threads.reached import outermost
from sis_codemods.threads.shared_names import Change, How, Owner, changes
from sis_codemods.threads.viewer_values import Belongs, belongs
from sis_codemods.threads.words import listed
from sis_migrate.codemod import AppContext, PythonCodemod
from sis_migrate.model import Finding, Item, Safety, Status
from sis_migrate.python.definitions import Function
from sis_migrate.python.module import Module

_EMPTYING = frozenset({"clear", "discard", "pop", "popitem", "popleft", "remove"})
_OWN = "Keep what belongs to a viewer in st.session_state, or hand it from function to function"
_REMEDIES = {
    "state": f"{_OWN}; what all viewers may share, return from a function under st.cache_data or "
    "st.cache_resource.",
    "cache": "Return it from a function under st.cache_data with `ttl=` and `max_entries=`, whose "
    "arguments are the key; whatever depends on the viewer must be among them.",
    "lock": f"The lock keeps it whole, not apart: check that no viewer's data is in it. {_OWN}.",
}
_MESSAGES = {
    "state": "{names} {is_one} for all viewers, and {functions} {change} {it}",
    "cache": "{names} {is_one} for all viewers: a cache without limit or age that {functions} {fill}",
    "lock": "{names} {is_one} for all viewers; {functions} {change} {it}, under a lock",
}

codemod = PythonCodemod(
    __name__,
    code="SIS150",
    name="shared-state",
    summary="names of imported modules that viewers' runs change are found",
    item=Item.THREADS,
    safety=Safety.REPORT,
    triggers=(b"import ",),
)


@codemod.on_app
def shared(context: AppContext) -> Iterator[Finding]:
    """One finding for the names of a file that the same functions change in the same way."""
    groups: dict[tuple[Path, str, tuple[str, ...]], list[list[Change]]] = {}
    for every in changes(context.project()):
        kind = _kind(every)
        if kind:
            key = (every[0].owner.module.path, kind, _functions(every))
            groups.setdefault(key, []).append(every)
    for (_, kind, names), members in groups.items():
        yield _finding(kind, names, members)


def _finding(kind: str, functions: tuple[str, ...], members: list[list[Change]]) -> Finding:
    owners = sorted((every[0].owner for every in members), key=_line)
    first = members[0][0]
    many, several = len(owners) > 1, len(functions) > 1
    message = _MESSAGES[kind].format(
        names=listed([f"`{owner.name}`" for owner in owners]),
        is_one="are each one" if many else "is one",
        functions=listed(functions),
        change="change" if several else "changes",
        fill="fill" if several else "fills",
        it="them" if many else "it",
    )
    owner = owners[0]
    home, node = (first.module, first.node) if owner.node is None else (owner.module, owner.node)
    status = Status.MANUAL if kind == "state" else Status.REVIEW
    return home.find(node, message, status=status, remedy=_REMEDIES[kind])


def _line(owner: Owner) -> int:
    return getattr(owner.node, "lineno", 0)


def _functions(every: list[Change]) -> tuple[str, ...]:
    """What changes a name: functions, and the tops of scripts by their files' names."""
    return tuple(sorted({_where(change) for change in every}))


def _where(change: Change) -> str:
    for node in change.module.names.ancestors(change.node):
        if isinstance(node, Function):
            return f"{node.name}()"
    return change.module.path.name


def _kind(every: list[Change]) -> str:
    """How the changes of one name are reported; "" where they are not."""
    if session_of(every[0].owner.module, every[0].owner.value or ast.Constant(None)):
        return ""
    telling = [c for c in every if not (_empties(c) or keeps_session(c))]  # sessions: SIS105
    if not telling:
        return ""
    if all(_once(c) or _settled(c) for c in telling):
        return ""
    if all(_fills_cache(c) for c in telling):
        return "cache"
    return "lock" if all(under_lock(c.module, c.node) for c in every) else "state"


def _empties(change: Change) -> bool:
    """Whether a change only takes away or resets."""
    if change.how is How.METHOD:
        return change.method in _EMPTYING
    if change.value is None:
        return change.how is not How.ASSIGNED
    match change.value:
        case ast.Constant(value=None):
            return True
        case ast.Dict(keys=[]) | ast.List(elts=[]):
            return True
    return False


def _once(change: Change) -> bool:
    """Whether a name gets, where it has none yet, a value that is the same for all viewers."""
    if change.how not in {How.ASSIGNED, How.ATTRIBUTE} or change.value is None:
        return False
    if isinstance(change.module.names.parents.get(change.node), ast.AugAssign):
        return False
    name = change.owner.name.rpartition(".")[2]
    if not _asks_for(change, name):
        return False
    return _makes_instance(change.value) or belongs(change.module, change.value) is Belongs.ALL


def _makes_instance(value: ast.expr) -> bool:
    """``object.__new__(cls)``: the one instance of a class, whose attributes are another matter."""
    return (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Attribute)
        and value.func.attr == "__new__"
    )


def _settled(change: Change) -> bool:
    """Whether every run sets the same item to the same value (a registry of the app's classes)."""
    if change.how is not How.ITEM or change.key is None or change.value is None:
        return False
    if isinstance(change.module.names.parents.get(change.node), ast.AugAssign):
        return False
    return all(belongs(change.module, e) is Belongs.ALL for e in (change.key, change.value))


def _asks_for(change: Change, name: str) -> bool:
    """Whether an ``if`` of the function asks for the name, and nothing else is compared with it."""
    return any(
        isinstance(node, ast.If) and any(_is(part, name) for part in _asked(node.test))
        for node in ast.walk(_function(change) or ast.Pass())
    )


def _asked(test: ast.expr) -> Iterator[ast.expr]:
    match test:
        case ast.BoolOp():
            for value in test.values:
                yield from _asked(value)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from _asked(operand)
        case ast.Compare(left=left, comparators=[ast.Constant(value=None)]):
            yield left
        case ast.Call(func=ast.Name(id="hasattr"), args=[_, ast.Constant(value=str(name))]):
            yield ast.Name(name)
        case ast.Call(func=ast.Name(id="isinstance"), args=[first, _]):
            yield first
        case _:
            yield test


def _is(expr: ast.expr, name: str) -> bool:
    return getattr(expr, "id", "") == name or getattr(expr, "attr", "") == name


def _fills_cache(change: Change) -> bool:
    """Whether an item is set by a key that is worked out, in a file that asks whether it is there."""
    if change.how is not How.ITEM or change.key is None or isinstance(change.key, ast.Constant):
        return False
    if isinstance(change.module.names.parents.get(change.node), ast.AugAssign):
        return False
    name = change.owner.name.rpartition(".")[2]
    return _asks_by_key(change.owner.module, name)


def _asks_by_key(module: Module, name: str) -> bool:
    for node in module.source.nodes(ast.Compare):
        if isinstance(node.ops[0], (ast.In, ast.NotIn)) and _is(node.comparators[0], name):
            return True
    return any(
        isinstance(node.func, ast.Attribute)
        and node.func.attr == "get"
        and _is(node.func.value, name)
        for node in module.source.nodes(ast.Call)
    )


def _function(change: Change) -> ast.AST | None:
    return outermost(change.module, change.node)
