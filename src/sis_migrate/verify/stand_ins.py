"""What stands in for the parts of Snowflake that an app finds around itself.

A home folder with the connection, the folder of the session's token, the host of the REST API, and
secrets. Nothing of the user's own settings is seen by the app.
"""

from __future__ import annotations

import ast
import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TOKEN = "stand-in-token"
WAREHOUSE_TOKEN = "warehouse"
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
        for name in ("token", "spcs_token"):
            _private(self.folder / "session" / name, TOKEN)
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
        if found:
            return {key: _expanded(value) for key, value in found.items()}
    raise StandInError(f"there is no connection {name} in {above / 'connections.toml'}")


def _expanded(value: Any) -> Any:
    """A path in the user's home folder, which the app's is not."""
    home = isinstance(value, str) and value.startswith("~/")
    return str(Path(value).expanduser()) if home else value


def write_secrets(root: Path, scripts: Iterable[Path]) -> None:
    """Write ``.streamlit/secrets.toml`` with a stand-in for every secret that the code reads.

    The app's own file does not come into it but for the names of its entries.
    """
    path = root / ".streamlit" / "secrets.toml"
    try:
        own = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        own = {}
    secrets = _stand_in({k: v for k, v in own.items() if k != "connections"})
    for file in scripts:
        for name, fields in _names(file).items():
            if fields and not isinstance(secrets.get(name), dict):
                secrets[name] = {}
            if fields:
                secrets[name] |= dict.fromkeys(fields, SECRET)
            secrets.setdefault(name, SECRET)
    if secrets:
        path.parent.mkdir(exist_ok=True)
        path.unlink(missing_ok=True)
        _private(path, _toml(secrets))
    else:
        path.unlink(missing_ok=True)


def _names(file: Path) -> dict[str, set[str]]:
    """The literal names in ``….secrets["name"]`` and the fields that are taken of each."""
    found: dict[str, set[str]] = {}
    try:
        tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return found
    for node in ast.walk(tree):
        name = _secret(node)
        if name:
            found.setdefault(name, set())
        field = _key(node)
        above = _secret(node.value) if isinstance(node, (ast.Subscript, ast.Attribute)) else ""
        if above and field and above != "connections" and field not in {"get", "to_dict", "items"}:
            found.setdefault(above, set()).add(field)
    found.pop("connections", None)
    return found


def _secret(node: ast.AST) -> str:
    """The name in ``x.secrets["name"]`` and ``x.secrets.get("name")``, "" for another node."""
    if isinstance(node, ast.Subscript) and _is_secrets(node.value):
        return _key(node)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        first = node.args[0]
        if node.func.attr == "get" and _is_secrets(node.func.value):
            return str(first.value) if isinstance(first, ast.Constant) else ""
    return ""


def _is_secrets(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == "secrets"
    return isinstance(node, ast.Name) and node.id == "secrets"


def _key(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return node.slice.value if isinstance(node.slice.value, str) else ""
    return ""


def _stand_in(value: Any) -> Any:
    """The same keys with other values: numbers and truths are no secrets."""
    if isinstance(value, dict):
        return {key: _stand_in(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_stand_in(inner) for inner in value]
    return value if isinstance(value, (bool, int, float)) else SECRET


def _toml(value: Mapping[str, Any]) -> str:
    import tomlkit

    return tomlkit.dumps(value)


def _host(connection: Mapping[str, Any]) -> str:
    return str(connection.get("host") or f"{connection.get('account', '')}.snowflakecomputing.com")


def _private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
