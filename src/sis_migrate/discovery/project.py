"""What ``snowflake.yml`` and ``environment.yml`` say about apps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sis_migrate.discovery.sql import DEFAULT_MAIN_FILE, runtime_of
from sis_migrate.model import Runtime

_TEMPLATE = re.compile(r"<[%!]|\{\{|&\{|\$\{")
_ENTITY = re.compile(r"^(\s*)(?:type:\s*[\"']?streamlit\b|streamlit:)", re.MULTILINE)
_MAIN_FILE = re.compile(r"^\s*main_file:\s*[\"']?([^\"'#\n]+?)[\"']?\s*(?:#.*)?$", re.MULTILINE)
_CHANNELS = re.compile(
    r"^channels:(.*(?:\n(?:[ \t]*-|[ \t]*#|[ \t]+|[ \t]*\r?$).*)*)", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Entity:
    """One Streamlit entity of a project file."""

    name: str = ""
    main_file: str = DEFAULT_MAIN_FILE
    """"" where a template stands in its place."""
    runtime: Runtime = Runtime.UNKNOWN
    sources: tuple[str, ...] = ()
    """The artifacts' paths, where an entry point may come from that is not beside the file."""
    name_is_label: bool = False
    """True where the name is only the entity's key, because the identifier is a template."""


def entities(text: str) -> tuple[tuple[Entity, ...], str]:
    """The Streamlit entities, and how they were found where the file is not YAML ("" where it is).

    Templates of the Snowflake CLI need not parse before they are rendered; from those the lines
    are read.
    """
    import yaml

    try:
        document = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        found = tuple(_from_lines(text))
        return found, "not YAML before it is rendered; read line by line" if found else ""
    return tuple(_from_document(document)), ""


def _from_lines(text: str) -> Iterator[Entity]:
    if _ENTITY.search(text):
        names = dict.fromkeys(match.group(1).strip() for match in _MAIN_FILE.finditer(text))
        yield from (Entity(main_file=_literal(name)) for name in names or [DEFAULT_MAIN_FILE])


def _from_document(document: object) -> Iterator[Entity]:
    if not isinstance(document, dict):
        return
    version_1 = document.get("streamlit")
    if isinstance(version_1, dict):
        sources = (*_strings(version_1.get("additional_source_files")),)
        name = _literal(_text(version_1.get("name")))
        yield Entity(name, _main_file(version_1), sources=sources)
    listed = document.get("entities")
    for key, entity in listed.items() if isinstance(listed, dict) else ():
        if isinstance(entity, dict) and entity.get("type") == "streamlit":
            yield _entity(str(key), entity)


def _entity(key: str, entity: dict[str, Any]) -> Entity:
    identifier = entity.get("identifier")
    if isinstance(identifier, dict):
        identifier = identifier.get("name")
    name = _literal(_text(identifier)).split(".")[-1].strip('"')
    return Entity(
        name or _literal(key),
        _main_file(entity),
        runtime_of(_text(entity.get("runtime_name")), pool=bool(entity.get("compute_pool"))),
        tuple(_strings(entity.get("artifacts"))),
        name_is_label=bool(identifier) and not name,
    )


def _main_file(entity: dict[str, Any]) -> str:
    return _literal(_text(entity.get("main_file")) or DEFAULT_MAIN_FILE)


def _strings(value: object) -> Iterator[str]:
    for item in value if isinstance(value, list) else ():
        text = _text(item.get("src") if isinstance(item, dict) else item)
        if text:
            yield text


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _literal(text: str) -> str:
    return "" if _TEMPLATE.search(text) else text.strip().strip("/")


def has_snowflake_channel(text: str) -> bool:
    """Whether an ``environment.yml`` has Snowflake's channel, by name or address."""
    match = _CHANNELS.search(text)
    return match is not None and re.search(r"\bsnowflake\b", match.group(1)) is not None
