from __future__ import annotations

from pathlib import Path

import pytest

from sis_migrate.cache import cache_folder

PLACES = [
    pytest.param("linux", {"XDG_CACHE_HOME": "/x"}, "/x/sis-migrate", id="as set"),
    pytest.param("linux", {}, "/home/me/.cache/sis-migrate", id="Linux"),
    pytest.param("darwin", {}, "/home/me/Library/Caches/sis-migrate", id="macOS"),
    pytest.param("win32", {"LOCALAPPDATA": "/w"}, "/w/sis-migrate", id="Windows"),
    pytest.param("win32", {}, "/home/me/AppData/Local/sis-migrate", id="Windows without it"),
]


@pytest.mark.parametrize(("system", "variables", "expected"), PLACES)
def test_it_is_where_the_system_keeps_such_things(
    system: str, variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", system)
    monkeypatch.setattr(Path, "home", lambda: Path("/home/me"))
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert cache_folder().as_posix() == expected
