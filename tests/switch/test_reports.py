"""The codemods that find and make steps, and change nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from sis_codemods.session.active_session import codemod as active_session
from sis_codemods.switch import (
    cli_version,
    dcm,
    dual_running,
    git_source,
    native_app,
    new_project_file,
    other_statements,
    switch_steps,
)
from sis_migrate.model import Item, Runtime, Settings, Status
from switch_case import REQUIRES, check_same, run

NATIVE = "CREATE STREAMLIT core.ui FROM '/streamlit' MAIN_FILE = '/streamlit_app.py';\n"


def test_native_app_s_script_and_manifest() -> None:
    files = {
        "setup.sql": NATIVE,
        "manifest.yml": "manifest_version: 1\nartifacts:\n  setup_script: setup.sql\n",
        "pyproject.toml": REQUIRES,
    }
    script, manifest = sorted(run(files, native_app.codemod).findings, key=lambda f: f.path.suffix)
    assert script.path.suffix == ".sql"
    assert "COMPUTE_POOL = <app>_pool" in script.remedy
    assert "ALTER APPLICATION SET SPECIFICATION" in script.remedy
    assert "manifest_version: 2" in manifest.remedy
    assert "BIND SERVICE ENDPOINT" in manifest.remedy
    assert run(files, switch_steps.codemod).steps == ()


def test_native_app_that_asked_for_a_container() -> None:
    script = NATIVE.replace(";", " RUNTIME_NAME = 'SYSTEM$ST_CONTAINER_RUNTIME_PY3_11';")
    check_same({"setup.sql": script}, native_app.codemod)


def test_dcm_definition() -> None:
    script = "DEFINE STREAMLIT d.s.sales FROM 'asset://x/' IMPORTS = ('@a/b.zip');"
    found = run({"a.sql": script}, dcm.codemod).findings
    assert ["RUNTIME_NAME = 'SYSTEM$ST_CONTAINER" in f.remedy for f in found] == [True, False]
    assert run({"a.sql": script}, switch_steps.codemod).steps == ()


def test_git_repository_is_fetched() -> None:
    script = "CREATE STREAMLIT sales ROOT_LOCATION = '@d.s.repo/branches/main/app';"
    (step,) = run({"a.sql": script}, git_source.codemod).steps
    assert step.sql == "ALTER GIT REPOSITORY d.s.repo FETCH;"


@pytest.mark.parametrize(
    ("values", "title"),
    [
        pytest.param("runtime_name: SYSTEM$ST_CONTAINER_RUNTIME_PY3_11", "3.27", id="runtime"),
        pytest.param(
            "compute_pool: p\n    artifact_repositories: [a.b.c]", "3.31", id="repositories"
        ),
    ],
)
def test_cli_that_the_project_file_needs(values: str, title: str) -> None:
    text = f"definition_version: 2\nentities:\n  sales:\n    type: streamlit\n    {values}\n"
    (step,) = run({"snowflake.yml": text}, cli_version.codemod).steps
    assert title in step.title
    assert step.item is Item.CLI


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        pytest.param(
            "a.sql",
            "ALTER STREAMLIT sales SET ROOT_LOCATION = '@s';",
            ["sets ROOT_LOCATION"],
            id="altered location",
        ),
        pytest.param(
            "a.sql",
            "ALTER STREAMLIT sales SET RUNTIME_NAME = 'SYSTEM$WAREHOUSE_RUNTIME';",
            ["warehouse runtime"],
            id="altered runtime",
        ),
        pytest.param(
            "a.sql",
            "EXECUTE IMMEDIATE 'CREATE STREAMLIT sales ROOT_LOCATION = ''@s''';",
            ["a string holds"],
            id="string",
        ),
        pytest.param(
            "a.sql",
            "GRANT CREATE STREAMLIT ON SCHEMA d.s TO ROLE r;",
            ["TO ROLE r", "PYPI_REPOSITORY_USER"],
            id="grant",
        ),
        pytest.param(
            "deploy.sh",
            "snow sql -q \"CREATE OR REPLACE STREAMLIT sales FROM '@s'\"\n",
            ["is made here", "COMPUTE_POOL"],
            id="shell",
        ),
        pytest.param(
            "../deploy.py",
            'run(f"""\n  CREATE STREAMLIT {name} FROM \'@s\'""")\n',
            [],
            id="outside of a work tree nothing above the app counts",
        ),
        pytest.param(
            "a.sql",
            "GRANT CREATE STREAMLIT ON SCHEMA a.b TO ROLE dev WITH GRANT OPTION;\n"
            "CREATE STREAMLIT sales;\n",
            ["TO ROLE dev;"],
            id="grant with an option",
        ),
        pytest.param("a.sh", "# CREATE STREAMLIT sales\n", [], id="shell comment"),
        pytest.param(
            "a.sh", "q 'CREATE STREAMLIT s RUNTIME_NAME=...'\n", [], id="shell with a runtime"
        ),
    ],
)
def test_other_statements(name: str, text: str, words: list[str]) -> None:
    files = {name: text, "pyproject.toml": REQUIRES}
    check_same(files, other_statements.codemod, words=words)


def test_python_that_makes_the_statement() -> None:
    text = '"""About CREATE STREAMLIT."""\nq = f"CREATE STREAMLIT {n} FROM"\nr = "a CREATE STREAMLIT"\n'
    from sis_codemods.switch.other_statements import _python

    (place,) = _python(text)
    assert text[slice(*place)] == 'f"CREATE STREAMLIT {n} FROM"'


SESSION = (
    "import streamlit as st\nfrom snowflake.snowpark.context import get_active_session\n"
    "s = get_active_session()\n"
)


@pytest.mark.parametrize(
    ("code", "environment", "words"),
    [
        pytest.param(SESSION, "streamlit=1.35.0", ["runs on the warehouse, too"], id="yes"),
        pytest.param(SESSION, "streamlit=1.22.0", ["needs Streamlit 1.28"], id="too old"),
        pytest.param(
            SESSION + "k = st.secrets['k']\n",
            "streamlit",
            ["streamlit_app.py:3", "st.secrets"],
            id="secrets",
        ),
        pytest.param(
            SESSION + "st.set_page_config(layout='wide')\n",
            "streamlit=1.35.0",
            ["set_page_config after the connection"],
            id="page configuration too late",
        ),
    ],
)
def test_dual_running(code: str, environment: str, words: list[str]) -> None:
    files = {
        "streamlit_app.py": code,
        "environment.yml": f"name: x\nchannels: [snowflake]\ndependencies:\n  - {environment}\n",
    }
    (step,) = run(files, active_session, dual_running.codemod).steps
    assert all(word in step.text for word in words), step.text


def test_dual_running_says_nothing_of_a_container_app() -> None:
    codemods = (active_session, dual_running.codemod)
    files = {"streamlit_app.py": SESSION}
    assert run(files, *codemods, runtime=Runtime.CONTAINER).steps == ()


def test_new_project_file() -> None:
    files = {
        "a.sql": "CREATE STREAMLIT d.s.sales FROM '@s' QUERY_WAREHOUSE = wh;",
        "pages/a.py": "import streamlit\n",
        "pyproject.toml": REQUIRES,
        ".streamlit/config.toml": "[theme]\n",
    }
    settings = Settings(project_file=True, package_source="integration")
    result = run(files, new_project_file.codemod, settings=settings)
    assert result.texts["snowflake.yml"] == (
        "definition_version: 2\nentities:\n  sales:\n    type: streamlit\n    identifier:\n"
        "      name: sales\n      schema: s\n      database: d\n    query_warehouse: wh\n"
        "    runtime_name: SYSTEM$ST_CONTAINER_RUNTIME_PY3_11\n"
        "    compute_pool: SYSTEM_COMPUTE_POOL_CPU\n    external_access_integrations:\n"
        "      - PYPI_ACCESS_INTEGRATION\n    main_file: streamlit_app.py\n    artifacts:\n"
        "      - streamlit_app.py\n      - pyproject.toml\n      - .streamlit/config.toml\n"
        "      - pages/\n"
    )
    assert {f.status for f in result.findings} == {Status.REVIEW}
    assert run(files, new_project_file.codemod).migration.changes == ()


def test_described_app_fills_the_steps(tmp_path: Path) -> None:
    described = tmp_path / "describe.json"
    described.write_text(
        '[{"name": "SALES", "live_version_location_uri": '
        '"snow://streamlit/DB.\\"my schema\\".SALES/versions/live/", "query_warehouse": "WH", '
        '"import_urls": "[\\"@s/a.zip\\"]", "external_access_integrations": "[\\"OPENAI\\"]"}]'
    )
    settings = Settings(describe=str(described), package_source="integration", owner_role="own er")
    steps = run({"pyproject.toml": REQUIRES}, switch_steps.codemod, settings=settings).steps
    (switch,) = [s for s in steps if s.title.startswith("Switch")]
    assert switch.sql.splitlines()[:6] == [
        'ALTER STREAMLIT DB."my schema".SALES SET IMPORTS = ();',
        'ALTER STREAMLIT DB."my schema".SALES SET',
        "  RUNTIME_NAME = 'SYSTEM$ST_CONTAINER_RUNTIME_PY3_11'",
        "  COMPUTE_POOL = SYSTEM_COMPUTE_POOL_CPU",
        "  QUERY_WAREHOUSE = WH",
        "  EXTERNAL_ACCESS_INTEGRATIONS = (OPENAI, PYPI_ACCESS_INTEGRATION);",
    ]
    assert "SET EXTERNAL_ACCESS_INTEGRATIONS = (OPENAI);" in switch.undo
    assert "SET IMPORTS = ('@s/a.zip');" in switch.undo
    assert "<" not in switch.sql + switch.undo
    assert any('TO ROLE "own er";' in s.sql for s in steps)
