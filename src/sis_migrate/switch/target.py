"""What an app is switched to: runtime, compute pool, warehouse, package source, from the settings.

Sources: "Runtime environments",
https://docs.snowflake.com/en/developer-guide/streamlit/app-development/runtime-environments, and
"Manage dependencies",
https://docs.snowflake.com/en/developer-guide/streamlit/app-development/dependency-management.
"""

from __future__ import annotations

from dataclasses import dataclass

from sis_migrate.model import Settings

CONTAINER = "SYSTEM$ST_CONTAINER_RUNTIME_PY3_11"
WAREHOUSE = "SYSTEM$WAREHOUSE_RUNTIME"
CONTAINER_FAMILY = "SYSTEM$ST_CONTAINER_RUNTIME"
SYSTEM_POOL = "SYSTEM_COMPUTE_POOL_CPU"
SHARED_REPOSITORY = "snowflake.snowpark.pypi_shared_repository"
INTEGRATION = "PYPI_ACCESS_INTEGRATION"
MANAGED_RULE = "snowflake.external_access.pypi_rule"
# Snowflake CLI release notes: runtime_name is sent for existing apps from 3.27 on, the schema has
# artifact_repositories from 3.31 on.
CLI_FOR_RUNTIME, CLI_FOR_REPOSITORIES = (3, 27), (3, 31)


@dataclass(frozen=True, slots=True)
class PackageSource:
    """Where the container installs packages from: ``kind`` is repository, integration or none."""

    kind: str
    name: str = ""

    @property
    def shared(self) -> bool:
        """Whether it is Snowflake's own shared repository."""
        return self.kind == "repository" and self.name == SHARED_REPOSITORY


@dataclass(frozen=True, slots=True)
class Target:
    """The choices of a run with their defaults filled in; ``query_warehouse`` may be ""."""

    runtime: str
    pool: str
    query_warehouse: str
    source: PackageSource
    cli: tuple[int, ...]

    @property
    def container(self) -> bool:
        """Whether the app is to run in a container (and not to stay on a warehouse)."""
        return self.runtime != WAREHOUSE

    @property
    def repositories_in_project_file(self) -> bool:
        """Whether the CLI that deploys knows artifact repositories."""
        return self.cli >= CLI_FOR_REPOSITORIES


def target(settings: Settings) -> Target:
    """Fill in the defaults; the settings have been checked by the command line."""
    runtime = {"": CONTAINER, "container": CONTAINER, "warehouse": WAREHOUSE}.get(
        settings.runtime.lower(), settings.runtime.upper()
    )
    return Target(
        runtime,
        settings.compute_pool or SYSTEM_POOL,
        settings.query_warehouse,
        package_source(settings.package_source),
        tuple(int(part) for part in settings.snowflake_cli.split(".") if part),
    )


def package_source(choice: str) -> PackageSource:
    """Read ``--package-source``: a kind, or ``kind:NAME``; ValueError for another kind."""
    kind, _, name = choice.partition(":")
    defaults = {"repository": SHARED_REPOSITORY, "integration": INTEGRATION, "none": ""}
    kind = kind or "repository"
    if kind not in defaults or (kind == "none" and name):
        raise ValueError(f"{choice!r}: write repository, integration or none")
    return PackageSource(kind, name or defaults[kind])


def is_container(runtime: str) -> bool:
    """Whether a runtime's name is one of the container runtimes."""
    return runtime.strip().upper().startswith(CONTAINER_FAMILY)
