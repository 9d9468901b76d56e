"""Switching an app over: what to, and the SQL that people run for it and to go back."""

from __future__ import annotations
