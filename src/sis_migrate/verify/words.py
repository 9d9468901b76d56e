"""What others say, as long as a line of a report may be."""

from __future__ import annotations


def cut(text: str, length: int) -> str:
    """The text on one line; where it is longer than ``length``, cut at a word, with an ellipsis."""
    text = " ".join(text.split())
    if len(text) <= length:
        return text
    head = text[: length - 1]
    whole = head.rpartition(" ")[0]
    return f"{whole if len(whole) > length // 2 else head}…"  # one long word: better than nothing


def printable(text: str) -> str:
    """A line of others' words without what a terminal would act on: escapes, writing directions."""
    return "".join(c if c.isprintable() else " " for c in text)
