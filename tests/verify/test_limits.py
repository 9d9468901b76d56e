from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sis_migrate.verify.limits import Guarded, Limits, wait_for

pytestmark = pytest.mark.skipif(os.name == "nt", reason="process groups are POSIX's")


@contextmanager
def running(code: str, folder: Path, limits: Limits | None = None) -> Iterator[Guarded]:
    environment = {"PATH": os.environ["PATH"]}
    command = [sys.executable, "-c", code]
    with Guarded(
        command, cwd=folder, environment=environment, limits=limits or Limits()
    ) as program:
        yield program


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # One that has ended and that nobody has asked for is no living process.
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")


def gone(pid: int) -> bool:
    deadline = time.monotonic() + 5
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not is_alive(pid)


def test_lines_come_as_they_are_printed_and_end_with_the_program(tmp_path: Path) -> None:
    with running("print('a'); print('b')", tmp_path) as program:
        assert list(program.lines(20)) == ["a", "b"]
        assert wait_for(program, 10)
    assert program.status == 0
    assert program.error == ""


def test_the_last_of_what_it_said_on_stderr_is_kept(tmp_path: Path) -> None:
    code = "import sys\nfor n in range(500): print(n, file=sys.stderr)\nprint(file=sys.stderr)"
    with running(code, tmp_path) as program:
        assert wait_for(program, 20)
        deadline = time.monotonic() + 5
        while "499" not in program.said() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert program.said()[-1] == "499"
        assert len(program.said()) <= 60


def test_silence_is_an_error_with_its_length(tmp_path: Path) -> None:
    with running("import time; print('a', flush=True); time.sleep(60)", tmp_path) as program:
        assert list(program.lines(1)) == ["a"]
    assert program.error == "it did not finish within 1 s"
    assert not program.running


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_output_without_end_is_stopped(tmp_path: Path, stream: str) -> None:
    code = f"import sys\nwhile True: sys.{stream}.write('x' * 1000)"
    with running(code, tmp_path, Limits(output_mb=1)) as program:
        assert wait_for(program, 20)
    assert program.error == "it printed more than 1 MB"


def test_memory_of_the_program_and_its_children_is_limited(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys, time\n"
        "child = 'import time; kept = bytearray(200_000_000); time.sleep(60)'\n"
        "subprocess.Popen([sys.executable, '-c', child]); time.sleep(60)"
    )
    with running(code, tmp_path, Limits(memory_mb=150)) as program:
        assert wait_for(program, 20)
    assert program.error == "it took more than 150 MB of memory"


def test_a_program_that_forks_without_end_is_stopped(tmp_path: Path) -> None:
    code = (
        "import subprocess, time\n"
        "for _ in range(60): subprocess.Popen(['sleep', '60']); time.sleep(0.02)\n"
        "time.sleep(60)"
    )
    with running(code, tmp_path, Limits(processes=20)) as program:
        assert wait_for(program, 20)
    assert program.error == "it started more than 20 processes"


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs Linux's /proc")
def test_children_in_a_session_of_their_own_are_ended_too(tmp_path: Path) -> None:
    code = (
        "import subprocess, time\n"
        "child = subprocess.Popen(['sleep', '600'], start_new_session=True)\n"
        "print(child.pid, flush=True); time.sleep(600)"
    )
    with running(code, tmp_path) as program:
        pid = int(next(program.lines(20)))
        assert is_alive(pid)
    assert gone(pid)


def test_an_error_in_the_block_ends_the_program(tmp_path: Path) -> None:
    code = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
    with pytest.raises(KeyboardInterrupt), running(code, tmp_path) as program:  # noqa: PT012
        pid = int(next(program.lines(20)))
        raise KeyboardInterrupt
    assert gone(pid)


def test_a_program_that_is_not_there_is_an_oserror(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no-such-program"):
        Guarded(["no-such-program"], cwd=tmp_path, environment={"PATH": ""}, limits=Limits())
