"""How many dependency lists install and import, by the way they are converted.

    python benchmarks/dependencies.py              resolves only: minutes
    python benchmarks/dependencies.py --import     also installs each and imports every package
    python benchmarks/dependencies.py --below DIR  every distinct environment.yml below a folder

The lists are in dependency_lists.toml, or those files. Four ways:

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
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from failing_imports import failing_imports

from sis_codemods.dependencies.convert import plan
from sis_codemods.dependencies.names import INSTALLABLE, lookup
from sis_codemods.dependencies.resolved import resolved
from sis_migrate.documents.conda import Environment, EnvironmentFileError, parse_environment
from sis_migrate.documents.specifier import translate
from sis_migrate.resolver.uv import Resolution, UvError, find_uv, install, resolve

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
    parser.add_argument("--below", type=Path, metavar="DIR")
    arguments = parser.parse_args()
    lists = dict(_below(arguments.below) if arguments.below else _ours())
    for way in arguments.way or WAYS:
        results = list(_measure(lists.values(), WAYS[way], imports=arguments.imports))
        resolving = sum(not result.why for result in results)
        working = sum(not result.why and not result.failing for result in results)
        print(f"{way}: {resolving} of {len(results)} resolve", end="")
        print(f", {working} also import" if arguments.imports else "")
        for name, result in zip(lists, results, strict=True):
            if result.why or result.failing:
                print(f"    {name}: {result.why or ', '.join(result.failing)}")


def _ours() -> Iterator[tuple[str, Environment]]:
    text = (Path(__file__).parent / "dependency_lists.toml").read_text("utf-8")
    for specs in tomllib.loads(text)["lists"]:
        lines = "".join(f"- '{spec}'\n" for spec in specs)
        yield " ".join(specs), parse_environment(f"dependencies:\n{lines}")


def _below(folder: Path) -> Iterator[tuple[str, Environment]]:
    """The readable files, of those that list the same the first."""
    seen: set[tuple[str, ...]] = set()
    for path in sorted(folder.rglob("environment.yml")):
        try:
            environment = parse_environment(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, EnvironmentFileError) as error:
            print(f"    {path.relative_to(folder)} is passed over: {error}")
            continue
        listed = tuple(
            sorted([s.raw for s in environment.specs] + [i.raw for i in environment.pip])
        )
        if listed not in seen:
            seen.add(listed)
            yield str(path.relative_to(folder)), environment


def _measure(
    lists: Iterable[Environment], way: Callable[[Environment], Sequence[str]], *, imports: bool
) -> Iterator[Result]:
    for environment in lists:
        # As the container does: what has no wheel is built.
        resolution = _ask(tuple(way(environment)), True)
        if resolution.cause:
            yield Result(f"{resolution.cause.why} ({', '.join(resolution.cause.projects[:3])})")
        elif imports:
            yield Result(failing=_failing(resolution, _modules(environment)))
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


def _modules(environment: Environment) -> list[str]:
    return sorted({module for entry in plan(environment, ()).active for module in entry.modules})


def _apply(environment: Environment) -> list[str]:
    return [entry.requirement for entry in plan(environment, ()).active]


def _apply_with_resolve(environment: Environment) -> list[str]:
    return [entry.requirement for entry in resolved(plan(environment, ()), _ask).active]


def _faithful(environment: Environment, streamlit: str) -> list[str]:
    """The lists with PyPI's names, every pin as it is, and only Streamlit raised."""
    lines = [f"{streamlit}{OLDEST}", *(item.raw for item in environment.pip)]
    for spec in environment.specs:
        rule = lookup(spec.name, {})
        if rule.kind in INSTALLABLE and rule.pypi != "streamlit":
            lines.append(rule.pypi + translate(spec.version).specifier)
    return lines


def _docs(environment: Environment) -> list[str]:
    return _faithful(environment, "streamlit[snowflake]")


def _plain(environment: Environment) -> list[str]:
    return [*_faithful(environment, "streamlit"), "snowflake-snowpark-python"]


@cache
def _ask_once(lines: tuple[str, ...], build: bool) -> Resolution:
    return resolve(lines, uv=find_uv(), build=build, timeout=600)


def _ask(lines: Sequence[str], build: bool) -> Resolution:
    return _ask_once(tuple(lines), build)


WAYS: dict[str, Callable[[Environment], Sequence[str]]] = {
    "docs": _docs,
    "plain": _plain,
    "apply": _apply,
    "resolve": _apply_with_resolve,
}

if __name__ == "__main__":
    main()
