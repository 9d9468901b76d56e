from __future__ import annotations

import json
from pathlib import Path

import pytest

from sis_migrate.cli import sql as sql_command
from sis_migrate.cli import status as status_command
from sis_migrate.cli.choices import Choices, choose
from sis_migrate.cli.failure import UsageError
from sis_migrate.cli.options import Role
from sis_migrate.model import Item

CODE = "import streamlit as st\nfrom snowflake.snowpark.context import get_active_session\n"
ENVIRONMENT = "name: x\nchannels: [snowflake]\ndependencies:\n  - plotly\n"


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "streamlit_app.py").write_text(CODE + "s = get_active_session()\n")
    (tmp_path / "environment.yml").write_text(ENVIRONMENT)
    (tmp_path / "deploy.sql").write_text(
        "CREATE STREAMLIT db.s.sales FROM '@s' MAIN_FILE = 'streamlit_app.py' QUERY_WAREHOUSE = wh;\n"
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def choices(**switch: str) -> Choices:
    return choose(
        None, select=None, ignore=None, exclude=None, unsafe=None, requirements=False,
        pyproject=False, streamlit=None, remove_environment=None, switch=switch,
    )  # fmt: skip


@pytest.mark.usefixtures("app")
def test_three_scripts(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert sql_command.sql(choices(owner_role="own", admin_role="sec admin"), (), None) == 0
    out = capfdbinary.readouterr().out.decode()
    assert out.index('USE ROLE "sec admin";') < out.index("USE ROLE own;") < out.index("way back")
    assert "ALTER STREAMLIT db.s.sales SET" in out
    assert "QUERY_WAREHOUSE = wh" in out


@pytest.mark.usefixtures("app")
def test_one_role_and_one_app(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert sql_command.sql(choices(), ["sales"], Role.ADMINISTRATOR) == 0
    out = capfdbinary.readouterr().out.decode()
    assert "an administrator runs this" in out
    assert "ALTER STREAMLIT" not in out


@pytest.mark.usefixtures("app")
def test_unknown_app() -> None:
    with pytest.raises(UsageError, match=r"--app other: there is no such app \(there are: sales\)"):
        sql_command.sql(choices(), ["other"], None)


def test_saved_result_of_another_app(app: Path) -> None:
    (app / "d.json").write_text(json.dumps([{"name": "OTHER"}]))
    with pytest.raises(UsageError, match="none of the apps"):
        sql_command.sql(choices(describe="d.json"), (), None)
    (app / "d.json").write_text("no")
    with pytest.raises(UsageError, match="not JSON"):
        sql_command.sql(choices(describe="d.json"), (), None)


def test_saved_owner_is_used(app: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    row = {"name": "SALES", "owner": "APP OWNER", "database_name": "D", "schema_name": "S"}
    (app / "d.json").write_text(json.dumps(row))
    assert sql_command.sql(choices(describe="d.json"), (), Role.OWNER) == 0
    assert 'USE ROLE "APP OWNER";' in capfdbinary.readouterr().out.decode()


def test_nothing_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert sql_command.sql(choices(), (), None) == 0
    assert b"No Streamlit-in-Snowflake app found here" in capfdbinary.readouterr().out


def test_nothing_to_run_for_a_native_app(
    app: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    (app / "deploy.sql").write_text(
        "CREATE STREAMLIT core.ui FROM '/' MAIN_FILE = '/streamlit_app.py';"
    )
    assert sql_command.sql(choices(), (), None) == 0
    assert b"Native App's setup script" in capfdbinary.readouterr().out


def test_saved_result_that_fits_several_apps(app: Path) -> None:
    (app / "deploy.sql").unlink()
    for folder in ("one", "two"):
        (app / folder).mkdir()
        for name in ("streamlit_app.py", "environment.yml"):
            (app / folder / name).write_bytes((app / name).read_bytes())
    for name in ("streamlit_app.py", "environment.yml"):
        (app / name).unlink()
    (app / "d.json").write_text(json.dumps([{"name": "X", "main_file": "streamlit_app.py"}]))
    with pytest.raises(UsageError, match="any of several apps"):
        sql_command.sql(choices(describe="d.json"), (), None)


@pytest.mark.parametrize(
    ("name", "value"),
    [("runtime", "conda"), ("package_source", "pip"), ("snowflake_cli", "new")],
)
def test_wrong_choice(name: str, value: str) -> None:
    with pytest.raises(UsageError, match=f"--{name.replace('_', '-')} must be"):
        choices(**{name: value})


@pytest.mark.usefixtures("app")
def test_status_has_every_item(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert status_command.status(choices()) == 1
    out = capfdbinary.readouterr().out.decode()
    rows = [line.split()[0] for line in out.splitlines()[1:] if line[2:3].strip()]
    assert rows == [*Item, "verified"]
    assert "streamlit_app.py:3: [fixed]" in out


def test_status_remembers_what_runs_did(app: Path) -> None:
    from sis_migrate.pipeline import plan
    from sis_migrate.report import machine
    from sis_migrate.write import commit

    chosen = choices()
    migration = plan([app], chosen.settings, codemods=chosen.codemods)
    record = machine.document(migration, chosen.settings, app)
    commit(migration.changes(), record_root=app, record=record, allow_dirty=True)
    states = {s.item: s for s in status_command.standing(chosen).apps[0].items}
    assert states[Item.SESSION].state == "done"
    assert "earlier runs" in states[Item.SESSION].evidence
