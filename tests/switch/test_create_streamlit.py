from __future__ import annotations

import pytest

from sis_codemods.session import active_session
from sis_codemods.switch.create_streamlit import codemod
from sis_migrate.model import Settings, Status
from switch_case import REQUIRES, check_document, check_same, run

RUNTIME = "RUNTIME_NAME = 'SYSTEM$ST_CONTAINER_RUNTIME_PY3_11'"
POOL = "COMPUTE_POOL = SYSTEM_COMPUTE_POOL_CPU"


def test_location_becomes_from() -> None:
    check_document(
        "a.sql",
        """\
        -- CREATE STREAMLIT sales ROOT_LOCATION = '@old'
        create or replace streamlit db.s.sales
            root_location = '@db.s.stage/x'
            main_file = '/streamlit_app.py'
            query_warehouse = wh; -- small
        grant usage on streamlit db.s.sales to role r;
        """,
        """\
        -- CREATE STREAMLIT sales ROOT_LOCATION = '@old'
        create or replace streamlit db.s.sales
            from '@db.s.stage/x'
            main_file = 'streamlit_app.py'
            runtime_name = 'SYSTEM$ST_CONTAINER_RUNTIME_PY3_11'
            compute_pool = SYSTEM_COMPUTE_POOL_CPU
            query_warehouse = wh; -- small
        alter streamlit db.s.sales add live version from last;
        grant usage on streamlit db.s.sales to role r;
        """,
        codemod,
        status=Status.REVIEW,
    )


def test_only_the_runtime_is_missing() -> None:
    check_document(
        "a.sql",
        "CREATE STREAMLIT sales FROM @repo/branches/main/ MAIN_FILE='streamlit_app.py';\n",
        "CREATE STREAMLIT sales FROM @repo/branches/main/ MAIN_FILE='streamlit_app.py' "
        "RUNTIME_NAME='SYSTEM$ST_CONTAINER_RUNTIME_PY3_11' COMPUTE_POOL=SYSTEM_COMPUTE_POOL_CPU;\n",
        codemod,
    )


def test_location_further_back_imports_and_rights_in_a_block() -> None:
    check_document(
        "a.sql",
        """\
        EXECUTE IMMEDIATE $$
        BEGIN
          CREATE STREAMLIT IF NOT EXISTS sales
            MAIN_FILE = 'streamlit_app.py' -- it
            ROOT_LOCATION = '@s/x' -- where
            IMPORTS = ('@s/a.zip',
                       '@s/b.zip')
            EXECUTE AS OWNER
            QUERY_WAREHOUSE = wh;
        END;
        $$;
        """,
        f"""\
        EXECUTE IMMEDIATE $$
        BEGIN
          CREATE STREAMLIT IF NOT EXISTS sales
            FROM '@s/x'
            MAIN_FILE = 'streamlit_app.py' -- it
            {RUNTIME}
            {POOL}
            -- where
            QUERY_WAREHOUSE = wh;
        END;
        $$;
        """,
        codemod,
        status=Status.REVIEW,
    )


@pytest.mark.parametrize(
    ("settings", "more"),
    [
        pytest.param(
            Settings(),
            "\n  ARTIFACT_REPOSITORIES = (snowflake.snowpark.pypi_shared_repository)",
            id="repository",
        ),
        pytest.param(
            Settings(package_source="integration:My Eai"),
            '\n  EXTERNAL_ACCESS_INTEGRATIONS = ("My Eai")',
            id="integration",
        ),
        pytest.param(Settings(package_source="none"), "", id="none"),
        pytest.param(
            Settings(package_source="none", query_warehouse="my wh"),
            '\n  QUERY_WAREHOUSE = "my wh"',
            id="warehouse",
        ),
    ],
)
def test_choices(settings: Settings, more: str) -> None:
    before = "CREATE STREAMLIT sales\n  FROM '@s'\n  MAIN_FILE = 'streamlit_app.py'"
    check_document(
        "a.sql",
        f"{before};\n",
        f"{before}\n  {RUNTIME}\n  {POOL}{more};\n",
        codemod,
        files={"pyproject.toml": REQUIRES},
        settings=settings,
    )


def test_integration_joins_those_that_are_there() -> None:
    before = "CREATE STREAMLIT sales FROM '@s' EXTERNAL_ACCESS_INTEGRATIONS = (a, b)"
    settings = Settings(package_source="integration")
    result = run({"a.sql": f"{before};", "pyproject.toml": REQUIRES}, codemod, settings=settings)
    assert "(a, b, PYPI_ACCESS_INTEGRATION)" in (result.texts["a.sql"] or "")


def test_named_warehouse_runtime_is_replaced() -> None:
    before = "CREATE STREAMLIT sales FROM '@s' RUNTIME_NAME = 'SYSTEM$WAREHOUSE_RUNTIME';\n"
    after = f"CREATE STREAMLIT sales FROM '@s' {RUNTIME} {POOL};\n"
    check_document("a.sql", before, after, codemod)


def test_staying_on_the_warehouse_is_written_out() -> None:
    before = "CREATE STREAMLIT sales ROOT_LOCATION = '@s'"
    after = f"{before} RUNTIME_NAME = 'SYSTEM$WAREHOUSE_RUNTIME';\n"
    settings = Settings(runtime="warehouse")
    check_document("a.sql", f"{before};\n", after, codemod, settings=settings)


def test_restricted_caller_stays_on_the_warehouse() -> None:
    head, rights = "CREATE STREAMLIT sales FROM '@s'", "EXECUTE AS RESTRICTED CALLER;\n"
    result = run({"a.sql": f"{head} {rights}"}, codemod)
    assert result.texts["a.sql"] == f"{head} RUNTIME_NAME = 'SYSTEM$WAREHOUSE_RUNTIME' {rights}"
    assert [f.status for f in result.open()] == [Status.MANUAL]
    assert "callers-rights" in result.open()[0].remedy


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(
            "CREATE STREAMLIT sales ROOT_LOCATION = '@' || $db MAIN_FILE = 'a.py';",
            ["put together", "RUNTIME_NAME"],
            id="a location made of parts",
        ),
        pytest.param(
            "CREATE STREAMLIT sales ROOT_LOCATION = '@s'\n  QUERY_WAREHOUSE = wh\nGRANT USAGE ON "
            "STREAMLIT sales TO ROLE r;",
            ["does not end"],
            id="no semicolon",
        ),
        pytest.param(
            "CREATE STREAMLIT sales FROM '@s' TITLE = 'never closed;\n",
            ["cannot be read as SQL"],
            id="a quote that is never closed",
        ),
    ],
)
def test_reported(text: str, words: list[str]) -> None:
    check_same({"a.sql": text}, codemod, words=words)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"CREATE STREAMLIT sales FROM '@s' {RUNTIME};", id="container already"),
        pytest.param("CREATE STREAMLIT core.sales FROM '/ui' MAIN_FILE = '/a.py';", id="native"),
        pytest.param("DEFINE STREAMLIT d.s.sales FROM 'asset://ui/';", id="DCM"),
        pytest.param("SELECT 'CREATE STREAMLIT sales ROOT_LOCATION=1';", id="string"),
        pytest.param(
            "CREATE STREAMLIT other FROM '@s' MAIN_FILE = 'b.py';\n"
            "CREATE STREAMLIT another FROM '@s' MAIN_FILE = 'c.py';",
            id="other apps",
        ),
    ],
)
def test_left_alone(text: str) -> None:
    check_same({"a.sql": text}, codemod)


def test_an_app_with_a_file_that_cannot_be_read_is_held_back() -> None:
    text = "CREATE STREAMLIT sales FROM '@s/x' MAIN_FILE = 'streamlit_app.py';\n"
    broken = {"lib.py": "from snowflake.snowpark.context import get_active_session\n\0"}
    result = run({**broken, "a.sql": text}, active_session.codemod, codemod)
    assert result.texts["a.sql"] == text
    (found,) = [f for f in result.findings if f.code == "SIS711"]
    assert found.status is Status.MANUAL
    assert found.message == "held back: lib.py could not be read"
    done = text.replace(";", f" {RUNTIME} {POOL};")
    assert run({**broken, "a.sql": done}, active_session.codemod, codemod).texts["a.sql"] == done


def test_the_last_statement_need_not_have_an_end() -> None:
    check_document(
        "a.sql",
        "CREATE OR REPLACE STREAMLIT sales ROOT_LOCATION = '@s' MAIN_FILE = 'streamlit_app.py'\n",
        "CREATE OR REPLACE STREAMLIT sales FROM '@s' MAIN_FILE = 'streamlit_app.py' "
        f"{RUNTIME} {POOL};\nALTER STREAMLIT sales ADD LIVE VERSION FROM LAST;\n",
        codemod,
        status=Status.REVIEW,
    )


def test_an_app_that_may_be_there_is_made_live_by_a_person() -> None:
    text = "CREATE STREAMLIT IF NOT EXISTS a.sales ROOT_LOCATION = '@s' MAIN_FILE = 'x.py';\n"
    result = run({"a.sql": text}, codemod)
    assert "ALTER" not in (result.texts["a.sql"] or "")
    (found,) = [f for f in result.findings if f.code == "SIS711"]
    assert "ALTER STREAMLIT a.sales ADD LIVE VERSION FROM LAST" in found.remedy
