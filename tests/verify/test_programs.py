"""The programs that run in an app's environment, where they need nothing but Python."""

from __future__ import annotations

import asyncio
import io
import json
import os
import subprocess
import sys
from email.message import Message
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request

import pytest

from sis_migrate.verify import emulator, stand_ins

PROGRAMS = Path(__file__).parents[2] / "src" / "sis_migrate" / "verify" / "programs"
SITE = PROGRAMS / "site"


def load(path: Path) -> ModuleType:
    spec = spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def python(code: str, folder: Path, **variables: str) -> str:
    """What a program prints that is run as the app's processes are."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SITE), **variables}
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout.strip()


TRY = """
import socket
try:
    {}
except OSError as error:
    print(error)
else:
    print("let through")
"""


@pytest.mark.parametrize(
    "action",
    [
        pytest.param("socket.create_connection(('192.0.2.1', 80), 1)", id="an address"),
        pytest.param("socket.getaddrinfo('api.example.com', 443)", id="a name to look up"),
        pytest.param(
            "socket.socket(type=socket.SOCK_DGRAM).sendto(b'', ('192.0.2.1', 53))", id="a datagram"
        ),
        pytest.param(
            "__import__('urllib.request').request.urlopen('https://api.example.com/')", id="urllib"
        ),
        pytest.param(
            "socket.socket().connect((bytearray(b'192.0.2.1'), 80))", id="an address in bytes"
        ),
        pytest.param("socket.gethostbyaddr('192.0.2.1')", id="the name of an address"),
        pytest.param("socket.getnameinfo(('192.0.2.1', 80), 0)", id="the name of a socket's end"),
        pytest.param("socket.gethostbyname_ex('api.example.com')", id="all addresses of a name"),
    ],
)
def test_another_machine_is_not_contacted(tmp_path: Path, action: str) -> None:
    log = tmp_path / "refused.txt"
    printed = python(
        TRY.format(action),
        tmp_path,
        SIS_MIGRATE_VERIFY_NETWORK="loopback",
        SIS_MIGRATE_VERIFY_REFUSED=str(log),
    )
    assert "migrate verify refuses to connect to" in printed
    assert log.read_text() in {"192.0.2.1\n", "api.example.com\n"}


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.8.9.10",
        "localhost",
        "LocalHost",
        "::1",
        "::ffff:127.0.0.1",
        "0.0.0.0",
        None,
    ],
)
def test_this_machine_is_contacted(tmp_path: Path, host: str | None) -> None:
    action = f"sys.audit('socket.getaddrinfo', {host!r}, 80, 0, 0, 0)"
    assert python(
        "import sys\n" + TRY.format(action), tmp_path, SIS_MIGRATE_VERIFY_NETWORK="loopback"
    ) == ("let through")


@pytest.mark.parametrize(
    "host",
    [
        "127.example.com", "::ffff:127.example.com", "localhost.example.com", "127.0.0.1.example.com",
        "::ffff:192.0.2.1", 7, ["127.0.0.1"],
    ],
)  # fmt: skip
def test_what_only_looks_like_this_machine_is_not_contacted(tmp_path: Path, host: object) -> None:
    action = f"sys.audit('socket.connect', None, ({host!r}, 80))"
    assert "refuses" in python(
        "import sys\n" + TRY.format(action), tmp_path, SIS_MIGRATE_VERIFY_NETWORK="loopback"
    )


def test_the_full_name_of_this_machine_may_be_asked_for(tmp_path: Path) -> None:
    action = "socket.getfqdn('127.0.0.1')"
    assert python(TRY.format(action), tmp_path, SIS_MIGRATE_VERIFY_NETWORK="loopback") == (
        "let through"
    )


def test_the_addresses_that_drivers_look_for_in_a_cloud_are_not_told(tmp_path: Path) -> None:
    log = tmp_path / "refused.txt"
    action = "socket.create_connection(('169.254.169.254', 80), 1)"
    printed = python(
        TRY.format(action),
        tmp_path,
        SIS_MIGRATE_VERIFY_NETWORK="loopback",
        SIS_MIGRATE_VERIFY_REFUSED=str(log),
    )
    assert "refuses" in printed
    assert not log.exists()


def test_the_token_is_found_where_a_container_has_it(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("t")
    code = """
import os, pathlib
path = "/snowflake/session/token"
print(os.path.exists(path), os.path.isfile(path), open(path).read(), pathlib.Path(path).read_text(),
      pathlib.Path(path).exists(), os.path.exists("/snowflake/session/other"))
"""
    printed = python(code, tmp_path, SIS_MIGRATE_VERIFY_SESSION=str(tmp_path))
    assert printed == "True True t t True False"


def imports(folder: Path, files: dict[str, str], *scripts: str, site: Path = SITE) -> list[Any]:
    """What the imports program reports of an app; ``site`` has further packages in it."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    settings = {
        "scripts": [str(folder / name) for name in scripts],
        "folders": [str(folder)],
        "active": False,
    }
    command = [sys.executable, "-P", str(PROGRAMS / "imports.py"), json.dumps(settings)]
    with subprocess.Popen(
        command,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{SITE}{os.pathsep}{site}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as program:
        assert program.stdout is not None
        return [json.loads(line) for line in program.stdout]


def missing(reported: list[Any]) -> list[tuple[str, int, str]]:
    found = [r for r in reported if "what" in r]
    return [(Path(r["path"]).name, r["line"], r["what"]) for r in found]


@pytest.mark.parametrize(
    ("code", "what"),
    [
        pytest.param("import no_such", "import no_such: ModuleNotFoundError", id="a module"),
        pytest.param("from json import no_such", "json has no no_such", id="a name"),
        pytest.param("import json as j\nj.no_such()", "json has no no_such", id="an attribute"),
        pytest.param("def f():\n    import no_such", "import no_such", id="in a function"),
        pytest.param("try:\n    import no_such\nfinally: pass", "import no_such", id="no handler"),
        pytest.param("def (", "SyntaxError", id="a script that does not parse"),
        pytest.param(
            "import json\ntry:\n    import json\nexcept KeyError: pass\njson.no_such",
            "json has no no_such",
            id="two imports of one module",
        ),
        pytest.param("import xml.dom\nxml.no_such", "xml has no no_such", id="a package"),
        pytest.param(
            "import contextlib\nwith contextlib.suppress(KeyError):\n    import no_such",
            "import no_such",
            id="another error is suppressed",
        ),
    ],
)
def test_what_is_missing_is_told_with_its_place(tmp_path: Path, code: str, what: str) -> None:
    ((name, line, told),) = missing(imports(tmp_path, {"app.py": code}, "app.py"))
    before, found, _ = code.rpartition("no_such")
    assert (name, line) == ("app.py", before.count("\n") + 1 if found else 1)
    assert told.startswith(what)


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("try:\n    import no_such\nexcept ImportError: pass", id="handled"),
        pytest.param("try:\n    import no_such\nexcept: pass", id="everything is handled"),
        pytest.param("import json\nif hasattr(json, 'x'):\n    json.x()", id="asked before"),
        pytest.param(
            "import json\ntry:\n    json.x\nexcept AttributeError: pass", id="name handled"
        ),
        pytest.param(
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import no_such",
            id="for types",
        ),
        pytest.param("import json\ndef f(json):\n    json.x()", id="another thing of that name"),
        pytest.param("import xml.etree\nfrom xml import sax", id="modules in packages"),
        pytest.param("import os.path as p\np.join", id="a module by its alias"),
        pytest.param(
            "try:\n    import no_such as x\n    HAS = True\nexcept ImportError:\n    HAS = False\n"
            "if HAS:\n    x.bar()",
            id="used where it is there",
        ),
        pytest.param(
            "try:\n    import no_such as json\nexcept ImportError:\n    import json\njson.dumps(1)",
            id="another module in its place",
        ),
        pytest.param(
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import no_such as x\n"
            "def f(frame: 'x.Frame') -> None: pass\ndef g(frame: x.Frame) -> None: pass",
            id="used for types",
        ),
        pytest.param(
            "import sys\nif sys.version_info < (3, 11):\n    import no_such as tomllib\n"
            "else:\n    import tomllib\ntomllib.loads('')",
            id="by the version of Python",
        ),
        pytest.param(
            "import sys\nif sys.platform == 'no such system':\n    import no_such",
            id="for another system",
        ),
        pytest.param(
            "import contextlib\nwith contextlib.suppress(ImportError):\n    import no_such\n"
            "    no_such.f()",
            id="suppressed",
        ),
        pytest.param("import json as m\nhasattr(m, 'x') and m.x()", id="asked before in one line"),
        pytest.param("import json\njson.mine = 1\njson.mine", id="the app's own attribute"),
        pytest.param("import json\nfrom xml import dom as json\njson.x", id="two of one name"),
        pytest.param(
            "import xml\ntry:\n    import xml.no_such\nexcept ImportError: pass\n"
            "def f():\n    xml.no_such.g()",
            id="a part of a package",
        ),
        pytest.param("if " + " + ".join(["1"] * 2000) + ":\n    pass", id="a deep test"),
    ],
)
def test_what_the_app_provides_for_is_not_missing(tmp_path: Path, code: str) -> None:
    reported = imports(tmp_path, {"app.py": code}, "app.py")
    assert missing(reported) == []
    assert reported[-1]["done"]


def test_code_that_is_too_deep_is_told_and_the_rest_is_checked(tmp_path: Path) -> None:
    deep = "x = " + " + ".join(["1"] * 20_000)
    reported = imports(tmp_path, {"deep.py": deep, "app.py": "import no_such"}, "deep.py", "app.py")
    (name, line, what), (other, *_) = missing(reported)
    assert (name, line, other) == ("deep.py", 0, "app.py")
    assert what.startswith("RecursionError: ")
    assert reported[-1]["done"]


LAZY = """
def __getattr__(name):
    import no_such_part
"""
GOES = """
import sys
del sys.modules["library"]
"""


def test_modules_that_do_not_stay_as_they_are_do_not_end_the_program(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    for name, text in {"library": "value = 1", "lazy": LAZY, "goes": GOES}.items():
        (tmp_path / "site" / f"{name}.py").write_text(text)
    code = "import library\nimport goes\nlibrary.value\nlibrary.no_such\nimport lazy\nlazy.part"
    reported = imports(tmp_path / "app", {"app.py": code}, "app.py", site=tmp_path / "site")
    assert missing(reported) == [
        ("app.py", 4, "library has no no_such"),
        ("app.py", 6, "lazy.part: ModuleNotFoundError: No module named 'no_such_part'"),
    ]
    assert reported[-1]["done"]


def test_the_apps_own_modules_are_followed_and_imported(tmp_path: Path) -> None:
    files = {
        "app.py": "from shop import views\nimport helpers",
        "helpers.py": "import no_such_1",
        "shop/__init__.py": "",
        "shop/views.py": "from . import data\nfrom .data import rows",
        "shop/data.py": "import no_such_2\nrows = 1 / 0",
        "unused.py": "import no_such_3",
    }
    told = [what for _, _, what in missing(imports(tmp_path, files, "app.py"))]
    assert any(what.startswith("import no_such_1") for what in told)
    assert any(what.startswith("import no_such_2") for what in told)
    assert not any("no_such_3" in what for what in told)
    assert any(what.startswith("import helpers: ModuleNotFoundError") for what in told)


def test_a_module_that_fails_when_it_is_imported_is_told(tmp_path: Path) -> None:
    files = {"app.py": "import data", "data.py": "print('noise')\nrows = 1 / 0"}
    reported = imports(tmp_path, files, "app.py")
    assert [r["what"] for r in reported if "what" in r] == [
        "import data: ZeroDivisionError: division by zero"
    ]


def test_pages_that_cannot_be_imported_by_name_are_read(tmp_path: Path) -> None:
    files = {"app.py": "", "pages/1_First page.py": "import no_such"}
    ((name, line, _),) = missing(imports(tmp_path, files, "app.py", "pages/1_First page.py"))
    assert (name, line) == ("1_First page.py", 1)


@pytest.mark.parametrize(
    ("query", "tables"),
    [
        pytest.param(
            "select region, sum(amount) as total from sales where year(sold_at) = ? group by region",
            {"sales": "(region VARCHAR, amount DOUBLE, sold_at TIMESTAMP_NTZ)"},
            id="types by use",
        ),
        pytest.param(
            "with q as (select u from t) select u, count(*) from q group by u",
            {"t": "(u VARCHAR)"},
            id="a common table expression is no table",
        ),
        pytest.param(
            "select a.x, b.y from d.s.one a join two b on a.id = b.id where b.y > 5",
            {"d.s.one": "(id VARCHAR, x VARCHAR)", "two": "(id VARCHAR, y DOUBLE)"},
            id="a join with every column's table",
        ),
        pytest.param("select * from sales", {}, id="all columns"),
        pytest.param("select s.* from sales s", {}, id="all columns of one"),
        pytest.param("select x from one join two on one.id = two.id", {}, id="whose column"),
        pytest.param("select count(*) from sales", {}, id="no column at all"),
        pytest.param("delete from sales where x = 1", {}, id="no query and no database"),
        pytest.param("select from where", {}, id="no SQL"),
    ],
)
def test_tables_are_made_up_only_where_a_query_tells_all(
    query: str, tables: dict[str, str]
) -> None:
    made = load(SITE / "sis_migrate_tables.py").definitions(query)
    found = {name: sorted(_columns(statements[-1])) for name, statements in made.items()}
    assert found == {name: sorted(_columns(text)) for name, text in tables.items()}


def _columns(text: str) -> list[str]:
    return text.partition("(")[2].rpartition(")")[0].split(", ")


def test_databases_and_schemas_are_made_before_their_tables() -> None:
    made = load(SITE / "sis_migrate_tables.py").definitions("select a from d.s.t")["d.s.t"]
    assert [statement.split()[1] for statement in made] == ["DATABASE", "SCHEMA", "TABLE"]


@pytest.mark.parametrize(
    ("statement", "made"),
    [
        ("create schema if not exists d.s", ["DATABASE d"]),
        ("create table d.s.t (a int)", ["DATABASE d", "SCHEMA d.s"]),
        ("use database d", ["DATABASE d"]),
        ("use schema d.s", ["DATABASE d", "SCHEMA d.s"]),
        ("use warehouse w", []),
    ],
)
def test_other_statements_get_the_databases_and_schemas_that_they_name(
    statement: str, made: list[str]
) -> None:
    found = load(SITE / "sis_migrate_tables.py").definitions(statement).values()
    assert [s.replace("CREATE ", "").replace("IF NOT EXISTS ", "") for (s,) in found] == made


def test_a_table_made_up_before_gets_the_columns_of_a_later_query() -> None:
    module = load(SITE / "sis_migrate_tables.py")
    made = module.definitions("select a, sum(b) from t group by a")["t"]
    assert sorted(module.additions(made, "t")) == [
        "ALTER TABLE t ADD COLUMN IF NOT EXISTS a VARCHAR",
        "ALTER TABLE t ADD COLUMN IF NOT EXISTS b DOUBLE",
    ]


@pytest.mark.parametrize(
    ("statement", "run"),
    [
        ("ALTER SESSION SET QUERY_TAG = 'a'", "select 'Statement executed successfully.'"),
        ("select current_warehouse()", "select 'COMPUTE_WH'"),
        ("select a from current_sales", "select a from current_sales"),
    ],
)
def test_what_has_no_effect_in_the_emulator_is_answered(statement: str, run: str) -> None:
    assert load(PROGRAMS / "emulator.py")._rewritten(statement) == run


def test_what_takes_its_rows_of_a_made_up_table_is_as_empty(tmp_path: Path) -> None:
    log = tmp_path / "log"
    made = load(PROGRAMS / "emulator.py").Emulator(None, str(log), [])
    for table in ("d.s.SALES", '"My.Own"'):
        made._empty[load(PROGRAMS / "emulator.py")._last(table)] = table
    named = {
        "select a from sales_2": [],
        "select a from Sales": ["d.s.SALES"],
        "select 1": [],
        'select a from "MY.OWN" join d.s.sales on true': ['"My.Own"', "d.s.SALES"],
        "create or replace temporary table x.kept as\n select a from sales": ["d.s.SALES"],
        "insert into other select a from kept": ["d.s.SALES"],
        "select a from other": ["d.s.SALES"],
    }
    for statement, tables in named.items():
        log.write_text("")
        made._note_tables(statement)
        assert [json.loads(line)["table"] for line in log.read_text().splitlines()] == tables


@pytest.mark.parametrize(
    ("success", "data"),
    [
        pytest.param(
            True, {"token": "a", "sessionId": 7},
            id="what the emulator says itself counts more",
        ),
        pytest.param(False, None, id="nobody is logged in"),
    ],
)  # fmt: skip
def test_a_login_is_answered_as_the_newest_connector_wants_it(
    success: bool, data: dict[str, Any] | None
) -> None:
    module = load(PROGRAMS / "emulator.py")
    sent: list[dict[str, Any]] = []

    async def fakesnow(scope: Any, receive: Any, send: Any) -> None:
        assert json.loads((await receive())["body"]) == {"user": "me"}
        await module._answer(send, 200, {"success": success, "data": data})

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b'{"user": "me"}'}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "path": "/session/v1/login-request", "headers": []}
    asyncio.run(module.Emulator(fakesnow, "", [])(scope, receive, send))
    answer = json.loads(sent[1]["body"])
    assert answer["success"] is success
    assert answer["data"] == (data and {**module._LOGGED_IN, **data})
    assert {"sessionId", "masterToken", "validityInSeconds"} <= module._LOGGED_IN.keys()


def test_the_programs_know_what_the_stand_ins_are() -> None:
    native = load(PROGRAMS / "warehouse" / "_snowflake.py")
    assert native.SECRET == stand_ins.SECRET
    assert load(PROGRAMS / "emulator.py").MARK == emulator.MARK


@pytest.mark.parametrize(
    "port", [pytest.param(True, id="emulator"), pytest.param(False, id="account")]
)
def test_the_warehouses_requests_go_where_snowflake_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, port: bool
) -> None:
    connection = {"account": "a1", "token": "t1"}
    around = stand_ins.Surroundings(tmp_path, connection, 4000 if port else None, tmp_path)
    around.write()
    for name, value in around.environment(container=False).items():
        monkeypatch.setenv(name, value)
    asked: list[Request] = []

    def refuse(request: Request, timeout: float) -> None:
        asked.append(request)
        raise HTTPError(request.full_url, 401, "no", Message(), io.BytesIO(b"no token"))

    monkeypatch.setattr("urllib.request.urlopen", refuse)
    answer = load(PROGRAMS / "warehouse" / "_snowflake.py").send_snow_api_request("POST", "/api")
    assert answer == {"status": 401, "reason": "no", "content": "no token"}
    address = "http://127.0.0.1:4000/api" if port else "https://a1.snowflakecomputing.com/api"
    assert asked[0].full_url == address
    assert asked[0].get_header("Authorization") == "Bearer t1"


QUESTION = {"role": "user", "content": [{"type": "text", "text": "How much?"}]}


def test_cortex_analyst_answers_with_a_text_and_a_statement() -> None:
    rest = load(SITE / "sis_migrate_rest.py")
    asked = {"messages": [QUESTION], "semantic_model_file": "@models/sales.yaml"}
    status, kind, data = rest.answer(rest.ANALYST, json.dumps(asked).encode())
    message = json.loads(data)["message"]
    assert (status, kind, message["role"]) == (200, "application/json", "analyst")
    assert [part["type"] for part in message["content"]] == ["text", "sql"]


def test_cortex_analyst_streams_as_the_warehouse_hands_it_on() -> None:
    rest = load(SITE / "sis_migrate_rest.py")
    native = load(PROGRAMS / "warehouse" / "_snowflake.py")
    asked = {"messages": [QUESTION], "semantic_view": "sales", "stream": True}
    status, kind, data = rest.answer(rest.ANALYST, json.dumps(asked).encode())
    assert (status, kind) == (200, "text/event-stream")
    events = [native._event(block) for block in data.decode().split("\n\n") if block]
    parts = [e["data"] for e in events if e["event"] == "message.content.delta"]
    assert [part["type"] for part in parts] == ["text", "sql"]
    assert events[-1] == {"event": "done", "data": {}}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param(b"", "the body is no JSON", id="no JSON"),
        pytest.param(b"[]", "the last of `messages`", id="another value"),
        pytest.param(b'{"messages": []}', "the last of `messages`", id="no question"),
        pytest.param(
            b'{"messages": [{"role": "analyst", "content": [{}]}]}',
            "the last of `messages`",
            id="an answer last",
        ),
        pytest.param(
            json.dumps({"messages": [QUESTION]}).encode(), "no semantic model", id="no model"
        ),
    ],
)
def test_cortex_analyst_says_what_is_wrong_with_a_request(body: bytes, message: str) -> None:
    rest = load(SITE / "sis_migrate_rest.py")
    status, _, data = rest.answer(rest.ANALYST, body)
    assert status == 400
    assert message in json.loads(data)["message"]


LATER_AGENT = "/api/v2/databases/d/schemas/s/agents/a:run"


@pytest.mark.parametrize(
    ("path", "more", "kinds"),
    [
        pytest.param(
            "/api/v2/cortex/agent:run", {"model": "m"}, ["message.delta", "done"], id="first form"
        ),
        pytest.param(
            "/api/v2/cortex/agent:run", {"models": {"orchestration": "m"}},
            ["response.status", "response.text.delta", "response.text", "response"],
            id="later form",
        ),
        pytest.param(
            LATER_AGENT, {},
            ["response.status", "response.text.delta", "response.text", "response"],
            id="an agent that is an object",
        ),
    ],
)  # fmt: skip
def test_cortex_agents_answer_with_events(
    path: str, more: dict[str, Any], kinds: list[str]
) -> None:
    rest = load(SITE / "sis_migrate_rest.py")
    native = load(PROGRAMS / "warehouse" / "_snowflake.py")
    status, kind, data = rest.answer(path, json.dumps({"messages": [QUESTION], **more}).encode())
    assert (status, kind) == (200, "text/event-stream")
    events = [native._event(block) for block in data.decode().split("\n\n") if block]
    assert [event["event"] for event in events] == kinds
    first = next(e["data"] for e in events if e["event"].endswith(".delta"))
    text = first["text"] if "text" in first else first["delta"]["content"][0]["text"]
    assert text == rest.TEXT
    assert kinds[-1] != "done" or events[-1]["data"] == "[DONE]"


def test_cortex_agents_answer_at_once_where_no_stream_is_asked_for() -> None:
    rest = load(SITE / "sis_migrate_rest.py")
    asked = {"messages": [QUESTION], "stream": False}
    status, kind, data = rest.answer(LATER_AGENT, json.dumps(asked).encode())
    assert (status, kind) == (200, "application/json")
    assert json.loads(data)["content"][0]["text"] == rest.TEXT
    assert rest.answer(LATER_AGENT, b"{}")[0] == 400


def test_a_model_answers_in_parts_where_a_stream_is_asked_for() -> None:
    rest = load(SITE / "sis_migrate_rest.py")
    status, kind, data = rest.answer(rest.INFERENCE, b'{"model": "m", "stream": true}')
    assert (status, kind) == (200, "text/event-stream")
    parts = [json.loads(part.removeprefix("data: ")) for part in data.decode().split("\n\n")[:-1]]
    assert len(parts) > 1
    assert "".join(part["choices"][0]["delta"]["content"] for part in parts) == rest.TEXT
    assert rest.answer(rest.INFERENCE, b"no JSON")[1] == "application/json"


SESSIONS = """
class Session:
    def send(self, request, **keywords): print(request.url, keywords)
"""


@pytest.mark.parametrize(
    ("port", "address", "asked"),
    [
        ("4000", "https://127.0.0.1/api/v2/a?b=1", "http://127.0.0.1:4000/api/v2/a?b=1"),
        ("4000", "https://127.0.0.1:443/api", "http://127.0.0.1:4000/api"),
        ("4000", "https://127.0.0.1:8443/api", "https://127.0.0.1:8443/api"),
        ("4000", "https://example.com/api", "https://example.com/api"),
        ("", "https://127.0.0.1/api", "https://127.0.0.1/api"),
    ],
)
@pytest.mark.parametrize("package", ["requests", "snowflake.connector.vendored.requests"])
def test_the_accounts_host_is_asked_where_the_emulator_is(
    tmp_path: Path, package: str, port: str, address: str, asked: str
) -> None:
    folder = tmp_path.joinpath(*package.split("."))
    folder.mkdir(parents=True)
    (folder / "sessions.py").write_text(SESSIONS)
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        f"from types import SimpleNamespace\nfrom {package}.sessions import Session\n"
        f"Session().send(SimpleNamespace(url={address!r}), timeout=1)"
    )
    told = python(code, tmp_path, SNOWFLAKE_HOST="127.0.0.1", SNOWFLAKE_PORT=port)
    assert told == f"{asked} {{'timeout': 1}}"


def test_an_app_may_be_without_requests(tmp_path: Path) -> None:
    code = "import sys; sys.path[:] = [p for p in sys.path if 'site-packages' not in p]\n"
    code += "try: import requests.sessions\nexcept ImportError as error: print(error)"
    told = python(code, tmp_path, SNOWFLAKE_HOST="127.0.0.1", SNOWFLAKE_PORT="4000")
    assert told == "No module named 'requests'"


@pytest.mark.parametrize(
    ("port", "said"),
    [
        ("4000", "migrate verify refuses to connect to the account itself (port 443)"),
        ("", "Connection refused"),
    ],
)
def test_the_account_is_not_where_an_app_looks_for_it(tmp_path: Path, port: str, said: str) -> None:
    log = tmp_path / "refused.txt"
    printed = python(
        TRY.format("socket.create_connection(('127.0.0.1', 443), 5)"),
        tmp_path,
        SIS_MIGRATE_VERIFY_NETWORK="loopback",
        SIS_MIGRATE_VERIFY_REFUSED=str(log),
        SNOWFLAKE_HOST="127.0.0.1",
        SNOWFLAKE_PORT=port,
    )
    assert said in printed
    assert log.exists() is bool(port)


def test_the_rest_api_takes_the_token_of_a_session(monkeypatch: pytest.MonkeyPatch) -> None:
    module = load(PROGRAMS / "emulator.py")
    monkeypatch.setitem(sys.modules, "fakesnow.server", SimpleNamespace(sessions={"known": None}))
    assert module._is_session(b'Snowflake Token="known"')
    assert not module._is_session(b'Snowflake Token="unknown"')
    assert not module._is_session(b"")


def test_other_paths_of_the_rest_api_have_a_fixed_text() -> None:
    rest = load(SITE / "sis_migrate_rest.py")
    status, _, data = rest.answer("/api/v2/cortex/inference:complete", b"{}")
    assert status == 200
    assert json.loads(data)["choices"][0]["message"]["content"] == rest.TEXT


MANAGERS = """
class BidiComponentManager:
    def __init__(self): self.known = []
    def discover_and_register_components(self, *, start_file_watching): self.known.append("grid")
"""
GETTER = """
from .component_manager import BidiComponentManager
def get_bidi_component_manager(): return BidiComponentManager()
"""


@pytest.mark.parametrize(
    ("managers", "known"),
    [
        pytest.param(MANAGERS, "['grid']", id="as in a server"),
        pytest.param(MANAGERS.replace("*, start_file_watching", ""), "[]", id="another Streamlit"),
    ],
)
def test_components_of_packages_are_known_without_a_server(
    tmp_path: Path, managers: str, known: str
) -> None:
    package = tmp_path / "streamlit" / "components" / "v2"
    package.mkdir(parents=True)
    (package / "component_manager.py").write_text(managers)
    (package / "get_bidi_component_manager.py").write_text(GETTER)
    getter = "from streamlit.components.v2.get_bidi_component_manager import *\n"
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{getter}import sis_migrate_inside\n"
        f"sis_migrate_inside.register_components()\n{getter}"
        "print(get_bidi_component_manager().known)\n"
    )
    assert python(code, tmp_path).strip() == known


def test_components_need_a_streamlit_that_has_them(tmp_path: Path) -> None:
    code = "import sis_migrate_inside\nprint(sis_migrate_inside.register_components())\n"
    assert python(code, tmp_path).strip() == "None"


VERSION = """
import random
CHECK_PYPI_PROBABILITY = 1
def should_show_new_version_notice(): return random.random() < CHECK_PYPI_PROBABILITY
"""


@pytest.mark.parametrize(
    "version",
    [
        pytest.param(VERSION, id="one that asks"),
        pytest.param("def should_show_new_version_notice(): return False", id="one that does not"),
    ],
)
def test_streamlit_does_not_ask_whether_there_is_a_newer_one(tmp_path: Path, version: str) -> None:
    (tmp_path / "streamlit").mkdir()
    (tmp_path / "streamlit" / "version.py").write_text(version)
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "import sis_migrate_inside\nsis_migrate_inside.contact_nobody()\n"
        "from streamlit.version import should_show_new_version_notice\n"
        "print(should_show_new_version_notice())\n"
    )
    assert python(code, tmp_path) == "False"


@pytest.mark.parametrize(
    ("client", "email"),
    [
        pytest.param(
            SimpleNamespace(request=SimpleNamespace(headers={"Sis-Migrate-Viewer": "7"})),
            "viewer7@example.com",
            id="a request",
        ),
        pytest.param(
            SimpleNamespace(client_context=SimpleNamespace(headers=[("sis-migrate-viewer", "8")])),
            "viewer8@example.com",
            id="no request",
        ),
        pytest.param(None, "viewer@example.com", id="a viewer who has gone"),
    ],
)
def test_the_app_is_told_who_the_viewer_is(
    monkeypatch: pytest.MonkeyPatch, client: Any, email: str
) -> None:
    context = SimpleNamespace(session_id="s")
    info = SimpleNamespace(_get_user_info=dict)
    modules = {
        "streamlit.runtime.scriptrunner": SimpleNamespace(get_script_run_ctx=lambda: context),
        "streamlit.runtime": SimpleNamespace(
            get_instance=lambda: SimpleNamespace(get_client={"s": client}.get)
        ),
        "streamlit.user_info": info,
    }
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    inside = load(SITE / "sis_migrate_inside.py")
    inside.stand_in_user()
    assert info._get_user_info()["email"] == email
