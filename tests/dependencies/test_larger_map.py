from __future__ import annotations

import json
from pathlib import Path

import pytest

from dependency_case import convert, packages
from map_server import (
    Answer,
    body,
    drops,
    no_http,
    redirect,
    serving,
    silence,
    without_proxy,
    without_tls,
)
from sis_codemods.dependencies import larger_map, map_update
from sis_codemods.dependencies.larger_map import NO_MAP, MapError, cache_file, choose, load
from sis_codemods.dependencies.map_update import read, store, update
from sis_codemods.dependencies.names import Kind, lookup
from sis_migrate.model import Settings, Status

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
    assert load(tmp_path / "names.json") == NO_MAP


def test_a_spoilt_map_has_no_names_and_says_why(tmp_path: Path) -> None:
    file = tmp_path / "names.json"
    file.write_text("{")
    larger = load(file)
    assert larger.names == {}
    assert larger.broken.startswith(f"The larger map of names in {file} cannot be used: the map is")


def test_a_map_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    assert f"{tmp_path} cannot be used: " in load(tmp_path).broken


def test_a_spoilt_map_is_said_where_a_name_is_not_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "names.json").write_text("{bad")
    monkeypatch.setattr(larger_map, "cache_folder", lambda: tmp_path)
    finding = convert({"environment.yml": "dependencies: [acme]\n"}).about("cannot be used")
    assert (finding.status, "migrate map update" in finding.remedy) == (Status.REVIEW, True)
    known = convert({"environment.yml": "dependencies: [plotly]\n"})
    assert not any("cannot be used" in message for message in known.said(Status.REVIEW))


WRONG = [
    pytest.param(b"<html>", "not JSON", id="a page"),
    pytest.param(b"\xff", "not JSON", id="no text"),
    pytest.param(b"[]", "not a JSON object", id="a list"),
    pytest.param(b"{}", "not a JSON object", id="nothing"),
    pytest.param(b'{"a": 1}', "something else", id="a number"),
    pytest.param(b'{"a": {"b": 1}}', "something else", id="an object"),
    pytest.param(b'{"a": ["b; rm"]}', "something else", id="no name"),
    pytest.param(b'{"torch": "pytorch", "h3": "h3-py"}', "other way round", id="PyPI to conda"),
    pytest.param(b" " * 20_000_001, "larger than", id="far too much"),
]


@pytest.mark.parametrize(("data", "words"), WRONG)
def test_refuses_another_shape_and_keeps_the_old_map(kept: Path, data: bytes, words: str) -> None:
    before = kept.read_bytes()
    with pytest.raises(MapError, match=words):
        store(data, kept)
    assert kept.read_bytes() == before


def test_fetches_from_the_users_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_tls(monkeypatch)
    data = json.dumps(MAP).encode()
    with serving({"/map.json": body(data), "/old": redirect("https://{host}/map.json")}) as host:
        for path in ("/map.json", "/old"):
            assert "6 names, SHA-256" in update(host + path, tmp_path / "names.json")
    assert (tmp_path / "names.json").read_bytes() == data
    assert list(tmp_path.iterdir()) == [tmp_path / "names.json"]


FAILS = [
    pytest.param(body(b"", 404), "answers 404 Not Found", id="nothing there"),
    pytest.param(redirect("http://{host}/"), "sends on to http://.* not https", id="without TLS"),
    pytest.param(
        redirect("file:///etc/hosts"), "file:.* is not allowed", id="a redirect to a file"
    ),
    pytest.param(redirect("https://{host}/"), "infinite loop", id="redirects in a circle"),
    pytest.param(silence, "does not answer within 0.2 seconds", id="silence"),
    pytest.param(drops, "does not answer within 0.2 seconds", id="an answer without an end"),
    pytest.param(no_http, "cannot be fetched: hello", id="another protocol"),
    pytest.param(body(b'{"a": ["b"', length=1000), "not JSON", id="an answer that is cut off"),
    pytest.param(body(b"x" * 3000), "larger than", id="far too much"),
    pytest.param(body(b"<html>"), "not JSON", id="a page"),
]


@pytest.mark.parametrize(("answer", "words"), FAILS)
def test_says_why_nothing_was_fetched(
    kept: Path, monkeypatch: pytest.MonkeyPatch, answer: Answer, words: str
) -> None:
    without_tls(monkeypatch)
    monkeypatch.setattr(map_update, "LARGEST", 2000)
    before = kept.read_bytes()
    with serving({"/": answer}) as host, pytest.raises(MapError, match=words):
        update(f"{host}/", kept, timeout=0.2)
    assert kept.read_bytes() == before


def test_speaks_to_no_server_without_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_proxy(monkeypatch)
    answers = {"/": body(json.dumps(MAP).encode())}
    with serving(answers) as host, pytest.raises(MapError, match=r"cannot be fetched: .*SSL"):
        update(f"{host}/", tmp_path / "names.json")


ADDRESSES = [
    pytest.param("file:///etc/hosts", "begins with https://", id="a file"),
    pytest.param("http://host.example/map", "begins with https://", id="without TLS"),
    pytest.param("https://", "begins with https://", id="no host"),
    pytest.param("https://[::1/map", "begins with https://", id="half an address"),
    pytest.param("https://me:secret@host.example/map", "without a user", id="a password"),
    pytest.param("https://host.example/a map", "cannot be fetched", id="a space"),
]


@pytest.mark.parametrize(("address", "words"), ADDRESSES)
def test_fetches_from_no_other_kind_of_address(tmp_path: Path, address: str, words: str) -> None:
    with pytest.raises(MapError, match=words) as caught:
        update(address, tmp_path / "names.json")
    assert "secret" not in str(caught.value)


def test_says_when_it_cannot_be_kept(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("a file")
    with pytest.raises(MapError, match=r"names\.json cannot be written: "):
        store(json.dumps(MAP).encode(), tmp_path / "folder" / "names.json")


def test_says_when_a_saved_map_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(MapError, match="absent cannot be read: No such file"):
        read(tmp_path / "absent")


def test_notices_a_newer_map(kept: Path) -> None:
    before = load(kept)
    assert load(kept) is before
    store(b'{"a": "b", "other": null}', kept)
    assert load(kept).names == {"a": ("b",), "other": ()}
    assert load(kept).digest != before.digest


ENVIRONMENT = """\
name: sales
channels: [snowflake]
dependencies: [pandas, same-name, Old_Name=1.2.3, alone, several, snowflake.core]
"""


def test_it_decides_where_neither_the_user_nor_our_table_does(cache: Path) -> None:
    file = cache / "names.json"
    store(json.dumps({**MAP, "snowflake.core": "somebody-elses"}).encode(), file)
    try:
        outcome = convert(
            {"environment.yml": ENVIRONMENT}, settings=Settings(package_map={"alone": "mine"})
        )
    finally:
        file.unlink()
    assert packages(outcome) == [
        "streamlit>=1.55,<1.68", "pandas", "same-name", "new-name==1.2.3", "mine",
        "# several: the larger map names several projects for it: one, two", "snowflake-core",
    ]  # fmt: skip
    source = "(so says the larger map of names in your cache, SHA-256 "
    for words in ("same-name is same-name on PyPI ", "Old_Name is new-name on PyPI "):
        found = outcome.about(words + source)
        assert found.status is Status.FIXED
    assert len([f for f in outcome.findings if source in f.message]) == 2


def test_without_a_map_its_names_are_not_known() -> None:
    outcome = convert({"environment.yml": ENVIRONMENT})
    assert outcome.about("'same-name' is not converted").status is Status.MANUAL


def test_a_user_without_a_home_has_no_map(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Path:
        raise RuntimeError("no home")

    monkeypatch.setattr(larger_map, "cache_folder", fail)
    assert load(cache_file()) == NO_MAP
    with pytest.raises(MapError, match="cannot be written"):
        store(json.dumps(MAP).encode(), cache_file())
