"""What Streamlit and Snowpark need themselves, and which pins of an app leave them no release.

They are raised for the container; a pin of what they need, made beside an older one, may then
exclude every release that is left, so that nothing can be installed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sis_codemods.dependencies.specifiers import has_versions, overlap
from sis_codemods.dependencies.streamlit_releases import minors

_Needs = Mapping[str, Mapping[int, str]]
"""By project what is asked of it, from a minor release of who asks on; "" for nothing any more."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Another specifier for a project, because of the one that is ``asking``, and why."""

    asking: str
    package: str
    specifier: str
    reason: str


def openings(specifiers: Mapping[str, str]) -> Iterator[Opening]:
    """What must be opened, in a set of specifiers by project, for Streamlit and Snowpark to fit.

    Of the releases that a specifier admits the one counts that asks for the fewest changes, of
    equals the newest. What Streamlit's extra for Snowflake asks for counts under
    ``streamlit[snowflake]``, with Streamlit's own specifier.
    """
    now = {name: text for name, text in specifiers.items() if has_versions(text)}
    for asking, needs in _table().items():
        for opening in _for_one(asking, needs, now):
            now[opening.package] = opening.specifier
            yield opening


def _for_one(asking: str, needs: _Needs, now: Mapping[str, str]) -> list[Opening]:
    wanted = now.get(asking)
    if wanted is None:
        return []
    known = {minor for row in needs.values() for minor in row}
    releases = [m for m in minors(wanted) if min(known) <= m <= max(known)]
    choices = [list(_excluding(needs, now, minor)) for minor in sorted(releases, reverse=True)]
    fewest = min(choices, key=len, default=[])
    return [
        Opening(
            asking,
            name,
            asked,
            f"{name} {now[name]} becomes {asked}: {asking} {wanted} asks for it".replace("  ", " "),
        )
        for name, asked in fewest
    ]


def _excluding(needs: _Needs, now: Mapping[str, str], minor: int) -> Iterator[tuple[str, str]]:
    """The projects whose specifiers exclude a minor release, and what it asks of each."""
    for name, row in needs.items():
        asked = row[max(first for first in row if first <= minor)] if min(row) <= minor else ""
        if asked and now.get(name) and not overlap(asked, now[name]):
            yield name, asked


@cache
def _table() -> Mapping[str, _Needs]:
    text = (Path(__file__).parent / "needs.toml").read_text("utf-8")
    return {
        asking: {
            name: {int(first.partition(".")[2]): asked for first, asked in row.items()}
            for name, row in needs.items()
        }
        for asking, needs in tomllib.loads(text).items()
    }
