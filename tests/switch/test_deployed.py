"""What the scripts of the switch say after an apply, and which values they may not make up."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sis_codemods.switch import create_streamlit, native_app, project_file, switch_steps
from sis_codemods.switch.names import split_name
from sis_migrate.cli.choices import Choices, choose
from sis_migrate.model import AppMigration, Item, ItemState, Runtime, Settings, Status
from sis_migrate.pipeline import plan
from sis_migrate.report import machine
from sis_migrate.switch.script import script
from sis_migrate.write import commit
from switch_case import REQUIRES, run

CODE = "import streamlit as st\nfrom snowflake.snowpark.context import get_active_session\n"
PROJECT = (
    "definition_version: 2\nentities:\n  app_key:\n    type: streamlit\n    identifier: SALES\n"
    "    query_warehouse: WH\n    main_file: streamlit_app.py\n"
    "    artifacts:\n      - streamlit_app.py\n      - environment.yml\n"
)
CONTAINER = "    runtime_name: SYSTEM$ST_CONTAINER_RUNTIME_PY3_11\n    compute_pool: P\n"
OPEN_ITEMS = (Item.POOL, Item.EAI, Item.ATTACH, Item.SWITCH, Item.LIVE)
ROLES = ("administrator", "owner", "rollback")


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "streamlit_app.py").write_text(CODE + "s = get_active_session()\n")
    (tmp_path / "environment.yml").write_text(
        "name: x\nchannels: [snowflake]\ndependencies:\n  - plotly\n"
    )
    (tmp_path / "snowflake.yml").write_text(PROJECT)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def choices(**switch: str) -> Choices:
    return choose(
        None, select=None, ignore=None, exclude=None, unsafe=None, requirements=False,
        pyproject=False, streamlit=None, remove_environment=None, switch=switch,
    )  # fmt: skip


def planned(app: Path, **switch: str) -> AppMigration:
    chosen = choices(**switch)
    return plan([app], chosen.settings, codemods=chosen.codemods).apps[0]


def apply(app: Path) -> None:
    chosen = choices()
    migration = plan([app], chosen.settings, codemods=chosen.codemods)
    record = machine.document(migration, chosen.settings, app)
    commit(migration.changes(), record_root=app, record=record, allow_dirty=True)


def scripts(migration: AppMigration) -> list[str]:
    return [script(migration, role, owner="<OWNER_ROLE>", admin="A") for role in ROLES]


def states(migration: AppMigration) -> dict[Item, ItemState]:
    return {state.item: state for state in migration.items}


def test_apply_does_not_switch_the_app(app: Path) -> None:
    apply(app)
    after = planned(app)
    assert after.app.runtime is Runtime.CONTAINER
    assert all(scripts(after))
    assert {states(after)[item].state for item in OPEN_ITEMS} == {"by hand"}


def test_old_kind_of_app_keeps_its_way_after_an_apply(app: Path) -> None:
    (app / "snowflake.yml").unlink()
    (app / "a.sql").write_text(
        "CREATE STREAMLIT d.s.sales ROOT_LOCATION = '@s/x' MAIN_FILE = '/streamlit_app.py';\n"
    )
    apply(app)
    assert "ROOT_LOCATION" not in (app / "a.sql").read_text()
    assert "CREATE STREAMLIT d.s.sales_CONTAINER\n  FROM '@s/x'" in scripts(planned(app))[1]


def test_saved_result_ends_the_switch(app: Path) -> None:
    apply(app)
    row = {"name": "SALES", "runtime_name": "SYSTEM$ST_CONTAINER_RUNTIME_PY3_11"}
    (app / "d.json").write_text(json.dumps(row))
    after = planned(app, describe="d.json")
    assert scripts(after) == ["", "", ""]
    assert states(after)[Item.POOL].state == "nothing to do"
    (app / "d.json").write_text(json.dumps({**row, "runtime_name": "SYSTEM$WAREHOUSE_RUNTIME"}))
    assert all(scripts(planned(app, describe="d.json")))


def test_container_in_the_file_without_a_record(app: Path) -> None:
    (app / "snowflake.yml").write_text(PROJECT.replace("    main", CONTAINER + "    main"))
    for text in scripts(planned(app)):
        head = text.partition("\nUSE ROLE")[0]
        assert "only needed where the app in Snowflake is not switched yet" in head


def test_container_in_the_file_before_the_recorded_run(app: Path) -> None:
    (app / "snowflake.yml").write_text(PROJECT.replace("    main", CONTAINER + "    main"))
    apply(app)
    assert scripts(planned(app)) == ["", "", ""]


def test_record_of_another_app_tells_nothing(app: Path) -> None:
    (app / "snowflake.yml").write_text(PROJECT.replace("    main", CONTAINER + "    main"))
    other = app / "other"
    other.mkdir()
    code, environment = (app / "streamlit_app.py", app / "environment.yml")
    (other / "main.py").write_bytes(code.read_bytes())
    (other / "environment.yml").write_bytes(environment.read_bytes())
    chosen = choices()
    migration = plan([other], chosen.settings, codemods=chosen.codemods)
    record = machine.document(migration, chosen.settings, app)
    commit(migration.changes(), record_root=app, record=record, allow_dirty=True)
    assert all(scripts(planned(app)))


def test_label_is_no_name(app: Path) -> None:
    (app / "snowflake.yml").write_text(
        PROJECT.replace("identifier: SALES", "identifier:\n      name: <% ctx.env.APP %>")
    )
    migration = planned(app)
    _, owner, back = scripts(migration)
    assert (migration.app.name, migration.app.name_is_label) == ("app_key", True)
    assert "DESCRIBE STREAMLIT <DATABASE>.<SCHEMA>.<APP_NAME>;" in owner
    assert "app_key is only what it is called here" in owner
    for text in (owner, back):
        (line,) = [line for line in text.splitlines() if "FILL IN" in line]
        assert "<APP_NAME>" in line
    (app / "d.json").write_text(
        json.dumps({"name": "REAL", "main_file": "streamlit_app.py", "query_warehouse": "W"})
    )
    assert "DESCRIBE STREAMLIT <DATABASE>.<SCHEMA>.REAL;" in scripts(
        planned(app, describe="d.json")
    )[1]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "name"),
    [
        pytest.param("{{env.DB}}.{{ env.S }}.APP", "<DATABASE>.<SCHEMA>.APP", id="jinja"),
        pytest.param("&{db}.s.APP", "<DATABASE>.s.APP", id="client variable"),
        pytest.param("<% ctx.env.db %>.s.APP", "<DATABASE>.s.APP", id="template of the CLI"),
        pytest.param("d.s.APP_{{env}}", "d.s.sales", id="part of the name"),
        pytest.param("IDENTIFIER($name)", "<DATABASE>.<SCHEMA>.sales", id="session variable"),
        pytest.param("IDENTIFIER('d.s.\"My app\"')", 'd.s."My app"', id="name in a string"),
        pytest.param('d."a.b".APP', 'd."a.b".APP', id="dot in quotes"),
    ],
)
def test_templates_in_names_are_placeholders(written: str, name: str) -> None:
    text = f"CREATE STREAMLIT {written} FROM '@s' MAIN_FILE = 'streamlit_app.py';\n"
    migration = run({"a.sql": text}, switch_steps.codemod).migration
    owner = scripts(migration)[1]
    assert f"DESCRIBE STREAMLIT {name};" in owner
    assert "{{" not in "".join(s for s in owner.splitlines() if not s.startswith("--"))


def test_name_goes_before_a_main_file_that_several_have() -> None:
    text = (
        "CREATE STREAMLIT d.s.other ROOT_LOCATION = '@o' MAIN_FILE = 'streamlit_app.py';\n"
        "CREATE STREAMLIT {{env.D}}.s.sales FROM '@s' MAIN_FILE = 'streamlit_app.py';\n"
    )
    owner = scripts(run({"a.sql": text}, switch_steps.codemod).migration)[1]
    assert "DESCRIBE STREAMLIT <DATABASE>.s.sales;" in owner
    assert "_CONTAINER" not in owner.replace("ST_CONTAINER", "")
    owner = scripts(run({"a.sql": text}, switch_steps.codemod, name="third").migration)[1]
    assert "DESCRIBE STREAMLIT <DATABASE>.<SCHEMA>.third;" in owner


def test_split_of_a_name() -> None:
    assert split_name('{{ a.b }}."x.y".Z_<% c.d %>') == ["{{ a.b }}", '"x.y"', "Z_<% c.d %>"]


def test_way_back_revokes_nothing_that_is_shared() -> None:
    for options in (Settings(), Settings(compute_pool="p", package_source="integration:i")):
        outcome = run({"pyproject.toml": REQUIRES}, switch_steps.codemod, settings=options)
        back = scripts(outcome.migration)[2]
        assert "SHOW GRANTS TO ROLE" in back
        assert not [line for line in back.splitlines() if line.startswith("REVOKE")]
        assert "-- REVOKE" in back
        assert '-- To take back "Switch the app to the container":' in back


def test_files_that_disagree_on_the_warehouse() -> None:
    text = "CREATE STREAMLIT sales FROM '@s' QUERY_WAREHOUSE = OTHER_WH;\n"
    outcome = run({"a.sql": text, "snowflake.yml": PROJECT}, switch_steps.codemod)
    for each in scripts(outcome.migration):
        assert "WH in snowflake.yml, OTHER_WH in a.sql. Below: WH." in each
    same = text.replace("OTHER_WH", "wh")
    outcome = run({"a.sql": same, "snowflake.yml": PROJECT}, switch_steps.codemod)
    assert "disagree" not in "".join(scripts(outcome.migration))


@pytest.mark.parametrize(
    ("source", "copied"),
    [
        ("@d.s.repo/branches/main/app/", "FROM @d.s.repo/branches/main/app/;"),
        ("@&{db}.s.repo/branches/main/", "FROM @<REPOSITORY>/branches/<BRANCH>/;"),
    ],
)
def test_app_made_from_git_is_copied_from_there(source: str, copied: str) -> None:
    text = f"CREATE STREAMLIT sales FROM '{source}';\n"
    outcome = run({"a.sql": text, "snowflake.yml": PROJECT}, switch_steps.codemod)
    owner = scripts(outcome.migration)[1]
    assert copied in owner
    assert "snow streamlit deploy" not in owner


def test_template_in_a_location_is_a_placeholder() -> None:
    text = "CREATE STREAMLIT sales ROOT_LOCATION = '@{{ env.DB }}.s.st';\n"
    owner = scripts(run({"a.sql": text}, switch_steps.codemod).migration)[1]
    assert "FROM '@<STAGE>'" in owner
    assert "{{" not in owner


@pytest.mark.parametrize("warehouse", ["&wh", "$wh", "&{wh}", "IDENTIFIER($wh)"])
def test_variable_for_the_warehouse_is_a_placeholder(warehouse: str) -> None:
    text = f"CREATE STREAMLIT sales FROM '@s' QUERY_WAREHOUSE = {warehouse};\n"
    owner = scripts(run({"a.sql": text}, switch_steps.codemod).migration)[1]
    assert "QUERY_WAREHOUSE = <QUERY_WAREHOUSE>" in owner
    assert warehouse not in owner


def test_what_another_app_with_the_same_main_file_has_is_not_attached() -> None:
    text = (
        "CREATE STREAMLIT sales FROM '@a' MAIN_FILE = 'streamlit_app.py'\n"
        "  EXTERNAL_ACCESS_INTEGRATIONS = (ours);\n"
        "CREATE STREAMLIT other FROM '@b' MAIN_FILE = 'streamlit_app.py'\n"
        "  EXTERNAL_ACCESS_INTEGRATIONS = (theirs);\n"
    )
    files = {"a.sql": text, "snowflake.yml": PROJECT}
    changed = run(files, project_file.codemod).texts["snowflake.yml"] or ""
    assert "ours" in changed
    assert "theirs" not in changed
    unnamed = {**files, "snowflake.yml": PROJECT.replace("SALES", "THIRD")}
    assert "external_access" not in (
        run(unnamed, project_file.codemod, name="third").texts["snowflake.yml"] or ""
    )


@pytest.mark.parametrize(
    ("source", "item"), [("ROOT_LOCATION = '@s'", Item.FROM), ("FROM '@s'", Item.SWITCH)]
)
def test_item_of_an_edited_statement(source: str, item: Item) -> None:
    outcome = run({"a.sql": f"CREATE STREAMLIT sales {source};\n"}, create_streamlit.codemod)
    assert {f.item for f in outcome.findings} == {item}


def test_warehouse_that_is_asked_for_replaces_another() -> None:
    text = "CREATE STREAMLIT sales FROM '@s' QUERY_WAREHOUSE = OTHER_WH;\n"
    codemods = (project_file.codemod, create_streamlit.codemod)
    files, asked = {"a.sql": text, "snowflake.yml": PROJECT}, Settings(query_warehouse="NEW")
    outcome = run(files, *codemods, settings=asked)
    assert "QUERY_WAREHOUSE = NEW" in (outcome.texts["a.sql"] or "")
    assert "query_warehouse: NEW\n" in (outcome.texts["snowflake.yml"] or "")
    assert {f.status for f in outcome.findings if "NEW" in f.message} == {Status.REVIEW}
    again = {n: t for n, t in outcome.texts.items() if t is not None}
    assert run(again, *codemods, settings=asked).findings == ()


def test_warehouse_that_is_a_template_is_told() -> None:
    files = {"snowflake.yml": PROJECT.replace(": WH", ": '<% ctx.env.WH %>'")}
    found = run(files, project_file.codemod, settings=Settings(query_warehouse="NEW")).open()
    assert [f.message for f in found] == ["names <% ctx.env.WH %>, and NEW was asked for"]


NATIVE = "CREATE STREAMLIT core.ui FROM '/streamlit' MAIN_FILE = '/streamlit_app.py';\n"
PINNED = "name: x\nchannels: [snowflake]\ndependencies:\n  - plotly\n  - streamlit=1.26.0\n"


def test_native_app_s_old_streamlit() -> None:
    code = 'import streamlit as st\nst.connection("snowflake")\n'
    files = {"setup.sql": NATIVE, "environment.yml": PINNED, "streamlit_app.py": code}
    (found,) = [
        f for f in run(files, native_app.codemod).findings if f.path.name == "environment.yml"
    ]
    assert found.span is not None
    assert (found.status, found.item, found.span.line) == (Status.MANUAL, Item.STREAMLIT, 5)
    assert "Streamlit 1.26" in found.message
    assert "needs 1.28 (st.connection in streamlit_app.py, line 2)" in found.message
    assert "- streamlit=1.52" in found.remedy


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            lambda files: files | {"environment.yml": PINNED.replace("26", "28")}, id="new"
        ),
        pytest.param(lambda files: files | {"streamlit_app.py": "import streamlit\n"}, id="unused"),
    ],
)
def test_native_app_s_streamlit_that_will_do(
    change: Callable[[dict[str, str]], dict[str, str]],
) -> None:
    code = 'import streamlit as st\nst.connection("snowflake")\n'
    files = {"setup.sql": NATIVE, "environment.yml": PINNED, "streamlit_app.py": code}
    found = run(change(files), native_app.codemod).findings
    assert not [f for f in found if f.path.name == "environment.yml"]
