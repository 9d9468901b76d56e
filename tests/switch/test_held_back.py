"""What keeps an app from being switched, and what does not."""

from __future__ import annotations

import pytest

from sis_codemods.dependencies import environment_yml
from sis_codemods.private import import_guards
from sis_codemods.session import active_session
from sis_codemods.switch import create_streamlit, new_project_file, project_file, switch_steps
from sis_migrate.model import Runtime, Settings, Status
from switch_case import Outcome, run

PROJECT = """\
definition_version: 2
entities:
  sales:
    type: streamlit
    main_file: streamlit_app.py
    artifacts:
      - streamlit_app.py
      - environment.yml
      - requirements.txt
"""
SCRIPT = "CREATE STREAMLIT sales FROM '@s/x' MAIN_FILE = 'streamlit_app.py';\n"
ENVIRONMENT = "name: x\nchannels: [snowflake]\ndependencies:\n  - streamlit=1.35.0\n"
IMPORT = "from snowflake.snowpark.context import get_active_session\n"
HANDED_ON = f"{IMPORT}makers = {{'x': get_active_session}}\n"
HASHED = f"streamlit==1.40.0 --hash=sha256:{'a' * 64}\n"
OLD = "held back: requirements.txt has Streamlit ==1.40.0, which no container runs"
WHEEL = "streamlit-1-py3-none-any.whl"
UNWRITTEN = "held back: no dependency file could be written, see SIS201"
CODEMODS = (
    active_session.codemod,
    import_guards.codemod,
    environment_yml.codemod,
    project_file.codemod,
    create_streamlit.codemod,
)
LISTS = '[project]\nname = "x"\nversion = "1"\ndependencies = ["streamlit"]\n'
HELD = [
    pytest.param(
        {"streamlit_app.py": HANDED_ON},
        "held back: streamlit_app.py:2 keeps get_active_session",
        id="a session call that stays",
    ),
    pytest.param(
        {"streamlit_app.py": "import lib\n", "lib.py": "import _snowflake\n_snowflake.new()\n"},
        "held back: lib.py:1 keeps import _snowflake",
        id="an import that fails",
    ),
    pytest.param({"requirements.txt": HASHED}, OLD, id="hashes of an old Streamlit"),
    pytest.param(
        {"requirements.txt": "streamlit\n-c limits.txt\n", "limits.txt": "streamlit==1.40.0\n"},
        OLD.replace("==1.40.0", ">=1.55,<1.68,==1.40.0"),
        id="an old Streamlit by a constraint",
    ),
    pytest.param({"environment.yml": "a:\n - b\n- : [\n"}, UNWRITTEN, id="environment unreadable"),
    pytest.param(
        {
            "requirements.txt": "streamlit\n",
            "pyproject.toml": LISTS,
            "snowflake.yml": PROJECT + "      - pyproject.toml\n",
        },
        UNWRITTEN,
        id="two files to choose from",
    ),
    pytest.param(
        {"requirements.txt": "streamlit==1.60\n-r more.txt\n"},
        "held back: '-r more.txt' in requirements.txt stops the installation: "
        "there is no such file",
        id="a list that is not there",
    ),
    pytest.param(
        {"requirements.txt": "streamlit==1.60\n-r https://me:pw@example.com/a.txt\n"},
        "held back: '-r https://****@example.com/a.txt' in requirements.txt stops the "
        "installation: the container reaches an address only by an integration",
        id="a list at an address",
    ),
    pytest.param(
        {"streamlit_app.py": HANDED_ON, "requirements.txt": HASHED},
        "held back: streamlit_app.py:2 keeps get_active_session; " + OLD[11:],
        id="two reasons",
    ),
]


def migrated(files: dict[str, str]) -> Outcome:
    every = {"environment.yml": ENVIRONMENT, "snowflake.yml": PROJECT, "a.sql": SCRIPT, **files}
    return run(every, *CODEMODS)


@pytest.mark.parametrize(("files", "why"), HELD)
def test_held_back(files: dict[str, str], why: str) -> None:
    result = migrated(files)
    assert result.texts["snowflake.yml"] == files.get("snowflake.yml", PROJECT)
    assert result.texts["a.sql"] == SCRIPT
    said = {f.code: f for f in result.findings if f.code in {"SIS701", "SIS711"}}
    assert {code: f.message for code, f in said.items()} == {"SIS701": why, "SIS711": why}
    assert {f.status for f in said.values()} == {Status.MANUAL}


SWITCHED = [
    pytest.param({}, id="nothing against it"),
    pytest.param({"streamlit_app.py": f"{IMPORT}get_active_session()\n"}, id="a call that goes"),
    pytest.param(
        {"streamlit_app.py": HANDED_ON.replace("}\n", "}  # migrate: ignore[SIS101]\n")},
        id="a place that is ignored",
    ),
    pytest.param(
        {"tool.py": f"{IMPORT}get_active_session()\n"}, id="a file that no script imports"
    ),
    pytest.param(
        {"streamlit_app.py": "try:\n    import _snowflake\nexcept ImportError:\n    raise\n"},
        id="an import of which nothing is used",
    ),
    pytest.param(
        {"streamlit_app.py": "def f():\n    import _snowflake\n    _snowflake.new()\n"},
        id="an import that does not run at the start",
    ),
    pytest.param(
        {"requirements.txt": f"streamlit @ file:./{WHEEL}\n", WHEEL: ""},
        id="a Streamlit of unknown age",
    ),
    pytest.param({"requirements.txt": "streamlit==1.40.0\n"}, id="a Streamlit that is raised"),
]


@pytest.mark.parametrize("files", SWITCHED)
def test_switched(files: dict[str, str]) -> None:
    result = migrated(files)
    assert "runtime_name: SYSTEM$ST_CONTAINER" in (result.texts["snowflake.yml"] or "")
    assert "RUNTIME_NAME" in (result.texts["a.sql"] or "")


def test_an_app_that_is_configured_for_containers_is_not_concerned() -> None:
    text = PROJECT + "    runtime_name: SYSTEM$ST_CONTAINER_RUNTIME_PY3_11\n    compute_pool: P\n"
    files = {"snowflake.yml": text, "streamlit_app.py": HANDED_ON}
    result = run(files, *CODEMODS, runtime=Runtime.CONTAINER)
    assert not [f for f in result.findings if f.code == "SIS701"]


def test_a_new_project_file_has_no_runtime_yet() -> None:
    codemods = (active_session.codemod, new_project_file.codemod)
    files = {"streamlit_app.py": HANDED_ON}
    result = run(files, *codemods, settings=Settings(project_file=True))
    assert "runtime_name" not in (result.texts["snowflake.yml"] or "")
    assert [f.status for f in result.findings if "no runtime_name" in f.message] == [Status.MANUAL]
    stays = Settings(project_file=True, runtime="warehouse")
    result = run(files, *codemods, settings=stays)
    assert "runtime_name: SYSTEM$WAREHOUSE" in (result.texts["snowflake.yml"] or "")
    assert not [f for f in result.findings if "no runtime_name" in f.message]


def test_the_steps_say_it_too() -> None:
    codemods = (active_session.codemod, switch_steps.codemod)
    result = run({"streamlit_app.py": HANDED_ON}, *codemods)
    assert "Not yet, held back: streamlit_app.py:2 keeps" in str(result.steps)
    assert "Not yet" not in str(run({}, *codemods).steps)


def test_a_requirements_file_that_cannot_be_read() -> None:
    result = run({"requirements.txt": "x\0", "snowflake.yml": PROJECT}, project_file.codemod)
    (found,) = result.findings
    assert found.message == "held back: requirements.txt could not be read"
