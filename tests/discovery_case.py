"""Folders of apps for tests, and short words for what discovery makes of them."""

from __future__ import annotations

from pathlib import Path

from sis_migrate.apps import Discovery, discover
from sis_migrate.model import App, Settings
from sis_migrate.workspace import Workspace

ST = "import streamlit as st\nst.title('x')\n"
SF = (
    "import streamlit as st\nfrom snowflake.snowpark.context import get_active_session\n"
    "st.write(get_active_session())\n"
)
LIB = "import streamlit as st\ndef show():\n    st.write(1)\n"
ENV = "channels:\n- snowflake\ndependencies:\n- streamlit\n"


def build(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def look(folder: Path, *below: str, exclude: tuple[str, ...] = ()) -> Discovery:
    paths = [folder / name for name in below] or [folder]
    return discover(paths, Workspace(), Settings(exclude=exclude))


def named(folder: Path, *paths: Path | None) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in paths if path]


def only(found: Discovery) -> App:
    assert len(found.apps) == 1, found
    return found.apps[0]


def entries(folder: Path, found: Discovery) -> list[str]:
    return named(folder, *(app.entry_point for app in found.apps))
