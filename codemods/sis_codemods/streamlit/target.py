"""The releases of Streamlit that the migrated code must run on."""

from __future__ import annotations

from functools import cache

from sis_codemods.dependencies.streamlit_releases import choose_streamlit
from sis_codemods.streamlit.api import Api
from sis_codemods.streamlit.facts import Version


@cache
def releases(wanted: str = "") -> tuple[Version, ...]:
    """The releases of the table that a run aims at, oldest first; never none.

    ``wanted`` is ``Settings.streamlit``: a version, a specifier, or "" for the tool's own range. What
    is newer than the table is taken for its newest release, what is older for its oldest.
    """
    from packaging.specifiers import SpecifierSet

    admitted = SpecifierSet(choose_streamlit("", wanted).specifier)
    known = Api.load().versions
    found = tuple(v for v in known if any(admitted.contains(_text(v, patch)) for patch in range(8)))
    if found:
        return found
    return known[:1] if admitted.contains("0.1") else known[-1:]


def text(version: Version) -> str:
    """``(1, 55)`` as people write it: ``1.55``."""
    return f"{version[0]}.{version[1]}"


def _text(version: Version, patch: int) -> str:
    return f"{text(version)}.{patch}"
