"""Fetches the larger map of names, or takes a saved one, and keeps it where every run looks."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from sis_codemods.dependencies.larger_map import MapError, checked
from sis_codemods.dependencies.names import runs_backwards

if TYPE_CHECKING:
    from urllib.request import OpenerDirector

LARGEST = 20_000_000
"""Bytes that a map may have; the largest known one has a tenth of it."""
_TOO_LARGE = f"the map is larger than {LARGEST // 1_000_000} MB"


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
    if len(data) > LARGEST:
        raise MapError(_TOO_LARGE)
    found = checked(data)
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
