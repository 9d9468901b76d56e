"""The choices a project makes in ``[tool.sis-migrate]`` of its ``pyproject.toml``."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from sis_migrate.model import Settings

_TABLE = "sis-migrate"
_DEPENDENCY_FILES = ("pyproject", "requirements", "none")
OLDEST_STREAMLIT = "1.50"
"""The oldest that runs in a container: "Runtime environments for Streamlit apps",
https://docs.snowflake.com/en/developer-guide/streamlit/app-development/runtime-environments."""
_PROJECT = re.compile(r"(?:[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?(?:\[[\w.,-]+\])?)?")
SESSION_FORMS = ("auto", "documented", "accessor", "viewer")


class ConfigurationError(Exception):
    """The configuration is not usable; the message has the file, the line where known, and why."""

    def __init__(self, path: Path, line: int | None, message: str) -> None:
        super().__init__(f"{path}{'' if line is None else f':{line}'}: {message}")
        self.path = path
        self.line = line


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the file says; ``file`` is None where no file has the table.

    The globs of ``exclude`` and ``per_file_ignores`` are meant relative to the file's folder.
    """

    file: Path | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    unsafe: bool = False
    dependency_file: str = ""
    streamlit: str = ""
    remove_environment: bool = False
    compute_pool: str = ""
    query_warehouse: str = ""
    runtime: str = ""
    package_source: str = ""
    owner_role: str = ""
    admin_role: str = ""
    snowflake_cli: str = ""
    project_file: bool = False
    session: str = "auto"
    package_map: Mapping[str, str] = field(default_factory=dict)
    map_address: str = ""
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def load(start: Path) -> Configuration:
    """The configuration for ``start``, from the nearest folder upwards whose file has the table.

    Raises ConfigurationError. A ``pyproject.toml`` that does not mention this tool is passed
    over, whatever else may be wrong with it.
    """
    start = start.absolute()
    for folder in (start, *start.parents):
        path = folder / "pyproject.toml"
        if path.is_file():
            text = _read(path)
            table = _table(path, text) if _TABLE in text else None
            if table is not None:
                return _checked(path, text, table)
    return Configuration()


def settings(
    configuration: Configuration,
    *,
    select: Sequence[str] | None = None,
    ignore: Sequence[str] | None = None,
    exclude: Sequence[str] | None = None,
    unsafe: bool | None = None,
    dependency_file: str | None = None,
    streamlit: str | None = None,
    remove_environment: bool | None = None,
    session: str | None = None,
    switch: Mapping[str, str] | None = None,
    project_file: bool | None = None,
    resolve: bool = False,
    package_map: Mapping[str, str] | None = None,
) -> Settings:
    """The run's settings: what the command line gives, else what the file says.

    None, and an empty sequence, mapping or string, mean that the command line does not say;
    ``package_map`` is added to the file's. ``switch`` has the settings named in SWITCH, and
    ``describe`` and ``grants``. ``resolve`` is no setting of a file: only a person at the command
    line sends a run to the network.
    """
    file = configuration
    chosen = switch or {}
    of_switch: dict[str, Any] = {n: chosen.get(n) or getattr(file, n) for n in SWITCH}
    return Settings(
        **of_switch,
        describe=chosen.get("describe", ""),
        grants=chosen.get("grants", ""),
        project_file=file.project_file if project_file is None else project_file,
        resolve=resolve,
        select=tuple(select or file.select),
        ignore=tuple(ignore or file.ignore),
        exclude=tuple(exclude or file.exclude),
        unsafe=file.unsafe if unsafe is None else unsafe,
        dependency_file=dependency_file or file.dependency_file,
        streamlit=streamlit or file.streamlit,
        remove_environment=(
            file.remove_environment if remove_environment is None else remove_environment
        ),
        session=session or file.session,
        package_map={**file.package_map, **(package_map or {})},
        map_address=file.map_address,
        per_file_ignores=file.per_file_ignores,
    )


def _read(path: Path) -> str:
    try:
        data = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    except OSError as error:
        raise ConfigurationError(path, None, f"cannot be read: {error.strerror}") from error
    return data.decode("utf-8", "surrogateescape")


def _table(path: Path, text: str) -> dict[str, Any] | None:
    import tomllib

    try:
        text.encode()
        tool = tomllib.loads(text).get("tool")
    except UnicodeEncodeError as error:
        at = text.count("\n", 0, error.start) + 1
        raise ConfigurationError(path, at, "not valid UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else None
        raise ConfigurationError(path, line, f"not valid TOML: {error}") from error
    table = tool.get(_TABLE) if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise ConfigurationError(path, _line(text, _TABLE), f"tool.{_TABLE} must be a table")
    return table


def _checked(path: Path, text: str, table: Mapping[str, Any]) -> Configuration:
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in _KEYS:
            raise ConfigurationError(
                path, _line(text, key), f"unknown key {key!r}{_nearest(key, _KEYS)}"
            )
        name, check = _KEYS[key]
        try:
            values[name] = check(value)
        except ValueError as error:
            line = _line_of_wrong(text, key, value, check)
            raise ConfigurationError(path, line, f"{key!r} must be {error}") from error
    return Configuration(path, **values)


def _nearest(word: str, words: Sequence[str] | Mapping[str, object]) -> str:
    matches = get_close_matches(word.lower().replace("_", "-"), list(words), 1, 0.5)
    return f"; did you mean {matches[0]!r}?" if matches else f"; there are {', '.join(words)}"


def _line(text: str, key: str, outer: str = "") -> int | None:
    """Where a key of our table, or of its table ``outer``, is written; tomllib does not tell."""
    name = rf"{_TABLE}[\"']?"
    own = rf"{name}\s*\.\s*{re.escape(outer)}\s*\]" if outer else name
    header = re.search(rf"(?m)^[ \t]*\[.*{own}.*", text)
    dotted = rf"{re.escape(outer)}\." if outer and not header else ""
    start = header.end() if header else 0
    before = rf"(?:tool\.{_TABLE}\.)?{dotted}"
    pattern = re.compile(rf"""(?m)^[ \t]*{before}["']?{re.escape(key)}["']?\s*=""")
    table = re.compile(
        rf"""(?m)^[ \t]*\[[^\]\n]*{_TABLE}["']?\s*\.\s*["']?{re.escape(key)}["']?\s*\]"""
    )
    found = pattern.search(text, start) or table.search(text)
    return text.count("\n", 0, found.end()) + 1 if found else None


def _line_of_wrong(
    text: str, key: str, value: object, check: Callable[[object], object]
) -> int | None:
    """Where a value is written, or the first entry of a table that is wrong by itself."""
    for inner, entry in value.items() if isinstance(value, dict) else ():
        try:
            check({inner: entry})
        except ValueError:
            return _line(text, inner, key) or _line(text, key)
    return _line(text, key)


def _strings(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError("a list of strings")
    return tuple(value)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("a string")
    return value


def _dependency_file(value: object) -> str:
    if value not in _DEPENDENCY_FILES:
        raise ValueError(" or ".join(map(repr, _DEPENDENCY_FILES)) + f", not {value!r}")
    return str(value)


def streamlit_version(value: object) -> str:
    """A Streamlit to aim at, as a version (1.58, 1.58.0) or a specifier (>=1.58,<1.60).

    ValueError says what is the matter, also where no container runs any release that it admits.
    """
    from packaging.specifiers import InvalidSpecifier, SpecifierSet
    from packaging.version import Version

    text = _string(value)
    if re.fullmatch(r"\d+\.\d+(\.\d+)?", text):
        runs = Version(text) >= Version(OLDEST_STREAMLIT)
    else:
        try:
            admitted = SpecifierSet(text)
        except InvalidSpecifier:
            raise ValueError(f"a version such as 1.55, not {text!r}") from None
        oldest = int(OLDEST_STREAMLIT.partition(".")[2])
        later = (f"1.{minor}.{patch}" for minor in range(oldest, 200) for patch in range(5))
        runs = any(map(admitted.contains, later)) or admitted.contains("2.0")
    if not runs:
        raise ValueError(f"{OLDEST_STREAMLIT} or later, not {text}: containers run no older one")
    return text


def _session(value: object) -> str:
    if value not in SESSION_FORMS:
        raise ValueError(" or ".join(map(repr, SESSION_FORMS)) + f", not {value!r}")
    return str(value)


def _names(value: object) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise ValueError("a table of strings")
    for name, project in value.items():
        if not _PROJECT.fullmatch(project):
            raise ValueError(
                f'a table of project names without versions ("": leave out), not {name} = {project!r}'
            )
    return value


def https_address(value: object) -> str:
    """An address that begins with https:// and has no password in it; ValueError says so."""
    from urllib.parse import urlsplit

    text = _string(value)
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if "@" in parts.netloc:
        raise ValueError("an address without a user and a password")
    if parts.scheme != "https" or not parts.hostname:
        raise ValueError(f"an address that begins with https://, not {text!r}")
    return text


def _ignores(value: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise ValueError("a table of globs with lists of codes")
    try:
        return {glob: _strings(codes) for glob, codes in value.items()}
    except ValueError as error:
        raise ValueError("a table of globs with lists of codes") from error


def _runtime(value: object) -> str:
    text = _string(value)
    if text.lower() in {"container", "warehouse"} or re.fullmatch(r"(?i)SYSTEM\$\w+", text):
        return text
    raise ValueError(
        f"container, warehouse or a runtime such as SYSTEM$WAREHOUSE_RUNTIME, not {value!r}"
    )


def _package_source(value: object) -> str:
    text = _string(value)
    if re.fullmatch(r"none|(?:repository|integration)(?::.+)?", text):
        return text
    raise ValueError(
        "repository, integration or none, the first two with a name (integration:MY_EAI) or "
        f"without, not {value!r}"
    )


def _cli_version(value: object) -> str:
    text = _string(value)
    if not re.fullmatch(r"\d+\.\d+(\.\d+)?", text):
        raise ValueError(f"a version such as 3.31, not {value!r}")
    return text


SWITCH: Mapping[str, Callable[[object], str]] = {
    "compute_pool": _string,
    "query_warehouse": _string,
    "runtime": _runtime,
    "package_source": _package_source,
    "owner_role": _string,
    "admin_role": _string,
    "snowflake_cli": _cli_version,
}
"""The settings of the switch by name, with what checks them: ValueError says what one must be."""

_KEYS: Mapping[str, tuple[str, Callable[[object], object]]] = {
    "select": ("select", _strings),
    "ignore": ("ignore", _strings),
    "exclude": ("exclude", _strings),
    "unsafe": ("unsafe", _flag),
    "dependency-file": ("dependency_file", _dependency_file),
    "streamlit": ("streamlit", streamlit_version),
    "remove-environment": ("remove_environment", _flag),
    "session": ("session", _session),
    "map": ("package_map", _names),
    "map-address": ("map_address", https_address),
    "per-file-ignores": ("per_file_ignores", _ignores),
    **{name.replace("_", "-"): (name, check) for name, check in SWITCH.items()},
    "project-file": ("project_file", _flag),
}
