"""What Python 3.11, the only one of the container, no longer has."""

from __future__ import annotations
