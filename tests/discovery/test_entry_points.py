from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from discovery_case import ENV, LIB, SF, ST, build, entries, look, named, only
from git_repository import plain_git
from sis_migrate.model import Status


@pytest.fixture(autouse=True)
def _plain_git() -> Iterator[None]:
    with plain_git():
        yield


@pytest.mark.parametrize(
    ("files", "entry", "scripts"),
    [
        pytest.param({"one.py": SF, "lib.py": LIB}, "one.py", ["one.py"], id="the only script"),
        pytest.param(
            {"one.py": SF + "import two", "two.py": ST},
            "one.py",
            ["one.py"],
            id="the other is imported",
        ),
        pytest.param(
            {"Home.py": SF, "zz.py": ST}, "Home.py", ["Home.py", "zz.py"], id="a usual name"
        ),
        pytest.param(
            {"app.py": SF, "main.py": ST}, "app.py", ["app.py", "main.py"], id="the likelier name"
        ),
        pytest.param({"one.py": SF, "two.py": ST}, None, ["one.py", "two.py"], id="nothing tells"),
        pytest.param(
            {"one.py": SF, "main.py": "print(1)"},
            "one.py",
            ["one.py"],
            id="a usual name without Streamlit",
        ),
        pytest.param(
            {"a.py": SF + "import b", "b.py": ST + "import a"},
            None,
            ["a.py", "b.py"],
            id="each imports the other",
        ),
        pytest.param(
            {"helper.py": LIB, "environment.yml": ENV},
            "helper.py",
            ["helper.py"],
            id="only definitions",
        ),
        pytest.param(
            {"app.py": SF, "pages/1_a.py": ST, "pages/test_x.py": ST},
            "app.py",
            ["app.py", "pages/1_a.py"],
            id="pages folder",
        ),
        pytest.param(
            {"app.py": SF + "st.navigation([st.Page('views/a.py')])", "views/a.py": ST},
            "app.py",
            ["app.py", "views/a.py"],
            id="st.Page",
        ),
        pytest.param(
            {"app.py": SF + "st.switch_page('b.py')", "b.py": ST + "st.page_link('app.py')"},
            None,
            ["app.py", "b.py"],
            id="scripts that switch to each other",
        ),
        pytest.param(
            {
                "app.py": SF
                + "exec(open('b.py').read())\nimport runpy\nrunpy.run_path('c.py')\nst.Page('gone.py')",
                "b.py": ST,
                "c.py": "x = 1",
            },
            "app.py",
            ["app.py", "c.py", "b.py"],
            id="exec and run_path",
        ),
        pytest.param(
            {
                "app.py": SF + "for n in '12':\n    exec(open(f'days/{n}.py').read())",
                "days/1.py": ST,
                "days/lib.py": LIB,
            },
            "app.py",
            ["app.py", "days/1.py"],
            id="a router that makes up paths",
        ),
        pytest.param(
            {"app.py": SF + "x = 'b.py'", "b.py": ST},
            "app.py",
            ["app.py", "b.py"],
            id="a path that nothing runs",
        ),
    ],
)
def test_entry_point(
    tmp_path: Path, files: dict[str, str], entry: str | None, scripts: list[str]
) -> None:
    found = look(build(tmp_path, files))
    if entry is None and "app.py" in files:
        entry = "app.py"
    app = only(found)
    assert named(tmp_path, app.entry_point) == ([entry] if entry else [])
    assert sorted(named(tmp_path, *app.scripts)) == sorted(scripts)
    assert [f.code for f in found.findings] == ([] if entry else ["SIS011"])


def test_several_scripts_are_a_finding_on_the_folder(tmp_path: Path) -> None:
    (finding,) = look(build(tmp_path, {"one.py": SF, "two.py": ST})).findings
    assert (finding.path, finding.status) == (tmp_path, Status.REVIEW)
    assert "one.py, two.py" in finding.message


@pytest.mark.parametrize(
    ("source", "is_script"),
    [
        ("def f(): pass", False),
        ("'''docs'''\nx = 1", False),
        ("import sys\nsys.path.append('x')", False),
        ("'a string put out of use'", False),
        ("if __name__ == '__main__':\n    f()", True),
        ("try:\n    f()\nexcept E:\n    pass", True),
        ("with st.sidebar:\n    x = 1", True),
        ("with open('x') as f:\n    pass", False),
        ("match x:\n    case 1:\n        f()", True),
        ("a = st.button('x')", True),
        ("a: bool = st.button('x')", True),
        ("a = f()", False),
        ("x", True),
        ("(lambda: 1)()", True),
    ],
)
def test_what_acts_is_a_script(tmp_path: Path, source: str, is_script: bool) -> None:
    build(
        tmp_path,
        {"environment.yml": ENV, "one.py": SF, "two.py": "import streamlit as st\n" + source},
    )
    assert (only(look(tmp_path)).entry_point is None) == is_script


def test_a_file_called_streamlit_is_a_finding(tmp_path: Path) -> None:
    found = look(build(tmp_path, {"streamlit.py": SF, "x/streamlit.py": LIB}))
    assert entries(tmp_path, found) == ["streamlit.py"]
    (finding,) = found.findings
    assert (finding.code, finding.path, finding.status) == (
        "SIS010",
        tmp_path / "streamlit.py",
        Status.REVIEW,
    )
    assert "Rename" in finding.remedy
