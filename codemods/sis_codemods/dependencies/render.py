"""The text of a new dependency file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from sis_codemods.dependencies.entries import Entry, Plan
from sis_codemods.dependencies.names import canonical
from sis_codemods.dependencies.versions import PYTHON

_INDENT = "    "


def project_table(name: str, plan: Plan) -> str:
    """A ``[project]`` table with the packages of a plan."""
    return "\n".join(
        [
            *_comments(plan.header),
            "[project]",
            f"name = {_string(project_name(name, plan))}",
            'version = "0.1.0"',
            f"requires-python = {_string(PYTHON)}",
            "dependencies = [",
            *(_INDENT + line for line in _toml_lines(plan.entries)),
            *(_INDENT + line for line in _comments(plan.trailer)),
            "]",
            "",
        ]
    )


def requirements(plan: Plan) -> str:
    """A ``requirements.txt`` with the packages of a plan."""
    lines = [*_comments(plan.header), *_requirement_lines(plan.entries), *_comments(plan.trailer)]
    return "\n".join([*lines, ""])


def project_name(name: str, plan: Plan) -> str:
    """A name that ``[project]`` accepts, and that none of the packages has: uv would refuse it."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "streamlit-app"
    return f"{plain}-app" if plain in {canonical(entry.name) for entry in plan.active} else plain


def _toml_lines(entries: Iterable[Entry]) -> Iterator[str]:
    for entry in entries:
        yield from _comments(entry.above)
        if entry.name:
            comment = f"  # {entry.comment}" if entry.comment else ""
            yield f"{_string(entry.requirement)},{comment}"
        else:
            yield from _comments([entry.comment])


def _requirement_lines(entries: Iterable[Entry]) -> Iterator[str]:
    for entry in entries:
        yield from _comments(entry.above)
        if entry.name:
            comment = f"  # {entry.comment}" if entry.comment else ""
            yield f"{entry.requirement}{comment}"
        else:
            yield from _comments([entry.comment])


def _comments(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield f"# {line}".rstrip()


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
