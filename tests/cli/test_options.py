from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import typer.main

from sis_migrate.cli.program import program

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("command", "page"),
    [
        ("apply", "README.md"),
        ("check", "README.md"),
        ("status", "README.md"),
        ("sql", "README.md"),
        ("verify", "docs/verify.md"),
    ],
)
def test_every_option_of_a_command_is_on_its_page(command: str, page: str) -> None:
    group: Any = typer.main.get_command(program)
    options = [o for o in group.commands[command].params if o.opts[0].startswith("--")]
    assert options
    text = (ROOT / page).read_text(encoding="utf-8")
    named = [any(name in text for name in (*o.opts, *o.secondary_opts)) for o in options]
    assert [o.name for o, known in zip(options, named, strict=True) if not known] == []
