from __future__ import annotations

import pytest

from codemod_case import check_fixed, check_found, check_noop
from sis_codemods.streamlit.refused_sizes import codemod
from sis_migrate.model import Settings, Status

ST = "import streamlit as st\n"

LITERALS = {
    "zeros of a chart": (
        "st.bar_chart(data=d, width=0, height=0, use_container_width=True)",
        "st.bar_chart(data=d, use_container_width=True)",
    ),
    "only argument": ("st.container(height=None)", "st.container()"),
    "positional": ("st.dataframe(df, None)", "st.dataframe(df)"),
    "positional before another": ("st.dataframe(df, None, 300)", "st.dataframe(df, height=300)"),
    "both positional": ("st.dataframe(df, None, 0)", "st.dataframe(df)"),
    "float": ("st.dataframe(df, height=300.0)", "st.dataframe(df, height=300)"),
    "image": ("st.image(i, width=None, caption='c')", "st.image(i, caption='c')"),
    "column": (
        "a, b = st.columns(2)\na.data_editor(df, width=None)",
        "a, b = st.columns(2)\na.data_editor(df)",
    ),
}

EXPRESSIONS = {
    "division": ("h / 2", "int(h / 2)"),
    "part of a sum": ("38 + 35.5 * n", "int(38 + 35.5 * n)"),
    "numpy": ("np.int64(300)", "int(np.int64(300))"),
    "numpy in max": ("max(np.ceil(n), 2)", "int(max(np.ceil(n), 2))"),
    "rounded to digits": ("round(n, 1)", "int(round(n, 1))"),
    "None on one side": ("None if big else 300", '"auto" if big else 300'),
    "0 on the other side": ("300 if big else 0", '300 if big else "auto"'),
    "name of a float": ("tall", "int(tall)"),
    "not whole": ("300.5", "300"),
}


@pytest.mark.parametrize(("before", "after"), LITERALS.values(), ids=LITERALS)
def test_literal(before: str, after: str) -> None:
    check_fixed(f"{ST}{before}\n", f"{ST}{after}\n", codemod)


@pytest.mark.parametrize(("before", "after"), EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_expression(before: str, after: str) -> None:
    head = f"import numpy as np\n{ST}tall = 35.5 * 10\n"
    check_fixed(
        f"{head}st.dataframe(df, height={before})\n",
        f"{head}st.dataframe(df, height={after})\n",
        codemod,
        status=Status.REVIEW,
    )


def test_parameter_that_is_none_unless_given() -> None:
    before = f"{ST}def show(df, height=None):\n    st.dataframe(df, height=height)\n"
    after = before.replace("height=height", 'height=height or "auto"')
    check_fixed(before, after, codemod, status=Status.REVIEW)


RIGHT = {
    "ints": "st.dataframe(df, width=300, height=35 * len(df) + 38)",
    "words": "st.dataframe(df, width='stretch', height='auto')",
    "whole division": "st.dataframe(df, height=n // 2)",
    "int of a division": "st.dataframe(df, height=int(n / 2))",
    "rounded": "st.dataframe(df, height=round(n))",
    "min of ints": "st.dataframe(df, height=min(400, len(df) * 35))",
    "None where it is taken": "st.text_area('a', height=None)\nst.bar_chart(d, width=None)",
    "True": "st.expander('a', True)",
    "unknown": "st.dataframe(df, height=h)",
    "column configuration": "st.column_config.TextColumn(width=None)",
    "component": "import streamlit.components.v1 as c\nc.html('x', height=0)",
    "other package": "import folium\nfolium.Map(width=0, height=None)",
    "asked for": "def f(h=None):\n    if h is None:\n        h = 300\n    st.dataframe(df, height=h)",
    "fallback": "try:\n    st.dataframe(df, width=None)\nexcept Exception:\n    st.dataframe(df)",
}


@pytest.mark.parametrize("source", RIGHT.values(), ids=RIGHT)
def test_right(source: str) -> None:
    check_noop(f"{ST}{source}\n", codemod)


def test_release_that_still_takes_it() -> None:
    settings = Settings(streamlit="==1.48.*")
    check_noop(f"{ST}st.dataframe(df, width=None)\n", codemod, settings=settings)


def test_negative() -> None:
    check_found(f"{ST}st.image(i, width=-1)\n", codemod, "negative", line=2)


def test_receiver_that_may_be_something_else() -> None:
    source = f"{ST}def f(col):\n    col.dataframe(df, width=None)\n"
    check_found(source, codemod, "if this is Streamlit's", line=3)
