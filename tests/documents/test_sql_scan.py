from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sis_migrate.documents.sql_scan import SqlError, Statement, built, mentions, statements, tokens


def one(text: str) -> Statement:
    (found,) = statements(text)
    return found


def test_properties_in_any_layout() -> None:
    text = (
        "create or replace streamlit DB.s.\"My app\" -- c\n  root_location='@a/b' /* d */\n"
        "  MAIN_FILE = '/x''s.py' TITLE = \"T\" execute as restricted caller\n"
        "  IMPORTS=('@a/x.zip', '@a/y.zip') SECRETS = ('k' = db.s.secret) query_warehouse=$wh ;"
    )
    found = one(text)
    assert (found.verb, found.name, found.replaces) == ("CREATE", 'DB.s."My app"', True)
    assert {p.name: p.text for p in found.properties} == {
        "ROOT_LOCATION": "@a/b",
        "MAIN_FILE": "/x's.py",
        "TITLE": "T",
        "EXECUTE AS": None,
        "IMPORTS": None,
        "SECRETS": None,
        "QUERY_WAREHOUSE": None,
    }
    imports = found.get("IMPORTS")
    assert imports is not None
    assert [item[0].value for item in imports.items()] == ["@a/x.zip", "@a/y.zip"]
    assert text[imports.start : imports.end] == "IMPORTS=('@a/x.zip', '@a/y.zip')"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("CREATE STREAMLIT IF NOT EXISTS x FROM '@a'", "x", id="if not exists"),
        pytest.param("create streamlit identifier('x') from '@a'", "identifier('x')", id="call"),
        pytest.param("create streamlit {{ db }}.x from '@a'", "{{db}}.x", id="jinja"),
        pytest.param("create streamlit <% ctx.env.db %>.x from '@a'", "<%ctx.env.db%>.x", id="cli"),
        pytest.param("create streamlit &{db}.x from '@a'", "&{db}.x", id="snowsql"),
        pytest.param("ALTER STREAMLIT IF EXISTS x SET TITLE = 'a'", "x", id="alter"),
        pytest.param("DEFINE STREAMLIT a.b.x FROM 'asset://x/'", "a.b.x", id="define"),
    ],
)
def test_names(text: str, name: str) -> None:
    assert one(text).name == name


def test_inside_a_block_with_the_offsets_of_the_file() -> None:
    text = (
        "EXECUTE IMMEDIATE $$\nBEGIN\n  CREATE STREAMLIT x FROM '@a' MAIN_FILE = 'é.py';\nEND;\n$$;"
    )
    found = one(text)
    assert found.nested
    assert text[found.start : found.end] == "CREATE STREAMLIT x FROM '@a' MAIN_FILE = 'é.py'"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("-- CREATE STREAMLIT x FROM '@a'\nselect 1", id="comment"),
        pytest.param("select 'CREATE STREAMLIT x'", id="string"),
        pytest.param("GRANT CREATE STREAMLIT ON SCHEMA s TO ROLE r", id="grant"),
        pytest.param("GRANT CREATE NOTEBOOK, CREATE STREAMLIT ON SCHEMA s TO ROLE r", id="grants"),
        pytest.param("CREATE TABLE streamlit (x int)", id="a table of that name"),
    ],
)
def test_what_is_no_statement(text: str) -> None:
    assert list(statements(text)) == []


def test_paths_do_not_open_comments() -> None:
    text = (
        "PUT file://a/*.py @s/b/ OVERWRITE=TRUE;\nLIST @s/*;\nCREATE STREAMLIT x FROM '@a//*b';\n"
    )
    source = one(text).get("FROM")
    assert source is not None
    assert source.text == "@a//*b"


def test_strings_and_foreign_bodies_that_hold_a_statement() -> None:
    text = (
        "EXECUTE IMMEDIATE 'create streamlit x from ''@a''';\nselect 'about CREATE STREAMLIT';\n"
        'create procedure p() as $$ session.sql("CREATE STREAMLIT x") # it\'s\n$$;'
    )
    assert [t.kind for t in built(text)] == ["string", "body"]


def test_unterminated_quote() -> None:
    with pytest.raises(SqlError) as caught:
        list(statements("select 1;\ncreate streamlit x from 'abc\n"))
    assert caught.value.line


def test_mentions_is_quick_to_say_no() -> None:
    assert not mentions("CREATE TABLE ACF_STREAMLIT.x (a int); select 1")
    assert mentions("define  streamlit x")


@settings(deadline=None)  # the first example imports the parser
@given(
    st.lists(st.sampled_from(["a", "'x''y'", '"n"', ";", "$$ b $$", "(", "@s/x", "-- c\n", "="]))
)
def test_tokens_are_where_they_say(pieces: list[str]) -> None:
    text = " ".join(pieces)
    found = tokens(text)
    assert all(text[t.start : t.end] == t.raw for t in found)
    assert [t.start for t in found] == sorted(t.start for t in found)
