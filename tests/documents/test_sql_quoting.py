from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sis_migrate.documents.sql_quoting import (
    bare_name,
    comment,
    identifier,
    literal,
    parts,
    qualified,
    stored,
)
from sis_migrate.documents.sql_scan import tokens

HOSTILE = st.one_of(
    st.text(),
    st.text(alphabet="'\"\\;-/*$ \n\r\ta@.()=&<%{}"),
)


@settings(deadline=None)  # the first example imports the parser
@given(HOSTILE)
def test_no_text_leaves_its_literal(value: str) -> None:
    found = tokens(f"SET x = {literal(value)};")
    assert [t.kind for t in found] == ["word", "word", "mark", "string", "mark"]
    assert found[3].value == value.replace("\0", "")


@settings(deadline=None)  # the first example imports the parser
@given(HOSTILE)
def test_no_text_leaves_its_identifier(value: str) -> None:
    for written in (identifier(value), stored(value)):
        found = tokens(f"USE ROLE {written};")
        assert len(found) == 4
        assert found[2].kind in {"word", "name"}
        assert found[3].raw == ";"


@settings(deadline=None)  # the first example imports the parser
@given(HOSTILE)
def test_no_text_leaves_its_qualified_name(value: str) -> None:
    found = tokens(f"DESCRIBE STREAMLIT {qualified(value)};")[2:-1]
    assert [t.raw for t in found[1::2]] == ["."] * (len(found) // 2)
    assert {t.kind for t in found[::2]} <= {"word", "name"}


@settings(deadline=None)  # the first example imports the parser
@given(HOSTILE)
def test_no_text_leaves_its_comment(value: str) -> None:
    assert tokens(f"{comment(value)}\n;")[0].raw == ";"


@settings(deadline=None)  # the first example imports the parser
@given(st.text(min_size=1).filter(lambda name: "\0" not in name))
def test_stored_name_names_what_is_stored(name: str) -> None:
    assert bare_name(stored(name)) == name


@pytest.mark.parametrize(
    ("written", "sql"),
    [
        pytest.param("sales_wh", "sales_wh", id="bare"),
        pytest.param('"Sales wh"', '"Sales wh"', id="quoted already"),
        pytest.param("Sales wh", '"Sales wh"', id="needs quotes"),
        pytest.param('a"; DROP TABLE x; --', '"a""; DROP TABLE x; --"', id="hostile"),
        pytest.param("order", '"ORDER"', id="reserved"),
        pytest.param("", '" "', id="empty"),
    ],
)
def test_identifier(written: str, sql: str) -> None:
    assert identifier(written) == sql


def test_parts_of_a_name() -> None:
    assert parts('db.schema."My.app"') == ("db", "schema", '"My.app"')
    assert parts("a.b.c.d") == ("a.b.c.d",)
    assert qualified("db.my schema.app") == 'db."my schema".app'
