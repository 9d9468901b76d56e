"""When a page that asks to be run again does so without end, as one does that refreshes itself.

One pass more is usual after ``st.rerun()``; nobody can wait for the last of a page that has none.
Standard library only.
"""

from __future__ import annotations

import time
from itertools import pairwise

_MOST, _SECONDS = 100, 10.0
"""So many passes that ask for another one, or two in so many seconds, are taken to be without end."""


class Passes:
    """The passes of the pages of one viewer."""

    def __init__(self) -> None:
        self._times = [0.0]  # when the first began, and when each asked for another one
        self.endless: set[str] = set()

    def begin(self) -> None:
        """A page begins its first pass."""
        self._times = [time.monotonic()]

    def ask(self, page: str) -> bool:
        """A page asks for another pass; whether it does so without end."""
        self._times.append(time.monotonic())
        number, seconds = len(self._times) - 1, self._times[-1] - self._times[0]
        if number >= _MOST or (number > 1 and seconds >= _SECONDS):
            self.endless.add(page)
            return True
        return False

    def late(self, page: str) -> bool:
        """It took too long; whether only so many passes did, of which the last is no longer."""
        took = [end - begin for begin, end in pairwise(self._times)]
        if took and time.monotonic() - self._times[-1] < max(took):
            self.endless.add(page)
            return True
        return False
