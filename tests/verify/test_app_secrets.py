from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from sis_migrate.verify import app_secrets
from sis_migrate.verify.stand_ins import SECRET

FILE = ".streamlit/secrets.toml"


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def made(root: Path, name: str = FILE) -> Any:
    return tomllib.loads((root / name).read_text())


@pytest.mark.parametrize(
    ("code", "secrets"),
    [
        pytest.param('st.secrets["key"]', {"key": SECRET}, id="an item"),
        pytest.param("st.secrets.key", {"key": SECRET}, id="an attribute"),
        pytest.param("from streamlit import secrets\nsecrets.get('key', '')", {"key": SECRET},
                     id="an item that may be missing"),
        pytest.param('if "key" in st.secrets: pass', {"key": SECRET}, id="asked for"),
        pytest.param('if "key" not in st.secrets: pass', {"key": SECRET}, id="asked for, negated"),
        pytest.param('st.secrets["key"].strip()', {"key": SECRET}, id="a text's method"),
        pytest.param('st.secrets.key.split(",")', {"key": SECRET}, id="a text's, by attributes"),
        pytest.param('map(st.secrets["key"].startswith, [])', {"key": SECRET}, id="handed on"),
        pytest.param("st.secrets.to_dict()", None, id="a method of the secrets themselves"),
        pytest.param('st.secrets["db"]["user"]', {"db": {"user": SECRET}}, id="an item's item"),
        pytest.param('st.secrets["db"].user', {"db": {"user": SECRET}}, id="an item's attribute"),
        pytest.param("st.secrets.db.user", {"db": {"user": SECRET}}, id="attributes only"),
        pytest.param('st.secrets.get("db", {}).get("user")', {"db": {"user": SECRET}}, id="get twice"),
        pytest.param('st.secrets["a"]["b"]["c"]', {"a": {"b": {"c": SECRET}}}, id="three levels"),
        pytest.param('db = st.secrets["db"]\ndb["user"], db.password',
                     {"db": {"user": SECRET, "password": SECRET}}, id="through a variable"),
        pytest.param('def f():\n    key = st.secrets["key"]\n    return key.encode()\n'
                     'def g():\n    key = st.secrets["key"]\n', {"key": SECRET},
                     id="a variable of two functions"),
        pytest.param('db = st.secrets["db"]\ndb = connect(db)\ndb["user"]', {"db": SECRET},
                     id="a variable that becomes something else"),
        pytest.param('db = st.secrets["db"]\ndef f(db):\n    db["user"]', {"db": SECRET},
                     id="a parameter of that name"),
        pytest.param('s = st.secrets\ns["key"]', {"key": SECRET}, id="another name for all"),
        pytest.param('db: Any = st.secrets["db"]\ndb["user"]', {"db": {"user": SECRET}},
                     id="a variable with a type"),
        pytest.param('db: Any\nself.db = st.secrets["db"]', {"db": SECRET}, id="no variable"),
        pytest.param('dict(st.secrets), f(**st.secrets)', None, id="all of them"),
        pytest.param('connect(**st.secrets["db"])', {"db": {}}, id="unpacked into a call"),
        pytest.param('{**st.secrets["db"], "a": 1}', {"db": {}}, id="unpacked into a dict"),
        pytest.param('dict(st.secrets["db"])', {"db": {}}, id="made a dict"),
        pytest.param('for k in st.secrets["db"].items(): pass', {"db": {}}, id="a section's method"),
        pytest.param('st.secrets[name], st.secrets["key"][0]', {"key": SECRET}, id="no literal"),
        pytest.param('st.secrets["connections"]["snowflake"]["account"]', None, id="a connection"),
        pytest.param("def (", None, id="no Python"),
    ],
)  # fmt: skip
def test_every_secret_that_the_code_names_has_a_stand_in(
    tmp_path: Path, code: str, secrets: dict[str, Any] | None
) -> None:
    write(tmp_path, {"app.py": code})
    app_secrets.stand_in(tmp_path, [])
    if secrets is None:
        assert not (tmp_path / FILE).exists()
    else:
        assert made(tmp_path) == secrets


REAL = (
    'token = "real"\nlimit = 5\n[db]\npassword = "real"\nhosts = ["real"]\n'
    '[connections.snowflake]\naccount = "real"\n'
)
LENT: dict[str, Any] = {"token": SECRET, "limit": 5, "db": {"password": SECRET, "hosts": [SECRET]}}


@pytest.mark.parametrize(
    "name", [FILE, f"src/{FILE}", "my.toml"], ids=["root", "entry point", "configuration"]
)
def test_the_apps_own_secrets_lend_their_names_only(tmp_path: Path, name: str) -> None:
    config = '[secrets]\nfiles = ["my.toml", "none.toml", "/", ".", "../outside.toml"]\n'
    write(tmp_path / "copy", {name: REAL, ".streamlit/config.toml": config})
    write(tmp_path, {"outside.toml": "outside = 'real'"})
    app_secrets.stand_in(tmp_path / "copy", [])
    assert made(tmp_path / "copy") == made(tmp_path / "copy", name) == LENT
    assert (tmp_path / "outside.toml").read_text() == "outside = 'real'"


def test_secrets_that_are_not_deployed_lend_their_names_too(tmp_path: Path) -> None:
    write(tmp_path, {f"app/{FILE}": REAL, "copy/app.py": 'st.secrets["db"]["user"]'})
    app_secrets.stand_in(tmp_path / "copy", [tmp_path / "app" / FILE, tmp_path / "none"])
    assert made(tmp_path / "copy") == {**LENT, "db": {**LENT["db"], "user": SECRET}}
    assert (tmp_path / "app" / FILE).read_text() == REAL


def test_secrets_of_several_files_are_together_in_each(tmp_path: Path) -> None:
    write(tmp_path, {FILE: "a = 1\n[db]\nuser = 'x'", f"src/{FILE}": "a = 2\n[db]\nkey = 'y'"})
    app_secrets.stand_in(tmp_path, [])
    together = {"user": SECRET, "key": SECRET}
    assert made(tmp_path)["db"] == made(tmp_path, f"src/{FILE}")["db"] == together


def test_code_knows_better_what_is_a_section(tmp_path: Path) -> None:
    write(tmp_path, {FILE: "db = 'x'", "app.py": 'st.secrets["db"]["user"]'})
    app_secrets.stand_in(tmp_path, [])
    assert made(tmp_path) == {"db": {"user": SECRET}}


@pytest.mark.parametrize("text", ['[connections.snowflake]\naccount = "real"\n', "real = ["])
def test_files_that_lend_nothing_go(tmp_path: Path, text: str) -> None:
    write(tmp_path, {FILE: text, f"src/{FILE}": text})
    app_secrets.stand_in(tmp_path, [])
    assert not list(tmp_path.rglob("secrets.toml"))


def test_a_folder_with_a_file_for_each_secret_goes(tmp_path: Path) -> None:
    write(tmp_path, {f"{FILE}/token": "real", "app.py": 'st.secrets["token"]'})
    app_secrets.stand_in(tmp_path, [])
    assert made(tmp_path) == {"token": SECRET}


def test_a_warehouse_has_no_secrets(tmp_path: Path) -> None:
    write(tmp_path, {FILE: REAL, f"src/{FILE}": REAL, f"pages/{FILE}/token": "real"})
    app_secrets.remove(tmp_path)
    assert not list(tmp_path.rglob("secrets.toml"))
