"""What is known of one app's switch, as SQL or as placeholders for what nothing tells."""

from __future__ import annotations

from dataclasses import dataclass

from sis_migrate.documents.sql_quoting import identifier, qualified, stored
from sis_migrate.switch.described import Described, Grant
from sis_migrate.switch.target import Target

ADMINISTRATOR, OWNER, DEVELOPER = "administrator", "owner", "developer"
# The order of the step whose text stands at the head of each script.
NOTES = 10
# A placeholder is no SQL, so a script stops at it instead of running with a wrong value.
DATABASE, SCHEMA, APP_NAME = "<DATABASE>", "<SCHEMA>", "<APP_NAME>"
OWNER_ROLE, QUERY_WAREHOUSE, STAGE = "<OWNER_ROLE>", "<QUERY_WAREHOUSE>", "<STAGE>"
LIVE_URI = "<live_version_location_uri of DESCRIBE>"


@dataclass(frozen=True)
class Switch:
    """One app's switch. Names are SQL already, or placeholders.

    ``name`` is the app's qualified name, ``location`` the stage path of a ROOT_LOCATION app, None
    for others; ``project_file`` tells that a deploy with the CLI is how the app gets its files,
    ``git_source`` is the place in a Git repository that it is made from ("" for none). ``notes``
    stand at the head of each script.
    """

    name: str
    target: Target
    owner: str = OWNER_ROLE
    admin: str = "ACCOUNTADMIN"
    warehouse: str = QUERY_WAREHOUSE
    main_file: str = "streamlit_app.py"
    needs_source: bool = False
    location: str | None = None
    project_file: bool = False
    git_source: str = ""
    described: Described | None = None
    grants: tuple[Grant, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def legacy(self) -> bool:
        """Whether the app was made with ROOT_LOCATION."""
        return self.location is not None

    @property
    def sources(self) -> tuple[tuple[str, str], ...]:
        """The properties that attach the package source, with the integrations that stay."""
        source = self.target.source
        if not self.needs_source or source.kind == "none":
            return ()
        if source.kind == "repository":
            return (("ARTIFACT_REPOSITORIES", f"({qualified(source.name)})"),)
        old = [stored(name) for name in self.described.integrations] if self.described else []
        new = identifier(source.name)
        names = [*old, *([new] if new.upper() not in [n.upper() for n in old] else [])]
        return (("EXTERNAL_ACCESS_INTEGRATIONS", f"({', '.join(names)})"),)
