from __future__ import annotations

import pytest

from codemod_case import check_fixed, check_found, check_noop
from sis_codemods.streamlit.pyplot_figure import codemod
from sis_migrate.model import Settings, Status

HEAD = "import matplotlib.pyplot as plt\nimport streamlit as st\n"

CALLS = {
    "nothing": ("st.pyplot()", "st.pyplot(plt.gcf(), clear_figure=True)"),
    "None": ("st.pyplot(None)", "st.pyplot(plt.gcf(), clear_figure=True)"),
    "None by name": ("st.pyplot(fig=None)", "st.pyplot(plt.gcf(), clear_figure=True)"),
    "kept figure": (
        "st.pyplot(clear_figure=False)",
        "st.pyplot(plt.gcf(), clear_figure=False)",
    ),
    "positional": ("st.pyplot(None, False)", "st.pyplot(plt.gcf(), False)"),
    "other argument": (
        "st.pyplot(use_container_width=True)",
        "st.pyplot(plt.gcf(), clear_figure=True, use_container_width=True)",
    ),
    "column": ("st.columns(2)[0].pyplot()",
               "st.columns(2)[0].pyplot(plt.gcf(), clear_figure=True)"),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), CALLS.values(), ids=CALLS)
def test_call(before: str, after: str) -> None:
    check_fixed(f"{HEAD}{before}\n", f"{HEAD}{after}\n", codemod, status=Status.REVIEW)


def test_import_is_added() -> None:
    before = "import seaborn as sns\nimport streamlit as st\nsns.lineplot([1])\nst.pyplot()\n"
    after = before.replace("pyplot()", "pyplot(plt.gcf(), clear_figure=True)")
    after = after.replace("import streamlit as st\n", f"import streamlit as st\n{HEAD[:32]}")
    check_fixed(before, after, codemod, status=Status.REVIEW, indented=False)


@pytest.mark.parametrize(
    "call", ["st.pyplot(fig)", "st.pyplot(plt)", "st.pyplot(fig=f)", "plt.plot()", "other.pyplot()"]
)
def test_right(call: str) -> None:
    check_noop(f"{HEAD}{call}\n", codemod)


def test_release_that_draws_it() -> None:
    check_noop(f"{HEAD}st.pyplot()\n", codemod, settings=Settings(streamlit="==1.55.*"))


@pytest.mark.parametrize("call", ["st.pyplot(*a)", "st.pyplot(**a)"])
def test_hidden_arguments(call: str) -> None:
    check_found(f"{HEAD}{call}\n", codemod, "needs a figure", line=3)
