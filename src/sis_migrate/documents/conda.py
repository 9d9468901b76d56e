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

from sis_migrate.documents.matchspec import SpecError, parse_spec
from sis_migrate.model import Span

if TYPE_CHECKING:
    from yaml.nodes import MappingNode, Node

_TEMPLATE = re.compile(r"<!!?.*?!!?>|<%.*?%>|\{\{.*?\}\}|\{%.*?%\}")
_COMMENT_LINE = re.compile(r"[ \t]*#[ \t]?(.*)")
_TRAILING = re.compile(r"""['"]?[ \t]+#[ \t]?(.*)""")
_STRING = "tag:yaml.org,2002:str"
_NULL = "tag:yaml.org,2002:null"


class EnvironmentFileError(Exception):
    """The file as a whole cannot be read; the message says why, ``line`` is 1-based or None."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


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
class Comment:
    """A comment that has a line to itself; ``text`` is without ``#``, ``line`` 1-based."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the file that cannot be converted, and where; ``message`` is a sentence part."""

    message: str
    line: int
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Environment:
    """An ``environment.yml``. ``comments`` are the comment lines of the whole file, in order."""

    name: str = ""
    channels: tuple[str, ...] = ()
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
    root = _compose(text)
    lines = text.splitlines()
    comments = tuple(_comments(lines))
    if root is None:
        return Environment(comments=comments, problems=(Problem("the file is empty", 1),))
    return _Reader(lines, comments).environment(root)


def _compose(text: str) -> MappingNode | None:
    import yaml

    try:
        # The pure Python loader: libyaml's marks are off by one behind a byte order mark.
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise EnvironmentFileError(
            _why(text, error.problem), mark.line + 1 if mark else None
        ) from error
    except yaml.YAMLError as error:
        raise EnvironmentFileError(f"not readable as YAML: {error}".splitlines()[0]) from error
    except RecursionError as error:
        raise EnvironmentFileError("nested too deeply to be an environment file") from error
    if root is None or root.tag == _NULL:
        return None
    if not isinstance(root, yaml.MappingNode):
        line = root.start_mark.line + 1
        raise EnvironmentFileError("not an environment file: there are no keys at the top", line)
    return root


def _why(text: str, problem: str | None) -> str:
    if _TEMPLATE.search(text):
        return "a template that is not YAML before it is rendered"
    if problem and "'\\t'" in problem:
        return "not readable as YAML: a tab where only spaces may be"
    return f"not readable as YAML: {problem}"


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
        channels = tuple(self._strings(top.get("channels"), "channels"))
        dependencies = top.get("dependencies")
        if dependencies is None:
            self.problems.append(Problem("there is no list of dependencies", 1))
        for node in self._items(dependencies, "dependencies"):
            self._dependency(node)
        line = next((_line(k) for k, _ in root.value if k.value == "dependencies"), 0)
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
        if node is None or not isinstance(node.value, str) or node.tag == _NULL:
            return ""
        if _TEMPLATE.search(node.value):
            self._problem(node, "the name is a template")
            return ""
        return node.value.strip()

    def _items(self, node: Node | None, key: str) -> list[Node]:
        """The entries of a list; a problem where the value is anything else."""
        if node is None:
            return []
        if _kind(node) == "sequence":
            return list(node.value)
        if node.tag == _NULL:
            self._problem(node, f"{key!r} has no entries")
        else:
            self._problem(node, f"{key!r} is not a list")
        return []

    def _strings(self, node: Node | None, key: str) -> Iterator[str]:
        for item in self._items(node, key):
            if _kind(item) == "scalar" and item.tag != _NULL:
                yield item.value
            else:
                self._problem(item, f"an entry of {key!r} is not a name")

    def _dependency(self, node: Node) -> None:
        if _kind(node) == "sequence":
            self._problem(node, "a list inside the list of dependencies")
        elif _kind(node) == "mapping":
            self._mapping(node)  # type: ignore[arg-type]  # its kind says so
        elif (value := self._text(node)) is not None:
            self._spec(node, value)

    def _mapping(self, node: MappingNode) -> None:
        for key, value in node.value:
            if key.value == "pip":
                for item in self._items(value, "pip"):
                    self._pip_item(item)
            elif isinstance(key.value, str) and _kind(value) == "scalar":
                written = f"{key.value}: {value.value}"
                hint = f"write `{key.value}={value.value}`"
                self._problem(key, f"{written!r} is a mapping, not a package; {hint}", written)
            else:
                self._problem(key, "a mapping inside the list of dependencies")

    def _pip_item(self, node: Node) -> None:
        if _kind(node) != "scalar":
            self._problem(node, "an entry of 'pip' is not a line of text")
        elif (value := self._text(node)) is not None:
            self.pip.append(PipItem(value, _span(node), self._trailing(node)))

    def _text(self, node: Node) -> str | None:
        """The text of a scalar entry; None, and a problem, where it is not usable as one."""
        if node.tag == _NULL:
            self._problem(node, "an empty entry")
        elif node.tag != _STRING:
            self._problem(node, f"{node.value!r} is not a package name", node.value)
        elif node.start_mark.line != node.end_mark.line and "\n" not in node.value:
            self._problem(node, f"{node.value!r} runs over several lines", node.value)
        elif _TEMPLATE.search(node.value):
            self._problem(node, f"{node.value!r} is a template", node.value)
        else:
            return str(node.value).strip()
        return None

    def _spec(self, node: Node, value: str) -> None:
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
                span=_span(node),
                comment=self._trailing(node),
            )
        )

    def _trailing(self, node: Node) -> str:
        end = node.end_mark
        rest = self.lines[end.line][end.column :] if end.line < len(self.lines) else ""
        match = _TRAILING.match(rest)
        return match.group(1).rstrip() if match else ""

    def _problem(self, node: Node, message: str, raw: str = "") -> None:
        self.problems.append(Problem(message, _line(node), raw))


def _kind(node: Node) -> str:
    """``scalar``, ``sequence`` or ``mapping``, without importing yaml for isinstance."""
    return type(node).__name__.removesuffix("Node").lower()


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _span(node: Node) -> Span:
    start, end = node.start_mark, node.end_mark
    return Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)
