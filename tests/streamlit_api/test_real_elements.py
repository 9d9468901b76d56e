"""Sizes, charts, caches, options and private modules, before and after, under the real Streamlit."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from codemod_case import migrate
from sis_codemods.streamlit import (
    config_options,
    container_width,
    keyword_only,
    moved_modules,
    old_cache,
    plotly_arguments,
    pyplot_figure,
    refused_sizes,
    vega_arguments,
)
from sis_codemods.streamlit.facts import minor
from sis_codemods.streamlit.target import text
from sis_migrate.model import Settings

pytestmark = pytest.mark.needs_streamlit

PROGRAM = Path(__file__).parent / "run_snippets.py"
CODEMODS = [
    module.codemod
    for module in (
        config_options,
        container_width,
        keyword_only,
        moved_modules,
        old_cache,
        plotly_arguments,
        pyplot_figure,
        refused_sizes,
        vega_arguments,
    )
]
FRAME = "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2], 'lat': [1, 2], 'lon': [3, 4]})\n"
PICTURE = "import numpy\npicture = numpy.zeros((4, 4, 3), dtype='uint8')\n"
ALTAIR = f"{FRAME}import altair\nchart = altair.Chart(df).mark_bar().encode(x='a')\n"
PYDECK = "import pydeck\ndeck = pydeck.Deck()\n"
PLOTLY = "import plotly.graph_objects as go\nfigure = go.Figure()\n"
PYPLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\n"
WIDE = {
    "dataframe": f"{FRAME}st.dataframe(df",
    "data_editor": f"{FRAME}st.data_editor(df",
    "line_chart": f"{FRAME}st.line_chart(df",
    "bar_chart": f"{FRAME}st.bar_chart(df",
    "area_chart": f"{FRAME}st.area_chart(df",
    "scatter_chart": f"{FRAME}st.scatter_chart(df",
    "map": f"{FRAME}st.map(df",
    "altair_chart": f"{ALTAIR}st.altair_chart(chart",
    "vega_lite_chart": f"{FRAME}st.vega_lite_chart(df, {{'mark': 'bar'}}",
    "pydeck_chart": f"{PYDECK}st.pydeck_chart(deck",
    "image": f"{PICTURE}st.image(picture",
    "button": "st.button('a'",
    "download_button": "st.download_button('a', 'b'",
    "link_button": "st.link_button('a', 'https://example.org'",
    "popover": "st.popover('a'",
    "graphviz_chart": "st.graphviz_chart('digraph { a -> b }'",
    "plotly_chart": f"{PLOTLY}st.plotly_chart(figure",
    "pyplot": f"{PYPLOT}st.pyplot(plt.gcf()",
}
IN_PIXELS = {"map", "pydeck_chart"}
SNIPPETS = {
    **{f"{name} stretched": f"{code}, use_container_width=True)\n" for name, code in WIDE.items()},
    **{
        f"{name} as its content": f"{code}, use_container_width=False)\n"
        for name, code in WIDE.items()
        if name not in IN_PIXELS
    },
    "width that was overridden": f"{FRAME}st.dataframe(df, 300, 200, use_container_width=True)\n",
    "chart with the old defaults": f"{FRAME}st.bar_chart(df, width=0, height=0)\n",
    "size None": f"{FRAME}st.dataframe(df, width=None, height=None)\n",
    "float": f"{FRAME}st.dataframe(df, height=len(df) * 71 / 2)\n",
    "number of numpy": f"{PICTURE}st.image(picture, width=numpy.int64(30))\n",
    "one of two": f"{FRAME}st.dataframe(df, height=None if len(df) < 9 else 300)\n",
    "default None": f"{FRAME}def show(height=None):\n    st.dataframe(df, height=height)\nshow()\n",
    "container": "with st.container(height=None):\n    st.write(1)\n",
    "cached data": f"{FRAME}@st.cache(suppress_st_warning=True, ttl=60)\ndef f():\n"
    "    return pd.DataFrame()\nst.write(f())\n",
    "cached thing": "@st.cache(allow_output_mutation=True, persist=True)\ndef f():\n"
    "    return {'a': []}\nf()['a'].append(1)\nassert f()['a'] == [1]\n",
    "cached lock": "import threading\n@st.cache(hash_funcs={int: id})\ndef f():\n"
    "    return threading.Lock()\nf()\n",
    "cached call": "def f(n):\n    return [n]\nassert st.cache(f, ttl=5)(3) == [3]\n",
    "option": "st.set_option('deprecation.showPyplotGlobalUse', False)\n",
    "option alone": "if True:\n    st.set_option('client.caching', True)\n",
    "context": "from streamlit.scriptrunner.script_run_context import get_script_run_ctx\n"
    "get_script_run_ctx()\n",
    "context of a report": "import streamlit.report_thread as thread\nthread.get_report_ctx()\n",
    "key of a widget": "from streamlit.type_util import to_key\nto_key('a')\n",
    "digest": "from streamlit.util import calc_md5\n"
    "assert calc_md5('a') == '0cc175b9c0f1b6a831c399e269772661'\n",
    "vega": f"{FRAME}st.vega_lite_chart(df, mark='bar', x_field='a', x_type='nominal')\n",
    "vega with a spec": f"{FRAME}spec = {{'mark': 'bar'}}\n"
    "st.vega_lite_chart(df, spec, y_field='a', title='t')\n",
    "pyplot without a figure": f"{PYPLOT}st.pyplot()\n",
    "plotly arguments": f"{PLOTLY}st.plotly_chart(figure, sharing='a', displayModeBar=False)\n",
}
DEPRECATED = {name for name in SNIPPETS if "cached" in name or "vega" in name}
"""What warns in releases that still have it."""
NEEDS = ("plotly", "matplotlib", "graphviz")


def _migrated(source: str, target: str = "") -> str:
    return migrate(source, CODEMODS, settings=Settings(streamlit=target)).text


def _trouble(python: str, snippets: dict[str, str]) -> tuple[str, dict[str, list[str]]]:
    done = subprocess.run(
        [python, "-I", str(PROGRAM)],
        input=json.dumps(snippets),
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout.splitlines()[-1])  # where rich is there, tracebacks come before
    return found["version"], found["trouble"]


def _installed(python: str) -> set[str]:
    code = f"from importlib.util import find_spec as f; print(*[n for n in {NEEDS} if f(n)])"
    done = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_before_and_after(streamlit_python: str) -> None:
    lacking = set(NEEDS) - _installed(streamlit_python)
    before = {
        name: f"import streamlit as st\n{source}"
        for name, source in SNIPPETS.items()
        if not any(package in source for package in lacking)
    }
    after = {name: _migrated(source) for name, source in before.items()}
    version, old = _trouble(streamlit_python, before)
    _, new = _trouble(streamlit_python, after)
    assert new == {name: [] for name in before}
    here = text(minor(version))
    changed = {name for name, source in before.items() if _migrated(source, here) != source}
    assert {name for name in before if old[name]} <= changed | DEPRECATED
