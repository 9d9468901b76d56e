"""One module a sink: each turns a migration into text for a person or a program."""

from __future__ import annotations
