"""How many dependency lists install and import, by the way they are converted.

    python benchmarks/dependencies.py              resolves only: minutes
    python benchmarks/dependencies.py --import     also installs each and imports every package

The lists are in dependency_lists.toml. Four ways:

- ``docs``: the pins as they are, and ``streamlit[snowflake]``, as Snowflake's page shows it;
- ``plain``: the pins as they are, with ``streamlit`` and ``snowflake-snowpark-python``;
- ``apply``: what ``migrate apply`` writes, which asks nobody;
- ``resolve``: what ``migrate apply --resolve`` writes.

Needs uv, its index, and Python 3.11; nothing else of this machine is touched.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from failing_imports import failing_imports

from sis_codemods.dependencies.convert import plan
from sis_codemods.dependencies.entries import Plan
from sis_codemods.dependencies.names import INSTALLABLE, lookup
from sis_codemods.dependencies.resolved import resolved
from sis_migrate.documents.conda import parse_environment
from sis_migrate.documents.matchspec import parse_spec
from sis_migrate.documents.specifier import translate
from sis_migrate.verify.uv import Resolution, UvError, find_uv, install, resolve

OLDEST = ">=1.50"


@dataclass(frozen=True)
class Result:
    """What became of one list: why it does not resolve, which modules do not import."""

    why: str = ""
    failing: tuple[str, ...] = ()


def main() -> None:
    """Print the rate of each way, and every list that fails."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--import", dest="imports", action="store_true")
    parser.add_argument("--way", choices=sorted(WAYS), action="append")
    arguments = parser.parse_args()
    lists = tomllib.loads((Path(__file__).parent / "dependency_lists.toml").read_text("utf-8"))
    for way in arguments.way or WAYS:
        results = list(_measure(lists["lists"], WAYS[way], imports=arguments.imports))
        resolving = sum(not result.why for result in results)
        working = sum(not result.why and not result.failing for result in results)
        print(f"{way}: {resolving} of {len(results)} resolve", end="")
        print(f", {working} also import" if arguments.imports else "")
        for specs, result in zip(lists["lists"], results, strict=True):
            if result.why or result.failing:
                print(f"    {' '.join(specs)}: {result.why or ', '.join(result.failing)}")


def _measure(
    lists: Sequence[Sequence[str]], way: Callable[[Sequence[str]], Sequence[str]], *, imports: bool
) -> Iterator[Result]:
    for specs in lists:
        # As the container does: what has no wheel is built.
        resolution = _ask(tuple(way(specs)), True)
        if resolution.cause:
            yield Result(f"{resolution.cause.why} ({', '.join(resolution.cause.projects[:3])})")
        elif imports:
            yield Result(failing=_failing(resolution, _modules(specs)))
        else:
            yield Result()


def _failing(resolution: Resolution, modules: Sequence[str]) -> tuple[str, ...]:
    with tempfile.TemporaryDirectory() as folder:
        try:
            python = install(resolution, Path(folder) / "env", uv=find_uv())
            failures = failing_imports(python, modules)
        except (UvError, subprocess.TimeoutExpired) as error:
            return (str(error),)
    return tuple(f"{module} ({error})" for module, error in failures.items())


def _modules(specs: Sequence[str]) -> list[str]:
    return sorted({module for entry in _plan(specs).active for module in entry.modules})


def _plan(specs: Sequence[str]) -> Plan:
    lines = "".join(f"- '{spec}'\n" for spec in specs)
    return plan(parse_environment(f"dependencies:\n{lines}"), ())


def _apply(specs: Sequence[str]) -> list[str]:
    return [entry.requirement for entry in _plan(specs).active]


def _apply_with_resolve(specs: Sequence[str]) -> list[str]:
    return [entry.requirement for entry in resolved(_plan(specs), _ask).active]


def _faithful(specs: Sequence[str], streamlit: str) -> list[str]:
    """The lists with PyPI's names, every pin as it is, and only Streamlit raised."""
    lines = [f"{streamlit}{OLDEST}"]
    for spec in map(parse_spec, specs):
        rule = lookup(spec.name, {})
        if rule.kind in INSTALLABLE and rule.pypi != "streamlit":
            lines.append(rule.pypi + translate(spec.version).specifier)
    return lines


def _docs(specs: Sequence[str]) -> list[str]:
    return _faithful(specs, "streamlit[snowflake]")


def _plain(specs: Sequence[str]) -> list[str]:
    return [*_faithful(specs, "streamlit"), "snowflake-snowpark-python"]


@cache
def _ask_once(lines: tuple[str, ...], build: bool) -> Resolution:
    return resolve(lines, uv=find_uv(), build=build, timeout=600)


def _ask(lines: Sequence[str], build: bool) -> Resolution:
    return _ask_once(tuple(lines), build)


WAYS: dict[str, Callable[[Sequence[str]], Sequence[str]]] = {
    "docs": _docs,
    "plain": _plain,
    "apply": _apply,
    "resolve": _apply_with_resolve,
}

if __name__ == "__main__":
    main()
