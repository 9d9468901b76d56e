from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sis_migrate.discovery.project import Entity, entities, has_snowflake_channel
from sis_migrate.model import Runtime


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "definition_version: 2\nentities:\n  a:\n    type: streamlit\n"
            "    identifier: {name: MY_APP}\n"
            "    main_file: src/app.py\n    runtime_name: SYSTEM$ST_CONTAINER_RUNTIME_PY3_11\n"
            "    artifacts: [src/app.py, {src: lib/, dest: ./}, {dest: x}, 3]\n",
            [Entity("MY_APP", "src/app.py", Runtime.CONTAINER, ("src/app.py", "lib/"))],
            id="version 2",
        ),
        pytest.param(
            "entities:\n  a: {type: streamlit, identifier: DB.SCH.APP, compute_pool: p}\n"
            "  b: {type: streamlit}\n",
            [Entity("APP", runtime=Runtime.CONTAINER), Entity("b")],
            id="two entities",
        ),
        pytest.param(
            "streamlit: {name: old, main_file: /app.py, additional_source_files: [common/x.py]}",
            [Entity("old", "app.py", sources=("common/x.py",))],
            id="version 1",
        ),
        pytest.param(
            "entities:\n  <% ctx.env.x %>: {type: streamlit, main_file: <% ctx.env.main %>}",
            [Entity("", "")],
            id="templates that are YAML",
        ),
        pytest.param(
            "entities:\n  a: {type: application}\n  b: streamlit\n", [], id="other entities"
        ),
        pytest.param("entities: [1]\nstreamlit: x", [], id="unexpected shapes"),
        pytest.param("- streamlit", [], id="not a mapping"),
    ],
)
def test_entities(text: str, expected: list[Entity]) -> None:
    assert entities(text) == (tuple(expected), "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "<!! if x !!>\nstreamlit:\n  main_file: 'app.py'  # entry\n"
            "<!! else !!>\n  main_file: app.py\n",
            [Entity(main_file="app.py")],
            id="main file named",
        ),
        pytest.param("<!! if !!>\n  type: streamlit\n", [Entity()], id="default main file"),
        pytest.param("<!! if !!>\n  type: application\n", [], id="no streamlit entity"),
        pytest.param(
            "\tstreamlit:\n\tmain_file: {{ x }}\n", [Entity(main_file="")], id="main file templated"
        ),
    ],
)
def test_templates_are_read_line_by_line(text: str, expected: list[Entity]) -> None:
    found, how = entities(text)
    assert found == tuple(expected)
    assert bool(how) == bool(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("channels:\n- snowflake\ndependencies:\n- pandas\n", True, id="block"),
        pytest.param("channels: [snowflake]\n", True, id="flow"),
        pytest.param(
            "channels:\r\n\r\n  # ours\r\n  - https://x.example/pkgs/snowflake\r\n",
            True,
            id="address",
        ),
        pytest.param(
            "channels:\n- conda-forge\ndependencies:\n- snowflake\n", False, id="only a dependency"
        ),
        pytest.param("dependencies:\n- streamlit\n", False, id="no channels"),
    ],
)
def test_has_snowflake_channel(text: str, expected: bool) -> None:
    assert has_snowflake_channel(text) is expected


@given(
    st.lists(
        st.sampled_from(
            [
                "entities:",
                "streamlit",
                "type:",
                "main_file:",
                "\n",
                "  ",
                "- ",
                "{",
                "[",
                ",",
                "}",
                "&a",
                "*a",
                "<%",
                "\0",
                "!!x",
                "|",
            ]
        )
        | st.text(max_size=3)
    ).map(" ".join)
)
def test_any_text_is_read_without_an_error(text: str) -> None:
    found, _ = entities(text)
    assert all(isinstance(entity, Entity) for entity in found)
