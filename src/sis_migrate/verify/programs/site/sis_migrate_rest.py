"""What the stand-in for an account's REST API answers. Standard library only.

Source: "Cortex Analyst REST API",
https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-analyst/rest-api
and "Cortex Agents Run API",
https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-agents-run
and ``snowflake/cortex/_complete.py`` of snowflake-ml-python, which reads what a model answers.
"""

from __future__ import annotations

import json
import re
from typing import Any

ANALYST = "/api/v2/cortex/analyst/message"
INFERENCE = "/api/v2/cortex/inference:complete"
AGENT = "/api/v2/cortex/agent:run"
_AGENT_OBJECT = re.compile(r"/api/v2/databases/[^/]+/schemas/[^/]+/agents/[^/]+:run")
TEXT = "An answer of the stand-in."
STATEMENT = "select 1 as answer"
_JSON, _EVENTS = "application/json", "text/event-stream"


def answer(path: str, body: bytes) -> tuple[int, str, bytes]:
    """Status, content type and body of the answer to a request that may be made.

    Cortex Analyst has a text and a statement for every question, at once or (``stream``) as events;
    Cortex Agents have a text, as events unless ``stream`` is false, models one as events where
    ``stream`` is true; every other path has a fixed text.
    """
    if path == ANALYST:
        return _analyst(body)
    if path == AGENT or _AGENT_OBJECT.fullmatch(path):
        return _agent(path, body)
    if path == INFERENCE and _streams(body):
        return 200, _EVENTS, b"".join(_completion(part) for part in TEXT.partition(" of "))
    choices = [{"message": {"role": "assistant", "content": TEXT}}]
    message = {"role": "analyst", "content": [{"type": "text", "text": TEXT}]}
    return _json(200, {"message": message, "choices": choices, "request_id": "0", "path": path})


def _streams(body: bytes) -> bool:
    try:
        asked = json.loads(body)
    except ValueError:
        return False
    return isinstance(asked, dict) and asked.get("stream") is True


def _completion(text: str) -> bytes:
    """A part of a model's answer, as an event without a name."""
    choices = [{"delta": {"type": "text", "content": text, "text": text}}]
    return f"data: {json.dumps({'id': '0', 'choices': choices, 'usage': {}})}\n\n".encode()


def _analyst(body: bytes) -> tuple[int, str, bytes]:
    asked = _question(body)
    if isinstance(asked, dict) and not any(name.startswith("semantic_") for name in asked):
        asked = "there is no semantic model or view"
    if isinstance(asked, str):
        return _refused(asked)
    if asked.get("stream"):
        return _stream(_PARTS)
    content = [{"type": "text", "text": TEXT}, {"type": "sql", "statement": STATEMENT}]
    message = {"role": "analyst", "content": content}
    return _json(200, {"message": message, "request_id": "0", "warnings": []})


def _agent(path: str, body: bytes) -> tuple[int, str, bytes]:
    asked = _question(body)
    if isinstance(asked, str):
        return _refused(asked)
    if asked.get("stream") is False:
        return _json(200, _RESPONSE)
    # Requests of the first form of the API are still answered in that form.
    first = path == AGENT and not _LATER & asked.keys()
    return _stream(_FIRST_EVENTS if first else _AGENT_EVENTS)


_LATER = {"models", "instructions", "orchestration", "thread_id", "parent_message_id"}
"""What is in requests to the API since agents are objects; before, ``model`` named the model."""
_DELTA = {"content": [{"index": 0, "type": "text", "text": TEXT}]}
_FIRST_EVENTS: tuple[tuple[str, Any], ...] = (
    ("message.delta", {"id": "msg_0", "object": "message.delta", "delta": _DELTA}),
    ("done", "[DONE]"),
)
_RESPONSE = {"role": "assistant", "content": [{"type": "text", "text": TEXT}]}
_AGENT_EVENTS: tuple[tuple[str, Any], ...] = (
    ("response.status", {"status": "planning", "message": "Planning the next steps"}),
    ("response.text.delta", {"content_index": 0, "text": TEXT, "is_elicitation": False}),
    (
        "response.text",
        {"content_index": 0, "text": TEXT, "annotations": [], "is_elicitation": False},
    ),
    ("response", _RESPONSE),
)
_PARTS: tuple[tuple[str, Any], ...] = (
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
    found: dict[str, Any] = asked
    return found


def _refused(why: str) -> tuple[int, str, bytes]:
    return _json(400, {"message": why, "error_code": "stand-in", "request_id": "0"})


def _stream(events: tuple[tuple[str, Any], ...]) -> tuple[int, str, bytes]:
    return 200, _EVENTS, "".join(_event(name, data) for name, data in events).encode()


def _json(status: int, value: Any) -> tuple[int, str, bytes]:
    return status, _JSON, json.dumps(value).encode()


def _event(name: str, data: Any) -> str:
    text = data if isinstance(data, str) else json.dumps(data)
    return f"event: {name}\ndata: {text}\n\n"
