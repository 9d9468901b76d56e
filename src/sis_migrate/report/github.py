"""Annotations on a pull request: workflow commands that GitHub's runner reads from the output.

Source: "Workflow commands for GitHub Actions",
https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from pathlib import Path

from sis_migrate.model import Finding, Migration, Status
from sis_migrate.report.lines import located
from sis_migrate.report.paths import relative

_COMMANDS = {
    Status.FIXED: "notice",
    Status.REVIEW: "warning",
    Status.MANUAL: "warning",
    Status.ERROR: "error",
}


def render(migration: Migration, cwd: Path, *, applied: bool = False) -> str:
    """One command a finding; ``cwd`` should be the repository's top, where GitHub looks."""
    findings = located(migration.findings(), migration, applied=applied)
    return "".join(f"{_command(finding, cwd)}\n" for finding in findings)


def _command(finding: Finding, cwd: Path) -> str:
    properties = {"file": relative(finding.path, cwd)}
    if span := finding.span:
        properties |= {"line": str(span.line), "endLine": str(span.end_line)}
        if span.line == span.end_line:  # GitHub takes columns within one line only
            properties |= {"col": str(span.column), "endColumn": str(span.end_column)}
    properties["title"] = finding.code
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    message = "\n".join(filter(None, (finding.message, finding.remedy)))
    return f"::{_COMMANDS[finding.status]} {listed}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
