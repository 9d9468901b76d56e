"""``migrate explain``: what a codemod does, from its own documentation."""

from __future__ import annotations

from sis_migrate.cli.failure import UsageError
from sis_migrate.cli.printing import say


def explain(code: str | None) -> int:
    """Print one codemod's documentation, or a line for each codemod."""
    from sis_migrate.codemod import load

    codemods = {c.code: c for c in load()}
    if code is None:
        for known in codemods.values():
            say(f"{known.code}  {known.name}: {known.summary} [{known.safety}]")
        return 0
    wanted = codemods.get(code.upper())
    if wanted is None:
        raise UsageError(f"no codemod has the code {code} (`migrate explain` lists them all)")
    say(f"{wanted.code} {wanted.name} (checklist: {wanted.item}, {wanted.safety})\n")
    say(wanted.documentation)
    return 0
