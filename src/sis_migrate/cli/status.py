"""``migrate status``: every item of the checklist, app by app, with its evidence."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sis_migrate import checklist
from sis_migrate.cli.choices import Choices
from sis_migrate.cli.printing import write_bytes
from sis_migrate.model import AppMigration, Finding, Item, ItemState, Status
from sis_migrate.report.paths import relative

_SHOWN = 3


def status(choices: Choices) -> int:
    """Print the table; 1 where an item wants a look or is to be done by hand."""
    from sis_migrate.pipeline import plan

    paths = [choices.cwd / path for path in choices.paths]
    migration = plan(paths, choices.settings, codemods=choices.codemods)
    blocks = [_block(app, choices) for app in migration.apps]
    text = "\n".join(blocks) or "No Streamlit-in-Snowflake app found.\n"
    write_bytes(text.encode(errors="backslashreplace"))
    open_states = {checklist.REVIEW, checklist.BY_HAND}
    return int(any(i.state in open_states for app in migration.apps for i in items(app, choices)))


def _block(app: AppMigration, choices: Choices) -> str:
    lines = [f"{relative(app.app.root, choices.cwd)}: {app.app.name} (runtime {app.app.runtime})"]
    for state in items(app, choices):
        title = checklist.TITLES[state.item]
        lines.append(f"  {state.item:<9} {state.state:<14} {title}")
        lines.append(f"  {'':<24}   {state.evidence}{_cli(state.item)}")
        lines += [f"  {'':<24}   {line}" for line in _places(app, state.item, choices)]
    return "\n".join(lines) + "\n"


def _places(app: AppMigration, item: Item, choices: Choices) -> Iterator[str]:
    own = [f for f in app.findings if f.item is item]
    for finding in own[:_SHOWN]:
        line = f":{finding.span.line}" if finding.span else ""
        yield f"{relative(finding.path, choices.cwd)}{line}: [{finding.status}] {finding.message}"
    if len(own) > _SHOWN:
        yield f"and {len(own) - _SHOWN} more (`migrate check` shows them)"


def _cli(item: Item) -> str:
    """What the Snowflake CLI on this machine says of itself, for the item about it."""
    command = shutil.which("snow") if item is Item.CLI else None
    if command is None:
        return ""
    try:
        result = subprocess.run(
            [command, "--version"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return f"; here: {result.stdout.strip()}" if result.returncode == 0 else ""


def items(app: AppMigration, choices: Choices) -> tuple[ItemState, ...]:
    """The items as this run sees them, with what the recorded runs did and left to look at.

    A place that a run edited, and asked to be looked at, is gone from the text it left.
    """
    recorded = _recorded(app, choices)
    return tuple(_with(state, recorded, app) for state in app.items)


def _with(state: ItemState, recorded: list[Finding], app: AppMigration) -> ItemState:
    own = [f for f in recorded if f.item is state.item]
    if not own or state.state == checklist.BY_HAND:
        return state
    now = [f for f in app.findings if f.item is state.item]
    found = checklist.states([*now, *own], (), [state.item])
    merged = next(s for s in found if s.item is state.item)
    return replace(merged, evidence=f"{merged.evidence} (earlier runs included)")


def _recorded(app: AppMigration, choices: Choices) -> list[Finding]:
    """What the runs that stand did in this app: edits, and places to look at."""
    from sis_migrate.journal import records
    from sis_migrate.vcs import work_tree

    root = work_tree(app.app.root) or next(
        (p.resolve() for p in choices.paths if app.app.root.is_relative_to(p.resolve())), None
    )
    found: list[Finding] = []
    for run in records(root) if root else ():
        if run.undone:
            continue
        for recorded in run.record.get("apps", ()):
            if _is_same(recorded, app):
                found += [_finding(f, app) for f in recorded.get("findings", ()) if _counts(f)]
    return list(dict.fromkeys(found))


def _is_same(recorded: dict[str, Any], app: AppMigration) -> bool:
    """By the end of the path: a run may have been started in another folder."""
    entry = app.app.entry_point or app.app.root
    named = str(recorded.get("entry_point") or recorded.get("root") or "").strip("./")
    return recorded.get("name") == app.app.name and entry.as_posix().endswith(f"/{named}")


def _counts(finding: dict[str, Any]) -> bool:
    status, item = finding.get("status"), finding.get("item")
    return status in {Status.FIXED.value, Status.REVIEW.value} and bool(item)


def _finding(recorded: dict[str, Any], app: AppMigration) -> Finding:
    path = app.app.root / str(recorded.get("path", ""))
    return Finding(
        path,
        str(recorded.get("message", "")),
        Status(recorded["status"]),
        code=str(recorded.get("code", "")),
        item=Item(recorded["item"]),
    )
