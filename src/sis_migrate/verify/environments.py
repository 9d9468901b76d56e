"""Environments with an app's packages, made by uv and kept in a cache folder for the next time."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sis_migrate.verify import uv as installer
from sis_migrate.verify.uv import Cause, UvError, Why

EMULATOR = ("fakesnow[server]==0.12.1", "snowflake-connector-python>=4.8,<5")
"""The emulator and the newest connector that it works with."""
BASE = ("streamlit[snowflake]",)
"""What a container has without a dependency file: Streamlit and Snowpark, the newest.

Source: "Managing dependencies" (container runtime),
https://docs.snowflake.com/en/developer-guide/streamlit/app-development/dependency-management
"""
_STAMP = "packages.txt"


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment with its ``pins`` (``name==version``); ``cached``: it was there."""

    python: Path
    pins: tuple[str, ...]
    cached: bool
    seconds: float
    built: bool = False
    """Whether something had to be built from source."""

    def version(self, name: str) -> str:
        """The version of a package, "" where it is not there."""
        pins = (pin.partition("==") for pin in self.pins)
        return next((version for found, _, version in pins if found == name), "")


def default_cache() -> Path:
    """The folder for environments below the user's cache folder."""
    if sys.platform == "win32":
        above = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        above = Path.home() / "Library" / "Caches"
    else:
        above = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return above / "sis-migrate"


class Environments:
    """Makes environments, or takes them from the cache. UvError where there is no uv."""

    def __init__(self, cache: Path) -> None:
        self._uv = installer.find_uv()
        self._cache = cache
        self._resolved: dict[tuple[str, ...], installer.Resolution] = {}

    @property
    def cache(self) -> Path:
        """The folder of the cache."""
        return self._cache

    def make(self, requirements: Sequence[str]) -> Environment | Cause:
        """The environment with these packages (PEP 508 lines), or why there can be none.

        UvError where uv itself fails, with its words.
        """
        start = time.monotonic()
        resolution, built = self._resolve(tuple(requirements))
        if resolution.cause is not None:
            return resolution.cause
        folder = self._cache / "environments" / _digest(resolution.pins)
        python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        cached = folder.joinpath(_STAMP).is_file() and python.exists()
        if not cached:
            self._install(resolution.pins, folder)
        os.utime(folder)
        return Environment(python, resolution.pins, cached, time.monotonic() - start, built)

    def _resolve(self, requirements: tuple[str, ...]) -> tuple[installer.Resolution, bool]:
        found = self._resolved.get(requirements)
        if found is None:
            found = installer.resolve(requirements, uv=self._uv)
            self._resolved[requirements] = found
        if found.cause is None or found.cause.why not in {Why.NO_WHEEL, Why.CONFLICT}:
            return found, False
        # A project without a wheel is built when it is installed, by the container as well.
        built = installer.resolve(requirements, uv=self._uv, build=True)
        return (built, True) if built.cause is None else (found, False)

    def _install(self, pins: tuple[str, ...], folder: Path) -> None:
        # Made under another name: a run that is stopped leaves no half an environment.
        part = folder.with_name(f"{folder.name}.{secrets.token_hex(4)}")
        part.parent.mkdir(parents=True, exist_ok=True)
        try:
            installer.install(pins, part, uv=self._uv)
            part.joinpath(_STAMP).write_text("\n".join(pins), encoding="utf-8")
            if folder.exists():
                shutil.rmtree(folder, ignore_errors=True)
            try:
                part.rename(folder)
            except OSError as error:
                if not folder.joinpath(_STAMP).is_file():  # else another run was quicker
                    raise UvError(f"{folder} cannot be written: {error.strerror}") from error
        finally:
            shutil.rmtree(part, ignore_errors=True)


def _digest(pins: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(pins).encode()).hexdigest()[:16]
