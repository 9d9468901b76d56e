"""What Streamlit's API has in which release: questions to the table beside this file.

Names are the ones that the code sees: `streamlit.image`, `streamlit.sidebar.image`,
`streamlit.DeltaGenerator.image` (a container, column, tab, placeholder of any kind),
`streamlit.column_config.TextColumn`, `streamlit.runtime.scriptrunner.get_script_run_ctx`.
Releases are minor ones, as tuples: `(1, 50)`.

The table comes from the published wheels (`tools/streamlit_api.py`); what takes the place of a name is
written by hand in `successors.toml`, with the source of each statement.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from functools import cache, cached_property
from importlib import resources
from itertools import pairwise
from typing import Any, Literal

from sis_codemods.streamlit.facts import (
    ConfigOption,
    Deprecation,
    Interval,
    Parameter,
    Signature,
    Successor,
    Version,
    minor,
)

Json = dict[str, Any]

_MAIN = "streamlit.DeltaGenerator"
_REAL_MAIN = "streamlit.delta_generator.DeltaGenerator"


class Api:
    """The table. `Api.load()` reads it once a process."""

    def __init__(self, table: Json, successors: Json) -> None:
        self._names: dict[str, Json] = table["names"]
        self._modules: dict[str, Json] = table["modules"]
        self._options: dict[str, Json] = table["options"]
        self._raw_successors = successors
        self.versions = tuple(minor(text) for text in table["versions"])

    @staticmethod
    @cache
    def load() -> Api:
        """The table of this package."""
        folder = resources.files(__package__)
        table = json.loads((folder / "api.json").read_text(encoding="utf-8"))
        return Api(table, tomllib.loads((folder / "successors.toml").read_text(encoding="utf-8")))

    @property
    def newest(self) -> Version:
        """The newest release that the table knows."""
        return self.versions[-1]

    def known(self, version: Version) -> Version:
        """The release whose facts stand for `version`: itself, or the next older one in the table."""
        return max((each for each in self.versions if each <= version), default=self.versions[0])

    def names(self) -> tuple[str, ...]:
        """Every name that the table records by itself, whatever its releases."""
        return tuple(self._names)

    def has(self, name: str, version: Version) -> bool:
        """Whether a name is there in a release.

        True, too, for what cannot be known from outside: an attribute of an object that takes any
        (`streamlit.session_state.x`), and the inside of modules that the table does not look into.
        """
        name, version = _canonical(name), self.known(version)
        if self._within(self._names.get(name), version) or self.module(name, version):
            return True
        parent, _, last = name.rpartition(".")
        if not parent or name in self._names:
            return False
        if self.module(parent, version):
            if self._binds(parent, last, version):
                return True
            if "args" not in self._names.get(parent, {}):  # else a command has the module's name
                return False
        return self._may_have(parent, last, version)

    def _binds(self, module: str, name: str, version: Version) -> bool:
        names = self._modules[module].get("names")
        return names is None or any(
            name in words.split() and (not spans or _covers(spans.split(), version))
            for spans, words in names.items()
        )

    def _may_have(self, parent: str, last: str, version: Version) -> bool:
        row = self._names.get(parent)
        if row is None:
            return self.has(parent, version)
        if not self._within(row, version):
            return False
        if "is" in row and self.has(f"{row['is']}.{last}", version):
            return True
        return not _covers(row.get("closed", ()), version)

    def parameters(self, name: str, version: Version) -> Signature | None:
        """The parameters of a callable; None if it is not there or they are not known."""
        version = self.known(version)
        row = self._row(name)
        if row is None or not self._within(row, version):
            return None
        row = self._same(row)
        if "args" not in row or ("call" in row and not _covers(row["call"], version)):
            return None
        found = [
            _parameter(name, code)
            for name, spans in row["args"].items()
            for code in [_value(spans, version)]
            if code is not None
        ]
        return Signature(tuple(sorted(found, key=_place)))

    def intervals(self, name: str, parameter: str | None = None) -> tuple[Interval, ...]:
        """When a name, or a parameter of it, is there; empty if the table does not know it."""
        row, module = self._row(name), self._modules.get(_canonical(name))
        if parameter is not None:
            coded = self._same(row).get("args", {}).get(parameter, []) if row else []
            spans = [span.partition(" ")[0] for span in coded]
        elif row is not None:
            spans = row["in"]
        else:
            spans = module["in"] if module else self._in_module(name)
        return _joined(tuple(_interval(span) for span in spans), self.versions)

    def _in_module(self, name: str) -> list[str]:
        parent, _, last = _canonical(name).rpartition(".")
        module = self._modules.get(parent, {})
        for spans, words in module.get("names", {}).items():
            if last in words.split():
                return spans.split() or list(module["in"])
        return []

    def added_in(self, name: str, parameter: str | None = None) -> Version | None:
        """The first release with it; the oldest of the table stands for all before."""
        found = self.intervals(name, parameter)
        return found[0].first if found else None

    def removed_in(self, name: str, parameter: str | None = None) -> Version | None:
        """The first release without it for good; None if it is still there or never was."""
        found = self.intervals(name, parameter)
        return self._after(found[-1].last) if found and found[-1].last else None

    def gaps(self, name: str, parameter: str | None = None) -> tuple[Interval, ...]:
        """The releases without it between others that have it."""
        found = self.intervals(name, parameter)
        return tuple(
            Interval(self._after(before.last), self._before(after.first))
            for before, after in pairwise(found)
            if before.last is not None
        )

    def _after(self, version: Version) -> Version:
        return self.versions[self.versions.index(version) + 1]

    def _before(self, version: Version) -> Version:
        return self.versions[self.versions.index(version) - 1]

    def deprecation(self, name: str, parameter: str | None = None) -> Deprecation | None:
        """Since when it is deprecated, and the announced date of removal; None if it never was."""
        row = self._row(name)
        spans = self._same(row).get("deprecated", {}).get(parameter or "") if row else None
        by_hand = self.successor(name, parameter)
        if by_hand and by_hand.deprecated:
            return Deprecation(by_hand.deprecated, None)
        if not spans:
            return None
        dates = [date for span in spans if (date := span.partition(" ")[2])]
        return Deprecation(
            _interval(spans[0].partition(" ")[0]).first, dates[-1] if dates else None
        )

    def deprecated_in(self, name: str, parameter: str | None = None) -> Version | None:
        """The first release that warns of it or documents it as deprecated."""
        found = self.deprecation(name, parameter)
        return found.since if found else None

    def successor(self, name: str, parameter: str | None = None) -> Successor | None:
        """What takes its place; None where nobody has written that down.

        An attribute of something renamed is the same attribute of the new one.
        """
        name = self._row_name(name)
        found = self._successors.get((name, parameter))
        if found is None and "same" in self._names.get(name, {}):
            found = self._successors.get((self._names[name]["same"], parameter))
        parent, _, last = name.rpartition(".")
        if found or parameter or not parent:
            return found
        owner = self._successors.get((parent, None))
        if owner is None or owner.kind != "rename":
            return None
        new = f"{owner.new}.{last}"
        since = max(owner.since or self.newest, self.added_in(new) or self.versions[0])
        return replace(owner, old=name, new=new, since=since)

    @cached_property
    def _successors(self) -> dict[tuple[str, str | None], Successor]:
        return {
            (name, row.get("parameter")): Successor(
                old=name,
                parameter=row.get("parameter"),
                new=row.get("new"),
                kind=row["kind"],
                since=minor(row["since"]) if "since" in row else None,
                deprecated=minor(row["deprecated"]) if "deprecated" in row else None,
                note=row.get("note", ""),
                source=row["source"],
            )
            for row in self._raw_successors["successor"]
            for name in row["names"]
        }

    def config_option(self, name: str, version: Version) -> ConfigOption | None:
        """A config option (`client.toolbarMode`); None if the release does not have it."""
        version, row = self.known(version), self._options.get(name)
        if row is None or not self._within(row, version):
            return None
        return ConfigOption(
            name,
            scriptable=_covers(row.get("scriptable", ()), version),
            deprecated=_covers(row.get("deprecated", ()), version),
            replaced_by=row.get("replaced_by"),
        )

    def option_intervals(self, name: str) -> tuple[Interval, ...]:
        """When a config option is there."""
        return tuple(_interval(span) for span in self._options.get(name, {}).get("in", ()))

    def module(self, name: str, version: Version) -> bool:
        """Whether a module of this name can be imported in a release."""
        return self._within(self._modules.get(name), self.known(version))

    def _row_name(self, name: str) -> str:
        """The name under which the table has it: that of the container's class for a container."""
        name = _canonical(name)
        parent, _, last = name.rpartition(".")
        row = self._names.get(parent, {})
        if name not in self._names and "is" in row:
            return self._row_name(f"{row['is']}.{last}")
        return name

    def _row(self, name: str) -> Json | None:
        return self._names.get(self._row_name(name))

    def _same(self, row: Json) -> Json:
        return self._names[row["same"]] if "same" in row else row

    def _within(self, row: Json | None, version: Version) -> bool:
        return row is not None and _covers(row["in"], version)


def _canonical(name: str) -> str:
    if name == _REAL_MAIN or name.startswith(f"{_REAL_MAIN}."):
        return _MAIN + name.removeprefix(_REAL_MAIN)
    return name


@cache
def _interval(span: str) -> Interval:
    first, _, last = span.partition("-")
    return Interval(minor(first), minor(last) if last else None)


def _covers(spans: list[str] | tuple[str, ...], version: Version) -> bool:
    return any(version in _interval(span) for span in spans)


def _value(spans: list[str], version: Version) -> str | None:
    for span in spans:
        interval, _, value = span.partition(" ")
        if version in _interval(interval):
            return value
    return None


def _joined(intervals: tuple[Interval, ...], versions: tuple[Version, ...]) -> tuple[Interval, ...]:
    """Intervals without seams: a parameter that only changed its kind was never away."""
    found: list[Interval] = []
    for interval in intervals:
        last = found[-1].last if found else None
        if last and versions.index(last) + 1 == versions.index(interval.first):
            found[-1] = Interval(found[-1].first, interval.last)
        else:
            found.append(interval)
    return tuple(found)


def _parameter(name: str, code: str) -> Parameter:
    if code in ("*", "**"):
        return Parameter(name, "*" if code == "*" else "**", None, required=False)
    required, code = code.endswith("!"), code.rstrip("!")
    if code == "=":
        return Parameter(name, "keyword-only", None, required)
    kind: Literal["positional-only", "positional"] = "positional"
    if code.startswith("/"):
        kind = "positional-only"
    return Parameter(name, kind, int(code.lstrip("/")), required)


def _place(parameter: Parameter) -> tuple[int, int, str]:
    order = {"*": 1, "keyword-only": 2, "**": 3}
    return order.get(parameter.kind, 0), parameter.position or 0, parameter.name
