"""Printing a migration in the format that was asked for."""

from __future__ import annotations

import os
import sys
from typing import TextIO

from sis_migrate.cli.choices import Choices, Output
from sis_migrate.cli.options import Format
from sis_migrate.model import Migration


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

            _json(machine.document(migration, choices.settings, choices.cwd, applied=applied))
        case Format.SARIF:
            from sis_migrate.report import sarif

            summaries = {c.code: c.summary for c in choices.codemods}
            _json(sarif.document(migration, choices.cwd, applied=applied, summaries=summaries))
        case Format.GITHUB:
            from sis_migrate.report import github

            _print(github.render(migration, choices.cwd, applied=applied), sys.stdout)
        case Format.TEXT:
            _text(migration, choices, output, sys.stdout, applied=applied)


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


def _json(document: object) -> None:
    import json

    _print(json.dumps(document, indent=2, ensure_ascii=False) + "\n", sys.stdout)


def _print(text: str, stream: TextIO) -> None:
    """Print text whose file names the stream's encoding may lack."""
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
    stream.flush()


def _colours(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
