"""Have ``CREATE STREAMLIT`` make a container app, and say which runtime it means.

**What it does.** In the app's SQL scripts, also inside ``$$`` blocks: ``ROOT_LOCATION`` becomes
``FROM``, with the statement that makes the app live (behind ``IF NOT EXISTS`` that is left to you:
it fails for an app that is live already); ``RUNTIME_NAME``, ``COMPUTE_POOL`` and, where
the app has a dependency file, its package source are added; the ``/`` before a ``MAIN_FILE`` goes,
and so do ``IMPORTS`` and ``EXECUTE AS OWNER``. With ``--runtime warehouse`` it only writes the
runtime out.

**Why.** An app with ``ROOT_LOCATION`` can only run on a warehouse. Without ``RUNTIME_NAME`` the
runtime is the default, which was the warehouse's and is the container's now. ``IMPORTS`` and
``EXECUTE AS`` make the statement fail for a container.

**Example.**

Before:

```sql
CREATE OR REPLACE STREAMLIT sales
  ROOT_LOCATION = '@apps.public.stage/sales'
  MAIN_FILE = '/streamlit_app.py'
  QUERY_WAREHOUSE = sales_wh;
```

After:

```sql
CREATE OR REPLACE STREAMLIT sales
  FROM '@apps.public.stage/sales'
  MAIN_FILE = 'streamlit_app.py'
  RUNTIME_NAME = 'SYSTEM$ST_CONTAINER_RUNTIME_PY3_11'
  COMPUTE_POOL = SYSTEM_COMPUTE_POOL_CPU
  QUERY_WAREHOUSE = sales_wh;
ALTER STREAMLIT sales ADD LIVE VERSION FROM LAST;
```

**What it leaves.** Native Apps and DCM projects (other rules, SIS731 and SIS732). Reported: a
location that is put together from parts, a statement that has no end, and ``EXECUTE AS RESTRICTED
CALLER``, where a missing runtime is written out as the warehouse's. An app that would fail in a
container is held back as with SIS701.

**Safety.** Safe where only the runtime is added; to review where the location changes, because
``FROM`` copies the files once, and where ``IMPORTS`` go.

**Source.** "CREATE STREAMLIT", https://docs.snowflake.com/en/sql-reference/sql/create-streamlit,
and "New Streamlits default to container runtime",
https://docs.snowflake.com/en/release-notes/bcr-bundles/2026_06/bcr-2342
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sis_codemods.switch.attached import is_about, scanned
from sis_codemods.switch.native import is_native
from sis_codemods.switch.packages import HELD_BACK, held_back, needs_source
from sis_codemods.switch.project import TEMPLATE, span
from sis_codemods.switch.sql_style import Style, without
from sis_migrate.codemod import AppContext, DocumentCodemod
from sis_migrate.documents.sql_quoting import bare_name, identifier, literal, qualified
from sis_migrate.documents.sql_scan import SqlError, Statement
from sis_migrate.model import (
    Edit,
    EditGroup,
    Finding,
    Item,
    Safety,
    Scope,
    Span,
    Splice,
    Status,
)
from sis_migrate.switch.target import WAREHOUSE, Target, is_container, target
from sis_migrate.textfile import TextError

codemod = DocumentCodemod(
    __name__,
    code="SIS711",
    name="create-streamlit",
    summary="`CREATE STREAMLIT` makes a container app: FROM, runtime, pool, package source",
    item=Item.FROM,
    safety=Safety.SAFE,
    order=740,
    covers=(Item.SWITCH,),
)

Result = Edit | Finding
_NEXT_STATEMENT = {"ALTER", "CALL", "CREATE", "DROP", "GRANT", "PUT", "SELECT", "SHOW", "USE"}


@codemod.on_app
def scripts(context: AppContext) -> Iterator[Result]:
    """Migrate the statements of the app's scripts that create it."""
    for path in context.app.sql_files:
        try:
            found = scanned(path, context.workspace)
            text = context.workspace.read(path).text
        except SqlError as error:
            yield _unreadable(path, error)
            continue
        except (OSError, TextError):
            continue
        created = [s for s in found if s.verb == "CREATE"]
        live = {_folded(s.name) for s in found if s.action == "ADD"}
        for statement in created:
            if is_native(statement) or not (is_about(statement, context.app) or len(created) == 1):
                continue
            yield from _statement(context, path, text, statement, _folded(statement.name) in live)


def _folded(name: str) -> str:
    return ".".join(bare_name(part) for part in name.split("."))


@dataclass
class _Plan:
    """The splices for one statement, what they do in words, and why to look at them."""

    splices: list[Splice] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    look: list[str] = field(default_factory=list)
    added: list[tuple[str, str]] = field(default_factory=list)
    last: list[Splice] = field(default_factory=list)


def _statement(
    context: AppContext, path: Path, text: str, statement: Statement, live: bool
) -> Iterator[Result]:
    chosen = target(context.settings)
    why = _obstacle(statement)
    if why:
        place = span(text, statement.start, statement.end)
        item = Item.FROM if statement.get("ROOT_LOCATION") else Item.SWITCH
        remedy = _remedy(statement, chosen)
        yield Finding(path, why, Status.MANUAL, item=item, span=place, remedy=remedy)
        return
    runtime = statement.get("RUNTIME_NAME")
    switched = not chosen.container or (runtime and is_container(runtime.text or ""))
    if not switched and (held := held_back(context)):
        place = span(text, statement.start, statement.end)
        yield Finding(path, held, Status.MANUAL, span=place, remedy=HELD_BACK)
        return
    plan = _Plan()
    rights = statement.get("EXECUTE AS")
    restricted = bool(rights and rights.value and rights.value[0].word == "RESTRICTED")
    if restricted or not chosen.container:
        if not statement.get("RUNTIME_NAME") and not statement.get("COMPUTE_POOL"):
            plan.added.append(("RUNTIME_NAME", literal(WAREHOUSE)))
    else:
        _container(context, statement, chosen, plan)
        _warehouse(statement, chosen, plan)
        _source(text, statement, live, plan)
        _leftovers(text, statement, plan)
    style = Style(text, statement)
    if plan.added:
        plan.splices.append(style.add(plan.added, _gone(statement) if chosen.container else ()))
        plan.done.append(", ".join(name for name, _ in plan.added))
    plan.splices += plan.last  # what is added may stand at the same place, before it
    if restricted and rights and chosen.container:
        yield Finding(
            path,
            "stays on the warehouse: a container app cannot be set to run with restricted "
            "caller's rights",
            Status.MANUAL,
            item=Item.SWITCH,
            span=span(text, rights.start, rights.end),
            remedy='Remove EXECUTE AS and use st.connection("snowflake-callers-rights") in the code.',
        )
    yield from _edits(path, text, statement, plan)


def _edits(path: Path, text: str, statement: Statement, plan: _Plan) -> Iterator[Edit]:
    group = EditGroup("create streamlit", Scope.STATEMENT, f"{path}:{statement.start}")
    words = f"CREATE STREAMLIT {statement.name}: {'; '.join(plan.done)}"
    again = (
        "Running CREATE OR REPLACE drops the app's grants; `migrate sql` prints an ALTER instead."
    )
    remedy = " ".join([*plan.look, *([again] if statement.replaces else [])])
    moved = any(done.startswith("ROOT_LOCATION") for done in plan.done)
    for index, splice in enumerate(plan.splices):
        yield Edit(
            path,
            splice,
            words,
            safety=Safety.REVIEW if plan.look else Safety.SAFE,
            item=Item.FROM if moved else Item.SWITCH,
            span=span(text, statement.start, statement.end),
            remedy=remedy,
            group=group,
            silent=index > 0,
        )


def _obstacle(statement: Statement) -> str:
    for prop in statement.properties:
        if any(token.word in _NEXT_STATEMENT for token in prop.value[1:]):
            return "CREATE STREAMLIT does not end: a semicolon is missing before the next statement"
    root = statement.get("ROOT_LOCATION")
    if root and (root.text is None or not root.text.startswith(("@", "&", "<", "{", "snow:"))):
        return "ROOT_LOCATION is put together from parts, which FROM does not take"
    main = statement.get("MAIN_FILE")
    if main and main.text is None:
        return "MAIN_FILE is put together from parts"
    return ""


def _remedy(statement: Statement, chosen: Target) -> str:
    return (
        "Write the statement as: CREATE STREAMLIT <name> FROM '@<stage>/<path>' MAIN_FILE = '<file>' "
        f"RUNTIME_NAME = {literal(chosen.runtime)} COMPUTE_POOL = {identifier(chosen.pool)} "
        "QUERY_WAREHOUSE = <warehouse>, and after it: ALTER STREAMLIT <name> ADD LIVE VERSION FROM "
        "LAST."
    )


def _container(context: AppContext, statement: Statement, chosen: Target, plan: _Plan) -> None:
    """Runtime, pool, warehouse and package source."""
    runtime, pool = statement.get("RUNTIME_NAME"), statement.get("COMPUTE_POOL")
    if runtime:
        name = runtime.text
        if name is None or is_container(name):
            return
        value = runtime.value[0]
        plan.splices.append(Splice(value.start, value.end, literal(chosen.runtime)))
        plan.done.append("RUNTIME_NAME is the container's")
    else:
        plan.added.append(("RUNTIME_NAME", literal(chosen.runtime)))
    if not pool:
        plan.added.append(("COMPUTE_POOL", identifier(chosen.pool)))
    if chosen.query_warehouse and not statement.get("QUERY_WAREHOUSE"):
        plan.added.append(("QUERY_WAREHOUSE", identifier(chosen.query_warehouse)))
    if not needs_source(context) or pool:
        return
    integrations = statement.get("EXTERNAL_ACCESS_INTEGRATIONS")
    if chosen.source.kind == "repository" and not statement.get("ARTIFACT_REPOSITORIES"):
        plan.added.append(("ARTIFACT_REPOSITORIES", f"({qualified(chosen.source.name)})"))
    elif chosen.source.kind == "integration" and not integrations:
        plan.added.append(("EXTERNAL_ACCESS_INTEGRATIONS", f"({identifier(chosen.source.name)})"))
    elif chosen.source.kind == "integration" and integrations:
        names = ["".join(t.raw for t in item).upper() for item in integrations.items()]
        if chosen.source.name.upper() not in names and integrations.value[-1].raw == ")":
            at = integrations.value[-1].start
            new = f"{', ' if names else ''}{identifier(chosen.source.name)}"
            plan.splices.append(Splice(at, at, new))
            plan.done.append(f"{chosen.source.name} is attached")


def _warehouse(statement: Statement, chosen: Target, plan: _Plan) -> None:
    """The warehouse that was asked for, in place of another one that is written out."""
    value = statement.get("QUERY_WAREHOUSE")
    name = value.text if value else None
    if not value or not name or not chosen.query_warehouse or TEMPLATE.search(name):
        return
    token = value.value[0]
    written = token.raw if token.kind == "name" else name
    if bare_name(written) != bare_name(chosen.query_warehouse) and name[:1] not in "$&:":
        new = identifier(chosen.query_warehouse)
        plan.splices.append(Splice(token.start, token.end, new))
        plan.done.append(f"QUERY_WAREHOUSE becomes {new}")
        plan.look.append(f"It was {written}; --query-warehouse asked for another.")


def _source(text: str, statement: Statement, live: bool, plan: _Plan) -> None:
    """Where the files come from, and which is run."""
    root = statement.get("ROOT_LOCATION")
    if root:
        style = Style(text, statement)
        plan.splices += style.as_from(root)
        plan.done.append("ROOT_LOCATION becomes FROM")
        plan.look.append(
            "FROM copies the files once: what is uploaded to the stage later does not reach the app."
        )
        if not live:
            _live(text, statement, style, plan)
    main = statement.get("MAIN_FILE")
    if main and main.text and main.text.startswith("/") and main.value[0].kind == "string":
        value = main.value[0]
        start = text.index("/", value.start)
        end = start + len(main.text) - len(main.text.lstrip("/"))
        plan.splices.append(Splice(start, end, ""))
        plan.done.append("MAIN_FILE without its slash")


def _live(text: str, statement: Statement, style: Style, plan: _Plan) -> None:
    """The statement that makes the app live, or a word where it cannot be written."""
    closing = text[statement.end :].strip()
    if "EXISTS" not in _head(text, statement) and (not closing or closing.startswith(";")):
        plan.last.append(style.then_live(_name(text, statement)))
        return
    command = f"ALTER STREAMLIT {statement.name} ADD LIVE VERSION FROM LAST"
    plan.look.append(
        f"The new app has no live version until this runs, once: {command}. It fails for one that "
        "is live already."
    )


def _leftovers(text: str, statement: Statement, plan: _Plan) -> None:
    """What a container app refuses."""
    imports = statement.get("IMPORTS")
    if imports:
        plan.splices.append(without(text, imports))
        plan.done.append("IMPORTS go")
        files = [item[0].value for item in imports.items() if item[0].kind == "string"]
        plan.look.append(_copies(files))
    rights = statement.get("EXECUTE AS")
    if rights:
        plan.splices.append(without(text, rights))
        plan.done.append("EXECUTE AS OWNER goes, which is what a container app does")


def _copies(files: list[str]) -> str:
    if not files:
        return "Put the imported files beside the app's code."
    folders: dict[str, list[str]] = {}
    for file in files:
        folder, _, name = file.rpartition("/")
        folders.setdefault(folder, []).append(name)
    commands = [
        f"COPY FILES INTO '<the app's stage>' FROM {literal(folder)} "
        f"FILES = ({', '.join(literal(name) for name in names)});"
        for folder, names in folders.items()
    ]
    return "Put the imported files beside the app's code: " + " ".join(commands)


def _gone(statement: Statement) -> list[str]:
    """The names of the properties that are taken out or moved."""
    first = statement.properties[0].name if statement.properties else ""
    return ["IMPORTS", "EXECUTE AS", *(["ROOT_LOCATION"] if first != "ROOT_LOCATION" else [])]


def _head(text: str, statement: Statement) -> str:
    first = statement.properties[0].start if statement.properties else statement.end
    return text[statement.start : first].upper()


def _name(text: str, statement: Statement) -> str:
    """The object's name as it is written, blanks in templates included."""
    first = statement.properties[0].start if statement.properties else statement.end
    head = text[statement.start : first]
    return head[head.upper().index("STREAMLIT") + len("STREAMLIT") :].strip()


def _unreadable(path: Path, error: SqlError) -> Finding:
    place = Span(error.line, 1, error.line, 1) if error.line else None
    return Finding(
        path,
        f"cannot be read as SQL: {error}",
        Status.MANUAL,
        span=place,
        remedy="Change its CREATE STREAMLIT by hand: FROM, RUNTIME_NAME, COMPUTE_POOL.",
    )
