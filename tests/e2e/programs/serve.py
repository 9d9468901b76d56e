"""Serve one app: ``python serve.py PORT SCRIPT [--active]``. Run by the e2e environment's Python.

``--active`` makes one Snowpark session before the server starts, so that an app which has not been
migrated finds an active session (more than a container gives it).
"""

from __future__ import annotations

import os
import sys
from importlib import import_module


def main() -> None:
    """Serve until the process is ended."""
    port, script = sys.argv[1:3]
    os.chdir(os.path.dirname(script))
    if "--active" in sys.argv:
        import_module("snowflake.snowpark").Session.builder.create()
    bootstrap = import_module("streamlit.web.bootstrap")
    options = {
        "server.port": int(port),
        "server.address": "127.0.0.1",
        "server.headless": True,
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": False,
        "global.developmentMode": False,
    }
    bootstrap.load_config_options(options)
    bootstrap.run(script, False, [], options)


if __name__ == "__main__":
    main()
