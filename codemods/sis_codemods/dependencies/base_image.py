"""What the container has without a dependency file; the table says how certain that is."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Set
from functools import cache
from pathlib import Path

from sis_migrate.model import App, Finding, Status


def lacks(projects: Iterable[str], old: Set[str] = frozenset()) -> tuple[str, ...]:
    """The projects, by canonical names, that the container cannot be counted on to have.

    ``old`` are those that must be older than the newest: which release it has nobody says.
    """
    return tuple(name for name in projects if name in old or name not in _base())


@cache
def _base() -> frozenset[str]:
    table = tomllib.loads((Path(__file__).parent / "base_image.toml").read_text("utf-8"))
    return frozenset((*table["stated"], *table["needed"]))


def nothing_needed(app: App) -> Finding:
    """A word about an app that can do without a dependency file."""
    message = (
        "No dependency file is needed: the container has all that the app imports; no package "
        "source is needed either, but its releases, Streamlit's too, are the container's own"
    )
    remedy = "Write a pyproject.toml if the app must stay on one release."
    return Finding(app.root, message, Status.FIXED, remedy=remedy)
