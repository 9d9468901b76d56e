"""What the owner runs for an app with ROOT_LOCATION: a second app beside it, then a rename.

Source: "Migrate your app from ROOT_LOCATION to FROM" (which creates the app anew in its place, and
whose SQL differs from the reference of "CREATE STREAMLIT"),
https://docs.snowflake.com/en/developer-guide/streamlit/migrations-and-upgrades/root-location,
https://docs.snowflake.com/en/sql-reference/sql/create-streamlit
"""

from __future__ import annotations

from collections.abc import Iterator

from sis_migrate.documents.sql_quoting import comment, identifier, literal, qualified, stored
from sis_migrate.model import Item, Step
from sis_migrate.switch.facts import LIVE_URI, OWNER, STAGE, Switch


def second_app(switch: Switch) -> Iterator[Step]:
    """The new app and the exchange of names: the old one stays until the new one is seen to run."""
    name = switch.name
    new, old = _beside(name, "_CONTAINER"), _beside(name, "_WAREHOUSE")
    forward = [
        comment(
            "The app was made with ROOT_LOCATION, which only a warehouse runs. This makes a second"
        ),
        comment("app beside it; look at that one before the two names are exchanged."),
        _create(switch, new, replaces=False),
        f"ALTER STREAMLIT {new} ADD LIVE VERSION FROM LAST;",
        comment(
            "Where the migrated files are elsewhere (at that location they change the old app):"
        ),
        comment(f"COPY FILES INTO '{LIVE_URI}' FROM @{STAGE};"),
        *_grants(switch, new),
    ]
    yield Step(
        OWNER,
        400,
        "Make a container app beside the old one",
        Item.FROM,
        sql="\n".join(forward),
        undo=f"DROP STREAMLIT IF EXISTS {new};",
    )
    exchange = [
        f"ALTER STREAMLIT {name} RENAME TO {old};",
        f"ALTER STREAMLIT {new} RENAME TO {name};",
        comment(f"When nobody needs the old one any more: DROP STREAMLIT {old};"),
        comment(
            "In one go instead, without a way back (a new address, and grants are lost until given"
        ),
        comment("again):"),
        *(comment(line) for line in _create(switch, name, replaces=True).splitlines()),
        comment(f"ALTER STREAMLIT {name} ADD LIVE VERSION FROM LAST;"),
    ]
    undo = [f"ALTER STREAMLIT {name} RENAME TO {new};", f"ALTER STREAMLIT {old} RENAME TO {name};"]
    yield Step(
        OWNER,
        420,
        "Give the container app the old one's name",
        Item.SWITCH,
        sql="\n".join(exchange),
        undo="\n".join(undo),
    )


def _create(switch: Switch, name: str, *, replaces: bool) -> str:
    known = switch.described
    properties = [
        ("MAIN_FILE", literal(switch.main_file.lstrip("/"))),
        *([("TITLE", literal(known.title))] if known and known.title else []),
        ("RUNTIME_NAME", literal(switch.target.runtime)),
        ("COMPUTE_POOL", identifier(switch.target.pool)),
        ("QUERY_WAREHOUSE", switch.warehouse),
    ]
    attached = dict(switch.sources)
    if known and known.integrations and "EXTERNAL_ACCESS_INTEGRATIONS" not in attached:
        attached["EXTERNAL_ACCESS_INTEGRATIONS"] = f"({', '.join(map(stored, known.integrations))})"
    if known and known.secrets:
        pairs = ", ".join(f"{literal(k)} = {qualified(v)}" for k, v in known.secrets.items())
        attached["SECRETS"] = f"({pairs})"
    if known and known.comment:
        attached["COMMENT"] = literal(known.comment)
    lines = "".join(f"\n  {key} = {value}" for key, value in [*properties, *attached.items()])
    verb = "CREATE OR REPLACE STREAMLIT" if replaces else "CREATE STREAMLIT"
    return f"{verb} {name}\n  FROM {switch.location}{lines};"


def _beside(name: str, suffix: str) -> str:
    return f'{name[:-1]}{suffix}"' if name.endswith('"') else f"{name}{suffix}"


def _grants(switch: Switch, name: str) -> Iterator[str]:
    kinds = {"ROLE": "ROLE", "DATABASE_ROLE": "DATABASE ROLE", "USER": "USER"}
    if not switch.grants:
        yield comment(
            f"Give the grants of the old app: GRANT USAGE ON STREAMLIT {name} TO ROLE <ROLE>;"
        )
    for grant in switch.grants:
        if grant.privilege.upper() == "OWNERSHIP":
            continue
        privilege = grant.privilege.upper()
        if grant.kind not in kinds or not privilege.replace(" ", "").isalpha():
            yield comment(f"By hand: {grant.privilege} to {grant.kind} {grant.grantee}")
            continue
        who = (
            ".".join(stored(p) for p in grant.grantee.split("."))
            if "_" in grant.kind
            else stored(grant.grantee)
        )
        option = " WITH GRANT OPTION" if grant.grantable else ""
        yield f"GRANT {privilege} ON STREAMLIT {name} TO {kinds[grant.kind]} {who}{option};"
