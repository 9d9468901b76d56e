"""Run by the tests under a Python that has Streamlit: runs small apps, prints what went wrong, as JSON.

Reads ``{name: source}`` from the standard input; prints the version and, for each name, the texts of
exceptions and of deprecation warnings, in the page, in the log, or from Python.
"""

from __future__ import annotations

import importlib
import json
import logging
import sys
import warnings

_TELLTALES = ("deprecat", "will be removed", "no longer supported")


class _Kept(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def trouble(source: str) -> list[str]:
    """What goes wrong when Streamlit runs a script."""
    kept = _Kept()
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] == "streamlit":
            logger = logging.getLogger(name)
            logger.handlers, logger.propagate, logger.disabled = [kept], False, False
            logger.setLevel(logging.DEBUG)
    # By name: for a type checker, `streamlit` is a package of this project.
    testing = importlib.import_module("streamlit.testing.v1")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        page = testing.AppTest.from_string(source, default_timeout=30).run()
    told = [*kept.messages, *(str(w.message) for w in caught), *(w.value for w in page.warning)]
    found = [f"{e.message}" for e in page.exception]
    return found + [t for t in told if any(mark in t.lower() for mark in _TELLTALES)]


def main() -> None:
    snippets = json.load(sys.stdin)
    streamlit = importlib.import_module("streamlit")
    importlib.import_module("streamlit.testing.v1")
    found = {name: trouble(source) for name, source in snippets.items()}
    print("\n" + json.dumps({"version": streamlit.__version__, "trouble": found}))


if __name__ == "__main__":
    main()
