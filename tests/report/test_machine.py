from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from report.migrations import EMPTY, migration
from sis_migrate.model import Settings
from sis_migrate.report.machine import document

SCHEMA: dict[str, Any] = json.loads(files("sis_migrate.report").joinpath("schema.json").read_text())
ROOT = Path("/project")
SETTINGS = Settings(("SIS1",), package_map={"a": "b"}, per_file_ignores={"*.py": ("SIS2",)})

DESCRIBED = ("app", "finding", "verified", "verified_run", "verified_stage")
_TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


def faults(value: Any, schema: dict[str, Any], where: str = "$") -> list[str]:
    """What is wrong with ``value``: the part of JSON Schema that our schema uses."""
    known = {
        *("$schema", "$defs", "$ref", "title", "type", "const", "enum", "anyOf", "minimum"),
        *("properties", "required", "additionalProperties", "items"),
    }
    assert set(schema) <= known, "teach this check the new word"
    if "$ref" in schema:
        return faults(value, SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")], where)
    if "anyOf" in schema:
        tried = [faults(value, option, where) for option in schema["anyOf"]]
        return [] if [] in tried else tried[0]
    if "const" in schema:
        return [] if value == schema["const"] else [f"{where} is not {schema['const']}"]
    if "enum" in schema:
        return [] if value in schema["enum"] else [f"{where}: {value!r} is not listed"]
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    boolean = isinstance(value, bool) and "boolean" not in kinds
    if boolean or not any(isinstance(value, _TYPES[k]) for k in kinds):
        return [f"{where}: {value!r} is not of type {kinds}"]
    if isinstance(value, int) and value < schema.get("minimum", value):
        return [f"{where} is too small"]
    if isinstance(value, list):
        return [f for i, v in enumerate(value) for f in faults(v, schema["items"], f"{where}[{i}]")]
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        found = [
            f"{where}.{key} is missing" for key in schema.get("required", ()) if key not in value
        ]
        for key, entry in value.items():
            rule = properties.get(key, schema["additionalProperties"])
            if rule is False:
                found.append(f"{where}.{key} is unknown")
            else:
                found += faults(entry, rule, f"{where}.{key}")
        return found
    return []


@pytest.mark.parametrize("applied", [False, True])
@pytest.mark.parametrize("which", ["full", "empty"])
def test_it_keeps_to_the_schema(which: str, applied: bool) -> None:
    result = document(
        migration(ROOT) if which == "full" else EMPTY, SETTINGS, ROOT, applied=applied
    )
    assert faults(json.loads(json.dumps(result)), SCHEMA) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema_version",), 2),
        (("summary", "fixed"), True),
        (("summary", "fixed"), -1),
        (("apps", 0, "runtime"), "moon"),
        (("apps", 0, "findings", 0, "line"), 0),
        (("apps", 0, "findings", 0, "item"), "tea"),
        (("apps", 0, "changes", 0, "extra"), 1),
        (("settings", "package_map", "a"), 1),
        (("outside",), None),
    ],
    ids=str,
)
def test_the_check_itself_finds_faults(path: tuple[Any, ...], value: Any) -> None:
    result: Any = json.loads(json.dumps(document(migration(ROOT), SETTINGS, ROOT)))
    place = result
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert faults(result, SCHEMA) != []
    del place[path[-1]]


def test_the_check_misses_nothing_required() -> None:
    assert "$.apps is missing" in faults({}, SCHEMA)


def test_an_app() -> None:
    result = document(migration(ROOT), SETTINGS, ROOT / "elsewhere")
    (app,) = result["apps"]
    assert app["root"] == "../app"
    assert app["entry_point"] == "../app/streamlit_app.py"
    assert app["changes"] == [
        {"path": "../app/streamlit_app.py", "kind": "modified"},
        {"path": "../app/pyproject.toml", "kind": "created"},
        {"path": "../app/old.txt", "kind": "deleted"},
    ]
    assert app["findings"][0] == {
        "code": "SIS101",
        "path": "../app/streamlit_app.py",
        "line": 3,
        "column": 5,
        "end_line": 3,
        "end_column": 11,
        "status": "fixed",
        "message": "a thing that is fixed",
        "remedy": "nothing more",
        "item": "session",
    }
    assert app["findings"][2]["line"] is None
    assert result["summary"] == {
        "apps": 1,
        "files_changed": 3,
        "fixed": 1,
        "review": 1,
        "manual": 1,
        "error": 1,
    }


def test_lines_of_the_new_text_when_applied() -> None:
    (app,) = document(migration(ROOT), SETTINGS, ROOT, applied=True)["apps"]
    assert [finding["line"] for finding in app["findings"]] == [3, 6, None]


def test_an_app_without_an_entry_point() -> None:
    from dataclasses import replace

    full = migration(ROOT).apps[0]
    unclear = replace(full, app=replace(full.app, entry_point=None))
    (app,) = document(replace(EMPTY, apps=(unclear,)), SETTINGS, ROOT)["apps"]
    assert app["entry_point"] is None


def test_docs_name_every_key() -> None:
    text = (Path(__file__).parents[2] / "docs" / "json.md").read_text(encoding="utf-8")
    for part in (SCHEMA, *(SCHEMA["$defs"][name] for name in DESCRIBED)):
        for key in part["properties"]:
            assert f"`{key}`" in text
