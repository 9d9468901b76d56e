"""Findings by file, with the lines that they are about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from sis_migrate.model import Finding
from sis_migrate.report.html.markup import Markup, element, markup
from sis_migrate.report.html.subject import Subject
from sis_migrate.report.html.words import short_name, status
from sis_migrate.report.lines import located
from sis_migrate.report.paths import relative


def findings(of: Iterable[Finding], subject: Subject) -> Iterator[Markup]:
    """A list a file, in the order of names and lines."""
    moved = located(of, subject.migration, applied=subject.applied)
    for path, own in groupby(sorted(moved, key=_place), key=lambda finding: finding.path):
        title = element("code", relative(path, subject.cwd))
        yield element("h5", title, *_link(path, subject))
        yield element("ul", _list(own, subject), class_="findings")


def _link(path: Path, subject: Subject) -> Iterator[Markup]:
    if path in subject.diff_ids:
        yield markup(" ", element("a", "diff", href=f"#{subject.diff_ids[path]}"))


def _list(own: Iterable[Finding], subject: Subject) -> Iterator[Markup]:
    """Findings in a row that want the same, or are about the same lines, say and show it once."""
    said, shown = ("", ""), (0, 0)
    for finding in own:
        advice = (finding.code, finding.remedy)
        lines = (finding.span.line, finding.span.end_line) if finding.span else (0, 0)
        parts = _told(finding)
        if finding.remedy and advice != said:
            parts.append(element("p", finding.remedy, class_="remedy"))
        if finding.span and lines != shown:
            parts.append(subject.sources.excerpt(finding.path, finding.span))
        yield element("li", parts)
        said, shown = advice, lines


def _told(finding: Finding) -> list[str]:
    parts: list[str] = [status(finding.status), " ", element("code", finding.code), " "]
    if finding.span:
        parts.append(element("span", f"line {finding.span.line}: ", class_="line"))
    parts.append(element("span", finding.message, class_="message"))
    if finding.item:
        parts += [" ", short_name(finding.item)]
    return parts


def _place(finding: Finding) -> tuple[Path, int, int, str]:
    span = finding.span
    return (finding.path, span.line if span else 0, span.column if span else 0, finding.code)
