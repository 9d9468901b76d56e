"""Which sizes an element takes in which release: questions to widths.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from sis_codemods.streamlit.facts import Interval, Version, minor

CONTAINER_WIDTH = "use_container_width"
SIZES = ("width", "height")


@dataclass(frozen=True, slots=True)
class Size:
    """The parameter ``width`` or ``height`` of one element.

    ``words`` maps a word to the first release that takes it; from ``strict`` on, None, 0, floats and
    numpy's integers are refused, except that releases in ``none`` take None. ``default`` is the
    newest release's default as an expression.
    """

    words: Mapping[str, Version]
    strict: Version
    none: tuple[Interval, ...]
    default: str

    def refuses_none(self, version: Version) -> bool:
        """Whether a release raises for None."""
        return version >= self.strict and not any(version in each for each in self.none)


@dataclass(frozen=True, slots=True)
class ContainerWidth:
    """What ``use_container_width`` stands for: True for ``stretch``.

    False stands for ``content``, or, where that is not ``content``, for a number of pixels.
    """

    false: str


@cache
def size(element: str, parameter: str) -> Size | None:
    """The size of an element, which is the name of a command; None where it has no such parameter."""
    row = _table().get(element, {}).get(parameter)
    if row is None:
        return None
    return Size(
        {word: minor(row[word]) for word in ("stretch", "content", "auto") if word in row},
        minor(row["strict"]),
        tuple(_interval(text) for text in row.get("none", ())),
        _expression(row["default"]),
    )


@cache
def container_width(element: str) -> ContainerWidth | None:
    """The ``use_container_width`` of an element; None where it has none."""
    row = _table().get(element, {}).get(CONTAINER_WIDTH)
    return ContainerWidth(row["false"]) if row else None


@cache
def elements() -> frozenset[str]:
    """The commands that have a size."""
    return frozenset(_table())


@cache
def _table() -> dict[str, dict[str, Any]]:
    path = resources.files(__package__) / "widths.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _interval(text: str) -> Interval:
    first, _, last = text.partition("-")
    return Interval(minor(first), minor(last) if last else None)


def _expression(defaults: Sequence[str]) -> str:
    value = defaults[-1].split()[1]
    if value == "none":
        return "None"
    return value if value.isdigit() else f'"{value}"'
