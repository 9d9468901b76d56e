from __future__ import annotations

import pytest

from codemod_case import check_found, check_noop
from sis_codemods.streamlit.row_options import codemod

HEAD = (
    "import streamlit as st\n"
    "session = st.connection('snowflake').session()\n"
    "rows = session.table('T').select('A').collect()\n"
)

FOUND = {
    "format": ("st.selectbox('a', rows, format_func=lambda r: r['B'])", 4),
    "attribute": ("st.radio('a', options=rows, format_func=lambda r: r.B)", 4),
    "chosen": ("x = st.selectbox('a', rows)\nprint(x['A'])", 5),
    "at once": ("x = st.selectbox('a', session.sql('x').collect())\nst.write(x['A'])", 5),
}
RIGHT = {
    "scalar": "x = st.selectbox('a', rows)\nst.write(x)",
    "text": "st.selectbox('a', rows, format_func=lambda r: r.title())",
    "list": "x = st.selectbox('a', [r['A'] for r in rows])\nst.write(x['A'])",
    "frame": "x = st.selectbox('a', session.table('T').to_pandas())\nst.write(x['A'])",
    "letter": "x = st.selectbox('a', rows)\nst.write(x[0])",
    "other rows": "x = st.selectbox('a', gc.collect())\nst.write(x['A'])",
}


@pytest.mark.parametrize(("source", "line"), FOUND.values(), ids=FOUND)
def test_found(source: str, line: int) -> None:
    check_found(f"{HEAD}{source}\n", codemod, "first column", line=line)


@pytest.mark.parametrize("source", RIGHT.values(), ids=RIGHT)
def test_right(source: str) -> None:
    check_noop(f"{HEAD}{source}\n", codemod)
