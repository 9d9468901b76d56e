from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sis_migrate import codemod as registry
from sis_migrate.apps import DiscoveryError
from sis_migrate.codemod import AppContext
from sis_migrate.model import Finding, Settings, Status
from sis_migrate.pipeline import plan
from toys import document_codemod, renaming

APP = "import streamlit as st\nfrom snowflake.snowpark import Session\nold()\n"


def tree(root: Path, **files: str) -> Path:
    for name, text in files.items():
        path = root / name.replace("__", "/")
        path = path.with_name(path.name.replace("_py", ".py"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_a_plan_writes_nothing_and_is_the_same_each_time(tmp_path: Path) -> None:
    tree(tmp_path, a__app_py=APP, b__app_py=APP)
    before = {p: p.read_bytes() for p in tmp_path.rglob("*.py")}
    first = plan([tmp_path], Settings(), codemods=[renaming()])
    assert first == plan([tmp_path], Settings(), codemods=[renaming()])
    assert {c.path: c.before for c in first.changes()} == before
    assert {p: p.read_bytes() for p in tmp_path.rglob("*.py")} == before
    assert [a.app.root.name for a in first.apps] == ["a", "b"]


def test_the_installed_codemods_are_the_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(registry, "load", lambda: (renaming(),))
    tree(tmp_path, app_py=APP)
    assert len(plan([tmp_path], Settings()).changes()) == 1
    assert plan([tmp_path], Settings(ignore=("SIS901",))).changes() == ()


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DiscoveryError, match="nowhere"):
        plan([tmp_path / "nowhere"], Settings(), codemods=[])


def test_an_app_that_a_thread_plans_is_the_same(tmp_path: Path) -> None:
    tree(tmp_path, app_py=APP)
    made = []
    run = threading.Thread(
        target=lambda: made.append(plan([tmp_path], Settings(), codemods=[renaming()]))
    )
    run.start()
    run.join()
    assert made == [plan([tmp_path], Settings(), codemods=[renaming()])]


def test_places_in_a_file_of_two_apps_are_those_on_disk(tmp_path: Path) -> None:
    shared = "import os\n\n\ndef f():\n    old()\n    keep()\n"
    source = "import sys\nsys.path.append('..')\nimport shared\n" + APP
    tree(tmp_path, shared_py=shared, a__app_py=source, b__app_py=source)
    (tmp_path / "a" / "environment.yml").write_text("channels: [snowflake]\n")
    (tmp_path / "b" / "environment.yml").write_text("channels: [snowflake]\n")

    def look(context: AppContext) -> Iterator[Finding]:
        for path, module in context.modules.items():
            for number, line in enumerate(module.source.text.splitlines(), 1):
                if "keep()" in line:
                    statement = module.source.tree.body[-1].body[-1]  # type: ignore[attr-defined]
                    assert module.source.span(statement).line == number
                    yield module.find(statement, path.name)

    grow = renaming(new="(\n  new)", code="SIS902")
    migration = plan([tmp_path], Settings(), codemods=[grow, document_codemod(look)])
    lines = {f.span.line for f in migration.findings() if f.message == "shared.py" and f.span}
    assert len(migration.apps) == 2
    assert lines == {6}


def test_what_discovery_finds_can_be_ignored(tmp_path: Path) -> None:
    files = {"one_py": APP, "two_py": APP}
    tree(tmp_path, **files)
    (found,) = plan([tmp_path], Settings(), codemods=[]).findings()
    assert found.status is not Status.FIXED
    settings = Settings(per_file_ignores={"*": ("",)})
    assert plan([tmp_path], settings, codemods=[]).findings() == ()
