"""Two examples in the real Streamlit: the originals with what a warehouse has, the twins without.

The twin of the chat asks a real HTTP server on loopback, which answers as Cortex Analyst does.
"""

from __future__ import annotations

import json
import os.path
import sys
import threading
from collections.abc import Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

pytestmark = [
    pytest.mark.needs_streamlit,
    pytest.mark.skipif(find_spec("streamlit") is None, reason="Streamlit is not installed"),
    # Streamlit's own dependencies warn on import in some releases.
    pytest.mark.filterwarnings("default"),
]

EXAMPLES = Path(__file__).parents[1] / "examples"
ANSWER = {
    "message": {
        "content": [
            {"type": "text", "text": "Sales of the north."},
            {"type": "sql", "statement": "select 7 as sales"},
        ]
    }
}
SHOWN = ["What questions can I ask?", "Sales of the north.", "How much?", "Sales of the north."]
ERROR = {"message": "no such model", "request_id": "r-1"}


class FakeSession:
    """A session whose every query gives one row."""

    def sql(self, text: str) -> FakeSession:
        return self

    def to_pandas(self) -> Any:
        return import_module("pandas").DataFrame({"SALES": [7]})


def _amounts(statement: str, *, ttl: int) -> Any:
    """What a connection's ``query`` gives: amounts as Snowflake's decimals."""
    amounts = [Decimal("120.00"), Decimal("80.00")]
    return import_module("pandas").DataFrame({"REGION": ["North", "South"], "AMOUNT": amounts})


def _connection(name: str) -> SimpleNamespace:
    return SimpleNamespace(session=FakeSession, query=_amounts)


def _app(name: str, state: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The example in Streamlit's test runner, with its folder as Snowflake would start it."""
    app_test = import_module("streamlit.testing.v1").AppTest
    root = EXAMPLES / name / state
    monkeypatch.chdir(root)
    monkeypatch.syspath_prepend(str(root))
    own = {path.stem for path in root.glob("*.py")} | {"lib"}
    for module in [m for m in sys.modules if m.partition(".")[0] in own]:
        monkeypatch.delitem(sys.modules, module)
    return app_test.from_file(str(root / "streamlit_app.py"), default_timeout=30)


@pytest.fixture(autouse=True)
def _own_modules() -> Iterator[None]:
    """Modules of an example do not outlive its test."""
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if getattr(sys.modules[name], "__file__", None) and str(EXAMPLES) in str(
            sys.modules[name].__file__
        ):
            del sys.modules[name]


@pytest.fixture
def warehouse(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """What a warehouse has and a container has not: ``_snowflake`` and an active session."""
    native = ModuleType("_snowflake")

    def send(
        method: str, path: str, headers: dict[str, str], params: dict[str, str], body: Any,
        request_guid: object, timeout_ms: int,
    ) -> dict[str, Any]:  # fmt: skip
        assert (method, timeout_ms) == ("POST", 30000)
        return {"status": 200, "content": json.dumps(ANSWER)}

    secrets = {"rates_key": "warehouse-key"}
    logins = {"archive_login": SimpleNamespace(username="archivist", password="p")}
    native.__dict__.update(
        send_snow_api_request=send,
        get_generic_secret_string=secrets.__getitem__,
        get_username_password=logins.__getitem__,
    )
    context = ModuleType("snowflake.snowpark.context")
    context.__dict__["get_active_session"] = FakeSession
    for name in ("snowflake", "snowflake.snowpark"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, "snowflake.snowpark.context", context)
    monkeypatch.setitem(sys.modules, "_snowflake", native)
    monkeypatch.setattr(import_module("streamlit"), "connection", _connection)
    return native


@pytest.fixture
def container(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """What a container has: a token, the account's host (here a server on loopback), a connection."""
    streamlit: Any = import_module("streamlit")
    answers = SimpleNamespace(status=200, body=ANSWER, asked=[])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            answers.asked.append((self.path, dict(self.headers), json.loads(self.rfile.read(size))))
            data = json.dumps(answers.body).encode()
            self.send_response(answers.status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: Any) -> None: ...

    token = tmp_path / "token"
    token.write_text("t0ken")
    exists = os.path.exists
    monkeypatch.setattr(os.path, "exists", lambda p: p == "/snowflake/session/token" or exists(p))
    monkeypatch.setattr(streamlit, "connection", _connection)
    monkeypatch.setitem(sys.modules, "_snowflake", None)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        monkeypatch.setenv("SNOWFLAKE_HOST", "127.0.0.1")
        monkeypatch.setenv("SNOWFLAKE_PORT", str(server.server_port))
        monkeypatch.setenv("SNOWFLAKE_PROTOCOL", "http")
        monkeypatch.setenv("SNOWFLAKE_TOKEN_FILE_PATH", str(token))
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield answers
        server.shutdown()
        thread.join()


def _asked(app: Any) -> Any:
    app.run()
    assert not app.exception
    app.chat_input[0].set_value("How much?").run()
    assert not app.exception
    return app


def test_chat_on_a_warehouse(monkeypatch: pytest.MonkeyPatch, warehouse: ModuleType) -> None:
    app = _asked(_app("analyst_chat", "before", monkeypatch))
    assert [m.value for m in app.markdown] == SHOWN
    assert app.dataframe[0].value["SALES"].tolist() == [7]


def test_chat_in_a_container(monkeypatch: pytest.MonkeyPatch, container: SimpleNamespace) -> None:
    app = _asked(_app("analyst_chat", "after", monkeypatch))
    assert [m.value for m in app.markdown] == SHOWN
    assert app.dataframe[0].value["SALES"].tolist() == [7]
    _, (path, headers, body) = container.asked
    assert path == "/api/v2/cortex/analyst/message"
    assert headers["authorization"] == "Bearer t0ken"
    assert [m["role"] for m in body["messages"]] == ["user", "analyst", "user"]
    assert body["messages"][-1]["content"][0]["text"] == "How much?"


def test_chat_shows_an_error_status(
    monkeypatch: pytest.MonkeyPatch, container: SimpleNamespace
) -> None:
    container.status, container.body = 404, ERROR
    app = _asked(_app("analyst_chat", "after", monkeypatch))
    assert [e.value for e in app.error] == ["no such model (request r-1)"]


def test_original_chat_fails_in_a_container(
    monkeypatch: pytest.MonkeyPatch, container: SimpleNamespace
) -> None:
    app = _app("analyst_chat", "before", monkeypatch).run()
    assert app.exception


def test_secrets_and_files_on_a_warehouse(
    monkeypatch: pytest.MonkeyPatch, warehouse: ModuleType
) -> None:
    _check_rates(_app("secrets_and_files", "before", monkeypatch).run(), "archivist")


def test_secrets_and_files_in_a_container(
    monkeypatch: pytest.MonkeyPatch, container: SimpleNamespace
) -> None:
    app = _app("secrets_and_files", "after", monkeypatch)
    app.secrets["rates_key"] = "container-key"
    app.secrets["archive_login"] = {"username": "keeper", "password": "p"}
    _check_rates(app.run(), "keeper")


def test_original_secrets_fail_in_a_container(
    monkeypatch: pytest.MonkeyPatch, container: SimpleNamespace
) -> None:
    assert _app("secrets_and_files", "before", monkeypatch).run().exception


def _check_rates(app: Any, user: str) -> None:
    assert not app.exception
    assert [c.value for c in app.caption] == ["Rates by key …-key", f"Archived as {user}"]
    assert app.dataframe[0].value["EUR"].round(2).tolist() == [120.0, 76.19]
