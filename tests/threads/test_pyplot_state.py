from __future__ import annotations

import pytest

from codemod_case import check_fixed, check_found, check_noop, migrate
from sis_codemods.threads.pyplot_state import codemod
from sis_migrate.model import Status

HEAD = "import matplotlib.pyplot as plt\nimport seaborn as sns\nimport streamlit as st\n"

DRAWN = {
    "plot": "plt.plot([1])\n",
    "part of a figure": "plt.subplot(1, 2, 1)\n",
    "pylab": "from matplotlib import pylab\npylab.plot([1])\n",
    "imported function": "from matplotlib.pyplot import plot\nplot([1])\n",
    "module shown": "st.pyplot(plt)\n",
    "module shown in a column": "a, b = st.columns(2)\na.pyplot(plt)\n",
    "all closed": "plt.close('all')\n",
    "current closed": "plt.close()\n",
    "seaborn on current axes": "sns.heatmap(frame)\n",
}


@pytest.mark.parametrize("source", DRAWN.values(), ids=DRAWN)
def test_current_figure_is_found(source: str) -> None:
    [finding] = migrate(HEAD + source, codemod).findings
    assert "current for all viewers" in finding.message
    assert "plt.subplots()" in finding.remedy


QUIET = {
    "methods": "fig, ax = plt.subplots()\nax.plot([1])\nax.set_title('a')\nst.pyplot(fig)\n",
    "figure only": "fig = plt.figure()\nfig.add_subplot().plot([1])\nst.pyplot(fig)\n",
    "its own figure closed": "fig = plt.figure()\nplt.close(fig)\n",
    "seaborn on axes": "fig, ax = plt.subplots()\nsns.heatmap(frame, ax=ax)\n",
    "seaborn's own figure": "st.pyplot(sns.relplot(frame).figure)\n",
    "colours": "plt.get_cmap('a')\nplt.cm.viridis\nplt.style.use('b')\n",
    "under a lock": "with lock:\n    plt.plot([1])\n    st.pyplot(plt.gcf())\n",
    "module given to something else": "describe(plt)\n",
    "something else": "ax.plot([1])\nframe.hist()\n",
}


@pytest.mark.parametrize("source", QUIET.values(), ids=QUIET)
def test_nothing_is_said(source: str) -> None:
    check_noop(HEAD + source, codemod)


def test_one_finding_for_a_function() -> None:
    source = HEAD + (
        "def one():\n    plt.clf()\n    plt.plot([1])\n    plt.title('a')\n"
        "def two():\n    plt.bar([1], [2])\none()\ntwo()\n"
    )
    check_found(source, codemod, "in 3 places", "(plt.clf, plt.plot and plt.title)", line=5)
    check_found(source, codemod, "(plt.bar)", line=9)
    assert len(migrate(source, codemod).findings) == 2


FIXED = {
    "figure": (
        "fig = plt.figure(figsize=(6, 3))\nplt.plot([1])\nst.pyplot(fig)\n",
        "fig, ax = plt.subplots(figsize=(6, 3))\nax.plot([1])\nst.pyplot(fig)\n",
    ),
    "figure and axes": (
        "f, a = plt.subplots()\nplt.bar(x, y)  # bars\nplt.title('t')\nplt.xlabel('x')\n",
        "f, a = plt.subplots()\na.bar(x, y)  # bars\na.set_title('t')\na.set_xlabel('x')\n",
    ),
    "methods of the figure": (
        "f, a = plt.subplots()\nplt.suptitle('t')\nplt.tight_layout()\nst.pyplot(plt)\n",
        "f, a = plt.subplots()\nf.suptitle('t')\nf.tight_layout()\nst.pyplot(f)\n",
    ),
    "current ones asked for": (
        "f, a = plt.subplots()\nplt.gca().plot([1])\nst.pyplot(plt.gcf())\n",
        "f, a = plt.subplots()\na.plot([1])\nst.pyplot(f)\n",
    ),
    "ticks": (
        "f, a = plt.subplots()\nplt.xticks([1], ['a'], rotation=90)\nplt.yticks(rotation=45)\n",
        "f, a = plt.subplots()\na.set_xticks([1], ['a'], rotation=90)\n"
        'a.tick_params(axis="y", rotation=45)\n',
    ),
    "turned by a word": (
        "f, a = plt.subplots()\nplt.bar(x, y)\nplt.xticks(rotation='vertical')\n",
        'f, a = plt.subplots()\na.bar(x, y)\na.tick_params(axis="x", rotation=90)\n',
    ),
    "turned and aligned": (
        "f, a = plt.subplots()\nplt.bar(x, y)\nplt.xticks(rotation=45, ha='right')\n"
        "plt.yticks(fontsize=8)\n",
        "f, a = plt.subplots()\na.bar(x, y)\n"
        "plt.setp(a.get_xticklabels(), rotation=45, ha='right')\n"
        "plt.setp(a.get_yticklabels(), fontsize=8)\n",
    ),
    "turned by what only the run knows": (
        "f, a = plt.subplots()\nplt.bar(x, y)\nplt.xticks(rotation=how)\n",
        "f, a = plt.subplots()\na.bar(x, y)\nplt.setp(a.get_xticklabels(), rotation=how)\n",
    ),
    "one row and one column": (
        "f, a = plt.subplots(1, 1, figsize=(6, 3))\nplt.plot(x)\n",
        "f, a = plt.subplots(1, 1, figsize=(6, 3))\na.plot(x)\n",
    ),
    "one row and one column by name": (
        "f, a = plt.subplots(nrows=1, ncols=1)\nplt.plot(x)\n",
        "f, a = plt.subplots(nrows=1, ncols=1)\na.plot(x)\n",
    ),
    "closed at the end": (
        "f, a = plt.subplots()\nplt.plot(x)\nst.pyplot(f)\nplt.close(f)\n",
        "f, a = plt.subplots()\na.plot(x)\nst.pyplot(f)\nplt.close(f)\n",
    ),
    "the current one closed at the end": (
        "f, a = plt.subplots()\nplt.plot(x)\nst.pyplot(f)\nplt.close()\n",
        "f, a = plt.subplots()\na.plot(x)\nst.pyplot(f)\nplt.close(f)\n",
    ),
    "colours and properties": (
        "f, a = plt.subplots()\nc = plt.cm.Set3(y)\nplt.bar(x, y, color=c)\nplt.setp(a, xlim=(0, 1))\n",
        "f, a = plt.subplots()\nc = plt.cm.Set3(y)\na.bar(x, y, color=c)\nplt.setp(a, xlim=(0, 1))\n",
    ),
    "emptied at the end": (
        "f, a = plt.subplots()\nplt.plot(x)\nst.pyplot(plt.gcf(), clear_figure=True)\n",
        "f, a = plt.subplots()\na.plot(x)\nst.pyplot(f, clear_figure=True)\n",
    ),
    "shown twice": (
        "f, a = plt.subplots()\nfor y in ys:\n    plt.plot(y)\n    st.pyplot(f, False)\n",
        "f, a = plt.subplots()\nfor y in ys:\n    a.plot(y)\n    st.pyplot(f, False)\n",
    ),
    "in a loop": (
        "f, a = plt.subplots()\nfor y in ys:\n    line = plt.plot(y)\nst.pyplot(f)\n",
        "f, a = plt.subplots()\nfor y in ys:\n    line = a.plot(y)\nst.pyplot(f)\n",
    ),
    "pylab": (
        "import matplotlib.pylab as pl\nf, a = pl.subplots()\npl.plot(x)\n",
        "import matplotlib.pylab as pl\nf, a = pl.subplots()\na.plot(x)\n",
    ),
    "two figures": (
        "f, a = plt.subplots()\nplt.plot(x)\ng = plt.figure()\nplt.plot(y)\n",
        "f, a = plt.subplots()\na.plot(x)\ng, ax = plt.subplots()\nax.plot(y)\n",
    ),
    "shown by plotly": (
        "f, a = plt.subplots()\nplt.plot(x)\nst.plotly_chart(f)\n",
        "f, a = plt.subplots()\na.plot(x)\nst.plotly_chart(f)\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), FIXED.values(), ids=FIXED)
def test_draws_on_its_own_figure(before: str, after: str) -> None:
    result = check_fixed(HEAD + before, HEAD + after, codemod, status=Status.REVIEW)
    assert "a figure of its own" in result.findings[0].message


def test_other_names_for_the_axes() -> None:
    source = HEAD + "ax = 1\nfig = plt.figure()\nplt.plot([1])\n"
    assert "fig, axes = plt.subplots()\naxes.plot([1])" in migrate(source, codemod).text


NOT_CERTAIN = {
    "several axes": "f, a = plt.subplots(nrows=2)\nplt.plot(x)\n",
    "parts made later": "f = plt.figure()\nplt.subplot(1, 2, 1)\nplt.plot(x)\n",
    "data frame draws": "f = plt.figure()\nframe.plot()\nplt.title('a')\n",
    "library draws": "f, a = plt.subplots()\nshap.summary_plot(v)\nplt.title('a')\n",
    "own function draws": (
        "def more():\n    plt.grid()\nf, a = plt.subplots()\nmore()\nplt.title('a')\n"
    ),
    "seaborn draws": "f, a = plt.subplots()\nsns.heatmap(x)\nplt.title('a')\n",
    "no method": "f, a = plt.subplots()\nplt.imshow(x)\nplt.colorbar()\n",
    "axes bound anew": "f, a = plt.subplots()\na = 1\nplt.plot(x)\n",
    "figure made in a branch": "if x:\n    f = plt.figure()\n    plt.plot(x)\nplt.subplot(2, 1, 1)\n",
    "another one in a branch": "f, a = plt.subplots()\nif x:\n    plt.figure()\nplt.plot(x)\n",
    "axes of its own added": "f = plt.figure()\nb = f.add_subplot(211)\nplt.title('a')\n",
    "second axis": "f, a = plt.subplots()\nb = a.twinx()\nplt.ylabel('a')\n",
    "second axis of the current ones": (
        "f, a = plt.subplots()\nb = plt.gca().twinx()\nplt.ylabel('a')\n"
    ),
    "second axis by another name": (
        "f, a = plt.subplots()\nb = a\nc = b.twinx()\nplt.ylabel('a')\n"
    ),
    "axes added to the current figure": (
        "f, a = plt.subplots()\nplt.gcf().add_axes([0, 0, 1, 1])\nplt.title('a')\n"
    ),
    "seaborn's figure is the current one": (
        "f, a = plt.subplots()\nsns.clustermap(x)\nplt.title('a')\n"
    ),
    "seaborn's grid is the current one": (
        "f, a = plt.subplots()\ng = sns.FacetGrid(x)\nplt.title('a')\n"
    ),
    "emptied before the next": (
        "f, a = plt.subplots()\nplt.plot(x)\nst.pyplot(f, clear_figure=True)\nplt.plot(y)\n"
    ),
    "emptied without a figure": "f, a = plt.subplots()\nplt.plot(x)\nst.pyplot()\nplt.plot(y)\n",
    "emptied in each round": (
        "f, a = plt.subplots()\nfor y in ys:\n    plt.plot(y)\n    st.pyplot(f, x == y)\n"
    ),
    "places and an angle": "f, a = plt.subplots()\nplt.xticks(x, rotation=45, ha='right')\n",
    "turned by a call": "f, a = plt.subplots()\nplt.xticks(rotation=how(), ha='right')\n",
    "minor ticks": "f, a = plt.subplots()\nplt.xticks(minor=True, rotation=3)\n",
    "turned by an imported function": (
        "from matplotlib.pyplot import xticks\nf, a = plt.subplots()\nxticks(ha='right')\n"
    ),
    "closed before the next": "f, a = plt.subplots()\nplt.close(f)\nplt.plot(x)\n",
    "closed in each round": (
        "f, a = plt.subplots()\nfor y in ys:\n    plt.plot(y)\n    plt.close(f)\n"
    ),
    "all closed": "f, a = plt.subplots()\nplt.plot(x)\nplt.close('all')\n",
    "another one closed": "f, a = plt.subplots()\nplt.plot(x)\nplt.close(g)\n",
    "several rows": "f, a = plt.subplots(2, 1)\nplt.plot(x)\n",
    "rows that only the run knows": "f, a = plt.subplots(n, 1)\nplt.plot(x)\n",
    "axes in a table": "f, a = plt.subplots(squeeze=False)\nplt.plot(x)\n",
    "axes deleted": "f, a = plt.subplots()\ndel a\nplt.plot(x)\n",
    "figure without axes and a name like theirs": "ax_f = plt.figure()\nplt.suptitle('a')\n",
    "handed to a function": "f, a = plt.subplots()\nmore(f)\nplt.ylabel('a')\n",
    "figure without axes": "f = plt.figure()\nplt.suptitle('a')\n",
    "numbered figure": "f = plt.figure(num=3)\nplt.plot(x)\n",
    "limits asked for": "f, a = plt.subplots()\nlow, high = plt.xlim()\n",
    "result that differs": "f, a = plt.subplots()\nt = plt.xticks([1])\n",
    "drawn later": "f, a = plt.subplots()\ndef later():\n    plt.plot(x)\nlater()\n",
}


@pytest.mark.parametrize("source", NOT_CERTAIN.values(), ids=NOT_CERTAIN)
def test_is_left_to_a_person(source: str) -> None:
    result = migrate(HEAD + source, codemod)
    assert result.text == HEAD + source
    assert {f.status for f in result.findings} == {Status.MANUAL}


def test_files_that_no_run_reaches() -> None:
    files = {
        "streamlit_app.py": "import shared\n",
        "shared.py": HEAD + "plt.plot([1])\n",
        "tool.py": HEAD + "plt.plot([1])\n",
    }
    assert migrate(files, codemod).findings == ()
