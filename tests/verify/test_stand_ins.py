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
    assert "warehouse" in warehouse["PYTHONPATH"]
    assert "warehouse" not in container["PYTHONPATH"]


CODE = """
import streamlit as st
from streamlit import secrets
key = st.secrets["api_key"]
user = st.secrets["crm"]["username"]
password = st.secrets["crm"].password
other = secrets.get("other", "")
account = st.secrets["connections"]["snowflake"]["account"]
name = "x"
unknown = st.secrets[name]
"""


def test_every_secret_that_the_code_names_has_a_stand_in(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(CODE)
    (tmp_path / "broken.py").write_text("def (")
    stand_ins.write_secrets(tmp_path, [tmp_path / "app.py", tmp_path / "broken.py"])
    made = tomllib.loads((tmp_path / ".streamlit" / "secrets.toml").read_text())
    stand_in = stand_ins.SECRET
    assert made == {
        "api_key": stand_in,
        "crm": {"username": stand_in, "password": stand_in},
        "other": stand_in,
    }


def test_the_apps_own_secrets_lend_their_names_only(tmp_path: Path) -> None:
    path = tmp_path / ".streamlit" / "secrets.toml"
    path.parent.mkdir()
    path.write_text(
        'token = "real"\nlimit = 5\n[db]\npassword = "real"\nhosts = ["real"]\n'
        '[connections.snowflake]\naccount = "real"\n'
    )
    stand_ins.write_secrets(tmp_path, [])
    assert "real" not in path.read_text()
    made = tomllib.loads(path.read_text())
    assert made["limit"] == 5
    assert made["db"].keys() == {"password", "hosts"}
    assert "connections" not in made


def test_secrets_with_nothing_but_a_connection_go(tmp_path: Path) -> None:
    path = tmp_path / ".streamlit" / "secrets.toml"
    path.parent.mkdir()
    path.write_text('[connections.snowflake]\naccount = "real"\n')
    stand_ins.write_secrets(tmp_path, [])
    assert not path.exists()


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


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("[prod]\naccount = 'a'\n", "there is no connection dev in", id="another name"),
        pytest.param("[prod", "cannot be read", id="not TOML"),
    ],
)
def test_a_connection_that_cannot_be_used_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    monkeypatch.setenv("SNOWFLAKE_HOME", str(tmp_path))
    (tmp_path / "connections.toml").write_text(text)
    with pytest.raises(StandInError, match=message):
        stand_ins.named_connection("dev")
