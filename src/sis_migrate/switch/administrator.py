"""What an administrator runs: the compute pool, the package source, and their grants.

Sources: "Working with compute pools",
https://docs.snowflake.com/en/developer-guide/snowpark-container-services/working-with-compute-pool,
"Runtime environments" (sizes) and "Manage dependencies",
https://docs.snowflake.com/en/developer-guide/streamlit/app-development/runtime-environments,
https://docs.snowflake.com/en/developer-guide/streamlit/app-development/dependency-management
"""

from __future__ import annotations

from sis_migrate.documents.sql_quoting import comment, identifier, literal, qualified
from sis_migrate.model import Item, Step
from sis_migrate.switch.facts import ADMINISTRATOR, Switch
from sis_migrate.switch.target import MANAGED_RULE, SYSTEM_POOL


def pool(switch: Switch) -> Step:
    """The pool and its grant."""
    name = identifier(switch.target.pool)
    grant = f"GRANT USAGE ON COMPUTE POOL {name} TO ROLE {switch.owner};"
    if switch.target.pool.upper() == SYSTEM_POOL:
        lines = [
            comment(
                "The system pool is there in every account: three apps share a node, an idle node"
            ),
            comment("costs nothing, and PUBLIC may use it unless that was revoked."),
            f"SHOW COMPUTE POOLS LIKE {literal(SYSTEM_POOL)};",
            grant,
        ]
        return Step(
            ADMINISTRATOR,
            100,
            "Let the owner role use the system compute pool",
            Item.POOL,
            sql="\n".join(lines),
        )
    lines = [
        comment(
            "On a pool of its own each app takes a whole node. Streamlit runs in one process, so"
        ),
        comment(
            "more CPUs rarely help, memory does: CPU_X64_XS has 1 vCPU and 6 GiB, CPU_X64_S 3 vCPU"
        ),
        comment("and 13 GiB. MIN_NODES: apps that run at once; MAX_NODES: room for restarts."),
        comment("Source: Runtime environments, Snowflake's documentation of Streamlit."),
        f"CREATE COMPUTE POOL IF NOT EXISTS {name}",
        "  MIN_NODES = 1",
        "  MAX_NODES = 2",
        "  INSTANCE_FAMILY = CPU_X64_XS",
        "  AUTO_RESUME = TRUE;",
        grant,
    ]
    undo = [
        _back(switch, f"USAGE ON COMPUTE POOL {name}"),
        comment(f"Where nothing else uses it: DROP COMPUTE POOL {name};"),
    ]
    return Step(
        ADMINISTRATOR,
        100,
        "Make the compute pool and let the owner role use it",
        Item.POOL,
        sql="\n".join(lines),
        undo="\n".join(undo),
    )


def package_source(switch: Switch) -> Step:
    """The package source and its grant."""
    source, owner = switch.target.source, switch.owner
    if source.shared:
        return Step(
            ADMINISTRATOR,
            200,
            "Let the owner role install from Snowflake's shared package repository",
            Item.EAI,
            sql=f"GRANT DATABASE ROLE SNOWFLAKE.PYPI_REPOSITORY_USER TO ROLE {owner};",
            undo=_back(switch, "DATABASE ROLE SNOWFLAKE.PYPI_REPOSITORY_USER"),
        )
    if source.kind == "repository":
        name = qualified(source.name)
        return Step(
            ADMINISTRATOR,
            200,
            "Let the owner role install from the package repository",
            Item.EAI,
            sql=f"GRANT USAGE ON ARTIFACT REPOSITORY {name} TO ROLE {owner};",
            undo=_back(switch, f"USAGE ON ARTIFACT REPOSITORY {name}"),
        )
    name = identifier(source.name)
    lines = [
        f"CREATE EXTERNAL ACCESS INTEGRATION IF NOT EXISTS {name}",
        f"  ALLOWED_NETWORK_RULES = ({MANAGED_RULE})",
        "  ENABLED = TRUE;",
        f"GRANT USAGE ON INTEGRATION {name} TO ROLE {owner};",
    ]
    return Step(
        ADMINISTRATOR,
        200,
        "Make the integration for packages and let the owner role use it",
        Item.EAI,
        sql="\n".join(lines),
        undo=_back(switch, f"USAGE ON INTEGRATION {name}"),
    )


def _back(switch: Switch, grant: str) -> str:
    """A grant that other apps of the role may need, and may have had before: not taken by itself."""
    lines = [
        f"SHOW GRANTS TO ROLE {switch.owner};",
        comment(
            "Other apps of that role may need this, and it may be older than the switch; else:"
        ),
        comment(f"REVOKE {grant} FROM ROLE {switch.owner};"),
    ]
    return "\n".join(lines)
