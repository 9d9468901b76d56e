"""The options that several commands share, and those of `migrate verify`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    """How results are printed."""

    TEXT = "text"
    DIFF = "diff"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"
    HTML = "html"


class Role(StrEnum):
    """Who runs a script."""

    ADMINISTRATOR = "administrator"
    OWNER = "owner"
    ROLLBACK = "rollback"


class StatusFormat(StrEnum):
    """How the state of the checklist is printed."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"


class VerifyFormat(StrEnum):
    """How the results of a verification are printed."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"


Paths = Annotated[
    list[Path] | None,
    typer.Argument(help="Apps, folders with apps, or single files (default: this folder)."),
]
Select = Annotated[
    list[str] | None,
    typer.Option(
        "--select", metavar="CODES", help="Only these codemods: codes or prefixes, comma-separated."
    ),
]
Ignore = Annotated[
    list[str] | None,
    typer.Option("--ignore", metavar="CODES", help="Not these codemods: codes or prefixes."),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option("--exclude", metavar="GLOB", help="Pass over files and folders that match."),
]
Unsafe = Annotated[
    bool | None,
    typer.Option(
        "--unsafe/--no-unsafe",
        help="Also make the edits that change behaviour.",
        show_default=False,
    ),
]
Requirements = Annotated[
    bool, typer.Option("--requirements", help="Write a requirements.txt.", show_default=False)
]
Pyproject = Annotated[
    bool, typer.Option("--pyproject", help="Write a pyproject.toml.", show_default=False)
]
NoDependencyFile = Annotated[
    bool,
    typer.Option(
        "--no-dependency-file",
        help="Write no dependency file where the container has all that the app needs.",
        show_default=False,
    ),
]
Streamlit = Annotated[
    str | None,
    typer.Option("--streamlit", metavar="X.Y", help="The Streamlit that the app is to run on."),
]
RemoveEnvironment = Annotated[
    bool | None,
    typer.Option(
        "--remove-environment/--keep-environment",
        help="Delete environment.yml once it is converted.",
        show_default=False,
    ),
]


class SessionForm(StrEnum):
    """How migrated code gets its session."""

    AUTO = "auto"
    DOCUMENTED = "documented"
    ACCESSOR = "accessor"
    VIEWER = "viewer"


Session = Annotated[
    SessionForm | None,
    typer.Option(
        "--session",
        help="How the code is to get its session (default auto: by what the app does).",
        show_default=False,
    ),
]
ComputePool = Annotated[
    str | None,
    typer.Option(
        "--compute-pool",
        metavar="NAME",
        help="The compute pool of the app (default: the system pool, which every account has).",
    ),
]
QueryWarehouse = Annotated[
    str | None,
    typer.Option("--query-warehouse", metavar="NAME", help="The warehouse of the app's queries."),
]
Runtime = Annotated[
    str | None,
    typer.Option(
        "--runtime",
        metavar="NAME",
        help="container (default); warehouse: the app stays there, project file and SQL only say so "
        "where they name no runtime, while code and dependencies are edited all the same; or a "
        "runtime's full name.",
    ),
]
PackageSource = Annotated[
    str | None,
    typer.Option(
        "--package-source",
        metavar="KIND",
        help="Where packages come from: repository (Snowflake's shared one, default), integration, "
        "none, or KIND:NAME for one of yours.",
    ),
]
SnowflakeCli = Annotated[
    str | None,
    typer.Option(
        "--snowflake-cli",
        metavar="X.Y",
        help="The Snowflake CLI that deploys; keys that newer ones need are not written.",
    ),
]
Resolve = Annotated[
    bool,
    typer.Option(
        "--resolve",
        help="Ask uv, over the network, for package versions that fit together.",
        show_default=False,
    ),
]
ProjectFile = Annotated[
    bool | None,
    typer.Option(
        "--project-file/--no-project-file",
        help="Write a snowflake.yml for an app without one.",
        show_default=False,
    ),
]
OwnerRole = Annotated[
    str | None, typer.Option("--owner-role", metavar="NAME", help="The role that owns the app.")
]
AdminRole = Annotated[
    str | None,
    typer.Option(
        "--admin-role", metavar="NAME", help="The administrator's role (default: ACCOUNTADMIN)."
    ),
]
Stages = Annotated[
    str | None,
    typer.Option(
        "--stages",
        metavar="NAMES",
        help="Only these: install, import, start, viewer, viewers (comma-separated).",
    ),
]
Install = Annotated[bool, typer.Option("--install", help="Only the stages install and import.")]
Viewers = Annotated[
    int, typer.Option("--viewers", min=2, max=50, help="How many viewers come at once.")
]
Reruns = Annotated[
    int, typer.Option("--reruns", min=1, max=100, help="How often each runs each page.")
]
Before = Annotated[
    bool, typer.Option("--before/--no-before", help="Run the original too, to compare with.")
]
Seed = Annotated[
    Path | None, typer.Option("--seed", metavar="FILE", help="SQL that the emulator runs first.")
]
Connection = Annotated[
    str | None,
    typer.Option(
        "--connection",
        metavar="NAME",
        help="Your account, by its name in connections.toml, instead of the emulator.",
    ),
]
Timeout = Annotated[
    float,
    typer.Option("--timeout", min=1, help="Seconds that a run of a page, or an import, may take."),
]
Memory = Annotated[int, typer.Option("--memory", min=100, help="Megabytes that the app may take.")]
CacheDir = Annotated[
    Path | None,
    typer.Option("--cache-dir", metavar="FOLDER", help="Where environments are kept."),
]
OutputFormat = Annotated[
    Format | None, typer.Option("--format", help="How to print the result.", show_default=False)
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print only the places that need somebody.")
]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Print what was decided and why, too.")
]
