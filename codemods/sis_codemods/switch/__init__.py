"""The switch: project files, SQL scripts, upload lists, and what people run for it and back."""

from __future__ import annotations
