"""What folders say about apps: their files, project files, SQL and code."""

from __future__ import annotations
