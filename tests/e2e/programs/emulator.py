"""A Snowflake emulator for tests: ``python emulator.py PORT``. Run by the e2e environment's Python.

fakesnow's server with two additions. Requests of one Snowflake session wait for each other, as they
would in Snowflake's own session (the emulator's database refuses two at once). ``POST /expire``
ends all sessions so far the way hours of idleness do: their requests are answered with error 390114.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import defaultdict
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Server = Callable[[Message, Receive, Send], Awaitable[None]]

_EXPIRED = {
    "data": {"errorCode": "390114", "sqlState": "08001"},
    "code": "390114",
    "message": "Authentication token has expired.  The user must authenticate again.",
    "success": False,
}


class Emulator:
    """ASGI application around fakesnow's."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._locks: defaultdict[bytes, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._expired: set[bytes] = set()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        session = dict(scope.get("headers", ())).get(b"authorization", b"")
        if scope["type"] != "http" or b"Token=" not in session:
            if scope.get("path") == "/expire":
                self._expired |= set(self._locks)
                await _answer(send, {"expired": len(self._expired)})
                return
            await self._server(scope, receive, send)
        elif session in self._expired:
            await _answer(send, _EXPIRED)
        else:
            async with self._locks[session]:
                await self._server(scope, receive, send)


async def _answer(send: Send, body: Message) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})


def main() -> None:
    """Serve until the process is ended."""
    uvicorn = import_module("uvicorn")
    server = import_module("fakesnow.server").app
    uvicorn.run(Emulator(server), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")


if __name__ == "__main__":
    main()
