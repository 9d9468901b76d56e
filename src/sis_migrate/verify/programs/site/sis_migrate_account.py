"""Lets ``requests`` find the account's host where the emulator has it, in every process of an app.

In a container the name of the host is all that is needed, and Snowflake's own libraries take no more
of a connection: ``snowflake.cortex`` asks ``https://`` and the host for what a model answers, and a
connection is made with host, account and token. The emulator has a port, and speaks no TLS.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from typing import Any

_MODULES = {"requests.sessions", "snowflake.connector.vendored.requests.sessions"}


class Finder:
    """Finds the modules that send requests, as Python does, and changes them once they are loaded."""

    def __init__(self, host: str, port: str) -> None:
        self._account = (f"https://{host}/", f"https://{host}:443/")
        self._emulator = f"http://{host}:{port}/"

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: object = None
    ) -> ModuleSpec | None:
        """The module, where it is one of these."""
        spec = PathFinder.find_spec(name, path) if name in _MODULES else None
        if spec is None or spec.loader is None:
            return None
        load = spec.loader.exec_module

        def loaded(module: Any) -> None:
            load(module)
            self._redirect(module.Session)

        setattr(spec.loader, "exec_module", loaded)  # noqa: B010 - a plain assignment is not typed so
        return spec

    def _redirect(self, session: Any) -> None:
        send = session.send

        def sent(self_: Any, request: Any, **keywords: Any) -> Any:
            address = str(request.url)
            there = next(filter(address.startswith, self._account), None)
            if there is not None:
                request.url = self._emulator + address.removeprefix(there)
            return send(self_, request, **keywords)

        session.send = sent
