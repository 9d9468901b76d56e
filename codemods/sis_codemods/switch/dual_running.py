"""Say whether the migrated code still runs on the warehouse, so that it can be tried before the
switch.

**What it does.** Compares the migrated code with what the warehouse has: the Streamlit that
``environment.yml`` names, or the newest there. Makes a step that says that the app can be tried in
place, or which lines prevent it.

**Why.** The switch is smaller when the code has run in its new form. ``st.connection`` works on
both sides; ``st.secrets``, the token file and packages from PyPI do not.

**Example.**

```python
key = st.secrets["openai"]  # prevents it: the warehouse does not support st.secrets
```

**What it leaves.** It changes nothing. Packages that only PyPI has are for the dependency codemods.

**Safety.** It changes nothing.

**Source.** "Runtime environments",
https://docs.snowflake.com/en/developer-guide/streamlit/app-development/runtime-environments
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from sis_codemods.switch.switch_steps import Deployed, deployed
from sis_migrate.codemod import AppContext, DocumentCodemod
from sis_migrate.documents.conda import EnvironmentFileError, parse_environment
from sis_migrate.model import Item, Safety, Step
from sis_migrate.textfile import TextError

codemod = DocumentCodemod(
    __name__,
    code="SIS751",
    name="dual-running",
    summary="whether the migrated code can be tried on the warehouse before the switch",
    item=Item.SWITCH,
    safety=Safety.REPORT,
    order=900,
)

# The newest Streamlit that the warehouse lists ("Runtime environments"), used where none is named.
NEWEST_ON_WAREHOUSE = (1, 52)
_CONFIG_AFTER_CONNECTION = (1, 46)
_ONLY_IN_CONTAINER = (
    (b"/snowflake/session/token", "the token file is only in containers"),
    (b"st.secrets", "the warehouse does not support st.secrets"),
)


@codemod.on_app
def dual_running(context: AppContext) -> Iterator[Step]:
    """One step: try it in place, or why that cannot be."""
    if not context.made or deployed(context) is not Deployed.WAREHOUSE:
        return
    version = warehouse_streamlit(context)
    shown = ".".join(map(str, version))
    found = [
        *_newer(context, version),
        *_lines(context),
        *_config(context, version),
        *_nested(context),
    ]
    if not found:
        text = (
            f"The migrated code runs on the warehouse, too (Streamlit {shown} there): deploy it and "
            "look at it before the switch."
        )
        yield Step(
            "developer", 345, "Try the migrated code on the warehouse", Item.SWITCH, text=text
        )
        return
    lines = "\n".join(dict.fromkeys(found))
    text = f"It does not run on the warehouse (Streamlit {shown} there):\n{lines}"
    yield Step("developer", 345, "Switch code and runtime together", Item.SWITCH, text=text)


def warehouse_streamlit(context: AppContext) -> tuple[int, ...]:
    """The Streamlit that the app has on the warehouse: what environment.yml pins, or the newest."""
    path = context.app.environment_file
    try:
        environment = parse_environment(context.workspace.read(path).text) if path else None
    except (OSError, TextError, EnvironmentFileError):
        environment = None
    for spec in environment.specs if environment else ():
        if spec.name == "streamlit" and spec.version and "<" not in spec.version:
            numbers = [p for p in spec.version.lstrip("=>~").split(".") if p.isdigit()]
            if numbers:
                return tuple(int(part) for part in numbers[:2])
    return NEWEST_ON_WAREHOUSE


def _newer(context: AppContext, version: tuple[int, ...]) -> Iterator[str]:
    for edit in context.made:
        needed = tuple(int(part) for part in edit.oldest_streamlit.split(".") if part)
        if needed[:2] > version:
            place = _place(context, edit.path, edit.span.line if edit.span else 0)
            yield f"{place}: needs Streamlit {edit.oldest_streamlit} ({edit.message})"


def _lines(context: AppContext) -> Iterator[str]:
    for path in context.app.files:
        try:
            data = context.workspace.read_bytes(path)
        except OSError:
            continue
        for number, line in enumerate(data.splitlines(), 1):
            if line.lstrip().startswith(b"#"):
                continue
            for mark, why in _ONLY_IN_CONTAINER:
                if mark in line:
                    yield f"{_place(context, path, number)}: {why}"


def _config(context: AppContext, version: tuple[int, ...]) -> Iterator[str]:
    """``set_page_config`` after a connection, which old Streamlits refuse."""
    if version >= _CONFIG_AFTER_CONNECTION:
        return
    for path in context.app.scripts:
        module = context.modules.get(path)
        connected = 0
        calls = module.source.nodes(ast.Call) if module else ()
        for call in sorted(calls, key=lambda c: c.lineno):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
            if name == "connection":
                connected = connected or call.lineno
            elif name == "set_page_config" and connected:
                yield (
                    f"{_place(context, path, call.lineno)}: st.set_page_config after the connection "
                    f"of line {connected} needs Streamlit 1.46"
                )


def _nested(context: AppContext) -> Iterator[str]:
    entry = context.app.entry_point
    if entry and entry.parent != context.app.root and entry.is_relative_to(context.app.root):
        name = entry.relative_to(context.app.root).as_posix()
        yield f"{name}: the warehouse runs only an entry point in the app's root"


def _place(context: AppContext, path: Path, line: int) -> str:
    inside = path.is_relative_to(context.app.root)
    name = path.relative_to(context.app.root).as_posix() if inside else path.name
    return f"{name}:{line}" if line else name
