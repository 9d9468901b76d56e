"""Serve one app with its own Streamlit: ``python serve.py SETTINGS`` (JSON, see ``main``)."""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module


def main() -> None:
    """Serve ``script`` on ``port`` of this machine until the process is ended.

    ``active``: make an active session first. ``meter``: the file that measurements go to.
    ``busy``: how many threads take the interpreter's time. The working directory is the app's root.
    """
    settings = json.loads(sys.argv[1])
    inside = import_module("sis_migrate_inside")
    inside.end_with_parent()
    inside.meter(settings["meter"])
    script = os.path.abspath(settings["script"])
    config = import_module("streamlit.config")
    if hasattr(config, "_main_script_path"):
        setattr(config, "_main_script_path", script)  # noqa: B010 - for .streamlit beside it
    bootstrap = import_module("streamlit.web.bootstrap")
    if settings["active"]:
        inside.make_active_session()
    inside.stand_in_user()
    inside.keep_deprecations_in_the_log()
    inside.contact_nobody()
    options = {
        "server.port": settings["port"],
        "server.address": "127.0.0.1",
        "server.headless": True,
        "server.baseUrlPath": "",
        "server.fileWatcherType": "none",
        "server.runOnSave": False,
        "browser.gatherUsageStats": False,
        "client.showErrorDetails": True,
        "global.developmentMode": False,
    }
    bootstrap.load_config_options(options)
    inside.keep_busy(settings["busy"])
    bootstrap.run(script, False, [], options)


if __name__ == "__main__":
    main()
