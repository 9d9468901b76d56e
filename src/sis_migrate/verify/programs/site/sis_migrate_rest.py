"""What the stand-in for an account's REST API answers. Standard library only.

Source: "Cortex Analyst REST API",
https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-analyst/rest-api
"""

from __future__ import annotations

import json
from typing import Any

ANALYST = "/api/v2/cortex/analyst/message"
TEXT = "An answer of the stand-in."
STATEMENT = "select 1 as answer"
_JSON, _EVENTS = "application/json", "text/event-stream"


def answer(path: str, body: bytes) -> tuple[int, str, bytes]:
    """Status, content type and body of the answer to a request that may be made.

    Cortex Analyst has a text and a statement for every question, at once or (``stream``) as events;
    every other path has a fixed text.
    """
    if path == ANALYST:
        return _analyst(body)
    choices = [{"message": {"role": "assistant", "content": TEXT}}]
    message = {"role": "analyst", "content": [{"type": "text", "text": TEXT}]}
    return _json(200, {"message": message, "choices": choices, "request_id": "0", "path": path})


def _analyst(body: bytes) -> tuple[int, str, bytes]:
    asked = _question(body)
    if isinstance(asked, str):
        return _json(400, {"message": asked, "error_code": "stand-in", "request_id": "0"})
    if asked.get("stream"):
        return 200, _EVENTS, "".join(_event(name, data) for name, data in _PARTS).encode()
    content = [{"type": "text", "text": TEXT}, {"type": "sql", "statement": STATEMENT}]
    message = {"role": "analyst", "content": content}
    return _json(200, {"message": message, "request_id": "0", "warnings": []})


_PARTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("status", {"status": "interpreting_question", "status_message": "Interpreting question"}),
    ("message.content.delta", {"index": 0, "type": "text", "text_delta": TEXT}),
    ("message.content.delta", {"index": 1, "type": "sql", "statement_delta": STATEMENT}),
    ("status", {"status": "done", "status_message": "Done"}),
    ("done", {}),
)


def _question(body: bytes) -> dict[str, Any] | str:
    """The request, or what is wrong with it: an app that was migrated well asks as it should."""
    try:
        asked = json.loads(body)
    except ValueError:
        return "the body is no JSON"
    messages = asked.get("messages") if isinstance(asked, dict) else None
    last = messages[-1] if isinstance(messages, list) and messages else None
    if not isinstance(last, dict) or last.get("role") != "user" or not last.get("content"):
        return "the last of `messages` is not a question of the user"
    if not any(name.startswith("semantic_") for name in asked):
        return "there is no semantic model or view"
    found: dict[str, Any] = asked
    return found


def _json(status: int, value: Any) -> tuple[int, str, bytes]:
    return status, _JSON, json.dumps(value).encode()


def _event(name: str, data: Any) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"
