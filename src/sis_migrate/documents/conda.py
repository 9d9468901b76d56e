"""Reading ``environment.yml`` with the place of every entry; nothing here writes.

The keys that matter are ``name``, ``channels`` and ``dependencies`` (strings, and one mapping
``pip:``). Source: "Managing dependencies" (Streamlit in Snowflake, warehouse runtime),
https://docs.snowflake.com/en/developer-guide/streamlit/app-development/dependency-management, and
"Managing environments" in the conda documentation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sis_migrate.documents.environment_nodes import (
    NULL,
    TEMPLATE,
    compose,
    kind,
    line_of,
    source,
    span_of,
)
from sis_migrate.documents.environment_nodes import EnvironmentFileError as EnvironmentFileError
from sis_migrate.documents.matchspec import SpecError, parse_spec
from sis_migrate.model import Span

if TYPE_CHECKING:
    from yaml.nodes import MappingNode, Node

_VARIABLE = re.compile(r"\$\{.*?\}|\$\w+|%\w+%")
_COMMENT_LINE = re.compile(r"[ \t]*#[ \t]?(.*)")
_TRAILING = re.compile(r"""['"]?[ \t]+#[ \t]?(.*)""")
_STRING = "tag:yaml.org,2002:str"


@dataclass(frozen=True, slots=True)
class CondaSpec:
    """One conda package of the list; see :class:`~sis_migrate.documents.matchspec.MatchSpec`.

    ``raw`` is the entry as written, ``comment`` the YAML comment behind it without its ``#``.
    """

    raw: str
    name: str
    version: str
    build: str
    channel: str
    extras: tuple[str, ...]
    span: Span
    comment: str = ""


@dataclass(frozen=True, slots=True)
class PipItem:
    """One line of the ``pip:`` list, as pip would read it in a requirements file."""

    raw: str
    span: Span
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Channel:
    """An entry of ``channels``, a name or an address."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment that has a line to itself; ``text`` is without ``#``, ``line`` 1-based."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the file that cannot be converted, and where; ``message`` is a sentence part.

    ``raw`` is an entry of the list of packages as written, in one line, "" for anything else.
    """

    message: str
    line: int
    raw: str = ""
    column: int = 1


@dataclass(frozen=True, slots=True)
class Environment:
    """An ``environment.yml``. ``comments`` are the comment lines of the whole file, in order."""

    name: str = ""
    channels: tuple[Channel, ...] = ()
    specs: tuple[CondaSpec, ...] = ()
    pip: tuple[PipItem, ...] = ()
    comments: tuple[Comment, ...] = ()
    problems: tuple[Problem, ...] = ()
    dependencies_line: int = 0
    """The line of the key ``dependencies``, 0 where there is none."""


def parse_environment(text: str) -> Environment:
    """Parse the text of an ``environment.yml``.

    Whatever is wrong with single entries becomes a :class:`Problem`; EnvironmentFileError, with the
    line, where there is no telling what the file says at all.
    """
    text = text.removeprefix("\ufeff")
    root = compose(text)
    lines = text.splitlines()
    comments = tuple(_comments(lines))
    if root is None:
        return Environment(comments=comments, problems=(Problem("the file is empty", 1),))
    return _Reader(lines, comments).environment(root)


def _comments(lines: list[str]) -> Iterator[Comment]:
    for number, line in enumerate(lines, 1):
        match = _COMMENT_LINE.fullmatch(line)
        if match:
            yield Comment(match.group(1).rstrip(), number)


class _Reader:
    """Walks the composed nodes and gathers entries and problems."""

    def __init__(self, lines: list[str], comments: tuple[Comment, ...]) -> None:
        self.lines = lines
        self.comments = comments
        self.specs: list[CondaSpec] = []
        self.pip: list[PipItem] = []
        self.problems: list[Problem] = []

    def environment(self, root: MappingNode) -> Environment:
        top = self._top(root)
        name = self._name(top.get("name"))
        channels = tuple(self._channels(top.get("channels")))
        dependencies = top.get("dependencies")
        if dependencies is None:
            self.problems.append(Problem("there is no list of dependencies", 1))
        elif kind(dependencies) == "scalar" and dependencies.tag == NULL:
            self._problem(dependencies, "'dependencies' has no entries")
        elif kind(dependencies) == "sequence":
            for node in dependencies.value:
                self._dependency(node)
        else:
            self._lost(dependencies, "is not a list of dependencies")
        line = next((line_of(k) for k, _ in root.value if k.value == "dependencies"), 0)
        return Environment(
            name=name,
            channels=channels,
            specs=tuple(self.specs),
            pip=tuple(self.pip),
            comments=self.comments,
            problems=tuple(self.problems),
            dependencies_line=line,
        )

    def _top(self, root: MappingNode) -> dict[str, Node]:
        top: dict[str, Node] = {}
        for key, value in root.value:
            name = key.value if isinstance(key.value, str) else ""
            if name in top:
                self._problem(key, f"the key {name!r} occurs twice; the later one counts")
            top[name] = value
        return top

    def _name(self, node: Node | None) -> str:
        if node is None or not isinstance(node.value, str) or node.tag == NULL:
            return ""
        if TEMPLATE.search(node.value):
            self._problem(node, "the name is a template")
            return ""
        return node.value.strip()

    def _channels(self, node: Node | None) -> Iterator[Channel]:
        if node is None:
            return
        if kind(node) != "sequence":
            words = "has no entries" if node.tag == NULL else "is not a list"
            self._problem(node, f"'channels' {words}")
            return
        for item in node.value:
            if kind(item) == "scalar" and item.tag != NULL:
                yield Channel(item.value, span_of(item))
            else:
                self._problem(item, "an entry of 'channels' is not a name")

    def _dependency(self, node: Node) -> None:
        if kind(node) == "sequence":
            self._lost(node, "is a list inside the list of dependencies")
        elif kind(node) == "mapping":
            self._mapping(node)  # type: ignore[arg-type]  # its kind says so
        elif (value := self._text(node)) is not None:
            self._spec(node, value)

    def _mapping(self, node: MappingNode) -> None:
        for key, value in node.value:
            if key.value == "pip" and kind(value) == "sequence":
                for item in value.value:
                    self._pip_item(item)
            elif key.value == "pip" and value.tag == NULL:
                self._problem(value, "'pip' has no entries")
            elif key.value == "pip":
                self._lost(node, "is not a list of lines for pip")
            elif isinstance(key.value, str) and kind(value) == "scalar":
                bare = value.tag == NULL
                written = f"{key.value}:" if bare else f"{key.value}: {value.value}"
                meant = key.value if bare else f"{key.value}={value.value}"
                message = f"{written!r} is a mapping, not a package; write `{meant}`"
                self._problem(key, message, written)
            else:
                self._lost(node, "is a mapping inside the list of dependencies")
                return

    def _lost(self, node: Node, why: str) -> None:
        """A problem with something that may hold packages, which it therefore names."""
        written = source(node, self.lines)
        why = "is a template" if TEMPLATE.search(written) else why
        self._problem(node, f"{written!r} {why}", written)

    def _pip_item(self, node: Node) -> None:
        if kind(node) != "scalar":
            self._lost(node, "is not a line of text for pip")
        elif (value := self._text(node)) is not None:
            self.pip.append(PipItem(value, span_of(node), self._trailing(node)))

    def _text(self, node: Node) -> str | None:
        """The text of a scalar entry; None, and a problem, where it is not usable as one."""
        if node.tag == NULL:
            self._problem(node, "an empty entry")
        elif node.tag != _STRING:
            self._problem(node, f"{node.value!r} is not a package name", node.value)
        elif node.start_mark.line != node.end_mark.line and "\n" not in node.value:
            self._problem(node, f"{node.value!r} runs over several lines", node.value)
        elif TEMPLATE.search(node.value):
            self._problem(node, f"{node.value!r} is a template", node.value)
        else:
            return str(node.value).strip()
        return None

    def _spec(self, node: Node, value: str) -> None:
        if _VARIABLE.search(value):
            self._problem(node, f"{value!r} has a variable in it that nobody fills in", value)
            return
        try:
            spec = parse_spec(value)
        except SpecError as error:
            self._problem(node, f"{value!r} {error}", value)
            return
        self.specs.append(
            CondaSpec(
                raw=value,
                name=spec.name,
                version=spec.version,
                build=spec.build,
                channel=spec.channel,
                extras=spec.extras,
                span=span_of(node),
                comment=self._trailing(node),
            )
        )

    def _trailing(self, node: Node) -> str:
        end = node.end_mark
        rest = self.lines[end.line][end.column :] if end.line < len(self.lines) else ""
        match = _TRAILING.match(rest)
        return match.group(1).rstrip() if match else ""

    def _problem(self, node: Node, message: str, raw: str = "") -> None:
        self.problems.append(Problem(message, line_of(node), raw, node.start_mark.column + 1))
