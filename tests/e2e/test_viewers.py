"""Three viewers at once, through the real Streamlit server: the apps before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from codemod_case import migrate
from e2e import environment
from e2e.lab import Emulator, Runs, emulator, python, server
from sis_migrate.codemod import load
from sis_migrate.model import Settings

pytestmark = [
    pytest.mark.needs_streamlit,
    pytest.mark.skipif(
        not python(), reason=f"{environment.VARIABLE} names no Python: see tests/e2e/environment.py"
    ),
]

STATE = {
    "streamlit_app.py": """\
import time
import streamlit as st
from snowflake.snowpark.context import get_active_session

session = get_active_session()
schema = "S" + st.query_params["viewer"]
session.sql(f"create schema if not exists {schema}").collect()
session.use_schema(schema)
time.sleep(0.3)
found = session.sql("select current_schema() as S").collect()[0]["S"]
st.text("own" if found == schema else "another viewer's")
"""
}
PLACES = {
    "streamlit_app.py": """\
import streamlit as st
from snowflake.snowpark.context import get_active_session
import sales

session = get_active_session()
st.text(str(session.sql("select 1 as A").collect()[0]["A"]))
st.text(str(sales.total()))
""",
    "sales.py": """\
from snowflake.snowpark.context import get_active_session

session = get_active_session()

def total():
    return session.sql("select 42 as A").collect()[0]["A"]
""",
}
FALLBACK = {
    "streamlit_app.py": """\
import streamlit as st
from snowflake.snowpark import Session

try:
    from snowflake.snowpark.context import get_active_session
    session = get_active_session()
    place = "Snowflake"
except Exception:
    session = Session.builder.configs(st.secrets["local"]).create()
    place = "laptop"
st.text(place)
st.text(str(session.sql("select 7 as A").collect()[0]["A"]))
"""
}


@pytest.fixture(scope="module")
def snowflake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with emulator(tmp_path_factory.mktemp("snowflake")) as running:
        yield running


def migrated(files: Mapping[str, str]) -> dict[str, str]:
    codemods = [c for c in load() if c.code.startswith("SIS10")]
    result = migrate(files, codemods, settings=Settings(select=("SIS10",)))
    created = {c.path.name: c.after for c in result.migration.changes if c.before is None}
    return result.texts | {name: (data or b"").decode() for name, data in created.items()}


def visit(
    files: Mapping[str, str], folder: Path, snowflake: Emulator, *, active: bool = False
) -> Runs:
    for name, text in files.items():
        (folder / name).write_text(text)
    with server(folder / "streamlit_app.py", snowflake.home, active=active) as running:
        return running.visit(3, 3)


def test_session_state_reaches_other_viewers_before(tmp_path: Path, snowflake: Emulator) -> None:
    seen = visit(STATE, tmp_path, snowflake, active=True)
    assert ["another viewer's"] in [run for viewer in seen for run in viewer]


def test_each_viewer_keeps_their_session_state_after(tmp_path: Path, snowflake: Emulator) -> None:
    assert visit(migrated(STATE), tmp_path, snowflake) == [[["own"]] * 3] * 3


def test_container_has_no_active_session_before(tmp_path: Path, snowflake: Emulator) -> None:
    seen = visit(PLACES, tmp_path, snowflake)
    assert all("No default Session" in run[0] for viewer in seen for run in viewer)


def test_many_places_after_and_hours_later(tmp_path: Path, snowflake: Emulator) -> None:
    for name, text in migrated(PLACES).items():
        (tmp_path / name).write_text(text)
    with server(tmp_path / "streamlit_app.py", snowflake.home) as running:
        assert running.visit(3, 3) == [[["1", "42"]] * 3] * 3
        snowflake.expire()
        assert running.visit(3, 2) == [[["1", "42"]] * 2] * 3


def test_fallback_after(tmp_path: Path, snowflake: Emulator) -> None:
    assert visit(migrated(FALLBACK), tmp_path, snowflake) == [[["laptop", "7"]] * 3] * 3
