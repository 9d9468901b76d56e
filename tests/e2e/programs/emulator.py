"""A Snowflake emulator for tests: ``python emulator.py PORT``. Run by the e2e environment's Python.

fakesnow's server with three additions. Requests of one Snowflake session wait for each other, as they
would in Snowflake's own session (the emulator's database refuses two at once). A session can be kept
alive and ended, for which the connector wants a master token (without one, a connection that is
closed takes itself for open). ``POST /expire`` ends all sessions so far the way hours of idleness do:
their requests are answered with error 390114.
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
_LIFE = ("/session", "/session/heartbeat")


class Emulator:
    """ASGI application around fakesnow's."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._locks: defaultdict[bytes, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._expired: set[bytes] = set()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        session = dict(scope.get("headers", ())).get(b"authorization", b"")
        path = scope.get("path", "")
        if path == "/expire":
            self._expired |= set(self._locks)
            await _answer(send, {"expired": len(self._expired)})
        elif path.endswith("/login-request"):
            await self._server(scope, receive, _with_master_token(send))
        elif scope["type"] != "http":
            await self._server(scope, receive, send)
        elif session in self._expired:
            await _answer(send, _EXPIRED)
        elif path in _LIFE:
            await _answer(send, {"success": True})
        else:
            async with self._locks[session]:
                await self._server(scope, receive, send)


def _with_master_token(send: Send) -> Send:
    async def changed(message: Message) -> None:
        if message["type"] == "http.response.body":
            body = json.loads(message["body"])
            body.get("data", {}).update(masterToken="master", validityInSeconds=3600)
            message = {**message, "body": json.dumps(body).encode()}
        elif message["type"] == "http.response.start":
            headers = [h for h in message["headers"] if h[0] != b"content-length"]
            message = {**message, "headers": headers}
        await send(message)

    return changed


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
