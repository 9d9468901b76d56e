"""Lists as they are read out in a message."""

from __future__ import annotations

from collections.abc import Sequence


def listed(words: Sequence[str], most: int = 6) -> str:
    """``a, b and c``; after the first ``most`` only how many there are."""
    if len(words) > most:
        words = [*words[:most], f"{len(words) - most} more"]
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
