"""The report to hand on or keep: one HTML file, for one app and for hundreds."""

from __future__ import annotations

from sis_migrate.report.html.page import render

__all__ = ["render"]
