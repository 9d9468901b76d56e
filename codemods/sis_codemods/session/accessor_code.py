"""The code of the function by which an app gets its session."""

from __future__ import annotations

from sis_codemods.session.values import STATE_KEY

SNOWPARK = "snowflake.snowpark"
_CLASS = "ViewerConnection"


def module_text(name: str, *, viewer: bool) -> str:
    """The module that is added for an accessor which several files use."""
    imports, code = "import streamlit as st\n", shared(name, "st")
    if viewer:
        imports = f"import {SNOWPARK} as snowpark\n{imports}"
        code = of_viewer(name, "st", "snowpark")
    return f'"""The app\'s Snowflake session."""\n\n{imports}\n\n{code}'


def shared(name: str, st: str) -> str:
    """An accessor over the connection that all share; ``st`` is the name that Streamlit has there."""
    return _function(f"{name}()", body(st))


def of_viewer(name: str, st: str, snowpark: str) -> str:
    """The same over a connection of the viewer's own; ``snowpark`` is Snowpark's name there.

    Streamlit imports Snowpark only when a session is made. Where each viewer makes their own, two
    do so at once after a start, and both imports fail; at the top of a file the second one waits.
    """
    function = _function(f"{name}() -> {snowpark}.Session", body(st, f", type={_CLASS}"))
    return (
        f"class {_CLASS}({st}.connections.SnowflakeConnection):\n"
        '    """A connection of each viewer\'s own (Streamlit 1.53 or later)."""\n\n'
        "    @classmethod\n    def scope(cls):\n"
        f'        return "session"\n\n\n{function}'
    )


def body(st: str, kind: str = "") -> str:
    """What an accessor does; ``is_valid()`` asks the server, once for each viewer who comes."""
    return (
        f'session = {st}.session_state.get("{STATE_KEY}")\n'
        "if session is None or session.connection.expired:\n"
        f'    connection = {st}.connection("snowflake"{kind})\n'
        "    if not connection.raw_connection.is_valid():\n"
        "        connection.reset()\n"
        f'    session = {st}.session_state["{STATE_KEY}"] = connection.session()\n'
        "return session\n"
    )


def _function(head: str, code: str) -> str:
    what = "a new one where the connection behind it has expired"
    lines = "".join(f"    {line}\n" for line in code.splitlines())
    return f'def {head}:\n    """The viewer\'s Snowpark session; {what}."""\n{lines}'
