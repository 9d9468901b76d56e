"""How names of Streamlit's API are written here: as the code sees them, as the table has them."""

from __future__ import annotations

from functools import cache

MODULE = "streamlit"
CONTAINER = "streamlit.DeltaGenerator"
CLASSES = frozenset({CONTAINER, "streamlit.delta_generator.DeltaGenerator"})
OBJECTS = ("streamlit.sidebar", "streamlit.bottom", "streamlit._bottom", "streamlit._main")
"""Containers that Streamlit has ready under a name."""

_MODULES = frozenset(
    {
        "bootstrap", "caching", "cli", "components", "connections", "delta_generator", "elements",
        "errors", "hashing", "legacy_caching", "report_thread", "runtime", "script_request_queue",
        "script_run_context", "script_runner", "scriptrunner", "server", "source_util", "state",
        "type_util", "uploaded_file_manager", "user_info", "util", "web",
    }
)  # fmt: skip


def is_streamlit(name: str) -> bool:
    """Whether a qualified name is Streamlit's."""
    return name == MODULE or name.startswith(f"{MODULE}.")


@cache
def canonical(name: str) -> str:
    """The name in the table: ``streamlit.sidebar.image`` is ``streamlit.DeltaGenerator.image``."""
    for start in (*OBJECTS, *CLASSES):
        if name.startswith(f"{start}."):
            return f"{CONTAINER}{name.removeprefix(start)}"
    return name


def command(name: str) -> str:
    """A name of the table without ``streamlit.`` or the container's class."""
    return name.removeprefix(f"{CONTAINER}.").removeprefix(f"{MODULE}.")


def shown(name: str) -> str:
    """A name of the table as people write it: ``st.image``; in full below a module."""
    short = command(name)
    return name if short.split(".")[0] in _MODULES or name == MODULE else f"st.{short}"
