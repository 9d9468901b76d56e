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
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from urllib.request import OpenerDirector

LARGEST = 20_000_000
"""Bytes that a map may have; the largest known one has a tenth of it."""
_NAME = re.compile(r"[A-Za-z0-9]([\w.-]*[A-Za-z0-9])?")
_TOO_LARGE = f"the map is larger than {LARGEST // 1_000_000} MB"


@dataclass(frozen=True, slots=True)
class Larger:
    """The projects by canonical conda name; ``digest`` tells one state of the map from another."""

    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    digest: str = ""


NO_MAP = Larger()


class MapError(Exception):
    """The map cannot be fetched or used; the message says why, for the reader."""


def cache_file() -> Path:
    """Where the map is kept: the user's cache folder as the system has it."""
    try:
        return _cache_folder() / "sis-migrate" / "names.json"
    except RuntimeError:  # a user without a home: nothing is there, and nothing can be written
        return Path(os.devnull) / "names.json"


def _cache_folder() -> Path:
    if os.environ.get("XDG_CACHE_HOME"):
        return Path(os.environ["XDG_CACHE_HOME"])
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path.home() / ".cache"


def update(address: str, file: Path, *, timeout: float = 60) -> str:
    """Fetch the map from an https address into ``file``; in words what was fetched.

    ``timeout`` is in seconds, for the whole of it. MapError for any other kind of address, also one
    that is redirected to, for no answer in time, for data of another shape or size, and where
    ``file`` cannot be written.
    """
    from sis_migrate.configuration import https_address

    try:
        https_address(address)
    except ValueError as error:
        raise MapError(f"a map must have {error}") from error
    return store(_fetched(address, timeout), file)


def _fetched(address: str, timeout: float) -> bytes:
    from http.client import HTTPException
    from urllib.error import HTTPError, URLError
    from urllib.request import Request

    request = Request(address, headers={"Accept": "application/json", "User-Agent": "sis-migrate"})
    try:
        with _opener().open(request, timeout=timeout) as answer:
            return _body(answer, timeout)
    except HTTPError as error:
        error.close()
        raise MapError(f"{address} answers {error.code} {error.reason}") from error
    except (OSError, HTTPException) as error:
        reason = error.reason if isinstance(error, URLError) else error
        if isinstance(reason, TimeoutError):
            raise MapError(f"{address} does not answer within {timeout:g} seconds") from error
        raise MapError(f"{address} cannot be fetched: {reason}") from error


def _opener() -> OpenerDirector:
    """What fetches: as urllib does it, proxies included, but never anything without TLS."""
    from urllib.request import HTTPRedirectHandler, Request, build_opener

    class OnlyHttps(HTTPRedirectHandler):
        def redirect_request(
            self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
        ) -> Request | None:
            if not newurl.startswith("https://"):
                fp.close()
                raise MapError(f"{req.full_url} sends on to {newurl}, which is not https")
            return super().redirect_request(req, fp, code, msg, headers, newurl)

    return build_opener(OnlyHttps)


def _body(answer: Any, timeout: float) -> bytes:
    """All that is answered; one that comes in drops, or never ends, is given up."""
    end = time.monotonic() + timeout
    data = bytearray()
    while chunk := answer.read1(1 << 16):
        data += chunk
        if len(data) > LARGEST:
            raise MapError(_TOO_LARGE)
        if time.monotonic() > end:
            raise TimeoutError
    return bytes(data)


def read(file: Path) -> bytes:
    """A map that the user has saved; MapError where the file cannot be read."""
    try:
        with file.open("rb") as saved:
            return saved.read(LARGEST + 1)
    except OSError as error:
        raise MapError(f"{file} cannot be read: {error.strerror}") from error


def store(data: bytes, file: Path) -> str:
    """Check a map and keep it in ``file``; in words what it holds.

    MapError for another shape, size or direction, and where ``file`` cannot be written; what was
    kept before is then still there.
    """
    from sis_codemods.dependencies.names import runs_backwards

    if len(data) > LARGEST:
        raise MapError(_TOO_LARGE)
    found = _checked(data)
    if runs_backwards(found):
        raise MapError("the map goes from PyPI's names to conda's, and not the other way round")
    temporary = file.with_suffix(f".{os.getpid()}.new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(data)
        temporary.replace(file)
    except OSError as error:
        raise MapError(f"{file} cannot be written: {error.strerror}") from error
    return f"{len(found.names)} names, SHA-256 {found.digest}"


def load(file: Path) -> Larger:
    """The map in ``file``; an empty one where there is none or it is not usable any more."""
    try:
        state = file.stat()
        return _loaded(file, state.st_mtime_ns, state.st_size)
    except (OSError, MapError):
        return NO_MAP


@lru_cache(maxsize=1)
def _loaded(file: Path, _changed: int, _size: int) -> Larger:
    """Read once a run, not once an app: a map has tens of thousands of names."""
    return _checked(file.read_bytes())


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


def _checked(data: bytes) -> Larger:
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
        names[_canonical(name)] = tuple(_canonical(project) for project in listed)
    return Larger(names, hashlib.sha256(data).hexdigest()[:16])


def _is_name(project: object) -> bool:
    return isinstance(project, str) and _NAME.fullmatch(project) is not None


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
