"""The text of a new dependency file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from sis_codemods.dependencies.entries import Entry, Plan
from sis_codemods.dependencies.names import canonical
from sis_codemods.dependencies.specifiers import PYTHON
from sis_migrate.addresses import without_secrets
from sis_migrate.model import Splice

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
            *_sources(plan),
            "",
        ]
    )


def below(text: str, table: str) -> Splice:
    """The splice that puts a table at the end of a file, in the file's own line ends."""
    newline = "\r\n" if "\r\n" in text else "\n"
    before = "" if not text or text.endswith("\n") else newline
    gap = newline if text.strip() else ""
    return Splice(len(text), len(text), before + gap + table.replace("\n", newline))


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
            yield f"{_string(entry.requirement)},{_trailing(entry)}"
        else:
            yield from _comments([entry.comment])


def _requirement_lines(entries: Iterable[Entry]) -> Iterator[str]:
    for entry in entries:
        yield from _comments(entry.above)
        if entry.name:
            line = f"./{entry.path}" if entry.path else entry.requirement
            yield f"{line}{_trailing(entry)}"
        else:
            yield from _comments([entry.comment])


def _sources(plan: Plan) -> list[str]:
    """Where uv finds the wheels among the app's files."""
    wheels = [entry for entry in plan.active if entry.path]
    lines = [f"{entry.name} = {{ path = {_string(entry.path)} }}" for entry in wheels]
    return ["", "[tool.uv.sources]", *lines] if lines else []


def _trailing(entry: Entry) -> str:
    return f"  # {_one_line(entry.comment)}" if entry.comment else ""


def _comments(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield f"# {_one_line(line)}".rstrip()


def _one_line(text: str) -> str:
    """A text that a comment of an uploaded file can hold; TOML allows no control characters."""
    return "".join(c if c.isprintable() else " " for c in without_secrets(text)).rstrip()


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
