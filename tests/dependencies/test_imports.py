from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path

import pytest

from sis_codemods.dependencies.imports import third_party
from sis_migrate.model import App, Span
from sis_migrate.python.source import Source, parse
from sis_migrate.textfile import decode


def sources(contents: Mapping[Path, str]) -> list[Source]:
    return [parse(path, decode(textwrap.dedent(t).encode())) for path, t in contents.items()]


def imported(root: Path, files: dict[str, str], *scripts: str) -> list[tuple[str, bool]]:
    contents = {root / name: text for name, text in files.items()}
    paths = tuple(contents)
    app = App(root, "app", paths[0], tuple(root / s for s in scripts), paths)
    return [(i.module, i.optional) for i in third_party(app, sources(contents))]


CONNECTION = "streamlit.connections.SnowflakeConnection"
FORMS = [
    pytest.param("import pandas", [("pandas", False)], id="a plain import"),
    pytest.param("import a.b as c, d", [("a.b", False), ("d", False)], id="several"),
    pytest.param("from a.b import c", [("a.b.c", False)], id="from a module"),
    pytest.param("def f():\n    import a", [("a", False)], id="inside a function"),
    pytest.param("import importlib\nimportlib.import_module('a.b')", [("a.b", False)], id="a call"),
    pytest.param("__import__('a')", [("a", False)], id="the built-in function"),
    pytest.param(
        "st.connection('snowflake').query('')", [(CONNECTION, False)], id="the connection"
    ),
    pytest.param(
        "st.connection('snowflake').session()",
        [("snowflake.snowpark", False)],
        id="the connection for a session",
    ),
    pytest.param(
        "try:\n    st.connection('snowflake')\nexcept Exception:\n    st.connection('snowflake')",
        [(CONNECTION, False)] * 2,
        id="the connection in an attempt",
    ),
    pytest.param(
        "try:\n    import snowflake.snowpark\nexcept ImportError:\n    import snowflake.connector",
        [("snowflake.snowpark", False), ("snowflake.connector", True)],
        id="an attempt for what a warehouse has",
    ),
    pytest.param(
        "if TYPE_CHECKING:\n    import snowflake.snowpark",
        [("snowflake.snowpark", True)],
        id="types that a warehouse has",
    ),
    pytest.param(
        "st.connection('x', type='snowflake')",
        [(CONNECTION, False)],
        id="the connection by its type",
    ),
    pytest.param(
        "try:\n    import a\nexcept ImportError:\n    import b",
        [("a", True), ("b", True)],
        id="an attempt",
    ),
    pytest.param("try:\n    import a\nexcept:\n    pass", [("a", True)], id="a bare attempt"),
    pytest.param(
        "try:\n    import a\nexcept (KeyError, ModuleNotFoundError):\n    pass\nelse:\n    import b",
        [("a", True), ("b", False)],
        id="an attempt for several errors",
    ),
    pytest.param(
        "try:\n    import a\nexcept KeyError:\n    pass", [("a", False)], id="another try"
    ),
    pytest.param(
        "if TYPE_CHECKING:\n    import a\nelse:\n    import b",
        [("a", True), ("b", False)],
        id="types",
    ),
    pytest.param("if t.TYPE_CHECKING:\n    import a", [("a", True)], id="types by an attribute"),
    pytest.param("if x:\n    import a", [("a", False)], id="a condition"),
    pytest.param("import os, json\nfrom __future__ import annotations", [], id="the library"),
    pytest.param("import distutils.core, telnetlib", [], id="the library of 3.11"),
    pytest.param("from . import a\nfrom .b import c", [], id="relative"),
    pytest.param(
        "import_module(name)\nimport_module('.a')\nimport_module()\nf()()", [], id="other calls"
    ),
    pytest.param("st.connection('sql')\nst.connection(name)", [], id="other connections"),
]


@pytest.mark.parametrize(("source", "expected"), FORMS)
def test_finds(tmp_path: Path, source: str, expected: list[tuple[str, bool]]) -> None:
    assert imported(tmp_path, {"app.py": source}) == expected


def test_knows_the_apps_own_modules(tmp_path: Path) -> None:
    files = {
        "app.py": "import charts, tools.x, pages, pandas, generated, strictyaml, acme",
        "charts.py": "",
        "tools/x.py": "",
        "pages/one.py": "",
    }
    (tmp_path / "generated").mkdir()
    (tmp_path / "acme.zip").touch()
    assert imported(tmp_path, files) == [("pandas", False), ("strictyaml", False)]


def test_a_script_does_not_hide_the_package_of_its_name(tmp_path: Path) -> None:
    files = {"streamlit.py": "import streamlit, home", "pages/plotly.py": "import plotly"}
    found = imported(tmp_path, {**files, "home.py": ""}, "streamlit.py", "pages/plotly.py")
    assert found == [("streamlit", False), ("plotly", False)]
    assert imported(tmp_path, files, "streamlit.py")[-1] == ("home", False)


def test_an_uploaded_file_outside_the_root_is_the_apps_too(tmp_path: Path) -> None:
    root = tmp_path / "app"
    contents = {
        root / "app.py": "import shared, tool.x",
        tmp_path / "shared.py": "import pandas",
        tmp_path / "tool/x.py": "",
    }
    app = App(root, "app", root / "app.py", (root / "app.py",), tuple(contents))
    (found,) = third_party(app, sources(contents))
    assert (found.module, found.words) == ("pandas", "shared.py imports pandas")


def test_a_file_that_is_not_uploaded_says_nothing_about_the_app(tmp_path: Path) -> None:
    root = tmp_path / "app"
    contents = {
        root / "app.py": "import shared, tool.x, plotly, other",
        tmp_path / "shared.py": "import pandas",
        tmp_path / "tool/__init__.py": "import acme",
        tmp_path / "plotly/__init__.py": "",
    }
    app = App(root, "app", root / "app.py", (root / "app.py",), tuple(contents))
    found = third_party(app, sources(contents), away=[p for p in contents if p.parent != root])
    assert [(i.module, i.outside) for i in found] == [
        ("shared", True),
        ("tool.x", True),
        ("plotly", False),
        ("other", False),
    ]


def test_names_a_file_with_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "pages/one.py"
    app = App(tmp_path, "app", None, (), (path,))
    (found,) = third_party(app, sources({path: "import pandas"}))
    assert found.words == "pages/one.py imports pandas"


def test_gives_places_and_words(tmp_path: Path) -> None:
    text = "\nimport snowflake.snowpark.context as c\nimport pandas.io\n"
    app = App(tmp_path, "app", None, (), (tmp_path / "a.py",))
    first, second = third_party(app, sources({tmp_path / "a.py": text}))
    assert first.span == Span(2, 1, 2, 39)
    assert first.words == "a.py imports snowflake.snowpark"
    assert second.words == "a.py imports pandas"


def test_reads_expressions_of_any_depth(tmp_path: Path) -> None:
    text = "x = " + " + ".join("a" * 900) + "\nimport pandas\n"
    assert imported(tmp_path, {"app.py": text}) == [("pandas", False)]
