"""The ``migrate`` program: its commands and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sis_migrate import __version__
from sis_migrate.cli import options as o
from sis_migrate.cli.failure import failures

program = typer.Typer(
    name="migrate",
    help="Move Streamlit-in-Snowflake apps from the warehouse runtime to the container runtime.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Run the program; the process's exit code is the command's."""
    program()


@program.callback()
def _program(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=lambda v: _version(v))
    ] = False,
) -> None:
    """Options of the program itself."""


def _version(asked: bool) -> None:
    if asked:
        print(f"migrate {__version__}")
        raise typer.Exit


@program.command()
def apply(
    paths: o.Paths = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the diff and write nothing.")
    ] = False,
    allow_dirty: Annotated[
        bool, typer.Option("--allow-dirty", help="Write over changes that git does not have.")
    ] = False,
    select: o.Select = None,
    ignore: o.Ignore = None,
    exclude: o.Exclude = None,
    unsafe: o.Unsafe = None,
    requirements: o.Requirements = False,
    pyproject: o.Pyproject = False,
    streamlit: o.Streamlit = None,
    remove_environment: o.RemoveEnvironment = None,
    format: o.OutputFormat = None,  # noqa: A002 - typer names the option after it
    quiet: o.Quiet = False,
    verbose: o.Verbose = False,
) -> None:
    """Migrate the apps in PATHS, in place. Exit code 1: something is left for you."""
    from sis_migrate.cli import apply as command
    from sis_migrate.cli.choices import Output, choose

    with failures():
        choices = choose(
            paths, select=select, ignore=ignore, exclude=exclude, unsafe=unsafe,
            requirements=requirements, pyproject=pyproject, streamlit=streamlit,
            remove_environment=remove_environment,
        )  # fmt: skip
        output = Output(format, quiet, verbose)
        if dry_run:
            code = command.dry_run(choices, output)
        else:
            code = command.apply(choices, output, allow_dirty=allow_dirty)
    raise typer.Exit(code)


@program.command()
def check(
    paths: o.Paths = None,
    select: o.Select = None,
    ignore: o.Ignore = None,
    exclude: o.Exclude = None,
    unsafe: o.Unsafe = None,
    requirements: o.Requirements = False,
    pyproject: o.Pyproject = False,
    streamlit: o.Streamlit = None,
    remove_environment: o.RemoveEnvironment = None,
    format: o.OutputFormat = None,  # noqa: A002 - typer names the option after it
    quiet: o.Quiet = False,
    verbose: o.Verbose = False,
) -> None:
    """Say what is to do, and write nothing. Exit code 1: there is something to do."""
    from sis_migrate.cli import apply as command
    from sis_migrate.cli.choices import Output, choose

    with failures():
        choices = choose(
            paths, select=select, ignore=ignore, exclude=exclude, unsafe=unsafe,
            requirements=requirements, pyproject=pyproject, streamlit=streamlit,
            remove_environment=remove_environment,
        )  # fmt: skip
        code = command.check(choices, Output(format, quiet, verbose))
    raise typer.Exit(code)


@program.command()
def undo(
    folder: Annotated[Path, typer.Argument(help="A folder of the project.")] = Path(),
) -> None:
    """Put back, byte for byte, what the last run changed."""
    from sis_migrate.cli import undo as command

    with failures():
        code = command.undo(folder)
    raise typer.Exit(code)


@program.command()
def explain(
    code: Annotated[str | None, typer.Argument(help="A code such as SIS101.")] = None,
) -> None:
    """Print what a codemod does, why, and what it leaves; without CODE, list them."""
    from sis_migrate.cli import explain as command

    with failures():
        exit_code = command.explain(code)
    raise typer.Exit(exit_code)
