"""Find settings of the whole process that a viewer's run changes.

**What it does.** Reports the working directory, environment variables, the locale, the standard output,
options of pandas, plots and the server, seeds, and attributes of imported packages
(`openai.api_key = …`), where a run sets them: most of them only if the value is a viewer's own. Each
kind has one finding a file.

**Why.** On a warehouse each viewer has a process. In a container all viewers have one between them:
the key, the directory or the language that one viewer's run sets is in force for everyone.

**Example.** Nothing is edited; one line has a finding.

Before:

```python
import os

import streamlit as st

os.environ["SERVICE_TOKEN"] = st.text_input("Your token", type="password")
```

After:

```python
import os

import streamlit as st

os.environ["SERVICE_TOKEN"] = st.text_input("Your token", type="password")
```

**What it leaves.** Values that are the same for all viewers: literals, secrets, the environment; what
happens while a module is imported; `warnings`, `logging.basicConfig` and other settings that harm
nobody.

**Safety.** Finds only. Seeds and the looks of charts and tables are to review; the rest is work to
do by hand.

**Source.** "Migrating between runtime environments",
https://docs.snowflake.com/en/developer-guide/streamlit/migrations-and-upgrades/runtime-migration;
settings.toml beside this file names the sources of each setting
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sis_codemods.threads.reached import runs_for_viewers
from sis_codemods.threads.viewer_values import Belongs, belongs
from sis_codemods.threads.words import listed
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Finding, Item, Safety, Status
from sis_migrate.python.definitions import bindings
from sis_migrate.python.graph import Role
from sis_migrate.python.module import Module
from sis_migrate.python.names import BindingKind

codemod = PythonCodemod(
    __name__,
    code="SIS151",
    name="process-settings",
    summary="settings of the process that a viewer's run changes for all are found",
    item=Item.THREADS,
    safety=Safety.REPORT,
    triggers=(
        b"import os", b"from os", b"import sys", b"seed(", b"setlocale", b"set_option", b"chdir",
        b"redirect_std", b"options.", b"rcParams", b"style.use", b"seaborn", b"templates", b"theme",
        b"i18n", b"gettext", b"signal", b"api_key", b"token", b"password", b"= st.",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Setting:
    """A row of settings.toml."""

    names: frozenset[str]
    when: str
    status: Status
    message: str
    remedy: str


_OF_PACKAGE = Setting(
    frozenset(),
    "viewer",
    Status.MANUAL,
    "sets an attribute of an imported package, which all viewers share, to a viewer's value",
    "Make a client object with the value, in the run, and hand it on.",
)


@codemod.on_module
def settings(module: Module) -> Iterator[Finding]:
    """One finding for each setting that a file changes."""
    if module.role is Role.UNREACHED:
        return
    places: dict[Setting, list[tuple[ast.AST, str]]] = {}
    for node, what, setting, values in _all(module):
        theirs = setting.when == "always" or any(
            belongs(module, value) is Belongs.VIEWER for value in values
        )
        if theirs and runs_for_viewers(module, node):
            places.setdefault(setting, []).append((node, what))
    for setting, found in places.items():
        what = listed(list(dict.fromkeys(what for _, what in found)))
        first = min((node for node, _ in found), key=module.source.start)
        yield module.find(
            first,
            f"{setting.message} ({what})",
            status=setting.status,
            remedy=setting.remedy,
        )


def _all(module: Module) -> Iterator[tuple[ast.AST, str, Setting, list[ast.expr]]]:
    """Each place that changes a setting: what it is, and the values that it is given."""
    for call in module.source.nodes(ast.Call):
        name = module.resolve(call.func) or ""
        setting = _table().get(name)
        if setting and not _is_other_process(module, name, call):
            yield call, f"{name}()", setting, [*call.args, *(k.value for k in call.keywords)]
    targets: list[ast.Attribute | ast.Subscript] = [*module.source.nodes(ast.Attribute)]
    for target in [*targets, *module.source.nodes(ast.Subscript)]:
        parent = module.names.parents.get(target)
        if not isinstance(target.ctx, ast.Store) or not isinstance(parent, ast.Assign):
            continue
        what, setting = _target(module, target)
        if setting:
            yield target, what, setting, [parent.value]


def _target(module: Module, target: ast.Attribute | ast.Subscript) -> tuple[str, Setting | None]:
    if isinstance(target, ast.Subscript):
        key = target.slice.value if isinstance(target.slice, ast.Constant) else ""
        name = module.resolve(target.value) or ""
        return str(key or name), _table().get(name)
    name = module.resolve(target) or ""
    setting = _table().get(name)
    if setting is None and name.startswith("pandas.options."):
        setting = _table()["pandas.options."]
    if name.startswith("streamlit."):
        return name, None
    if setting is None and name and _is_of_package(module, target):
        setting = _OF_PACKAGE
    return name, setting


def _is_of_package(module: Module, target: ast.Attribute) -> bool:
    """Whether it is an attribute of something that is imported from no file of the app's."""
    base: ast.expr = target
    while isinstance(base, ast.Attribute):
        base = base.value
    if not isinstance(base, ast.Name) or list(bindings(module, base)):
        return False
    imported = [b for b in module.names.bindings(base) if b.kind is BindingKind.IMPORT]
    return bool(imported) and not any(
        b.target.startswith("streamlit") or module.project.graph.locate(b.target, module.path)
        for b in imported
    )


def _is_other_process(module: Module, name: str, call: ast.Call) -> bool:
    """Whether a signal goes to a process that the app has started."""
    if name not in {"os.kill", "os.killpg"} or not call.args:
        return False
    return not any(
        isinstance(node, ast.Call) and module.resolve(node.func) in {"os.getpid", "os.getpgrp"}
        for node in ast.walk(call.args[0])
    )


@cache
def _table() -> dict[str, Setting]:
    rows = tomllib.loads((Path(__file__).parent / "settings.toml").read_text("utf-8"))["setting"]
    table: dict[str, Setting] = {}
    for row in rows:
        names = frozenset(row["names"])
        setting = Setting(names, row["when"], Status(row["status"]), row["message"], row["remedy"])
        table |= dict.fromkeys(names, setting)
    return table
