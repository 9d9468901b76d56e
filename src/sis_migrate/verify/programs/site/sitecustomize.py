"""Imported by Python at its start in every process of an app that is verified.

Refuses connections that leave this machine, and lets the folder of a container's session token be
one that exists. Runs in the app's own environment: the standard library is all there is.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import sys
from typing import Any

_SESSION = "/snowflake/session"
_HERE = os.uname().nodename.lower() if hasattr(os, "uname") else ""
_QUIET = ("169.254.", "metadata.google.internal")  # clouds' own addresses, which drivers look for


def _is_near(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if not isinstance(host, str):
        return True  # no name at all: this machine
    name = host.lower().split("%")[0]
    near = name in {"", "localhost", "::1", "::", "0.0.0.0", "ip6-localhost"}
    return near or name.startswith(("127.", "::ffff:127.")) or name == _HERE


def _refuse(host: object) -> None:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    log = os.environ.get("SIS_MIGRATE_VERIFY_REFUSED")
    if log and not name.startswith(_QUIET):
        with open(log, "a", encoding="utf-8") as file:
            file.write(f"{name}\n")
    raise ConnectionRefusedError(
        errno.ECONNREFUSED, f"migrate verify refuses to connect to {name}: only this machine is"
    )


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if not event.startswith("socket."):
        return
    if event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        host = arguments[0]
    elif event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        address = arguments[1]
        if not isinstance(address, tuple):
            return  # a path of this machine
        host = address[0]
    else:
        return
    if not _is_near(host):
        _refuse(host)


def _stand_in(folder: str) -> None:
    """Let what asks for the container's session folder find another one."""

    def moved(path: Any) -> Any:
        try:
            text = os.fspath(path)
        except TypeError:
            return path
        if isinstance(text, str) and (text == _SESSION or text.startswith(f"{_SESSION}/")):
            return folder + text.removeprefix(_SESSION)
        return path

    stat, opened = os.stat, builtins.open

    def stat_moved(path: Any, *arguments: Any, **keywords: Any) -> Any:
        return stat(moved(path), *arguments, **keywords)

    def open_moved(file: Any, *arguments: Any, **keywords: Any) -> Any:
        return opened(moved(file), *arguments, **keywords)

    setattr(os, "stat", stat_moved)  # noqa: B010 - a plain assignment is not typed so
    setattr(builtins, "open", open_moved)  # noqa: B010
    setattr(io, "open", open_moved)  # noqa: B010


if os.environ.get("SIS_MIGRATE_VERIFY_NETWORK") == "loopback":
    sys.addaudithook(_hook)
if os.environ.get("SIS_MIGRATE_VERIFY_SESSION"):
    _stand_in(os.environ["SIS_MIGRATE_VERIFY_SESSION"])
