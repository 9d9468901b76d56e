from __future__ import annotations

import pytest

from sis_codemods.switch.project_file_version import codemod
from switch_case import check_document, check_same

FULL = """\
# project
definition_version: "1.1"
streamlit: # the app
  # where it is
  database: <% ctx.env.db %>
  name: sales
  schema: public

  query_warehouse: WH # small
  main_file: app.py
  env_file: environment.yml # conda
  pages_dir: pages/
  additional_source_files:
  - common/a.py   # first
  # then
  - common/b.py
  title: "Sales"
env:
  db: apps
"""
FULL_AFTER = """\
# project
definition_version: "2"
entities: # the app
  sales:
    type: streamlit
    # where it is
    identifier:
      name: sales
      schema: public
      database: <% ctx.env.db %>

    query_warehouse: WH # small
    main_file: app.py
    pages_dir: pages/
    artifacts:
      - app.py
      - environment.yml # conda
      - pages/
      - common/a.py   # first
      # then
      - common/b.py
    title: "Sales"
env:
  db: apps
"""


def test_every_key_and_comment() -> None:
    check_document("snowflake.yml", FULL, FULL_AFTER, codemod, entry="app.py")


def test_name_that_is_a_template_and_default_entry_point() -> None:
    before = "definition_version: 1\nstreamlit:\n    name: <% ctx.env.name %>\n    stage: s\n"
    after = (
        "definition_version: 2\nentities:\n    streamlit_entity_1:\n        type: streamlit\n"
        "        identifier:\n            name: <% ctx.env.name %>\n        stage: s\n"
        "        artifacts:\n            - streamlit_app.py\n"
    )
    check_document("snowflake.yml", before, after, codemod)


def test_sources_in_flow_style() -> None:
    before = (
        "definition_version: 1\nstreamlit:\n  name: a\n  additional_source_files: [x.py, 'y.py']\n"
    )
    after = (
        "definition_version: 2\nentities:\n  a:\n    type: streamlit\n    identifier:\n"
        "      name: a\n    artifacts:\n      - streamlit_app.py\n      - x.py\n      - 'y.py'\n"
    )
    check_document("snowflake.yml", before, after, codemod)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(FULL + "native_app:\n  name: x\n", ["native_app"], id="a native app, too"),
        pytest.param(FULL + "snowpark:\n  src: x\n", ["snowpark"], id="Snowpark, too"),
        pytest.param(FULL + "entities: {}\n", ["entities"], id="both shapes"),
        pytest.param(FULL.replace('"1.1"', "2"), ["version 2"], id="version 2 with a block"),
        pytest.param(FULL.replace("title:", "runtime:"), ["no runtime"], id="an unknown key"),
        pytest.param(FULL + "x: <% ctx.streamlit.name %>\n", ["ctx.streamlit"], id="old names"),
        pytest.param("definition_version: 1\nstreamlit: {name: a}\n", ["key by key"], id="flow"),
        pytest.param(
            "definition_version: 1\nnative_app:\n  name: x\n", ["native app"], id="only native"
        ),
        pytest.param("definition_version: 1\nstreamlit:\n  stage: s\n", ["no name"], id="no name"),
        pytest.param(
            "definition_version: 1\nstreamlit:\n  name: a\n  env_file:\n",
            ["env_file is not"],
            id="a key without a value",
        ),
        pytest.param(
            "definition_version: 1\nstreamlit:\n  name: a\n  additional_source_files: x\n",
            ["not written as a list"],
            id="sources that are no list",
        ),
    ],
)
def test_reported(text: str, words: list[str]) -> None:
    check_same({"snowflake.yml": text}, codemod, words=words)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(FULL_AFTER, id="version 2"),
        pytest.param("definition_version: 1\nsnowpark:\n  src: x\n", id="only Snowpark"),
        pytest.param("a: b: c\n", id="not YAML"),
    ],
)
def test_left_alone(text: str) -> None:
    check_same({"snowflake.yml": text}, codemod)
