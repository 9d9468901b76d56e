"""Before and after under the real Streamlit: the codemods mend what is broken, and nothing else breaks.

Each old snippet is run, and what the codemods make of it for the tool's own range of releases. The
new one must run without an exception and without a deprecation warning. Where the table says that
the old one needs a change for the very release that runs it, it must fail or warn there.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from codemod_case import migrate
from sis_codemods.streamlit import (
    absent_api,
    allow_widgets,
    cache_renames,
    clear_cache,
    data_editor,
    experimental_show,
    image_width,
    keyword_only,
    query_params,
    renames,
    write_arguments,
)
from sis_codemods.streamlit.facts import minor
from sis_codemods.streamlit.target import text
from sis_migrate.model import Settings

pytestmark = pytest.mark.needs_streamlit

PROGRAM = Path(__file__).parent / "run_snippets.py"
CODEMODS = [
    module.codemod
    for module in (
        absent_api,
        allow_widgets,
        cache_renames,
        clear_cache,
        data_editor,
        experimental_show,
        image_width,
        keyword_only,
        query_params,
        renames,
        write_arguments,
    )
]
ONCE = "if 'again' not in st.session_state:\n    st.session_state.again = 1\n    "
PICTURE = "import numpy\npicture = numpy.zeros((4, 4, 3), dtype='uint8')\n"

SNIPPETS = {
    "rerun": f"{ONCE}st.experimental_rerun()\n",
    "rerun with a positional scope": f"{ONCE}st.rerun('app')\n",
    "rerun handed on": "st.button('a', on_click=st.experimental_rerun)\n",
    "rerun by name": "from streamlit import experimental_rerun\n"
    "if 'b' not in st.session_state:\n    st.session_state.b = 1\n    experimental_rerun()\n",
    "rerun looked up": f'{ONCE}getattr(st, "experimental_rerun")()\n',
    "dialog": "@st.experimental_dialog('Edit')\ndef edit():\n    st.write(1)\nedit()\n",
    "fragment": "@st.experimental_fragment\ndef part():\n    st.write(1)\npart()\n",
    "fragment with an interval": "@st.experimental_fragment(run_every=60)\ndef part():\n"
    "    st.write(1)\npart()\n",
    "user": "st.write(str(st.experimental_user.to_dict()))\n",
    "data editor": "st.experimental_data_editor([{'a': 1}], key='e', num_rows='dynamic')\n",
    "data editor in a column": "a, b = st.columns(2)\nb.experimental_data_editor([{'a': 1}])\n",
    "audio input": "st.experimental_audio_input('a')\n",
    "connection": "c = st.experimental_connection\n",
    "columns": "a, b = st.beta_columns(2)\na.write(1)\n",
    "container": "with st.beta_container():\n    st.write(1)\n",
    "expander in the sidebar": "with st.sidebar.beta_expander('a'):\n    st.write(1)\n",
    "old table": "st._legacy_table([{'a': 1}])\n",
    "memo": "@st.experimental_memo(ttl=60, suppress_st_warning=True)\ndef f():\n    return 1\n"
    "st.write(f())\nst.experimental_memo.clear()\n",
    "singleton": "@st.experimental_singleton\ndef f():\n    return 1\nst.write(f())\n",
    "allowed widgets": "@st.cache_data(experimental_allow_widgets=True)\ndef f():\n"
    "    return 1\nf()\n",
    "clear_cache": "st.legacy_caching.clear_cache()\n",
    "clear_cache handed on": "st.button('a', on_click=st.legacy_caching.clear_cache)\n",
    "show": "x = 7\nst.experimental_show(x)\n",
    "parameters read": "p = st.experimental_get_query_params()\n"
    "st.write(p['a'][0] if 'a' in p else p.get('b', ['c'])[0])\n",
    "parameters as lists": "p = st.experimental_get_query_params()\nst.write(list(p.items()))\n",
    "parameters set": "st.experimental_set_query_params(a=1, b=['x', 'y'])\n"
    "assert dict(st.query_params.to_dict()) == {'a': '1', 'b': 'y'}\n",
    "parameters changed": "st.experimental_set_query_params(a=1)\n"
    "st.experimental_set_query_params(**{**st.experimental_get_query_params(), 'b': 2})\n"
    "assert dict(st.query_params.to_dict()) == {'a': '1', 'b': '2'}\n",
    "parameters cleared": "st.experimental_set_query_params()\n",
    "write": "st.write('a', key='b')\n",
    "wide picture": PICTURE + "st.image(picture, use_column_width=True)\n",
    "picture as it is": PICTURE + "st.image(picture, width=30, use_column_width='never')\n",
    "automatic picture": PICTURE + "st.image(picture, use_column_width='auto')\n",
    "picture that depends": PICTURE + "wide = False\n"
    "st.image(picture, width=20, use_column_width=wide)\n",
    "picture by position": PICTURE + "st.image(picture, 'c', 100, True, True)\n",
    "picture in a column": PICTURE + "for c in st.columns(2):\n"
    "    c.image(picture, use_column_width='always')\n",
    "picture in a partial": PICTURE + "from functools import partial\n"
    "partial(st.image, use_column_width=True)(picture)\n",
    "code": "st.code('a', 'python', True)\n",
    "metric": "st.metric('a', 1, 2, 'normal', 'help')\n",
    "shim": f"{ONCE}(st.rerun if hasattr(st, 'rerun') else st.experimental_rerun)()\n",
    "shim with try": "try:\n    user = st.user\nexcept AttributeError:\n"
    "    user = st.experimental_user\n",
}  # fmt: skip
DEPRECATED = {name for name in SNIPPETS if "picture" in name}
"""What warns in releases that still have it."""
UNNOTICED = {"picture by position"}
"""What a new release takes for something else, without a word."""


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


def test_before_and_after(streamlit_python: str) -> None:
    before = {name: f"import streamlit as st\n{source}" for name, source in SNIPPETS.items()}
    after = {name: _migrated(source) for name, source in before.items()}
    version, old = _trouble(streamlit_python, before)
    _, new = _trouble(streamlit_python, after)
    assert new == {name: [] for name in SNIPPETS}
    here = text(minor(version))
    broken = {name for name, source in before.items() if _migrated(source, here) != source}
    silent = {name for name in broken if not old[name]}
    assert silent <= UNNOTICED
    assert {name for name in SNIPPETS if old[name]} <= broken | DEPRECATED
