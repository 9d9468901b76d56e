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
import sys
from collections.abc import Mapping
from pathlib import Path

_LARGEST = 20_000_000
_NAME = re.compile(r"[A-Za-z0-9]([\w.-]*[A-Za-z0-9])?")

Larger = Mapping[str, tuple[str, ...]]


class MapError(Exception):
    """The map cannot be fetched or used; the message says why, for the reader."""


def cache_file() -> Path:
    """Where the map is kept: the user's cache folder as the system has it."""
    if os.environ.get("XDG_CACHE_HOME"):
        folder = Path(os.environ["XDG_CACHE_HOME"])
    elif sys.platform == "win32":
        folder = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        folder = Path.home() / "Library" / "Caches"
    else:
        folder = Path.home() / ".cache"
    return folder / "sis-migrate" / "names.json"


def update(address: str, file: Path, *, timeout: float = 30) -> str:
    """Fetch the map from an https address into ``file``; in words what was fetched.

    MapError for any other kind of address, for no answer, and for data of another shape.
    """
    import urllib.error
    import urllib.request

    if not address.startswith("https://"):
        raise MapError(f"{address!r} is not an https address")
    try:
        with urllib.request.urlopen(address, timeout=timeout) as answer:
            data = answer.read(_LARGEST + 1)
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise MapError(f"{address} does not answer: {error}") from error
    return store(data, file)


def store(data: bytes, file: Path) -> str:
    """Check a map and keep it in ``file``; in words what it holds. MapError for another shape."""
    if len(data) > _LARGEST:
        raise MapError("the map is larger than 20 MB")
    names = _checked(data)
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_suffix(".new")
    temporary.write_bytes(data)
    temporary.replace(file)
    return f"{len(names)} names, SHA-256 {hashlib.sha256(data).hexdigest()[:16]}…"


def load(file: Path) -> Larger:
    """The map in ``file``; empty where there is none or it is not usable any more."""
    try:
        return _checked(file.read_bytes())
    except (OSError, MapError):
        return {}


def choose(name: str, larger: Larger) -> tuple[str, str]:
    """The project for a canonical conda name, and why there is none where it is ""."""
    found = larger.get(name, ())
    if name in found:
        return name, ""
    if len(found) == 1:
        return found[0], ""
    if found:
        return "", f"the larger map names several projects for it: {', '.join(found)}"
    return "", ""


def _checked(data: bytes) -> Larger:
    try:
        document = json.loads(data)
    except ValueError as error:
        raise MapError(f"the map is not JSON: {error}") from error
    if not isinstance(document, dict) or not document:
        raise MapError("the map is not a JSON object of names")
    names: dict[str, tuple[str, ...]] = {}
    for name, projects in document.items():
        listed = [projects] if isinstance(projects, str) else projects or []
        if not isinstance(listed, list) or not all(_is_name(project) for project in listed):
            raise MapError(f"the map has something else than names for {name!r}")
        names[_canonical(name)] = tuple(_canonical(project) for project in listed)
    return names


def _is_name(project: object) -> bool:
    return isinstance(project, str) and _NAME.fullmatch(project) is not None


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
