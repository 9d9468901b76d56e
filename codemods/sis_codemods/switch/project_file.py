"""Give the app's entity in ``snowflake.yml`` its runtime, compute pool and package source.

**What it does.** In a project file of version 2, adds ``runtime_name`` and ``compute_pool`` to the
app's entity, or turns a ``runtime_name`` that names the warehouse runtime into the container's.
Adds the integrations and secrets that the app's SQL scripts attach but the entity lacks. With
``--package-source integration`` adds that integration, and with ``--cli 3.31`` or later adds
Snowflake's shared package repository as ``artifact_repositories``. Each line is written in the
style of the file; comments, order, quoting and templates stay.

**Why.** A project file without ``runtime_name`` leaves the runtime to the default, which differs by
account and CLI. Snowflake CLI 3.30 and later take from the app, on each deploy, the integrations
and secrets that the file lacks. A repository that SQL attached stays: older CLIs do not know the
key.

**Example.**

Before:

```yaml
definition_version: 2
entities:
  sales:
    type: streamlit
    identifier: SALES
    query_warehouse: SALES_WH
    main_file: streamlit_app.py
    artifacts:
      - streamlit_app.py
```

After:

```yaml
definition_version: 2
entities:
  sales:
    type: streamlit
    identifier: SALES
    query_warehouse: SALES_WH
    runtime_name: SYSTEM$ST_CONTAINER_RUNTIME_PY3_11
    compute_pool: SYSTEM_COMPUTE_POOL_CPU
    main_file: streamlit_app.py
    artifacts:
      - streamlit_app.py
```

**What it leaves.** An entity that names a container runtime or a pool already, and values that are
templates. An app is held back with the reason where a Python file cannot be read, a session call or
`import _snowflake` could not be migrated, no dependency file could be written, or its Streamlit is
older than a container runs. Reported, with the lines to add: files that are not YAML before they
are rendered, and entities in flow style or behind an alias. Reported, too: keys that version 2 does
not have. ``imports`` and ``execute_as: RESTRICTED CALLER`` are reported, because a container app
refuses them.

**Safety.** Safe; what a script attaches is to review, since the script may be out of use.

**Source.** "Deploying a Streamlit app",
https://docs.snowflake.com/en/developer-guide/snowflake-cli/streamlit-apps/manage-apps/deploy-app,
and the Snowflake CLI's release notes,
https://docs.snowflake.com/en/release-notes/clients-drivers/snowflake-cli
"""

from __future__ import annotations

from collections.abc import Iterator

from sis_codemods.switch import project
from sis_codemods.switch.attached import attached
from sis_codemods.switch.packages import HELD_BACK, held_back, needs_source
from sis_codemods.switch.project import TEMPLATE, Entity, Project
from sis_codemods.switch.unknown_keys import unknown_keys
from sis_migrate.codemod import AppContext, DocumentCodemod
from sis_migrate.documents.sql_quoting import bare_name
from sis_migrate.documents.yaml_spans import (
    YamlError,
    add_entry,
    add_item,
    column,
    replace,
    scalar,
)
from sis_migrate.model import (
    Edit,
    Finding,
    Item,
    Safety,
    Span,
    Splice,
    Status,
    Withhold,
)
from sis_migrate.switch.target import Target, is_container, target
from sis_migrate.textfile import TextError

codemod = DocumentCodemod(
    __name__,
    code="SIS701",
    name="project-file-runtime",
    summary="`snowflake.yml` names the container runtime, the compute pool and what is attached",
    item=Item.SWITCH,
    safety=Safety.SAFE,
    order=720,
)

Result = Edit | Finding | Withhold


@codemod.on_app
def complete(context: AppContext) -> Iterator[Result]:
    """Complete the app's entity, or say why not."""
    path = context.app.project_file
    if path is None or not context.workspace.exists(path):
        return
    try:
        file = project.read(path, context.workspace)
    except (YamlError, TextError, OSError) as error:
        yield from _unreadable(context, error)
        return
    if file.version != "2":
        return
    entity = project.find(context.app, file)
    if entity is None:
        return
    chosen = target(context.settings)
    yield from unknown_keys(file, entity)
    yield from _refused(file, entity, chosen)
    yield from _runtime(context, file, entity, chosen)
    yield from _warehouse(file, entity, chosen)
    yield from _lists(context, file, entity, chosen)


def _runtime(
    context: AppContext, file: Project, entity: Entity, chosen: Target
) -> Iterator[Result]:
    runtime, pool = entity.text("runtime_name"), entity.text("compute_pool")
    if (
        is_container(runtime)
        or TEMPLATE.search(runtime)
        or isinstance(entity.values.get("runtime"), dict)
    ):
        return
    if not chosen.container:
        if not runtime and not pool:
            yield from _added(file, entity, {"runtime_name": chosen.runtime})
        return
    if why := held_back(context):
        yield _found(file, entity, "runtime_name", why, HELD_BACK)
        return
    if runtime:
        node = entity.node.get("runtime_name")
        splice = replace(node, chosen.runtime) if node else None
        message = "runtime_name names the container runtime"
        if splice is None:
            yield _by_hand(file, entity, "the runtime", [f"runtime_name: {chosen.runtime}"])
            return
        yield Edit(file.path, splice, message, span=file.span(node or entity.node))
        missing: dict[str, str] = {}
    else:
        missing = {"runtime_name": chosen.runtime}
    if not pool:
        missing["compute_pool"] = chosen.pool
    if chosen.query_warehouse and "query_warehouse" not in entity.values:
        missing["query_warehouse"] = chosen.query_warehouse
    if missing:
        yield from _added(file, entity, missing)


def _warehouse(file: Project, entity: Entity, chosen: Target) -> Iterator[Result]:
    """The warehouse that was asked for, in place of another one that the entity names."""
    old, new = entity.text("query_warehouse"), chosen.query_warehouse
    if not chosen.container or not old or not new or bare_name(old) == bare_name(new):
        return
    node = entity.node.get("query_warehouse")
    splice = replace(node, scalar(new)) if node and not TEMPLATE.search(old) else None
    if splice is None:
        remedy = f"Write there: query_warehouse: {scalar(new)}"
        yield _found(
            file, entity, "query_warehouse", f"names {old}, and {new} was asked for", remedy
        )
        return
    yield Edit(
        file.path,
        splice,
        f"query_warehouse of {entity.key} becomes {new}, which was asked for",
        safety=Safety.REVIEW,
        span=file.span(node or entity.node),
        remedy=f"It was {old}.",
    )


def _added(file: Project, entity: Entity, missing: dict[str, str]) -> Iterator[Result]:
    lines = [f"{key}: {scalar(value)}" for key, value in missing.items()]
    after = next((k for k in ("runtime_name", "query_warehouse", "main_file", "title", "identifier")
                  if entity.node.get(k)), "")  # fmt: skip
    splice = add_entry(file.text, entity.node, lines, after=after)
    if splice is None:
        yield _by_hand(file, entity, " and ".join(missing), lines)
        return
    what = ", ".join(missing)
    yield Edit(
        file.path,
        splice,
        f"{what} {'is' if len(missing) == 1 else 'are'} added to {entity.key}: the next deploy with "
        "Snowflake CLI 3.27 or later switches the app",
        span=file.span(entity.node.entries[0][0]),
    )


def _lists(context: AppContext, file: Project, entity: Entity, chosen: Target) -> Iterator[Result]:
    """What the app is attached to: packages by choice, the rest by what SQL scripts say."""
    found = attached(context)
    integrations = dict.fromkeys(found.integrations, Safety.REVIEW)
    if needs_source(context) and chosen.container and not is_container(entity.text("runtime_name")):
        if chosen.source.kind == "integration":
            integrations[chosen.source.name] = Safety.SAFE
        elif chosen.source.kind == "repository" and chosen.repositories_in_project_file:
            key = "artifact_repositories"
            yield from _into_list(file, entity, key, {chosen.source.name: Safety.SAFE})
    yield from _into_list(file, entity, "external_access_integrations", integrations)
    secrets = entity.values.get("secrets")
    known = {str(k).upper() for k in secrets} if isinstance(secrets, dict) else set()
    missing = {k: v for k, v in found.secrets.items() if k.upper() not in known}
    if missing:
        yield from _secrets(file, entity, missing)


def _into_list(
    file: Project, entity: Entity, key: str, wanted: dict[str, Safety]
) -> Iterator[Result]:
    have = [str(item).strip('"').upper() for item in entity.listed(key)]
    names = [n for n in wanted if n.strip('"').upper() not in have]
    if not names or any(TEMPLATE.search(item) for item in have):
        return
    node = entity.node.get(key)
    lines = [f"{key}:", *(f"{_step(file, entity)}- {scalar(name)}" for name in names)]
    splices: list[Splice | None] = [None]
    if node is not None and node.kind == "sequence" and not node.decorated:
        splices = [add_item(file.text, node, scalar(name)) for name in names]
    elif node is None and key not in entity.values:
        after = next((k for k in ("compute_pool", "query_warehouse") if entity.node.get(k)), "")
        splices = [add_entry(file.text, entity.node, lines, after=after)]
    found = Safety.REVIEW in [wanted[name] for name in names]
    why = ", which a SQL script attaches: a deploy would take away what the file lacks"
    for index, splice in enumerate(splices):
        if splice is None:
            yield _by_hand(file, entity, key, lines)
            continue
        yield Edit(
            file.path,
            splice,
            f"{key} gain {', '.join(names)}{why if found else ''}",
            safety=Safety.REVIEW if found else Safety.SAFE,
            item=Item.ATTACH,
            span=file.span(node or entity.node.entries[0][0]),
            remedy="Remove it where the script is out of use." if found else "",
            silent=index > 0,
        )


def _secrets(file: Project, entity: Entity, missing: dict[str, str]) -> Iterator[Result]:
    node = entity.node.get("secrets")
    lines = [f"{scalar(key)}: {scalar(value)}" for key, value in missing.items()]
    if node is not None and node.kind == "mapping" and not node.decorated:
        splice = add_entry(file.text, node, lines)
    elif node is None and "secrets" not in entity.values:
        indented = [f"  {line}" for line in lines]
        splice = add_entry(file.text, entity.node, ["secrets:", *indented])
    else:
        splice = None
    if splice is None:
        yield _by_hand(file, entity, "secrets", ["secrets:", *(f"  {line}" for line in lines)])
        return
    yield Edit(
        file.path,
        splice,
        f"secrets gain {', '.join(missing)}, which a SQL script attaches: a deploy would take away "
        "what the file lacks",
        safety=Safety.REVIEW,
        item=Item.ATTACH,
        span=file.span(node or entity.node.entries[0][0]),
    )


def _step(file: Project, entity: Entity) -> str:
    """The blanks before the dash of a list, as the entity's other lists have them."""
    for key, value in entity.node.entries:
        if value.kind == "sequence" and not value.flow and value.items:
            dash = file.text.rindex("-", 0, value.items[0].start)
            return " " * max(0, column(file.text, dash) - column(file.text, key.start))
    return "  "


def _refused(file: Project, entity: Entity, chosen: Target) -> Iterator[Result]:
    """What a container app refuses."""
    if not chosen.container:
        return
    if entity.listed("imports"):
        names = ", ".join(map(str, entity.listed("imports")))
        yield _found(
            file,
            entity,
            "imports",
            f"a container app has no imports ({names})",
            "Copy the files into the app's folder, list them in artifacts, and remove imports.",
        )
    if "RESTRICTED" in entity.text("execute_as").upper():
        yield _found(
            file,
            entity,
            "execute_as",
            "a container app cannot be set to run with restricted caller's rights",
            'Remove execute_as and use st.connection("snowflake-callers-rights") for the queries '
            "that need the viewer's rights.",
        )


def _found(file: Project, entity: Entity, key: str, message: str, remedy: str) -> Finding:
    node = entity.node.get(key) or entity.node
    return Finding(file.path, message, Status.MANUAL, span=file.span(node), remedy=remedy)


def _by_hand(file: Project, entity: Entity, what: str, lines: list[str]) -> Finding:
    return Finding(
        file.path,
        f"{what} of {entity.key} is not set, because the entity is written in flow style or "
        "comes from an alias",
        Status.MANUAL,
        span=file.span(entity.node),
        remedy="Add:\n" + "\n".join(lines),
    )


def _unreadable(context: AppContext, error: Exception) -> Iterator[Finding]:
    """A template, or a broken file: what to add, in words."""
    app, chosen = context.app, target(context.settings)
    assert app.project_file is not None
    text = context.workspace.read_bytes(app.project_file)
    if b"streamlit" not in text:
        return
    lines = [f"runtime_name: {chosen.runtime}"]
    lines += [f"compute_pool: {scalar(chosen.pool)}"] if chosen.container else []
    line = getattr(error, "line", None)
    yield Finding(
        app.project_file,
        f"cannot be edited: {error}",
        Status.MANUAL,
        span=project.span(text.decode("utf-8", "replace"), 0, 0) if line is None else _line(line),
        remedy="Add to the app's entity, and its dependency file to artifacts:\n"
        + "\n".join(lines),
    )


def _line(line: int) -> Span:
    return Span(line, 1, line, 1)
