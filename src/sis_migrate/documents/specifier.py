"""Conda's version constraints in PEP 440's words.

Conda: ``,`` is *and* and binds tighter than ``|``, *or*; ``=1.2`` and ``1.2.*`` are prefixes,
``1.2`` alone is exact. PEP 440 has no *or*, no regular expressions and no letters in versions, so
some constraints can only be narrowed, or not be said at all. Snowflake's warehouse reads ``=`` as
an exact pin (its errors quote ``pandas==2.0.3`` for ``pandas=2.0.3``), so three components and more
become ``==``, fewer ``==….*``.

Sources: "Package match specifications" in the conda documentation; "Version specifiers",
https://packaging.python.org/en/latest/specifications/version-specifiers/.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from packaging.version import Version

_ATOM = re.compile(r"(===|==|~=|!=|>=|<=|=|>|<)?\s*((?:\d+!)?[^\s=<>!~]+)")
_PLAIN = re.compile(r"(?:\d+!)?\d+(?:\.\d+)*")
_PEP440 = re.compile(
    r"""(?:\d+!)?\d+(?:\.\d+)*
    (?:[-_.]?(?:alpha|beta|preview|pre|rc|a|b|c)[-_.]?\d+)?
    (?:[-_.]?(?:post|rev|r)[-_.]?\d+)?
    (?:[-_.]?dev[-_.]?\d+)?""",
    re.VERBOSE | re.IGNORECASE,
)
_BEFORE_PRERELEASES = re.compile(r"((?:\d+!)?\d+(?:\.\d+)*)[-_.]?(?:alpha|a|dev)[-_.]?0?", re.I)
_CONDA_SUFFIX = re.compile(r"_\d+$")


@dataclass(frozen=True, slots=True)
class Translation:
    """A PEP 440 specifier for a conda constraint.

    ``specifier`` is "" for any version. ``notes`` say in words what was narrowed or left away;
    without them it selects what the constraint selects on a warehouse. ``manual``: the constraint
    cannot be said, ``specifier`` is "" and the last note says why.
    """

    specifier: str
    notes: tuple[str, ...] = ()
    manual: bool = False


class _UnsayableError(Exception):
    """PEP 440 has no words for it; the message says why."""


@dataclass(frozen=True, slots=True, order=True)
class _Range:
    """The versions from ``low`` up to, but without, ``high``; a single version where equal."""

    low: Version
    high: Version
    clauses: tuple[str, ...]


def translate(constraint: str, build: str = "") -> Translation:
    """Translate a version constraint in conda's syntax, "" for any, and its build string."""
    notes: list[str] = []
    if build not in {"", "*"}:
        notes.append(f"the build {build!r} has no counterpart on PyPI")
    if constraint in {"", "*", "=*", "="}:
        return Translation("", tuple(notes))
    try:
        alternatives = [_clauses(part, notes) for part in constraint.split("|")]
    except _UnsayableError as error:
        return Translation("", (*notes, str(error)), manual=True)
    if any(not clauses for clauses in alternatives):
        return Translation("", tuple(notes))
    clauses = alternatives[0] if len(alternatives) == 1 else _union(alternatives, notes)
    return Translation(",".join(clauses), tuple(notes))


def _clauses(part: str, notes: list[str]) -> tuple[str, ...]:
    """The PEP 440 clauses for constraints joined by commas; () where they allow any version."""
    if "^" in part or "$" in part or "(" in part:
        raise _UnsayableError(f"{part.strip()!r} is a pattern that PEP 440 cannot express")
    clauses: list[str] = []
    for text in part.split(","):
        match = _ATOM.fullmatch(text.strip())
        if match is None:
            raise _UnsayableError(f"{text.strip()!r} is not a version constraint")
        clause = _clause(match.group(1) or "", match.group(2), notes)
        if clause and clause not in clauses:
            clauses.append(clause)
    return tuple(clauses)


def _clause(operator: str, text: str, notes: list[str]) -> str:
    if text == "*":
        if operator in {"", "=", "=="}:
            return ""
        raise _UnsayableError(f"'{operator}*' selects nothing")
    prefix = text.endswith("*")
    version, release = _version(text.rstrip("*").rstrip(".") if prefix else text, operator, notes)
    if operator in {"", "=", "==", "==="}:
        starred = prefix or (operator == "=" and version.count(".") < 2)
        return f"=={version}.*" if starred and release else f"=={version}"
    if operator == "!=" and prefix and release:
        return f"!={version}.*"
    if operator == "~=" and len(Version(version).release) < 2:
        raise _UnsayableError(f"'~={version}' needs at least two components")
    return f"{operator}{version}"


def _version(text: str, operator: str, notes: list[str]) -> tuple[str, bool]:
    """A conda version as PEP 440 writes it, and whether it may be a prefix (`1.2`, not `1.2rc1`)."""
    public, plus, local = text.partition("+")
    if plus:
        notes.append(f"the local version {local!r} is not published on PyPI")
    if operator == "<" and (idiom := _BEFORE_PRERELEASES.fullmatch(public)):
        return str(
            Version(idiom.group(1))
        ), True  # PEP 440's `<2.0` excludes the pre-releases of 2.0
    if _CONDA_SUFFIX.search(public) and _PLAIN.fullmatch(_CONDA_SUFFIX.sub("", public)):
        notes.append(f"{public!r} carries a suffix of conda's own")
        public = _CONDA_SUFFIX.sub("", public)
    if not _PEP440.fullmatch(public):
        raise _UnsayableError(f"{text!r} is not a version that PyPI could have")
    return str(Version(public)), public == text and bool(_PLAIN.fullmatch(public))


def _union(alternatives: list[tuple[str, ...]], notes: list[str]) -> tuple[str, ...]:
    """One set of clauses for several alternatives: joined where they touch, else the highest."""
    ranges = [_range(clauses) for clauses in alternatives]
    ordered = sorted(found for found in ranges if found is not None)
    if len(ordered) < len(alternatives):
        notes.append("of several alternatives only the highest is kept")
        return max(alternatives, key=_reach)
    joined = ordered[0]
    for following in ordered[1:]:
        if following.low > joined.high or following.low == following.high == joined.high:
            notes.append("of several alternatives only the highest is kept")
            joined = following
        elif following.high > joined.high:
            joined = _Range(joined.low, following.high, _between(joined.low, following.high))
    return joined.clauses


_FOREVER = Version("99999999!0")
_EVER = Version("0.dev0")


def _between(low: Version, high: Version) -> tuple[str, ...]:
    lower = (f">={low}",) if low != _EVER else ()
    return (*lower, f"<{high}") if high != _FOREVER else lower


def _range(clauses: tuple[str, ...]) -> _Range | None:
    """The clauses as one range; None where they are not one with a closed low end."""
    low, high = _EVER, _FOREVER
    for clause in clauses:
        match = re.fullmatch(r"(>=|<(?!=)|==)([^*]+?)(\.\*)?", clause)
        if match is None or (match.group(1) == "==" and len(clauses) > 1):
            return None
        version = Version(match.group(2))
        if match.group(1) == "<":
            high = min(high, version)
        elif match.group(1) == ">=":
            low = max(low, version)
        else:
            low, high = version, _next(version) if match.group(3) else version
    return _Range(low, high, clauses) if low <= high else None


def _reach(clauses: tuple[str, ...]) -> tuple[bool, Version]:
    """A key that sorts clauses by the highest version they let through."""
    bounded = any(clause[:1] == "<" or clause[:2] in {"==", "~="} for clause in clauses)
    return not bounded, max(Version(c.lstrip("=<>!~").removesuffix(".*")) for c in clauses)


def _next(version: Version) -> Version:
    """The first release behind all that begin with the components of ``version``."""
    epoch = f"{version.epoch}!" if version.epoch else ""
    return Version(epoch + _dotted((*version.release[:-1], version.release[-1] + 1)))


def _dotted(parts: Iterable[int]) -> str:
    return ".".join(str(part) for part in parts)
