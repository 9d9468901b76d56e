"""Where the tests of this folder find a Python that has the real Streamlit."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

VARIABLE = "SIS_MIGRATE_STREAMLIT_PYTHON"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One run for each interpreter in the variable; the running one if that is not set."""
    if "streamlit_python" in metafunc.fixturenames:
        given = [path for path in os.environ.get(VARIABLE, "").split(os.pathsep) if path]
        metafunc.parametrize("streamlit_python", given or [sys.executable], indirect=True)


@pytest.fixture
def streamlit_python(request: pytest.FixtureRequest) -> str:
    """An interpreter that has Streamlit; skips where none does."""
    python = str(request.param)
    # A folder of tests is called streamlit, too: only the real package has a version.
    probe = [python, "-I", "-c", "import importlib.metadata as m; m.version('streamlit')"]
    if subprocess.run(probe, capture_output=True, check=False).returncode:
        pytest.skip(f"no Streamlit: name interpreters that have it in {VARIABLE}")
    return python
