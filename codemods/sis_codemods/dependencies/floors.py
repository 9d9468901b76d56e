"""Which releases work in the container, as measured, and what must be told apart beside them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sis_codemods.dependencies.specifiers import begun, reaches, stays_below


@dataclass(frozen=True, slots=True)
class Guard:
    """A project that must stay below a version because of another one.

    ``absent``: that one needs it, so that it must be listed even where nothing else brings it.
    """

    package: str
    end: str
    reason: str
    absent: bool = False

    @property
    def specifier(self) -> str:
        """What is written where the project has no versions yet."""
        return f"<{self.end}"


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "floors.toml").read_text("utf-8"))


def _row(package: str) -> dict[str, str]:
    return dict(_table()["packages"].get(package, {}))


def relaxed(package: str, specifier: str, beside: Mapping[str, str]) -> tuple[str, str]:
    """The specifier, opened upwards where it stays below the measured floors, and then why.

    ``beside`` are the specifiers of the whole set, by project: beside a NumPy that stays below 2,
    say, wheels that were built against NumPy 1 go on working.
    """
    floor, reason = below_floor(package, specifier, beside)
    if not reason:
        return specifier, ""
    row = _row(package)
    opened = f">={floor},<{row['below']}" if "below" in row else f">={floor}"
    return opened, f"{package} {specifier} becomes {opened}: before {floor} {reason}"


def below_floor(package: str, specifier: str, beside: Mapping[str, str]) -> tuple[str, str]:
    """The floor that a specifier stays below, and what is the matter before it; else empty."""
    row = _row(package)
    works, why = row.get("works_from", ""), row.get("why", "cannot be imported beside NumPy 2")
    other, _, version = row.get("beside", "" if "why" in row else "numpy 2").partition(" ")
    spared = other and stays_below(beside.get(other, ""), version)
    if works and not spared and stays_below(specifier, works):
        return works, f"it {why}"
    wheel = row.get("wheel_from", "")
    if wheel and stays_below(specifier, wheel):
        return wheel, "PyPI has no build of it for Python 3.11"
    return "", ""


def from_the_least(package: str, specifier: str) -> str:
    """The specifier with a beginning, where uv would go back to releases that do not work."""
    least = _row(package).get("at_least", "")
    return begun(specifier, least) if least else specifier


def why_begun(package: str, specifier: str) -> str:
    """Why a line is given that beginning."""
    return (
        f"{package} becomes {specifier}: without a beginning, uv may go back to a release that does "
        "not work"
    )


def brought_by(package: str) -> str:
    """The project that a package brings and that must be listed for its beginning; "" for none."""
    return _row(package).get("brings", "")


def keeps_numpy_1(specifier: str) -> bool:
    """Whether a specifier for NumPy rules out NumPy 2 and everything newer."""
    return stays_below(specifier, "2")


def guards(specifiers: Mapping[str, str]) -> list[Guard]:
    """What must stay below a version beside these specifiers by project: one guard a project."""
    return lowest([*_guards_of_numpy(specifiers), *_guards_of_old_releases(specifiers)])


def guards_of_modules(modules: Iterable[str]) -> tuple[Guard, ...]:
    """What must stay below a version because the app itself imports some modules."""
    tops = {module.partition(".")[0] for module in modules}
    return tuple(
        Guard(row["package"], row["end"], f"the app {row['why']}")
        for row in _table()["guards"]
        if row.get("module") in tops
    )


def lowest(found: Iterable[Guard]) -> list[Guard]:
    """One guard a project, in the order of their names: the one with the lowest end."""
    from packaging.version import Version

    ordered = sorted(found, key=lambda guard: Version(guard.end))
    by_package = {guard.package: guard for guard in reversed(ordered)}
    return [by_package[package] for package in sorted(by_package)]


def _guards_of_numpy(specifiers: Mapping[str, str]) -> Iterator[Guard]:
    """NumPy itself may be kept below 2, or by a project that does not go with NumPy 2."""
    row = _table()["numpy_1"]
    package, end, why = row["package"], row["end"], row["why"]
    if keeps_numpy_1(specifiers.get("numpy", "")):
        yield Guard(package, end, f"NumPy stays below 2 (numpy {specifiers['numpy']}), and {why}")
    for name, specifier in specifiers.items():
        first, last = _row(name).get("numpy_1", ""), _row(name).get("numpy_2", "")
        if last and stays_below(specifier, last) and not (first and stays_below(specifier, first)):
            yield Guard(package, end, f"{name} keeps NumPy below 2, and {why}")


def _guards_of_old_releases(specifiers: Mapping[str, str]) -> Iterator[Guard]:
    """What old releases use of another project that newer ones of that no longer have."""
    for row in _table()["guards"]:
        for name, first in row["before"].items():
            if name in specifiers and (not first or stays_below(specifiers[name], first)):
                reason = f"this {name} {row['why']}"
                yield Guard(row["package"], row["end"], reason, absent=row.get("absent", False))


def guards_for(pins: Mapping[str, str]) -> list[Guard]:
    """The guards that the versions which uv would install, by project, do not keep."""
    specifiers = {name: f"=={version}" for name, version in pins.items()}
    # That NumPy is old is no reason here, where it can be said who keeps it so.
    numpy = specifiers.pop("numpy", "")
    found = {guard.package: guard for guard in guards({"numpy": numpy})}
    found |= {guard.package: guard for guard in guards(specifiers)}
    return [
        guard
        for guard in found.values()
        if (
            reaches(f"=={pins[guard.package]}", guard.end)
            if guard.package in pins
            else guard.absent
        )
    ]
