"""A saved DESCRIBE STREAMLIT or SHOW STREAMLITS result, and one of SHOW GRANTS ON STREAMLIT.

Read as the Snowflake CLI prints them with ``--format json``: a list of rows, or one row.

Source: "DESCRIBE STREAMLIT", https://docs.snowflake.com/en/sql-reference/sql/desc-streamlit, and
"SHOW GRANTS", https://docs.snowflake.com/en/sql-reference/sql/show-grants
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sis_migrate.documents.sql_quoting import bare_name
from sis_migrate.model import App

_LIVE = re.compile(r"""snow://streamlit/("(?:[^"]|"")+"|[^."]+)\.("(?:[^"]|"")+"|[^."]+)\.""")


class SavedResultError(Exception):
    """A saved result cannot be used; the message names the file and says what to save."""


@dataclass(frozen=True, slots=True)
class Described:
    """One app as Snowflake describes it; names are in their stored form, "" where not told.

    ``legacy`` is True for an app that was made with ROOT_LOCATION.
    """

    name: str
    database: str = ""
    schema: str = ""
    owner: str = ""
    title: str = ""
    comment: str = ""
    main_file: str = ""
    query_warehouse: str = ""
    runtime: str = ""
    pool: str = ""
    root_location: str = ""
    live_uri: str = ""
    execute_as: str = ""
    integrations: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    repositories: tuple[str, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict)

    @property
    def legacy(self) -> bool:
        """Source: "Understanding the different types of Streamlit objects", the rule for telling."""
        return bool(self.root_location) and not self.live_uri

    def means(self, app: App) -> bool:
        """Whether this is the app: by its name, or by the main file where that is unknown."""
        if app.name_is_label:
            main = self.main_file.rpartition("/")[2]
            return app.entry_point is not None and main == app.entry_point.name
        return bare_name(self.name).upper() == bare_name(app.name).upper()


@dataclass(frozen=True, slots=True)
class Grant:
    """One privilege on the app; ``kind`` is ROLE, DATABASE_ROLE, USER or another."""

    privilege: str
    kind: str
    grantee: str
    grantable: bool = False


def described(path: Path) -> tuple[Described, ...]:
    """The apps of a saved result; SavedResultError."""
    wanted = "the JSON of: snow sql -q 'DESCRIBE STREAMLIT <app>' --format json"
    return tuple(_app(row) for row in _rows(path, wanted, "name"))


def grants(path: Path) -> tuple[Grant, ...]:
    """The grants of a saved result; SavedResultError."""
    wanted = "the JSON of: snow sql -q 'SHOW GRANTS ON STREAMLIT <app>' --format json"
    return tuple(
        Grant(
            _text(row, "privilege"),
            _text(row, "granted_to").upper().replace(" ", "_"),
            _text(row, "grantee_name"),
            _text(row, "grant_option").lower() == "true",
        )
        for row in _rows(path, wanted, "privilege")
    )


def _rows(path: Path, wanted: str, key: str) -> list[dict[str, Any]]:
    try:
        document = json.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise SavedResultError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise SavedResultError(f"{path}: not JSON ({error}); save {wanted}") from error
    while isinstance(document, list) and len(document) == 1 and isinstance(document[0], list):
        document = document[0]
    listed = document if isinstance(document, list) else [document]
    rows = [{str(k).lower(): v for k, v in r.items()} for r in listed if isinstance(r, dict)]
    if rows and all({"property", "value"} <= row.keys() for row in rows):
        rows = [{str(row["property"]).lower(): row["value"] for row in rows}]
    if not rows or any(key not in row for row in rows):
        raise SavedResultError(f"{path}: has no column {key!r}; save {wanted}")
    return rows


def _app(row: Mapping[str, Any]) -> Described:
    uri = _text(row, "live_version_location_uri")
    place = _LIVE.match(uri)
    secrets = _parsed(row, "external_access_secrets")
    return Described(
        name=_text(row, "name"),
        database=_text(row, "database_name") or (_unquoted(place[1]) if place else ""),
        schema=_text(row, "schema_name") or (_unquoted(place[2]) if place else ""),
        owner=_text(row, "owner"),
        title=_text(row, "title"),
        comment=_text(row, "comment"),
        main_file=_text(row, "main_file"),
        query_warehouse=_text(row, "query_warehouse"),
        runtime=_text(row, "runtime_name"),
        pool=_text(row, "compute_pool"),
        root_location=_text(row, "root_location"),
        live_uri=uri,
        execute_as=_text(row, "execute_as"),
        integrations=_listed(row, "external_access_integrations"),
        imports=_listed(row, "import_urls"),
        repositories=_listed(row, "artifact_repositories"),
        secrets={str(k): str(v) for k, v in secrets.items()} if isinstance(secrets, dict) else {},
    )


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    return "" if value is None else str(value)


def _parsed(row: Mapping[str, Any], key: str) -> Any:
    value = row.get(key)
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _listed(row: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = _parsed(row, key)
    if isinstance(value, str):
        value = [part.strip() for part in value.strip("[]()").split(",")]
    return tuple(str(item) for item in value if item) if isinstance(value, list) else ()


def _unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"') if name[:1] == '"' else name
