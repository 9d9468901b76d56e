"""A ``snowflake.yml`` of version 2 and the entity in it that is an app.

Source: the Snowflake CLI's own loader: every scalar is a string, merge keys are not followed, and
an entity's values are laid over those of its mixins, lists joined,
https://docs.snowflake.com/en/developer-guide/snowflake-cli/project-definitions/specify-entities
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path
from typing import Any

from sis_migrate.documents.yaml_spans import Node, YamlError, parse, values
from sis_migrate.mixins import effective
from sis_migrate.model import App, Span
from sis_migrate.textfile import Lines, TextError
from sis_migrate.workspace import Workspace

OLD_SOURCES = "additional_source_files"
"""What version 1 calls the artifacts; the CLI refuses it in version 2."""
TEMPLATE = re.compile(r"<[%!]|&\{|\{\{|\{%")


@dataclass(frozen=True)
class Artifact:
    """One entry of ``artifacts``: a path or pattern, and where it goes ("" = the same place)."""

    node: Node
    src: str
    dest: str = ""


@dataclass(frozen=True)
class Entity:
    """A Streamlit entity: its key, the mapping it is written in, and its effective values."""

    key: str
    node: Node
    values: dict[str, Any]

    def text(self, name: str) -> str:
        """A value that is a string, "" for none."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""

    def listed(self, name: str) -> list[Any]:
        """A value that is a list, [] for none."""
        value = self.values.get(name)
        return value if isinstance(value, list) else []

    @cached_property
    def artifacts(self) -> tuple[Artifact, ...]:
        """What is uploaded, as far as it is written in the entity itself."""
        node = self.node.get("artifacts")
        items = node.items if node and node.kind == "sequence" else ()
        return tuple(_artifact(item) for item in items)

    @property
    def uploads(self) -> list[str]:
        """The paths and patterns that are uploaded, those of mixins and aliases included."""
        found = [a.get("src") if isinstance(a, dict) else a for a in self.listed("artifacts")]
        return [src for src in found if isinstance(src, str)]

    @property
    def main_file(self) -> str:
        """The entry point, "" where a template stands in its place."""
        text = self.text("main_file") or "streamlit_app.py"
        return "" if TEMPLATE.search(text) else text


@dataclass(frozen=True)
class Project:
    """A project file; ``version`` is its ``definition_version``."""

    path: Path
    text: str
    root: Node
    document: dict[str, Any]

    @property
    def version(self) -> str:
        """``1``, ``1.1``, ``2`` or whatever is written."""
        return str(self.document.get("definition_version", ""))

    def span(self, node: Node) -> Span:
        """The place of a part of the text."""
        return span(self.text, node.start, node.end)

    def relative(self, path: Path) -> str:
        """A path as the file writes it."""
        return Path(os.path.relpath(path, self.path.parent)).as_posix()

    @cached_property
    def entities(self) -> tuple[Entity, ...]:
        """The Streamlit entities."""
        listed = self.root.get("entities")
        data = self.document.get("entities")
        if listed is None or not isinstance(data, dict):
            return ()
        mixins = self.document.get("mixins")
        merged = (
            (key.value, node, effective(data.get(key.value), mixins))
            for key, node in listed.entries
        )
        return tuple(Entity(*parts) for parts in merged if parts[2].get("type") == "streamlit")


def read(path: Path, workspace: Workspace) -> Project:
    """Read a project file; YamlError, TextError or OSError."""
    text = workspace.read(path).text
    root = parse(text)
    document = values(root)
    if root.kind != "mapping" or not isinstance(document, dict):
        raise YamlError("is not a mapping", 1)
    return Project(path, text, root, document)


def of_app(app: App, workspace: Workspace) -> tuple[Project, Entity] | None:
    """The app's entity in a readable project file of version 2; None where there is none."""
    if app.project_file is None or not workspace.exists(app.project_file):
        return None
    try:
        project = read(app.project_file, workspace)
    except (YamlError, TextError, OSError):
        return None
    entity = find(app, project) if project.version == "2" else None
    return (project, entity) if entity else None


def find(app: App, project: Project) -> Entity | None:
    """The entity whose entry point is the app's, else the one of its name, else the only one."""
    entry = app.entry_point
    if entry is not None:
        own = [e for e in project.entities if entry in set(_entry_points(project, e))]
        named = [e for e in own if _name(e).upper() == app.name.upper()]
        if own:
            return (named or own)[0]
    named = [e for e in project.entities if _name(e).upper() == app.name.upper()]
    if named:
        return named[0]
    only = project.entities[0] if len(project.entities) == 1 else None
    return only if only and entry is None else None


def covers(pattern: str, path: str) -> bool:
    """Whether an artifact's path or pattern takes in a file (both relative to the project file)."""
    plain = posixpath.normpath(pattern) if pattern.strip("/") else "."
    if plain in {".", "**"} or path == plain or path.startswith(f"{plain}/"):
        return True
    if plain in {"*", "**/*"}:
        return not path.startswith(".")
    folders = [path, *(p.as_posix() for p in Path(path).parents if p.as_posix() != ".")]
    return any(fnmatch(f, plain) and f.count("/") >= plain.count("/") for f in folders)


def span(text: str, start: int, end: int) -> Span:
    """A place in a text by offsets."""
    lines = Lines(text)
    return Span(*lines.position(start), *lines.position(end))


def _entry_points(project: Project, entity: Entity) -> Iterator[Path]:
    folder, main_file = project.path.parent, entity.main_file
    if not main_file:
        return
    yield Path(os.path.normpath(folder / main_file))
    for src in entity.uploads:
        if posixpath.basename(src) == posixpath.basename(main_file):
            yield Path(os.path.normpath(folder / src))
        elif not src.endswith(".py"):
            yield Path(os.path.normpath(folder / src.rstrip("*").rstrip("/") / main_file))


def _name(entity: Entity) -> str:
    identifier = entity.values.get("identifier")
    name = identifier.get("name") if isinstance(identifier, dict) else identifier
    return str(name or entity.key).split(".")[-1].strip('"')


def _artifact(item: Node) -> Artifact:
    if item.kind == "scalar":
        return Artifact(item, item.value)
    src, dest = item.get("src"), item.get("dest")
    return Artifact(item, src.value if src else "", dest.value if dest else "")
