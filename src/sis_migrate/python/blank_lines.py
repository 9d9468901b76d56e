"""Which blank lines go with a removed line, so that none are left where nobody would write them."""

from __future__ import annotations

from sis_migrate.textfile import Lines


def end_with_surplus(lines: Lines, start: int, end: int, *, opens_block: bool) -> int:
    """Where a removal of whole lines ``text[start:end]`` ends, blank lines after it included.

    At the head of a file or of a block (``opens_block``) all blank lines go; elsewhere as many as
    there are above the removed lines already, so that the longer of the two gaps is what stays.
    """
    if start == 0 or opens_block:
        allowed: float = float("inf")
    else:
        allowed = _blank_above(lines, start)
    while allowed > 0 and end < len(lines.text):
        after = lines.end_of_line(end)
        if lines.text[end:after].strip(" \t\f\r\n"):
            break
        end = after
        allowed -= 1
    return end


def _blank_above(lines: Lines, start: int) -> int:
    line = lines.position(start)[0] - 1  # 1-based number of the line above
    count = 0
    while line >= 1 and not lines.text[lines.starts[line - 1] : lines.starts[line]].strip(
        " \t\f\r\n"
    ):
        count += 1
        line -= 1
    return count
