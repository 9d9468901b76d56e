"""Commands that packages of codemods add to the program, each imported when it is asked for.

They register in the entry-point group ``sis_migrate.commands``: the name is the command's, the
value a typer app. The program's own commands come first.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from typer.core import TyperGroup

from sis_migrate.cli.failure import fail

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "sis_migrate.commands"


class Commands(TyperGroup):
    """The program's own commands, and behind them those of the installed packages.

    Packages are looked for only where a command is none of the program's own, and for the help.
    """

    def list_commands(self, ctx: Any) -> list[str]:
        """All names, the program's own first."""
        own = super().list_commands(ctx)
        return [*own, *sorted({entry.name for entry in _entries()} - set(own))]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A command by its name, None for an unknown one."""
        return super().get_command(ctx, cmd_name) or _offered(cmd_name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """A command and its arguments; of an unknown one it is said what may be meant.

        typer's own guess leaves out what packages offer.
        """
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            near = get_close_matches(name, self.list_commands(ctx))
            hint = f" Did you mean {', '.join(map(repr, near))}?" * bool(near)
            ctx.fail(f"No such command {name!r}.{hint}")
        return super().resolve_command(ctx, args)


def _entries() -> tuple[EntryPoint, ...]:
    from importlib.metadata import entry_points

    return tuple(entry_points(group=GROUP))


def _offered(name: str) -> Any:
    import typer

    # One package may be found twice, by its folder and by its metadata.
    found = {entry.value: entry for entry in _entries() if entry.name == name}
    if not found:
        return None
    if len(found) > 1:
        fail(f"the command {name!r} is offered by {' and '.join(sorted(found))}; remove one")
    ((value, entry),) = found.items()
    try:
        app = entry.load()
    except (ImportError, AttributeError) as error:
        fail(f"the command {name!r} of {value!r} cannot be imported: {error}")
    if not isinstance(app, typer.Typer):
        fail(f"the command {name!r} of {value!r} is no typer app")
    return typer.main.get_command(app)
