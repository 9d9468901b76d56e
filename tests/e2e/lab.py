"""A Streamlit server on a Snowflake emulator, and viewers for it, in the e2e environment."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from e2e.environment import VARIABLE

PROGRAMS = Path(__file__).parent / "programs"
_START = 40.0
_CONNECTION = """\
[default]
account = "fakesnow"
user = "fake"
password = "snow"
host = "127.0.0.1"
port = {port}
protocol = "http"
database = "DB1"
schema = "PUBLIC"
login_timeout = 5
network_timeout = 5
[default.session_parameters]
CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED = false
PYTHON_SNOWPARK_ENABLE_THREAD_SAFE_SESSION = true
"""
Runs = list[list[list[str]]]
"""For each viewer, for each run, the texts that the page showed."""


def python() -> str:
    """The environment's Python; "" where there is none."""
    path = os.environ.get(VARIABLE, "")
    return path if path and Path(path).exists() else ""


class Emulator:
    """A running emulator; ``home`` is the SNOWFLAKE_HOME that leads to it."""

    def __init__(self, port: int, home: Path) -> None:
        self.port = port
        self.home = home

    def expire(self) -> None:
        """End every session so far, as hours without a query do."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/expire", method="POST")
        with urllib.request.urlopen(request, timeout=10):
            pass


class Server:
    """A running Streamlit server."""

    def __init__(self, port: int) -> None:
        self._port = port

    def visit(self, viewers: int, runs: int) -> Runs:
        """What ``viewers`` at once see in ``runs`` runs each."""
        command = [python(), str(PROGRAMS / "viewers.py"), str(self._port), str(viewers), str(runs)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        seen: Runs = json.loads(done.stdout)
        return seen


@contextmanager
def emulator(folder: Path) -> Iterator[Emulator]:
    """Start an emulator; ``folder`` gets its log and its connections.toml."""
    port = _free_port()
    configuration = folder / "connections.toml"
    configuration.write_text(_CONNECTION.format(port=port))
    configuration.chmod(0o600)
    with _running("emulator", [str(port)], port, folder, folder):
        yield Emulator(port, folder)


@contextmanager
def server(script: Path, home: Path, *, active: bool = False) -> Iterator[Server]:
    """Serve a script against the emulator of ``home``; ``active``: with an active session."""
    port = _free_port()
    arguments = [str(port), str(script), *(["--active"] if active else [])]
    with _running("serve", arguments, port, home, script.parent):
        yield Server(port)


@contextmanager
def _running(
    program: str, arguments: list[str], port: int, home: Path, folder: Path
) -> Iterator[None]:
    log = folder / f"{program}-{port}.log"
    command = [python(), str(PROGRAMS / f"{program}.py"), *arguments]
    with log.open("w") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=output, env={**os.environ, "SNOWFLAKE_HOME": str(home)}
        )
    try:
        _wait(process, port, log)
        yield
    finally:
        process.kill()
        process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + _START
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()[-2000:]
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"nothing listens: {log.read_text()[-2000:]}")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
