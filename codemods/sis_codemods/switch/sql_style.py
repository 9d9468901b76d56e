"""Changes to one statement's properties, in the way the statement is laid out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sis_migrate.documents.sql_scan import Property, Statement
from sis_migrate.documents.yaml_spans import line_start, newline, next_line
from sis_migrate.model import Splice

_COMMENT = re.compile(r"[ \t]*(?:(?:--|//)[^\n]*|/\*[^\n]*?\*/[ \t]*)?\r?$", re.MULTILINE)


@dataclass(frozen=True)
class Style:
    """A statement and the text that it stands in."""

    text: str
    statement: Statement

    def add(self, properties: list[tuple[str, str]], gone: Sequence[str] = ()) -> Splice:
        """New properties (names and values as SQL) after MAIN_FILE, or else the last that stays."""
        own = [prop for prop in self.statement.properties if prop.name not in gone]
        main = self.statement.get("MAIN_FILE")
        written = [self._written(name, value) for name, value in properties]
        if not own:
            end = self.statement.end
            return Splice(end, end, " " + " ".join(written))
        anchor = main if main and main is not own[-1] else own[-1]
        if not self._on_lines():
            return Splice(anchor.end, anchor.end, "".join(f" {line}" for line in written))
        line_end, indent = newline(self.text), self._indent(anchor)
        rest = _COMMENT.match(self.text, anchor.end)
        position = next_line(self.text, anchor.end)
        ends_line = self.text[:position].endswith(("\n", "\r"))
        if rest and rest.end() >= position - len(line_end) and ends_line:
            block = "".join(f"{indent}{line}{line_end}" for line in written)
            return Splice(position, position, block)
        return Splice(
            anchor.end, anchor.end, "".join(f"{line_end}{indent}{line}" for line in written)
        )

    def as_from(self, root: Property) -> list[Splice]:
        """ROOT_LOCATION as FROM, moved to the front where it stands further back."""
        word = "from" if self.text[root.start].islower() else "FROM"
        value = self.text[root.value[0].start : root.end]
        first = self.statement.properties[0]
        if root is first:
            return [Splice(root.start, root.value[0].start, f"{word} ")]
        gap = self.text[line_start(self.text, first.start) : first.start]
        lead = newline(self.text) + gap if not gap.strip() else " "
        return [
            without(self.text, root),
            Splice(first.start, first.start, f"{word} {value}{lead}"),
        ]

    def then_live(self, name: str) -> Splice:
        """After this statement the one that makes the app live.

        A semicolon ends it, or the text does.
        """
        semicolon = self.text.find(";", self.statement.end)
        ends = ";" * (semicolon < 0)
        semicolon = self.statement.end - 1 if ends else semicolon
        indent = self.text[line_start(self.text, self.statement.start) : self.statement.start]
        lead = newline(self.text) + indent if not indent.strip() else " "
        rest = None if ends else _COMMENT.match(self.text, semicolon + 1)
        position = rest.end() if rest and not indent.strip() else semicolon + 1
        position -= self.text[position - 1] == "\r"
        head, tail = self._cased("ALTER STREAMLIT"), self._cased("ADD LIVE VERSION FROM LAST")
        return Splice(position, position, f"{ends}{lead}{head} {name} {tail};")

    def _written(self, name: str, value: str) -> str:
        return f"{self._cased(name)}{self._equals()}{value}"

    def _cased(self, word: str) -> str:
        lower = self.text[self.statement.start].islower()
        return word.lower() if lower else word

    def _equals(self) -> str:
        for prop in self.statement.properties:
            between = (
                self.text[prop.start + len(prop.name) : prop.value[0].start] if prop.value else ""
            )
            if "=" in between and prop.name != "FROM":
                return "=" if between == "=" else " = "
        return " = "

    def _on_lines(self) -> bool:
        own = self.statement.properties
        return any(self._starts_line(prop) for prop in own)

    def _starts_line(self, prop: Property) -> bool:
        return not self.text[line_start(self.text, prop.start) : prop.start].strip()

    def _indent(self, anchor: Property) -> str:
        own = self.statement.properties
        lined = anchor if self._starts_line(anchor) else next(filter(self._starts_line, own))
        return self.text[line_start(self.text, lined.start) : lined.start]


def without(text: str, prop: Property) -> Splice:
    """Without a property; its line goes too where nothing else is on it."""
    start, end = line_start(text, prop.start), next_line(text, prop.end)
    alone = not text[start : prop.start].strip() and not text[prop.end : end].strip()
    if alone:
        return Splice(start, end, "")
    if text[start : prop.start].strip():
        return Splice(len(text[: prop.start].rstrip(" \t")), prop.end, "")
    blanks = len(text[prop.end : end]) - len(text[prop.end : end].lstrip(" \t"))
    return Splice(prop.start, prop.end + blanks, "")
