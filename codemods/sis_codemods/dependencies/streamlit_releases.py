"""Which Streamlit is asked for: the releases that run in the container and that this tool knows."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sis_codemods.dependencies.specifiers import clauses_of, is_specifier, version_of

_MINORS = 100
"""As many minor releases of Streamlit 1 are looked at, those to come included."""

TRY_STREAMLIT = "Try the app with it, or choose another one with --streamlit."


@dataclass(frozen=True, slots=True)
class Choice:
    """A specifier for the container, and in words why it is not the one that was asked for."""

    specifier: str
    reason: str = ""
    doubtful: bool = False
    """Whether the reason is one to look at, and not one for what was done."""


@cache
def _table() -> dict[str, str]:
    text = (Path(__file__).parent / "floors.toml").read_text("utf-8")
    return dict(tomllib.loads(text)["streamlit"])


def streamlit_range() -> str:
    """The Streamlit releases that this tool migrates to, as a specifier."""
    table = _table()
    return f">={table['floor']},<1.{_minor(table['newest']) + 1}"


def choose_streamlit(specifier: str, wanted: str = "") -> Choice:
    """The Streamlit to ask for, given the app's specifier and the user's own (``--streamlit``)."""
    if wanted and is_specifier(as_specifier(wanted)):
        return _as_wanted(as_specifier(wanted))
    if not specifier:
        return Choice(streamlit_range())
    admitted, known = minors(specifier), _known()
    if admitted and min(admitted) > known[-1]:
        return Choice(specifier, _why_unknown(specifier), doubtful=True)
    if not admitted.intersection(known):
        return Choice(streamlit_range(), _why_raised(specifier))
    if ("==" in specifier or "~=" in specifier) and not stays_open(specifier):
        return Choice(specifier)
    return Choice(_within_range(specifier))


def _as_wanted(specifier: str) -> Choice:
    """What the user asks for, with a word where it is outside of the range."""
    admitted, known = minors(specifier), _known()
    if admitted.intersection(known):
        return Choice(specifier)
    if admitted and max(admitted) < known[0]:
        return Choice(specifier, _why_old(specifier), doubtful=True)
    return Choice(specifier, _why_unknown(specifier), doubtful=True)


def _known() -> range:
    """The minor releases that this tool migrates to."""
    table = _table()
    return range(_minor(table["floor"]), _minor(table["newest"]) + 1)


def stays_open(specifier: str) -> bool:
    """Whether a specifier for Streamlit has no end: whatever is released is let in."""
    return is_specifier(specifier) and _MINORS - 1 in minors(specifier)


def end_of_streamlit() -> str:
    """The end of the range: the first release that this tool does not know, excluded."""
    return streamlit_range().rpartition(",")[2]


def why_narrowed(before: str, after: str, *, wanted: bool = False) -> str:
    """Why an existing line changes: the user's wish, its open end, or its early beginning."""
    start = f"Streamlit {before or 'of any version'} becomes {after}"
    if wanted:
        return f"{start}, which is what is asked for"
    if stays_open(before):
        return (
            f"{start}: later releases remove parts without notice, and a container that restarts "
            "takes the newest that is admitted"
        )
    return f"{start}: before {_table()['floor']} {_ROWS}"


def _why_unknown(specifier: str) -> str:
    newest = _table()["newest"]
    return (
        f"Streamlit {specifier} is newer than what this tool knows ({newest}): what it removed is "
        "not looked for"
    )


_ROWS = "one viewer's rows of conn.query(params=…) could reach another"


def _why_old(specifier: str) -> str:
    return f"Streamlit {specifier} is asked for: before {_table()['floor']} {_ROWS}"


def as_specifier(wanted: str) -> str:
    """A version or specifier as the user gives it; ``1.58`` means any release 1.58.x."""
    if wanted[0] in "<>=!~":
        return wanted
    return f"=={wanted}" if wanted.count(".") > 1 else f"=={wanted}.*"


def _why_raised(specifier: str) -> str:
    table = _table()
    return (
        f"Streamlit {specifier} becomes {streamlit_range()}: containers need {table['container']}, "
        f"and before {table['floor']} {_ROWS}"
    )


def runs_in_container(specifier: str) -> bool:
    """Whether a Streamlit specifier admits a release that runs in a container.

    Also for one that is not valid: uv will say so in better words.
    """
    oldest = _minor(_table()["container"])
    return not is_specifier(specifier) or any(m >= oldest for m in minors(specifier))


def _minor(version: str) -> int:
    return int(version.split(".")[1])


@cache
def minors(specifier: str) -> frozenset[int]:
    """The minor releases of a version 1, those to come included, that a specifier admits."""
    from packaging.specifiers import SpecifierSet

    admitted = SpecifierSet(specifier)
    return frozenset(
        m for m in range(_MINORS) if any(admitted.contains(f"1.{m}.{p}") for p in range(5))
    )


def _within_range(specifier: str) -> str:
    """The specifier with our bounds in place of missing and wider ones."""
    from packaging.specifiers import Specifier
    from packaging.version import Version

    low, high = (Specifier(part) for part in streamlit_range().split(","))
    clauses = clauses_of(specifier)
    lows = [c for c in clauses if c.operator[0] == ">"]
    lows += [Specifier(f">={c.version}") for c in clauses if c.operator == "~="]
    lows = [c for c in lows if version_of(c) >= Version(low.version)]
    highs = [c for c in clauses if c.operator[0] == "<" and version_of(c) < Version(high.version)]
    others = [c for c in clauses if c.operator == "!="]
    return ",".join(map(str, (*(lows or [low]), *others, *(highs or [high]))))
