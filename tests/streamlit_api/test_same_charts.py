from __future__ import annotations

import pytest

from codemod_case import check_found, check_noop
from sis_codemods.streamlit.same_charts import codemod

ST = "import streamlit as st\n"

FOUND = {
    "loop": ("for i in range(3):\n    st.plotly_chart(fig)", 3),
    "loop over columns": ("for c in st.columns(2):\n    with c:\n        st.plotly_chart(fig)", 4),
    "twice": ("st.plotly_chart(fig)\nst.title('a')\nst.plotly_chart(fig)", 4),
    "two tabs": (
        "a, b = st.tabs(2)\nwith a:\n    st.plotly_chart(fig)\nwith b:\n    st.plotly_chart(fig)",
        6,
    ),
}
RIGHT = {
    "made in the loop": "for i in x:\n    fig = f(i)\n    st.plotly_chart(fig)",
    "loop variable": "for fig in figures:\n    st.plotly_chart(fig)",
    "changed in the loop": "for i in x:\n    fig.update_layout(title=i)\n    st.plotly_chart(fig)",
    "key": "for i in x:\n    st.plotly_chart(fig, key=i)",
    "once": "for i in x:\n    if i:\n        st.plotly_chart(fig)",
    "left at once": "for i in x:\n    st.plotly_chart(fig)\n    break",
    "changed between": "st.plotly_chart(fig)\nfig.update_layout()\nst.plotly_chart(fig)",
    "alternatives": "if a:\n    st.plotly_chart(fig)\nelse:\n    st.plotly_chart(fig)",
    "other figures": "st.plotly_chart(a)\nst.plotly_chart(b)",
    "function": "for i in x:\n    def f():\n        st.plotly_chart(fig)",
    "one key": "st.plotly_chart(fig)\nst.plotly_chart(fig, key='b')",
}


@pytest.mark.parametrize(("source", "line"), FOUND.values(), ids=FOUND)
def test_found(source: str, line: int) -> None:
    check_found(f"{ST}{source}\n", codemod, "key", line=line)


@pytest.mark.parametrize("source", RIGHT.values(), ids=RIGHT)
def test_right(source: str) -> None:
    check_noop(f"{ST}{source}\n", codemod)
