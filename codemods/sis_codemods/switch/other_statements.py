"""Say what else in scripts has to change: grants, ``ALTER STREAMLIT``, statements made from strings.

**What it does.** Reports an ``ALTER STREAMLIT … SET`` of a location, of imports or of a warehouse
runtime, a ``GRANT CREATE STREAMLIT`` to a role that then also needs the pool and the package
source, and strings in SQL, shell and Python files that hold a ``CREATE STREAMLIT`` without a
runtime.

**Why.** They make or change apps with the old properties, and a string cannot be edited safely.

**Example.** Reported:

```sql
EXECUTE IMMEDIATE 'CREATE STREAMLIT sales ROOT_LOCATION = ''@stage'' MAIN_FILE = ''/app.py''';
```

**What it leaves.** It changes nothing.

**Safety.** It changes nothing.

**Source.** "ALTER STREAMLIT", https://docs.snowflake.com/en/sql-reference/sql/alter-streamlit, and
"Streamlit in Snowflake: privileges",
https://docs.snowflake.com/en/developer-guide/streamlit/object-management/privileges
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from sis_codemods.switch.attached import is_about, scanned
from sis_codemods.switch.native import is_native_app
from sis_codemods.switch.nearby import nearby
from sis_codemods.switch.packages import needs_source
from sis_codemods.switch.project import span
from sis_migrate.codemod import AppContext, DocumentCodemod
from sis_migrate.documents import sql_scan
from sis_migrate.documents.sql_quoting import comment, identifier, literal, qualified
from sis_migrate.documents.sql_scan import SqlError, Token
from sis_migrate.model import Finding, Item, Safety, Status
from sis_migrate.switch.target import MANAGED_RULE, SYSTEM_POOL, Target, is_container, target
from sis_migrate.textfile import Lines, TextError

codemod = DocumentCodemod(
    __name__,
    code="SIS712",
    name="other-statements",
    summary="grants, `ALTER STREAMLIT` and statements made from strings: what to change",
    item=Item.SWITCH,
    safety=Safety.REPORT,
    order=745,
)

_IN_CODE = re.compile(r"create\s+(?:or\s+replace\s+)?streamlit\b(?!\s+on\b)", re.IGNORECASE)
_NAMED = re.compile(r"runtime_name", re.IGNORECASE)
_SCRIPTS = {".sh", ".bash", ".ps1", ".py", ".yml", ".yaml"}


@codemod.on_app
def report(context: AppContext) -> Iterator[Finding]:
    """Report the statements of the app's scripts, and the strings in the files around it."""
    chosen = target(context.settings)
    if not chosen.container or is_native_app(context):
        return
    for path in context.app.sql_files:
        try:
            yield from _altered(context, path)
            text = context.workspace.read(path).text
            yield from _built(path, text, chosen)
            yield from _grants(context, path, text, chosen)
        except (OSError, TextError, SqlError):
            continue  # SIS711 reports it
    for path in nearby(context.app, context.workspace):
        if path.suffix in _SCRIPTS:
            yield from _in_code(context, path, chosen)


def _altered(context: AppContext, path: Path) -> Iterator[Finding]:
    text = context.workspace.read(path).text
    for statement in scanned(path, context.workspace):
        if statement.action != "SET" or not is_about(statement, context.app):
            continue
        for name in ("ROOT_LOCATION", "IMPORTS"):
            prop = statement.get(name)
            if prop:
                yield Finding(
                    path,
                    f"ALTER STREAMLIT sets {name}, which a container app does not have",
                    Status.MANUAL,
                    span=span(text, prop.start, prop.end),
                    remedy="Remove it; put the files into the app with COPY FILES INTO its live "
                    "version, or with a deploy.",
                )
        runtime = statement.get("RUNTIME_NAME")
        if runtime and runtime.text and not is_container(runtime.text):
            yield Finding(
                path,
                "ALTER STREAMLIT sets the warehouse runtime",
                Status.REVIEW,
                span=span(text, runtime.start, runtime.end),
                remedy="Right in a script that goes back; else name the container runtime.",
            )


def _built(path: Path, text: str, chosen: Target) -> Iterator[Finding]:
    for token in sql_scan.built(text):
        if not _NAMED.search(token.value):
            yield Finding(
                path,
                "a string holds a CREATE STREAMLIT without a runtime",
                Status.MANUAL,
                span=span(text, token.start, token.end),
                remedy=_remedy(chosen),
            )


def _in_code(context: AppContext, path: Path, chosen: Target) -> Iterator[Finding]:
    try:
        if b"treamlit" not in context.workspace.read_bytes(path).lower():
            return
        text = context.workspace.read(path).text
    except (OSError, TextError):
        return
    for start, end in _python(text) if path.suffix == ".py" else _lines(text):
        yield Finding(
            path,
            "a CREATE STREAMLIT without a runtime is made here",
            Status.MANUAL,
            span=span(text, start, end),
            remedy=_remedy(chosen),
        )


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """The places in a shell script or CI file."""
    for match in _IN_CODE.finditer(text):
        line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()].lstrip()
        if not line.startswith("#") and not _NAMED.search(text, match.end(), match.end() + 800):
            yield match.start(), match.end()


def _python(text: str) -> Iterator[tuple[int, int]]:
    """The strings of a Python file that begin as such a statement, docstrings not."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return
    lines = Lines(text)
    # The parts of an f-string have the place of the whole before Python 3.12, and their own since.
    parts = {id(v) for n in ast.walk(tree) if isinstance(n, ast.JoinedStr) for v in n.values}
    for node in ast.walk(tree):
        if id(node) in parts:
            continue
        first = node.values[0] if isinstance(node, ast.JoinedStr) and node.values else node
        value = first.value if isinstance(first, ast.Constant) else None
        if not (isinstance(value, str) and isinstance(node, (ast.JoinedStr, ast.Constant))):
            continue
        start = lines.offset_utf8(node.lineno, node.col_offset)
        end = lines.offset_utf8(node.end_lineno or node.lineno, node.end_col_offset or 0)
        if _IN_CODE.match(value.lstrip()) and not _NAMED.search(text, start, end):
            yield start, end


def _remedy(chosen: Target) -> str:
    return (
        "Write FROM for ROOT_LOCATION, MAIN_FILE without a leading slash, and add: "
        f"RUNTIME_NAME = {literal(chosen.runtime)} COMPUTE_POOL = {identifier(chosen.pool)}"
    )


def _grants(context: AppContext, path: Path, text: str, chosen: Target) -> Iterator[Finding]:
    """Roles that may create apps: what else they need from now on."""
    if "streamlit" not in text.lower():
        return
    packages = needs_source(context)
    for part in sql_scan.split(sql_scan.tokens(text)):
        role = _role(part)
        lines = _needed(chosen, role, packages=packages) if role else []
        missing = [line for line in lines if line.split(" TO ")[0].lower() not in text.lower()]
        if missing:
            yield Finding(
                path,
                "the role that creates the app needs more than CREATE STREAMLIT",
                Status.MANUAL,
                item=Item.EAI if chosen.pool.upper() == SYSTEM_POOL else Item.POOL,
                span=span(text, part[0].start, part[-1].end),
                remedy="Add:\n" + "\n".join(missing),
            )


def _role(part: Sequence[Token]) -> str:
    """The role of a GRANT CREATE STREAMLIT, as written."""
    words = [token.word for token in part]
    if words[:1] != ["GRANT"] or "STREAMLIT" not in words or "ROLE" not in words:
        return ""
    index = words.index("STREAMLIT")
    if words[index - 1] != "CREATE" or "DATABASE" in words[words.index("ROLE") - 1 :]:
        return ""
    end = words.index("WITH") if "WITH" in words else len(words)  # GRANT OPTION
    role = "".join(token.raw for token in part[words.index("ROLE") + 1 : end])
    return "" if role.upper() == "ACCOUNTADMIN" else role  # which has every privilege


def _needed(chosen: Target, role: str, *, packages: bool) -> list[str]:
    lines = []
    if chosen.pool.upper() != SYSTEM_POOL:
        lines.append(f"GRANT USAGE ON COMPUTE POOL {identifier(chosen.pool)} TO ROLE {role};")
    source = chosen.source
    if packages and source.shared:
        lines.append(f"GRANT DATABASE ROLE SNOWFLAKE.PYPI_REPOSITORY_USER TO ROLE {role};")
    elif packages and source.kind == "repository":
        name = qualified(source.name)
        lines.append(f"GRANT USAGE ON ARTIFACT REPOSITORY {name} TO ROLE {role};")
    elif packages and source.kind == "integration":
        name = identifier(source.name)
        lines.append(f"GRANT USAGE ON INTEGRATION {name} TO ROLE {role};")
        lines.append(comment(f"after making it, with ALLOWED_NETWORK_RULES = ({MANAGED_RULE})"))
    return lines
