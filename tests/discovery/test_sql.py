from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sis_migrate.discovery.sql import Statement, mentions, runtime_of, statements
from sis_migrate.model import Runtime


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "create or replace streamlit db.sch.app\n"
            "root_location = '@db.sch.st/x' main_file='/Home.py';",
            [Statement("app", "Home.py", "@db.sch.st/x", Runtime.WAREHOUSE)],
            id="root location in lower case",
        ),
        pytest.param(
            "CREATE STREAMLIT IF NOT EXISTS sch.\"My app\" FROM '/src/ui' MAIN_FILE = 'ui.py'",
            [Statement("My app", "ui.py", "/src/ui")],
            id="quoted name",
        ),
        pytest.param(
            'CREATE STREAMLIT "a"."b"."c d" FROM @db.sch.repo/branches/main/app/ MAIN_FILE=\'x.py\'',
            [Statement("c d", "x.py", "@db.sch.repo/branches/main/app/")],
            id="all parts quoted and a stage without quotes",
        ),
        pytest.param(
            "CREATE STREAMLIT IDENTIFIER('db.sch.app') FROM '@s'",
            [Statement("app", "streamlit_app.py", "@s")],
            id="identifier and the default main file",
        ),
        pytest.param(
            "CREATE STREAMLIT $name FROM '@s'", [Statement("", source="@s")], id="variable"
        ),
        pytest.param(
            "CREATE STREAMLIT a RUNTIME_NAME='SYSTEM$ST_CONTAINER_RUNTIME_PY3_11' COMPUTE_POOL=p",
            [Statement("a", runtime=Runtime.CONTAINER)],
            id="container",
        ),
        pytest.param(
            "CREATE STREAMLIT {{ env.db }}.{{ env.s }}.a QUERY_WAREHOUSE = {{ wh }}; "
            "CREATE STREAMLIT {{ env.name }}",
            [Statement("a"), Statement("")],
            id="templates with blanks",
        ),
        pytest.param(
            "GRANT CREATE STREAMLIT ON SCHEMA s TO ROLE r; GRANT CREATE STREAMLIT, CREATE STAGE ON",
            [],
            id="privileges",
        ),
        pytest.param(
            "CREATE STREAMLIT a COMPUTE_POOL = p",
            [Statement("a", runtime=Runtime.CONTAINER)],
            id="pool",
        ),
        pytest.param(
            "CREATE STREAMLIT a MAIN_FILE='a.py'; CREATE STREAMLIT b MAIN_FILE='b.py'",
            [Statement("a", "a.py"), Statement("b", "b.py")],
            id="two statements",
        ),
        pytest.param(
            "CREATE STREAMLIT a MAIN_FILE='a.py'\nCREATE STREAMLIT b MAIN_FILE='b.py'",
            [Statement("a", "a.py"), Statement("b", "b.py")],
            id="without a semicolon between",
        ),
        pytest.param(
            "CREATE PROCEDURE p() AS $$ BEGIN CREATE STREAMLIT a MAIN_FILE='a.py'; END $$;",
            [Statement("a", "a.py")],
            id="in a body",
        ),
        pytest.param(
            "EXECUTE IMMEDIATE 'CREATE STREAMLIT a MAIN_FILE=''a.py'''",
            [Statement("a", "a.py")],
            id="in an immediate string",
        ),
        pytest.param(
            "-- CREATE STREAMLIT a;\n// CREATE STREAMLIT b;\n/* CREATE STREAMLIT c */",
            [],
            id="comments",
        ),
        pytest.param("INSERT INTO t VALUES ('CREATE STREAMLIT a')", [], id="a string"),
        pytest.param(
            "CREATE TABLE streamlit (a INT); CREATE OR REPLACE VIEW v AS SELECT 1", [], id="other"
        ),
        pytest.param("CREATE STREAMLIT", [], id="cut off"),
        pytest.param("CREATE STREAMLIT a MAIN_FILE", [Statement("a")], id="cut off in a property"),
        pytest.param(
            "SELECT 'open; CREATE STREAMLIT a MAIN_FILE = b.py;",
            [Statement("a", "b.py")],
            id="open quote",
        ),
        pytest.param(
            "CREATE STREAMLIT a TITLE='it\\'s' MAIN_FILE='x.py' FROM",
            [Statement("a", "x.py")],
            id="escape",
        ),
        pytest.param("CREATE STREAMLIT IDENTIFIER", [Statement("")], id="identifier cut off"),
    ],
)
def test_statements(text: str, expected: list[Statement]) -> None:
    assert list(statements(text)) == expected


def test_mentions() -> None:
    assert mentions(b"create or replace\n  Streamlit x")
    assert not mentions(b"create table x; -- then streamlit")


@pytest.mark.parametrize(
    ("name", "pool", "runtime"),
    [
        ("system$st_container_runtime_py3_11", False, Runtime.CONTAINER),
        ("SYSTEM$WAREHOUSE_RUNTIME", True, Runtime.WAREHOUSE),
        ("", True, Runtime.CONTAINER),
        ("", False, Runtime.UNKNOWN),
    ],
)
def test_runtime_of(name: str, pool: bool, runtime: Runtime) -> None:
    assert runtime_of(name, pool=pool) is runtime


@given(
    st.lists(
        st.sampled_from(
            [
                "CREATE",
                "OR REPLACE",
                "STREAMLIT",
                "IDENTIFIER",
                "(",
                "'",
                '"',
                "$$",
                "a.b",
                "MAIN_FILE",
                "=",
                ";",
                "--",
                "/*",
                "IMMEDIATE",
                "\\",
            ]
        )
        | st.text(max_size=3)
    ).map(" ".join)
)
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert all(isinstance(found, Statement) for found in statements(text))
