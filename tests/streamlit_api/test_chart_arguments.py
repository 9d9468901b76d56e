from __future__ import annotations

import pytest

from codemod_case import check_fixed, check_found, check_noop
from sis_codemods.streamlit import plotly_arguments, vega_arguments
from sis_migrate.model import Settings, Status

ST = "import streamlit as st\n"

DROPPED = {
    "sharing": ('st.plotly_chart(f, sharing="streamlit")', "st.plotly_chart(f)"),
    "unknown": ("st.plotly_chart(f, width=3, image_filename='a')", "st.plotly_chart(f, width=3)"),
    "column": (
        "c = st.columns(2)\nc[0].plotly_chart(f, sharing='private', key='k')",
        "c = st.columns(2)\nc[0].plotly_chart(f, key='k')",
    ),
}
MOVED = {
    "one": ("scrollZoom=True", 'config={"scrollZoom": True}'),
    "two": (
        "staticPlot=True, theme=None, locale='de'",
        'config={"staticPlot": True, "locale": \'de\'}, theme=None',
    ),
    "beside config": (
        "config={'a': 1}, responsive=x",
        "config={'a': 1, \"responsive\": x}",
    ),
}


@pytest.mark.parametrize(("before", "after"), DROPPED.values(), ids=DROPPED)
def test_plotly_argument_without_effect(before: str, after: str) -> None:
    check_fixed(f"{ST}{before}\n", f"{ST}{after}\n", plotly_arguments.codemod)


@pytest.mark.parametrize(("before", "after"), MOVED.values(), ids=MOVED)
def test_plotly_configuration(before: str, after: str) -> None:
    before, after = (f"{ST}st.plotly_chart(f, {text})\n" for text in (before, after))
    check_fixed(before, after, plotly_arguments.codemod, status=Status.REVIEW)


@pytest.mark.parametrize(
    "call", ["st.plotly_chart(f, name=g())", "st.plotly_chart(f, config=c, locale=1)"]
)
def test_plotly_found(call: str) -> None:
    check_found(f"{ST}{call}\n", plotly_arguments.codemod, "config", line=2)


VEGA = {
    "no spec": (
        'st.vega_lite_chart(d, mark="bar", x_field="a")',
        'st.vega_lite_chart(d, spec={"mark": "bar", "encoding": {"x": {"field": "a"}}})',
    ),
    "spec": (
        "st.vega_lite_chart(d, s, title='t', use_container_width=True)",
        "st.vega_lite_chart(d, spec={**s, \"title\": 't'}, use_container_width=True)",
    ),
    "part of the mark": (
        "st.vega_lite_chart(d, mark_color='red', mark_type='bar')",
        'st.vega_lite_chart(d, spec={"mark": {"color": \'red\', "type": \'bar\'}})',
    ),
    "spec by name": (
        "st.vega_lite_chart(d, spec={'mark': 'bar'}, y_field='b')",
        "st.vega_lite_chart(d, spec={**{'mark': 'bar'}, \"encoding\": {\"y\": {\"field\": 'b'}}})",
    ),
}


@pytest.mark.parametrize(("before", "after"), VEGA.values(), ids=VEGA)
def test_vega(before: str, after: str) -> None:
    check_fixed(f"{ST}{before}\n", f"{ST}{after}\n", vega_arguments.codemod)


def test_vega_found() -> None:
    check_found(f"{ST}st.vega_lite_chart(d, mark='a', **b)\n", vega_arguments.codemod, line=2)


RIGHT = {
    "plotly": "st.plotly_chart(f, theme=None, config={}, key='a', on_select='rerun')",
    "vega": "st.vega_lite_chart(d, {'mark': 'bar'}, theme=None, width='stretch')",
    "other object": "import plotly\nplotly.plotly_chart(f, sharing=1)",
}


@pytest.mark.parametrize("source", RIGHT.values(), ids=RIGHT)
def test_right(source: str) -> None:
    check_noop(f"{ST}{source}\n", [plotly_arguments.codemod, vega_arguments.codemod])


def test_release_that_takes_them() -> None:
    both = [plotly_arguments.codemod, vega_arguments.codemod]
    source = f"{ST}st.plotly_chart(f, sharing='a')\nst.vega_lite_chart(d, mark='bar')\n"
    check_noop(source, both, settings=Settings(streamlit="==1.55.*"))
