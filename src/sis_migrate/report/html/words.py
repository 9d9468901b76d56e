"""The small parts that several sections of the page are made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sis_migrate.model import Finding, Item, Status
from sis_migrate.report.html.markup import Markup, element, markup


@dataclass(frozen=True)
class Look:
    """How a state is shown: a letter for the table of all apps, a colour by its class."""

    letter: str
    class_: str


# By the words of model.ItemState, in the order of the legend.
STATES = {
    "done": Look("D", "done"),
    "nothing to do": Look("–", "nothing"),
    "review": Look("R", "review"),
    "by hand": Look("H", "hand"),
}
UNKNOWN = "by hand"
_STATUSES = {
    Status.FIXED: "done",
    Status.REVIEW: "review",
    Status.MANUAL: "hand",
    Status.ERROR: "error",
}


def badge(words: str, class_: str) -> Markup:
    """Words on a colour."""
    return element("span", words, class_=f"badge {class_}")


def status(of: Status) -> Markup:
    """The badge of a finding."""
    return badge(of.value, _STATUSES[of])


def short_name(item: Item) -> Markup:
    """What the table of all apps calls an item."""
    return element("span", item.value, class_="item")


def counts(findings: Iterable[Finding]) -> Iterator[Markup]:
    """A badge for each status that findings have."""
    found = Counter(finding.status for finding in findings)
    for one in Status:
        if found[one]:
            yield badge(f"{found[one]} {one}", _STATUSES[one])


def table(class_: str, head: Iterable[str], rows: Iterable[Markup], foot: str = "") -> Markup:
    """A table that scrolls where the page is too narrow; ``head`` are its ``th``, ``rows`` ``tr``."""
    parts = [element("thead", element("tr", head)), element("tbody", rows)]
    if foot:
        parts.append(element("tfoot", foot))
    return element("div", element("table", parts), class_=f"scrolls {class_}")


def columns(*titles: str) -> list[Markup]:
    """Plain heads of a table's columns."""
    return [element("th", title, scope="col") for title in titles]


def folded(summary: str, *content: Markup, open_: bool = False, class_: str = "") -> Markup:
    """A part that opens with a click, and is open on paper."""
    attributes = ({"class_": class_} if class_ else {}) | ({"open": ""} if open_ else {})
    return element("details", element("summary", summary), markup(*content), **attributes)
