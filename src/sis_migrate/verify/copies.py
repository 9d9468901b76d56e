"""The temporary copy of an app that is run; the app's own folder is only read."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

from sis_migrate.deployed import Deployed

_CONFIGURATION = {
    True: {"theme", "runner", "mapbox", "global", "client", "snowflake"},
    False: {"theme", "snowflake"},
}
"""The sections of config.toml that a container and a warehouse heed.

But for a container's ``secrets``, which names files with secrets of the user's: the copy has
stand-ins where Streamlit looks without it.

Source: "Manage secrets and configure your Streamlit app",
https://docs.snowflake.com/en/developer-guide/streamlit/app-development/secrets-and-configuration
"""


def copy(files: Deployed, target: Path) -> None:
    """Lay the files of an app out in ``target`` as they are in Snowflake; OSError."""
    target.mkdir(parents=True)
    for name, source in files.files.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        planned = files.planned.get(source)
        if planned is None:
            shutil.copyfile(source, path)  # a file that may not be written to can be there, too
        else:
            path.write_bytes(planned)


def keep_configuration(root: Path, *, container: bool) -> None:
    """Take the sections out of the copy's config.toml files that the runtime does not heed."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    for path in root.rglob(".streamlit/config.toml"):
        try:
            text = path.read_text(encoding="utf-8")
            known = tomllib.loads(text).keys() & _CONFIGURATION[container]
            document = tomlkit.parse(text)
        except (OSError, ValueError, TOMLKitError):
            continue  # Streamlit itself will say what is wrong with it
        for section in set(document) - known:
            del document[section]
        path.write_text(tomlkit.dumps(document), encoding="utf-8")
