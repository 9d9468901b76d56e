from __future__ import annotations

import ast
from pathlib import Path

import pytest

from sis_migrate.python.graph import ModuleGraph, Request, Role, requests

APP = Path("/app")


def graph(
    files: dict[str, str], scripts: tuple[str, ...] = ("main.py",), roots: tuple[str, ...] = (".",)
) -> ModuleGraph:
    trees = {APP / name: ast.parse(text) for name, text in files.items()}
    return ModuleGraph(trees, [APP / root for root in roots], [APP / name for name in scripts])


def names(paths: tuple[Path, ...] | frozenset[Path]) -> list[str]:
    return sorted(path.relative_to(APP).as_posix() for path in paths)


@pytest.mark.parametrize(
    ("source", "imported"),
    [
        pytest.param("import lib", ["lib.py"], id="plain import"),
        pytest.param(
            "import pkg.a", ["pkg/__init__.py", "pkg/a.py"], id="dotted import loads the package"
        ),
        pytest.param(
            "from pkg import a", ["pkg/__init__.py", "pkg/a.py"], id="module from a package"
        ),
        pytest.param("from pkg import name", ["pkg/__init__.py"], id="name from a package"),
        pytest.param("from pkg import *", ["pkg/__init__.py"], id="star import"),
        pytest.param("from bare import x", ["bare/x.py"], id="package without __init__"),
        pytest.param("def f():\n    import lib", ["lib.py"], id="in a function"),
        pytest.param(
            "try:\n    import lib\nexcept ImportError:\n    import other",
            ["lib.py", "other.py"],
            id="in try and except",
        ),
        pytest.param("if True:\n    pass\nelse:\n    import lib", ["lib.py"], id="in else"),
        pytest.param(
            "import importlib\nm = importlib.import_module('pkg.a')",
            ["pkg/__init__.py", "pkg/a.py"],
            id="import_module of a literal",
        ),
        pytest.param(
            "import_module(name)\nimport_module()\nimport_module(1)\nimport_module('')\nf()()",
            [],
            id="import_module of anything else",
        ),
        pytest.param("lib = __import__('lib')", ["lib.py"], id="__import__ of a literal"),
        pytest.param("import main, pandas, streamlit", [], id="itself and third parties"),
        pytest.param("import streamlit as st", [], id="streamlit is never the file of that name"),
        pytest.param("from . import lib\nfrom .lib import x", ["lib.py"], id="relative at the top"),
        pytest.param("from ... import lib", ["lib.py"], id="too many dots end at the top"),
    ],
)
def test_imports(source: str, imported: list[str]) -> None:
    rest = ("lib.py", "other.py", "pkg/__init__.py", "pkg/a.py", "bare/x.py", "streamlit.py")
    app = graph({"main.py": source, **dict.fromkeys(rest, "")})
    assert names(app.imports(APP / "main.py")) == imported
    for name in imported:
        assert app.importers(APP / name) == (APP / "main.py",)


def test_files_that_are_not_the_apps_have_no_imports() -> None:
    app = graph({"main.py": ""})
    assert app.imports(APP / "gone.py") == app.importers(APP / "gone.py") == ()
    assert app.reachable([APP / "gone.py"]) == frozenset()


@pytest.mark.parametrize(
    ("importer", "statement", "name"),
    [
        pytest.param("pkg/a.py", "from .b import x", "pkg.b", id="sibling"),
        pytest.param("pkg/a.py", "from . import b", "pkg", id="own package"),
        pytest.param("pkg/__init__.py", "from .b import x", "pkg.b", id="from the package itself"),
        pytest.param("pkg/sub/a.py", "from ..b import x", "pkg.b", id="one up"),
        pytest.param("__init__.py", "from .b import x", "b", id="package file at the root"),
        pytest.param("pkg/a.py", "from pkg2.b import x", "pkg2.b", id="already absolute"),
    ],
)
def test_absolute(importer: str, statement: str, name: str) -> None:
    node = ast.parse(statement).body[0]
    assert isinstance(node, ast.ImportFrom)
    assert graph({importer: statement}).absolute(APP / importer, node) == name


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("pages/one.py", "pages.one"),
        ("pkg/__init__.py", "pkg"),
        ("__init__.py", "__init__"),
        ("../common/lib.py", "lib"),
    ],
)
def test_name_of(path: str, name: str) -> None:
    assert (
        graph({}).name_of(Path("/app", path) if ".." not in path else Path("/common/lib.py"))
        == name
    )


def test_roots_are_searched_in_order_then_the_importers_folder() -> None:
    app = graph(
        {
            "src/main.py": "",
            "src/lib.py": "",
            "lib.py": "",
            "top.py": "",
            "pages/x.py": "",
            "pages/y.py": "",
        },
        ("src/main.py",),
        ("src", "."),
    )
    assert app.locate("lib", APP / "pages/x.py") == APP / "src/lib.py"
    assert app.locate("top", APP / "pages/x.py") == APP / "top.py"
    assert app.locate("y", APP / "pages/x.py") == APP / "pages/y.py"
    assert app.locate("y", APP / "top.py") is None
    assert app.locate("a..b", APP / "top.py") is None
    assert app.name_of(APP / "src/lib.py") == "lib"


def test_a_package_wins_over_a_module_of_the_same_name() -> None:
    app = graph({"lib.py": "", "lib/__init__.py": ""})
    assert app.locate("lib", APP / "main.py") == APP / "lib/__init__.py"


def test_roles() -> None:
    app = graph(
        {
            "main.py": "import shared, pages.two",
            "shared.py": "import deep",
            "deep.py": "import shared",
            "pages/one.py": "",
            "pages/two.py": "",
            "dead.py": "import pages.one",
        },
        ("main.py", "pages/one.py", "pages/two.py"),
    )
    roles = {
        name: app.role(APP / name)
        for name in (
            "main.py",
            "shared.py",
            "deep.py",
            "pages/one.py",
            "pages/two.py",
            "dead.py",
            "gone.py",
        )
    }
    assert roles == {
        "main.py": Role.SCRIPT,
        "shared.py": Role.SHARED,
        "deep.py": Role.SHARED,
        "pages/one.py": Role.SCRIPT,
        "pages/two.py": Role.BOTH,
        "dead.py": Role.UNREACHED,
        "gone.py": Role.UNREACHED,
    }
    assert names(app.reachable([APP / "shared.py"])) == ["deep.py", "shared.py"]


def test_deep_trees_do_not_overflow() -> None:
    expression: ast.expr = ast.Constant(1)
    for _ in range(50_000):
        expression = ast.UnaryOp(ast.USub(), expression)
    tree = ast.Module([ast.Expr(expression), ast.Import([ast.alias("lib")])], [])
    assert list(requests(tree)) == [Request("lib")]
    while isinstance(expression, ast.UnaryOp):  # take it apart: freeing it at once would recurse
        expression = expression.operand
