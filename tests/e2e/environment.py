"""Makes the environment that the end-to-end tests run Streamlit in.

``python tests/e2e/environment.py FOLDER`` makes a virtual environment there with the uv command
(some 600 MB; a minute) and prints the path of its Python. Tests find it through the environment
variable ``SIS_MIGRATE_E2E_PYTHON``, and are skipped with the reason where that is not set::

    export SIS_MIGRATE_E2E_PYTHON="$(python tests/e2e/environment.py .e2e)"
    pytest -m needs_streamlit

``--streamlit`` takes another release than the default. The emulator needs these pins: newer
connectors do not work with it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

VARIABLE = "SIS_MIGRATE_E2E_PYTHON"
STREAMLIT = "1.55.0"
PACKAGES = (
    "fakesnow[server]==0.12.1",
    "snowflake-connector-python>=4.8,<5",
    "snowflake-snowpark-python==1.56.0",
    "websockets>=15",
)


def make(folder: Path, streamlit: str = STREAMLIT) -> Path:
    """Make the environment, or take the one that is there; gives its Python.

    Raises FileNotFoundError where uv is not installed, CalledProcessError where it fails.
    """
    python = folder.absolute() / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = folder / "packages.txt"
    wanted = "\n".join((f"streamlit=={streamlit}", *PACKAGES))
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return python
    uv = shutil.which("uv")
    if uv is None:
        raise FileNotFoundError("the uv command is needed to make the environment")
    run = [uv, "venv", "--quiet", "--clear", "--python", "3.11", str(folder)]
    subprocess.run(run, check=True)
    install = [uv, "pip", "install", "--quiet", "--python", str(python), *wanted.splitlines()]
    subprocess.run(install, check=True)
    stamp.write_text(wanted)
    return python


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--streamlit", default=STREAMLIT)
    arguments = parser.parse_args()
    try:
        print(make(arguments.folder, arguments.streamlit))
    except (FileNotFoundError, subprocess.CalledProcessError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
