from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from sis_migrate.verify import stand_ins
from sis_migrate.verify.stand_ins import StandInError, Surroundings


def surroundings(folder: Path, port: int | None = 4000) -> Surroundings:
    made = Surroundings(folder, stand_ins.emulated(port or 0), port, folder / "caches")
    made.write()
    return made


def test_the_connection_is_in_a_home_of_its_own_that_only_the_user_may_read(tmp_path: Path) -> None:
    environment = surroundings(tmp_path).environment(container=True)
    path = Path(environment["SNOWFLAKE_HOME"]) / "connections.toml"
    assert path.parent == tmp_path / "home"
    assert environment["HOME"] == str(path.parent)
    assert path.stat().st_mode & 0o077 == 0
    entry = tomllib.loads(path.read_text())["default"]
    assert (entry["host"], entry["port"], entry["network_timeout"]) == ("127.0.0.1", 4000, 5)


def test_nothing_of_the_users_environment_is_passed_on_but_what_programs_need(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    monkeypatch.setenv("HTTPS_PROXY", "proxy.example.com")
    monkeypatch.setenv("PATH", "/bin")
    environment = surroundings(tmp_path).environment(container=True)
    assert environment["PATH"] == "/bin"
    assert not {"OPENAI_API_KEY", "HTTPS_PROXY"} & environment.keys()
    assert environment["SIS_MIGRATE_VERIFY_NETWORK"] == "loopback"


def test_the_users_own_account_is_reached_over_the_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "proxy.example.com")
    made = Surroundings(tmp_path, {"account": "a1"}, None, tmp_path, open_network=True)
    made.write()
    environment = made.environment(container=True)
    assert environment["SNOWFLAKE_HOST"] == "a1.snowflakecomputing.com"
    assert environment["HTTPS_PROXY"] == "proxy.example.com"
    assert not {"SIS_MIGRATE_VERIFY_NETWORK", "SNOWFLAKE_PORT"} & environment.keys()


def test_only_a_container_has_a_token_and_only_a_warehouse_its_private_module(
    tmp_path: Path,
) -> None:
    made = surroundings(tmp_path)
    container, warehouse = (made.environment(container=c) for c in (True, False))
    session = Path(container["SIS_MIGRATE_VERIFY_SESSION"])
    assert (session / "token").read_text() == stand_ins.TOKEN
    assert "SIS_MIGRATE_VERIFY_SESSION" not in warehouse
    assert "SIS_MIGRATE_VERIFY_TOKEN" not in container
    assert "warehouse" in warehouse["PYTHONPATH"]
    assert "warehouse" not in container["PYTHONPATH"]


def test_the_token_of_the_users_own_connection_is_the_sessions(tmp_path: Path) -> None:
    made = Surroundings(tmp_path, {"account": "a1", "token": "t1"}, None, tmp_path, True)
    made.write()
    assert (tmp_path / "session" / "token").read_text() == "t1"


@pytest.mark.parametrize(
    ("file", "text"),
    [
        pytest.param("connections.toml", '[dev]\naccount = "a1"\n', id="connections.toml"),
        pytest.param("config.toml", '[connections.dev]\naccount = "a1"\n', id="config.toml"),
    ],
)
def test_a_named_connection_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, text: str
) -> None:
    monkeypatch.setenv("SNOWFLAKE_HOME", str(tmp_path))
    (tmp_path / file).write_text(text)
    assert stand_ins.named_connection("dev") == {"account": "a1"}


def test_the_users_home_folder_is_still_meant_where_the_app_has_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SNOWFLAKE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "me"))
    (tmp_path / "connections.toml").write_text(
        "[dev]\nprivate_key_file = '~/key.p8'\nuser = '~me'\nport = 443\n"
    )
    assert stand_ins.named_connection("dev") == {
        "private_key_file": str(tmp_path / "me" / "key.p8"),
        "user": "~me",
        "port": 443,
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("[prod]\naccount = 'a'\n", "there is no connection dev in", id="another name"),
        pytest.param("[prod", "cannot be read", id="not TOML"),
        pytest.param("dev = 'x'\n", "there is no connection dev in", id="no section"),
    ],
)
def test_a_connection_that_cannot_be_used_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    monkeypatch.setenv("SNOWFLAKE_HOME", str(tmp_path))
    (tmp_path / "connections.toml").write_text(text)
    with pytest.raises(StandInError, match=message):
        stand_ins.named_connection("dev")
