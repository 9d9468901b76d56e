"""Paths in an app's code: what they are relative to, what is there, what is written."""

from __future__ import annotations
