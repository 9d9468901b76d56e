"""What the container has without a dependency file; the table says how certain that is."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path


def lacks(projects: Iterable[str]) -> tuple[str, ...]:
    """The projects, by canonical names, that the container cannot be counted on to have."""
    return tuple(name for name in projects if name not in _base())


@cache
def _base() -> frozenset[str]:
    table = tomllib.loads((Path(__file__).parent / "base_image.toml").read_text("utf-8"))
    return frozenset((*table["stated"], *table["needed"]))
