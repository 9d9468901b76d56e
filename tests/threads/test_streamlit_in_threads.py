from __future__ import annotations

import pytest

from codemod_case import check_found, check_noop, migrate
from sis_codemods.threads.streamlit_in_threads import codemod
from sis_migrate.model import Status

WORK = "import streamlit as st\ndef work(x=1):\n    {body}\n"
POOL = "from concurrent.futures import ThreadPoolExecutor\n"

STARTED = {
    "thread": "import threading\nthreading.Thread(target=work).start()\n",
    "imported class": "from threading import Thread as T\nT(None, work).start()\n",
    "timer": "import threading\nthreading.Timer(5, work).start()\n",
    "lambda": "import threading\nthreading.Thread(target=lambda: work()).start()\n",
    "partial": (
        "import threading, functools\nthreading.Thread(target=functools.partial(work, 2)).start()\n"
    ),
    "executor in a with": f"{POOL}with ThreadPoolExecutor(4) as pool:\n    pool.submit(work, 1)\n",
    "executor in a name": f"{POOL}pool = ThreadPoolExecutor()\nlist(pool.map(work, [1]))\n",
    "to_thread": "import asyncio\nasync def run():\n    await asyncio.to_thread(work)\n",
    "run_in_executor": "def run(loop):\n    loop.run_in_executor(None, work)\n",
    "process": "import multiprocessing\nmultiprocessing.Process(target=work).start()\n",
    "joblib": "from joblib import Parallel, delayed\nParallel(2)(delayed(work)(i) for i in [1])\n",
    "two levels down": (
        "import threading\ndef more():\n    work()\nthreading.Thread(target=more).start()\n"
    ),
    "method of an object": (
        "import threading\nclass W:\n    def go(self):\n        work()\n"
        "w = W()\nthreading.Thread(target=w.go).start()\n"
    ),
    "own method": (
        "import threading\nclass W:\n    def go(self):\n        work()\n"
        "    def start(self):\n        threading.Thread(target=self.go).start()\n"
    ),
    "class of threads": (
        "from threading import Thread\nclass W(Thread):\n    def run(self):\n        work()\n"
    ),
}


@pytest.mark.parametrize("start", STARTED.values(), ids=STARTED)
def test_ways_to_start_one(start: str) -> None:
    result = migrate(WORK.format(body="st.write(x)") + start, codemod)
    [finding] = result.findings
    assert finding.status is Status.MANUAL
    assert "a thread of its own, without page and viewer, and uses st.write" in finding.message


USES = {
    "placeholder": ("box.write(x)", "st.write"),
    "session state item": ("st.session_state['a'] = x", "st.session_state"),
    "session state attribute": ("st.session_state.a = x", "st.session_state"),
    "read with get": ("return st.session_state.get('a')", "st.session_state"),
    "widget": ("return st.button('a')", "st.button"),
    "the viewer": ("return st.user.email", "st.user"),
    "several": ("st.error(x); st.info(x); st.error(x)", "st.error and st.info"),
}


@pytest.mark.parametrize(("body", "words"), USES.values(), ids=USES)
def test_what_is_used(body: str, words: str) -> None:
    source = (
        f"import threading\nimport streamlit as st\nbox = st.empty()\ndef work(x=1):\n    {body}\n"
        "threading.Thread(target=work).start()\n"
    )
    check_found(source, codemod, words, "result", line=6)


def test_coroutine_in_a_thread() -> None:
    source = (
        "import asyncio, threading\nimport streamlit as st\n"
        "async def work(x):\n    st.success(x)\n"
        "threading.Thread(target=asyncio.run, args=(work(1),)).start()\n"
    )
    check_found(source, codemod, "work() runs", "st.success", line=5)


def test_function_of_another_file() -> None:
    files = {
        "streamlit_app.py": "import threading as t\nimport jobs\nt.Thread(target=jobs.work).start()\n",
        "jobs.py": "import streamlit as st\ndef work():\n    st.write('a')\n",
    }
    [finding] = migrate(files, codemod).findings
    assert "jobs.work() runs" in finding.message
    assert finding.path.name == "streamlit_app.py"


def test_with_the_scripts_context() -> None:
    source = (
        "import threading\nimport streamlit as st\n"
        "from streamlit.runtime.scriptrunner import add_script_run_ctx\n"
        "def work():\n    st.write('a')\n"
        "t = threading.Thread(target=work)\nadd_script_run_ctx(t)\nt.start()\n"
    )
    check_found(source, codemod, "add_script_run_ctx", line=6, status=Status.REVIEW)


FETCHES = (
    'st.connection("snowflake").session()',
    "get_active_session()",
    "Session.builder.create()",
)


@pytest.mark.parametrize("fetch", FETCHES)
def test_session_fetched_in_a_thread(fetch: str) -> None:
    source = (
        "import threading\nimport streamlit as st\nfrom snowflake.snowpark import Session\n"
        "from snowflake.snowpark.context import get_active_session\n"
        f"def work():\n    return {fetch}.sql('SELECT 1').collect()\n"
        "threading.Thread(target=work).start()\n"
    )
    check_found(source, codemod, "fetches the session", line=7, status=Status.REVIEW)


QUIET = {
    "only computes": WORK.format(body="return x * 2") + STARTED["executor in a with"],
    "session handed over": (
        "import streamlit as st\n" + POOL + "def work(session, q):\n"
        "    return session.sql(q).to_pandas()\n"
        "with ThreadPoolExecutor() as pool:\n    pool.submit(work, s, 'q')\n"
    ),
    "secrets": WORK.format(body="return st.secrets['a']") + STARTED["thread"],
    "rendered by the script": (
        WORK.format(body="return x") + POOL + "with ThreadPoolExecutor() as pool:\n"
        "    st.write(pool.submit(work).result())\n"
    ),
    "some other map": WORK.format(body="st.write(x)") + "frame.map(work)\nlist(map(work, [1]))\n",
    "some other submit": WORK.format(body="st.write(x)") + "form.submit(work)\n",
    "function of a library": "import threading as t\nimport lib\nt.Thread(target=lib.work).start()\n",
    "only a class of threads": "import threading\nclass W(threading.Thread):\n    name = 'w'\n",
    "coroutine by its name": (
        "import asyncio, threading\nthreading.Thread(target=asyncio.run, args=todo).start()\n"
    ),
    "calls itself": (
        "import threading\ndef work():\n    work()\nthreading.Thread(target=work).start()\n"
    ),
    "method of what is not known": (
        "import threading\nw = 1\nthreading.Thread(target=w.go).start()\n"
    ),
    "not started": WORK.format(body="st.write(x)") + "import threading\nthreading.Lock()\n",
}


@pytest.mark.parametrize("source", QUIET.values(), ids=QUIET)
def test_nothing_is_said(source: str) -> None:
    check_noop(source, codemod)


def test_file_that_nothing_imports() -> None:
    files = {
        "streamlit_app.py": "",
        "tool.py": WORK.format(body="st.write(x)") + STARTED["thread"],
    }
    assert migrate(files, codemod).findings == ()
