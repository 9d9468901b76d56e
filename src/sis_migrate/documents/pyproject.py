"""A ``pyproject.toml``: whose it is, what it requires, and additions that keep the rest as it was.

Source: "pyproject.toml specification",
https://packaging.python.org/en/latest/specifications/pyproject-toml/.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from sis_migrate.documents.differences import differences
from sis_migrate.documents.requirements import Line, Option, parse_requirements
from sis_migrate.documents.toml_array import places, with_items
from sis_migrate.model import Span, Splice
from sis_migrate.textfile import TextError


class Owner(StrEnum):
    """What a ``pyproject.toml`` is there for."""

    APP = "app"
    """Its ``[project]`` lists the app's packages."""
    TOOLS = "tools"
    """It only holds settings of tools."""
    PACKAGE = "package"
    """Its ``[project]`` describes a package that is no app."""
    ELSEWHERE = "elsewhere"
    """It lists packages in a way of another tool, or not at all, so that nothing can be added."""
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Pyproject:
    """What a ``pyproject.toml`` says; ``why`` is a sentence part where it is not APP or TOOLS.

    The ``number`` of a line of ``requires`` is its 1-based place in the list.
    """

    owner: Owner
    requires: tuple[Line, ...] = ()
    requires_python: str = ""
    groups: tuple[str, ...] = ()
    """The ``[dependency-groups]`` that uv installs unless told otherwise."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """The projects of ``[tool.uv.sources]``, as written, and of what kind each source is."""
    constraints: tuple[Line, ...] = ()
    """What ``[tool.uv]`` says about versions: its constraints and overrides."""
    settings: tuple[str, ...] = ()
    """The keys of ``[tool.uv]`` that have a say in what is installed."""
    lacks: tuple[str, ...] = ()
    """What ``[project]`` must have and has not: its name, its version."""
    builds: bool = False
    """Whether uv would build the folder as a package before it runs anything."""
    why: str = ""
    unread: tuple[Option, ...] = ()
    """The items of the list that no installer can read; their numbers are as those of its lines."""
    places: tuple[Span, ...] = ()
    """Where the items of the list stand; empty where that is not known."""

    def place(self, item: Line | Option) -> Span | None:
        """Where an item of the list stands."""
        return self.places[item.number - 1] if self.places else None


def read_pyproject(text: str) -> Pyproject:
    """Read the text of a ``pyproject.toml``; never fails."""
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError also for numbers far too long
        return Pyproject(Owner.UNREADABLE, why=f"is not readable as TOML: {error}")
    project = _table(document, "project")
    uv = _table(_table(document, "tool"), "uv")
    listed = _list(project, "dependencies")
    requires = tuple(_requires(listed))
    owner, why = _owner(document, requires)
    return Pyproject(
        owner=owner,
        requires=requires,
        requires_python=str(project.get("requires-python", "")),
        groups=_default_groups(document, uv),
        sources=_sources(_table(uv, "sources")),
        constraints=_constraints(uv),
        settings=tuple(key for key in uv if key not in _ABOUT_THE_PROJECT),
        lacks=tuple(_lacks(project)),
        builds=_builds(document),
        why=why,
        unread=tuple(_unread(listed)),
        places=places(text, "project", "dependencies", listed),
    )


def _owner(document: Mapping[str, Any], requires: Sequence[Line]) -> tuple[Owner, str]:
    why = _why_elsewhere(document)
    if why:
        return Owner.ELSEWHERE, why
    if "project" not in document:
        return Owner.TOOLS, ""
    if _builds(document) and all(line.name.lower() != "streamlit" for line in requires):
        return Owner.PACKAGE, "describes a package to be built ([build-system])"
    return Owner.APP, ""


def _why_elsewhere(document: Mapping[str, Any]) -> str:
    project = _table(document, "project")
    listed = project.get("dependencies", [])
    if "project" in document and not isinstance(document["project"], dict):
        return "has a project that is not a table"
    if "dependencies" in _list(project, "dynamic"):
        return "takes its dependencies from somewhere else (dynamic)"
    if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
        return "has dependencies that are not a list of texts"
    if "poetry" in _table(document, "tool") and "dependencies" not in project:
        return "lists its dependencies for Poetry, which the container does not read"
    if "project" not in document and _builds(document):
        return "describes a package to be built ([build-system]) that has no [project] table"
    return ""


def _builds(document: Mapping[str, Any]) -> bool:
    wanted = _table(_table(document, "tool"), "uv").get("package")
    return wanted is not False and ("build-system" in document or wanted is True)


def _requires(listed: Sequence[Any]) -> Iterator[Line]:
    for number, item in enumerate(listed, 1):
        for line in parse_requirements(" ".join(str(item).split())).lines:
            yield replace(line, number=number)


def _unread(listed: Sequence[Any]) -> Iterator[Option]:
    for number, item in enumerate(listed, 1):
        text = " ".join(str(item).split())
        if not parse_requirements(text).lines:
            yield Option(text, number, len(text))


def _lacks(project: Mapping[str, Any]) -> Iterator[str]:
    """The specification: name and version must be there; the version may be dynamic."""
    if "name" not in project:
        yield "name"
    if "version" not in project and "version" not in _list(project, "dynamic"):
        yield "version"


def _table(document: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = document.get(key)
    return value if isinstance(value, dict) else {}


def _list(document: Mapping[str, Any], key: str) -> list[Any]:
    value = document.get(key)
    return value if isinstance(value, list) else []


def _default_groups(document: Mapping[str, Any], uv: Mapping[str, Any]) -> tuple[str, ...]:
    """uv's documentation, "Dependency groups": ``dev`` is synced, unless ``default-groups`` says."""
    every = uv.get("default-groups") == "all"
    wanted = _list(uv, "default-groups") if "default-groups" in uv else ["dev"]
    groups = _table(document, "dependency-groups")
    return tuple(name for name in groups if every or name in wanted)


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
        for item in _list(uv, key)
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


def completed(text: str, lines: Sequence[str], replaced: Mapping[int, str]) -> list[Splice]:
    """Add requirements to ``[project] dependencies``, and exchange some by their 1-based place.

    What ``[project]`` lacks is added, too. The text must have a ``[project]`` table (Owner.APP or
    PACKAGE). Comments, order and line ends stay. TextError where the text cannot be edited.
    """
    from tomlkit.exceptions import TOMLKitError

    try:
        after = _with_keys(_with_list(text, lines, replaced), lines)
    except TOMLKitError as error:
        raise TextError(f"TOML that this tool cannot edit: {error}") from error
    if not _is(after, _expected(text, lines, replaced)):
        raise TextError("TOML that this tool cannot edit")
    return list(differences(text, after))


def _expected(text: str, lines: Sequence[str], replaced: Mapping[int, str]) -> dict[str, Any]:
    """What the text is to say in the end."""
    document = _with_changes(text, lines, replaced)
    _add_keys(document["project"], lines)
    return document


def _with_changes(text: str, lines: Sequence[str], replaced: Mapping[int, str]) -> dict[str, Any]:
    """What the text is to say when the list, where there is one, is changed."""
    document = tomllib.loads(text)
    listed = document["project"].get("dependencies")
    if listed is not None:
        for place, requirement in replaced.items():
            listed[place - 1] = requirement
        listed += lines
    return document


def _with_list(text: str, lines: Sequence[str], replaced: Mapping[int, str]) -> str:
    """The text with another list, where it has one: the array of the project's among all."""
    import tomlkit

    # A table, an inline one, or a proxy where the tables of [project.…] are apart.
    project: Mapping[str, Any] = tomlkit.parse(text)["project"]
    if "dependencies" not in project:
        return text
    wanted = _with_changes(text, lines, replaced)
    array = project["dependencies"].as_string()
    new = with_items(array, [*map(_quoted, lines)], {n: _quoted(t) for n, t in replaced.items()})
    places = re.finditer(re.escape(array), text)
    made = (f"{text[: found.start()]}{new}{text[found.end() :]}" for found in places)
    return next((after for after in made if _is(after, wanted)), text)


def _with_keys(text: str, lines: Sequence[str]) -> str:
    """The text with what ``[project]`` lacks, a list for the lines among that."""
    import tomlkit

    document = tomlkit.parse(text.replace("\r\n", "\n"))
    is_changed = _add_keys(document["project"], lines)
    return tomlkit.dumps(document) if is_changed else text


def _add_keys(project: MutableMapping[str, Any], lines: Sequence[str]) -> bool:
    """Add what ``[project]`` lacks, to tomlkit's table or a plain one; whether it lacked anything."""
    import tomlkit

    lacking = [*_lacks(project)]
    for key in lacking:
        project[key] = _MANDATORY[key]
    if not lines or "dependencies" in project:
        return bool(lacking)
    project["dependencies"] = tomlkit.array().multiline(True)
    project["dependencies"].extend(lines)
    return True


_MANDATORY = {"name": "streamlit-app", "version": "0.1.0"}


def _quoted(text: str) -> str:
    import tomlkit

    return tomlkit.string(text).as_string()


def _is(text: str, document: Mapping[str, Any]) -> bool:
    try:
        return tomllib.loads(text) == document
    except tomllib.TOMLDecodeError:
        return False
