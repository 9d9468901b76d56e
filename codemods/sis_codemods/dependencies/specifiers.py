"""PEP 440 specifiers: what they admit, and how they are given a beginning or an end."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packaging.specifiers import Specifier
    from packaging.version import Version

PYTHON = "==3.11.*"
"""Only Python 3.11 runs in the container; ``>=3.11`` would make uv lock for four Pythons."""


def is_specifier(text: str) -> bool:
    """Whether PEP 440 can read it."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        return False
    return True


def has_versions(specifier: str) -> bool:
    """Whether its versions can be reasoned about; ``===`` may be followed by anything."""
    return is_specifier(specifier.replace("===", "=="))


def clauses_of(specifier: str) -> list[Specifier]:
    """The clauses of a valid specifier, in its order."""
    from packaging.specifiers import Specifier

    return [Specifier(clause) for clause in specifier.split(",") if clause]


def version_of(clause: Specifier) -> Version:
    """The version that a clause names. InvalidVersion for words behind ``===``."""
    from packaging.version import Version

    return Version(clause.version.removesuffix(".*"))


def joined(specifiers: Iterable[str]) -> str:
    """One specifier that admits what all of them admit."""
    clauses = (clause for each in specifiers for clause in each.split(",") if clause)
    return ",".join(dict.fromkeys(clauses))


def admits_python(specifier: str, minor: str = "3.11") -> bool:
    """Whether a specifier for Python admits a release of the container's 3.11; not if invalid.

    ``minor`` is another one to ask about.
    """
    from packaging.specifiers import SpecifierSet

    if not is_specifier(specifier):
        return False
    admitted = SpecifierSet(specifier)
    return any(admitted.contains(f"{minor}.{patch}") for patch in range(30))


def reaches(specifier: str, floor: str) -> bool:
    """Whether a specifier admits a version as new as ``floor`` or newer."""
    from packaging.version import Version

    least = Version(floor)
    return all(_admits_from(clause, least) for clause in clauses_of(specifier))


def stays_below(specifier: str, version: str) -> bool:
    """Whether it rules out a version and all that are newer; no specifier rules out nothing."""
    return bool(specifier) and not reaches(specifier, version)


def _admits_from(clause: Specifier, least: Version) -> bool:
    version = version_of(clause)
    if clause.operator == "<":
        return version > least
    if clause.operator in {"<=", "==", "==="} and not clause.version.endswith(".*"):
        return version >= least
    if clause.operator in {"==", "~="}:
        kept = len(version.release) - (clause.operator == "~=")
        return version.release[:kept] >= least.release[:kept]
    return True


def begun(specifier: str, least: str) -> str:
    """The specifier, with a beginning if it has none."""
    clauses = [clause for clause in specifier.split(",") if clause]
    begins = any(clause[:1] in {">", "=", "~"} for clause in clauses)
    return specifier if begins else ",".join([f">={least}", *clauses])


def ended(specifier: str, end: str) -> str:
    """The specifier with an end before a version; as it is where it ends before or begins there."""
    if stays_below(specifier, end) or begins_at(specifier, end):
        return specifier
    kept = [str(clause) for clause in clauses_of(specifier) if clause.operator[0] != "<"]
    return ",".join([*kept, f"<{end}"])


def begins_at(specifier: str, version: str) -> bool:
    """Whether it admits nothing before a version."""
    from packaging.version import Version

    return any(
        clause.operator[0] in ">=~" and version_of(clause) >= Version(version)
        for clause in clauses_of(specifier)
    )


def same(one: str, other: str) -> bool:
    """Whether two valid specifiers have the same clauses."""
    from packaging.specifiers import SpecifierSet

    return SpecifierSet(one) == SpecifierSet(other)


def within(specifier: str, other: str) -> bool:
    """Whether a valid specifier plainly admits nothing that another one rules out."""
    from packaging.specifiers import SpecifierSet

    clauses, admitted = clauses_of(specifier), SpecifierSet(other)
    exact = [c for c in clauses if c.operator[:2] == "==" and not c.version.endswith(".*")]
    return set(clauses_of(other)) <= set(clauses) or any(
        admitted.contains(clause.version, prereleases=True) for clause in exact
    )


@cache
def overlap(one: str, other: str) -> bool:
    """Whether two specifiers have a version in common: where they do, it is near a bound or 0."""
    from packaging.specifiers import SpecifierSet

    both = SpecifierSet(one) & SpecifierSet(other)
    bounds = {"0", *(clause.version.removesuffix(".*") for clause in both)}
    near = (version for bound in bounds for version in (bound, f"{bound}.1", f"{bound}.post1"))
    return any(both.contains(version, prereleases=True) for version in near)


def without_prerelease_end(specifier: str) -> str:
    """``<2.0b0`` as ``<2.0``: some releases of uv take it for a wish for pre-releases."""
    clauses = clauses_of(specifier)
    if not any(map(_ends_before_final, clauses)):
        return specifier
    return ",".join(
        f"<{version_of(clause).base_version}" if _ends_before_final(clause) else str(clause)
        for clause in clauses
    )


def _ends_before_final(clause: Specifier) -> bool:
    return clause.operator in {"<", "<="} and version_of(clause).is_prerelease
