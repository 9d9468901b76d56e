from __future__ import annotations

import pytest

from sis_codemods.session import active_session
from sis_codemods.switch.project_file import codemod
from sis_migrate.model import Item, Settings, Status
from switch_case import REQUIRES, check_document, check_same, run

PLAIN = """\
definition_version: 2   # the CLI's
entities:
  sales:
    type: streamlit
    identifier: SALES
    query_warehouse: SALES_WH # extra small
    main_file: streamlit_app.py
    artifacts:
      - streamlit_app.py
"""
LINES = """\
    runtime_name: SYSTEM$ST_CONTAINER_RUNTIME_PY3_11
    compute_pool: SYSTEM_COMPUTE_POOL_CPU
"""


def with_lines(text: str, lines: str, *, after: str) -> str:
    head, found, tail = text.partition(after)
    rest, end, more = tail.partition("\n")
    assert found
    return f"{head}{found}{rest}{end}{lines}{more}"


def test_runtime_and_pool_after_the_warehouse() -> None:
    check_document("snowflake.yml", PLAIN, with_lines(PLAIN, LINES, after="SALES_WH"), codemod)


def test_chosen_pool_and_runtime() -> None:
    settings = Settings(compute_pool="my pool", runtime="SYSTEM$ST_CONTAINER_RUNTIME_PY3_12")
    lines = LINES.replace("3_11", "3_12").replace("SYSTEM_COMPUTE_POOL_CPU", "my pool")
    after = with_lines(PLAIN, lines, after="SALES_WH")
    check_document("snowflake.yml", PLAIN, after, codemod, settings=settings)


def test_warehouse_runtime_is_replaced() -> None:
    before = PLAIN + "    runtime_name: 'system$warehouse_runtime'  # old\n"
    after = PLAIN + (
        "    runtime_name: SYSTEM$ST_CONTAINER_RUNTIME_PY3_11  # old\n"
        "    compute_pool: SYSTEM_COMPUTE_POOL_CPU\n"
    )
    check_document("snowflake.yml", before, after, codemod)


def test_staying_on_the_warehouse_is_written_out() -> None:
    lines = "    runtime_name: SYSTEM$WAREHOUSE_RUNTIME\n"
    after = with_lines(PLAIN, lines, after="SALES_WH")
    settings = Settings(runtime="warehouse")
    check_document("snowflake.yml", PLAIN, after, codemod, settings=settings)


def test_only_the_app_s_own_entity() -> None:
    other = PLAIN.split("entities:\n")[1].replace("sales", "other").replace("streamlit_app", "b")
    before = PLAIN + other
    after = with_lines(PLAIN, LINES, after="SALES_WH") + other
    check_document("snowflake.yml", before, after, codemod)


def test_what_scripts_attach_is_kept() -> None:
    script = (
        "ALTER STREAMLIT db.s.sales SET EXTERNAL_ACCESS_INTEGRATIONS = (openai_eai, Other)\n"
        "  SECRETS = ('key' = db.s.openai);\nALTER STREAMLIT other SET TITLE = 'x';\n"
    )
    before = with_lines(PLAIN, LINES, after="SALES_WH") + (
        "    external_access_integrations: [OTHER]\n"
    )
    after = before.replace("[OTHER]", "[OTHER, openai_eai]") + (
        "    secrets:\n      key: db.s.openai\n"
    )
    result = check_document(
        "snowflake.yml", before, after, codemod, files={"a.sql": script}, status=Status.REVIEW
    )
    assert {f.item for f in result.findings} == {Item.ATTACH}


@pytest.mark.parametrize(
    ("settings", "lines"),
    [
        pytest.param(Settings(), "", id="the repository is attached by SQL"),
        pytest.param(
            Settings(package_source="integration"),
            "    external_access_integrations:\n      - PYPI_ACCESS_INTEGRATION\n",
            id="an integration",
        ),
        pytest.param(
            Settings(snowflake_cli="3.31"),
            "    artifact_repositories:\n      - snowflake.snowpark.pypi_shared_repository\n",
            id="a CLI that knows repositories",
        ),
        pytest.param(Settings(package_source="none", snowflake_cli="3.31"), "", id="none"),
    ],
)
def test_package_source(settings: Settings, lines: str) -> None:
    after = with_lines(PLAIN, LINES + lines, after="SALES_WH")
    if lines:  # a second list goes before the pool's line is known to be there
        after = with_lines(PLAIN, lines, after="SALES_WH")
        after = with_lines(PLAIN, LINES, after="SALES_WH").replace(LINES, LINES + lines)
    files = {"snowflake.yml": PLAIN, "pyproject.toml": REQUIRES}
    result = run(files, codemod, settings=settings)
    assert result.texts["snowflake.yml"] == after
    again = run({**files, "snowflake.yml": after}, codemod, settings=settings)
    assert again.migration.changes == ()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(with_lines(PLAIN, LINES, after="SALES_WH"), id="container already"),
        pytest.param(PLAIN + "    runtime_name: <% ctx.env.runtime %>\n", id="template"),
        pytest.param(
            PLAIN.replace("    type", "    meta:\n      use_mixins: [box]\n    type")
            + "mixins:\n  box:\n    runtime_name: SYSTEM$ST_CONTAINER_RUNTIME_PY3_11\n",
            id="from a mixin",
        ),
        pytest.param(PLAIN.replace("streamlit_app", "b").replace("SALES", "B"), id="another app's"),
        pytest.param(PLAIN.replace("version: 2", "version: 1"), id="version 1"),
    ],
)
def test_left_alone(text: str) -> None:
    check_same({"snowflake.yml": text}, codemod)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(
            "definition_version: 2\nentities:\n  sales: {type: streamlit, identifier: SALES}\n",
            ["flow style", "runtime_name: SYSTEM$ST_CONTAINER_RUNTIME_PY3_11"],
            id="flow style",
        ),
        pytest.param(
            "<!! if x !!>\nentities:\n  a:\n    type: streamlit\n",
            ["cannot be edited", "compute_pool: SYSTEM_COMPUTE_POOL_CPU"],
            id="not YAML before it is rendered",
        ),
        pytest.param(
            with_lines(PLAIN, LINES, after="SALES_WH") + "    imports: ['@s/a.zip']\n",
            ["no imports", "@s/a.zip"],
            id="imports",
        ),
        pytest.param(
            with_lines(PLAIN, LINES, after="SALES_WH") + "    execute_as: RESTRICTED CALLER\n",
            ["restricted caller"],
            id="restricted caller",
        ),
    ],
)
def test_reported(text: str, words: list[str]) -> None:
    check_same({"snowflake.yml": text}, codemod, words=words)


def test_an_app_with_a_file_that_cannot_be_read_is_held_back() -> None:
    files = {"lib.py": "get_active_session(\n", "snowflake.yml": PLAIN}
    result = run(files, active_session.codemod, codemod)
    assert result.texts["snowflake.yml"] == PLAIN
    (found,) = [f for f in result.findings if f.code == "SIS701"]
    assert found.status is Status.MANUAL
    assert found.message == "held back: lib.py could not be read"


UNKNOWN_KEYS = [
    pytest.param("    additional_source_files:\n      - a.py\n", "artifacts", id="source files"),
    pytest.param("    env_file: environment.yml\n", "artifacts", id="environment file"),
    pytest.param("    name: SALES\n", "identifier", id="name"),
]


@pytest.mark.parametrize(("lines", "instead"), UNKNOWN_KEYS)
def test_keys_that_the_cli_refuses(lines: str, instead: str) -> None:
    result = run({"snowflake.yml": PLAIN + lines}, codemod)
    (found,) = [f for f in result.findings if f.status is Status.MANUAL]
    assert "the Snowflake CLI refuses" in found.message
    assert instead in found.remedy
    assert found.span is not None
    assert found.span.line == PLAIN.count("\n") + 1


def test_a_runtime_of_its_own_is_not_contradicted() -> None:
    text = PLAIN + "    runtime:\n      name: SYSTEM$ST_CONTAINER_RUNTIME_PY3_11\n      {}\n"
    result = run({"snowflake.yml": text.format("compute_pool: POOL")}, codemod)
    assert result.texts["snowflake.yml"] == text.format("compute_pool: POOL")
    (found,) = result.findings
    assert found.remedy.splitlines()[1:] == [
        "runtime_name: SYSTEM$ST_CONTAINER_RUNTIME_PY3_11",
        "compute_pool: POOL",
    ]
    other = PLAIN + "    runtime: big\n"
    assert "runtime_name" in (run({"snowflake.yml": other}, codemod).texts["snowflake.yml"] or "")
