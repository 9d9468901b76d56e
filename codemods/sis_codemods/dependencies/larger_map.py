"""A larger map of names than ours, from an address that the user configures, in the user's cache.

It is a JSON object from conda names to the PyPI projects that were found in the package: a list, a
single name, or null. It ranks below our own rows. A package may hold copies of other projects, so
of several names only the conda name itself is taken, and null does not mean that there is none.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from sis_migrate.cache import cache_folder

_NAME = re.compile(r"[A-Za-z0-9]([\w.-]*[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class Larger:
    """The projects by canonical conda name; ``digest`` tells one state of the map from another.

    ``broken`` is why a map that is there cannot be used, a sentence for the reader, else "".
    """

    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    digest: str = ""
    broken: str = ""


NO_MAP = Larger()
MAKE_ANEW = "Fetch it again with `migrate map update`, or delete the file."
"""What to do about a broken one."""


class MapError(Exception):
    """The map cannot be fetched or used; the message says why, for the reader."""


def cache_file() -> Path:
    """Where the map is kept: the user's cache folder as the system has it."""
    try:
        return cache_folder() / "names.json"
    except RuntimeError:  # a user without a home: nothing is there, and nothing can be written
        return Path(os.devnull) / "names.json"


def load(file: Path) -> Larger:
    """The map in ``file``; an empty one where there is none or it is not usable any more."""
    try:
        state = file.stat()
        return _loaded(file, state.st_mtime_ns, state.st_size)
    except (FileNotFoundError, NotADirectoryError):
        return NO_MAP
    except OSError as error:
        why = str(error.strerror)
    except MapError as error:
        why = str(error)
    return Larger(broken=f"The larger map of names in {file} cannot be used: {why}")


@lru_cache(maxsize=1)
def _loaded(file: Path, _changed: int, _size: int) -> Larger:
    """Read once a run, not once an app: a map has tens of thousands of names."""
    return checked(file.read_bytes())


def choose(name: str, larger: Larger) -> tuple[str, str]:
    """The project for a canonical conda name, and why there is none where it is ""."""
    found = larger.names.get(name, ())
    if name in found:
        return name, ""
    if len(found) == 1:
        return found[0], ""
    if found:
        return "", f"the larger map names several projects for it: {', '.join(found)}"
    return "", ""


def checked(data: bytes) -> Larger:
    """The map that a file or an answer holds; MapError for another shape."""
    from packaging.utils import canonicalize_name

    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise MapError(f"the map is not JSON: {error}") from error
    if not isinstance(document, dict) or not document:
        raise MapError("the map is not a JSON object of names")
    names: dict[str, tuple[str, ...]] = {}
    for name, projects in document.items():
        listed = [projects] if isinstance(projects, str) else projects or []
        if not isinstance(listed, list) or not all(_is_name(project) for project in listed):
            raise MapError(f"the map has something else than names for {name!r}")
        names[canonicalize_name(name)] = tuple(map(canonicalize_name, listed))
    return Larger(names, hashlib.sha256(data).hexdigest()[:16])


def _is_name(project: object) -> bool:
    return isinstance(project, str) and _NAME.fullmatch(project) is not None
