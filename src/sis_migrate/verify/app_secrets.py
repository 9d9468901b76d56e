"""Stand-ins for the secrets of an app: the user's own lend their names, and none of their values.

Source: "Secrets management",
https://docs.streamlit.io/develop/concepts/connections/secrets-management
"""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sis_migrate.deployed import SECRETS
from sis_migrate.verify.secret_names import Names, named
from sis_migrate.verify.stand_ins import SECRET


def stand_in(root: Path, lent: Iterable[Path]) -> None:
    """Give the copy in ``root`` a stand-in for every secret that its code or its files name.

    ``lent`` are files of the app that lend their names where they are there, deployed or not.
    Every file of secrets in the copy then has these stand-ins and nothing else: which of them
    Streamlit reads depends on its release. Connections are left out: the home folder has one.
    """
    import tomlkit

    files = list(_files(root))
    secrets: dict[str, Any] = {}
    for path in (*lent, *files):
        secrets = _together(secrets, _stand_ins(_read(path)))
    for script in sorted(root.rglob("*.py")):
        for names, section in named(script):
            _enter(secrets, names, section=section)
    secrets.pop("connections", None)
    for path in files:
        _remove(path)
    for path in {root / SECRETS, *files} if secrets else ():
        path.parent.mkdir(exist_ok=True)
        path.write_text(tomlkit.dumps(secrets), encoding="utf-8")


def remove(root: Path) -> None:
    """Take the files of secrets out of a copy: a warehouse has none."""
    for path in list(root.rglob(SECRETS)):
        _remove(path)


def _files(root: Path) -> Iterator[Path]:
    """Where Streamlit looks for secrets: by itself, and because of ``secrets.files``."""
    yield from root.rglob(SECRETS)
    for path in root.rglob(".streamlit/config.toml"):
        section = _read(path).get("secrets")
        listed = section.get("files") if isinstance(section, dict) else None
        for name in listed if isinstance(listed, list) else ():
            found = Path(root, str(name)).resolve()
            if found.is_relative_to(root.resolve()) and found.is_file():
                yield found


def _remove(path: Path) -> None:
    if path.is_dir():  # with a file for each secret
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}


def _stand_ins(value: Any) -> Any:
    """The same keys with other values: numbers and truths are no secrets."""
    if isinstance(value, dict):
        return {key: _stand_ins(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_stand_ins(inner) for inner in value]
    return value if isinstance(value, (bool, int, float)) else SECRET


def _together(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """The entries of both; of sections in both, those of both."""
    result = {**one, **other}
    for name in one.keys() & other.keys():
        if isinstance(one[name], dict) and isinstance(other[name], dict):
            result[name] = _together(one[name], other[name])
    return result


def _enter(secrets: dict[str, Any], names: Names, *, section: bool) -> None:
    """Add a secret, unless there is one: code that takes something of it knows that it is a section."""
    above, last = (names, "") if section else (names[:-1], names[-1])
    for name in above:
        if not isinstance(secrets.get(name), dict):
            secrets[name] = {}
        secrets = secrets[name]
    if last:
        secrets.setdefault(last, SECRET)
