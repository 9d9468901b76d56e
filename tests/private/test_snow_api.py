"""The module that migrated apps get, against a real HTTP server on loopback."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sis_codemods.private.rest_client import SOURCE

Answer = Callable[[BaseHTTPRequestHandler], None]
ANALYST = "/api/v2/cortex/analyst/message"
AGENT = "/api/v2/databases/DB/schemas/PUBLIC/agents/SALES:run"


@dataclass
class Server:
    """What was asked of the server, and how it answers."""

    port: int = 0
    requests: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    answer: Answer = lambda handler: reply(handler, {})


def reply(handler: BaseHTTPRequestHandler, body: Any, status: int = 200) -> None:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)


def stream(handler: BaseHTTPRequestHandler, parts: list[bytes], pause: float = 0) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream;charset=utf-8")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    for part in parts:
        handler.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        handler.wfile.flush()
        time.sleep(pause)
    handler.wfile.write(b"0\r\n\r\n")


@pytest.fixture(scope="module")
def snow_api() -> ModuleType:
    spec = spec_from_file_location("snow_api", SOURCE)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            state.requests.append((self.command, self.path, headers, body))
            try:
                state.answer(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        do_GET = do_POST  # noqa: N815 - http.server looks for this name

        def log_message(self, *args: Any) -> None: ...

    token = tmp_path / "token"
    token.write_text("first\n")
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        state.port = http.server_port
        monkeypatch.setenv("SNOWFLAKE_HOST", "127.0.0.1")
        monkeypatch.setenv("SNOWFLAKE_PORT", str(http.server_port))
        monkeypatch.setenv("SNOWFLAKE_PROTOCOL", "http")
        monkeypatch.setenv("SNOWFLAKE_TOKEN_FILE_PATH", str(token))
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        yield state
        http.shutdown()
        thread.join()


def test_call_as_apps_write_it(snow_api: ModuleType, server: Server) -> None:
    answer = {"message": {"content": [{"type": "sql", "statement": "select 1"}]}}
    server.answer = lambda handler: reply(handler, answer)
    body = {"messages": [{"role": "user", "content": [{"type": "text", "text": "Wie groß?"}]}]}
    resp = snow_api.send_snow_api_request("POST", ANALYST, {}, {}, body, None, 30000)
    assert isinstance(resp, dict)
    assert resp["status"] < 400
    assert resp.get("reason", "Unknown") == "OK"
    assert json.loads(resp["content"]) == answer
    [(method, path, headers, sent)] = server.requests
    assert (method, path) == ("POST", ANALYST)
    assert json.loads(sent) == body
    assert headers["authorization"] == "Bearer first"
    assert headers["x-snowflake-authorization-token-type"] == "OAUTH"
    assert headers["content-type"] == "application/json"


@pytest.mark.parametrize("guid", [None, {}], ids=["none", "empty mapping"])
def test_six_arguments_and_any_request_guid(
    snow_api: ModuleType, server: Server, guid: object
) -> None:
    resp = snow_api.send_snow_api_request("POST", ANALYST, {}, {}, {}, guid)
    assert resp["status"] == 200


@pytest.mark.parametrize("status", [400, 404, 429, 503])
def test_error_status_is_a_result(snow_api: ModuleType, server: Server, status: int) -> None:
    error = {"message": "no", "request_id": "r", "error_code": "392704"}
    server.answer = lambda handler: reply(handler, error, status)
    resp = snow_api.send_snow_api_request("POST", ANALYST, {}, {}, {}, None, 5000)
    assert resp["status"] == status
    assert json.loads(resp["content"])["error_code"] == "392704"
    assert resp["reason"]


def test_error_that_is_not_json(snow_api: ModuleType, server: Server) -> None:
    server.answer = lambda handler: reply(handler, b"<html>\xff</html>", 502)
    resp = snow_api.send_snow_api_request("POST", ANALYST, {}, {}, {}, None, 5000)
    assert (resp["status"], resp["content"][:6]) == (502, "<html>")


def test_redirect_is_not_followed_with_the_token(snow_api: ModuleType, server: Server) -> None:
    def away(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", f"http://127.0.0.1:{server.port}/elsewhere")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    server.answer = away
    assert snow_api.send_snow_api_request("GET", "/x")["status"] == 302
    assert len(server.requests) == 1


def test_agents_events_are_a_list(snow_api: ModuleType, server: Server) -> None:
    delta = {"delta": {"content": [{"type": "text", "text": "Zürich"}]}}
    text = f"event: message.delta\ndata: {json.dumps(delta, ensure_ascii=False)}\n\n".encode()
    parts = [text[:20], text[20:-40], text[-40:], b"event: done\ndata: [DONE]\n\n"]
    server.answer = lambda handler: stream(handler, parts)
    resp = snow_api.send_snow_api_request("POST", AGENT, {}, {}, {}, None, 60000)
    found = ""
    for event in json.loads(resp["content"]):
        if event.get("event") == "message.delta":
            for item in event.get("data", {}).get("delta", {}).get("content", []):
                found += item.get("text", "")
    assert found == "Zürich"
    assert json.loads(resp["content"])[-1] == {"event": "done", "data": "[DONE]"}


def test_timeout_is_in_milliseconds(snow_api: ModuleType, server: Server) -> None:
    server.answer = lambda handler: time.sleep(0.4)
    begin = time.monotonic()
    with pytest.raises(TimeoutError, match="POST /slow"):
        snow_api.send_snow_api_request("POST", "/slow", {}, {}, {}, None, 100)
    assert time.monotonic() - begin < 0.35


def test_timeout_is_for_the_whole_answer(snow_api: ModuleType, server: Server) -> None:
    server.answer = lambda handler: stream(handler, [b"data: 1\n\n"] * 20, pause=0.04)
    with pytest.raises(TimeoutError):
        snow_api.send_snow_api_request("POST", AGENT, {}, {}, {}, None, 200)


def test_answer_that_breaks_off(snow_api: ModuleType, server: Server) -> None:
    def half(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b'{"half":')
        handler.close_connection = True

    server.answer = half
    with pytest.raises(ConnectionError, match="broke off"):
        snow_api.send_snow_api_request("POST", ANALYST, {}, {}, {}, None, 5000)


def test_nobody_listens(
    snow_api: ModuleType, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SNOWFLAKE_PORT", "1")
    with pytest.raises(ConnectionError, match="GET /x"):
        snow_api.send_snow_api_request("GET", "/x")


def test_token_is_read_for_each_call(snow_api: ModuleType, server: Server, tmp_path: Path) -> None:
    snow_api.send_snow_api_request("GET", "/x")
    (tmp_path / "token").write_text("second")
    snow_api.send_snow_api_request("GET", "/x")
    assert [r[2]["authorization"] for r in server.requests] == ["Bearer first", "Bearer second"]


def test_parameters_headers_and_bodies(snow_api: ModuleType, server: Server) -> None:
    snow_api.send_snow_api_request("GET", "/x?a=1", {"Accept": "text/plain"}, {"b": ["2", "&"]})
    snow_api.send_snow_api_request("POST", "/y", None, None, "as it is")
    (_, path, headers, empty), (_, _, _, body) = server.requests
    assert path == "/x?a=1&b=2&b=%26"
    assert headers["accept"] == "text/plain"
    assert (empty, body) == (b"", b"as it is")


@pytest.mark.parametrize("missing", ["file", "content", "host"])
def test_outside_snowflake(
    snow_api: ModuleType,
    server: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    missing: str,
) -> None:
    match missing:
        case "file":
            (tmp_path / "token").unlink()
        case "content":
            (tmp_path / "token").write_text("\n")
        case _:
            monkeypatch.delenv("SNOWFLAKE_HOST")
    with pytest.raises(ModuleNotFoundError) as caught:
        snow_api.send_snow_api_request("POST", ANALYST, {}, {}, {}, None, 1000)
    assert isinstance(caught.value, snow_api.OutsideSnowflakeError)
    assert not server.requests


def test_relative_path_is_refused(snow_api: ModuleType, server: Server) -> None:
    with pytest.raises(ValueError, match="slash"):
        snow_api.send_snow_api_request("GET", "https://elsewhere/x")


def test_https_is_the_default(
    snow_api: ModuleType, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SNOWFLAKE_PROTOCOL")
    with pytest.raises(ConnectionError, match="SSL"):
        snow_api.send_snow_api_request("GET", "/x", timeout_ms=5000)
    assert not server.requests


EVENTS = {
    "one": ("event: a\ndata: 1\n\n", [("a", 1)]),
    "no name": ("data: 1\n\n", [("message", 1)]),
    "carriage returns": ("event: a\r\ndata: 1\r\n\r\n", [("a", 1)]),
    "data over lines": ('data: {"a":\ndata: 1}\n\n', [("message", {"a": 1})]),
    "no blank line at the end": ("event: a\ndata: 1", [("a", 1)]),
    "comments, ids and retries": (": hi\nid: 3\nretry: 5\ndata: 1\n\n", [("message", 1)]),
    "name without data": ("event: a\n\ndata: 1\n\n", [("message", 1)]),
    "text": ("data: [DONE]\n\n", [("message", "[DONE]")]),
    "no space": ("event:a\ndata:b\n\n", [("a", "b")]),
    "byte order mark": ("\ufeffdata: 1\n\n", [("message", 1)]),
    "nothing": ("", []),
}


@pytest.mark.parametrize(("text", "expected"), EVENTS.values(), ids=EVENTS)
def test_events(snow_api: ModuleType, text: str, expected: list[tuple[str, Any]]) -> None:
    assert [(e["event"], e["data"]) for e in snow_api.events(text)] == expected


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.lists(st.tuples(st.from_regex(r"[a-z.]+", fullmatch=True), _values)))
def test_events_come_back_as_they_were_sent(sent: list[tuple[str, Any]]) -> None:
    spec = spec_from_file_location("snow_api", SOURCE)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    text = "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in sent)
    assert [(e["event"], e["data"]) for e in module.events(text)] == sent
