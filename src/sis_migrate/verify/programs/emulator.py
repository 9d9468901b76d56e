"""A Snowflake emulator: ``python emulator.py SETTINGS`` (JSON, see ``main``).

fakesnow's server, with what an app in a container needs beside it: statements wait for each other
(its database refuses two at once of one session, and two of different sessions that make tables),
what the emulator cannot do is answered at once and marked as such, and the account's REST API has a
stand-in.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import socket
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Server = Callable[[Message, Receive, Send], Awaitable[None]]

MARK = "[refused by the emulator]"
_LOGIN, _QUERY = "/session/v1/login-request", "/queries/v1/query-request"
_LOGGED_IN = {
    "sessionId": 1,
    "masterToken": "stand-in-token",
    "validityInSeconds": 3600,
    "masterValidityInSeconds": 14400,
}
"""What Snowflake says at a login and fakesnow does not: connectors from 5 on ask for it."""
_MISSING = re.compile(
    r"does not exist|not found in FROM clause|have a column named|not a catalog|No catalog"
)

_ONLINE = (
    "autoinstall_known_extensions",
    "autoload_known_extensions",
    "enable_external_access",  # the last: it cannot be changed back
)
_FILLED = re.compile(
    r"\s*(?:create\b.*?\b(?:table|view)\s+(?:if\s+not\s+exists\s+)?|insert\s+(?:overwrite\s+)?into\s+"
    r'|merge\s+into\s+)((?:"[^"]+"|[\w$.])+)',
    re.IGNORECASE | re.DOTALL,
)
"""What a statement puts rows into, which it may take of other tables."""
# Statements without an effect here, and what is asked of a session that the emulator does not know.
_REWRITTEN = (
    (r"\s*alter\s+session\s+(?:un)?set\b.*", "select 'Statement executed successfully.'"),
    (r"\s*select\s+system\$cancel_all_queries\b.*", "select 'done'"),
    (r"\s*use\s+secondary\s+roles\b.*", "select 'Statement executed successfully.'"),
)
_EXPRESSIONS = (
    (r"\bcurrent_warehouse\s*\(\s*\)", "'COMPUTE_WH'"),
    (r"\bcurrent_available_roles\s*\(\s*\)", "'[\"PUBLIC\"]'"),
    (r"\bcurrent_account(?:_name)?\s*\(\s*\)", "'FAKESNOW'"),
    (r"\bcurrent_organization_name\s*\(\s*\)", "'STAND_IN'"),
    (r"\bcurrent_region\s*\(\s*\)", "'AWS_US_WEST_2'"),
)


class Emulator:
    """ASGI application around fakesnow's; ``token`` is what the REST API wants to see."""

    def __init__(self, server: Server, log: str, tokens: list[str]) -> None:
        self._server = server
        self._log = log
        self._tokens = {f"Bearer {token}".encode() for token in tokens}
        self._made_up: set[str] = set()
        self._empty: dict[str, str] = {}  # names of what has the rows of a made-up table: none
        self._lock = asyncio.Lock()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._server(scope, receive, send)
            return
        path = scope["path"]
        headers = dict(scope["headers"])
        if path.startswith("/api/"):
            await self._rest(path, headers, receive, send)
        elif path == _LOGIN:
            await self._login(scope, await _body(receive), send)
        elif path == _QUERY:
            async with self._lock:
                await self._query(scope, headers, receive, send)
        elif path.startswith("/telemetry"):
            await _answer(send, 200, {"success": True, "data": None})
        else:
            await self._server(scope, receive, send)

    async def _login(self, scope: Message, body: bytes, send: Send) -> None:
        status, answer = await self._ask(scope, body)
        if answer.get("success"):
            answer["data"] = {**_LOGGED_IN, **answer["data"]}
        await _answer(send, status, answer)

    async def _query(
        self, scope: Message, headers: dict[bytes, bytes], receive: Receive, send: Send
    ) -> None:
        body = await _body(receive)
        if headers.get(b"content-encoding") == b"gzip":
            body = gzip.decompress(body)
        request = json.loads(body)
        statement = request.get("sqlText", "")
        request["sqlText"] = _rewritten(statement)
        body = json.dumps(request).encode()
        kept = [(k, v) for k, v in scope["headers"] if k not in {b"content-encoding"}]
        kept = [(k, str(len(body)).encode() if k == b"content-length" else v) for k, v in kept]
        status, answer = await self._ask({**scope, "headers": kept}, body)
        if _MISSING.search(str(answer.get("message"))) and self._make_up(request, headers):
            status, answer = await self._ask({**scope, "headers": kept}, body)
        if status < 500 and answer.get("success"):
            self._note_tables(statement)
            await _answer(send, 200, answer)
            return
        if status == 401:  # the session has ended: the connector knows what that means
            await _answer(send, status, answer)
            return
        code = str(answer.get("code") or "990001") if status < 500 else "990001"
        said = str(answer.get("message")) if status < 500 else "This statement is not supported"
        self._note(statement=_short(statement), said=said[:300])
        data = {"errorCode": code, "sqlState": (answer.get("data") or {}).get("sqlState")}
        message = f"{said} {MARK}"
        await _answer(send, 200, {"data": data, "code": code, "message": message, "success": False})

    async def _ask(self, scope: Message, body: bytes) -> tuple[int, Any]:
        status = 500
        parts: list[bytes] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                parts.append(message.get("body", b""))

        try:
            await self._server(scope, receive, send)
            return status, json.loads(b"".join(parts))
        except Exception:
            return 500, {}

    async def _rest(
        self, path: str, headers: dict[bytes, bytes], receive: Receive, send: Send
    ) -> None:
        body = await _body(receive)
        token = headers.get(b"authorization", b"")
        if token not in self._tokens and not _is_session(token):
            await _answer(send, 401, {"code": "390303", "message": "Invalid OAuth access token."})
            return
        status, kind, data = import_module("sis_migrate_rest").answer(path, body)
        if status == 200:
            self._note(path=path)
        await _reply(send, status, kind, data)

    def _make_up(self, request: Any, headers: dict[bytes, bytes]) -> bool:
        """Make empty tables for a query that tells their columns; whether there are any now."""
        maker = import_module("sis_migrate_tables")
        sessions = import_module("fakesnow.server").sessions
        token = _session(headers.get(b"authorization", b""))
        made: dict[str, list[str]] = maker.definitions(request["sqlText"])
        for table, statements in made.items():
            known = table in self._made_up
            try:
                later = known and statements[-1].startswith("CREATE TABLE")
                for statement in maker.additions(statements, table) if later else statements:
                    sessions[token].cursor().execute(statement)
            except Exception:
                return False
            if not known and statements[-1].startswith("CREATE TABLE"):
                self._made_up.add(table)
                self._empty[_last(table)] = table
        return bool(made)

    def _note_tables(self, statement: str) -> None:
        """Note which made-up tables a statement names, and what it makes of them."""
        if not self._empty:
            return
        names = set(re.findall(r'"[^"]+"|[\w$]+', statement.upper()))
        found = {self._empty[name] for name in self._empty if {name, f'"{name}"'} & names}
        for table in sorted(found):
            self._note(table=table)
            if filled := _FILLED.match(statement):
                self._empty.setdefault(_last(filled[1]), table)

    def _note(self, **line: str) -> None:
        with open(self._log, "a", encoding="utf-8") as file:
            file.write(json.dumps({"at": time.time(), **line}) + "\n")


def _session(authorization: bytes) -> str:
    """The token of a session of the emulator's: ``Snowflake Token="…"``."""
    return authorization[17:-1].decode()


def _is_session(authorization: bytes) -> bool:
    return _session(authorization) in import_module("fakesnow.server").sessions


def _keep_offline() -> None:
    """Let the database read the emulator's own files only.

    It opens addresses, and fetches the extensions that it lacks for them, with sockets that nobody
    else sees.
    """
    duckdb = import_module("duckdb")
    connect = duckdb.connect
    own = tempfile.gettempdir().replace("'", "''")  # where files of stages are

    def connect_offline(*arguments: Any, **keywords: Any) -> Any:
        connection = connect(*arguments, **keywords)
        connection.execute(f"SET GLOBAL allowed_directories = ['{own}']")
        for setting in _ONLINE:
            connection.execute(f"SET GLOBAL {setting} = false")
        return connection

    setattr(duckdb, "connect", connect_offline)  # noqa: B010 - the module is not typed


def _last(name: str) -> str:
    """The last part of a name, as it is looked for in statements."""
    return re.split(r'\.(?=[^"]*$|")', name)[-1].strip('"').upper()


def _rewritten(statement: str) -> str:
    for pattern, text in _REWRITTEN:
        if re.fullmatch(pattern, statement, re.IGNORECASE | re.DOTALL):
            return text
    for pattern, text in _EXPRESSIONS:
        statement = re.sub(pattern, text, statement, flags=re.IGNORECASE)
    return statement


def _short(statement: str) -> str:
    return " ".join(statement.split())[:300]


async def _body(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if not message.get("more_body"):
            return body


async def _answer(send: Send, status: int, body: Any) -> None:
    await _reply(send, status, "application/json", json.dumps(body).encode())


async def _reply(send: Send, status: int, kind: str, body: bytes) -> None:
    headers = [(b"content-type", kind.encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _seed(path: str, database: str, schema: str) -> str:
    """Run a file of statements; the first error, "" where there is none."""
    split = import_module("snowflake.connector.util_text").split_statements
    server = import_module("fakesnow.server")
    connection = server.shared_fs.connect(database, schema)
    cursor = connection.cursor()
    with open(path, encoding="utf-8-sig") as file:
        for statement, _ in split(file, remove_comments=True):
            if statement.strip(" ;\n"):
                try:
                    cursor.execute(_rewritten(statement))
                except Exception as error:
                    return f"{' '.join(statement.split())[:200]}: {error}"
    return ""


def main() -> None:
    """Serve until the process is ended; reports the port as soon as requests are welcome.

    ``log`` is a file for what is refused, made up or stood in for, ``tokens`` are those that the
    REST API takes, ``seed`` a file of statements to run first, or "", in ``database`` and
    ``schema``.
    """
    settings = json.loads(sys.argv[1])
    inside = import_module("sis_migrate_inside")
    report = inside.reporting()
    inside.end_with_parent()
    _keep_offline()
    application = import_module("fakesnow.server").app
    if settings["seed"]:
        error = _seed(settings["seed"], settings["database"], settings["schema"])
        if error:
            report({"error": error})
            return
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    emulator = Emulator(application, settings["log"], settings["tokens"])
    uvicorn = import_module("uvicorn")
    server = uvicorn.Server(uvicorn.Config(emulator, log_level="error"))
    listener.listen(100)
    report({"port": listener.getsockname()[1]})
    asyncio.run(server.serve(sockets=[listener]))


if __name__ == "__main__":
    main()
