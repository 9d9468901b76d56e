"""One file a format: locate a place in a document, and splice."""

from __future__ import annotations
