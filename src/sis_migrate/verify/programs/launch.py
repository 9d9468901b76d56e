"""Start a program and adopt what it leaves behind: ``python launch.py COMMAND…`` (Linux).

A process whose parent has ended becomes a child of this one, whatever session and environment it
has made itself. So it can be found as long as the program runs, and it ends with the program. The
exit status is the program's.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress

_ADOPT, _END_WITH_PARENT = 36, 1  # PR_SET_CHILD_SUBREAPER and PR_SET_PDEATHSIG of prctl(2)


def main() -> None:
    """Run the command that the arguments are."""
    libc = ctypes.CDLL(None)
    libc.prctl(_ADOPT, 1, 0, 0, 0)
    program = os.fork()
    if program == 0:
        # In a session of its own: it may end its whole group without us.
        os.setsid()
        libc.prctl(_END_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # which Python ignores, and children inherit
        os.execvp(sys.argv[1], sys.argv[1:])
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # a program may ask its parent to end
    found, status = 0, 0
    while found != program:
        found, status = os.wait()
    _end_children()
    _exit_like(os.waitstatus_to_exitcode(status))


def _end_children() -> None:
    """End all of them; theirs become ours, and are ended, too."""
    while True:
        for pid in _children():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        try:
            os.wait()
        except ChildProcessError:
            return


def _children() -> Iterator[int]:
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", errors="replace") as file:
                state, parent = file.read().rpartition(")")[2].split()[:2]
        except OSError:
            continue  # ended meanwhile
        if int(parent) == os.getpid() and state != "Z":
            yield int(name)


def _exit_like(code: int) -> None:
    if code < 0:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # one dump of it is enough
        if -code not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


if __name__ == "__main__":
    main()
