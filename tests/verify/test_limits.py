from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sis_migrate import processes
from sis_migrate.verify import limits as module
from sis_migrate.verify.limits import Guarded, Limits, wait_for

pytestmark = pytest.mark.skipif(os.name == "nt", reason="process groups are POSIX's")
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets orphans be adopted")


@contextmanager
def running(code: str, folder: Path, limits: Limits | None = None) -> Iterator[Guarded]:
    with Guarded(
        [sys.executable, "-c", code],
        cwd=folder,
        environment={"PATH": os.environ["PATH"]},
        limits=limits or Limits(),
        folder=folder,
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


@linux
def test_what_forks_share_of_their_memory_counts_once(tmp_path: Path) -> None:
    code = (
        "import os, time\n"
        "kept = bytearray(b'x') * 60_000_000\n"
        "for _ in range(6):\n"
        "    if not os.fork(): time.sleep(1.5); os._exit(0)\n"
        "for _ in range(6): os.wait()"
    )
    with running(code, tmp_path, Limits(memory_mb=250)) as program:
        assert wait_for(program, 20)
    assert (program.error, program.status) == ("", 0)


def test_a_program_that_fills_its_folder_is_stopped(tmp_path: Path) -> None:
    (tmp_path / "own").write_bytes(b"x" * 20_000_000)
    code = "import time; open('new', 'wb').write(b'x' * 30_000_000); time.sleep(60)"
    with running(code, tmp_path, Limits(disk_mb=10)) as program:
        assert wait_for(program, 20)
    assert program.error == "it wrote more than 10 MB to its folder"


def test_what_was_there_before_is_not_what_it_wrote(tmp_path: Path) -> None:
    (tmp_path / "own").write_bytes(b"x" * 20_000_000)
    with running("import time; time.sleep(2)", tmp_path, Limits(disk_mb=10)) as program:
        assert wait_for(program, 20)
    assert program.error == ""


@pytest.mark.parametrize(
    ("code", "status"),
    [
        pytest.param("raise SystemExit(3)", 3, id="a code"),
        pytest.param("import os; os.kill(os.getpid(), 9)", -9, id="a signal"),
        pytest.param("import os; os.kill(os.getpid(), 15)", -15, id="another signal"),
    ],
)
def test_the_status_is_the_programs_own(tmp_path: Path, code: str, status: int) -> None:
    with running(code, tmp_path) as program:
        assert wait_for(program, 20)
        assert program.status == status


DETACHED = "subprocess.Popen(['sleep', '600'], start_new_session=True{})"
DAEMON = "subprocess.run(['sh', '-c', 'setsid sleep 600 & echo $! > pid'], env={})"


@linux
@pytest.mark.parametrize("end", ["time.sleep(600)", "raise SystemExit"])
@pytest.mark.parametrize(
    "start",
    [
        pytest.param(f"open('pid', 'w').write(str({DETACHED.format('')}.pid))", id="a session"),
        pytest.param(
            f"open('pid', 'w').write(str({DETACHED.format(', env={}')}.pid))",
            id="a session and an environment",
        ),
        pytest.param(DAEMON, id="a session, an environment and no parent"),
    ],
)
def test_what_has_left_the_program_is_ended_too(tmp_path: Path, start: str, end: str) -> None:
    code = f"import subprocess, time\n{start}\nprint('started', flush=True)\n{end}"
    with running(code, tmp_path) as program:
        assert next(program.lines(20)) == "started"
    assert gone(int((tmp_path / "pid").read_text()))


@linux
def test_a_program_may_ask_its_parent_to_end(tmp_path: Path) -> None:
    code = (
        "import os, signal, time\n"
        "for number in (signal.SIGINT, signal.SIGTERM): os.kill(os.getppid(), number)\n"
        "time.sleep(0.3); print('goes on', flush=True)"
    )
    with running(code, tmp_path) as program:
        assert list(program.lines(20)) == ["goes on"]


@linux
def test_a_program_ends_with_the_parent_that_it_kills(tmp_path: Path) -> None:
    code = (
        "import os, time\nprint(os.getpid(), flush=True); os.kill(os.getppid(), 9); time.sleep(600)"
    )
    with running(code, tmp_path) as program:
        pid = int(next(program.lines(20)))
        assert gone(pid)


def test_what_cannot_be_found_does_not_keep_the_end_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "end", lambda process: process.kill())
    monkeypatch.setattr(module, "_JOIN", 0.1)
    code = (
        "import subprocess, time\n"
        "child = subprocess.Popen(['sleep', '600'], start_new_session=True)\n"
        "print(child.pid, flush=True); time.sleep(600)"
    )
    with running(code, tmp_path) as program:
        pid = int(next(program.lines(20)))
    assert is_alive(pid)  # and it holds the streams open
    os.kill(pid, 9)


def test_an_end_that_was_interrupted_is_taken_up_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def end(process: subprocess.Popen[bytes]) -> None:
        monkeypatch.setattr(module, "end", processes.end)
        raise KeyboardInterrupt

    code = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
    with running(code, tmp_path) as program:
        pid = int(next(program.lines(20)))
        monkeypatch.setattr(module, "end", end)
        with pytest.raises(KeyboardInterrupt):
            program.stop()
        assert is_alive(pid)
    assert gone(pid)


@pytest.mark.parametrize(
    ("printed", "reports"),
    [
        pytest.param('{"a": 1}\n{"b": 2}\n', [{"a": 1}, {"b": 2}], id="whole lines"),
        pytest.param('{"a": 1}\n{"b": ', [{"a": 1}], id="ended in the middle of one"),
        pytest.param('{"a": 1}\n{"b": 2}', [{"a": 1}], id="ended before the end of a line"),
        pytest.param('hello\n7\n{"a": 1}\n', [{"a": 1}], id="something else before them"),
    ],
)
def test_reports_are_whole_lines(
    tmp_path: Path, printed: str, reports: list[dict[str, int]]
) -> None:
    code = f"import os; os.write(1, {printed.encode()!r}); os.kill(os.getpid(), 9)"
    with running(code, tmp_path) as program:
        assert list(program.reports(20)) == reports


def test_an_error_in_the_block_ends_the_program(tmp_path: Path) -> None:
    code = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
    with pytest.raises(KeyboardInterrupt), running(code, tmp_path) as program:  # noqa: PT012
        pid = int(next(program.lines(20)))
        raise KeyboardInterrupt
    assert gone(pid)


def test_a_program_that_is_not_there_is_an_oserror(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no-such-program"):
        Guarded(["no-such-program"], cwd=tmp_path, environment={"PATH": ""}, limits=Limits())
