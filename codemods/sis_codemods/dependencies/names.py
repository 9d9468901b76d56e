"""What becomes of a conda package name, and which project brings a module; the tables are data."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Required, TypedDict

from sis_codemods.dependencies.larger_map import NO_MAP, Larger, choose

if TYPE_CHECKING:
    from sis_migrate.documents.specifier import Translation

_HERE = Path(__file__).parent


class Kind(StrEnum):
    """What a conda name stands for; names.toml explains each."""

    SAME = "same"
    RENAME = "rename"
    NATIVE = "native"
    META = "meta"
    BACKPORT = "backport"
    REVIEW = "review"
    UNKNOWN = "unknown"


_PUBLIC_CHANNELS = frozenset(
    {"", "snowflake", "defaults", "nodefaults", "conda-forge", "main", "anaconda", "bioconda"}
    | {"pyviz", "pytorch", "nvidia", "rapidsai", "plotly", "r", "free", "msys2"}
)
INSTALLABLE = frozenset({Kind.SAME, Kind.RENAME})
_SHORT = re.compile(r"(?:==|!=)\d+\.\d+\.\d+(?=,|$)")
LARGER_MAP = "larger map"
"""The source of a row that is not ours, whose note names the state of the map."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the map. ``pypi`` may carry extras and is "" where nothing is to be installed."""

    name: str
    kind: Kind
    pypi: str = ""
    imports: tuple[str, ...] = ()
    needs: str = ""
    note: str = ""
    source: str = ""
    versions: str = ""


class _Row(TypedDict, total=False):
    """A row as names.toml has it."""

    kind: Required[str]
    source: Required[str]
    pypi: str
    imports: list[str]
    needs: str
    note: str
    versions: str


def canonical(name: str) -> str:
    """A project name as PyPI compares it, without extras (the normalisation of PEP 503)."""
    from packaging.utils import canonicalize_name

    return canonicalize_name(name.partition("[")[0].strip())


def extras_of(requirement: str) -> tuple[str, ...]:
    """The extras that a project is named with, as in ``uvicorn[standard]``."""
    _, bracket, extras = requirement.partition("[")
    return tuple(extras.rstrip("]").split(",")) if bracket else ()


def as_key(name: str) -> str:
    """A name as a key of ``[tool.sis-migrate.map]``: in TOML a bare dot begins a table."""
    return f'"{name}"' if "." in name else name


def lookup(
    name: str,
    user_map: Mapping[str, str],
    larger: Larger = NO_MAP,
    imported: Collection[str] = (),
) -> Rule:
    """What becomes of a conda package: the user's own map, our rows, the larger map, the patterns.

    They are asked in this order. A name in none is unknown: never taken for the PyPI project of the
    same name, which may belong to anybody. ``imported`` are the modules that the app imports, by the
    first part of their names: a package of such a name is none to leave out for its name alone.
    """
    key = canonical(name)
    for mine, target in user_map.items():
        if canonical(mine) == key:
            return _mapped_by_user(name, target)
    rule = _rows().get(key) or _in_larger(name, key, larger)
    return rule or _by_pattern(key, name, imported) or _unknown(name, key, larger)


def as_on_pypi(rule: Rule, translation: Translation) -> Translation:
    """A conda version, as the PyPI project of a rule writes it."""
    specifier = translation.specifier
    if rule.versions == "longer":
        return replace(translation, specifier=_SHORT.sub(r"\g<0>.*", specifier))
    if rule.versions == "other" and specifier:
        words = f"{rule.pypi} counts its releases in another way, so the version is left out"
        return replace(translation, specifier="", notes=(*translation.notes, words))
    return translation


def _in_larger(name: str, key: str, larger: Larger) -> Rule | None:
    project, _ = choose(key, larger)
    if not project:
        return None
    kind = Kind.SAME if project == key else Kind.RENAME
    note = f"so says the larger map of names in your cache, SHA-256 {larger.digest}"
    return Rule(name, kind, project, note=note, source=LARGER_MAP)


def _unknown(name: str, key: str, larger: Larger) -> Rule:
    _, why = choose(key, larger)
    return Rule(name, Kind.UNKNOWN, note=why or "this tool does not know the name")


def _mapped_by_user(name: str, target: str) -> Rule:
    if not target:
        return Rule(name, Kind.META, note="left out by the configuration", source="configuration")
    kind = Kind.SAME if canonical(target) == canonical(name) else Kind.RENAME
    return Rule(name, kind, target, source="configuration")


@cache
def _tables() -> tuple[dict[str, _Row], dict[str, _Row]]:
    document = tomllib.loads((_HERE / "names.toml").read_text("utf-8"))
    return document["packages"], document["patterns"]


@cache
def _rows() -> dict[str, Rule]:
    return {canonical(name): _rule(name, row) for name, row in _tables()[0].items()}


def _rule(name: str, row: _Row) -> Rule:
    kind = Kind(row["kind"])
    own = canonical(name) if kind in INSTALLABLE else ""
    module = (canonical(name).replace("-", "_"),) if kind in INSTALLABLE else ()
    return Rule(
        name=name,
        kind=kind,
        pypi=row.get("pypi", own),
        imports=tuple(row.get("imports", module)),
        needs=row.get("needs", ""),
        note=row.get("note", ""),
        source=row["source"],
        versions=row.get("versions", ""),
    )


def _by_pattern(key: str, name: str, imported: Collection[str]) -> Rule | None:
    for pattern, row in _tables()[1].items():
        before, _, after = pattern.partition("*")
        fits = key.startswith(canonical(before)) if before != "_" else name.startswith("_")
        if fits and key.endswith(canonical(after)):
            rule = _rule(name, row)
            return _imported_too(rule) if key in map(canonical, imported) else rule
    return None


def is_on_pypi(rule: Rule, channel: str) -> bool:
    """Whether a package of a channel is the project that a rule names: the user may say so."""
    return rule.source == "configuration" or is_public(channel)


def is_public(channel: str) -> bool:
    """Whether a channel, by its name or address, has packages that PyPI may have as well."""
    parts = channel.rstrip("/").split("/")
    if parts[-1] == "noarch" or re.fullmatch(r"(linux|osx|win)-\w+", parts[-1]):
        parts.pop()
    return parts[-1] in _PUBLIC_CHANNELS


def _imported_too(rule: Rule) -> Rule:
    """A package that is to be left out by its name, of which the app imports a module."""
    note = f"{rule.note}, but the app imports a module of that name"
    return Rule(rule.name, Kind.UNKNOWN, note=note)


def needs_of(project: str) -> str:
    """What a PyPI project needs at run time that is not a Python package, "" for nothing known."""
    return _needs().get(canonical(project), "")


@cache
def _needs() -> dict[str, str]:
    return {canonical(rule.pypi): rule.needs for rule in _rows().values() if rule.needs}


def is_used_without_import(project: str) -> bool:
    """Whether a project does its work where no file imports it."""
    listed = _imports_table()["without_import"]["projects"]
    return canonical(project) in listed or canonical(project).startswith("types-")


def moved_to(module: str) -> str:
    """The name that a module has today, "" where it still has its own."""
    top, _, rest = module.partition(".")
    (name,) = _imports_table()["moved"].get(top, [""])
    return f"{name}.{rest}" if name and rest else name


def runs_backwards(larger: Larger) -> bool:
    """Whether a larger map goes from PyPI's names to conda's, by the renames that we know."""
    renames = [
        (key, canonical(rule.pypi)) for key, rule in _rows().items() if rule.kind is Kind.RENAME
    ]
    forwards = sum(choose(conda, larger)[0] == pypi for conda, pypi in renames)
    backwards = sum(choose(pypi, larger)[0] == conda for conda, pypi in renames)
    return backwards > forwards


@cache
def _imports_table() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((_HERE / "imports.toml").read_text("utf-8"))


@cache
def _modules() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for rule in _rows().values():
        for module in rule.imports:
            if rule.pypi:
                found[module] = tuple(dict.fromkeys((*found.get(module, ()), canonical(rule.pypi))))
    return found | {name: tuple(found) for name, found in _imports_table()["modules"].items()}


def packages_of(module: str) -> tuple[str, ...] | None:
    """The projects that bring a module, by its full dotted name; None for an unknown module.

    The first is the one to add, any of them declares it; () means that there is none to add.
    """
    return _modules().get(known_part(module))


def known_part(module: str) -> str:
    """As much of a module's dotted name, from its beginning, as the tables have; "" for none."""
    table = _modules()
    while module and module not in table:
        module = module.rpartition(".")[0]
    return module
