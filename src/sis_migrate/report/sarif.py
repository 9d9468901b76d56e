"""SARIF 2.1.0, for code scanning services.

Source: "Static Analysis Results Interchange Format (SARIF) Version 2.1.0",
https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from sis_migrate import __version__
from sis_migrate.model import Finding, Migration, Status
from sis_migrate.report.lines import located
from sis_migrate.report.paths import relative

_LEVELS = {
    Status.FIXED: "note",
    Status.REVIEW: "warning",
    Status.MANUAL: "warning",
    Status.ERROR: "error",
}
_NO_SUMMARIES: Mapping[str, str] = MappingProxyType({})


def document(
    migration: Migration,
    cwd: Path,
    *,
    applied: bool = False,
    summaries: Mapping[str, str] = _NO_SUMMARIES,
) -> dict[str, Any]:
    """The findings as a SARIF log that ``json.dumps`` takes.

    The rules are the codes seen, described by ``summaries`` (one sentence a code) where it has
    them. Columns are code points, and a region's end column is the one just past it.
    """
    findings = located(migration.findings(), migration, applied=applied)
    codes = sorted({finding.code for finding in findings})
    return {
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "sis-migrate",
                        "version": __version__,
                        "rules": [_rule(code, summaries) for code in codes],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(f, codes.index(f.code), cwd) for f in findings],
            }
        ],
    }


def _rule(code: str, summaries: Mapping[str, str]) -> dict[str, Any]:
    return {"id": code} | (
        {"shortDescription": {"text": summaries[code]}} if code in summaries else {}
    )


def _result(finding: Finding, rule: int, cwd: Path) -> dict[str, Any]:
    uri = quote(os.fsencode(relative(finding.path, cwd)))
    place: dict[str, Any] = {"artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"}}
    if span := finding.span:
        place["region"] = {
            "startLine": span.line,
            "startColumn": span.column,
            "endLine": span.end_line,
            "endColumn": span.end_column,
        }
    return {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": _LEVELS[finding.status],
        "message": {"text": "\n".join(filter(None, (finding.message, finding.remedy)))},
        "locations": [{"physicalLocation": place}],
        "properties": {"status": finding.status.value},
    }
