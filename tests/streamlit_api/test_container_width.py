from __future__ import annotations

import pytest

from codemod_case import check_fixed, check_found, check_noop, migrate
from sis_codemods.streamlit.container_width import codemod
from sis_migrate.codemod import selected
from sis_migrate.model import Settings, Status

ST = "import streamlit as st\n"

CALLS = {
    "last of several": (
        "st.dataframe(df, hide_index=True, use_container_width=True)",
        'st.dataframe(df, hide_index=True, width="stretch")',
    ),
    "button that keeps its size": (
        'st.button("Go", use_container_width=False)',
        'st.button("Go", width="content")',
    ),
    "over lines with comments": (
        "st.dataframe(\n    df,  # rows\n    use_container_width=True,  # wide\n)",
        'st.dataframe(\n    df,  # rows\n    width="stretch",  # wide\n)',
    ),
    "width that it overrode": (
        "st.dataframe(df, width=300, use_container_width=True)",
        'st.dataframe(df, width="stretch")',
    ),
    "width that it overrode, after it": (
        "st.dataframe(df, use_container_width=True, width=300)",
        'st.dataframe(df, width="stretch")',
    ),
    "width that counts": (
        "st.dataframe(df, width=300, use_container_width=False)",
        "st.dataframe(df, width=300)",
    ),
    "no width and False": (
        "st.dataframe(df, width=None, use_container_width=False)",
        'st.dataframe(df, width="content")',
    ),
    "both ways": (
        'st.dataframe(df, width="stretch", use_container_width=True)',
        'st.dataframe(df, width="stretch")',
    ),
    "positional width and height": (
        "st.dataframe(df, 500, 300, use_container_width=True)",
        'st.dataframe(df, height=300, width="stretch")',
    ),
    "positional": ("st.plotly_chart(fig, True)", 'st.plotly_chart(fig, width="stretch")'),
    "None": ("st.altair_chart(c, use_container_width=None)", "st.altair_chart(c)"),
    "sidebar": ("st.sidebar.button('a', use_container_width=True)",
                "st.sidebar.button('a', width=\"stretch\")"),
    "tab by index": (
        "tabs = st.tabs(['a'])\ntabs[0].line_chart(df, use_container_width=True)",
        "tabs = st.tabs(['a'])\ntabs[0].line_chart(df, width=\"stretch\")",
    ),
    "with target": (
        "with st.form('f') as form:\n    form.form_submit_button('x', use_container_width=True)",
        "with st.form('f') as form:\n    form.form_submit_button('x', width=\"stretch\")",
    ),
    "partial": (
        "from functools import partial\nwide = partial(st.button, use_container_width=True)",
        'from functools import partial\nwide = partial(st.button, width="stretch")',
    ),
    "in an f-string": (
        'f"{st.button(1, use_container_width=True)}"',
        "f\"{st.button(1, width='stretch')}\"",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), CALLS.values(), ids=CALLS)
def test_literal(before: str, after: str) -> None:
    check_fixed(f"{ST}{before}\n", f"{ST}{after}\n", codemod)


VALUES = {
    "variable": ("wide", 'width="stretch" if wide else "content"'),
    "comparison": ("n > 3", 'width="stretch" if n > 3 else "content"'),
    "condition": ("a if b else c", 'width="stretch" if (a if b else c) else "content"'),
}


@pytest.mark.parametrize(("value", "new"), VALUES.values(), ids=VALUES)
def test_other_value_is_reviewed(value: str, new: str) -> None:
    before = f"{ST}st.button('a', use_container_width={value})\n"
    check_fixed(before, f"{ST}st.button('a', {new})\n", codemod, status=Status.REVIEW)


def test_parameter_of_own_function_stays_and_its_use_changes() -> None:
    before = f"""{ST}
def table(df, use_container_width=True):
    st.dataframe(df, use_container_width=use_container_width)
table(df, use_container_width=False)
"""
    after = before.replace(
        "use_container_width=use_container_width",
        'width="stretch" if use_container_width else "content"',
    )
    check_fixed(before, after, codemod, status=Status.REVIEW)


NOT_STREAMLIT = {
    "other package": "from streamlit_folium import st_folium\nst_folium(m, use_container_width=True)",
    "own function": "def f(use_container_width):\n    pass\nf(use_container_width=True)",
    "own class": "class T:\n    def button(self, use_container_width):\n        pass\n"
    "T().button(use_container_width=True)",
    "text": "'use_container_width=True'",
    "positional of something else": "st.plotly_chart(fig)",
    "fallback": "try:\n    st.dataframe(df, width='stretch')\nexcept TypeError:\n"
    "    st.dataframe(df, use_container_width=True)",
}


@pytest.mark.parametrize("source", NOT_STREAMLIT.values(), ids=NOT_STREAMLIT)
def test_left_alone(source: str) -> None:
    result = migrate(f"{ST}{source}\n", codemod)
    assert result.text == f"{ST}{source}\n"
    assert not [f for f in result.findings if "T()" not in source]


FOUND = {
    "map": ("st.map(df, use_container_width=False)", "pixels"),
    "unknown receiver": ("def f(x):\n    x.dataframe(use_container_width=True)", "if this is"),
    "options": ("opts = {'use_container_width': True}", "deprecated"),
    "default option": ("opts.setdefault('use_container_width', True)", "deprecated"),
    "own function that hands all on": (
        "def show(**options): st.dataframe([], **options)\nshow(use_container_width=True)",
        "show()",
    ),
}


@pytest.mark.parametrize(("source", "words"), FOUND.values(), ids=FOUND)
def test_found(source: str, words: str) -> None:
    line = source.count("\n") + 2
    check_found(f"{ST}{source}\n", codemod, words, line=line)


@pytest.mark.parametrize("element", ["plotly_chart", "altair_chart", "bar_chart", "pydeck_chart"])
def test_charts_stay_below_the_release_that_takes_the_word(element: str) -> None:
    source = f"{ST}st.{element}(x, use_container_width=True)\n"
    check_noop(source, codemod, settings=Settings(streamlit="==1.50.*"))
    result = migrate(source, codemod)
    assert 'width="stretch"' in result.text
    assert result.migration.oldest_streamlit == "1.51"


def test_only_when_selected() -> None:
    assert not selected([codemod], Settings())
    assert selected([codemod], Settings(select=("SIS330",)))
    assert selected([codemod], Settings(select=("SIS33",)))
