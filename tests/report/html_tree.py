"""A page as a tree, made by the stdlib's parser; tags that do not match are errors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from sis_migrate.checklist import TITLES
from sis_migrate.model import AppMigration, Migration, Settings
from sis_migrate.report.html import render
from sis_migrate.verified import Verified

_VOID = {"meta"}


@dataclass
class Node:
    """An element; ``children`` are elements and texts."""

    name: str
    attributes: dict[str, str]
    children: list[Node | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text in it."""
        return "".join(c if isinstance(c, str) else c.text for c in self.children)

    def all(self, name: str = "", class_: str = "") -> Iterator[Node]:
        """The elements in it, in the order of the page."""
        for child in self.children:
            if isinstance(child, Node):
                classes = child.attributes.get("class", "").split()
                if (not name or child.name == name) and (not class_ or class_ in classes):
                    yield child
                yield from child.all(name, class_)

    def one(self, name: str = "", class_: str = "") -> Node:
        """The only such element."""
        (found,) = self.all(name, class_)
        return found

    def section(self, title: str) -> Node:
        """The section, or what follows the heading in its parent, up to the next of its kind."""
        for node in [self, *self.all()]:
            for at, child in enumerate(node.children):
                if isinstance(child, Node) and child.name in {"h2", "h4"} and child.text == title:
                    own = Node("section", {})
                    for later in node.children[at + 1 :]:
                        if isinstance(later, Node) and later.name == child.name:
                            break
                        own.children.append(later)
                    return own
        raise AssertionError(f"no section {title}")


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Node("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute twice in <{tag}>"
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag not in _VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().name == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


def tree(page: str) -> Node:
    """The page's tree; AssertionError where tags do not match."""
    builder = _Builder()
    builder.feed(page)
    builder.close()
    assert builder.open == [builder.root]
    return builder.root


def page(
    migration: Migration,
    root: Path,
    *,
    applied: bool = False,
    settings: Settings | None = None,
    verified: Verified | None = None,
) -> Node:
    """The tree of the page about a migration, where each app has this verification."""

    def last(app: AppMigration) -> Verified | None:
        return verified

    return tree(
        render(
            migration,
            settings or Settings(),
            root,
            titles=TITLES,
            summaries={"SIS101": "What SIS101 does"},
            verified=last,
            applied=applied,
        )
    )
