from __future__ import annotations

import pytest

from codemod_case import check_found, check_noop, migrate
from sis_codemods.threads.process_settings import codemod
from sis_migrate.model import Status

ST = "import streamlit as st\n"

VIEWERS = {
    "variable from a widget": "import os\nos.environ['TOKEN'] = st.text_input('a')\n",
    "variable from the session state": (
        "from os import environ as env\nenv['TOKEN'] = st.session_state['t']\n"
    ),
    "through a name": "import os\nt = st.session_state.get('t')\nos.environ['TOKEN'] = f'x{t}'\n",
    "through a parameter": (
        "import os\ndef put(t):\n    os.environ['TOKEN'] = t\nput(st.sidebar.text_input('a'))\n"
    ),
    "through a function": (
        "import os\ndef get():\n    return st.text_input('a')\nos.environ['TOKEN'] = get()\n"
    ),
    "through a loop": (
        "import os\nfor t in st.multiselect('a', 'b'):\n    os.environ['TOKEN'] = t\n"
    ),
    "setdefault": "import os\nos.environ.setdefault('A', st.user.email)\n",
    "update": "import os\nos.environ.update(TOKEN=st.text_input('a'))\n",
    "locale": "import locale\nlocale.setlocale(locale.LC_ALL, st.selectbox('a', 'b'))\n",
    "option of the server": "st._config.set_option('theme.base', st.radio('a', 'b'))\n",
    "attribute of a package": "import openai\nopenai.api_key = st.text_input('a')\n",
    "directory": "import os\nos.chdir('data')\n",
    "output": "import sys, io\nsys.stdout = io.StringIO()\n",
    "redirected": (
        "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()):\n    pass\n"
    ),
    "exit": "import os\nos._exit(0)\n",
    "own process killed": "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)\n",
}


@pytest.mark.parametrize("source", VIEWERS.values(), ids=VIEWERS)
def test_is_found(source: str) -> None:
    [finding] = migrate(ST + source, codemod).findings
    assert finding.status is Status.MANUAL
    assert finding.remedy


REVIEW = {
    "seed": "import numpy as np\nnp.random.seed(42)\n",
    "option of pandas": "import pandas as pd\npd.set_option('precision', st.slider('a'))\n",
    "attribute option": "import pandas as pd\npd.options.display.precision = st.slider('a')\n",
    "style": "import matplotlib.pyplot as plt\nplt.style.use(st.selectbox('a', 'b'))\n",
    "template": "import plotly.io as pio\npio.templates.default = st.radio('a', 'b')\n",
    "parameter": ("import matplotlib as mpl\nmpl.rcParams['font.size'] = st.slider('a')\n"),
}


@pytest.mark.parametrize("source", REVIEW.values(), ids=REVIEW)
def test_is_to_review(source: str) -> None:
    [finding] = migrate(ST + source, codemod).findings
    assert finding.status is Status.REVIEW


QUIET = {
    "literal": "import os\nos.environ['CACHE'] = '/tmp'\n",
    "secret": "import os\nos.environ['TOKEN'] = st.secrets['token']\n",
    "from the environment": "import os\nos.environ['A'] = os.environ.get('B', '')\n",
    "read": "import os\nst.write(os.environ['A'], os.getcwd())\n",
    "own dictionary": "environ = {}\nenviron['A'] = st.text_input('a')\n",
    "parameter of an unknown caller": "import os\ndef put(t):\n    os.environ['A'] = t\n",
    "harmless": (
        "import warnings, logging, sys\nwarnings.filterwarnings('ignore')\n"
        "logging.basicConfig(level=10)\nsys.setrecursionlimit(5000)\n"
    ),
    "option for all": "import pandas as pd\npd.set_option('display.max_rows', 50)\n",
    "style for all": "import matplotlib.pyplot as plt\nplt.style.use('ggplot')\n",
    "session state": "st.session_state.a = st.text_input('a')\n",
    "constant attribute": "import openai\nopenai.api_key = st.secrets['key']\n",
    "object of a class": "import lib\nc = lib.Client()\nc.api_key = st.text_input('a')\n",
    "attribute of self": (
        "class C:\n    def f(self):\n        self.a.b = st.text_input('a')\nC().f()\n"
    ),
    "attribute of a result": "make().a = st.text_input('a')\n",
    "other process": "import os\nos.kill(pid, 9)\n",
    "generator of its own": "import random\nrandom.Random(3).random()\n",
}


@pytest.mark.parametrize("source", QUIET.values(), ids=QUIET)
def test_nothing_is_said(source: str) -> None:
    check_noop(ST + source, codemod)


def test_one_finding_names_all_keys() -> None:
    source = (
        "import os\nimport streamlit as st\n"
        "os.environ['A'] = st.text_input('a')\nos.environ['B'] = st.text_input('b')\n"
    )
    check_found(source, codemod, "(A and B)", "as an argument", line=3)


def test_import_of_a_module_runs_once() -> None:
    files = {
        "streamlit_app.py": "import data\n",
        "data.py": "import numpy as np\nnp.random.seed(42)\n",
    }
    assert migrate(files, codemod).findings == ()


def test_attribute_of_an_own_module_is_shared_state() -> None:
    files = {
        "streamlit_app.py": f"{ST}import conf\nconf.token = st.text_input('a')\n",
        "conf.py": "token = ''\n",
    }
    assert migrate(files, codemod).findings == ()


def test_file_that_nothing_imports() -> None:
    files = {"streamlit_app.py": "", "tool.py": "import os\nos.chdir('a')\n"}
    assert migrate(files, codemod).findings == ()
