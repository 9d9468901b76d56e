"""Questions to Cortex Analyst."""

import json
import snow_api
import os

IN_SNOWFLAKE = os.path.exists("/snowflake/session/token")

ENDPOINT = "/api/v2/cortex/analyst/message"
SEMANTIC_MODEL = "@sales.public.models/sales.yaml"
TIMEOUT_MS = 30000


class AnalystError(Exception):
    """Cortex Analyst did not answer the question."""


def ask(messages: list[dict]) -> list[dict]:
    """The parts of the answer: texts, SQL statements, suggestions."""
    if not IN_SNOWFLAKE:
        raise AnalystError("Cortex Analyst answers in Snowflake only.")
    body = {"messages": messages, "semantic_model_file": SEMANTIC_MODEL}
    resp = snow_api.send_snow_api_request(
        "POST",  # method
        ENDPOINT,  # path
        {},  # headers
        {},  # params
        body,
        None,  # request_guid
        TIMEOUT_MS,  # timeout in milliseconds
    )
    answer = json.loads(resp["content"])
    if resp["status"] >= 400:
        raise AnalystError(f"{answer['message']} (request {answer['request_id']})")
    return answer["message"]["content"]
