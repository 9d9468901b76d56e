"""From options and configuration to the settings of a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from sis_migrate import codemod as registry
from sis_migrate.cli.failure import UsageError
from sis_migrate.cli.options import Format, SessionForm
from sis_migrate.codemod import Codemod
from sis_migrate.configuration import SWITCH, load, settings, streamlit_version
from sis_migrate.model import Settings


@dataclass(frozen=True)
class Choices:
    """Everything a run needs to know before it starts."""

    paths: tuple[Path, ...]
    settings: Settings
    codemods: tuple[Codemod, ...]
    cwd: Path


@dataclass(frozen=True)
class Output:
    """How to print: ``format`` None means the command's own default."""

    format: Format | None
    quiet: bool
    verbose: bool


def choose(
    paths: Sequence[Path] | None,
    *,
    select: Sequence[str] | None = None,
    ignore: Sequence[str] | None = None,
    exclude: Sequence[str] | None = None,
    unsafe: bool | None = None,
    requirements: bool = False,
    pyproject: bool = False,
    no_dependency_file: bool = False,
    streamlit: str | None = None,
    remove_environment: bool | None = None,
    session: SessionForm | None = None,
    switch: Mapping[str, str | None] | None = None,
    project_file: bool | None = None,
    resolve: bool = False,
) -> Choices:
    """Read the configuration and check the options; UsageError or ConfigurationError."""
    if requirements + pyproject + no_dependency_file > 1:
        raise UsageError(
            "--requirements, --pyproject and --no-dependency-file exclude each other: name one"
        )
    if streamlit is not None:
        _check_streamlit(streamlit)
    given = [Path(p) for p in paths or [Path()]]
    start = given[0] if given[0].is_dir() else given[0].parent
    kinds = {"requirements": requirements, "pyproject": pyproject, "none": no_dependency_file}
    kind = next((kind for kind, given in kinds.items() if given), None)
    run = settings(
        load(start),
        select=_codes("select", select),
        ignore=_codes("ignore", ignore),
        exclude=exclude,
        unsafe=unsafe,
        dependency_file=kind,
        streamlit=streamlit,
        remove_environment=remove_environment,
        session=session,
        switch=_switch(switch or {}),
        project_file=project_file,
        resolve=resolve,
    )
    codemods = registry.load()
    _check_codes((*run.select, *run.ignore), codemods)
    return Choices(tuple(given), run, codemods, Path.cwd())


def _check_streamlit(given: str) -> None:
    try:
        streamlit_version(given)
    except ValueError as error:
        raise UsageError(f"--streamlit must be {error}") from error


def _switch(given: Mapping[str, str | None]) -> dict[str, str]:
    """The options that are given, checked; UsageError."""
    result = {name: value for name, value in given.items() if value}
    for name, value in result.items():
        try:
            SWITCH.get(name, str)(value)
        except ValueError as error:
            raise UsageError(f"--{name.replace('_', '-')} must be {error}") from error
    return result


def _codes(option: str, values: Sequence[str] | None) -> tuple[str, ...]:
    """The codes of an option; UsageError where it is given and names none."""
    parts = [part.strip() for value in values or () for part in value.split(",")]
    codes = tuple(part for part in parts if part)
    if values and not codes:
        raise UsageError(f"--{option} {values[0]!r} names no codemod")
    return codes


def _check_codes(wanted: Iterable[str], codemods: Iterable[Codemod]) -> None:
    known = [c.code for c in codemods]
    for code in wanted:
        if not any(k.startswith(code) for k in known):
            near = get_close_matches(code.upper(), known, 1, 0.5)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise UsageError(
                f"no codemod has the code {code}{hint} (`migrate explain` lists them all)"
            )
