"""The ``migrate`` program: its commands and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sis_migrate import __version__
from sis_migrate.cli import options as o
from sis_migrate.cli.failure import failures
from sis_migrate.cli.offered import Commands

program = typer.Typer(
    name="migrate",
    cls=Commands,
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
    no_dependency_file: o.NoDependencyFile = False,
    streamlit: o.Streamlit = None,
    remove_environment: o.RemoveEnvironment = None,
    session: o.Session = None,
    compute_pool: o.ComputePool = None,
    query_warehouse: o.QueryWarehouse = None,
    runtime: o.Runtime = None,
    package_source: o.PackageSource = None,
    snowflake_cli: o.SnowflakeCli = None,
    project_file: o.ProjectFile = None,
    resolve: o.Resolve = False,
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
            requirements=requirements, pyproject=pyproject,
            no_dependency_file=no_dependency_file, streamlit=streamlit,
            remove_environment=remove_environment, session=session,
            switch={
                "compute_pool": compute_pool, "query_warehouse": query_warehouse,
                "runtime": runtime, "package_source": package_source,
                "snowflake_cli": snowflake_cli,
            },
            project_file=project_file, resolve=resolve,
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
    no_dependency_file: o.NoDependencyFile = False,
    streamlit: o.Streamlit = None,
    remove_environment: o.RemoveEnvironment = None,
    session: o.Session = None,
    compute_pool: o.ComputePool = None,
    query_warehouse: o.QueryWarehouse = None,
    runtime: o.Runtime = None,
    package_source: o.PackageSource = None,
    snowflake_cli: o.SnowflakeCli = None,
    project_file: o.ProjectFile = None,
    resolve: o.Resolve = False,
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
            requirements=requirements, pyproject=pyproject,
            no_dependency_file=no_dependency_file, streamlit=streamlit,
            remove_environment=remove_environment, session=session,
            switch={
                "compute_pool": compute_pool, "query_warehouse": query_warehouse,
                "runtime": runtime, "package_source": package_source,
                "snowflake_cli": snowflake_cli,
            },
            project_file=project_file, resolve=resolve,
        )  # fmt: skip
        code = command.check(choices, Output(format, quiet, verbose))
    raise typer.Exit(code)


@program.command()
def verify(
    paths: o.Paths = None,
    stages: o.Stages = None,
    install: o.Install = False,
    viewers: o.Viewers = 3,
    reruns: o.Reruns = 3,
    before: o.Before = True,
    seed: o.Seed = None,
    connection: o.Connection = None,
    timeout: o.Timeout = 60,
    memory: o.Memory = 2048,
    cache_dir: o.CacheDir = None,
    select: o.Select = None,
    ignore: o.Ignore = None,
    exclude: o.Exclude = None,
    unsafe: o.Unsafe = None,
    requirements: o.Requirements = False,
    pyproject: o.Pyproject = False,
    no_dependency_file: o.NoDependencyFile = False,
    streamlit: o.Streamlit = None,
    session: o.Session = None,
    resolve: o.Resolve = False,
    format: Annotated[  # noqa: A002 - typer names the option after it
        o.VerifyFormat, typer.Option("--format", help="How to print the result.")
    ] = o.VerifyFormat.TEXT,
    verbose: o.Verbose = False,
) -> None:
    """Run the apps in PATHS, on copies: do they install, start and serve several viewers?"""
    from sis_migrate.cli import verify as command
    from sis_migrate.cli.choices import choose

    with failures():
        options = command.run_choices(
            command.stages(stages, install=install), viewers=viewers, reruns=reruns,
            timeout=timeout, memory=memory, seed=seed, connection=connection,
        )  # fmt: skip
        choices = choose(
            paths, select=select, ignore=ignore, exclude=exclude, unsafe=unsafe,
            requirements=requirements, pyproject=pyproject,
            no_dependency_file=no_dependency_file, streamlit=streamlit,
            session=session, resolve=resolve,
        )  # fmt: skip
        code = command.verify(
            choices, options, before=before, cache=cache_dir,
            form=format, verbose=verbose,
        )  # fmt: skip
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


@program.command()
def sql(
    paths: o.Paths = None,
    app: Annotated[
        list[str] | None, typer.Option("--app", metavar="NAME", help="Only the app of this name.")
    ] = None,
    role: Annotated[
        o.Role | None,
        typer.Option("--role", help="Only the script of one role.", show_default=False),
    ] = None,
    describe: Annotated[
        Path | None,
        typer.Option(
            "--describe", metavar="FILE", help="The saved JSON result of DESCRIBE STREAMLIT."
        ),
    ] = None,
    grants: Annotated[
        Path | None,
        typer.Option(
            "--grants", metavar="FILE", help="The saved JSON result of SHOW GRANTS ON STREAMLIT."
        ),
    ] = None,
    exclude: o.Exclude = None,
    compute_pool: o.ComputePool = None,
    query_warehouse: o.QueryWarehouse = None,
    runtime: o.Runtime = None,
    package_source: o.PackageSource = None,
    owner_role: o.OwnerRole = None,
    admin_role: o.AdminRole = None,
) -> None:
    """Print the SQL of the switch: what an administrator runs, the owner, and the way back."""
    from sis_migrate.cli import sql as command
    from sis_migrate.cli.choices import choose

    with failures():
        choices = choose(
            paths, exclude=exclude,
            switch={
                "compute_pool": compute_pool, "query_warehouse": query_warehouse,
                "runtime": runtime, "package_source": package_source,
                "owner_role": owner_role, "admin_role": admin_role,
                "describe": str(describe) if describe else None,
                "grants": str(grants) if grants else None,
            },
        )  # fmt: skip
        code = command.sql(choices, app or (), role)
    raise typer.Exit(code)


@program.command()
def status(
    paths: o.Paths = None,
    exclude: o.Exclude = None,
    format: Annotated[  # noqa: A002 - typer names the option after it
        o.StatusFormat, typer.Option("--format", help="How to print where things stand.")
    ] = o.StatusFormat.TEXT,
) -> None:
    """Print where each item of the checklist stands, app by app. Exit code 1: something is open."""
    from sis_migrate.cli import status as command
    from sis_migrate.cli.choices import choose

    with failures():
        code = command.status(choose(paths, exclude=exclude), format)
    raise typer.Exit(code)
