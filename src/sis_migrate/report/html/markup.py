"""Elements from text: whatever is no markup yet is escaped, here and nowhere else."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import TypeAlias

# What HTML cannot carry, what browsers do not show, and what turns the text around it about
# ("Trojan Source", https://trojansource.codes): shown by its Python escape instead.
_UNSHOWN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]"
)
_VOID = {"meta"}
_BLOCKS = {
    "details", "div", "dl", "h1", "h2", "h3", "h4", "h5", "head", "header", "li", "main", "meta",
    "ol", "p", "pre", "section", "style", "summary", "table", "tbody", "tfoot", "thead", "title",
    "tr", "ul",
}  # fmt: skip


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


Content: TypeAlias = "str | Iterable[Content]"


def visible(text: str) -> str:
    """``text`` with escapes for the characters that would not be seen, or not as themselves."""
    return _UNSHOWN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def markup(*content: Content) -> Markup:
    """Everything in a row; text is escaped."""
    return Markup("".join(_parts(content)))


def element(name: str, /, *content: Content, **attributes: str) -> Markup:
    """An element; ``class_`` is the attribute ``class``, an attribute without a value has ``""``.

    A line ends after the elements that stand for themselves, so that the file is lines.
    """
    told = "".join(_attribute(key.rstrip("_"), value) for key, value in attributes.items())
    end = "" if name in _VOID else f"</{name}>"
    line = "\n" if name in _BLOCKS else ""
    return Markup(f"<{name}{told}>{''.join(_parts(content))}{end}{line}")


def _attribute(name: str, value: str) -> str:
    return f' {name}="{_escaped(value)}"' if value else f" {name}"


def _parts(content: Iterable[Content]) -> Iterable[str]:
    for part in content:
        if isinstance(part, Markup):
            yield part
        elif isinstance(part, str):
            yield _escaped(part)
        else:
            yield from _parts(part)


def _escaped(text: str) -> str:
    return html.escape(visible(text))
