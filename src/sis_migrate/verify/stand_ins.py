"""What stands in for the parts of Snowflake that an app finds around itself.

A home folder with the connection, the folder of the session's token, and the host of the REST API.
Nothing of the user's own settings is seen by the app.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TOKEN = "stand-in-token"
SECRET = "stand-in-for-a-secret"
DATABASE, SCHEMA = "DB1", "PUBLIC"

_SITE = Path(__file__).parent / "programs" / "site"
_WAREHOUSE = Path(__file__).parent / "programs" / "warehouse"
PASSED_ON = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "SYSTEMROOT", "COMSPEC", "PATHEXT")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")


class StandInError(Exception):
    """A connection cannot be used; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The folders of one run: ``home``, ``session`` (with the token), ``scratch``, ``refused``.

    ``refused`` is the file that names the hosts that were not connected to; ``port`` is the
    emulator's, None where the user's own account or nothing is talked to.
    """

    folder: Path
    connection: Mapping[str, Any]
    port: int | None
    caches: Path
    open_network: bool = False

    @property
    def refused(self) -> Path:
        """The hosts that the app was not let to, a line each."""
        return self.folder / "refused.txt"

    def write(self) -> None:
        """Make the folders and files."""
        for name in ("home", "session", "scratch"):
            self.folder.joinpath(name).mkdir(parents=True, exist_ok=True)
        token = str(self.connection.get("token") or TOKEN)
        for name in ("token", "spcs_token"):
            _private(self.folder / "session" / name, token)
        home = self.folder / "home"
        _private(home / "connections.toml", _toml({"default": self.connection}))

    def environment(self, *, container: bool) -> dict[str, str]:
        """The environment variables for a process of the app."""
        home = str(self.folder / "home")
        paths = [str(_SITE)] if container else [str(_SITE), str(_WAREHOUSE)]
        passed = (*PASSED_ON, *(_PROXIES if self.open_network else ()))
        values = {
            **{name: os.environ[name] for name in passed if name in os.environ},
            "HOME": home,
            "USERPROFILE": home,
            "SNOWFLAKE_HOME": home,
            "TMPDIR": str(self.folder / "scratch"),
            "TEMP": str(self.folder / "scratch"),
            "MPLCONFIGDIR": str(self.caches / "matplotlib"),
            "PYTHONPATH": os.pathsep.join(paths),
            "PYTHONUTF8": "1",
            "PYTHONUNBUFFERED": "1",
            "SNOWFLAKE_DISABLE_PLATFORM_DETECTION": "true",
            "SIS_MIGRATE_VERIFY_REFUSED": str(self.refused),
        }
        if not self.open_network:
            values["SIS_MIGRATE_VERIFY_NETWORK"] = "loopback"
        if container:
            values["SIS_MIGRATE_VERIFY_SESSION"] = str(self.folder / "session")
            values["SNOWFLAKE_ACCOUNT"] = str(self.connection.get("account", ""))
        else:  # for our `_snowflake`, not for the app
            values["SIS_MIGRATE_VERIFY_TOKEN"] = str(self.folder / "session" / "token")
        values["SNOWFLAKE_HOST"] = "127.0.0.1" if self.port else _host(self.connection)
        if self.port:
            values |= {"SNOWFLAKE_PORT": str(self.port), "SNOWFLAKE_PROTOCOL": "http"}
        return values


def emulated(port: int) -> dict[str, Any]:
    """The connection to the emulator. Its timeouts keep the connector from trying for ever."""
    return {
        "account": "fakesnow",
        "user": "fake",
        "password": "snow",
        "host": "127.0.0.1",
        "port": port,
        "protocol": "http",
        "database": DATABASE,
        "schema": SCHEMA,
        "role": "SYSADMIN",
        "warehouse": "COMPUTE_WH",
        "login_timeout": 5,
        "network_timeout": 5,
        "session_parameters": {
            "CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED": False,
            "PYTHON_SNOWPARK_ENABLE_THREAD_SAFE_SESSION": True,
            # The emulator sends it with each answer; the connector would add it, and two threads
            # at once break what it has read from the file.
            "TIMEZONE": "Etc/UTC",
        },
    }


def named_connection(name: str) -> dict[str, Any]:
    """The user's own connection from connections.toml or config.toml; StandInError without."""
    above = Path(os.environ.get("SNOWFLAKE_HOME") or Path.home() / ".snowflake")
    for path, below in (
        (above / "connections.toml", ()),
        (above / "config.toml", ("connections",)),
    ):
        try:
            found: Any = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            continue
        except (OSError, ValueError) as error:
            raise StandInError(f"{path} cannot be read: {error}") from error
        for key in (*below, name):
            found = found.get(key, {}) if isinstance(found, dict) else {}
        if found and isinstance(found, dict):
            return {key: _expanded(value) for key, value in found.items()}
    raise StandInError(f"there is no connection {name} in {above / 'connections.toml'}")


def _expanded(value: Any) -> Any:
    """A path in the user's home folder, which the app's is not."""
    home = isinstance(value, str) and value.startswith("~/")
    return str(Path(value).expanduser()) if home else value


def _toml(value: Mapping[str, Any]) -> str:
    import tomlkit

    return tomlkit.dumps(value)


def _host(connection: Mapping[str, Any]) -> str:
    return str(connection.get("host") or f"{connection.get('account', '')}.snowflakecomputing.com")


def _private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
