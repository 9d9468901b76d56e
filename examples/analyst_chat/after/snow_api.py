"""Calls of Snowflake's own REST API from a Streamlit app in a container.

It takes the place of ``_snowflake.send_snow_api_request``, which only a warehouse has: the same
arguments, the same kind of result. In a container an app may call its account's host with a token
that Snowflake keeps in a file and renews every few minutes. Only Python's standard library is used.

Source: "Manage secrets and configure your Streamlit app",
https://docs.snowflake.com/en/developer-guide/streamlit/app-development/secrets-and-configuration
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import urlencode

TOKEN_FILE = "/snowflake/session/token"
DEFAULT_TIMEOUT_MS = 60_000


class OutsideSnowflakeError(ModuleNotFoundError):
    """The app does not run in a Snowflake container, so there is no token to call the API with.

    A ``ModuleNotFoundError``, because that is what ``import _snowflake`` raised outside Snowflake
    and what code with a fallback for local runs catches.
    """


def send_snow_api_request(
    method: str,
    path: str,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, Any] | None = None,
    body: Any = None,
    request_guid: object = None,
    timeout_ms: float | None = None,
) -> dict[str, Any]:
    """Call the account's REST API and wait for the whole answer.

    ``path`` starts with a slash (``/api/v2/cortex/analyst/message``); ``params`` go into the query,
    ``body`` is sent as JSON (text and bytes as they are); ``request_guid`` is accepted and not
    sent; ``timeout_ms`` are milliseconds for the whole call, 60,000 where None.

    The result has ``status`` (a number), ``reason`` and ``content``, a text: the body of the answer
    or, where the answer is a stream of events, as from Cortex Agents, a JSON list of objects with
    ``event`` and ``data``. An error status is a result like any other.

    Raises OutsideSnowflakeError where there is no token or no host, TimeoutError after ``timeout_ms``,
    ConnectionError where the call fails on its way, ValueError for a path that is not one.
    """
    if not path.startswith("/"):
        raise ValueError(f"the path of an API request starts with a slash, but this is {path!r}")
    deadline = time.monotonic() + (DEFAULT_TIMEOUT_MS if timeout_ms is None else timeout_ms) / 1000
    sent_headers = {
        "accept": "application/json, text/event-stream",
        "content-type": "application/json",
        **{name.lower(): value for name, value in (headers or {}).items()},
        "authorization": f"Bearer {_token()}",
        "x-snowflake-authorization-token-type": "OAUTH",
    }
    query = urlencode(params or {}, doseq=True)
    target = f"{path}{'&' if '?' in path else '?'}{query}" if query else path
    connection = _connection(deadline)
    try:
        connection.request(method, target, body=_encoded(body), headers=sent_headers)
        socket = connection.sock
        socket.settimeout(_left(deadline))
        response = connection.getresponse()
        data = b"".join(_chunks(response, socket, deadline))
    except TimeoutError as error:
        raise TimeoutError(f"{method} {path}: no answer in time") from error
    except (HTTPException, OSError) as error:
        raise ConnectionError(f"{method} {path}: {type(error).__name__}: {error}") from error
    finally:
        connection.close()
    text = data.decode("utf-8", "replace")
    if response.getheader("Content-Type", "").startswith("text/event-stream"):
        text = json.dumps(list(events(text)))
    return {"status": response.status, "reason": response.reason, "content": text}


def events(stream: str) -> Iterator[dict[str, Any]]:
    """The server-sent events of a text: ``event`` is the name, ``data`` what was sent with it.

    Data that is JSON is parsed; other data (``[DONE]``) stays text.
    """
    name = ""
    data: list[str] = []
    for line in [*stream.removeprefix("\ufeff").replace("\r\n", "\n").split("\n"), ""]:
        field, _, value = line.rstrip("\r").partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            name = value
        elif field == "data":
            data.append(value)
        elif not line.rstrip("\r") and (data or name):
            if data:
                yield {"event": name or "message", "data": _parsed("\n".join(data))}
            name, data = "", []


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _token() -> str:
    """The session token, read anew for each call: none is valid for more than an hour."""
    path = os.environ.get("SNOWFLAKE_TOKEN_FILE_PATH", TOKEN_FILE)
    try:
        with open(path, encoding="utf-8") as file:
            token = file.read().strip()
    except OSError as error:
        raise OutsideSnowflakeError(
            f"the REST API can only be called from a Snowflake container: {path} cannot be read"
        ) from error
    if not token:
        raise OutsideSnowflakeError(f"the REST API cannot be called: {path} is empty")
    return token


def _connection(deadline: float) -> HTTPConnection:
    host = os.environ.get("SNOWFLAKE_HOST", "")
    if not host:
        raise OutsideSnowflakeError("the REST API cannot be called: SNOWFLAKE_HOST is not set")
    port = os.environ.get("SNOWFLAKE_PORT")
    plain = os.environ.get("SNOWFLAKE_PROTOCOL") == "http"
    kind = HTTPConnection if plain else HTTPSConnection
    return kind(host, int(port) if port else None, timeout=_left(deadline))


def _encoded(body: Any) -> bytes | None:
    if body is None or isinstance(body, bytes):
        return body
    return (body if isinstance(body, str) else json.dumps(body)).encode()


def _chunks(response: HTTPResponse, socket: Any, deadline: float) -> Iterator[bytes]:
    while chunk := response.read1(65536):
        yield chunk
        if not response.isclosed():
            socket.settimeout(_left(deadline))
    if response.length:
        raise ConnectionResetError("the answer broke off")


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
