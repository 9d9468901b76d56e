"""Imported by Python at its start in every process of an app that is verified.

Refuses connections that leave this machine, lets the folder of a container's session token be one
that exists, and the account be found where the emulator is. Runs in the app's own environment: the
standard library is all there is.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import sys
from importlib import import_module
from ipaddress import IPv6Address, ip_address
from typing import Any

_SESSION = "/snowflake/session"
_HERE = os.uname().nodename.lower() if hasattr(os, "uname") else ""
_NAMES = {"", "localhost", "ip6-localhost", "ip6-loopback", _HERE}
_ACCOUNT = os.environ.get("SNOWFLAKE_HOST") if os.environ.get("SNOWFLAKE_PORT") else None
_QUIET = ("169.254.", "metadata.google.internal")  # clouds' own addresses, which drivers look for


def _is_near(name: str) -> bool:
    """Whether a name or an address is this machine's; a name that is not known may lead anywhere."""
    if name in _NAMES:
        return True
    try:
        address = ip_address(name.split("%")[0])
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address.is_loopback or address.is_unspecified


def _named(host: object) -> str:
    if host is None:
        return ""  # no name at all: this machine
    if isinstance(host, (bytes, bytearray)):
        return host.decode("ascii", "replace").lower()
    return str(host).lower()


def _refuse(name: str) -> None:
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
    if event in {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}:
        host = arguments[0]
    elif event in {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getnameinfo"}:
        address = arguments[-1]
        if not isinstance(address, tuple):
            return  # a path of this machine
        host = address[0]
        if address[1] == 443 and _named(host) == _ACCOUNT:
            _refuse("the account itself (port 443)")  # which the emulator is not, on its own port
    else:
        return
    name = _named(host)
    if not _is_near(name):
        _refuse(name)


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


if _ACCOUNT:
    account = import_module("sis_migrate_account")
    sys.meta_path.insert(0, account.Finder(_ACCOUNT, os.environ["SNOWFLAKE_PORT"]))
if os.environ.get("SIS_MIGRATE_VERIFY_NETWORK") == "loopback":
    sys.addaudithook(_hook)
if os.environ.get("SIS_MIGRATE_VERIFY_SESSION"):
    _stand_in(os.environ["SIS_MIGRATE_VERIFY_SESSION"])
