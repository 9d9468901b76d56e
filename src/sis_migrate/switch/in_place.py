"""What the owner runs to switch an app over in place, which keeps its grants, address and secrets.

Sources: "Migrating between runtime environments" (the SQL there lacks SET and quotes; this is the
form of "ALTER STREAMLIT"),
https://docs.snowflake.com/en/developer-guide/streamlit/migrations-and-upgrades/runtime-migration,
https://docs.snowflake.com/en/sql-reference/sql/alter-streamlit
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sis_migrate.documents.sql_quoting import comment, identifier, literal, stored
from sis_migrate.model import Item, Step
from sis_migrate.switch.facts import LIVE_URI, OWNER, STAGE, Switch
from sis_migrate.switch.target import WAREHOUSE

_STAGE_PATH = re.compile(r"@[A-Za-z0-9_$.]+(?:/[A-Za-z0-9_$.\-]+)*/?", re.ASCII)


def in_place(switch: Switch) -> Iterator[Step]:
    """The upload and the ALTER, with what has to go before it."""
    known = switch.described
    yield Step(
        OWNER,
        350,
        "Upload the migrated files",
        Item.SWITCH,
        sql="\n".join(_upload(switch)),
    )
    before, after = _obstacles(switch)
    properties = [
        ("RUNTIME_NAME", literal(switch.target.runtime)),
        ("COMPUTE_POOL", identifier(switch.target.pool)),
        ("QUERY_WAREHOUSE", switch.warehouse),
        *switch.sources,
    ]
    forward = [*before, _alter(switch.name, properties)]
    if known is None:
        forward.append(comment(
            "Only where DESCRIBE shows no live_version_location_uri: "
            f"ALTER STREAMLIT {switch.name} ADD LIVE VERSION FROM LAST;"
        ))  # fmt: skip
    elif not known.live_uri:
        forward.append(f"ALTER STREAMLIT {switch.name} ADD LIVE VERSION FROM LAST;")
    forward.append(f"DESCRIBE STREAMLIT {switch.name};")
    yield Step(
        OWNER,
        400,
        "Switch the app to the container",
        Item.SWITCH,
        sql="\n".join(forward),
        undo="\n".join([*_back(switch), *after]),
    )


def _upload(switch: Switch) -> list[str]:
    uri = switch.described.live_uri if switch.described else ""
    target = literal(uri) if uri else f"'{LIVE_URI}'"
    if switch.git_source:
        known = _STAGE_PATH.fullmatch(switch.git_source)
        source = switch.git_source if known else "@<REPOSITORY>/branches/<BRANCH>/"
        return [
            comment("The app was made from a Git repository: commit and push the migrated files,"),
            comment("fetch them (above), and copy them into the live version. Do not deploy with"),
            comment(
                "the CLI as well: it uploads local files. An app that is connected to a branch"
            ),
            comment("pulls them instead (in its editor, or ALTER STREAMLIT ... ABORT, then PULL)."),
            f"COPY FILES INTO {target} FROM {source};",
        ]
    if switch.project_file:
        return [
            comment("In the app's folder: snow streamlit deploy --replace (from CLI 3.27 on this"),
            comment("changes the runtime, too: run the ALTER below right after it, which attaches"),
            comment("the package source); or, from a stage:"),
            comment(f"COPY FILES INTO {target} FROM @{STAGE};"),
        ]
    return [f"COPY FILES INTO {target} FROM @{STAGE};"]


def _obstacles(switch: Switch) -> tuple[list[str], list[str]]:
    """What a container app refuses: taken off before the switch, put back after the way back."""
    known, name = switch.described, switch.name
    if known is None:
        return [
            comment(
                "A container app has neither of these; take them off first where DESCRIBE shows them:"
            ),
            comment(f"ALTER STREAMLIT {name} EXECUTE AS OWNER;"),
            comment(f"ALTER STREAMLIT {name} SET IMPORTS = ();"),
        ], [comment("Set EXECUTE AS and IMPORTS again where they were set.")]
    before, after = [], []
    if "RESTRICTED" in known.execute_as.upper():
        before.append(f"ALTER STREAMLIT {name} EXECUTE AS OWNER;")
        after.append(f"ALTER STREAMLIT {name} EXECUTE AS RESTRICTED CALLER;")
    if known.imports:
        before.append(f"ALTER STREAMLIT {name} SET IMPORTS = ();")
        files = ", ".join(literal(file) for file in known.imports)
        after.append(f"ALTER STREAMLIT {name} SET IMPORTS = ({files});")
    return before, after


def _back(switch: Switch) -> Iterator[str]:
    known, name = switch.described, switch.name
    properties = dict(switch.sources)
    if "ARTIFACT_REPOSITORIES" in properties:
        yield f"ALTER STREAMLIT {name} UNSET ARTIFACT_REPOSITORIES;"
    warehouse = (
        stored(known.query_warehouse) if known and known.query_warehouse else switch.warehouse
    )
    yield _alter(name, [("RUNTIME_NAME", literal(WAREHOUSE)), ("QUERY_WAREHOUSE", warehouse)])
    if "EXTERNAL_ACCESS_INTEGRATIONS" in properties:
        if known is None:
            old = "(<OLD_INTEGRATIONS>)"
            yield f"ALTER STREAMLIT {name} SET EXTERNAL_ACCESS_INTEGRATIONS = {old};"
        elif known.integrations:
            old = f"({', '.join(stored(n) for n in known.integrations)})"
            yield f"ALTER STREAMLIT {name} SET EXTERNAL_ACCESS_INTEGRATIONS = {old};"
        else:
            yield f"ALTER STREAMLIT {name} UNSET EXTERNAL_ACCESS_INTEGRATIONS;"
    yield comment("Then deploy the old files again: `migrate undo` restores them.")


def _alter(name: str, properties: Sequence[tuple[str, str]]) -> str:
    lines = "".join(f"\n  {key} = {value}" for key, value in properties)
    return f"ALTER STREAMLIT {name} SET{lines};"
