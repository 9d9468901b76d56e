"""The house keeps its floors, and every codemod its form."""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from codemod_case import ENTRY, migrate
from sis_migrate.codemod import Codemod, load
from sis_migrate.model import Settings

SRC = Path(__file__).parents[1] / "src" / "sis_migrate"
CODEMODS = Path(__file__).parents[1] / "codemods" / "sis_codemods"

# From the top down: a module imports from floors below its own, and on its own floor as said.
FLOORS = (
    {"cli"},
    {"pipeline", "app_run", "app_files", "application", "collect", "ignoring", "checklist",
     "verification"},
    {"apps", "discovery", "codemod", "configuration", "switch"},
    {"python", "documents", "report", "verify", "write", "workspace"},
    {"resolver"},
    {"model", "addresses", "textfile", "splices", "vcs", "journal", "deployed", "mixins",
     "verified", "cache", "processes"},
)  # fmt: skip
_SIDE_BY_SIDE = {"python", "documents", "report", "verify", "write", "workspace"}
_HEADINGS = ("What it does", "Why", "Example", "What it leaves", "Safety", "Source")
_EXAMPLE = re.compile(r"^(Before|After)[^\n]*:\n\n```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def imports(path: Path, *, at_import: bool = False) -> Iterator[str]:
    """The modules a file imports when it runs (``at_import``: not those inside functions)."""
    stack: list[ast.AST] = [ast.parse(path.read_text("utf-8"))]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            stack += node.orelse
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif not (at_import and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))):
            stack += ast.iter_child_nodes(node)


def part(path: Path) -> str:
    """The module or package of ``sis_migrate`` that a file is or belongs to."""
    return path.relative_to(SRC).parts[0].removesuffix(".py")


@cache
def graph() -> dict[str, set[str]]:
    """Which parts import which others."""
    found: dict[str, set[str]] = {}
    for path in SRC.rglob("*.py"):
        names = {n.split(".")[1] for n in imports(path) if n.startswith("sis_migrate.")}
        known = {n for n in names if (SRC / n).is_dir() or (SRC / f"{n}.py").exists()}
        found.setdefault(part(path), set()).update(known - {part(path)})
    return found


def floor(name: str) -> int:
    return next(number for number, names in enumerate(FLOORS) if name in names)


def test_every_part_has_a_floor() -> None:
    assert set(graph()) - {"__init__"} <= set().union(*FLOORS)


def test_no_arrow_runs_up() -> None:
    wrong = [(a, b) for a, used in graph().items() for b in used if floor(b) < floor(a)]
    assert wrong == []


def test_no_arrow_runs_in_a_circle() -> None:
    list(TopologicalSorter(graph()).static_order())


def test_the_parts_below_the_codemods_do_not_know_each_other() -> None:
    found = graph()
    assert [(a, b) for a in _SIDE_BY_SIDE for b in found.get(a, set()) & _SIDE_BY_SIDE] == []


def test_the_machine_knows_no_codemod() -> None:
    wrong = [p.name for p in SRC.rglob("*.py") for n in imports(p) if n.startswith("sis_codemods")]
    assert wrong == []


def test_the_codemods_know_the_command_line_in_their_commands_only() -> None:
    users = {p.name for p in CODEMODS.rglob("*.py") for n in imports(p) if ".cli." in n}
    assert users == {"command.py"}


def test_only_one_module_writes_the_users_files() -> None:
    """What writes to disk: the run record, the writer, and what is made to be thrown away."""
    calls = re.compile(r"\.(write_bytes|write_text|unlink|rename|touch)\(|os\.replace\(|open\(.*w")
    writers = {part(p) for p in SRC.rglob("*.py") if calls.search(p.read_text("utf-8"))}
    assert writers <= {"write", "journal", "verified", "verify", "verification", "resolver", "cli"}


@pytest.mark.parametrize("path", sorted(CODEMODS.rglob("*.py")), ids=lambda p: p.stem)
def test_codemods_import_libcst_in_functions_only(path: Path) -> None:
    heavy = {"libcst", "yaml", "rich", "sqlglot", "tomlkit"}
    assert {n.split(".")[0] for n in imports(path, at_import=True)} & heavy == set()


def test_the_transformer_module_is_loaded_for_edits_only() -> None:
    users = [
        p.name
        for p in SRC.rglob("*.py")
        if "sis_migrate.python.transform.transform" in imports(p, at_import=True)
    ]
    assert users == []


@pytest.mark.parametrize("codemod", load(), ids=lambda c: c.code)
def test_the_docstring_has_all_headings_in_order(codemod: Codemod) -> None:
    places = [codemod.documentation.find(f"**{heading}.**") for heading in _HEADINGS]
    assert -1 not in places
    assert places == sorted(places)
    # A page with its address, or a release whose code is the source.
    assert re.search(r"https://|\d+\.\d+", codemod.documentation[places[-1] :])


@pytest.mark.parametrize("codemod", load(), ids=lambda c: c.code)
def test_the_example_is_what_the_codemod_does(codemod: Codemod) -> None:
    """Examples on Python are run; those on other files are looked at for being there only."""
    text = codemod.documentation
    example = text[text.find("**Example.**") : text.find("**What it leaves.**")]
    parts = _EXAMPLE.findall(example)
    if not (codemod.triggers or codemod.app_triggers):
        assert len(example) > len("**Example.**\n\n")
        return
    assert [(when, kind) for when, kind, _ in parts] == [("Before", "python"), ("After", "python")]
    before, after = parts[0][2], parts[1][2]
    settings = Settings(select=(codemod.code,))
    script = migrate(before, codemod, settings=settings).text
    # What only concerns modules that are shared by viewers shows in an imported file.
    shared = migrate({ENTRY: "import lib\n", "lib.py": before}, codemod, settings=settings)
    # What only concerns apps of several pages shows beside a page that has Streamlit's connection.
    beside = {ENTRY: 'import streamlit as st\nst.connection("snowflake")\n', "pages/a.py": before}
    page = migrate(beside, codemod, settings=settings, scripts=tuple(beside))
    assert after in {script, shared.texts["lib.py"], page.texts["pages/a.py"]}


def test_the_codemods_modules_are_where_they_say() -> None:
    for codemod in load():
        spec = importlib.util.find_spec(codemod.module)
        assert spec
        assert spec.origin
        assert Path(spec.origin).is_relative_to(CODEMODS)
