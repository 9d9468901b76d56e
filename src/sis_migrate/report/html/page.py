"""The whole page: one file that needs nothing beside it, neither a script nor the network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from importlib import resources
from pathlib import Path
from types import MappingProxyType

from sis_migrate import __version__
from sis_migrate.model import AppMigration, Item, Migration, Settings
from sis_migrate.report import text
from sis_migrate.report.html.app import app
from sis_migrate.report.html.findings import findings
from sis_migrate.report.html.markup import Markup, element, markup
from sis_migrate.report.html.overview import overview
from sis_migrate.report.html.subject import Subject, subject
from sis_migrate.report.html.words import counts, folded
from sis_migrate.verified import Verified, latest

_NO_SUMMARIES: Mapping[str, str] = MappingProxyType({})
_MANY_NOTES = 5
_CHECKLIST = (
    "https://docs.snowflake.com/en/developer-guide/streamlit/"
    "migrations-and-upgrades/runtime-migration"
)
# A second lock: should a text ever get past the escaping, a browser still runs and loads nothing.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def render(
    migration: Migration,
    settings: Settings,
    cwd: Path,
    *,
    titles: Mapping[Item, str],
    summaries: Mapping[str, str] = _NO_SUMMARIES,
    verified: Callable[[AppMigration], Verified | None] = latest,
    applied: bool = False,
) -> str:
    """The page as text without lone surrogates; the same run gives the same page.

    ``titles`` are the checklist's items, ``summaries`` one sentence a code, ``verified`` finds the
    last verification of an app. Paths are relative to ``cwd``; lines are those of the text before
    the run, or after it when ``applied``. Reads the files that findings name.
    """
    about = subject(migration, cwd, titles, verified, applied=applied)
    body = element(
        "main",
        _head(about, settings),
        _section("Apps", overview(about)) if len(about.apps) > 1 else "",
        _section("App by app", _apps(about)) if about.apps else "",
        _section("Outside of any app", findings(migration.outside, about)),
        _section("Notes", _notes(migration.notes)),
        _section("Codes", _codes(migration, summaries)),
    )
    title = " ".join(["Migration", *([about.apps[0].app.app.name] if len(about.apps) == 1 else [])])
    return f"<!DOCTYPE html>\n{element('html', _meta(title), element('body', body), lang='en')}\n"


def _meta(title: str) -> Markup:
    style = resources.files("sis_migrate.report.html").joinpath("style.css").read_text("utf-8")
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", **{"http-equiv": "Content-Security-Policy", "content": _POLICY}),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element("style", Markup(style)),
    )


def _head(about: Subject, settings: Settings) -> Markup:
    migration = about.migration
    done = "Streamlit in Snowflake: from the warehouse to the container"
    source = element("a", "Snowflake's page on the migration", href=_CHECKLIST, rel="noreferrer")
    return element(
        "header",
        element("h1", done),
        element("p", text.summary(migration, applied=about.applied), class_="summary"),
        element("p", _size(about), " ", (markup(b, " ") for b in counts(migration.findings()))),
        element("p", f"Made by sis-migrate {__version__}. ", _settings(settings), class_="made"),
        element(
            "p",
            "The lines and the diff are those of the files ",
            "after the run" if about.applied else "before the run, which has changed nothing",
            ". The items of the checklist are those of ",
            source,
            ".",
            class_="made",
        ),
    )


def _size(about: Subject) -> str:
    written = "changed" if about.applied else "to change"
    files = text.number(len(about.changes), "file")
    return f"{text.number(len(about.apps), 'app')}, {files} {written}."


def _settings(settings: Settings) -> Markup:
    usual = Settings()
    other = [
        f"{field.name.replace('_', '-')} = {_value(getattr(settings, field.name))}"
        for field in fields(settings)
        if getattr(settings, field.name) != getattr(usual, field.name)
    ]
    if not other:
        return markup("All settings are the usual ones.")
    return markup("Settings: ", [markup(element("code", one), " ") for one in other])


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_value(one)}" for key, one in value.items())
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _apps(about: Subject) -> Iterator[Markup]:
    for page in about.apps:
        yield app(page, about, open_=len(about.apps) == 1)


def _notes(notes: Sequence[str]) -> Iterator[Markup]:
    shown = [element("li", note) for note in notes]
    if len(notes) > _MANY_NOTES:
        yield folded(text.number(len(notes), "note"), element("ul", shown))
    elif notes:
        yield element("ul", shown)


def _codes(migration: Migration, summaries: Mapping[str, str]) -> Iterator[Markup]:
    seen = sorted({finding.code for finding in migration.findings()} & set(summaries))
    if seen:
        told = [(element("dt", element("code", c)), element("dd", summaries[c])) for c in seen]
        yield element("dl", told)


def _section(title: str, content: Iterator[Markup]) -> Markup:
    shown = markup(content)
    return element("section", element("h2", title), shown) if shown else shown
