"""A stand-in for the module that only a warehouse has."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

SECRET = "stand-in-for-a-secret"


def get_generic_secret_string(name: str) -> str:
    """The stand-in's secret."""
    return SECRET


def get_username_password(name: str) -> SimpleNamespace:
    """The stand-in's secret, as a user with a password."""
    return SimpleNamespace(username=SECRET, password=SECRET)


def get_oauth_access_token(name: str) -> str:
    """The stand-in's secret."""
    return SECRET


def get_secret_type(name: str) -> str:
    """Every secret is a string here."""
    return "GENERIC_STRING"


def send_snow_api_request(
    method: str,
    path: str,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, Any] | None = None,
    body: Any = None,
    request_guid: object = None,
    timeout_ms: float | None = None,
) -> dict[str, Any]:
    """Ask the account, or the emulator. A stream of events comes as a JSON list of them."""
    protocol, port = (os.environ.get(f"SNOWFLAKE_{name}", "") for name in ("PROTOCOL", "PORT"))
    host = os.environ["SNOWFLAKE_HOST"] + (f":{port}" if port else "")
    with open(os.environ["SIS_MIGRATE_VERIFY_TOKEN"], encoding="utf-8") as file:
        token = file.read()
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{protocol or 'https'}://{host}{path}", data, method=method)
    request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=(timeout_ms or 60_000) / 1000) as response:
            content = response.read().decode()
            if response.headers.get_content_type() == "text/event-stream":
                content = json.dumps([_event(block) for block in content.split("\n\n") if block])
            return {"status": response.status, "reason": "OK", "content": content}
    except urllib.error.HTTPError as error:
        return {"status": error.code, "reason": error.reason, "content": error.read().decode()}


def _event(block: str) -> dict[str, Any]:
    """An event of a stream as the warehouse's module gives it: all of them are one JSON list."""
    fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line)
    data: Any = fields.get("data", "")
    with suppress(ValueError):  # the last event of a stream may be a mere word, `[DONE]`
        data = json.loads(data)
    return {"event": fields.get("event", ""), "data": data}
