"""Moves Streamlit-in-Snowflake apps from the warehouse runtime to the container runtime."""

from __future__ import annotations

__version__ = "0.1.0"
