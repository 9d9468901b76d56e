"""One app's part of the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sis_migrate.model import Item, ItemState, Runtime
from sis_migrate.report.html.changes import changes
from sis_migrate.report.html.findings import findings
from sis_migrate.report.html.markup import Markup, element, markup
from sis_migrate.report.html.steps import steps
from sis_migrate.report.html.subject import AppPage, Subject
from sis_migrate.report.html.verification import verdict, verification
from sis_migrate.report.html.words import (
    STATES,
    UNKNOWN,
    badge,
    columns,
    counts,
    folded,
    short_name,
    table,
)
from sis_migrate.report.paths import relative
from sis_migrate.report.runtimes import words

_MANY = 40


def states(page: AppPage, subject: Subject) -> Iterator[ItemState]:
    """Every item, in the checklist's order; one that the run does not tell is open."""
    told = {state.item: state for state in page.app.items}
    for item in subject.titles:
        state = told.get(item)
        known = state is not None and state.state in STATES
        yield state if state and known else ItemState(item, UNKNOWN, "not looked at by this run")


def item_id(page: AppPage, item: Item) -> str:
    """The id of an item's row."""
    return f"{page.id}-{item.value}"


def app(page: AppPage, subject: Subject, *, open_: bool) -> Markup:
    """The app, folded unless ``open_``; its id is inside, so that a link to it unfolds it."""
    migration = page.app
    title = element("h3", migration.app.name)
    place = element("code", relative(migration.app.root, subject.cwd))
    summary = markup(title, " ", place, " ", (markup(b, " ") for b in counts(migration.findings)))
    body = element(
        "div",
        _facts(page, subject),
        _part("Checklist", [_checklist(page, subject)]),
        _part("Findings", findings(migration.findings, subject)),
        _part("Left for people", steps(migration.steps)),
        _part("Verified", verification(page.verified) if page.verified else ()),
        _part("Changes", changes(page, subject)),
        id=page.id,
        class_="inside",
    )
    return folded(summary, body, open_=open_, class_="app")


def _part(title: str, content: Iterable[Markup]) -> Markup:
    shown = markup(content)
    return markup(element("h4", title), shown) if shown else shown


def _facts(page: AppPage, subject: Subject) -> Markup:
    migration = page.app
    entry = migration.app.entry_point
    runtime, unknown = words(migration.app.runtime), migration.app.runtime is Runtime.UNKNOWN
    told: list[tuple[str, str]] = [
        ("Folder", element("code", relative(migration.app.root, subject.cwd))),
        (
            "Entry point",
            "not known: several scripts could be it"
            if entry is None
            else element("code", relative(entry, migration.app.root)),
        ),
        ("Runtime", runtime if unknown else f"{runtime}, by the app's own files"),
        ("Evidence", _few(migration.app.evidence)),
    ]
    if migration.oldest_streamlit:
        told.append(("Migrated code needs", f"Streamlit {migration.oldest_streamlit}"))
    told.append(("Verified", verdict(page.verified)))
    return element("dl", [(element("dt", name), element("dd", value)) for name, value in told])


def _few(evidence: tuple[str, ...]) -> Markup:
    shown = [element("div", line) for line in evidence[:_MANY]]
    if len(evidence) > _MANY:
        shown.append(element("div", f"and {len(evidence) - _MANY} more"))
    return markup(shown)


def _checklist(page: AppPage, subject: Subject) -> Markup:
    rows = [
        element(
            "tr",
            element("th", subject.titles[state.item], " ", short_name(state.item), scope="row"),
            element("td", badge(state.state, STATES[state.state].class_)),
            element("td", state.evidence),
            id=item_id(page, state.item),
        )
        for state in states(page, subject)
    ]
    return table("checklist", columns("Item", "State", "Evidence"), rows)
