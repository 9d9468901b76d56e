"""The command line: one file a command, each thin, importing its work when it runs."""

from __future__ import annotations

from sis_migrate.cli.program import main

__all__ = ["main"]
