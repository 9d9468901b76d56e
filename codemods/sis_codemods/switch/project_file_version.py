"""Bring a ``snowflake.yml`` of version 1 or 1.1 with a Streamlit app to version 2.

**What it does.** Turns the ``streamlit:`` block into an entity: ``name``, ``schema`` and
``database`` become its ``identifier``, ``main_file``, ``env_file``, ``pages_dir`` and
``additional_source_files`` its ``artifacts``. Everything else, comments included, is indented and
otherwise left as written.

**Why.** Version 1 has no keys for a runtime or a compute pool.

**Example.**

Before:

```yaml
definition_version: 1
streamlit:
  name: sales
  query_warehouse: SALES_WH   # extra small
  main_file: streamlit_app.py
  env_file: environment.yml
```

After:

```yaml
definition_version: 2
entities:
  sales:
    type: streamlit
    identifier:
      name: sales
    query_warehouse: SALES_WH   # extra small
    main_file: streamlit_app.py
    artifacts:
      - streamlit_app.py
      - environment.yml
```

**What it leaves.** Files without a ``streamlit:`` block. Reported: files that also hold a native
app or Snowpark code, or parts of both versions; keys that version 1 does not have; and templates
that name values of the old shape (``ctx.streamlit``).

**Safety.** Safe: the CLI makes the same entity of the block when it deploys.

**Source.** "About Snowflake project definition files", "Converting project definition files",
https://docs.snowflake.com/en/developer-guide/snowflake-cli/project-definitions/about
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sis_codemods.switch import project
from sis_codemods.switch.project import Project
from sis_migrate.codemod import AppContext, DocumentCodemod
from sis_migrate.documents.yaml_spans import (
    Node,
    YamlError,
    column,
    line_start,
    newline,
    next_line,
    scalar,
)
from sis_migrate.model import Edit, Finding, Item, Safety, Splice, Status
from sis_migrate.textfile import TextError

codemod = DocumentCodemod(
    __name__,
    code="SIS702",
    name="project-file-version",
    summary="`snowflake.yml` of version 1 with a `streamlit:` block becomes version 2",
    item=Item.CLI,
    safety=Safety.SAFE,
    order=710,
)

_IDENTIFIER = ("name", "schema", "database")
_SOURCES = ("main_file", "env_file", "pages_dir", "additional_source_files")
_KEPT = ("stage", "query_warehouse", "title", "comment")
_REMEDY = "Write the app as an entity of version 2 by hand, or with `snow helpers v1-to-v2`."


@codemod.on_app
def convert(context: AppContext) -> Iterator[Edit | Finding]:
    """Convert the app's project file, or say why not."""
    path = context.app.project_file
    if path is None or not context.workspace.exists(path):
        return
    try:
        file = project.read(path, context.workspace)
    except (YamlError, TextError, OSError):
        return  # SIS701 reports it
    block = file.root.get("streamlit")
    if block is None:
        if file.version in {"1", "1.1"} and "native_app" in file.document:
            yield _found(file, file.root, "has no Streamlit entity: it deploys a native app")
        return
    why = _obstacle(file, block)
    if why:
        yield _found(file, block, why)
        return
    yield from _edits(file, block)


def _found(file: Project, node: Node, why: str) -> Finding:
    return Finding(
        file.path,
        f"not converted to version 2: {why}",
        Status.MANUAL,
        span=file.span(node),
        remedy=_REMEDY,
    )


def _obstacle(file: Project, block: Node) -> str:
    others = [key for key in ("native_app", "snowpark", "entities") if key in file.document]
    if others:
        return f"it also holds {' and '.join(others)}"
    if file.version not in {"1", "1.1"}:
        return f"it is of version {file.version} and has a block of version 1"
    if block.kind != "mapping" or block.flow or block.decorated or not block.entries:
        return "its streamlit block is not written key by key"
    if any(k.kind != "scalar" or column(file.text, k.start) != column(file.text, block.start)
           for k, _ in block.entries):  # fmt: skip
        return "its streamlit block is not written key by key"
    unknown = [
        k.value for k, _ in block.entries if k.value not in {*_IDENTIFIER, *_SOURCES, *_KEPT}
    ]
    if unknown:
        return f"version 1 has no {', '.join(unknown)}"
    if re.search(r"ctx\.streamlit\b", file.text):
        return "templates in it name values of the old shape (ctx.streamlit)"
    if block.get("name") is None:
        return "the app has no name"
    for key in (*_IDENTIFIER, "main_file", "env_file", "pages_dir"):
        node = block.get(key)
        if node is not None and (node.kind != "scalar" or not node.value):
            return f"{key} is not written as a text"
    sources = block.get("additional_source_files")
    if sources is not None and (sources.kind != "sequence" or sources.decorated):
        return "additional_source_files is not written as a list"
    return ""


@dataclass(frozen=True)
class _Entry:
    """A key with its value, the comment lines above it, and the comment behind it."""

    key: str
    value: Node
    above: str
    lines: str
    """From the key's line to the end of the last line of the value."""


def _edits(file: Project, block: Node) -> Iterator[Edit]:
    text, end = file.text, newline(file.text)
    version, key = file.root.get("definition_version"), file.root.entry("streamlit")
    assert version is not None
    assert key is not None
    entries = _entries(text, key[0], block)
    unit = " " * max(2, column(text, block.start) - column(text, key[0].start))
    body = _body(text, entries, unit)
    head = text[line_start(text, key[0].start) : key[0].start]
    comment = text[key[0].end : next_line(text, key[0].start)].partition(":")[2].rstrip()
    name = block.get("name")
    assert name is not None
    lines = [f"{head}entities:{comment}", f"{head}{unit}{_key(name.value)}:"]
    lines += [
        f"{head}{unit * 2}type: streamlit",
        *(f"{head}{line}" if line else "" for line in body),
    ]
    start = line_start(text, key[0].start)
    stop = next_line(text, block.end)
    closing = end if text[:stop].endswith(("\n", "\r")) else ""
    quote = text[version.start] if text[version.start] in "'\"" else ""
    message = "the project file becomes version 2, which has keys for runtime and compute pool"
    yield Edit(
        file.path,
        Splice(start, stop, end.join(lines) + closing),
        message,
        span=file.span(key[0]),
    )
    yield Edit(
        file.path,
        Splice(version.start, version.end, f"{quote}2{quote}"),
        message,
        silent=True,
    )


def _key(name: str) -> str:
    """The entity's key: the app's name, or what the CLI calls an app whose name is a template."""
    return "streamlit_entity_1" if project.TEMPLATE.search(name) else scalar(name)


def _entries(text: str, block_key: Node, block: Node) -> list[_Entry]:
    result = []
    position = next_line(text, block_key.start)
    for key, value in block.entries:
        start = line_start(text, key.start)
        stop = next_line(text, max(value.end, key.end))
        result.append(_Entry(key.value, value, text[position:start], text[start:stop]))
        position = stop
    return result


def _body(text: str, entries: list[_Entry], unit: str) -> list[str]:
    """The entity's lines, without the block's own indentation before them."""
    by_key = {entry.key: entry for entry in entries}
    lines: list[str] = []
    placed = False
    for entry in entries:
        lines += _shifted(entry.above, unit)
        if entry.key in _IDENTIFIER:
            if entry is next(e for e in entries if e.key in _IDENTIFIER):
                lines.append(f"{unit * 2}identifier:")
                for key in _IDENTIFIER:
                    if key in by_key:
                        lines += _shifted(by_key[key].lines, unit * 2)
        elif entry.key in {"env_file", "additional_source_files"}:
            if not placed and _is_last(entry, entries):
                lines += _artifacts(text, by_key, unit)
                placed = True
        else:
            lines += _shifted(entry.lines, unit)
    return lines if placed else lines + _artifacts(text, by_key, unit)


def _is_last(entry: _Entry, entries: list[_Entry]) -> bool:
    """Whether no later key of the block belongs to the artifacts."""
    later = entries[entries.index(entry) + 1 :]
    return not any(other.key in _SOURCES for other in later)


def _artifacts(text: str, by_key: dict[str, _Entry], unit: str) -> list[str]:
    lines = [f"{unit * 2}artifacts:"]
    main = by_key.get("main_file")
    lines.append(f"{unit * 3}- {_source(text, main.value) if main else 'streamlit_app.py'}")
    for key in ("env_file", "pages_dir"):
        if key in by_key:
            value = by_key[key].value
            behind = _comment(text, value) if key == "env_file" else ""
            lines.append(f"{unit * 3}- {_source(text, value)}{behind}")
    sources = by_key.get("additional_source_files")
    if sources is None:
        return lines
    if sources.value.flow:
        items = sources.value.items
        return [*lines, *(f"{unit * 3}- {_source(text, item)}" for item in items)]
    dashes = column(text, text.rindex("-", 0, sources.value.items[0].start))
    written = sources.lines.splitlines()[1:]
    kept = [line[min(dashes, len(line) - len(line.lstrip())) :] for line in written]
    return [*lines, *(f"{unit * 3}{line}" if line else "" for line in kept)]


def _source(text: str, node: Node) -> str:
    return text[node.start : node.end]


def _comment(text: str, node: Node) -> str:
    """The comment behind an item on its line."""
    rest = text[node.end : next_line(text, node.end)].rstrip()
    return rest if rest.lstrip().startswith("#") else ""


def _shifted(lines: str, unit: str) -> list[str]:
    return [f"{unit}{line}" if line.strip() else "" for line in lines.splitlines()]
