from __future__ import annotations

import io
import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from sis_codemods.dependencies.explain import explain
from sis_codemods.dependencies.larger_map import (
    MapError,
    cache_file,
    choose,
    load,
    store,
    update,
)
from sis_codemods.dependencies.names import Kind, lookup

MAP = {
    "same-name": ["same-name", "vendored"],
    "Old_Name": ["new-name"],
    "alone": "alone-on-pypi",
    "several": ["one", "two"],
    "native": None,
    "pandas": ["somebody-elses"],
}


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    file = tmp_path / "folder" / "names.json"
    assert "6 names" in store(json.dumps(MAP).encode(), file)
    return file


CHOSEN = [
    pytest.param("same-name", Kind.SAME, "same-name", id="its own name among others"),
    pytest.param("old-name", Kind.RENAME, "new-name", id="one name"),
    pytest.param("alone", Kind.RENAME, "alone-on-pypi", id="a name without a list"),
    pytest.param("several", Kind.UNKNOWN, "", id="several names"),
    pytest.param("native", Kind.UNKNOWN, "", id="none"),
    pytest.param("absent", Kind.UNKNOWN, "", id="not in the map"),
    pytest.param("pandas", Kind.SAME, "pandas", id="our own row comes first"),
]


@pytest.mark.parametrize(("name", "kind", "project"), CHOSEN)
def test_chooses_a_project(kept: Path, name: str, kind: Kind, project: str) -> None:
    rule = lookup(name, {}, load(kept))
    assert (rule.kind, rule.pypi) == (kind, project)


def test_says_why_it_does_not_choose(kept: Path) -> None:
    assert choose("several", load(kept))[1].endswith("one, two")
    assert "one, two" in lookup("several", {}, load(kept)).note


def test_there_is_none_at_first(tmp_path: Path) -> None:
    assert load(tmp_path / "names.json") == {}


def test_a_spoilt_map_is_none(tmp_path: Path) -> None:
    (tmp_path / "names.json").write_text("{")
    assert load(tmp_path / "names.json") == {}


WRONG = [
    pytest.param(b"<html>", "not JSON", id="a page"),
    pytest.param(b"\xff", "not JSON", id="no text"),
    pytest.param(b"[]", "not a JSON object", id="a list"),
    pytest.param(b"{}", "not a JSON object", id="nothing"),
    pytest.param(b'{"a": 1}', "something else", id="a number"),
    pytest.param(b'{"a": {"b": 1}}', "something else", id="an object"),
    pytest.param(b'{"a": ["b; rm"]}', "something else", id="no name"),
    pytest.param(b" " * 20_000_001, "larger than", id="far too much"),
]


@pytest.mark.parametrize(("data", "words"), WRONG)
def test_refuses_another_shape_and_keeps_the_old_map(kept: Path, data: bytes, words: str) -> None:
    before = kept.read_bytes()
    with pytest.raises(MapError, match=words):
        store(data, kept)
    assert kept.read_bytes() == before


def test_fetches_from_the_users_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def open_address(address: str, timeout: float) -> Any:
        asked.append(address)
        return io.BytesIO(json.dumps(MAP).encode())

    monkeypatch.setattr(urllib.request, "urlopen", open_address)
    assert "6 names" in update("https://host.example/map.json", tmp_path / "names.json")
    assert asked == ["https://host.example/map.json"]
    assert "old-name" in load(tmp_path / "names.json")


def test_says_when_the_address_does_not_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(address: str, timeout: float) -> Any:
        raise urllib.error.URLError("no route")

    monkeypatch.setattr(urllib.request, "urlopen", fail)
    with pytest.raises(MapError, match="does not answer"):
        update("https://host.example/map.json", tmp_path / "names.json")


def test_fetches_from_no_other_kind_of_address(tmp_path: Path) -> None:
    with pytest.raises(MapError, match="not an https address"):
        update("file:///etc/hosts", tmp_path / "names.json")


PLACES = [
    pytest.param("linux", {"XDG_CACHE_HOME": "/x"}, "/x/sis-migrate/names.json", id="as set"),
    pytest.param("linux", {}, "/home/me/.cache/sis-migrate/names.json", id="Linux"),
    pytest.param("darwin", {}, "/home/me/Library/Caches/sis-migrate/names.json", id="macOS"),
    pytest.param("win32", {"LOCALAPPDATA": "/w"}, "/w/sis-migrate/names.json", id="Windows"),
    pytest.param(
        "win32", {}, "/home/me/AppData/Local/sis-migrate/names.json", id="Windows without it"
    ),
]


@pytest.mark.parametrize(("system", "variables", "expected"), PLACES)
def test_keeps_it_where_the_system_keeps_such_things(
    system: str, variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", system)
    monkeypatch.setattr(Path, "home", lambda: Path("/home/me"))
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert cache_file().as_posix() == expected


EXPLAINED = [
    pytest.param("pandas", ["has the same name", "modules: pandas"], id="the same name"),
    pytest.param("h3-py", ["is h3 on PyPI", "because", "looked up"], id="a rename"),
    pytest.param("python-graphviz", ["needs: graphviz"], id="a need"),
    pytest.param("yaml", ["left out", "where the app imports yaml, pyyaml"], id="a library"),
    pytest.param("snowbooks", ["a person has to decide", "sis-migrate.map"], id="a review"),
    pytest.param("acme", ["not known", "to decide"], id="an unknown name"),
    pytest.param("mine", ["is my-project on PyPI", "sis-migrate.map"], id="the user's own"),
    pytest.param("old-name", ["is new-name on PyPI", "larger map"], id="the larger map"),
    pytest.param("pip", ["nothing that an app needs"], id="a part of conda"),
    pytest.param("typing", ["part of Python 3.11"], id="a backport"),
]


@pytest.mark.parametrize(("name", "words"), EXPLAINED)
def test_explains(kept: Path, name: str, words: list[str]) -> None:
    text = explain(name, {"mine": "my-project"}, load(kept))
    assert all(word in text for word in words), text
