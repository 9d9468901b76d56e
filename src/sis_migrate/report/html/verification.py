"""What `migrate verify` found: each stage of each run, with its one line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sis_migrate.report.html.markup import Markup, element, markup
from sis_migrate.report.html.words import badge, columns, folded, table
from sis_migrate.verified import Verified

_RUNS = {
    "warehouse": "Original, as on the warehouse",
    "container": "Original, in a container",
    "migrated": "Migrated, in a container",
}
_VERDICTS = {"passed": "done", "failed": "error", "not checked": "review", "skipped": "nothing"}
_ORDER = ("failed", "not checked", "passed")


def verdict(verified: Verified | None) -> Markup:
    """The worst verdict of the migrated app's stages, and the stages that have it."""
    if verified is None:
        return markup("not yet")
    runs = [run for run in verified.result["runs"] if run["kind"] == "migrated"]
    seen = {stage["stage"]: stage["verdict"] for run in runs for stage in run["stages"]}
    word = next((word for word in _ORDER if word in seen.values()), "skipped")
    stages = ", ".join(stage for stage, found in seen.items() if found == word)
    shown = badge(word, _VERDICTS[word])
    return markup(shown, " ", stages, "" if verified.current else ", before a change")


def verification(verified: Verified) -> Iterator[Markup]:
    """When it was, whether it still holds, and a table: stages by runs."""
    yield element("p", _when(verified))
    runs = verified.result["runs"]
    names = dict.fromkeys(stage["stage"] for run in runs for stage in run["stages"])
    rows = [
        element(
            "tr", element("th", name, scope="row"), [_cell(run, name, verified) for run in runs]
        )
        for name in names
    ]
    yield table("verified", columns("Stage", *map(_title, runs)), rows)


def _when(verified: Verified) -> str:
    since = (
        "Neither the code nor the migration has changed since."
        if verified.current
        else "The code or its migration has changed since: verify again."
    )
    return f"Verified {verified.when} with sis-migrate {verified.tool_version}. {since}"


def _title(run: Mapping[str, Any]) -> str:
    kind, streamlit = str(run["kind"]), run["streamlit"]
    return _RUNS.get(kind, kind) + (f" (Streamlit {streamlit})" if streamlit else "")


def _cell(run: Mapping[str, Any], name: str, verified: Verified) -> Markup:
    stage = next((stage for stage in run["stages"] if stage["stage"] == name), None)
    if stage is None:
        return element("td", "not run")
    word = stage["verdict"]
    details = [element("li", detail) for detail in stage["details"]]
    return element(
        "td",
        badge(word, _VERDICTS.get(word, "review")),
        " ",
        element("span", stage["line"], class_="message"),
        f" ({day})" if (day := verified.earlier(stage)) else "",
        folded(f"{len(details)} more", element("ul", details)) if details else "",
    )
