from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli_case import Command, command


@pytest.fixture
def migrate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> Iterator[Command]:
    with command(tmp_path, monkeypatch, capsysbinary) as made:
        yield made
