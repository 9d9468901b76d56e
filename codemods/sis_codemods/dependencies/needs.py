"""What Streamlit, Snowpark and the connector need themselves, and which pins leave them no release.

They are raised for the container; a pin of what they need, made beside an older one, may then
exclude every release that is left, so that nothing can be installed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from sis_codemods.dependencies.specifiers import has_versions, joined, overlap

_Needs = Mapping[str, Mapping[str, str]]
"""By project what is asked of it, by the :func:`_spans` of releases of who asks; "" for nothing."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Another specifier for a project, because of the one that is ``asking``, and why."""

    asking: str
    package: str
    specifier: str
    reason: str


def openings(specifiers: Mapping[str, str]) -> Iterator[Opening]:
    """What must be opened, in a set of specifiers by project, for those that ask to fit.

    Of the releases that a specifier admits the one counts that asks for the fewest changes, of
    equals the newest. What Streamlit's extra for Snowflake asks for counts under
    ``streamlit[snowflake]``, with Streamlit's own specifier. The connector asks also where only
    something that needs it is listed.
    """
    now = {name: text for name, text in specifiers.items() if has_versions(text)}
    for asking in _table():
        for opening in _for_one(asking, now):
            now[opening.package] = opening.specifier
            yield opening


def _for_one(asking: str, now: Mapping[str, str]) -> list[Opening]:
    choices = [list(_excluding(asking, now, span)) for span in reversed(_admitted(asking, now))]
    fewest = min(choices, key=len, default=[])
    who = f"{asking} {now[asking]}".strip() if asking in now else _brought(asking, now)
    return [
        Opening(asking, name, asked, f"{name} {now[name]} becomes {asked}: {who} asks for it")
        for name, asked in fewest
    ]


def _brought(asking: str, now: Mapping[str, str]) -> str:
    """Who asks where it is not listed itself, for a sentence."""
    brings = next((name for name, needs in _table().items() if asking in needs and name in now), "")
    return f"{asking}, which {brings} needs,"


def _excluding(asking: str, now: Mapping[str, str], span: str) -> Iterator[tuple[str, str]]:
    """The projects whose specifiers exclude some releases, and what these ask of each."""
    for name, row in _table()[asking].items():
        asked = row[span]
        if asked and now.get(name) and not overlap(asked, now[name]):
            yield name, asked


def _admitted(asking: str, now: Mapping[str, str]) -> list[str]:
    """The spans of releases that can be installed: by its own line, and by those that need it."""
    asked = [
        needs[asking][span]
        for name, needs in _table().items()
        if asking in needs
        for span in _admitted(name, now)
    ]
    if asking not in now and not asked:
        return []
    own = now.get(asking, "")
    return [
        span
        for span in next(iter(_table()[asking].values()))
        if any(overlap(joined([span, own]), each) for each in asked or [""])
    ]


@cache
def _table() -> Mapping[str, _Needs]:
    text = (Path(__file__).parent / "needs.toml").read_text("utf-8")
    return {asking: _by_span(rows) for asking, rows in tomllib.loads(text).items()}


def _by_span(rows: Mapping[str, Mapping[str, str]]) -> _Needs:
    """The rows with what is asked in each span, not only where it changes."""
    spans = _spans({first for row in rows.values() for first in row})
    return {
        name: {
            span: next((row[at] for at in reversed(earlier) if at in row), "")
            for span, earlier in spans.items()
        }
        for name, row in rows.items()
    }


def _spans(firsts: set[str]) -> dict[str, list[str]]:
    """The releases from one minor release to the next that is named, and the names until then.

    Of the last one only it itself is known.
    """
    ordered = sorted(firsts, key=lambda first: [int(part) for part in first.split(".")])
    spans = [f">={first},<{after}" for first, after in pairwise(ordered)]
    spans.append(f"=={ordered[-1]}.*")
    return {span: ordered[: at + 1] for at, span in enumerate(spans)}
