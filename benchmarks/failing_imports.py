"""Which modules an interpreter cannot import, and why."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

_IMPORT = """
import importlib, json, os, sys, warnings
warnings.simplefilter("ignore")
report = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # what modules print, also at the end, is no part of it


def load(name):
    module, _, last = name.rpartition(".")
    if last == "*" or not module:
        return importlib.import_module(module or name)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if not error.name or not name.startswith(error.name):
            raise
    found = load(module)
    if not hasattr(found, last):
        raise ImportError(f"cannot import name {last!r} from {module!r}")
    return getattr(found, last)


failures = {}
for name in json.loads(sys.stdin.read()):
    try:
        load(name)
    except BaseException as error:
        if type(error).__name__ == "StreamlitAPIException":
            continue  # a component that only a running server takes
        failures[name] = f"{type(error).__name__}: {error}"
report.write(json.dumps(failures))
report.flush()
"""


def failing_imports(python: Path, modules: Sequence[str], timeout: float = 600) -> dict[str, str]:
    """The modules that an interpreter cannot import, and its error for each.

    A name may go on into what a module holds, as ``from pandas import DataFrame`` does:
    ``pandas.DataFrame``. A module that takes the interpreter down is reported by itself;
    subprocess.TimeoutExpired on a timeout.
    """
    failures = _import_all(python, modules, timeout)
    if failures is not None:
        return failures
    alone = {name: _import_all(python, [name], timeout) for name in modules}
    return {
        name: (found or {}).get(name, "the interpreter dies")
        for name, found in alone.items()
        if found is None or found
    }


def _import_all(python: Path, modules: Sequence[str], timeout: float) -> dict[str, str] | None:
    done = subprocess.run(
        [str(python), "-P", "-c", _IMPORT],  # -P: nothing of this folder stands in for a package
        input=json.dumps(list(modules)),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | {"PYTHONUTF8": "1"},
        encoding="utf-8",
        timeout=timeout,
        check=False,
    )
    return None if done.returncode else dict(json.loads(done.stdout))
