"""From any Streamlit to the newest: the table of its API, and the codemods that rest on it."""

from __future__ import annotations
