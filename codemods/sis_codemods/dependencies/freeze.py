"""Whether an existing list reads like a copy of a developer's whole environment."""

from __future__ import annotations

from collections.abc import Iterable

from sis_codemods.dependencies.entries import Note
from sis_codemods.dependencies.listed import Listing
from sis_migrate.model import Status

_MANY = 25
"""A list that a person wrote by hand is shorter, or has lines without an exact version."""
_TOOLS = frozenset(
    {"appnope", "black", "debugpy", "flake8", "ipykernel", "ipython", "jupyter", "jupyter-client"}
    | {"jupyter-core", "jupyterlab", "mypy", "nbconvert", "notebook", "pip", "pylint", "pytest"}
    | {"ruff", "snowflake-cli", "twine", "virtualenv"}
)


def reads_like_freeze(listing: Listing, used: Iterable[str]) -> Note | None:
    """A word about a list of exact versions of which the app itself uses little; else None.

    ``used`` are the projects that the app imports or that its environment.yml lists.
    """
    names = {listed.name for listed in listing.lines}
    exact = {x.name for x in listing.lines if x.line.specifier.startswith("==")}
    own = names.intersection(used)
    if len(names) < _MANY or len(exact) * 10 < len(names) * 9 or len(own) * 3 > len(names):
        return None
    message = (
        f"{listing.path.name} reads like a freeze of a developer's environment: {len(exact)} of "
        f"its {len(names)} projects have an exact version, and {len(own)} are imported or listed "
        f"by environment.yml{_tools(names)}; the container installs all of it, if it is uploaded"
    )
    remedy = (
        "If it is not meant for the app, keep it out of the upload and run again with --pyproject, "
        "which lists only what the app needs."
    )
    return Note(Status.REVIEW, message, remedy, path=listing.path)


def _tools(names: Iterable[str]) -> str:
    tools = sorted(_TOOLS.intersection(names))
    return f"; {', '.join(tools[:3])} would do nothing there" if tools else ""
