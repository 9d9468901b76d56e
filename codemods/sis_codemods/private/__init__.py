"""What only a warehouse has: the ``_snowflake`` module, its secrets and REST calls, UDF modules."""

from __future__ import annotations
