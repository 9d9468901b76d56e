"""``migrate sql``: the scripts of the switch, from the steps that the codemods made."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sis_migrate.cli.choices import Choices
from sis_migrate.cli.failure import UsageError
from sis_migrate.cli.options import Role
from sis_migrate.cli.printing import write_bytes
from sis_migrate.model import AppMigration
from sis_migrate.switch.described import Described, SavedResultError, described, grants


def sql(choices: Choices, names: Sequence[str], role: Role | None) -> int:
    """Print the scripts of the apps, of those named where any are; 0, or UsageError."""
    from sis_migrate.pipeline import plan

    known = _saved(choices)
    paths = [choices.cwd / path for path in choices.paths]
    migration = plan(paths, choices.settings, codemods=choices.codemods)
    apps = [app for app in migration.apps if not names or app.app.name in names]
    if names and len(apps) < len(set(names)):
        there = ", ".join(sorted({app.app.name for app in migration.apps})) or "none"
        missing = ", ".join(sorted(set(names) - {app.app.name for app in apps}))
        raise UsageError(f"--app {missing}: there is no such app (there are: {there})")
    _check(choices, known, apps)
    roles = [role] if role else list(Role)
    parts = [_script(app, r, choices, known) for app in apps for r in roles]
    written = "\n\n".join(part for part in parts if part)
    if not written and not migration.apps:
        written = "-- No Streamlit-in-Snowflake app found here: name the folder of one.\n"
    elif not written:
        written = (
            "-- Nothing to run: the apps are in a container already, or a Native App's setup script "
            "or a DCM\n-- project sets their runtime (`migrate check` says what to write there).\n"
        )
    write_bytes(written.encode())
    return 0


def _check(choices: Choices, known: Sequence[Described], apps: Sequence[AppMigration]) -> None:
    """UsageError where a saved result is of none of the apps, or could be of several."""
    told = f"{choices.settings.describe}: describes {', '.join(row.name for row in known)}, which "
    meant = [app for app in apps if any(row.means(app.app) for row in known)]
    if known and not meant:
        raise UsageError(f"{told}is none of the apps; name the app's folder")
    if len([app for app in meant if app.app.name_is_label]) > len(known):
        raise UsageError(f"{told}could be any of several apps; name the app's folder")


def _saved(choices: Choices) -> tuple[Described, ...]:
    settings = choices.settings
    try:
        if settings.grants:
            grants(Path(settings.grants))
        return described(Path(settings.describe)) if settings.describe else ()
    except SavedResultError as error:
        raise UsageError(str(error)) from error


def _script(app: AppMigration, role: Role, choices: Choices, known: Sequence[Described]) -> str:
    from sis_migrate.documents.sql_quoting import identifier, stored
    from sis_migrate.switch.facts import OWNER_ROLE
    from sis_migrate.switch.script import script

    settings = choices.settings
    described_owner = next((row.owner for row in known if row.means(app.app)), "")
    if settings.owner_role:
        owner = identifier(settings.owner_role)
    else:
        owner = stored(described_owner) if described_owner else OWNER_ROLE
    admin = identifier(settings.admin_role or "ACCOUNTADMIN")
    return script(app, role.value, owner=owner, admin=admin)
