"""What the target's releases lack, and how to say it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from sis_codemods.streamlit.api import Api
from sis_codemods.streamlit.api_names import CONTAINER, shown
from sis_codemods.streamlit.facts import Signature, Version
from sis_codemods.streamlit.target import text


@cache
def missing(name: str, aimed: tuple[Version, ...]) -> tuple[Version, ...]:
    """The releases that do not have a name."""
    return tuple(v for v in aimed if not Api.load().has(name, v))


@cache
def lost_methods(aimed: tuple[Version, ...]) -> frozenset[str]:
    """The methods of containers that a release does not have although others do."""
    start = f"{CONTAINER}."
    names = [n for n in Api.load().names() if n.startswith(start)]
    return frozenset(n.removeprefix(start) for n in names if missing(n, aimed))


@cache
def signatures(name: str, aimed: tuple[Version, ...]) -> tuple[tuple[Version, Signature], ...]:
    """The parameters in each release that has the name and tells them."""
    found = ((v, Api.load().parameters(name, v)) for v in aimed)
    return tuple((v, signature) for v, signature in found if signature is not None)


def when(lacking: Sequence[Version], aimed: Sequence[Version], removed: Version | None) -> str:
    """In words, since when or for how long the target lacks something."""
    present = [v for v in aimed if v not in lacking]
    if not present and removed:
        return f"was removed in Streamlit {text(removed)}"
    if not present:
        return f"is not in Streamlit {_span(lacking)}"
    if lacking[-1] < present[0]:
        return f"is only there from Streamlit {text(present[0])} on"
    if lacking[0] > present[-1]:
        return f"is gone from Streamlit {text(lacking[0])} on"
    return f"is missing from Streamlit {_span(lacking)}"


def _span(versions: Sequence[Version]) -> str:
    first, last = text(versions[0]), text(versions[-1])
    return first if first == last else f"{first} to {last}"


def remedy(
    name: str, parameter: str | None, lacking: Sequence[Version], aimed: Sequence[Version]
) -> str:
    """What to do about something that the target lacks."""
    api = Api.load()
    present = [v for v in aimed if v not in lacking]
    if present and lacking and lacking[0] < present[0]:
        return f"Ask for streamlit>={text(present[0])} in the dependency file, or do without it."
    successor = api.successor(name, parameter)
    if successor is None and parameter is not None and not api.intervals(name, parameter):
        successor = api.successor(name, "kwargs")
    if successor is None:
        return "Check the name." if not api.intervals(name, parameter) else "Do without it."
    use = f"Use {_shown_new(successor.new, parameter)}." if successor.new else ""
    return " ".join(filter(None, (use, successor.note))) or "Do without it."


def _shown_new(new: str, parameter: str | None) -> str:
    return f"`{new}`" if parameter else shown(new)
