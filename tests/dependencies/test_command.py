from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli_case import Command, command
from map_server import body, serving, silence, without_tls
from sis_codemods.dependencies import larger_map, map_update

MAP = json.dumps({"acme-sdk": ["acme"], "old-name": "new-name"}).encode()


@pytest.fixture
def migrate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> Iterator[Command]:
    monkeypatch.setattr(larger_map, "cache_folder", lambda: tmp_path / "cache")
    with command(tmp_path, monkeypatch, capsysbinary) as made:
        yield made


def configure(migrate: Command, text: str) -> None:
    migrate.path("pyproject_toml").write_text(f"[tool.sis-migrate]\n{text}\n")


def test_explains_names(migrate: Command) -> None:
    done = migrate("map", "pandas=1.5.*", "Pillow", "PIL.Image")
    text = done.out.decode()
    assert (done.code, done.err) == (0, "")
    assert "  written as: pandas>=2.1.2,<3" in text
    assert "Pillow has the same name on PyPI" in text
    assert "PIL.Image is a module: pillow is added" in text


def test_explains_with_the_users_own_map(migrate: Command) -> None:
    configure(migrate, 'streamlit = "1.58"\nmap.acme = "acme-sdk"')
    done = migrate("map", "explain", "acme", "streamlit")
    assert done.code == 0
    assert b"acme is acme-sdk on PyPI" in done.out
    assert b"written as: streamlit==1.58.*" in done.out


def test_tells_by_its_exit_code_that_a_name_is_not_known(migrate: Command) -> None:
    done = migrate("map", "pandas", "acme-sdk")
    assert done.code == 1
    assert b"acme-sdk is not converted" in done.out


def test_says_that_a_map_is_spoilt(migrate: Command, tmp_path: Path) -> None:
    file = tmp_path / "cache" / "names.json"
    file.parent.mkdir(parents=True)
    file.write_text("{bad")
    done = migrate("map", "pandas")
    assert done.code == 0
    assert done.err.startswith(f"The larger map of names in {file} cannot be used: ")
    assert "`migrate map update`" in done.err


def test_refuses_what_is_no_name(migrate: Command) -> None:
    done = migrate("map", "pandas", "acme==")
    assert (done.code, done.out) == (2, b"")
    assert done.err == "migrate: 'acme==' has an operator without a version\n"


@pytest.mark.parametrize("words", [("map",), ("map", "explain"), ("map", "check")])
def test_asks_for_what_is_missing(migrate: Command, words: tuple[str, ...]) -> None:
    assert migrate(*words).code == 2


def test_reports_a_configuration_that_is_wrong(migrate: Command) -> None:
    configure(migrate, 'map-address = "http://host.example/map.json"')
    done = migrate("map", "pandas")
    assert done.code == 2
    assert "pyproject.toml:2: 'map-address' must be an address that begins with" in done.err


def test_fetches_a_map_from_the_address_that_it_is_given(
    migrate: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_tls(monkeypatch)
    with serving({"/map.json": body(MAP)}) as host:
        done = migrate("map", "update", f"{host}/map.json")
    kept = migrate.folder / "cache" / "names.json"
    assert done.code == 0, done.err
    assert done.out.decode().startswith(f"From {host}/map.json: 2 names, SHA-256 ")
    assert done.out.decode().endswith(f"Kept in {kept}\n")
    assert kept.read_bytes() == MAP
    explained = migrate("map", "acme-sdk")
    assert explained.code == 0
    assert b"acme-sdk is acme on PyPI\n  because: so says the larger map" in explained.out


def test_fetches_a_map_from_the_configured_address(
    migrate: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_tls(monkeypatch)
    with serving({"/map.json": body(MAP), "/other": body(b"{}")}) as host:
        configure(migrate, f'map-address = "{host}/map.json"')
        assert migrate("map", "update").code == 0
        other = migrate("map", "update", f"{host}/other")
    assert (other.code, other.out) == (2, b"")
    assert other.err == "migrate: the map is not a JSON object of names\n"


def test_has_no_address_of_its_own(migrate: Command) -> None:
    done = migrate("map", "update")
    assert (done.code, done.out) == (2, b"")
    assert "map-address" in done.err
    assert "--file" in done.err


def test_says_when_the_server_is_silent(migrate: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    without_tls(monkeypatch)
    real = map_update.update
    monkeypatch.setattr(map_update, "update", lambda a, f: real(a, f, timeout=0.2))
    with serving({"/": silence}) as host:
        done = migrate("map", "update", f"{host}/")
    assert done.code == 2
    assert "does not answer within" in done.err


def test_takes_a_saved_map(migrate: Command) -> None:
    (migrate.folder / "map.json").write_bytes(MAP)
    done = migrate("map", "update", "--file", "map.json")
    assert done.code == 0
    assert done.out.decode().startswith("From map.json: 2 names")
    assert migrate("map", "old-name").code == 0


def test_takes_one_source_of_a_map(migrate: Command) -> None:
    done = migrate("map", "update", "https://host.example/", "--file", "map.json")
    assert done.code == 2
    assert "not both" in done.err


def test_says_when_a_map_cannot_be_kept(migrate: Command) -> None:
    (migrate.folder / "map.json").write_bytes(MAP)
    (migrate.folder / "cache").write_text("a file")
    done = migrate("map", "update", "--file", "map.json")
    assert done.code == 2
    assert "names.json cannot be written: " in done.err


def test_lists_what_it_does_not_know_of_a_channel(migrate: Command) -> None:
    names: dict[str, dict[str, dict[str, str]]] = {
        "packages": {"pandas": {}, "old-name": {}, "acme-sdk": {}}
    }
    (migrate.folder / "channel.json").write_text(json.dumps(names))
    (migrate.folder / "map.json").write_bytes(MAP)
    done = migrate("map", "check", "--channeldata", "channel.json")
    assert (done.code, done.out) == (1, b"acme-sdk\nold-name\n")
    assert done.err == "2 of 3 packages are not known.\n"
    migrate("map", "update", "--file", "map.json")
    done = migrate("map", "check", "--channeldata", "channel.json")
    assert (done.code, done.out, done.err) == (0, b"", "0 of 3 packages are not known.\n")


def test_says_why_a_channel_cannot_be_checked(migrate: Command) -> None:
    done = migrate("map", "check", "--channeldata", "absent.json")
    assert done.code == 2
    assert done.err == "migrate: absent.json: cannot be read: No such file or directory\n"


GUIDE = (Path(__file__).parents[2] / "docs" / "dependencies.md").read_text("utf-8")
SHOWN = re.findall(r"^```console\n\$ migrate (map [^\n#]*)\n((?:[^`$].*\n)+)```$", GUIDE, re.M)


def test_the_guide_shows_what_is_printed(migrate: Command) -> None:
    ((words, text),) = SHOWN
    assert migrate(*words.split()).out.decode() == text
