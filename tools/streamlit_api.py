"""Makes the table of Streamlit's API over its releases from the published wheels.

    python tools/streamlit_api.py --wheels ~/.cache/streamlit-wheels

Fetches (with pip, by name, from whatever index pip is set up for) the latest patch release of each
minor release that is not yet in the folder: some old ones, then every one from 1.22 to the newest there
is. Reads them with `ast`, without installing or importing anything, and writes
`codemods/sis_codemods/streamlit/api.json`. Run it when a new Streamlit appears; the difference in the
table shows what changed. About 500 MB of wheels, and two minutes once they are there.

The table holds intervals of minor releases, both ends included: `1.22-1.36`; `1.50-` has not ended.

- `versions`: the minor releases that were read. What happened between two that are not neighbours
  (before 1.22) is dated to the later one.
- `names`: by the name that an app writes; containers of every kind are `streamlit.DeltaGenerator`.
  `in` when it is there; `call` when it can be called, if not always; `args` its parameters, each with
  its intervals and a code (a number is the position, `=` keyword-only, `*`, `**`; `!` required, `/`
  positional-only); `deprecated` by parameter (`""` for the name itself) with the intervals and the date
  of removal that Streamlit announced; `same` another name with the same `args` and `deprecated`; `is`
  the name whose members it has, too; `closed` when it has no members but those that are listed.
- `modules`: `in` when it is there, `names` what it binds, grouped by intervals (`""`: as long as the
  module). Without `names`: not looked into.
- `options`: config options; `scriptable` when `st.set_option` may set it.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import streamlit_facts
from streamlit_facts import DELTA_GENERATOR, Entry, Facts
from streamlit_options import Option
from streamlit_wheel import Wheel

PACKAGE = "streamlit"
OLD_MINORS = ((0, 84), (0, 89), (1, 0), (1, 4), (1, 8), (1, 10), (1, 12), (1, 18))
FIRST_OF_ALL = (1, 22)
OUTPUT = Path(__file__).parent.parent / "codemods" / "sis_codemods" / "streamlit" / "api.json"
_WHEEL = re.compile(rf"{PACKAGE}-(\d+)\.(\d+)\.(\d+)-.*\.whl")

Minor = tuple[int, int]
Json = dict[str, Any]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--wheels", type=Path, required=True, help="folder for the wheels (kept)")
    parser.add_argument(
        "--output", type=Path, default=OUTPUT, help="the table (default: %(default)s)"
    )
    parser.add_argument(
        "--offline", action="store_true", help="read what the folder has; fetch nothing"
    )
    options = parser.parse_args(arguments)
    if not options.offline:
        fetch(options.wheels)
    wheels = latest_patches(options.wheels)
    if not wheels:
        print(f"No Streamlit wheel in {options.wheels}; run without --offline.", file=sys.stderr)
        return 2
    print(f"reading {len(wheels)} wheels", file=sys.stderr)
    with ProcessPoolExecutor() as pool:
        facts = list(pool.map(_read, wheels.values()))
    text = table([".".join(map(str, minor)) for minor in wheels], facts)
    options.output.write_text(text, encoding="utf-8", newline="\n")
    print(f"{options.output}: {len(text):,} bytes, {len(facts)} releases", file=sys.stderr)
    return 0


def _read(path: Path) -> Facts:
    return streamlit_facts.read(Wheel(path))


# Wheels -----------------------------------------------------------------------------------------


def fetch(folder: Path) -> None:
    """Downloads the wheels that are missing, the newest release first to learn its number."""
    folder.mkdir(parents=True, exist_ok=True)
    _download(folder, PACKAGE)
    newest = max(latest_patches(folder))
    recent = {(FIRST_OF_ALL[0], minor) for minor in range(FIRST_OF_ALL[1], newest[1] + 1)}
    for major, minor in sorted({*OLD_MINORS, *recent} - set(latest_patches(folder))):
        _download(folder, f"{PACKAGE}=={major}.{minor}.*")


def _download(folder: Path, requirement: str) -> None:
    print(f"fetching {requirement}", file=sys.stderr)
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    only = ["--no-deps", "--only-binary", ":all:", "--ignore-requires-python"]
    subprocess.run([*pip, *only, "--dest", str(folder), requirement], check=True)


def latest_patches(folder: Path) -> dict[Minor, Path]:
    """The wheel of the latest patch release of each minor release in a folder, oldest first."""
    found: dict[Minor, tuple[int, Path]] = {}
    for path in sorted(folder.glob("*.whl")):
        if match := _WHEEL.fullmatch(path.name):
            major, minor, patch = map(int, match.groups())
            found[major, minor] = max(found.get((major, minor), (-1, path)), (patch, path))
    return {minor: path for minor, (_, path) in sorted(found.items())}


# History ----------------------------------------------------------------------------------------


def table(versions: list[str], facts: list[Facts]) -> str:
    """The whole table as JSON text, one line for each name, module and option."""
    history = _History(versions)
    names = {
        name: history.name(name, [fact.names for fact in facts])
        for name in sorted(set().union(*(fact.names for fact in facts)))
    }
    modules = {
        name: history.module([fact.modules.get(name, _ABSENT) for fact in facts])
        for name in sorted(set().union(*(fact.modules for fact in facts)))
    }
    options = {
        name: history.option([fact.options.get(name) for fact in facts])
        for name in sorted(set().union(*(fact.options for fact in facts)))
    }
    about = "Made by tools/streamlit_api.py, which says what the fields mean; do not edit."
    parts = [f'"about": {json.dumps(about)}', f'"versions": {json.dumps(versions)}']
    for title, rows in (("names", names), ("modules", modules), ("options", options)):
        lines = ",\n".join(f"{json.dumps(key)}: {_compact(row)}" for key, row in rows.items())
        parts.append(f'"{title}": {{\n{lines}\n}}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _compact(row: Json) -> str:
    return json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


_ABSENT: frozenset[str] | None = frozenset({""})


class _History:
    """Turns one value for each release into intervals of releases."""

    def __init__(self, versions: list[str]) -> None:
        self._versions = versions

    def spans(self, present: Iterable[object]) -> list[str]:
        """The intervals in which `present` is true."""
        return [span for span, _ in self._runs(True if here else None for here in present)]

    def _runs(self, values: Iterable[Hashable | None]) -> list[tuple[str, Hashable]]:
        """Each stretch of the same value with its interval, leaving out None."""
        runs: list[tuple[int, int, Hashable]] = []
        for place, value in enumerate(values):
            if value is None:
                continue
            if runs and runs[-1][1:] == (place - 1, value):
                runs[-1] = (runs[-1][0], place, value)
            else:
                runs.append((place, place, value))
        return [(self._span(first, last), value) for first, last, value in runs]

    def _span(self, first: int, last: int) -> str:
        ended = last < len(self._versions) - 1
        return f"{self._versions[first]}-{self._versions[last] if ended else ''}"

    def name(self, name: str, releases: list[dict[str, Entry]]) -> Json:
        entries = [release.get(name) for release in releases]
        row: Json = {"in": self.spans(entries)}
        if closed := self.spans(entry and entry.closed for entry in entries):
            row["closed"] = closed
        if owners := {entry.is_a for entry in entries if entry and entry.is_a}:
            (row["is"],) = owners
        twin = f"{DELTA_GENERATOR}.{name.rpartition('.')[2]}"
        pairs = zip(entries, (release.get(twin) for release in releases), strict=True)
        if name != twin and all(entry is None or entry == other for entry, other in pairs):
            row["same"] = twin
            return row
        self._callable(row, entries)
        return row

    def _callable(self, row: Json, entries: list[Entry | None]) -> None:
        calls = [entry is not None and entry.parameters is not None for entry in entries]
        if not any(calls) and not any(entry and entry.deprecated for entry in entries):
            return
        if any(calls) and (spans := self.spans(calls)) != row["in"]:
            row["call"] = spans
        codes = [dict(entry.parameters or ()) if entry else {} for entry in entries]
        if any(calls):
            row["args"] = self._columns(codes)
        deprecated = [entry.deprecated if entry else {} for entry in entries]
        if any(deprecated):
            row["deprecated"] = self._columns(deprecated)

    def _columns(self, releases: list[dict[str, str]]) -> dict[str, list[str]]:
        """For each key, its intervals with the value it had: `1.22-1.40 3`."""
        return {
            key: [
                f"{span} {value}".rstrip()
                for span, value in self._runs(release.get(key) for release in releases)
            ]
            for key in sorted(set().union(*releases))
        }

    def module(self, releases: list[frozenset[str] | None]) -> Json:
        row: Json = {"in": self.spans(names is not _ABSENT for names in releases)}
        inside = [names if names and names is not _ABSENT else frozenset() for names in releases]
        groups: dict[str, list[str]] = {}
        for name in sorted(frozenset().union(*inside)):
            spans = self.spans(name in names for names in inside)
            groups.setdefault("" if spans == row["in"] else " ".join(spans), []).append(name)
        if all(names is not None for names in releases):
            row["names"] = {spans: " ".join(names) for spans, names in groups.items()}
        return row

    def option(self, releases: list[Option | None]) -> Json:
        row: Json = {"in": self.spans(releases)}
        fields: dict[str, Callable[[Option], object]] = {
            "scriptable": lambda option: option.scriptable,
            "deprecated": lambda option: option.deprecated,
        }
        for key, of in fields.items():
            if spans := self.spans(option and of(option) for option in releases):
                row[key] = spans
        last = next(option for option in reversed(releases) if option)
        if last.replaced_by:
            row["replaced_by"] = last.replaced_by
        if last.expires:
            row["expires"] = last.expires
        return row


if __name__ == "__main__":
    sys.exit(main())
