"""Which versions run in the container: the Streamlit range, and the measured floors of others."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from packaging.specifiers import Specifier
    from packaging.version import Version

_MINORS = 100
"""As many minor releases of Streamlit 1 are looked at, those to come included."""
PYTHON = "==3.11.*"
"""Only Python 3.11 runs in the container; ``>=3.11`` would make uv lock for four Pythons."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A specifier for the container, and in words why it is not the one that was asked for."""

    specifier: str
    reason: str = ""
    doubtful: bool = False
    """Whether the reason is one to look at, and not one for what was done."""


@dataclass(frozen=True, slots=True)
class Guard:
    """A package that must stay below a version because of another one."""

    package: str
    specifier: str
    reason: str


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "floors.toml").read_text("utf-8"))


def _guards() -> list[dict[str, str]]:
    return list(_table()["guards"])


def streamlit_range() -> str:
    """The Streamlit releases that this tool migrates to, as a specifier."""
    table = _table()["streamlit"]
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
    table = _table()["streamlit"]
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
    return f"{start}: before {_table()['streamlit']['floor']} {_ROWS}"


def _why_unknown(specifier: str) -> str:
    newest = _table()["streamlit"]["newest"]
    return (
        f"Streamlit {specifier} is newer than what this tool knows ({newest}): what it removed is "
        "not looked for"
    )


_ROWS = "one viewer's rows of conn.query(params=…) could reach another"


def _why_old(specifier: str) -> str:
    return f"Streamlit {specifier} is asked for: before {_table()['streamlit']['floor']} {_ROWS}"


def as_specifier(wanted: str) -> str:
    """A version or specifier as the user gives it; ``1.58`` means any release 1.58.x."""
    if wanted[0] in "<>=!~":
        return wanted
    return f"=={wanted}" if wanted.count(".") > 1 else f"=={wanted}.*"


def is_specifier(text: str) -> bool:
    """Whether PEP 440 can read it."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        return False
    return True


def _why_raised(specifier: str) -> str:
    table = _table()["streamlit"]
    return (
        f"Streamlit {specifier} becomes {streamlit_range()}: containers need {table['container']}, "
        f"and before {table['floor']} {_ROWS}"
    )


def runs_in_container(specifier: str) -> bool:
    """Whether a Streamlit specifier admits a release that runs in a container.

    Also for one that is not valid: uv will say so in better words.
    """
    oldest = _minor(_table()["streamlit"]["container"])
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
    clauses = _clauses(specifier)
    lows = [c for c in clauses if c.operator[0] == ">"]
    lows += [Specifier(f">={c.version}") for c in clauses if c.operator == "~="]
    lows = [c for c in lows if _version(c) >= Version(low.version)]
    highs = [c for c in clauses if c.operator[0] == "<" and _version(c) < Version(high.version)]
    others = [c for c in clauses if c.operator == "!="]
    return ",".join(map(str, (*(lows or [low]), *others, *(highs or [high]))))


def _clauses(specifier: str) -> list[Specifier]:
    from packaging.specifiers import Specifier

    return [Specifier(clause) for clause in specifier.split(",") if clause]


def _version(clause: Specifier) -> Version:
    from packaging.version import Version

    return Version(clause.version.removesuffix(".*"))


def admits_python(specifier: str) -> bool:
    """Whether a specifier for Python admits a release of the container's 3.11; not if invalid."""
    from packaging.specifiers import SpecifierSet

    if not is_specifier(specifier):
        return False
    admitted = SpecifierSet(specifier)
    return any(admitted.contains(f"3.11.{patch}") for patch in range(30))


def relax(package: str, specifier: str, *, numpy_1: bool) -> Choice:
    """The specifier, opened upwards where it admits only versions below the measured floors.

    ``numpy_1``: NumPy stays below 2, so that wheels built against NumPy 1 go on working.
    """
    row = _table()["packages"].get(package, {})
    floor, reason = below_floor(package, specifier, numpy_1=numpy_1)
    if not reason:
        least = row.get("at_least", "")
        return Choice(_from(specifier, least) if least else specifier)
    opened = f">={floor},<{row['below']}" if "below" in row else f">={floor}"
    return Choice(opened, f"{package} {specifier} becomes {opened}: before {floor} {reason}")


def below_floor(package: str, specifier: str, *, numpy_1: bool) -> tuple[str, str]:
    """The floor that a specifier stays below, and what is the matter before it; else empty."""
    row = _table()["packages"].get(package, {})
    if not specifier:
        return "", ""
    works, why = row.get("works_from", ""), row.get("why", "cannot be imported beside NumPy 2")
    if works and (not numpy_1 or "why" in row) and not _reaches(specifier, works):
        return works, f"it {why}"
    wheel = row.get("wheel_from", "")
    if wheel and not _reaches(specifier, wheel):
        return wheel, "PyPI has no build of it for Python 3.11"
    return "", ""


def _from(specifier: str, least: str) -> str:
    """The specifier, with a beginning if it has none."""
    clauses = [clause for clause in specifier.split(",") if clause]
    begins = any(clause[:1] in {">", "=", "~"} for clause in clauses)
    return specifier if begins else ",".join([f">={least}", *clauses])


def _reaches(specifier: str, floor: str) -> bool:
    """Whether a specifier admits a version as new as ``floor`` or newer."""
    from packaging.version import Version

    least = Version(floor)
    return all(_admits_from(clause, least) for clause in _clauses(specifier))


def _admits_from(clause: Specifier, least: Version) -> bool:
    version = _version(clause)
    if clause.operator == "<":
        return version > least
    if clause.operator in {"<=", "==", "==="} and not clause.version.endswith(".*"):
        return version >= least
    if clause.operator in {"==", "~="}:
        kept = len(version.release) - (clause.operator == "~=")
        return version.release[:kept] >= least.release[:kept]
    return True


def ended(specifier: str, end: str) -> str:
    """The specifier with an end before a version; as it is where it ends before or begins there."""
    from packaging.version import Version

    clauses = _clauses(specifier)
    later = any(c.operator[0] in ">=~" and _version(c) >= Version(end) for c in clauses)
    if later or _stays_below(specifier, end):
        return specifier
    return ",".join([*(str(c) for c in clauses if c.operator[0] != "<"), f"<{end}"])


def keeps_numpy_1(specifier: str) -> bool:
    """Whether a specifier for NumPy rules out NumPy 2 and everything newer."""
    return _stays_below(specifier, "2")


def guards(specifiers: Mapping[str, str]) -> tuple[Guard, ...]:
    """What must be added to a set of specifiers by project name for it to work once installed."""
    found = [
        Guard(row["add"], row["specifier"], row["why"])
        for row in _guards()
        if _stays_below(specifiers.get(row["package"], ""), row["below"])
    ]
    for name, specifier in specifiers.items():
        known = _table()["packages"].get(name, {})
        if "brings" in known:
            least = _table()["packages"][known["brings"]]["at_least"]
            why = f"{name} needs it, and uv would go back to releases that do not work"
            found.append(Guard(known["brings"], f">={least}", why))
        first = known.get("numpy_2", "")
        if first and _stays_below(specifier, first):
            row = _guards()[0]
            why = f"{name} keeps NumPy below 2, and {row['why']}"
            found.append(Guard(row["add"], row["specifier"], why))
    missing = {
        guard.package: guard for guard in reversed(found) if not specifiers.get(guard.package)
    }
    return tuple(missing[name] for name in sorted(missing))


def guards_for(pins: Mapping[str, str]) -> tuple[Guard, ...]:
    """What must be added where uv would install these versions, by project name, together."""
    from packaging.specifiers import SpecifierSet

    def is_broken(row: Mapping[str, str]) -> bool:
        added = pins.get(row["add"], "")
        if not added:
            return bool(row.get("absent"))
        return not SpecifierSet(row["specifier"]).contains(added)

    found = [
        Guard(row["add"], row["specifier"], row["why"])
        for row in _guards()
        if _stays_below(f"=={pins.get(row['package'], row['below'])}", row["below"])
        and is_broken(row)
    ]
    return tuple({guard.package: guard for guard in reversed(found)}.values())


def _stays_below(specifier: str, version: str) -> bool:
    return bool(specifier) and not _reaches(specifier, version)
