"""Have ``snowflake.yml`` upload the dependency file and what the app opens, and no secrets.

**What it does.** Adds to the ``artifacts`` of the app's entity the dependency file and what it
names by ``-r`` and ``-c``, the app's modules and the files that literal paths in its calls name,
where no entry takes them in. Takes out a ``.streamlit/secrets.toml``, and writes
``.streamlit/config.toml`` in the place of a ``.streamlit`` folder that holds one.

**Why.** The CLI uploads ``environment.yml`` by itself, but neither ``pyproject.toml`` nor
``requirements.txt``. A ``secrets.toml`` did nothing on the warehouse; in a container it wins over
Snowflake's secrets, and its ``[connections.snowflake]`` over the app's own connection.

**Example.**

Before:

```yaml
definition_version: 2
entities:
  sales:
    type: streamlit
    main_file: streamlit_app.py
    artifacts:
      - streamlit_app.py
      - environment.yml
      - .streamlit/secrets.toml
```

After:

```yaml
definition_version: 2
entities:
  sales:
    type: streamlit
    main_file: streamlit_app.py
    artifacts:
      - streamlit_app.py
      - environment.yml
      - pyproject.toml
```

**What it leaves.** ``environment.yml``, which a container ignores and the way back needs. Artifacts
that come from a mixin or an alias, or that are templates, are reported with the line to add.

**Safety.** Safe for the dependency file and for modules that the migration adds; to review
for the rest.

**Source.** "Deploying a Streamlit app",
https://docs.snowflake.com/en/developer-guide/snowflake-cli/streamlit-apps/manage-apps/deploy-app,
and "Manage secrets and configure your Streamlit app",
https://docs.snowflake.com/en/developer-guide/streamlit/app-development/secrets-and-configuration
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from pathlib import Path

from sis_codemods.switch import project
from sis_codemods.switch.opened import IMPORTS, OPENS, opened
from sis_codemods.switch.packages import dependency_file, named_files
from sis_codemods.switch.project import OLD_SOURCES, TEMPLATE, Artifact, Entity, Project, covers
from sis_migrate.codemod import AppContext, DocumentCodemod
from sis_migrate.documents.yaml_spans import (
    Node,
    add_entry,
    add_item,
    remove_item,
    replace,
    scalar,
)
from sis_migrate.model import Edit, Finding, Item, NewFile, Safety, Splice, Status
from sis_migrate.workspace import Workspace

codemod = DocumentCodemod(
    __name__,
    code="SIS703",
    name="project-file-artifacts",
    summary="`artifacts` list the dependency file and what the app opens, and no secrets.toml",
    item=Item.DEPS,
    safety=Safety.SAFE,
    order=730,
)

Result = Edit | Finding
_ENVIRONMENT = ("environment.yml", "environment.yaml")
_SECRETS, _CONFIG = ".streamlit/secrets.toml", ".streamlit/config.toml"


@codemod.on_app
def complete(context: AppContext) -> Iterator[Result]:
    """Complete the artifacts of the app's entity."""
    found = project.of_app(context.app, context.workspace)
    if found is None:
        return
    file, entity = found
    wanted = dict(_wanted(context, file, entity))
    yield from _add(context, file, entity, wanted)
    yield from _secrets(file, entity, context.workspace)


def _wanted(context: AppContext, file: Project, entity: Entity) -> Iterator[tuple[Path, str]]:
    """The files that no entry takes in, and why each is needed."""
    have = entity.uploads
    if any(TEMPLATE.search(src) for src in have) or OLD_SOURCES in entity.values:
        return
    path = dependency_file(context.app, context.workspace, context.settings)
    if path:
        yield from _dependencies(context, file, path, have)
    pages = entity.text("pages_dir") or "pages"
    alone = {entity.main_file, "environment.yml"}
    for path, why in opened(context):
        name = file.relative(path)
        uploaded = name in alone or any(covers(src, name) for src in [pages, *have])
        if not (uploaded or name.startswith("..") or _is_renamed(entity, path)):
            yield path, why


def _dependencies(
    context: AppContext, file: Project, path: Path, have: Iterable[str]
) -> Iterator[tuple[Path, str]]:
    """The dependency file and those that it names, where nothing uploads them."""
    for needed in (path, *named_files(path, context.workspace)):
        name = file.relative(needed)
        above = needed != path and name.startswith("..")
        if not (above or any(covers(src, name) for src in have)):
            yield needed, f"{file.relative(path)} names" if needed != path else ""


def _is_renamed(entity: Entity, path: Path) -> bool:
    """Whether another file is uploaded in the place of this one."""
    return any(posixpath.basename(a.dest) == path.name for a in entity.artifacts if a.dest)


def _add(
    context: AppContext, file: Project, entity: Entity, wanted: dict[Path, str]
) -> Iterator[Result]:
    if not wanted:
        return
    node = entity.node.get("artifacts")
    if node is None and "artifacts" not in entity.values:
        yield from _new_list(context, file, entity, wanted)
        return
    added = _added(context)
    for path, why in wanted.items():
        name = file.relative(path)
        of_code = why.endswith((IMPORTS, OPENS))
        look = of_code and path not in added
        editable = node is not None and node.kind == "sequence" and node.items
        if node is None or not editable or node.decorated:
            yield Finding(
                file.path,
                f"{name} is not uploaded: the artifacts are not a list in the entity itself",
                Status.MANUAL,
                span=file.span(node or entity.node),
                remedy=f"Add to its artifacts: {scalar(name)}",
                item=Item.PATHS if of_code else Item.DEPS,
            )
            continue
        change = _splice(context, file, entity, node, name)
        instead = " in the place of environment.yml" if change.end > change.start else ""
        yield Edit(
            file.path,
            change,
            f"artifacts gain {name}{instead}{why and f', which {why}'}",
            safety=Safety.REVIEW if look else Safety.SAFE,
            item=Item.PATHS if of_code else Item.DEPS,
            span=file.span(node.items[-1]),
            remedy=_look(why) if look else "",
        )


def _look(why: str) -> str:
    if why.endswith(OPENS):
        return "Remove it where the app in Snowflake does not use it."
    return "The import fails without it; take it out only where another entry uploads it."


def _splice(context: AppContext, file: Project, entity: Entity, node: Node, name: str) -> Splice:
    """The new entry in the place of an environment.yml that is gone, after one, or at the end."""
    beside = [a for a in entity.artifacts if posixpath.dirname(a.src) == posixpath.dirname(name)]
    written = _like(name, beside)
    old = next((a for a in entity.artifacts if posixpath.basename(a.src) in _ENVIRONMENT), None)
    is_dependencies = posixpath.basename(name) in {"pyproject.toml", "requirements.txt"}
    if not is_dependencies or old is None:
        return add_item(file.text, node, written)
    if not context.workspace.exists(file.path.parent / old.src):
        gone = replace(old.node, written)
        if gone:
            return gone
    return add_item(file.text, node, written, after=old.node)


def _like(name: str, beside: list[Artifact]) -> str:
    """An entry like those of the files beside it: with their folder as destination if they have one."""
    dests = {a.dest for a in beside if a.dest.endswith("/")}
    if len(dests) != 1:
        return scalar(name)
    return f"src: {scalar(name)}\ndest: {dests.pop()}"


def _new_list(
    context: AppContext, file: Project, entity: Entity, wanted: dict[Path, str]
) -> Iterator[Result]:
    """All in one list at once: from then on only what it names is uploaded."""
    names = [entity.main_file or "streamlit_app.py", *map(file.relative, wanted)]
    lines = ["artifacts:", *(f"  - {scalar(name)}" for name in names)]
    splice = add_entry(file.text, entity.node, lines)
    if splice is None:
        yield Finding(
            file.path,
            f"{names[-1]} is not uploaded: the entity is written in flow style",
            Status.MANUAL,
            span=file.span(entity.node),
            remedy="Add:\n" + "\n".join(lines),
        )
        return
    added = _added(context)
    reasons = {why for path, why in wanted.items() if why and path not in added}
    yield Edit(
        file.path,
        splice,
        f"artifacts list {', '.join(names)}",
        safety=Safety.REVIEW if reasons else Safety.SAFE,
        span=file.span(entity.node.entries[0][0]),
        remedy=f"Some are there because {', '.join(sorted(reasons))} them." if reasons else "",
    )


def _added(context: AppContext) -> set[Path]:
    """The files that this run has created."""
    return {edit.path for edit in context.made if isinstance(edit.change, NewFile)}


def _secrets(file: Project, entity: Entity, workspace: Workspace) -> Iterator[Result]:
    folder = file.path.parent
    node = entity.node.get("artifacts")
    for artifact in entity.artifacts:
        src = posixpath.normpath(artifact.src)
        if src == _SECRETS or src.endswith(f"/{_SECRETS}"):
            splice = remove_item(file.text, node, artifact.node) if node else None
            message = "artifacts lose secrets.toml, which a container app would read"
        elif src in {".streamlit", ".streamlit/*", ".streamlit/**"}:
            if not workspace.exists(folder / _SECRETS):
                continue
            config = workspace.exists(folder / _CONFIG) and not artifact.dest
            splice = replace(artifact.node, scalar(_CONFIG)) if config else None
            message = "artifacts take config.toml alone from .streamlit, and no secrets.toml"
        else:
            continue
        if splice is None:
            yield _open(file, artifact)
            continue
        yield Edit(
            file.path,
            splice,
            message,
            safety=Safety.REVIEW,
            item=Item.CONFIG,
            span=file.span(artifact.node),
            remedy="Attach the values as Snowflake secrets; remove the file from the app's stage.",
        )


def _open(file: Project, artifact: Artifact) -> Finding:
    return Finding(
        file.path,
        f"{artifact.src} uploads .streamlit/secrets.toml, which a container app would read in the "
        "place of Snowflake's secrets",
        Status.MANUAL,
        item=Item.CONFIG,
        span=file.span(artifact.node),
        remedy="List the files of .streamlit one by one, without secrets.toml.",
    )
