"""Environments with an app's packages, made by uv and kept in a cache folder for the next time."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from sis_migrate.resolver import uv as installer
from sis_migrate.resolver.uv import Cause, UvError, Why

EMULATOR = ("fakesnow[server]==0.12.1", "snowflake-connector-python>=4.8,<5")
"""The emulator and the newest connector that it works with."""
BASE = ("streamlit[snowflake]",)
"""What a container has without a dependency file: Streamlit and Snowpark, the newest.

Source: "Managing dependencies" (container runtime),
https://docs.snowflake.com/en/developer-guide/streamlit/app-development/dependency-management
"""
Wanted = Sequence[str] | Path
"""Requirements: PEP 508 lines, or a dependency file with all that it refers to."""
_STAMP = "packages.txt"
"""Says that an environment is whole. It is empty: addresses among the pins may hold a password."""
_LOCAL = re.compile(
    r"^(?:-e\s+|[\w.-]+(?:\[[^\]]*\])?\s*@\s*)?(?:file://)?([^=;@:\s]+)(?:\s*;.*)?$"
)
"""A pin that is a path: it has neither a version nor an address."""


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment with its ``pins`` (``name==version``); ``cached``: it was there."""

    python: Path
    pins: tuple[str, ...]
    cached: bool
    seconds: float
    built: bool = False
    """Whether something had to be built from source."""
    stale: bool = False
    """Whether the ``uv.lock`` that they are from does not fit its project."""
    unreachable: Cause | None = None
    """Why no index was asked, where uv's memory of it led to an environment made before."""
    made: str = ""
    """The day on which it was made, as 2026-03-01."""

    def version(self, name: str) -> str:
        """The version of a package, "" where it is not there."""
        pins = (pin.partition("==") for pin in self.pins)
        return next((version for found, _, version in pins if found == name), "")


class Environments:
    """Makes environments, or takes them from the cache. UvError where there is no uv."""

    def __init__(self, cache: Path) -> None:
        self._uv = installer.find_uv()
        self._cache = cache
        self._resolved: dict[Path | tuple[str, ...], installer.Resolution] = {}

    @property
    def cache(self) -> Path:
        """The folder of the cache."""
        return self._cache

    def make(self, wanted: Wanted) -> Environment | Cause:
        """The environment with these packages, or why there can be none.

        UvError where uv itself fails, with its words.
        """
        start = time.monotonic()
        resolution, built = self._resolve(wanted if isinstance(wanted, Path) else tuple(wanted))
        if resolution.cause is not None:
            return resolution.cause
        beside = wanted.parent if isinstance(wanted, Path) else None
        folder = self._cache / "environments" / _digest(resolution, beside or Path())
        python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        cached = _is_made(python)
        if resolution.unreachable is not None and not cached:
            return resolution.unreachable
        if not cached:
            self._install(resolution, folder, beside)
        seconds = time.monotonic() - start
        return Environment(
            python, resolution.pins, cached, seconds, built, resolution.stale,
            resolution.unreachable, _day(folder),
        )  # fmt: skip

    def _resolve(self, wanted: Path | tuple[str, ...]) -> tuple[installer.Resolution, bool]:
        found = self._resolved.get(wanted)
        if found is None:
            found = self._ask(wanted, build=False)
            self._resolved[wanted] = found
        if found.cause is None or found.cause.why not in {Why.NO_WHEEL, Why.CONFLICT}:
            return found, False
        # A project without a wheel is built when it is installed, by the container as well.
        built = self._ask(wanted, build=True)
        return (built, True) if built.cause is None else (found, False)

    def _ask(self, wanted: Path | tuple[str, ...], *, build: bool) -> installer.Resolution:
        """What fits; by uv's memory, where the index does not answer and that is enough."""
        found = self._resolution(wanted, build=build)
        if found.cause is None or found.cause.why is not Why.NETWORK:
            return found
        known = self._resolution(wanted, build=build, offline=True)
        return found if known.cause is not None else replace(known, unreachable=found.cause)

    def _resolution(
        self, wanted: Path | tuple[str, ...], *, build: bool, offline: bool = False
    ) -> installer.Resolution:
        if isinstance(wanted, Path):
            return installer.resolve_file(wanted, uv=self._uv, build=build, offline=offline)
        return installer.resolve(wanted, uv=self._uv, build=build, offline=offline)

    def _install(self, found: installer.Resolution, folder: Path, beside: Path | None) -> None:
        # Made under another name: a run that is stopped leaves no half an environment.
        part = folder.with_name(f"{folder.name}.{secrets.token_hex(4)}")
        part.parent.mkdir(parents=True, exist_ok=True)
        try:
            python = installer.install(found, part, uv=self._uv, beside=beside)
            part.joinpath(_STAMP).touch()
            if _is_made(folder / python.relative_to(part)):
                return  # another run was quicker, and may be using it
            if folder.exists():
                shutil.rmtree(folder, ignore_errors=True)
            try:
                part.rename(folder)
            except OSError as error:
                if not folder.joinpath(_STAMP).is_file():  # else another run was quicker
                    raise UvError(f"{folder} cannot be written: {error.strerror}") from error
        finally:
            shutil.rmtree(part, ignore_errors=True)


def _is_made(python: Path) -> bool:
    """Whether the environment of an interpreter is there and whole."""
    return python.parents[1].joinpath(_STAMP).is_file() and python.exists()


def _day(folder: Path) -> str:
    return date.fromtimestamp((folder / _STAMP).stat().st_mtime).isoformat()


def _digest(found: installer.Resolution, beside: Path) -> str:
    """A name for an environment: by its versions, where they come from, and the files among them."""
    place = str(beside.absolute())
    total = hashlib.sha256("\n".join((*found.options, *found.pins)).replace(place, "").encode())
    for pin in found.pins:
        local = _LOCAL.match(pin)
        for path in _files(beside / local[1]) if local else ():
            total.update(path.read_bytes())
    return total.hexdigest()[:16]


def _files(path: Path) -> list[Path]:
    return sorted(p for p in (path, *path.rglob("*")) if p.is_file())
