"""Find threads of the app's own that call Streamlit.

**What it does.** Reports `threading.Thread`, `Timer`, executors' `submit` and `map`,
`asyncio.to_thread`, `run_in_executor`, `multiprocessing` and `joblib`, where the function that they
run, or one that it calls, uses a Streamlit command, `st.session_state` or the app's session.

**Why.** Streamlit knows the viewer by the thread of the script. In another thread a command draws
nothing or raises `NoSessionContext`, a widget gives its default, `st.rerun` does nothing, and
`st.session_state` is an empty stand-in: what is written is lost, what is read is missing.

**Example.** Nothing is edited; one line has a finding.

Before:

```python
import threading

import streamlit as st


def load(name):
    st.session_state[name] = len(name)


threading.Thread(target=load, args=("SALES",)).start()
```

After:

```python
import threading

import streamlit as st


def load(name):
    st.session_state[name] = len(name)


threading.Thread(target=load, args=("SALES",)).start()
```

**What it leaves.** Threads that only compute and give back what they found; `st.secrets`, loggers and
caches; functions that are not the app's own.

**Safety.** Finds only. With `add_script_run_ctx`, which is no part of Streamlit's interface, and where
only a connection is fetched in the thread, the finding is to review.

**Source.** "Multithreading in Streamlit",
https://docs.streamlit.io/develop/concepts/design/multithreading; measured with Streamlit 1.55 and 1.67
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sis_codemods.session.values import SESSION_CLASSES, is_session_maker
from sis_codemods.streamlit.receivers import streamlit_call
from sis_codemods.threads.own_threads import OwnThread, own_threads
from sis_codemods.threads.words import listed
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Finding, Item, Safety, Status
from sis_migrate.python.module import Module

_OF_VIEWER = ("session_state", "query_params", "user", "experimental_user", "context")
_WITHOUT_PAGE = frozenset(
    {
        "cache_data", "cache_resource", "column_config", "connection", "experimental_memo",
        "experimental_singleton", "fragment", "get_option", "secrets", "set_option", "dialog",
    }
)  # fmt: skip
_CONNECTIONS = frozenset({"streamlit.connection", "streamlit.experimental_connection"})
_ACTIVE = frozenset(
    {
        "snowflake.snowpark.context.get_active_session",
        *(f"{c}.get_active_session" for c in SESSION_CLASSES),
    }
)
_REMEDY = (
    "Let the thread compute and return (`executor.submit(…).result()`), and call Streamlit in the "
    "script with the result; hand it what it needs as arguments."
)

codemod = PythonCodemod(
    __name__,
    code="SIS153",
    name="streamlit-in-threads",
    summary="threads of the app's own that call Streamlit are found",
    item=Item.THREADS,
    safety=Safety.REPORT,
    triggers=(
        b"Thread", b"Timer", b"submit", b"Executor", b"run_in_executor", b"to_thread", b"Process",
        b"joblib", b"Pool(", b"start_new_thread",
    ),
)  # fmt: skip


@codemod.on_module
def threads(module: Module) -> Iterator[Finding]:
    """Report each place that starts a thread in which Streamlit is used."""
    for thread in own_threads(module):
        commands, fetches = _uses(thread)
        if commands:
            yield _calls(thread, commands)
        elif fetches:
            yield module.find(
                thread.call,
                f"{thread.name} runs in a thread of its own and fetches the session there",
                status=Status.REVIEW,
                remedy="Fetch the session in the script and hand it to the thread as an argument.",
            )


def _calls(thread: OwnThread, commands: list[str]) -> Finding:
    used = listed([f"st.{name}" for name in commands], most=3)
    if thread.has_context:
        return thread.module.find(
            thread.call,
            f"{thread.name} runs in a thread of its own and uses {used}, with add_script_run_ctx",
            status=Status.REVIEW,
            remedy="The call is no part of Streamlit's interface, and the thread must end before the "
            f"script does. {_REMEDY}",
        )
    own = [name for name in commands if name not in _OF_VIEWER]
    lacks = "page and viewer" if own else "a viewer whose values it has"
    message = f"{thread.name} runs in a thread of its own, without {lacks}, and uses {used}"
    return thread.module.find(thread.call, message, remedy=_REMEDY)


def _uses(thread: OwnThread) -> tuple[list[str], bool]:
    """The commands that need the viewer, each once, and whether a session is fetched."""
    commands: dict[str, None] = {}
    fetches = False
    for module, code in thread.code:
        for node in ast.walk(code):
            if isinstance(node, ast.Call):
                fetches = fetches or _fetches(module, node)
                name = _command(module, node)
            elif isinstance(node, ast.Attribute):
                name = _viewers(module, node)
            else:
                continue
            if name:
                commands.setdefault(name)
    return list(commands), fetches


def _command(module: Module, call: ast.Call) -> str:
    found = streamlit_call(module, call)
    if found is None or not found.receiver.certain:
        return ""
    first = found.receiver.command.split(".")[0]
    return "" if first in _WITHOUT_PAGE else first


def _viewers(module: Module, node: ast.Attribute) -> str:
    name = module.resolve(node) or ""
    first = name.removeprefix("streamlit.").split(".")[0]
    return first if name.startswith("streamlit.") and first in _OF_VIEWER else ""


def _fetches(module: Module, call: ast.Call) -> bool:
    name = module.resolve(call.func)
    return name in _CONNECTIONS | _ACTIVE or is_session_maker(module, call)
