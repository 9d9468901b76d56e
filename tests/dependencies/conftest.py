from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sis_codemods.dependencies import larger_map


@pytest.fixture(autouse=True, scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty folder instead of the user's cache, whose map would change what is converted."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(larger_map, "cache_folder", lambda: folder)
        yield folder
