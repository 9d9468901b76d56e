from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from sis_migrate.codemod import AppContext
from sis_migrate.collect import applicable, from_app, from_module, triggered
from sis_migrate.model import (
    Edit,
    EditGroup,
    Finding,
    Item,
    NewFile,
    Safety,
    Scope,
    Settings,
    Status,
    Step,
    Withhold,
)
from sis_migrate.python.module import Module
from sis_migrate.workspace import Workspace
from toys import ROOT, module_of, python_codemod


def test_codemods_by_their_triggers() -> None:
    file = python_codemod("SIS901", triggers=(b"one", b"two"))
    app = python_codemod("SIS902", triggers=(), app_triggers=(b"three",))
    contents = [b"one", b"three"]
    wide = triggered([file, app], contents)
    assert wide == {"SIS902"}
    assert applicable([file, app], b"one", wide) == [file, app]
    assert applicable([file, app], b"", wide) == [app]
    assert applicable([file, app], b"three", ()) == []


def test_handlers_run_for_their_nodes_then_for_the_module() -> None:
    codemod = python_codemod()
    seen: list[str] = []

    @codemod.on(ast.Name, ast.Pass)
    def node(module: Module, node: ast.AST) -> Iterator[Finding]:
        seen.append(type(node).__name__)
        yield from ()

    @codemod.on_module
    def whole(module: Module) -> Iterator[Finding]:
        seen.append("module")
        yield from ()

    from_module(module_of("x\npass\n1\n"), [codemod])
    assert seen == ["Name", "Pass", "module"]


def test_what_a_codemod_leaves_out_is_filled_in() -> None:
    codemod = python_codemod(safety=Safety.REVIEW, item=Item.CACHE)
    path = ROOT / "main.py"
    given: list[Any] = [
        Edit(path, NewFile(""), "m"),
        Edit(path, NewFile(""), "m", "SIS999", Safety.SAFE, item=Item.DEPS),
        Finding(path, "m", Status.MANUAL),
        Finding(path, "m", Status.MANUAL, "SIS999", item=Item.DEPS),
        Step("owner", 1, "t", Item.POOL),
        Step("owner", 1, "t", Item.POOL, "SIS999"),
    ]
    codemod.on_module(lambda module: given)
    found = from_module(module_of("x\n"), [codemod])
    assert [(e.code, e.safety, e.item) for e in found.edits] == [
        ("SIS901", Safety.REVIEW, Item.CACHE),
        ("SIS999", Safety.SAFE, Item.DEPS),
    ]
    assert [(f.code, f.item) for f in found.findings] == [
        ("SIS901", Item.CACHE),
        ("SIS999", Item.DEPS),
    ]
    assert [s.code for s in found.steps] == ["SIS901", "SIS999"]


def test_a_group_over_a_file_is_that_files() -> None:
    codemod = python_codemod()
    group = EditGroup("g", Scope.FILE)
    named = EditGroup("g", Scope.FILE, "mine")
    path = ROOT / "main.py"
    given: list[Any] = [
        Edit(path, NewFile(""), "m", group=group),
        Edit(path, NewFile(""), "m", group=named),
        Withhold(group, "r"),
    ]
    codemod.on_module(lambda module: given)
    found = from_module(module_of("x\n"), [codemod])
    anchored = EditGroup("g", Scope.FILE, str(path))
    assert [e.group for e in found.edits] == [anchored, named]
    assert [hold.group for hold, _ in found.holds] == [anchored]


def test_a_failed_codemod_yields_nothing_more() -> None:
    codemod = python_codemod()
    calls: list[str] = []

    @codemod.on(ast.Name)
    def node(module: Module, node: ast.AST) -> Iterator[Edit]:
        calls.append("node")
        yield Edit(module.path, NewFile(""), "m", group=EditGroup("g"))
        raise ValueError("no")

    @codemod.on_module
    def whole(module: Module) -> Iterator[Finding]:
        calls.append("module")
        yield from ()

    found = from_module(module_of("x\ny\n"), [codemod])
    assert calls == ["node"]
    assert found.edits == []
    assert found.failed == {"SIS901"}
    assert [f.code for f in found.findings] == ["SIS003"]


def test_handlers_for_an_app_get_its_modules_only_when_they_ask() -> None:
    module = module_of("x\n")
    asked: list[int] = []

    def project() -> Any:
        asked.append(1)
        return module.project

    context = AppContext(module.app, Workspace(), Settings(), project)
    codemod = python_codemod()
    codemod.on_app(lambda context: [])
    assert from_app(context, codemod).findings == []
    assert asked == []
    assert context.modules == context.modules == {module.path: module}
    assert context.graph is module.project.graph
    assert len(asked) == 2
