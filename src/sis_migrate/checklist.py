"""Where each item of the migration checklist stands for one app."""

from __future__ import annotations

from collections.abc import Iterable

from sis_migrate.model import Finding, Item, ItemState, Status, Step

TITLES = {
    Item.BACKUP: "Back up the code",
    Item.FROM: "Not created with ROOT_LOCATION",
    Item.STREAMLIT: "Streamlit 1.50 or later",
    Item.PYTHON: "Python 3.11",
    Item.CLI: "Snowflake CLI 3.14 or later",
    Item.POOL: "Compute pool and its USAGE grant",
    Item.EAI: "Package source: artifact repository or integration",
    Item.DEPS: "environment.yml to pyproject.toml or requirements.txt",
    Item.ATTACH: "Package source attached to the app",
    Item.SESSION: "get_active_session() to st.connection",
    Item.CACHE: "Caching reviewed",
    Item.THREADS: "Thread safety",
    Item.PRIVATE: "_snowflake replaced",
    Item.PATHS: "File paths and layout",
    Item.CONFIG: "secrets.toml and config.toml",
    Item.SWITCH: "RUNTIME_NAME, COMPUTE_POOL, QUERY_WAREHOUSE set",
    Item.LIVE: "Viewers with an open page",
}
DONE, NOTHING, REVIEW, BY_HAND = "done", "nothing to do", "review", "by hand"


def states(
    findings: Iterable[Finding],
    steps: Iterable[Step],
    covered: Iterable[Item],
    unread: Iterable[Item] = (),
) -> tuple[ItemState, ...]:
    """Every item with its state; ``covered`` are the items that this run's codemods looked at.

    ``unread`` are those with work in files that could not be read or parsed.

    An item is ``done`` or ``nothing to do`` only on positive evidence: some codemod looked, and
    fixed what it found or found nothing. What no codemod looked at is ``by hand``.
    """
    found, to_do, looked, missed = list(findings), list(steps), set(covered), set(unread)
    return tuple(
        ItemState(item, BY_HAND, "a file with work for it cannot be read")
        if item in missed
        else _state(item, found, to_do, looked=item in looked)
        for item in Item
    )


def _state(item: Item, findings: list[Finding], steps: list[Step], *, looked: bool) -> ItemState:
    own = [f for f in findings if f.item is item]
    counts = {s: sum(f.status is s for f in own) for s in Status}
    words = ", ".join(f"{n} {status}" for status, n in counts.items() if n)
    if counts[Status.MANUAL] or counts[Status.ERROR]:
        return ItemState(item, BY_HAND, words)
    todo = [s for s in steps if s.item is item]
    if todo:
        return ItemState(item, BY_HAND, "; ".join(s.title for s in todo))
    if counts[Status.REVIEW]:
        return ItemState(item, REVIEW, words)
    if counts[Status.FIXED]:
        return ItemState(item, DONE, words)
    if looked:
        return ItemState(item, NOTHING, "looked, nothing found")
    return ItemState(item, BY_HAND, "not looked at by this run")
