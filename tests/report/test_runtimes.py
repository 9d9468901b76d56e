from __future__ import annotations

import pytest

from sis_migrate.model import Runtime
from sis_migrate.report.runtimes import words


@pytest.mark.parametrize(
    ("runtime", "shown"),
    [(Runtime.CONTAINER, "container"), (Runtime.UNKNOWN, "not known from the files")],
)
def test_a_runtime_in_words(runtime: Runtime, shown: str) -> None:
    assert words(runtime) == shown
