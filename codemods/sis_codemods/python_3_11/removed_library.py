"""Find what Python 3.11 has no longer in its standard library.

**What it does.** Reports modules, functions and parameters of the standard library that Python 3.8, 3.9
or 3.10 has and 3.11 has not, and what takes their place.

**Why.** A warehouse runs the Python that ``environment.yml`` asks for, from 3.8 on in older apps; the
container runs 3.11 only.

**Example.** Here the second line fails at import:

Before:

```python
from collections import OrderedDict
from collections import Mapping
```

After:

```python
from collections import OrderedDict
from collections import Mapping
```

**What it leaves.** Uses in a ``try`` that catches the failure, and below a test of ``sys.version_info``
or with ``hasattr``. Methods, such as ``Thread.isAlive``: their objects are not followed.

**Safety.** It changes nothing.

**Source.** "What's New in Python 3.9", "3.10" and "3.11", section "Removed",
https://docs.python.org/3.11/whatsnew/index.html, and the modules of CPython 3.8 to 3.11
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from sis_codemods.private.tries import caught, is_broad
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Finding, Item, Safety
from sis_migrate.python.module import Module

_FAILURES = frozenset({"AttributeError", "ImportError", "ModuleNotFoundError", "TypeError"})

_TRIGGERS = (
    b"binhex", b"dummy_threading", b"formatter", b"parser", b"symbol", b"openfp", b"coroutine",
    b"codestring", b"_hqx", b"gcd", b"gettext", b"codeset", b"ArgSpec", b"argspec", b"plistlib",
    b"MailmanProxy", b"callstats", b"checkinterval", b"collections", b"loads",
    b"shuffle", b"loop=",
)  # fmt: skip

codemod = PythonCodemod(
    __name__,
    code="SIS401",
    name="removed-library",
    summary="Modules and names that Python 3.11's standard library has no longer",
    item=Item.PYTHON,
    safety=Safety.REPORT,
    triggers=_TRIGGERS,
)


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "removed.toml").read_text("utf-8"))


@cache
def _gone() -> dict[str, str]:
    """Every module and name that is gone, with what takes its place."""
    moved = {f"collections.{n}": f"collections.abc.{n}" for n in _table()["collections"]["names"]}
    return {**_table()["modules"], **_table()["names"], **moved}


@codemod.on(ast.Import)
def imported(module: Module, node: ast.AST) -> Iterator[Finding]:
    """``import parser``, unless it is a module of the app's own."""
    assert isinstance(node, ast.Import)
    for alias in node.names:
        own = module.project.graph.locate(alias.name, module.path) is not None
        if alias.name in _table()["modules"] and not own:
            yield from _found(module, node, alias.name)


@codemod.on(ast.ImportFrom)
def imported_from(module: Module, node: ast.AST) -> Iterator[Finding]:
    """``from collections import Mapping``."""
    assert isinstance(node, ast.ImportFrom)
    home = node.module or ""
    own = module.project.graph.locate(home, module.path) is not None
    if node.level or not home or own:
        return
    if home in _table()["modules"]:
        yield from _found(module, node, home)
        return
    for alias in node.names:
        yield from _found(module, node, f"{home}.{alias.name}")


@codemod.on(ast.Attribute)
def attribute(module: Module, node: ast.AST) -> Iterator[Finding]:
    """``collections.Mapping``, ``inspect.getargspec``."""
    assert isinstance(node, ast.Attribute)
    if node.attr in _last_names():
        # A name that was imported from its module is reported at its import.
        yield from _found(module, node, module.resolve(node) or "")


@cache
def _last_names() -> frozenset[str]:
    return frozenset(name.rpartition(".")[2] for name in _gone() if name not in _table()["modules"])


@codemod.on(ast.Call)
def call(module: Module, node: ast.AST) -> Iterator[Finding]:
    """``json.loads(text, encoding="utf-8")``."""
    assert isinstance(node, ast.Call)
    known = _table()["parameters"].get(module.resolve(node.func) or "")
    if known is None:
        return
    position = known.get("position", len(node.args))
    given = [k for k in node.keywords if k.arg == known["parameter"]]
    if (given or len(node.args) > position) and not _provided_for(module, node):
        name = module.resolve(node.func)
        message = f"{name} takes no {known['parameter']} in Python 3.11: the call fails"
        yield module.find(node, message, remedy=known["instead"])


def _found(module: Module, node: ast.AST, name: str) -> Iterator[Finding]:
    if name not in _gone() or _provided_for(module, node):
        return
    instead = _gone()[name]
    remedy = f"Use {instead}." if instead else "Find a package that does the same, or do without."
    yield module.find(node, f"Python 3.11 has no {name}", remedy=remedy)


def _provided_for(module: Module, node: ast.AST) -> bool:
    """Whether the code looks first, or catches the failure."""
    child = node
    for ancestor in module.names.ancestors(node):
        if isinstance(ancestor, ast.Try):
            if child in ancestor.handlers:
                return True  # the other side of such a ``try``
            names = {n for h in ancestor.handlers for n in caught(module, h)}
            if child in ancestor.body and names & _FAILURES:
                return True
            if child in ancestor.body and any(is_broad(module, h) for h in ancestor.handlers):
                return True
        if isinstance(ancestor, (ast.If, ast.IfExp)) and _looks(module, ancestor.test):
            return True
        child = ancestor
    return False


def _looks(module: Module, test: ast.expr) -> bool:
    told = (module.resolve(n) for n in ast.walk(test) if isinstance(n, (ast.Name, ast.Attribute)))
    return any(name in {"sys.version_info", "builtins.hasattr"} for name in told)
