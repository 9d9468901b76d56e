"""The report for a person at a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from sis_migrate.model import AppMigration, Finding, Migration, Status
from sis_migrate.report.lines import located, on_changed_lines
from sis_migrate.report.paths import relative
from sis_migrate.report.runtimes import words

_Paint = Callable[[str, str], str]

_COLOURS = {
    Status.FIXED: "32",
    Status.REVIEW: "33",
    Status.MANUAL: "35",
    Status.ERROR: "31",
}


def render(
    migration: Migration, cwd: Path, *, applied: bool, colour: bool, verbose: bool, quiet: bool
) -> str:
    """The findings app by app, and a last line that sums up.

    When ``applied`` the lines are those of the new text. ``verbose`` adds what tells an app from
    others and the remedies of what is fixed; ``quiet`` leaves only the places that need somebody.
    """
    paint = _painted if colour else _plain
    lines: list[str] = []
    for app in migration.apps:
        if not quiet:
            lines += _header(app, cwd, paint, verbose=verbose)
        findings = located(app.findings, migration, applied=applied)
        lines += _findings(findings, cwd, paint, verbose=verbose, quiet=quiet)
        lines += [] if quiet else [""]
    outside = located(migration.outside, migration, applied=applied)
    if outside and not quiet:
        lines.append(paint("1", "Outside of any app"))
    lines += _findings(outside, cwd, paint, verbose=verbose, quiet=quiet)
    if not quiet:
        lines += [""] if outside else []
        lines += [f"note: {note}" for note in migration.notes]
        lines.append(summary(migration, applied=applied))
    return "".join(f"{line}\n" for line in lines)


def summary(migration: Migration, *, applied: bool) -> str:
    """The last line: edits, what wants a look, what is left to a person, and the next command.

    An edit is a finding that is fixed, or wants a look at lines that the run changes.
    """
    findings = migration.findings()
    changed = {change.path for change in migration.changes()}
    counts = Counter(finding.status for finding in findings)
    looked_at = [finding for finding in findings if finding.status is Status.REVIEW]
    edits = counts[Status.FIXED] + sum(1 for _ in on_changed_lines(looked_at, migration))
    parts: list[str] = []
    if changed:
        what = number(edits, "edit") if edits else "Changes"
        parts.append(f"{what} in {number(len(changed), 'file')}{' written' if applied else ''}")
    if review := counts[Status.REVIEW]:
        parts.append(f"{number(review, 'place')} want{'s' if review == 1 else ''} a look")
    if manual := counts[Status.MANUAL]:
        # After "places" the number alone is enough.
        who = str(manual) if parts else number(manual, "place")
        parts.append(f"{who} need{'s' if manual == 1 else ''} you")
    if errors := counts[Status.ERROR]:
        parts.append(number(errors, "error"))
    return f"{'; '.join(parts) or _nothing(migration)}.{_next(changed, applied=applied)}"


def _nothing(migration: Migration) -> str:
    return "Nothing to do" if migration.apps else "No Streamlit-in-Snowflake app found"


def _next(changed: Iterable[Path], *, applied: bool) -> str:
    if not changed:
        return ""
    if applied:
        return " Run `migrate undo` to take them back."
    return " Run `migrate apply` to write them."


def number(count: int, noun: str) -> str:
    """``1 file``, ``2 files``."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _header(app: AppMigration, cwd: Path, paint: _Paint, *, verbose: bool) -> Iterator[str]:
    entry = app.app.entry_point
    shown = (
        "entry point unknown" if entry is None else f"entry point {relative(entry, app.app.root)}"
    )
    title = paint("1", f"{relative(app.app.root, cwd)}: {app.app.name}")
    yield f"{title} ({shown}, runtime {words(app.app.runtime)})"
    if verbose:
        yield from (f"  {evidence}" for evidence in app.app.evidence)


def _findings(
    findings: Iterable[Finding], cwd: Path, paint: _Paint, *, verbose: bool, quiet: bool
) -> Iterator[str]:
    said = ("", "", "")
    for finding in sorted(findings, key=_place):
        if quiet and finding.status is Status.FIXED:
            continue
        span = finding.span
        where = relative(finding.path, cwd) + (f":{span.line}:{span.column}" if span else "")
        status = paint(_COLOURS[finding.status], f"[{finding.status}]")
        yield f"{where}: {paint('1', finding.code)} {status} {finding.message}"
        shows = verbose or finding.status is not Status.FIXED
        advice = (finding.code, finding.message, finding.remedy if shows else "")
        if advice[2] and advice != said:  # findings in a row that say the same say it once
            yield from _remedy(advice[2])
        said = advice


def _remedy(remedy: str) -> Iterator[str]:
    first, *others = remedy.splitlines()
    yield f"  → {first}"
    yield from (f"    {line}" for line in others)


def _place(finding: Finding) -> tuple[Path, int, int, str]:
    span = finding.span
    return (finding.path, span.line if span else 0, span.column if span else 0, finding.code)


def _painted(code: str, text: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m"


def _plain(code: str, text: str) -> str:
    return text
