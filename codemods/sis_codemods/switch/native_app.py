"""Say what a Native App's setup script and manifest need for the container runtime.

**What it does.** Reports each ``CREATE STREAMLIT`` of a setup script that has no container runtime,
with the statements to write, the manifest with the version and privileges that it lacks, and an
``environment.yml`` whose Streamlit is older than what the migrated code needs.

**Why.** In a Native App the container runtime is a choice (a preview), and the warehouse stays the
default. The app needs a compute pool of its own: neither the system pool nor the shared package
repository is there for it, and the consumer approves what it reaches.

**Example.** Reported:

```sql
CREATE OR REPLACE STREAMLIT core.ui
  FROM '/streamlit'
  MAIN_FILE = '/ui.py';
```

**What it leaves.** It changes nothing.

**Safety.** It changes nothing.

**Source.** "Add a Streamlit app",
https://docs.snowflake.com/en/developer-guide/native-apps/adding-streamlit
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from sis_codemods.switch.dual_running import NEWEST_ON_WAREHOUSE, warehouse_streamlit
from sis_codemods.switch.native import native_statements
from sis_codemods.switch.packages import needs_source
from sis_codemods.switch.project import span
from sis_migrate.codemod import AppContext, DocumentCodemod
from sis_migrate.documents.sql_quoting import literal
from sis_migrate.documents.sql_scan import Statement
from sis_migrate.documents.yaml_spans import YamlError, parse, values
from sis_migrate.model import Finding, Item, Safety, Span, Status
from sis_migrate.switch.target import is_container, target
from sis_migrate.textfile import TextError

codemod = DocumentCodemod(
    __name__,
    code="SIS731",
    name="native-app",
    summary="a Native App's setup script and manifest: what the container runtime needs",
    item=Item.SWITCH,
    safety=Safety.REPORT,
    order=750,
    covers=(Item.STREAMLIT,),
)

# What codemods write most, as a later run finds it in the code. Source: Streamlit's release notes.
_SINCE = {"connection": "1.28", "rerun": "1.27", "query_params": "1.30", "fragment": "1.37"}
_PRIVILEGES = ("CREATE COMPUTE POOL", "BIND SERVICE ENDPOINT", "CREATE WAREHOUSE")
_FOR_PACKAGES = "CREATE EXTERNAL ACCESS INTEGRATION"
_MANIFESTS = ("manifest.yml", "manifest.yaml")


@codemod.on_app
def native(context: AppContext) -> Iterator[Finding]:
    """Report the app's statements and its manifest."""
    chosen = target(context.settings)
    found = list(native_statements(context)) if chosen.container else []
    packages = needs_source(context)
    open_ones = [(p, s) for p, s in found if not _is_done(s)]
    for path, statement in open_ones:
        yield Finding(
            path,
            f"{statement.name} is part of a Native App: it stays on the warehouse unless the setup "
            "script asks for a container",
            Status.MANUAL,
            span=span(context.workspace.read(path).text, statement.start, statement.end),
            remedy=_setup(statement, chosen.runtime, packages=packages),
        )
    if open_ones:
        yield from _too_old(context)
    manifest = _manifest(context, open_ones[0][0]) if open_ones else None
    if manifest:
        yield from _missing(context, manifest, packages=packages)


def _too_old(context: AppContext) -> Iterator[Finding]:
    """An ``environment.yml`` whose Streamlit lacks what the code needs: it counts until the switch."""
    path, version = context.app.environment_file, warehouse_streamlit(context)
    needed, where = max(_needs(context), default=((0,), ""))
    if path is None or needed <= version or not context.workspace.exists(path):
        return
    shown, least = (".".join(map(str, numbers)) for numbers in (version, needed))
    lines = context.workspace.read(path).text.splitlines()
    found = (n for n, t in enumerate(lines, 1) if re.match(r"""\s*-\s*["']?streamlit\b(?!-)""", t))
    number = next(found, 1)
    yield Finding(
        path,
        f"the Native App gets Streamlit {shown} from this file while it runs on a warehouse, and the "
        f"migrated code needs {least} ({where})",
        Status.MANUAL,
        span=Span(number, 1, number, 1),
        remedy=_newer(needed),
        item=Item.STREAMLIT,
    )


def _newer(needed: tuple[int, ...]) -> str:
    newest = ".".join(map(str, NEWEST_ON_WAREHOUSE))
    if needed > NEWEST_ON_WAREHOUSE:
        return (
            f"A warehouse has Streamlit {newest} at most: release the code only together with the "
            "container runtime in the setup script, or write the code in a form for the warehouse "
            "(--session documented) and - streamlit=" + newest + " here."
        )
    return f"Write there: - streamlit={newest} (it must be in Snowflake's channel)."


def _needs(context: AppContext) -> Iterator[tuple[tuple[int, ...], str]]:
    """The Streamlit that edits of this run need, and the calls that are in the code by now."""
    for edit in context.made:
        if edit.oldest_streamlit:
            yield _numbers(edit.oldest_streamlit), edit.message
    for path, module in context.modules.items():
        for node in module.source.nodes(ast.Attribute):
            version = _SINCE.get(node.attr)
            if version and module.resolve(node) == f"streamlit.{node.attr}":
                yield _numbers(version), f"st.{node.attr} in {path.name}, line {node.lineno}"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2])


def _is_done(statement: Statement) -> bool:
    runtime = statement.get("RUNTIME_NAME")
    return bool(runtime and is_container(runtime.text or ""))


def _setup(statement: Statement, runtime: str, *, packages: bool) -> str:
    source, main = statement.get("FROM"), statement.get("MAIN_FILE")
    lines = [
        "Write in the setup script (the pool's name is yours to choose):",
        "CREATE COMPUTE POOL IF NOT EXISTS <app>_pool MIN_NODES = 1 MAX_NODES = 2",
        "  INSTANCE_FAMILY = CPU_X64_XS AUTO_RESUME = TRUE;",
        "CREATE WAREHOUSE IF NOT EXISTS <app>_wh WAREHOUSE_SIZE = XSMALL;",
        f"CREATE OR REPLACE STREAMLIT {statement.name}",
        f"  FROM {literal(source.text or '') if source else '<folder>'}",
        f"  MAIN_FILE = {literal((main.text or '') if main else 'streamlit_app.py')}",
        f"  RUNTIME_NAME = {literal(runtime)}",
        "  COMPUTE_POOL = <app>_pool",
        "  QUERY_WAREHOUSE = <app>_wh;",
    ]
    if packages:
        lines += [
            "For the packages, which come through an integration that the consumer approves:",
            "CREATE OR REPLACE NETWORK RULE <schema>.packages MODE = EGRESS TYPE = HOST_PORT",
            "  VALUE_LIST = (<hosts of the package index>);",
            "CREATE EXTERNAL ACCESS INTEGRATION IF NOT EXISTS <app>_packages",
            "  ALLOWED_NETWORK_RULES = (<schema>.packages) ENABLED = TRUE;",
            "ALTER APPLICATION SET SPECIFICATION packages TYPE = EXTERNAL_ACCESS",
            "  LABEL = 'Packages' DESCRIPTION = 'Python packages of the app'",
            "  HOST_PORTS = (<hosts of the package index>);",
            "and add to the CREATE STREAMLIT: EXTERNAL_ACCESS_INTEGRATIONS = (<app>_packages)",
        ]
    return "\n".join(lines)


def _manifest(context: AppContext, script: Path) -> Path | None:
    """The manifest: beside the setup script or above it, or in a folder ``app`` there."""
    top = context.app.root
    for folder in (script.parent, *list(script.parents)[1:4], top, *list(top.parents)[:3]):
        for name in _MANIFESTS:
            for path in (folder / name, folder / "app" / name):
                if context.workspace.exists(
                    path
                ) and b"setup_script" in context.workspace.read_bytes(path):
                    return path
    return None


def _missing(context: AppContext, path: Path, *, packages: bool) -> Iterator[Finding]:
    try:
        text = context.workspace.read(path).text
        document = values(parse(text))
    except (OSError, TextError, YamlError):
        return
    lines = []
    version = document.get("manifest_version") if isinstance(document, dict) else None
    if str(version) != "2":
        lines.append("manifest_version: 2")
    wanted = [*_PRIVILEGES, *([_FOR_PACKAGES] if packages else [])]
    missing = [p for p in wanted if not re.search(rf"\b{p}\b", text, re.IGNORECASE)]
    if missing:
        lines.append("privileges:")
        lines += [f"  - {p}:\n      description: <why the app needs it>" for p in missing]
    if lines:
        yield Finding(
            path,
            "the manifest lacks what a Native App with a container app needs",
            Status.MANUAL,
            span=Span(1, 1, 1, 1),
            remedy="Write in the manifest:\n" + "\n".join(lines),
        )
