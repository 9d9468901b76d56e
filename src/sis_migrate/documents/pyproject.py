"""A ``pyproject.toml``: whose it is, what it requires, and additions that keep the rest as it was.

Source: "pyproject.toml specification",
https://packaging.python.org/en/latest/specifications/pyproject-toml/.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from sis_migrate.documents.requirements import Line, parse_requirements
from sis_migrate.model import Splice


class Owner(StrEnum):
    """What a ``pyproject.toml`` is there for."""

    APP = "app"
    """It has a ``[project]`` table that lists the app's packages."""
    TOOLS = "tools"
    """It only holds settings of tools."""
    OTHER = "other"
    """It describes a package that is no app, or lists packages in a way of another tool."""
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Pyproject:
    """What a ``pyproject.toml`` says; ``why`` is a sentence part for OTHER and UNREADABLE."""

    owner: Owner
    name: str = ""
    requires: tuple[Line, ...] = ()
    requires_python: str = ""
    groups: tuple[str, ...] = ()
    """The ``[dependency-groups]`` that uv installs unless told otherwise."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """The projects of ``[tool.uv.sources]``, as written, and of what kind each source is."""
    constraints: tuple[Line, ...] = ()
    """What ``[tool.uv]`` says about versions: its constraints and overrides."""
    builds: bool = False
    """Whether uv would build the folder as a package before it runs anything."""
    why: str = ""


def read_pyproject(text: str) -> Pyproject:
    """Read the text of a ``pyproject.toml``; never fails."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return Pyproject(Owner.UNREADABLE, why=f"is not readable as TOML: {error}")
    project = _table(document, "project")
    tools = _table(document, "tool")
    dependencies = project.get("dependencies")
    listed = dependencies if isinstance(dependencies, list) else []
    requires = parse_requirements("\n".join(str(item) for item in listed)).lines
    builds = "build-system" in document and _table(tools, "uv").get("package") is not False
    why = _why_other(project, tools)
    if builds and not why and all(line.name.lower() != "streamlit" for line in requires):
        why = "describes a package to be built ([build-system])"
    owner = Owner.OTHER if why else Owner.APP if project else Owner.TOOLS
    return Pyproject(
        owner=owner,
        name=str(project.get("name", "")),
        requires=requires,
        requires_python=str(project.get("requires-python", "")),
        groups=_default_groups(document, _table(tools, "uv")),
        sources=_sources(_table(_table(tools, "uv"), "sources")),
        constraints=_constraints(_table(tools, "uv")),
        builds=builds,
        why=why,
    )


def _table(document: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = document.get(key)
    return value if isinstance(value, dict) else {}


def _default_groups(document: Mapping[str, Any], uv: Mapping[str, Any]) -> tuple[str, ...]:
    """uv's documentation, "Dependency groups": ``dev`` is synced, unless ``default-groups`` says."""
    wanted = uv.get("default-groups", ["dev"])
    groups = _table(document, "dependency-groups")
    return tuple(name for name in groups if wanted == "all" or name in wanted)


def _sources(table: Mapping[str, Any]) -> dict[str, str]:
    kinds = ("path", "git", "url", "index", "workspace")
    return {
        name: next((kind for kind in kinds if isinstance(source, dict) and kind in source), "")
        for name, source in table.items()
    }


def _constraints(uv: Mapping[str, Any]) -> tuple[Line, ...]:
    listed = [
        str(item)
        for key in ("constraint-dependencies", "override-dependencies")
        if isinstance(uv.get(key), list)
        for item in uv[key]
    ]
    return parse_requirements("\n".join(listed)).lines


def for_uv(text: str, lines: Sequence[str], folder: Path) -> str:
    """A ``pyproject.toml`` with which uv can be asked about other lines than the file's own.

    The settings of ``[tool.uv]`` stay, their paths made absolute from ``folder``, the file's. What
    would make uv build something or look for another Python goes.
    """
    import tomlkit

    document = tomllib.loads(text)
    uv = _table(_table(document, "tool"), "uv")
    kept = {key: value for key, value in uv.items() if key not in _ABOUT_THE_PROJECT}
    for source in _table(kept, "sources").values():
        if isinstance(source, dict) and "path" in source:
            source["path"] = str(folder / str(source["path"]))
    if isinstance(kept.get("find-links"), list):
        kept["find-links"] = [
            link if "://" in str(link) else str(folder / str(link)) for link in kept["find-links"]
        ]
    project = {"name": "asked-for-an-app", "version": "0", "dependencies": list(lines)}
    return tomlkit.dumps({"project": project, "tool": {"uv": kept}})


_ABOUT_THE_PROJECT = frozenset(
    {"workspace", "package", "default-groups", "dependency-groups", "dev-dependencies"}
    | {"build-backend", "environments", "required-environments", "required-version"}
)


def _why_other(project: Mapping[str, Any], tools: Mapping[str, Any]) -> str:
    if "dependencies" in project.get("dynamic", ()):
        return "takes its dependencies from somewhere else (dynamic)"
    if not isinstance(project.get("dependencies", []), list):
        return "has dependencies that are not a list"
    if "poetry" in tools and "dependencies" not in project:
        return "lists its dependencies for Poetry, which the container does not read"
    return ""


def add_dependencies(text: str, lines: Sequence[str], replaced: Mapping[str, str]) -> Splice | None:
    """Add requirements to ``[project] dependencies``, and exchange some by their old text.

    The text must have a ``[project]`` table (Owner.APP or OTHER). Comments, order and line ends
    stay. None where nothing changes.
    """
    import tomlkit
    from tomlkit.items import Array

    newline = "\r\n" if "\r\n" in text else "\n"
    document = tomlkit.parse(text)
    # A table, an inline one, or a proxy where the tables of [project.…] are apart.
    project: MutableMapping[str, Any] = document["project"]
    if "dependencies" not in project:
        project["dependencies"] = tomlkit.array().multiline(True)
    array = project["dependencies"]
    assert isinstance(array, Array)
    for index, item in enumerate(array):
        if str(item) in replaced:
            array[index] = replaced[str(item)]
    for line in lines:
        array.append(line)
    after = tomlkit.dumps(document)
    if newline == "\r\n":
        after = after.replace("\r\n", "\n").replace("\n", "\r\n")
    return _difference(text, after)


def _difference(before: str, after: str) -> Splice | None:
    """The smallest splice that makes one text the other."""
    if before == after:
        return None
    shorter = min(len(before), len(after))
    start = next((i for i in range(shorter) if before[i] != after[i]), shorter)
    end = 0
    while end < shorter - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return Splice(start, len(before) - end, after[start : len(after) - end])
