"""Where the parts of a YAML text are, and splices that change some and leave every other byte.

Made from the parser's events, because the marks of PyYAML's composed nodes run over the blanks and
comments that follow a collection, and an alias carries the marks of its anchor.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sis_migrate.model import Splice

if TYPE_CHECKING:
    from yaml.events import Event

_LINE_END = re.compile(r"\r\n|\r|\n")
_PLAIN = re.compile(r"[A-Za-z_./][\w./$@+-]*(?: [\w./$@+-]+)*")
_NOT_A_STRING = re.compile(r"(?i)y|n|yes|no|true|false|on|off|null|~|\.(?:inf|nan)|\.?")


class YamlError(Exception):
    """The text is not YAML, or not one document; the message says why, ``line`` is 1-based."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Node:
    """A part of the text; ``text[start:end]`` is it, without blanks and comments that follow.

    ``kind`` is ``scalar``, ``mapping``, ``sequence`` or ``alias``. ``value`` is a scalar's value
    or an alias's name; ``decorated`` tells that a tag or an anchor, ``anchor``, stands before it.
    """

    kind: str
    start: int
    end: int
    value: str = ""
    flow: bool = False
    decorated: bool = False
    anchor: str = ""
    block_scalar: bool = False
    entries: tuple[tuple[Node, Node], ...] = ()
    items: tuple[Node, ...] = ()

    def entry(self, key: str) -> tuple[Node, Node] | None:
        """The last entry with this key, as YAML counts them; None where the mapping lacks it."""
        own = [e for e in self.entries if e[0].kind == "scalar" and e[0].value == key]
        return own[-1] if own else None

    def get(self, *path: str) -> Node | None:
        """The value under these keys, from mapping to mapping."""
        node: Node | None = self
        for key in path:
            found = node.entry(key) if node else None
            node = found[1] if found else None
        return node


def parse(text: str) -> Node:
    """The one document of a text; YamlError where it is not YAML or has several or none."""
    import yaml

    try:
        events = list(yaml.parse(text, Loader=yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlError(error.problem or "not YAML", mark.line + 1 if mark else None) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise YamlError(str(error).splitlines()[0]) from error
    if sum(isinstance(event, yaml.DocumentStartEvent) for event in events) != 1:
        raise YamlError("holds several documents or none")
    try:
        return _node(text, iter(events[2:]))
    except RecursionError as error:
        raise YamlError("is nested too deeply") from error


def _node(text: str, events: Iterator[Event]) -> Node:
    from yaml import events as e

    event = next(events)
    start, end = _offsets(event)
    if isinstance(event, e.AliasEvent):
        return Node("alias", start, end, value=event.anchor or "")
    anchor = getattr(event, "anchor", None) or ""
    decorated = bool(anchor or getattr(event, "tag", None))
    if isinstance(event, e.ScalarEvent):
        block = event.style in {"|", ">"}
        end = start + len(text[start:end].rstrip()) if block else end
        return Node(
            "scalar",
            start,
            end,
            event.value or "",
            decorated=decorated,
            anchor=anchor,
            block_scalar=block,
        )
    kind = "mapping" if isinstance(event, e.MappingStartEvent) else "sequence"
    nodes: list[Node] = []
    remaining = _Pushback(events)
    while not isinstance(remaining.peek(), (e.MappingEndEvent, e.SequenceEndEvent)):
        nodes.append(_node(text, remaining))
    last = next(remaining)
    flow = bool(getattr(event, "flow_style", False))
    end = _offsets(last)[1] if flow else max([start, *(n.end for n in nodes)])
    pairs = tuple(zip(nodes[::2], nodes[1::2], strict=True)) if kind == "mapping" else ()
    return Node(
        kind,
        start,
        end,
        flow=flow,
        decorated=decorated,
        anchor=anchor,
        entries=pairs,
        items=() if pairs else tuple(nodes),
    )


def _offsets(event: Event) -> tuple[int, int]:
    start, end = event.start_mark, event.end_mark
    assert start is not None
    assert end is not None
    return start.index, end.index


class _Pushback(Iterator["Event"]):
    def __init__(self, events: Iterator[Event]) -> None:
        self._events = events
        self._held: list[Event] = []

    def __next__(self) -> Event:
        return self._held.pop() if self._held else next(self._events)

    def peek(self) -> Event:
        if not self._held:
            self._held.append(next(self._events))
        return self._held[0]


def values(root: Node) -> Any:
    """The document as dicts, lists and strings: every scalar is its text, aliases are followed.

    This is how the Snowflake CLI loads a project file. A merge key stays a key.
    """
    anchors: dict[str, Any] = {}

    def build(node: Node) -> Any:
        result: Any
        if node.kind == "alias":
            return anchors.get(node.value)
        if node.kind == "scalar":
            result = node.value
        elif node.kind == "mapping":
            result = {build(k): build(v) for k, v in node.entries if k.kind == "scalar"}
        else:
            result = [build(item) for item in node.items]
        if node.anchor:
            anchors[node.anchor] = result
        return result

    return build(root)


def column(text: str, offset: int) -> int:
    """How many characters stand before an offset in its line."""
    return offset - max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) - 1


def line_start(text: str, offset: int) -> int:
    """The offset of the first character of the line that an offset is in."""
    return offset - column(text, offset)


def next_line(text: str, offset: int) -> int:
    """The offset just past the line end of the line that an offset is in."""
    match = _LINE_END.search(text, offset)
    return match.end() if match else len(text)


def newline(text: str) -> str:
    """The text's line end."""
    match = _LINE_END.search(text)
    return match.group() if match else "\n"


def scalar(value: str) -> str:
    """A string as a YAML scalar that reads back as the same string, plain where that is safe."""
    if _PLAIN.fullmatch(value) and not _NOT_A_STRING.fullmatch(value):
        return value
    if value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    return '"' + "".join(c if _is_safe(c) else f"\\U{ord(c):08x}" for c in value) + '"'


def _is_safe(character: str) -> bool:
    return character.isprintable() and character not in '"\\'


def lines_after(text: str, offset: int, lines: list[str]) -> Splice:
    """New lines after the line that an offset (just past some part) is in."""
    end, position = newline(text), next_line(text, offset)
    block = "".join(f"{line}{end}" for line in lines)
    if position == len(text) and not _LINE_END.search(text, offset):
        return Splice(position, position, end + block.removesuffix(end))
    return Splice(position, position, block)


def add_entry(text: str, mapping: Node, lines: list[str], *, after: str = "") -> Splice | None:
    """New lines of a block mapping, after the entry of that key or else after its last one.

    The lines are indented to the mapping's column; None where the mapping is written in flow
    style, so that there is no line to write it on.
    """
    if mapping.flow or not mapping.entries:
        return None
    _, value = mapping.entry(after) or mapping.entries[-1]
    key, _ = mapping.entries[0]
    indent = " " * column(text, key.start)
    return lines_after(text, value.end, [indent + line for line in lines])


def add_item(text: str, sequence: Node, item: str, *, after: Node | None = None) -> Splice:
    """A new item (YAML text, further lines unindented) of a sequence, in the sequence's own style.

    It stands after the given item or as the last one.
    """
    if not sequence.flow:
        last = after or sequence.items[-1]
        dash = _dash(text, last)
        lead = text[line_start(text, dash) : dash]
        between = text[dash + 1 : last.start] if last.kind == "scalar" else " "
        between = between if between.strip(" ") == "" and between else " "
        first, *more = item.splitlines()
        hang = " " * (len(lead) + 1 + len(between))
        lines = [f"{lead}-{between}{first}", *(hang + line for line in more)]
        return lines_after(text, last.end, lines)
    if not sequence.items:
        return Splice(sequence.start, sequence.end, f"[{item}]")
    end = (after or sequence.items[-1]).end
    previous = sequence.items[-2].end if len(sequence.items) > 1 else None
    gap = text[previous : sequence.items[-1].start] if previous is not None else ", "
    return Splice(end, end, (gap if gap.strip() == "," else ", ") + item)


def remove_item(text: str, sequence: Node, item: Node) -> Splice | None:
    """Without one item; None where it is the only one, whose removal would change the meaning."""
    if len(sequence.items) < 2:
        return None
    index = sequence.items.index(item)
    if not sequence.flow:
        start = line_start(text, _dash(text, item))
        return Splice(start, next_line(text, item.end), "")
    if index:
        return Splice(sequence.items[index - 1].end, item.end, "")
    return Splice(item.start, sequence.items[1].start, "")


def replace(node: Node, new: str) -> Splice | None:
    """Another scalar in the place of one; None for what is not a bare scalar."""
    if node.kind != "scalar" or node.decorated or node.block_scalar:
        return None
    return Splice(node.start, node.end, new)


def _dash(text: str, item: Node) -> int:
    """The offset of the dash of an item of a block sequence."""
    return text.rindex("-", 0, item.start)
