"""The table of widths agrees with the table of names."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

import pytest

from sis_codemods.streamlit.api import Api
from sis_codemods.streamlit.facts import minor

API = Api.load()
OLDEST = (1, 22)
WIDTHS: dict[str, dict[str, dict[str, Any]]] = tomllib.loads(
    (resources.files("sis_codemods.streamlit") / "widths.toml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("element", WIDTHS)
def test_first_releases_are_those_of_the_table(element: str) -> None:
    name = f"streamlit.DeltaGenerator.{element}"
    for parameter, row in WIDTHS[element].items():
        added = API.added_in(name, parameter)
        assert added is not None, (element, parameter)
        assert minor(row["default"][0].split()[0]) == max(OLDEST, added)
        if parameter != "use_container_width":
            assert minor(row["since"]) == max(OLDEST, added)
            assert minor(row["strict"]) >= added
            assert all(minor(row[word]) >= added for word in ("stretch", "content") if word in row)


def test_every_size_of_the_newest_release_is_written_down() -> None:
    prefix = "streamlit.DeltaGenerator."
    for name in API.names():
        element = name.removeprefix(prefix)
        if not name.startswith(prefix) or element.startswith("_"):
            continue
        signature = API.parameters(name, API.newest)
        for each in signature.parameters if signature else ():
            if each.name in ("width", "height", "use_container_width"):
                assert each.name in WIDTHS.get(element, {}), (element, each.name)


def test_use_container_width_is_written_for_each_element_that_has_a_successor_for_it() -> None:
    for element, row in WIDTHS.items():
        name = f"streamlit.DeltaGenerator.{element}"
        successor = API.successor(name, "use_container_width")
        assert (successor is not None) == ("use_container_width" in row)
        if successor is None or successor.since is None:
            continue
        assert minor(row["width"]["stretch"]) == successor.since
        assert ("content" in row["width"]) == (row["use_container_width"]["false"] == "content")
        deprecated = API.deprecated_in(name, "use_container_width")
        warns = row["use_container_width"].get("warns")
        assert deprecated == (minor(warns) if warns else (1, 48))
