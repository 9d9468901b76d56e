"""The command ``migrate map``: its commands and their options; each imports its work when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from sis_codemods.dependencies.larger_map import Larger


class _NameOrCommand(TyperGroup):
    """A first word that is no command is a package to explain."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command, its name and its arguments."""
        words = args if args[0] in self.commands else ["explain", *args]
        return super().resolve_command(ctx, words)


program = typer.Typer(
    cls=_NameOrCommand,
    help="Say what becomes of conda packages (NAME...), and keep a larger map of names.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    subcommand_metavar="NAME... | COMMAND ...",
    context_settings={"help_option_names": ["-h", "--help"]},
)


@program.command()
def explain(
    names: Annotated[
        list[str],
        typer.Argument(
            help="Conda packages (pandas, 'pandas=1.5.*') or modules that an app imports.",
            metavar="NAME",
        ),
    ],
) -> None:
    """Say what becomes of packages, and why. Exit code 1: one is not known."""
    from sis_codemods.dependencies.explain import explain as explained
    from sis_migrate.cli.failure import UsageError, failures
    from sis_migrate.cli.printing import say
    from sis_migrate.configuration import load as configuration
    from sis_migrate.documents.matchspec import SpecError

    with failures():
        file, larger, found = configuration(Path()), _larger(), []
        for name in names:
            try:
                found.append(explained(name, file.package_map, larger, file.streamlit))
            except SpecError as error:
                raise UsageError(f"{name!r} {error}") from error
        for each in found:
            say(each.text)
    raise typer.Exit(0 if all(each.known for each in found) else 1)


@program.command()
def update(
    address: Annotated[
        str | None,
        typer.Argument(
            metavar="ADDRESS",
            help="Where the map is (default: map-address of the configuration).",
            show_default=False,
        ),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="FILE", help="A saved map, instead of an address."),
    ] = None,
) -> None:
    """Fetch a larger map of names, from an address of yours, and keep it for later runs."""
    from sis_codemods.dependencies.larger_map import MapError, cache_file
    from sis_codemods.dependencies.map_update import read, store
    from sis_codemods.dependencies.map_update import update as fetched
    from sis_migrate.cli.failure import UsageError, failures
    from sis_migrate.cli.printing import say
    from sis_migrate.configuration import load

    with failures():
        if address and file:
            raise UsageError("name an address or a --file, not both")
        source = str(file) if file else address or load(Path()).map_address
        if not source:
            raise UsageError(
                "there is no address to fetch a map from: name one (migrate map update https://…), "
                'write map-address = "https://…" into [tool.sis-migrate] of pyproject.toml, or give '
                "a saved map with --file"
            )
        kept = cache_file()
        try:
            held = store(read(file), kept) if file else fetched(source, kept)
        except MapError as error:
            raise UsageError(str(error)) from error
        say(f"From {source}: {held}\nKept in {kept}")


@program.command()
def check(
    file: Annotated[
        Path,
        typer.Option(
            "--channeldata",
            metavar="FILE",
            help="A channel's saved channeldata.json or repodata.json, or the saved JSON of "
            "'select package_name from information_schema.packages'.",
        ),
    ],
) -> None:
    """List the packages of a conda channel that this tool does not know. Exit code 1: any."""
    from sis_codemods.dependencies.channel import ChannelError, names_in, unknown
    from sis_migrate.cli.failure import UsageError, failures
    from sis_migrate.cli.printing import say
    from sis_migrate.configuration import load as configuration

    with failures():
        try:
            names = names_in(file)
        except ChannelError as error:
            raise UsageError(str(error)) from error
        rest = unknown(names, configuration(Path()).package_map, _larger())
        for name in rest:
            say(name)
        typer.echo(f"{len(rest)} of {len(names)} packages are not known.", err=True)
    raise typer.Exit(1 if rest else 0)


def _larger() -> Larger:
    """The larger map of the cache; that one is there and cannot be used is said."""
    from sis_codemods.dependencies.larger_map import MAKE_ANEW, cache_file, load

    larger = load(cache_file())
    if larger.broken:
        typer.echo(f"{larger.broken}. {MAKE_ANEW}", err=True)
    return larger
