"""Steps as SQL scripts, one for each role, and the script that takes them back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from sis_migrate.documents.sql_quoting import comment
from sis_migrate.model import AppMigration, Step
from sis_migrate.switch.facts import NOTES

_PLACEHOLDER = re.compile(r"<[A-Z_]+>|<live_version_location_uri of DESCRIBE>")
_TITLES = {
    "administrator": "an administrator runs this once",
    "owner": "the owner of the app runs this",
    "rollback": "the way back: only to take the switch back",
}


def script(migration: AppMigration, role: str, *, owner: str, admin: str) -> str:
    """The script of ``administrator``, ``owner`` or ``rollback`` for one app; "" where it has none.

    ``owner`` and ``admin`` are the roles it runs with, as SQL or placeholders. A placeholder stops
    the script, because it is no SQL.
    """
    if role == "rollback":
        body = list(_rollback(migration.steps, owner, admin))
    else:
        body = list(_forward(migration.steps, role, admin if role == "administrator" else owner))
    if not body:
        return ""
    head = [comment(f"{migration.app.name}: {_TITLES[role]}")]
    noted = [step.text for step in migration.steps if step.order == NOTES]
    head += [comment(line) for text in noted for line in text.splitlines()]
    open_ones = list(dict.fromkeys(_PLACEHOLDER.findall(_statements(body))))
    if open_ones:
        names = ", ".join(open_ones)
        head.append(comment(f"FILL IN before running (the script stops there): {names}"))
    return "\n".join([*head, *body]).rstrip() + "\n"


def _statements(lines: Iterable[str]) -> str:
    return "\n".join(line for line in lines if not line.startswith("--"))


def _forward(steps: Iterable[Step], role: str, use: str) -> Iterator[str]:
    own = [step for step in steps if step.role == role]
    if not own:
        return
    yield f"USE ROLE {use};"
    for step in own:
        yield from ("", comment(step.title))
        yield from step.sql.splitlines()
        yield from map(comment, step.text.splitlines())
    if role == "owner":
        for step in steps:
            if step.role == "developer" and step.text and step.order != NOTES:
                yield from ("", comment(f"{step.title}:"), *map(comment, step.text.splitlines()))


def _rollback(steps: Sequence[Step], owner: str, admin: str) -> Iterator[str]:
    for role, use in (("owner", owner), ("administrator", admin)):
        own = [step for step in reversed(steps) if step.undo and step.role == role]
        if own:
            yield f"USE ROLE {use};"
        for step in own:
            yield from ("", comment(f'To take back "{step.title}":'))
            yield from step.undo.splitlines() if step.sql else map(comment, step.undo.splitlines())
        if own:
            yield ""
