"""Asking uv: which versions fit, and are they installable.

uv is the installer of the container runtime. It knows its own index; none is named here.
Source: "The uv pip interface", https://docs.astral.sh/uv/pip/compile/.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from sis_migrate.addresses import without_secrets
from sis_migrate.processes import end

PYTHON = "3.11"
_OFFLINE = ("--offline",)
PLATFORM = "x86_64-manylinux_2_28"
"""The container: Linux with a glibc of 2.28 or later."""


class Why(StrEnum):
    """Why a set of requirements does not resolve."""

    NO_VERSION = "no such version"
    NOT_FOUND = "no such project"
    NO_WHEEL = "no build for Python 3.11 on Linux"
    CONFLICT = "versions that exclude each other"
    BAD_INPUT = "a line that is no requirement"
    NO_FILE = "a file that is not there"
    NETWORK = "the package index cannot be reached"
    NO_ANSWER = "uv does not answer in time"

    @property
    def is_about_packages(self) -> bool:
        """Whether other versions, or other packages, may help."""
        return self in {Why.NO_VERSION, Why.NOT_FOUND, Why.NO_WHEEL, Why.CONFLICT}


@dataclass(frozen=True, slots=True)
class Cause:
    """Why it fails, the projects that uv names (canonical), and uv's own words on one line."""

    why: Why
    projects: tuple[str, ...]
    words: str


class UvError(Exception):
    """uv is not there, or does not answer; the message says what to do about it.

    ``cause`` is what it has to say itself, None where it could not be asked.
    """

    def __init__(self, message: str, cause: Cause | None = None) -> None:
        super().__init__(message)
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Resolution:
    """``pins`` are ``name==version`` lines of everything to install; empty where it fails.

    A pin may be a path, from the folder that was asked about. ``options`` are the lines that say
    where the packages come from; they may hold a password. ``stale``: they are from a ``uv.lock``
    that does not fit its project any more. ``unreachable``: why no index was asked, where they are
    what uv remembers of it.
    """

    pins: tuple[str, ...] = ()
    cause: Cause | None = None
    options: tuple[str, ...] = ()
    stale: bool = False
    unreachable: Cause | None = None


def find_uv() -> str:
    """The uv command: the one of the ``verify`` extra, else the one on PATH; UvError without."""
    try:
        from uv import find_uv_bin
    except ImportError:
        found = shutil.which("uv")
        if found:
            return found
    else:
        return str(find_uv_bin())
    raise UvError("uv is not installed: pip install 'sis-migrate[verify]', or put uv on PATH")


def resolve(
    requirements: Sequence[str],
    *,
    uv: str,
    build: bool = False,
    folder: Path | None = None,
    offline: bool = False,
    timeout: float = 120,
) -> Resolution:
    """Which versions fit, for Python 3.11 on Linux, from whatever system this runs on.

    ``requirements`` are lines of a requirements file, whose relative paths count from ``folder``
    (None: the working directory). ``build`` also takes projects that have no wheel and are built
    when they are installed; ``offline`` asks no index, but what uv remembers of it. UvError where
    uv does not answer within ``timeout`` seconds.
    """
    return _compile("-", "\n".join(requirements), uv, build, folder, timeout, offline=offline)


def resolve_project(
    pyproject: str, *, uv: str, build: bool = False, timeout: float = 120
) -> Resolution:
    """The same for the text of a ``pyproject.toml``: its dependencies, and what [tool.uv] says."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pyproject.toml").write_text(pyproject, "utf-8")
        return _compile("pyproject.toml", "", uv, build, folder, timeout)


def resolve_file(
    path: Path, *, uv: str, build: bool = False, offline: bool = False, timeout: float = 120
) -> Resolution:
    """The same for a dependency file as the container reads it, where it lies.

    With the options and files that it names, what [tool.uv] says, and a ``uv.lock`` beside it as
    it is, fitting or not.
    """
    folder = path.parent
    if path.name != "pyproject.toml" or not (folder / "uv.lock").is_file():
        return _compile(path.name, "", uv, build, folder, timeout, offline=offline)
    done = _export("--locked", uv, folder, timeout, offline=offline)
    stale = False
    if done.returncode:
        stale = cause_of(done.stderr, done.returncode).why is not Why.NETWORK
        done = _export("--frozen", uv, folder, timeout, offline=offline)
    if done.returncode:
        return Resolution(cause=cause_of(done.stderr, done.returncode))
    found = _compile("-", done.stdout, uv, build, folder, timeout, offline=offline)
    return replace(found, stale=stale)


def _export(
    lock: str, uv: str, folder: Path, timeout: float, *, offline: bool
) -> subprocess.CompletedProcess[str]:
    """The lines of a lock, which is not written to: ``--locked`` wants it to fit its project."""
    command = [uv, "export", lock, "--quiet", "--no-header", "--no-annotate", "--no-hashes"]
    command += ["--no-dev", "--no-emit-project", "--python", PYTHON, *_OFFLINE[:offline]]
    return _run(command, timeout, folder=folder)


def _compile(
    file: str,
    text: str,
    uv: str,
    build: bool,
    folder: Path | None,
    timeout: float,
    *,
    offline: bool = False,
) -> Resolution:
    command = [uv, "pip", "compile", file, "--quiet", "--no-header", "--no-annotate"]
    command += ["--python-version", PYTHON, "--python-platform", PLATFORM]
    command += ["--emit-index-url", "--emit-find-links", *_OFFLINE[:offline]]
    if not build:
        command.append("--no-build")
    done = _run(command, timeout, text=text, folder=folder)
    if done.returncode:
        return Resolution(cause=cause_of(done.stderr, done.returncode))
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    return Resolution(
        tuple(line for line in lines if not line.startswith("--")),
        options=tuple(line for line in lines if line.startswith("--")),
    )


_NAME = r"(?P<name>[\w.-]+?)(?:\[[^\]]*\])?(?:\{[^}]*\})?"
_WHEELS = r"ha(?:s|ve) no (?:usable )?wheels"
_OURS = r"and (?:you require|your project depends on)\b"
_ALONE = r"^(?!.*\bwe know from\b).*?\b"
"""A reason in a long chain is one of many: that a version has no wheel is then not the cause."""
_CAUSES = (
    (Why.NETWORK, r"error sending request|dns error|failed to fetch|timed out|connectivity is dis"),
    (Why.NO_FILE, r"distribution not found at|failed to read from file .*no such file"),
    (Why.NOT_FOUND, r"(?P<name>[\w.-]+) was not found in the package registry"),
    (Why.NO_WHEEL, rf"{_NAME}(?:[=<>!~]\S+)? {_WHEELS} {_OURS}"),
    (Why.NO_WHEEL, rf"{_ALONE}all versions of {_NAME} {_WHEELS}"),
    (Why.NO_WHEEL, rf"{_ALONE}{_NAME}==\S+ {_WHEELS} and only \S+ is available"),
    (Why.NO_VERSION, rf"there (?:is|are) no versions? of {_NAME}(?:[=<>!~]\S+)? {_OURS}"),
)
_PROJECT = re.compile(r"([A-Za-z0-9][\w.-]*?)(?:\[[\w,-]*\])?(?:[<>=!~]=?=?)[\w.]")


def cause_of(output: str, status: int) -> Cause:
    """What uv's error output means; ``status`` 2 is input that uv cannot read."""
    words = " ".join(line.strip(" ×╰─▶│├·") for line in output.split("hint:")[0].splitlines())
    words = " ".join(words.removeprefix("error:").split())
    projects = tuple(dict.fromkeys(_canonical(name) for name in _PROJECT.findall(words)))
    for why, pattern in _CAUSES:
        match = re.search(pattern, words, re.IGNORECASE)
        if match:
            named = match.groupdict().get("name")
            return Cause(why, (_canonical(named),) if named else (), without_secrets(words))
    why = Why.BAD_INPUT if status == 2 else Why.CONFLICT
    return Cause(why, projects, without_secrets(words))


def _canonical(name: str) -> str:
    from packaging.utils import canonicalize_name

    return canonicalize_name(name).strip("-")


def install(
    found: Resolution,
    folder: Path,
    *,
    uv: str,
    beside: Path | None = None,
    timeout: float = 900,
) -> Path:
    """Make a virtual environment of Python 3.11 with just these packages; its interpreter.

    Paths among them count from ``beside`` (None: the working directory). UvError where that fails,
    with uv's words.
    """
    made = _run([uv, "venv", "--quiet", "--python", PYTHON, str(folder)], timeout)
    _require(made, "no environment with Python 3.11 could be made")
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    command = [uv, "pip", "sync", "--quiet", "--python", str(python), "-"]
    # What is in the environment stays when the folder that it came from goes.
    lines = [*found.options, *(pin.removeprefix("-e ") for pin in found.pins)]
    done = _run(command, timeout, text="\n".join(lines), folder=beside)
    _require(done, "the packages could not be installed")
    return python


def _run(
    command: Sequence[str], timeout: float, *, text: str = "", folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "NO_COLOR": "1", "PYTHONUTF8": "1"}
    environment.pop("PYTHONPATH", None)
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            env=environment,
            cwd=folder,
            start_new_session=os.name != "nt",
        )
    except OSError as error:
        raise UvError(f"{command[0]} cannot be started: {error.strerror}") from error
    with process:
        try:
            output, words = process.communicate(text, timeout=timeout)
        except BaseException as error:
            # What it has started (a package that is built) would outlive it, also on Ctrl-C.
            end(process)
            if isinstance(error, subprocess.TimeoutExpired):
                name = Path(command[0]).name
                said = f"{name} did not answer within {timeout:.0f} s"
                raise UvError(said, Cause(Why.NO_ANSWER, (), said)) from error
            raise
    return subprocess.CompletedProcess(command, process.returncode, output, words)


def _require(done: subprocess.CompletedProcess[str], what: str) -> None:
    if done.returncode:
        cause = cause_of(done.stderr, done.returncode)
        raise UvError(f"{what}: {cause.words}", cause)
