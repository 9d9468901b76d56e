"""``migrate map check``: which packages of a conda channel our tables do not know.

The lists are the user's own copies; none comes with this tool, since a channel's terms may not
allow it. Sources: "Channels and generating an index" (channeldata.json, repodata.json) in the
conda-build documentation,
https://docs.conda.io/projects/conda-build/en/stable/concepts/generating-index.html; "PACKAGES
view", https://docs.snowflake.com/en/sql-reference/info-schema/packages
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sis_codemods.dependencies.larger_map import Larger
from sis_codemods.dependencies.names import Kind, canonical, lookup

_ARCHIVES = (".conda", ".tar.bz2")
_WANTED = (
    "save a conda channel's channeldata.json or repodata.json, or the JSON of: snow sql --format "
    'json -q "select distinct package_name from information_schema.packages '
    "where language = 'python'\""
)


class ChannelError(Exception):
    """A saved list cannot be used; the message names the file and says what to save."""


def names_in(file: Path) -> tuple[str, ...]:
    """The names of a saved list, sorted, one of several that PyPI compares alike; ChannelError."""
    try:
        document = json.loads(file.read_bytes())
    except OSError as error:
        raise ChannelError(f"{file}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise ChannelError(f"{file}: not JSON ({error}); {_WANTED}") from error
    found = {canonical(name): name for name in _names(document) if name.strip()}
    if not found:
        raise ChannelError(f"{file}: lists no packages; {_WANTED}")
    return tuple(found[key] for key in sorted(found))


def unknown(names: Iterable[str], user_map: Mapping[str, str], larger: Larger) -> tuple[str, ...]:
    """The names that neither the user's own map, nor our rows, nor the larger map have."""
    return tuple(n for n in names if lookup(n, user_map, larger).kind is Kind.UNKNOWN)


def _names(document: Any) -> Iterator[str]:
    if isinstance(document, list):
        for row in document:
            yield from _names(row) if isinstance(row, list) else _in_row(row)
    elif isinstance(document, dict):
        for key in ("packages", "packages.conda"):
            packages = document.get(key)
            if isinstance(packages, dict):
                yield from (_name(*item) for item in packages.items())


def _in_row(row: Any) -> Iterator[str]:
    """The name in a row of a query's result, whose columns are in capitals or not."""
    if not isinstance(row, dict):
        return
    columns = {key.lower(): value for key, value in row.items()}
    name, language = columns.get("package_name"), columns.get("language", "python")
    if isinstance(name, str) and language == "python":
        yield name


def _name(key: str, entry: Any) -> str:
    """A package's name: repodata.json has a record for each archive, channeldata.json a name."""
    named = entry.get("name") if isinstance(entry, dict) else None
    if isinstance(named, str):
        return named
    return key.rsplit("-", 2)[0] if key.endswith(_ARCHIVES) else key
