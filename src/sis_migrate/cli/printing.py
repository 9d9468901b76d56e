"""Printing a migration in the format that was asked for."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO

from sis_migrate.cli.choices import Choices, Output
from sis_migrate.cli.options import Format
from sis_migrate.model import AppMigration, Migration

if TYPE_CHECKING:
    from sis_migrate.verified import Verified


def show(migration: Migration, choices: Choices, output: Output, *, applied: bool) -> None:
    """Print to stdout; with a diff there, the words go to stderr."""
    match output.format or Format.TEXT:
        case Format.DIFF:
            from sis_migrate.report.diff import colour, unified

            diff = unified(migration.changes(), choices.cwd)
            write_bytes(colour(diff) if _colours(sys.stdout) else diff)
            _text(migration, choices, output, sys.stderr, applied=applied)
        case Format.JSON:
            from sis_migrate.report import machine

            print_json(machine.document(migration, choices.settings, choices.cwd, applied=applied))
        case Format.SARIF:
            from sis_migrate.report import sarif

            summaries = {c.code: c.summary for c in choices.codemods}
            print_json(sarif.document(migration, choices.cwd, applied=applied, summaries=summaries))
        case Format.GITHUB:
            from sis_migrate.report import github

            _print(github.render(migration, choices.cwd, applied=applied), sys.stdout)
        case Format.HTML:
            show_html(migration, choices, applied=applied)
        case Format.TEXT:
            _text(migration, choices, output, sys.stdout, applied=applied)


def show_html(
    migration: Migration,
    choices: Choices,
    *,
    applied: bool = False,
    verified: Callable[[AppMigration], Verified | None] | None = None,
) -> None:
    """Print the page about a migration to stdout, as UTF-8 whatever the stream's encoding is.

    ``verified`` finds the verification of an app, by default the last one that was kept.
    """
    from sis_migrate.checklist import TITLES
    from sis_migrate.report.html import render
    from sis_migrate.verified import latest

    summaries = {c.code: c.summary for c in choices.codemods}
    page = render(
        migration,
        choices.settings,
        choices.cwd,
        titles=TITLES,
        summaries=summaries,
        verified=verified or latest,
        applied=applied,
    )
    write_bytes(page.encode())


def say(line: str) -> None:
    """Print a line to stdout, whatever characters it has."""
    _print(f"{line}\n", sys.stdout)


def write_bytes(data: bytes) -> None:
    """Write bytes to stdout as they are."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _text(
    migration: Migration, choices: Choices, output: Output, stream: TextIO, *, applied: bool
) -> None:
    from sis_migrate.report import text

    _print(
        text.render(
            migration,
            choices.cwd,
            applied=applied,
            colour=_colours(stream),
            verbose=output.verbose,
            quiet=output.quiet,
        ),
        stream,
    )


def print_json(document: object) -> None:
    """Print a JSON document to stdout."""
    import json

    _print(json.dumps(document, indent=2, ensure_ascii=False) + "\n", sys.stdout)


def _print(text: str, stream: TextIO) -> None:
    """Print text whose file names the stream's encoding may lack."""
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
    stream.flush()


def _colours(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
