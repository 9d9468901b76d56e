"""What the programs that run in an app's environment share. Standard library only at the top."""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

VIEWER = "sis-migrate-viewer"
"""The header by which a viewer tells a number that nobody else has."""


def reporting() -> Callable[[Any], None]:
    """A function that hands one value to the process that started us, as a line of JSON.

    What the app prints goes elsewhere from now on: to where errors go.
    """
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="backslashreplace")
    os.dup2(2, 1)
    lock = threading.Lock()

    def report(value: Any) -> None:
        with lock:
            channel.write(json.dumps(value) + "\n")
            channel.flush()

    return report


def end_with_parent() -> None:
    """End, with every process of this group, when the process that started us is gone."""

    def wait() -> None:
        while os.read(0, 4096):
            pass
        if hasattr(os, "killpg"):
            os.killpg(0, signal.SIGKILL)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def make_active_session() -> None:
    """One Snowpark session before the app's first line, as the warehouse has it."""
    import_module("snowflake.snowpark").Session.builder.create()
    for name in ("util", "snowflake_connection", "snowpark_connection"):
        try:
            module = import_module(f"streamlit.connections.{name}")
        except ImportError:
            continue  # an older or a newer Streamlit
        if hasattr(module, "running_in_sis"):
            setattr(module, "running_in_sis", lambda: True)  # noqa: B010


def register_components() -> None:
    """Let packages declare their components without a server, which registers them at its start.

    Where this Streamlit has no such components, or others, nothing is done.
    """
    name = "get_bidi_component_manager"
    try:
        getter = import_module(f"streamlit.components.v2.{name}")
        manager = import_module("streamlit.components.v2.component_manager").BidiComponentManager()
        original = getattr(getter, name)
        manager.discover_and_register_components(start_file_watching=False)
    except (AttributeError, ImportError, TypeError):
        return
    for module in list(sys.modules.values()):
        if getattr(module, "__dict__", {}).get(name) is original:
            setattr(module, name, lambda: manager)


def user(number: str = "") -> dict[str, Any]:
    """Who a viewer is; without a number somebody."""
    email, name = f"viewer{number}@example.com", f"VIEWER{number}"
    return {"email": email, "user_name": name, "is_logged_in": True}


def _number() -> str:
    """The number of the viewer for whom this thread runs the app; "" where it does so for nobody."""
    try:
        context = import_module("streamlit.runtime.scriptrunner").get_script_run_ctx()
        runtime = import_module("streamlit.runtime").get_instance()
        client = runtime.get_client(context.session_id)
        request = getattr(client, "request", None)
        found = request.headers.items() if request is not None else client.client_context.headers
        return next(str(value) for name, value in found if name.lower() == VIEWER)
    except Exception:  # no run, no viewer any more, or a Streamlit that keeps its viewers elsewhere
        return ""


def stand_in_user() -> None:
    """Let ``st.user`` be the viewer."""
    try:
        module = import_module("streamlit.user_info")
    except ImportError:
        return
    if hasattr(module, "_get_user_info"):
        setattr(module, "_get_user_info", lambda: user(_number()))  # noqa: B010


def keep_deprecations_in_the_log() -> None:
    """Let pages show what the app warns of, and not what Streamlit does: it differs by release."""
    try:
        module = import_module("streamlit.deprecation_util")
    except ImportError:
        return
    for name in (
        "_error_details_in_browser_enabled",
        "_should_show_deprecation_warning_in_browser",
    ):
        if hasattr(module, name):
            setattr(module, name, lambda: False)


def contact_nobody() -> None:
    """Keep Streamlit from asking, at one start in ten, whether there is a newer one of it.

    Up to 1.35 it does (``streamlit/version.py``), and the app would be told to have asked.
    """
    module = import_module("streamlit.version")
    if hasattr(module, "CHECK_PYPI_PROBABILITY"):
        setattr(module, "CHECK_PYPI_PROBABILITY", 0)  # noqa: B010


def keep_busy(threads: int) -> None:
    """Take this interpreter's time now and then, as other viewers' runs do."""

    chance = random.Random()  # the app's own numbers are left alone

    def spin() -> None:
        while True:
            end = time.monotonic() + chance.uniform(0, 0.1)
            while time.monotonic() < end:
                pass
            time.sleep(chance.uniform(0, 0.1))

    for _ in range(threads):
        threading.Thread(target=spin, daemon=True).start()


def meter(path: str) -> None:
    """Write this process's memory (bytes) and number of Snowpark sessions, again and again."""

    def measure() -> None:
        while True:
            snowpark = sys.modules.get("snowflake.snowpark.session")
            sessions = getattr(snowpark, "_active_sessions", ())
            with open(f"{path}.new", "w", encoding="utf-8") as file:
                json.dump({"memory": _memory(), "sessions": len(sessions)}, file)
            os.replace(f"{path}.new", path)
            time.sleep(0.2)

    threading.Thread(target=measure, daemon=True).start()


def _memory() -> int:
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        usage = import_module("resource").getrusage(0).ru_maxrss
        return int(usage) * (1 if sys.platform == "darwin" else 1024)
