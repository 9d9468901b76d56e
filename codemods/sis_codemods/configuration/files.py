"""The ``.streamlit`` files that an app is deployed with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from sis_codemods.switch.project import covers, of_app
from sis_migrate.codemod import AppContext
from sis_migrate.model import Span

_HEADER = re.compile(r"[ \t]*\[\[?\s*([^\[\]\r\n]+?)\s*\]\]?")


def streamlit_files(context: AppContext, name: str) -> Iterator[Path]:
    """The files ``.streamlit/<name>`` from the app's root down to its entry point's folder."""
    root, entry = context.app.root, context.app.entry_point
    folder = entry.parent if entry and entry.is_relative_to(root) else root
    for place in reversed([p for p in (folder, *folder.parents) if p.is_relative_to(root)]):
        path = place / ".streamlit" / name
        if context.workspace.exists(path):
            yield path


def is_uploaded(context: AppContext, path: Path) -> bool | None:
    """Whether the project file uploads a file; None where no project file tells."""
    found = of_app(context.app, context.workspace)
    if found is None:
        return None
    file, entity = found
    return any(covers(src, file.relative(path)) for src in entity.uploads)


def header_spans(text: str) -> dict[str, Span]:
    """The TOML tables of a text by name, and the line of each one's header."""
    spans: dict[str, Span] = {}
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        match = _HEADER.match(line)
        if match:
            name = ".".join(part.strip().strip("\"'") for part in match[1].split("."))
            spans.setdefault(name, Span(number, match.start() + 1, number, match.end() + 1))
    return spans
