"""``migrate status``: every item of the checklist, app by app, with its evidence."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from sis_migrate import checklist
from sis_migrate.cli.choices import Choices
from sis_migrate.cli.options import StatusFormat
from sis_migrate.cli.printing import show_html, write_bytes
from sis_migrate.model import (
    App,
    AppMigration,
    Finding,
    Item,
    ItemState,
    Migration,
    Safety,
    Status,
)
from sis_migrate.report.paths import relative
from sis_migrate.report.runtimes import words
from sis_migrate.verified import Verified, latest
from sis_migrate.verify.words import printable

if TYPE_CHECKING:
    from sis_migrate.journal import RunRecord

_Records: TypeAlias = "Callable[[Path], tuple[RunRecord, ...]]"
_Verifications: TypeAlias = "Callable[[AppMigration], Verified | None]"
_SHOWN = 3
_SHOWS = {
    Item.STREAMLIT: ("viewer",),
    Item.PYTHON: ("install",),
    Item.DEPS: ("install", "import"),
    Item.SESSION: ("viewer",),
    Item.THREADS: ("viewers",),
}
"""The stages of `migrate verify` that say something about an item, the most telling last."""


def status(choices: Choices, format: StatusFormat = StatusFormat.TEXT) -> int:  # noqa: A002 - as its option
    """Print where things stand; 1 where an item wants a look or is to be done by hand.

    What a verification found is told and changes no state, so it does not count here.
    """
    verified = _once(latest)
    migration = standing(choices, verified)
    match format:
        case StatusFormat.JSON:
            from sis_migrate.cli.printing import print_json
            from sis_migrate.report import machine

            print_json(
                machine.document(migration, choices.settings, choices.cwd, verified=verified)
            )
        case StatusFormat.HTML:
            show_html(migration, choices, verified=verified)
        case StatusFormat.TEXT:
            snow = _snow() if migration.apps else ""
            blocks = [_block(app, choices, snow, verified(app)) for app in migration.apps]
            text = "\n".join(blocks) or "No Streamlit-in-Snowflake app found.\n"
            write_bytes(text.encode(errors="backslashreplace"))
    open_states = {checklist.REVIEW, checklist.BY_HAND}
    return int(any(i.state in open_states for app in migration.apps for i in app.items))


def standing(choices: Choices, verified: _Verifications = latest) -> Migration:
    """What is to do now, with the items as the recorded runs and verifications left them."""
    from sis_migrate.journal import records
    from sis_migrate.pipeline import plan

    paths = [choices.cwd / path for path in choices.paths]
    migration = plan(paths, choices.settings, codemods=choices.codemods)
    runs = cache(records)  # a record is about all apps of its run
    apps = tuple(
        replace(app, items=_items(app, choices, runs, verified(app))) for app in migration.apps
    )
    return replace(migration, apps=apps)


def _once(find: _Verifications) -> _Verifications:
    """Ask once for each app: whether it is the very code takes reading all of its files."""
    known: dict[App, Verified | None] = {}

    def found(app: AppMigration) -> Verified | None:
        if app.app not in known:
            known[app.app] = find(app)
        return known[app.app]

    return found


def _block(app: AppMigration, choices: Choices, snow: str, found: Verified | None) -> str:
    head = f"{relative(app.app.root, choices.cwd)}: {app.app.name}"
    lines = [f"{head} (runtime {words(app.app.runtime)})"]
    for state in app.items:
        title = checklist.TITLES[state.item]
        lines.append(f"  {state.item:<9} {state.state:<14} {title}")
        here = snow if state.item is Item.CLI else ""
        lines.append(f"  {'':<24}   {state.evidence}{here}")
        lines += [f"  {'':<24}   {line}" for line in _places(app, state.item, choices)]
    return "\n".join([*lines, *_verified(found)]) + "\n"


def _places(app: AppMigration, item: Item, choices: Choices) -> Iterator[str]:
    own = [f for f in app.findings if f.item is item]
    for finding in own[:_SHOWN]:
        line = f":{finding.span.line}" if finding.span else ""
        yield f"{relative(finding.path, choices.cwd)}{line}: [{finding.status}] {finding.message}"
    if len(own) > _SHOWN:
        yield f"and {len(own) - _SHOWN} more (`migrate check` shows them)"


def _verified(found: Verified | None) -> Iterator[str]:
    """The block about `migrate verify`: the migrated run, and a line for the originals."""
    if found is None:
        yield "  verified  not yet: `migrate verify` runs the app before and after"
        return
    code = (
        "this very code"
        if found.current
        else "other code: the app, or what `migrate` makes of it, has changed since"
    )
    yield f"  verified  {printable(found.when[:10])}, {code}"
    for run in found.result["runs"]:
        version = f" (Streamlit {printable(run['streamlit'])})" if run["streamlit"] else ""
        if run["kind"] == "migrated":
            yield f"    migrated, in a container{version}"
            for stage in run["stages"]:
                line = printable(stage["line"])
                day = printable(found.earlier(stage))
                line += f" ({day})" if day else ""
                yield f"      {stage['stage']:<8} {stage['verdict']:<11}  {line}"
    before = [run for run in found.result["runs"] if run["kind"] != "migrated"]
    if before:
        yield f"    original: {'; '.join(map(_in_short, before))}"


_WHERE = {"warehouse": "as on the warehouse", "container": "in a container"}


def _in_short(run: Mapping[str, Any]) -> str:
    failed = [s["stage"] for s in run["stages"] if s["verdict"] == "failed"]
    unclear = [s["stage"] for s in run["stages"] if s["verdict"] == "not checked"]
    passed = any(s["verdict"] == "passed" for s in run["stages"])
    words = [f"{', '.join(failed)} failed"] if failed else ["nothing failed"] if passed else []
    words += [f"{', '.join(unclear)} not checked"] if unclear else []
    return f"{_WHERE.get(run['kind'], run['kind'])} {', '.join(words) or 'not run'}"


def _snow() -> str:
    """What the Snowflake CLI on this machine says of itself, for the item about it."""
    command = shutil.which("snow")
    if command is None:
        return ""
    try:
        result = subprocess.run(
            [command, "--version"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return f"; here: {result.stdout.strip()}" if result.returncode == 0 else ""


def _items(
    app: AppMigration, choices: Choices, runs: _Records, found: Verified | None
) -> tuple[ItemState, ...]:
    """The items as this run sees them, with what the recorded runs did and left to look at.

    A place that a run edited, and asked to be looked at, is gone from the text it left.
    """
    recorded = _recorded(app, choices, runs)
    states = (_with(state, recorded, app) for state in app.items)
    return tuple(_seen(state, found) for state in states)


def _seen(state: ItemState, found: Verified | None) -> ItemState:
    """The item with what a verification of this very code says about it."""
    if found is None or not found.current or state.item not in _SHOWS:
        return state
    runs = [run for run in found.result["runs"] if run["kind"] == "migrated"]
    stages = {stage["stage"]: stage for run in runs for stage in run["stages"]}
    telling = [stages[name] for name in _SHOWS[state.item] if name in stages]
    failed = [stage for stage in telling if stage["verdict"] == "failed"]
    told = failed or [stage for stage in telling[-1:] if stage["verdict"] == "passed"]
    if not told:
        return state
    said = f"`migrate verify`: {told[0]['stage']} {told[0]['verdict']}"
    return replace(state, evidence=f"{state.evidence}; {said}: {printable(told[0]['line'])}")


def _with(state: ItemState, recorded: list[Finding], app: AppMigration) -> ItemState:
    now = [f for f in app.findings if f.item is state.item]
    still = {_told(f) for f in now}
    own = [f for f in recorded if f.item is state.item]
    own = [f for f in own if f.status is Status.FIXED or _told(f) not in still]
    if not own or state.state == checklist.BY_HAND:
        return state
    found = checklist.states([*now, *own], (), [state.item])
    merged = next(s for s in found if s.item is state.item)
    return replace(merged, evidence=f"{merged.evidence} (earlier runs included)")


def _told(finding: Finding) -> tuple[str, Path, str]:
    """What a finding says of which file, whatever its lines and counts have become."""
    return finding.code, finding.path, re.sub(r"\d+", "#", finding.message)


def _recorded(app: AppMigration, choices: Choices, runs: _Records) -> list[Finding]:
    """What the runs that stand did in this app: edits, and places to look at.

    Not what codemods said that never edit: what they find, they find now as well.
    """
    silent = {c.code for c in choices.codemods if c.safety is Safety.REPORT}
    from sis_migrate.vcs import work_tree

    root = work_tree(app.app.root) or next(
        (p.resolve() for p in choices.paths if app.app.root.is_relative_to(p.resolve())), None
    )
    found: list[Finding] = []
    for run in runs(root) if root else ():
        if run.undone:
            continue
        for recorded in run.record.get("apps", ()):
            if _is_same(recorded, app):
                found += [_finding(f, app) for f in recorded.get("findings", ()) if _counts(f)]
    return [f for f in dict.fromkeys(found) if f.code not in silent]


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
