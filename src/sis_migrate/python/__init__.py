"""One Python file: its source, names and imports, the app's module graph, the statement rewriter."""

from __future__ import annotations
