from __future__ import annotations

import ast
from pathlib import Path

import pytest

from sis_codemods.dependencies.pandas_3 import old_uses, reason_to_stay
from sis_migrate.python.source import parse
from sis_migrate.textfile import decode

SIGNS = [
    pytest.param('df["a"]["b"] = 1', id="a selection of a selection"),
    pytest.param('df["a"].loc[0] = 1', id="a place in a selection"),
    pytest.param('df["a"]["b"] += 1', id="a selection that is added to"),
    pytest.param('df["a"].fillna(0, inplace=True)', id="a column in place"),
    pytest.param("df.a.replace(1, 2, inplace=True)", id="a column by its name in place"),
    pytest.param("df.applymap(str)", id="a method that is gone"),
    pytest.param('df.fillna(method="ffill")', id="a keyword that is gone"),
    pytest.param('df.resample("M").sum()', id="an old frequency"),
    pytest.param('pd.date_range(a, b, freq="15T")', id="an old frequency with a number"),
    pytest.param('pd.Grouper(key="d", freq="H")', id="an old frequency of a grouper"),
    pytest.param('df.select_dtypes(include=["object"])', id="columns of objects"),
    pytest.param('df["a"].dtype == "object"', id="a type by its name"),
    pytest.param("df[c].dtype == object", id="a type"),
    pytest.param('"O" != df.dtypes', id="a type the other way round"),
]


@pytest.mark.parametrize("text", SIGNS)
def test_sees(text: str) -> None:
    assert len(list(old_uses(ast.parse(text)))) == 1


CLEAN = [
    pytest.param('df["a"] = 1', id="a column"),
    pytest.param('df.loc[0, "a"] = 1', id="a place"),
    pytest.param('st.session_state["a"]["b"] = 1', id="the session state"),
    pytest.param('st.session_state.a["b"]["c"] = 1', id="a part of the session state"),
    pytest.param("df.drop(1, inplace=True)", id="a whole frame in place"),
    pytest.param("df.fillna(0); f(**more)(); g.fillna(**more)", id="other keywords"),
    pytest.param('df.resample("ME"); df.resample(rule)', id="new frequencies"),
    pytest.param('df.select_dtypes("number")', id="columns of numbers"),
    pytest.param('df["a"].dtype == "int64"', id="another type"),
    pytest.param('a == "object"', id="another comparison"),
    pytest.param("a.b.c, d = 1, 2", id="other targets"),
]


@pytest.mark.parametrize("text", CLEAN)
def test_passes(text: str) -> None:
    assert list(old_uses(ast.parse(text))) == []


def test_looks_only_where_pandas_is_used() -> None:
    plain = parse(Path("/a.py"), decode(b'tree["a"]["b"] = 1'))
    frame = parse(Path("/b.py"), decode(b'd = t.toPandas()\nd["a"]["b"] = 1'))
    assert reason_to_stay([plain]) is None
    note = reason_to_stay([plain, frame])
    assert note is not None
    assert (note.path, note.span and note.span.line) == (Path("/b.py"), 2)
