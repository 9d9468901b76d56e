"""The knowledge: one module a codemod, grouped by the items of Snowflake's checklist."""

from __future__ import annotations
