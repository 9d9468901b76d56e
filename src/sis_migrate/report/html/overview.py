"""All apps at a glance: a row an app, a column an item, and what the letters mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sis_migrate.model import Item, Status
from sis_migrate.report.html.app import item_id, states
from sis_migrate.report.html.markup import Markup, element, markup
from sis_migrate.report.html.subject import AppPage, Subject
from sis_migrate.report.html.verification import verdict
from sis_migrate.report.html.words import STATES, folded, table
from sis_migrate.report.paths import relative

_TOTALS = {"review": "apps with items to review", "by hand": "apps with items by hand"}


def overview(subject: Subject) -> Iterator[Markup]:
    """The legend and the table."""
    yield element("p", [_explained(state) for state in STATES], class_="legend")
    meaning = [(element("dt", i.value), element("dd", t)) for i, t in subject.titles.items()]
    yield folded("What the columns are", element("dl", meaning))
    yield table("apps", _head(subject), [_row(p, subject) for p in subject.apps], _foot(subject))


def _explained(state: str) -> Markup:
    look = STATES[state]
    return markup(element("span", look.letter, class_=f"letter {look.class_}"), f" {state}  ")


def _head(subject: Subject) -> Iterator[Markup]:
    yield element("th", "App", scope="col")
    for item, title in subject.titles.items():
        turned = element("span", item.value, title=title)
        yield element("th", turned, scope="col", class_="turned")
    for status in Status:
        yield element("th", element("span", status.value), scope="col", class_="turned")
    yield element("th", element("span", "files"), scope="col", class_="turned")
    if _any_verified(subject):
        yield element("th", "verified", scope="col")


def _row(page: AppPage, subject: Subject) -> Markup:
    app = page.app.app
    name = element("a", app.name, href=f"#{page.id}")
    place = element("code", relative(app.root, subject.cwd))
    found = Counter(finding.status for finding in page.app.findings)
    numbers = [found[status] for status in Status] + [len(page.app.changes)]
    cells = [element("td", str(n) if n else "", class_="number") for n in numbers]
    if _any_verified(subject):
        cells.append(element("td", verdict(page.verified)))
    return element(
        "tr",
        element("th", name, " ", place, scope="row"),
        [_cell(page, state.item, state.state) for state in states(page, subject)],
        cells,
    )


def _cell(page: AppPage, item: Item, state: str) -> Markup:
    look = STATES[state]
    link = element("a", look.letter, href=f"#{item_id(page, item)}")
    return element("td", link, class_=f"letter {look.class_}")


def _any_verified(subject: Subject) -> bool:
    return any(page.verified for page in subject.apps)


def _foot(subject: Subject) -> Markup:
    found = Counter(
        (state.item, state.state) for page in subject.apps for state in states(page, subject)
    )
    width = len(Status) + 1 + _any_verified(subject)
    return markup(
        element(
            "tr",
            element("th", words, scope="row"),
            [
                element("td", str(found[item, state] or ""), class_="number")
                for item in subject.titles
            ],
            element("td", colspan=str(width)),
        )
        for state, words in _TOTALS.items()
    )
