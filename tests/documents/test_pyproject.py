from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomlkit
import tomlkit.exceptions
from hypothesis import given, settings
from hypothesis import strategies as st

from sis_migrate.documents.pyproject import Owner, completed, for_uv, read_pyproject
from sis_migrate.splices import splice
from sis_migrate.textfile import TextError

NAMED = 'name = "x"\nversion = "1"\n'
KEYS = st.sampled_from(
    [
        "project",
        "name",
        "version",
        "dependencies",
        "dynamic",
        "requires-python",
        "build-system",
        "tool",
        "uv",
        "poetry",
        "sources",
        "package",
        "default-groups",
        "dependency-groups",
        "constraint-dependencies",
        "path",
        "git",
        "x",
    ]
)
OWNERS = [
    pytest.param('[project]\nname = "a"\n', Owner.APP, "", id="a project"),
    pytest.param("[tool.ruff]\n", Owner.TOOLS, "", id="settings of a tool"),
    pytest.param("", Owner.TOOLS, "", id="nothing"),
    pytest.param("[project]\n", Owner.APP, "", id="an empty project"),
    pytest.param("project = 1\n", Owner.ELSEWHERE, "not a table", id="a key for a table"),
    pytest.param("[build-system]\n", Owner.ELSEWHERE, "no [project]", id="a package elsewhere"),
    pytest.param("[build-system]\n[project]\n", Owner.PACKAGE, "to be built", id="a package"),
    pytest.param(
        "[project]\n[tool.uv]\npackage = true\n", Owner.PACKAGE, "to be built", id="a wish"
    ),
    pytest.param("[tool.poetry.dependencies]\n", Owner.ELSEWHERE, "Poetry", id="Poetry"),
    pytest.param(
        "[project]\ndependencies = []\n[tool.poetry]\nx = 1\n", Owner.APP, "", id="Poetry 2"
    ),
    pytest.param(
        '[project]\ndynamic = ["dependencies"]\n', Owner.ELSEWHERE, "dynamic", id="dynamic"
    ),
    pytest.param("[project]\ndependencies = 1\n", Owner.ELSEWHERE, "not a list", id="no list"),
    pytest.param("[project]\ndependencies = [1]\n", Owner.ELSEWHERE, "texts", id="no texts"),
    pytest.param(
        "[build-system]\n[project]\nname='a'\n[tool.uv]\npackage = false\n",
        Owner.APP,
        "",
        id="a package that uv must not build",
    ),
    pytest.param("[a\n", Owner.UNREADABLE, "TOML", id="not TOML"),
    pytest.param("a = " + "[" * 5000, Owner.UNREADABLE, "TOML", id="too deep"),
    pytest.param("a = " + "1" * 5000, Owner.UNREADABLE, "TOML", id="a number too long"),
]


@pytest.mark.parametrize(("text", "owner", "why"), OWNERS)
def test_tells_whose_it_is(text: str, owner: Owner, why: str) -> None:
    project = read_pyproject(text)
    assert project.owner is owner
    assert why in project.why
    assert bool(project.why) == bool(why)


def test_reads_what_is_required() -> None:
    text = '[project]\nname = "a"\nrequires-python = ">=3.11"\ndependencies = ["x[y]>1", "z"]\n'
    project = read_pyproject(text)
    assert project.requires_python == ">=3.11"
    assert project.lacks == ("version",)
    assert [(r.name, r.extras, r.specifier) for r in project.requires] == [
        ("x", ("y",), ">1"),
        ("z", (), ""),
    ]


ADDED = [
    pytest.param(
        'dependencies = [\n  "a",  # first\n  # none\n]',
        'dependencies = [\n  "a",  # first\n  # none\n  "b",\n]',
        id="a list with comments",
    ),
    pytest.param('dependencies = ["a"]', 'dependencies = ["a", "b"]', id="a list on one line"),
    pytest.param("dependencies = []", 'dependencies = ["b"]', id="an empty list"),
    pytest.param('readme = "x"', 'readme = "x"\ndependencies = [\n    "b",\n]', id="no list"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), ADDED)
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_adds_to_the_list(before: str, after: str, newline: str) -> None:
    text = f"# head\n[project]\n{NAMED}{before}\n\n[tool.x]\ny = 1 # end\n".replace("\n", newline)
    result = splice(text, completed(text, ["b"], {}))
    assert result == text.replace(before.replace("\n", newline), after.replace("\n", newline))
    assert tomllib.loads(result)["project"]["dependencies"][-1] == "b"


FORMS = [
    pytest.param(
        f'[project]\n{NAMED}{{}}\n[tool.x]\ny = 1\n\n[project.urls]\nhome = "h"\n',
        id="a table apart",
    ),
    pytest.param(f'[project.urls]\nhome = "h"\n\n[project]\n{NAMED}{{}}\n', id="a table before"),
    pytest.param('project.name = "x"\nproject.version = "1"\nproject.{}\n', id="dotted keys"),
    pytest.param('project = {{ name = "x", version = "1", {} }}\n', id="an inline table"),
]


@pytest.mark.parametrize("form", FORMS)
def test_adds_to_a_project_in_any_form(form: str) -> None:
    text = form.format('dependencies = ["a"]')
    result = splice(text, completed(text, ["b"], {1: "a>=1"}))
    assert result == form.format('dependencies = ["a>=1", "b"]')
    text = form.format('readme = "x"')
    result = splice(text, completed(text, ["b"], {}))
    assert tomllib.loads(result)["project"]["dependencies"] == ["b"]


LACKING = [
    pytest.param('[project]\nname = "x"\n\n[tool.x]\n', ("x", "0.1.0"), id="no version"),
    pytest.param("[project]\n# none\n", ("streamlit-app", "0.1.0"), id="nothing"),
    pytest.param('project.urls.a = "b"\n', ("streamlit-app", "0.1.0"), id="dotted keys"),
    pytest.param('[project]\nname = "x"\ndynamic = ["version"]\n', ("x", None), id="dynamic"),
]


@pytest.mark.parametrize(("text", "expected"), LACKING)
def test_adds_what_must_be_there(text: str, expected: tuple[str, str | None]) -> None:
    result = splice(text, completed(text, [], {}))
    project = tomllib.loads(result)["project"]
    assert (project["name"], project.get("version")) == expected
    assert read_pyproject(result).lacks == ()
    assert all(line in result for line in text.splitlines())


def test_keeps_the_line_end_of_each_line() -> None:
    text = f'# a\r\n[project]\n{NAMED}dependencies = [\r\n  "a",\r\n  "b",\n]\n# c\r\n'
    result = splice(text, completed(text, ["c"], {2: "b>=1"}))
    assert result == text.replace('"b",\n', '"b>=1",\n  "c",\n')
    result = splice(text, completed(text, [], {1: "a>=1"}))
    assert result == text.replace('"a"', '"a>=1"')


def test_exchanges_a_text_of_several_lines() -> None:
    text = f'[project]\n{NAMED}dependencies = ["""\na==1\n""", "a==1"]\n'
    assert [line.specifier for line in read_pyproject(text).requires] == ["==1", "==1"]
    result = splice(text, completed(text, [], {1: "a>=2"}))
    assert tomllib.loads(result)["project"]["dependencies"] == ["a>=2", "a==1"]


values = st.recursive(
    st.none().map(lambda _: True)
    | st.integers(-9, 9)
    | st.sampled_from(["dependencies", "a", "dev", "all", "a>1\n", "[", "\\"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


@settings(deadline=None)  # a shared machine may be slow
@given(
    st.builds(
        lambda project, others: others | {"project": project},
        values | st.dictionaries(KEYS, values, max_size=5),
        st.dictionaries(KEYS, values, max_size=3),
    )
    | st.dictionaries(KEYS, values, max_size=4),
    st.lists(st.sampled_from(["b", "c>1"])),
)
def test_no_document_is_too_odd(document: dict[str, Any], lines: list[str]) -> None:
    text = tomlkit.dumps(document)
    project = read_pyproject(text)
    if project.owner in {Owner.APP, Owner.PACKAGE}:
        places = {line.number: "a>=2" for line in project.requires[:1]}
        after = read_pyproject(splice(text, completed(text, lines, places)))
        assert after.lacks == ()
        assert len(after.requires) == len(project.requires) + len(lines)
    elif project.owner is not Owner.TOOLS:
        assert project.why


def test_exchanges_a_line_and_nothing_else() -> None:
    text = f'[project]\n{NAMED}dependencies = [\n  "a==1",  # pin\n  "b",\n]\n'
    (change,) = completed(text, [], {1: "a>=2"})
    assert splice(text, [change]) == text.replace("a==1", "a>=2")
    assert change.end - change.start < 8


def test_changes_nothing_without_cause() -> None:
    assert completed(f'[project]\n{NAMED}dependencies = ["a"]\n', [], {}) == []
    assert completed(f"[project]\n{NAMED}", [], {}) == []


def test_edits_the_right_one_of_several_lists() -> None:
    text = f'x = "[]"\n# []\ny = []\n[project]\n{NAMED}dependencies = []\n[z]\na = []\n'
    result = splice(text, completed(text, ["a"], {}))
    assert result == text.replace("dependencies = []", 'dependencies = ["a"]')


@pytest.mark.parametrize("call", ["parse", "dumps"])
def test_says_when_an_edit_would_be_wrong(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> str:
        if call == "parse":
            raise tomlkit.exceptions.ParseError(1, 1)
        return "[project]\n"

    monkeypatch.setattr(tomlkit, call, fail)
    with pytest.raises(TextError, match="cannot edit"):
        completed("[project]\n", [], {})


UV = """\
[project]
name = "a"
requires-python = ">=3.12"
dependencies = ["b"]
optional-dependencies = { x = ["c"], y = 1 }
[dependency-groups]
dev = ["pytest"]
lint = ["ruff"]
[build-system]
requires = ["hatchling"]
[tool.uv]
constraint-dependencies = ["d<2"]
override-dependencies = ["e==1"]
find-links = ["wheels", "https://host/wheels"]
workspace = { members = ["x"] }
sources = { f = { path = "f.whl" }, g = { git = "https://host/g" }, h = [{ url = "x" }] }
"""


def test_reads_what_uv_is_told() -> None:
    project = read_pyproject(UV)
    assert project.groups == ("dev",)
    assert [line.requirement for line in project.constraints] == ["d<2", "e==1"]
    assert project.sources == {"f": "path", "g": "git", "h": ""}
    assert read_pyproject(
        "[tool.uv]\ndefault-groups = 'all'\n[dependency-groups]\na=[]"
    ).groups == ("a",)


def test_asks_uv_with_its_settings_and_other_lines(tmp_path: Path) -> None:
    asked = tomllib.loads(for_uv(UV, ["z>=1"], tmp_path))
    assert asked["project"]["dependencies"] == ["z>=1"]
    assert set(asked["project"]) == {"name", "version", "dependencies"}
    assert set(asked) == {"project", "tool"}
    settings = asked["tool"]["uv"]
    assert "workspace" not in settings
    assert settings["find-links"] == [str(tmp_path / "wheels"), "https://host/wheels"]
    assert settings["sources"]["f"] == {"path": str(tmp_path / "f.whl")}
    assert settings["sources"]["g"] == {"git": "https://host/g"}
    assert tomllib.loads(for_uv("", [], tmp_path))["tool"]["uv"] == {}
