"""Streamlit's configuration and secrets files, and telemetry."""

from __future__ import annotations
