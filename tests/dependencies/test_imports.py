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


def found_in(root: Path, files: dict[str, str]) -> list[tuple[str, str]]:
    """The modules imported from outside, and the file of the app that each may be taken for."""
    contents = {root / name: text for name, text in files.items()}
    app = App(root, "app", root / "app.py", (root / "app.py",), tuple(contents))
    return [(i.module, i.beside) for i in third_party(app, sources(contents))]


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
    assert imported(tmp_path, files, "streamlit.py")[1] == ("home", False)


NESTED = [
    pytest.param({"services/snowflake.py": ""}, "snowflake.snowpark.context", id="a nested file"),
    pytest.param({"viz/plotly.py": ""}, "plotly.express", id="another one"),
    pytest.param({"snowflake/udf/clean.py": ""}, "snowflake.snowpark", id="a folder of scripts"),
    pytest.param({"tests/pandas/__init__.py": ""}, "pandas", id="a nested package"),
    pytest.param({"streamlit/__init__.py": ""}, "streamlit", id="what is loaded before the app"),
]


@pytest.mark.parametrize(("files", "module"), NESTED)
def test_a_file_that_python_does_not_find_hides_no_package(
    tmp_path: Path, files: dict[str, str], module: str
) -> None:
    assert found_in(tmp_path, {"app.py": f"import {module}", **files}) == [(module, "")]


def test_a_folder_of_other_files_hides_no_package(tmp_path: Path) -> None:
    (tmp_path / "snowflake").mkdir()
    (tmp_path / "snowflake/grants.sql").touch()
    assert found_in(tmp_path, {"app.py": "import snowflake.snowpark"}) == [
        ("snowflake.snowpark", "")
    ]


OWN = [
    pytest.param({"names.py": ""}, "import names", id="a module"),
    pytest.param({"names/__init__.py": ""}, "from names import first", id="a package"),
    pytest.param({"schedule/jobs.py": ""}, "import schedule.jobs", id="a folder that is none"),
    pytest.param(
        {"snowflake/helpers/io.py": ""}, "from snowflake.helpers import io", id="a folder in it"
    ),
    pytest.param(
        {"lib/names.py": "", "lib/setup.py": "import sys\nsys.path.append('.')"},
        "import names",
        id="a folder that is put on the path",
    ),
]


@pytest.mark.parametrize(("files", "source"), OWN)
def test_a_file_that_python_finds_is_the_apps_own(
    tmp_path: Path, files: dict[str, str], source: str
) -> None:
    assert found_in(tmp_path, {"app.py": source, **files}) == []


def test_looks_in_the_folders_that_modules_are_imported_from(tmp_path: Path) -> None:
    contents = {tmp_path / "app.py": "import names", tmp_path / "lib/names.py": ""}
    app = App(tmp_path, "app", tmp_path / "app.py", (tmp_path / "app.py",), tuple(contents))
    assert [i.module for i in third_party(app, sources(contents))] == ["names"]
    assert third_party(app, sources(contents), folders=[tmp_path / "lib"]) == ()


DOUBTFUL = [
    pytest.param(
        {"app.py": "", "openai.py": "import openai"}, "openai.py", id="a file that imports its name"
    ),
    pytest.param(
        {"app.py": "import openai.types.chat", "openai/__init__.py": ""}, "", id="a package"
    ),
    pytest.param(
        {"app.py": "import snowflake.snowpark", "snowflake/__init__.py": ""},
        "snowflake/__init__.py",
        id="a package without the part that is imported",
    ),
    pytest.param(
        {"app.py": "", "lib/chat.py": "import openai", "lib/openai.py": ""},
        "lib/openai.py",
        id="a file beside the one that imports",
    ),
    pytest.param(
        {"app.py": "", "services/openai.py": "import openai"},
        "-",
        id="a nested file that imports its name",
    ),
]


@pytest.mark.parametrize(("files", "beside"), DOUBTFUL)
def test_says_which_file_a_package_may_be_taken_for(
    tmp_path: Path, files: dict[str, str], beside: str
) -> None:
    found = [name for _, name in found_in(tmp_path, files)]
    assert found == ([beside.strip("-")] if beside else [])


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


FALLBACKS = [
    pytest.param("try:\n import a\nexcept ImportError:\n import b", (("a",),), id="one attempt"),
    pytest.param(
        "try:\n import a, c\n from d import e\nexcept (ImportError, KeyError):\n import b",
        (("a", "c", "d.e"),),
        id="of several modules",
    ),
    pytest.param(
        "try:\n import a\nexcept ImportError:\n try:\n  import c\n except ImportError:\n  import b",
        (("a",), ("c",)),
        id="one in another",
    ),
    pytest.param("try:\n import json\nexcept ImportError:\n import b", (), id="what is Python's"),
    pytest.param("try:\n import own\nexcept ImportError:\n import b", (), id="what is the app's"),
    pytest.param("try:\n run()\nexcept Exception:\n import b", (), id="no import"),
    pytest.param(
        "try:\n import a\nexcept ImportError:\n c = 1\nexcept Exception:\n import b",
        (),
        id="after another failure",
    ),
    pytest.param(
        "if TYPE_CHECKING:\n try:\n  import a\n except ImportError:\n  import b",
        (),
        id="for types",
    ),
    pytest.param(
        "try:\n try:\n  import a\n except ImportError:\n  import b\nexcept ImportError:\n pass",
        (),
        id="in an attempt",
    ),
]


@pytest.mark.parametrize(("source", "attempts"), FALLBACKS)
def test_knows_what_must_have_failed_before(
    tmp_path: Path, source: str, attempts: tuple[tuple[str, ...], ...]
) -> None:
    contents = {tmp_path / "app.py": source, tmp_path / "own.py": ""}
    app = App(tmp_path, "app", tmp_path / "app.py", (tmp_path / "app.py",), tuple(contents))
    (last,) = (i for i in third_party(app, sources(contents)) if i.module == "b")
    assert last.optional
    assert last.instead_of == attempts
