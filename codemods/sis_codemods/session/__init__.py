"""The session: how an app gets it, shares it, and closes it."""

from __future__ import annotations
