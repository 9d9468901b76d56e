from __future__ import annotations

import os
from pathlib import Path

import pytest

from sis_migrate.report.paths import relative


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/p/app", "."), ("/p/app/x/y.py", "x/y.py"), ("/p/z.py", "../z.py"), ("/q", "../../q")],
)
def test_relative(path: str, expected: str) -> None:
    assert relative(Path(path), Path("/p/app")) == expected


def test_another_drive(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> str:
        raise ValueError("path is on mount 'D:', start on mount 'C:'")

    monkeypatch.setattr(os.path, "relpath", refuse)
    assert relative(Path("/d/x.py"), Path("/c")) == "/d/x.py"
