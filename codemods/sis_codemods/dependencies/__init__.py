"""Which packages the app needs, under which names, in which versions, in which file."""

from __future__ import annotations
