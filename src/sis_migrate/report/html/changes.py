"""The diff, coloured; its lines begin with their signs, so that it can be read without colours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from sis_migrate.model import FileChange
from sis_migrate.report.diff import hunks
from sis_migrate.report.html.markup import Markup, element, markup
from sis_migrate.report.html.sources import text
from sis_migrate.report.html.subject import AppPage, Subject
from sis_migrate.report.html.words import folded
from sis_migrate.report.paths import relative

_ELEMENTS = {"+": "ins", "-": "del", "@": "b", "\\": "i"}


def changes(page: AppPage, subject: Subject) -> Iterator[Markup]:
    """The changed files of an app; one that an earlier app has, too, is a link to there."""
    for change in page.app.changes:
        name = relative(change.path, subject.cwd)
        id_ = subject.diff_ids[change.path]
        if change.path in page.own_diffs:
            lines = element("pre", _diff(subject.changes[change.path]), class_="diff", id=id_)
            title = markup(element("code", name), " ", _kind(change))
            yield folded(title, lines, open_=True, class_="file")
        else:
            there = element("a", "shown with an earlier app", href=f"#{id_}")
            yield element("p", element("code", name), " ", there)


def _kind(change: FileChange) -> str:
    if change.before is None:
        return "(new)"
    return "(deleted)" if change.after is None else ""


def _diff(change: FileChange) -> Iterator[Markup]:
    before, after = (
        text(change.path, data or b"").encode("utf-8", "surrogatepass")
        for data in (change.before, change.after)
    )
    lines = [line.decode("utf-8", "surrogatepass") for line in hunks(before, after)]
    for sign, own in groupby(_without_returns(lines), key=lambda line: line[:1]):
        shown = "".join(own)
        yield element(_ELEMENTS[sign], shown) if sign in _ELEMENTS else markup(shown)


def _without_returns(lines: list[str]) -> Iterable[str]:
    """Line ends of two characters as one, unless only some of the lines have them."""
    ends = [line.endswith("\r\n") for line in lines if line[0] in "+- "]
    if not all(ends):
        return lines
    return [f"{line[:-2]}\n" if line.endswith("\r\n") else line for line in lines]
