from __future__ import annotations

import ast
from dataclasses import replace

import pytest

from codemod_case import ENTRY, ROOT, check_found, check_noop, migrate
from sis_codemods.private.wrapped_secrets import codemod
from sis_migrate.app_run import AppRun
from sis_migrate.model import Settings, Step
from sis_migrate.workspace import Workspace

FUNCTIONS = ("get_oauth_access_token", "get_cloud_provider_token", "get_secret_type")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_found_with_a_step(function: str) -> None:
    source = f"import _snowflake\nt = _snowflake.{function}('my-crm')\n"
    finding = check_found(source, codemod, "does not serve", line=2)
    assert 'call("READ_MY_CRM")' in finding.remedy
    [step] = migrate(source, codemod).migration.steps
    assert "CREATE PROCEDURE IF NOT EXISTS READ_MY_CRM()" in step.sql
    assert "SECRETS = ('my-crm' = <SECRET>)" in step.sql
    assert step.undo == "DROP PROCEDURE IF EXISTS READ_MY_CRM();"
    ast.parse(step.sql.split("$$")[1])


def test_name_in_a_constant() -> None:
    source = "from _snowflake import get_oauth_access_token as t\nN = 'crm'\nx = t(N)\n"
    [step] = migrate(source, codemod).migration.steps
    assert "get_oauth_access_token('crm')" in step.sql


def test_name_that_is_computed() -> None:
    source = "import _snowflake\nx = _snowflake.get_oauth_access_token(name())\n"
    [step] = migrate(source, codemod).migration.steps
    assert "READ_SECRET()" in step.sql


def test_one_step_for_two_calls() -> None:
    call = "_snowflake.get_oauth_access_token('crm')\n"
    result = migrate(f"import _snowflake\n{call}{call}", codemod)
    assert (len(result.findings), len(result.migration.steps)) == (2, 1)


def test_objects_are_taken_from_the_apps_sql() -> None:
    sql = """
    ALTER STREAMLIT app SET EXTERNAL_ACCESS_INTEGRATIONS = (crm_access)
      SECRETS = ('other' = a.b.c, 'crm' = db.sch.crm_oauth);
    """
    step = _with_sql(sql)
    assert "SECRETS = ('crm' = db.sch.crm_oauth)" in step.sql
    assert "EXTERNAL_ACCESS_INTEGRATIONS = (crm_access)" in step.sql


def _with_sql(sql: str) -> Step:
    source = "import _snowflake\nx = _snowflake.get_oauth_access_token('crm')\n"
    contents = {ROOT / ENTRY: source.encode(), ROOT / "setup.sql": sql.encode()}
    app = migrate(source, codemod).migration.app
    app = replace(app, sql_files=(ROOT / "setup.sql",))
    [step] = AppRun(app, Workspace(contents), Settings(), [codemod]).run().steps
    return step


NOOPS = {
    "procedure": "def p(s):\n    import _snowflake\n    _snowflake.get_oauth_access_token('x')\n"
    "session.sproc.register(p)\n",
    "own function": "def get_secret_type(): ...\nget_secret_type()\n",
}


@pytest.mark.parametrize("source", NOOPS.values(), ids=NOOPS)
def test_noop(source: str) -> None:
    check_noop(source, codemod)
