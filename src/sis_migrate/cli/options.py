"""Options that several commands share."""

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
OutputFormat = Annotated[
    Format | None, typer.Option("--format", help="How to print the result.", show_default=False)
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print only the places that need somebody.")
]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Print what was decided and why, too.")
]
