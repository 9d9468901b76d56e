from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sis_migrate.documents.sql_quoting import identifier, literal, stored
from sis_migrate.documents.sql_scan import Token, split, statements, tokens
from sis_migrate.model import App, AppMigration, Item, Settings, Step
from sis_migrate.switch.described import Described, Grant, SavedResultError, described, grants
from sis_migrate.switch.facts import Switch
from sis_migrate.switch.plan import steps
from sis_migrate.switch.script import script
from sis_migrate.switch.target import package_source, target

HOSTILE = st.text(alphabet="'\"\\;-/*$ \n\r\ta@.()=&<%{}é", min_size=1)
APP = App(Path("/a"), "sales", None, (), ())


def described_app(**more: object) -> Described:
    known = {"name": "SALES", "database": "DB", "schema": "S", "query_warehouse": "WH"}
    return Described(**{**known, **more})  # type: ignore[arg-type]  # only names of the class


def text_of(switch: Switch, role: str = "owner") -> str:
    migration = AppMigration(APP, steps=tuple(steps(switch)))
    return script(migration, role, owner=switch.owner, admin=switch.admin)


def heads(text: str) -> list[str]:
    """The first two words of each statement."""
    found: list[list[Token]] = [part for part in split(tokens(text)) if part]
    return [" ".join(t.raw for t in part[:2]) for part in found]


@settings(deadline=None)  # the first example imports the parser
@given(name=HOSTILE, role=HOSTILE, wh=HOSTILE, pool=HOSTILE, title=HOSTILE, main=HOSTILE)
@pytest.mark.parametrize("legacy", [True, False])
def test_no_input_changes_what_the_scripts_do(
    legacy: bool, name: str, role: str, wh: str, pool: str, title: str, main: str
) -> None:
    known = described_app(
        name=name, owner=role, title=title, comment=title, integrations=(role,), imports=(main,),
        secrets={name: "db.s.x"}, execute_as="RESTRICTED CALLER", query_warehouse=wh,
        root_location=main if legacy else "", live_uri="" if legacy else main,
    )  # fmt: skip
    granted = (Grant("USAGE", "ROLE", role), Grant(title, "ROLE", role), Grant("USAGE", name, role))

    def scripts(plain: bool) -> list[list[str]]:
        switch = Switch(
            name=f"DB.S.{'X' if plain else stored(name)}",
            target=target(Settings(compute_pool="p" if plain else pool)),
            owner="R" if plain else stored(role),
            admin="A" if plain else identifier(role),
            warehouse="W" if plain else stored(wh),
            main_file="m" if plain else main,
            needs_source=True,
            location=("'@s'" if plain else literal(main)) if legacy else None,
            described=known if not plain else described_app(
                owner="R", title="t", comment="c", integrations=("I",), imports=("i",),
                secrets={"k": "db.s.x"}, execute_as="RESTRICTED CALLER",
                root_location="@s" if legacy else "", live_uri="" if legacy else "u",
            ),
            grants=granted if not plain else (Grant("USAGE", "ROLE", "R"), *granted[1:]),
        )  # fmt: skip
        return [heads(text_of(switch, role)) for role in ("administrator", "owner", "rollback")]

    own = identifier(pool).upper() == "SYSTEM_COMPUTE_POOL_CPU"
    assert scripts(False) == scripts(True) or own


def test_in_place_without_knowing_the_app() -> None:
    text = text_of(Switch("<DATABASE>.<SCHEMA>.SALES", target(Settings()), needs_source=True))
    assert "FILL IN before running" in text
    assert "<OWNER_ROLE>, <DATABASE>, <SCHEMA>" in text
    (alter,) = [s for s in statements(text.replace("<", "").replace(">", "")) if s.action == "SET"]
    assert [p.name for p in alter.properties] == [
        "RUNTIME_NAME", "COMPUTE_POOL", "QUERY_WAREHOUSE", "ARTIFACT_REPOSITORIES",
    ]  # fmt: skip
    assert "-- ALTER STREAMLIT <DATABASE>.<SCHEMA>.SALES EXECUTE AS OWNER;" in text


def test_way_back_takes_the_repository_off_first() -> None:
    switch = Switch(
        "DB.S.SALES", target(Settings()), needs_source=True, described=described_app(live_uri="u")
    )
    text = text_of(switch, "rollback")
    assert text.index("UNSET ARTIFACT_REPOSITORIES") < text.index("SYSTEM$WAREHOUSE_RUNTIME")
    assert text.index("USE ROLE <OWNER_ROLE>;") < text.index("USE ROLE ACCOUNTADMIN;")


def test_old_kind_of_app_gets_a_second_object_and_its_grants() -> None:
    switch = Switch(
        "DB.S.SALES",
        target(Settings()),
        location="'@s/x'",
        described=described_app(
            root_location="@s/x", secrets={"k": "DB.S.KEY"}, integrations=("E",)
        ),
        grants=(
            Grant("OWNERSHIP", "ROLE", "ME"),
            Grant("USAGE", "ROLE", "viewer role", grantable=True),
            Grant("USAGE", "DATABASE_ROLE", "DB.R"),
            Grant("USAGE", "APPLICATION_ROLE", "X"),
        ),
    )
    text = text_of(switch)
    first, *_ = statements(text)
    assert (first.verb, first.name) == ("CREATE", "DB.S.SALES_CONTAINER")
    assert first.get("SECRETS") is not None
    assert 'GRANT USAGE ON STREAMLIT DB.S.SALES_CONTAINER TO ROLE "viewer role" WITH GRANT' in text
    assert "TO DATABASE ROLE DB.R;" in text
    assert "-- By hand: USAGE to APPLICATION_ROLE X" in text
    assert "OWNERSHIP" not in text
    back = text_of(switch, "rollback")
    assert back.index("RENAME TO") < back.index("DROP STREAMLIT IF EXISTS DB.S.SALES_CONTAINER")


def test_administrator_s_script_for_each_choice() -> None:
    system = text_of(Switch("A", target(Settings()), needs_source=True), "administrator")
    assert "PYPI_REPOSITORY_USER" in system
    assert "CREATE COMPUTE POOL" not in system
    own = Settings(compute_pool="p", package_source="integration:my_eai")
    text = text_of(Switch("A", target(own), needs_source=True), "administrator")
    assert "CREATE COMPUTE POOL IF NOT EXISTS p" in text
    assert "ALLOWED_NETWORK_RULES = (snowflake.external_access.pypi_rule)" in text
    other = Settings(package_source="repository:a.b.c")
    text = text_of(Switch("A", target(other), needs_source=True), "administrator")
    assert "GRANT USAGE ON ARTIFACT REPOSITORY a.b.c TO ROLE <OWNER_ROLE>;" in text
    none = target(Settings(package_source="none"))
    assert "REPOSITORY" not in text_of(Switch("A", none, needs_source=True), "administrator")


def test_app_without_steps_has_no_script() -> None:
    step = Step("developer", 1, "t", Item.LIVE, text="x")
    migration = AppMigration(APP, steps=(step,))
    assert script(migration, "administrator", owner="o", admin="a") == ""


def test_saved_results(tmp_path: Path) -> None:
    path = tmp_path / "d.json"
    row = {
        "NAME": "SALES",
        "external_access_integrations": '["A","B"]',
        "external_access_secrets": '{"k": "DB.S.K"}',
        "import_urls": "[]",
        "live_version_location_uri": 'snow://streamlit/DB."my s"."x"/versions/live/',
        "owner": None,
    }
    path.write_text(json.dumps([row]), encoding="utf-8")
    (found,) = described(path)
    assert (found.database, found.schema, found.owner) == ("DB", "my s", "")
    assert found.integrations == ("A", "B")
    assert found.secrets == {"k": "DB.S.K"}
    assert not found.legacy
    properties = [{"property": "name", "value": "X"}, {"property": "root_location", "value": "@s"}]
    path.write_text(json.dumps([properties]), encoding="utf-8")
    assert described(path)[0].legacy


def test_saved_grants(tmp_path: Path) -> None:
    path = tmp_path / "g.json"
    row = {"privilege": "USAGE", "granted_to": "DATABASE ROLE", "grantee_name": "D.R",
           "grant_option": "true"}  # fmt: skip
    path.write_text(json.dumps([row]), encoding="utf-8")
    assert grants(path) == (Grant("USAGE", "DATABASE_ROLE", "D.R", grantable=True),)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(None, "cannot be read", id="no file"),
        pytest.param("| name |", "not JSON", id="a table"),
        pytest.param("[]", "no column 'name'", id="no rows"),
        pytest.param('[{"x": 1}]', "no column 'name'", id="another result"),
    ],
)
def test_what_is_no_saved_result(tmp_path: Path, text: str | None, words: str) -> None:
    path = tmp_path / "d.json"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(SavedResultError, match=words):
        described(path)


def test_targets() -> None:
    assert not target(Settings(runtime="warehouse")).container
    assert target(Settings(snowflake_cli="3.31.0")).repositories_in_project_file
    assert not target(Settings(snowflake_cli="3.30")).repositories_in_project_file
    assert package_source("integration:X").name == "X"
    for wrong in ("pip", "none:x"):
        with pytest.raises(ValueError, match="write repository"):
            package_source(wrong)
