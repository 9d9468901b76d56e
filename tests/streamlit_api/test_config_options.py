from __future__ import annotations

import pytest

from codemod_case import check_fixed, check_found, check_noop
from sis_codemods.streamlit.config_options import codemod
from sis_migrate.model import Settings, Status

ST = "import streamlit as st\n"
SET = 'st.set_option("deprecation.showPyplotGlobalUse", False)'

PLACES = {
    "line": (f"{SET}\nst.title('a')\n", "st.title('a')\n"),
    "alone in a condition": (f"if a:\n    {SET}\n", "if a:\n    pass\n"),
    "one of several on a line": (f"a = 1; {SET}; b = 2\n", "a = 1; b = 2\n"),
    "by name": (
        "st.set_option(key='deprecation.showfileUploaderEncoding', value=False)\nst.title('a')\n",
        "st.title('a')\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), PLACES.values(), ids=PLACES)
def test_removed(before: str, after: str) -> None:
    check_fixed(ST + before, ST + after, codemod)


def test_other_option_is_reviewed() -> None:
    before = f"{ST}st.set_option('global.logLevel', 'debug')\nst.title('a')\n"
    check_fixed(before, f"{ST}st.title('a')\n", codemod, status=Status.REVIEW)


@pytest.mark.parametrize(
    "use", ["x = st.get_option('client.caching')", f"x = {SET}", "f(lambda: " + SET + ")"]
)
def test_found(use: str) -> None:
    check_found(f"{ST}{use}\n", codemod, "is gone from Streamlit 1.3", line=2)


RIGHT = {
    "option that is there": "st.set_option('client.showErrorDetails', False)",
    "unknown name": "st.set_option(name, 1)",
    "option of pandas": "import pandas as pd\npd.set_option('deprecation.x', 1)",
    "never an option": "st.set_option('a.b', 1)",
    "caught": f"try:\n    {SET}\nexcept Exception:\n    pass",
}


@pytest.mark.parametrize("source", RIGHT.values(), ids=RIGHT)
def test_right(source: str) -> None:
    check_noop(f"{ST}{source}\n", codemod)


def test_release_that_has_it() -> None:
    check_noop(f"{ST}{SET}\n", codemod, settings=Settings(streamlit="==1.35.*"))
