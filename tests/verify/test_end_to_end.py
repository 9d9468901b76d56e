"""Small apps, each with one thing the matter, in real environments made by uv.

The first run installs some 600 MB into the cache for environments; later ones take about a minute
and a half.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from sis_migrate.verify.environments import Environment, Environments
from sis_migrate.verify.limits import Limits
from sis_migrate.verify.run import Choices, Subject, verify
from sis_migrate.verify.server import Place, Server
from sis_migrate.verify.stand_ins import SECRET, Surroundings
from sis_migrate.verify.verdicts import Kind, Stage, StageResult, Verdict
from verify.real_environments import require

pytestmark = [
    pytest.mark.needs_uv,
    pytest.mark.needs_streamlit,
    pytest.mark.skipif(os.name == "nt", reason="process groups are POSIX's"),
]

PACKAGES = ("streamlit[snowflake]==1.55.0",)
EXAMPLE = Path(__file__).parents[2] / "examples" / "sales_dashboard"
SEED = "create table sales (region varchar, amount int); insert into sales values ('North', 7);"

Check = Callable[..., StageResult]


@pytest.fixture(scope="module")
def environments(environments: Environments) -> Environments:
    """Environments with what these apps need; a skip where there is no network."""
    require(environments, PACKAGES)
    return environments


@pytest.fixture
def check(tmp_path: Path, environments: Environments) -> Check:
    """Run one stage of an app and give its result."""

    def run(
        stage: Stage,
        code: str,
        *,
        kind: Kind = Kind.MIGRATED,
        files: dict[str, str] | None = None,
        limits: Limits | None = None,
        packages: Sequence[str] = PACKAGES,
    ) -> StageResult:
        root = tmp_path / "app"
        for name, text in {"app.py": code, **(files or {})}.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        seed = tmp_path / "seed.sql"
        seed.write_text(SEED)
        wanted = (Stage.VIEWER, Stage.VIEWERS) if stage is Stage.VIEWERS else (stage,)
        choices = Choices(wanted, reruns=2, limits=limits or Limits(seconds=40), seed=seed)
        scripts = [Path("app.py"), *(Path(n) for n in files or {} if n.startswith("pages/"))]
        subject = Subject(kind, root, Path("app.py"), tuple(scripts), (Path(),), (tuple(packages),))
        result = verify("app", "APP", (subject,), environments, choices, lambda _: None)
        return result.subjects[0].stages[-1]

    return run


GOOD = """
import os
import streamlit as st

st.title("Sales")
session = st.connection("snowflake").session()
rows = session.sql("select region, amount from sales").collect()
st.write(rows[0]["REGION"], rows[0]["AMOUNT"])
st.write(st.secrets["api_key"], st.user.email)
"""
PAGE = """
import streamlit as st
st.dataframe(st.connection("snowflake").query("select region, sum(amount) s from sales group by 1"))
"""


def test_a_good_app_serves_several_viewers_on_every_page(check: Check) -> None:
    files = {"pages/1_By_region.py": PAGE, ".streamlit/config.toml": "[server]\nport = 1\n"}
    result = check(Stage.VIEWERS, GOOD, files=files)
    assert result.verdict is Verdict.PASSED, result
    assert result.line.startswith("3 viewers, 15 runs without an error")
    assert result.measured["sessions_per_run"] > 0


FIRST = "import snowflake.snowpark\n"


@pytest.mark.parametrize(
    ("first", "verdict"),
    [
        pytest.param("", Verdict.FAILED, id="different parts"),
        pytest.param(FIRST, Verdict.PASSED, id="the whole"),
    ],
)
def test_pages_opened_at_once_import_snowpark(check: Check, first: str, verdict: Verdict) -> None:
    page = f"{first}import streamlit as st\nfrom snowflake.snowpark.functions import col\n"
    result = check(Stage.VIEWERS, first + GOOD, files={"pages/1_Other.py": page})
    assert result.verdict is verdict, result
    if not first:
        assert "two pages that begin with different parts of Snowpark" in result.line


def test_what_a_container_has_beside_the_app_is_there(check: Check) -> None:
    code = """
import json, os, urllib.request
import streamlit as st
token = open("/snowflake/session/token").read()
host, port = os.environ["SNOWFLAKE_HOST"], os.environ["SNOWFLAKE_PORT"]
path = "/api/v2/cortex/analyst/message"
question = {"role": "user", "content": [{"type": "text", "text": "How much?"}]}
body = json.dumps({"messages": [question], "semantic_view": "sales"}).encode()
request = urllib.request.Request(f"http://{host}:{port}{path}", body, method="POST")
request.add_header("Authorization", f"Bearer {token}")
with urllib.request.urlopen(request) as response:
    text, query = json.load(response)["message"]["content"]
session = st.connection("snowflake").session()
st.write(text["text"], session.sql(query["statement"]).collect()[0]["ANSWER"])
"""
    result = check(Stage.VIEWER, code)
    assert result.verdict is Verdict.PASSED, result


ACTIVE = """
import streamlit as st
from snowflake.snowpark.context import get_active_session
st.write(get_active_session().sql("select region from sales").collect())
"""


def test_an_active_session_is_there_on_a_warehouse_only(check: Check) -> None:
    assert check(Stage.VIEWER, ACTIVE, kind=Kind.WAREHOUSE).verdict is Verdict.PASSED
    result = check(Stage.VIEWER, ACTIVE, kind=Kind.CONTAINER)
    assert result.verdict is Verdict.FAILED
    assert "No default Session is found" in result.line


NATIVE = """
import json, _snowflake
import streamlit as st
login = _snowflake.get_username_password("crm")
st.write(login.username, _snowflake.get_generic_secret_string("api_key"))
question = {"role": "user", "content": [{"type": "text", "text": "How much?"}]}
path, body = "/api/v2/cortex/agent:run", {"model": "m", "messages": [question]}
answer = _snowflake.send_snow_api_request("POST", path, {}, {}, body, None, 30_000)
for event in json.loads(answer["content"]):
    if event["event"] == "message.delta":
        st.write(event["data"]["delta"]["content"][0]["text"])
"""
MIGRATED = """
import json, os, urllib.request
import streamlit as st
login = st.secrets["crm"]
st.write(login.username, st.secrets["api_key"])
question = {"role": "user", "content": [{"type": "text", "text": "How much?"}]}
body = json.dumps({"models": {}, "messages": [question]}).encode()
address = "http://{SNOWFLAKE_HOST}:{SNOWFLAKE_PORT}/api/v2/cortex/agent:run".format(**os.environ)
request = urllib.request.Request(address, body, method="POST")
request.add_header("Authorization", "Bearer " + open("/snowflake/session/token").read())
for line in urllib.request.urlopen(request).read().decode().splitlines():
    if line.startswith('data: {"content_index"'):
        st.write(json.loads(line.removeprefix("data: "))["text"])
"""


@pytest.mark.parametrize(("kind", "code"), [(Kind.WAREHOUSE, NATIVE), (Kind.MIGRATED, MIGRATED)])
def test_secrets_and_an_agent_are_there_before_and_after(
    check: Check, kind: Kind, code: str
) -> None:
    result = check(Stage.VIEWER, code, kind=kind)
    assert result.verdict is Verdict.PASSED, result


@pytest.mark.parametrize(
    ("code", "line"),
    [
        pytest.param(
            "import streamlit as st\nst.write(nobody)", "app.py:2: NameError", id="a name"
        ),
        pytest.param("def (", "SyntaxError", id="a script that does not parse"),
        pytest.param("import os; os._exit(3)", "the server ended (exit code 3)", id="it exits"),
    ],
)
def test_a_broken_app_fails_in_one_clear_line(check: Check, code: str, line: str) -> None:
    result = check(Stage.VIEWER, code)
    assert result.verdict is Verdict.FAILED
    assert line in result.line


@pytest.mark.parametrize(
    ("code", "limits", "line"),
    [
        pytest.param(
            "import time\nwhile True: time.sleep(1)",
            Limits(seconds=5),
            "the first page: it did not finish within 5 s",
            id="hangs",
        ),
        pytest.param(
            "import subprocess, time\nwhile True: subprocess.Popen(['sleep', '99'])",
            Limits(seconds=20, processes=30),
            "it started more than 30 processes",
            id="forks",
        ),
        pytest.param(
            "while True: print('x' * 10_000)",
            Limits(seconds=20, output_mb=2),
            "it printed more than 2 MB",
            id="prints without end",
        ),
        pytest.param(
            "kept = bytearray(900_000_000)\nimport time\ntime.sleep(20)",
            Limits(seconds=20, memory_mb=800),
            "it took more than 800 MB of memory",
            id="takes all memory",
        ),
    ],
)
def test_an_app_without_limits_is_stopped_at_ours(
    check: Check, code: str, limits: Limits, line: str
) -> None:
    start = time.monotonic()
    result = check(Stage.VIEWER, code, limits=limits)
    assert result.verdict is Verdict.FAILED
    assert line in result.line
    assert time.monotonic() - start < 60


def test_a_missing_package_is_told_with_its_place(check: Check) -> None:
    result = check(Stage.IMPORT, "import streamlit\nimport no_such_package")
    assert result.verdict is Verdict.FAILED
    assert result.line.startswith("app.py:2: import no_such_package: ModuleNotFoundError")


def test_a_removed_api_is_told_with_its_place(check: Check) -> None:
    code = "import streamlit as st\nif st.button('x'):\n    st.experimental_rerun()"
    result = check(Stage.IMPORT, code)
    assert result.line == "app.py:3: streamlit has no experimental_rerun"


def test_an_import_that_hangs_is_told_by_its_name(check: Check) -> None:
    files = {"slow.py": "import time; time.sleep(60)"}
    result = check(Stage.IMPORT, "import slow", files=files, limits=Limits(seconds=4))
    assert result.line == "import slow: it did not finish within 4 s"


def test_packages_that_cannot_be_had_are_a_failed_installation(check: Check) -> None:
    result = check(Stage.INSTALL, "", packages=["streamlit==0.0.1"])
    assert result.verdict is Verdict.FAILED
    assert "streamlit" in result.line


def test_what_the_emulator_cannot_do_is_not_the_apps_fault(check: Check) -> None:
    code = """
import streamlit as st
try:
    roles = st.connection("snowflake").session().sql("show roles").collect()
except Exception:
    st.warning("no roles")
"""
    result = check(Stage.VIEWER, code)
    assert result.verdict is Verdict.NOT_CHECKED
    assert "show roles" in result.line


def test_an_error_box_is_not_passed_where_nobody_looked_at_the_original(check: Check) -> None:
    code = "import streamlit as st\nst.error('Failed to load: no such module')\nst.stop()"
    result = check(Stage.VIEWERS, code)
    assert result.verdict is Verdict.NOT_CHECKED
    assert result.line.startswith("the first page: error box: Failed to load: no such module (")


def test_the_users_own_secrets_are_not_shown(check: Check) -> None:
    files = {
        ".streamlit/secrets.toml": "one = 'real'",
        ".streamlit/config.toml": "[secrets]\nfiles = ['my.toml']",
        "my.toml": "two = 'real'",
    }
    code = "import streamlit as st\nst.error(f\"it is {st.secrets['one']}, {st.secrets['two']}\")"
    result = check(Stage.VIEWER, code, files=files)
    line = f"the first page: error box: it is {SECRET}, {SECRET} (it takes a secret for what our"
    assert result.line.startswith(line)


def test_what_streamlit_itself_warns_of_is_not_shown(check: Check) -> None:
    code = """
import streamlit as st
st.dataframe({"a": [1]}, use_container_width=True)
st.warning("only the app's own")
"""
    result = check(Stage.VIEWER, code)
    assert result.verdict is Verdict.PASSED
    assert result.line.endswith("; it shows the first page: warning box: only the app's own")


def test_the_newest_connector_alone_reaches_the_emulator(check: Check) -> None:
    code = """
import streamlit as st
rows = st.connection("snowflake").raw_connection.cursor().execute("select amount from sales")
st.write(rows.fetchall())
"""
    result = check(
        Stage.VIEWERS, code, packages=["streamlit==1.55.0", "snowflake-connector-python>=5"]
    )
    assert result.verdict is Verdict.PASSED, result


def test_another_machine_is_not_contacted(check: Check) -> None:
    code = "import urllib.request\nurllib.request.urlopen('https://api.example.com')"
    result = check(Stage.VIEWER, code)
    assert result.verdict is Verdict.NOT_CHECKED
    assert "it needs api.example.com, and only this machine is contacted" in result.line


SESSION = """
import os
import streamlit as st
CONTAINER = os.path.exists("/snowflake/session/token")
if CONTAINER:
    session = st.connection("snowflake").session()
else:
    from snowflake.snowpark.context import get_active_session
    session = get_active_session()
rows = session.sql("select region, amount from {}").collect()
"""
REGRESSION = (
    SESSION.format("orders")
    + """
if CONTAINER:
    raise RuntimeError("breaks only in a container")
"""
)
UNBOUND = (
    SESSION.format("stock")
    + """
for row in rows:
    best = row[0]
st.write("best region " + best)
"""
)


def test_what_an_empty_table_has_to_do_with_an_error(
    tmp_path: Path, environments: Environments
) -> None:
    page = Path("pages/1_Best.py")
    (tmp_path / page).parent.mkdir()
    (tmp_path / page).write_text(UNBOUND)
    (tmp_path / "app.py").write_text(REGRESSION)
    script = Path("app.py")
    subjects = [
        Subject(kind, tmp_path, script, (script, page), (Path(),), (PACKAGES,))
        for kind in (Kind.WAREHOUSE, Kind.MIGRATED)
    ]
    choices = Choices((Stage.VIEWER,), reruns=1)
    result = verify("app", "APP", subjects, environments, choices, lambda _: None)
    (before,), (after,) = (subject.stages for subject in result.subjects)
    empty = "NameError: name 'best' is not defined (it may come of empty tables (stock): give rows"
    assert before.verdict is Verdict.NOT_CHECKED, before
    assert empty in before.line
    assert after.verdict is Verdict.FAILED, after
    assert after.line.endswith("RuntimeError: breaks only in a container")
    assert [empty in line for line in after.details] == [True]


def test_a_page_that_refreshes_itself_is_left_as_shown(
    tmp_path: Path, environments: Environments
) -> None:
    root = tmp_path / "app"
    (root / "pages").mkdir(parents=True)
    start = "import time\nimport streamlit as st\n"
    (root / "app.py").write_text(f"{start}st.write('now')\ntime.sleep(5.1)\nst.rerun()\n")
    once = "if 'x' not in st.session_state:\n    st.session_state.x = 1\n    st.rerun()\n"
    (root / "pages" / "1_Once.py").write_text(f"{start}{once}st.write('done')\n")
    made = environments.make(PACKAGES)
    assert isinstance(made, Environment)
    around = Surroundings(tmp_path, {}, None, tmp_path / "caches")
    around.write()
    environment = around.environment(container=True)
    place = Place(root, root / "app.py", made.python, environment, False, Limits(seconds=40))
    with Server(place, tmp_path) as server:
        visit = server.visit(1, 2)
    shown = [(run.page, run.state, list(run.elements.values())) for run in visit.runs]
    done = ("Once", "finished", [("markdown", "done")])
    assert shown == [("", "again", [("markdown", "now")]), done, done]


BY_ITS_HOST = """
import json, os, requests
import snowflake.connector
import streamlit as st
there = st.connection("snowflake").session().connection
answer = requests.post(
    f"https://{there.host}/api/v2/cortex/inference:complete",
    json={"model": "m", "messages": [{"content": "hello"}], "stream": True},
    headers={"Authorization": f'Snowflake Token="{there.rest.token}"'},
    stream=True,
)
parts = [json.loads(line[6:]) for line in answer.iter_lines() if line]
st.error("".join(part["choices"][0]["delta"]["content"] for part in parts))
with open("/snowflake/session/token") as file:
    token = file.read()
host, account = os.environ["SNOWFLAKE_HOST"], os.environ["SNOWFLAKE_ACCOUNT"]
own = snowflake.connector.connect(host=host, account=account, token=token, authenticator="oauth")
st.error(own.cursor().execute("select 7").fetchone()[0])
"""


def test_the_account_is_found_by_its_host_alone(check: Check) -> None:
    result = check(Stage.VIEWER, BY_ITS_HOST)
    shown = [line.partition(" (")[0] for line in (result.line, *result.details)]
    boxes = ["An answer of the stand-in.", "7"]
    assert shown == [f"the first page: error box: {box}" for box in boxes], result


def test_what_only_several_viewers_see_is_a_failure(check: Check) -> None:
    files = {"shared.py": "inside = []"}
    code = """
import time
import streamlit as st
import shared
shared.inside.append(1)
time.sleep(0.5)
st.write(f"{len(shared.inside)} inside")
shared.inside.pop()
"""
    result = check(Stage.VIEWERS, code, files=files)
    assert result.verdict is Verdict.FAILED
    assert "where one viewer alone is shown 1 inside" in result.line


def test_what_pages_that_are_opened_at_once_leave_to_each_other_is_a_failure(check: Check) -> None:
    page = """
import time
import streamlit as st
import shared
shared.now["page"] = "{}"
time.sleep(0.5)
st.write("You are on " + shared.now["page"])
"""
    files = {"shared.py": "now = {}", "pages/1_Two.py": page.format("two")}
    result = check(Stage.VIEWERS, page.format("start"), files=files)
    assert result.verdict is Verdict.FAILED
    assert "is shown You are on " in result.line
    assert "where one viewer alone is shown You are on " in result.line


def test_a_name_that_a_cache_keeps_for_all_is_a_failure(check: Check) -> None:
    code = """
import streamlit as st

@st.cache_data
def who():
    return st.user.email

st.button("Orders of " + who())
"""
    result = check(Stage.VIEWERS, code)
    assert result.verdict is Verdict.FAILED
    assert "is shown Orders of viewer1" in result.line
    assert "where one viewer alone is shown Orders of viewer@example.com" in result.line


def test_chance_and_time_are_no_failure(check: Check) -> None:
    code = """
import random, time
import streamlit as st
start = time.time()
st.connection("snowflake").session().sql("select amount from sales").collect()
st.write("Tip of the day: " + random.choice(["use filters", "export as CSV"]))
st.caption(f"Query took {time.time() - start:.1f} s")
"""
    result = check(Stage.VIEWERS, code)
    assert result.verdict is Verdict.PASSED, result


def test_the_example_fails_before_its_migration_and_passes_after_it(
    tmp_path: Path, environments: Environments
) -> None:
    from sis_migrate.model import Settings
    from sis_migrate.pipeline import plan
    from sis_migrate.verification import subjects

    (app,) = plan([EXAMPLE / "before"], Settings(streamlit="1.55")).apps
    wanted = tuple(
        replace(s, attempts=(PACKAGES,)) if s.kind is Kind.CONTAINER else s
        for s in subjects(app)
        if s.kind is not Kind.WAREHOUSE
    )
    asked = (Stage.IMPORT, Stage.VIEWER, Stage.VIEWERS)
    choices = Choices(asked, reruns=2, seed=EXAMPLE / "seed.sql")
    result = verify("app", "SALES", wanted, environments, choices, lambda _: None)
    before, after = result.subjects
    assert before.verdict(Stage.IMPORT) is Verdict.FAILED
    assert before.verdict(Stage.VIEWER) is Verdict.FAILED
    assert result.clean, after


def test_ctrl_c_ends_everything_that_was_started(
    tmp_path: Path, environments: Environments
) -> None:
    root = tmp_path / "app"
    root.mkdir()
    told = tmp_path / "pid"
    (root / "app.py").write_text(
        "import os, subprocess, time\n"
        "import streamlit as st\n"
        "from snowflake.snowpark.context import get_active_session\n"
        "child = subprocess.Popen(['sleep', '600'], start_new_session=True)\n"
        f"with open({str(told)!r}, 'w') as file:\n"
        "    file.write(f'{os.getpid()} {child.pid}')\n"
        "time.sleep(600)\n"
    )
    (root / "snowflake.yml").write_text(
        "definition_version: 2\nentities:\n  app:\n    type: streamlit\n    main_file: app.py\n"
    )
    (root / "requirements.txt").write_text("\n".join(PACKAGES))
    # What a shell starts in the background ignores Ctrl-C, and so does all that it starts.
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from sis_migrate.cli import main; main()"
    )
    command = [
        sys.executable, "-c", code, "verify", str(root), "--no-before", "--stages", "viewer",
        "--cache-dir", str(environments.cache),
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as program:
        deadline = time.monotonic() + 240
        while not told.exists() and time.monotonic() < deadline and program.poll() is None:
            time.sleep(0.1)
        time.sleep(0.2)
        program.send_signal(signal.SIGINT)
        _, errors = program.communicate(timeout=240)  # a busy machine is slow
    assert program.returncode == 2, errors
    assert b"interrupted" in errors
    assert not any(_is_alive(int(pid)) for pid in told.read_text().split())


def _is_alive(pid: int) -> bool:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        stat = Path(f"/proc/{pid}/stat")
        if stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z":
            return False
        time.sleep(0.05)
    return True
