from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from sis_migrate.documents.pyproject import Owner, add_dependencies, for_uv, read_pyproject

OWNERS = [
    pytest.param('[project]\nname = "a"\n', Owner.APP, "", id="a project"),
    pytest.param("[tool.ruff]\n", Owner.TOOLS, "", id="settings of a tool"),
    pytest.param("", Owner.TOOLS, "", id="nothing"),
    pytest.param("project = 1\n", Owner.TOOLS, "", id="a key where a table should be"),
    pytest.param("[build-system]\n", Owner.OTHER, "to be built", id="a package"),
    pytest.param("[tool.poetry.dependencies]\n", Owner.OTHER, "Poetry", id="Poetry"),
    pytest.param(
        "[project]\ndependencies = []\n[tool.poetry]\nx = 1\n", Owner.APP, "", id="Poetry 2"
    ),
    pytest.param('[project]\ndynamic = ["dependencies"]\n', Owner.OTHER, "dynamic", id="dynamic"),
    pytest.param("[project]\ndependencies = 1\n", Owner.OTHER, "not a list", id="no list"),
    pytest.param(
        "[build-system]\n[project]\nname='a'\n[tool.uv]\npackage = false\n",
        Owner.APP,
        "",
        id="a package that uv must not build",
    ),
    pytest.param("[a\n", Owner.UNREADABLE, "TOML", id="not TOML"),
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
    assert (project.name, project.requires_python) == ("a", ">=3.11")
    assert [(r.name, r.extras, r.specifier) for r in project.requires] == [
        ("x", ("y",), ">1"),
        ("z", (), ""),
    ]


ADDED = [
    pytest.param(
        'dependencies = [\n  "a",  # first\n  # none\n]',
        'dependencies = [\n  "a",  # first\n  # none\n  "b"\n]',
        id="a list with comments",
    ),
    pytest.param('dependencies = ["a"]', 'dependencies = ["a", "b"]', id="a list on one line"),
    pytest.param("dependencies = []", 'dependencies = ["b"]', id="an empty list"),
    pytest.param('name = "x"', 'name = "x"\ndependencies = [\n    "b",\n]', id="no list"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), ADDED)
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_adds_to_the_list(before: str, after: str, newline: str) -> None:
    text = f"# head\n[project]\n{before}\n\n[tool.x]\ny = 1 # end\n".replace("\n", newline)
    splice = add_dependencies(text, ["b"], {})
    assert splice is not None
    result = text[: splice.start] + splice.text + text[splice.end :]
    assert result == text.replace(before.replace("\n", newline), after.replace("\n", newline))
    assert tomllib.loads(result)["project"]["dependencies"][-1] == "b"


FORMS = [
    pytest.param(
        '[project]\n{}\n[tool.x]\ny = 1\n\n[project.urls]\nhome = "h"\n', id="a table apart"
    ),
    pytest.param('[project.urls]\nhome = "h"\n\n[project]\n{}\n', id="a table before"),
    pytest.param("project.{}\n", id="dotted keys"),
    pytest.param("project = {{ {} }}\n", id="an inline table"),
]


@pytest.mark.parametrize("form", FORMS)
def test_adds_to_a_project_in_any_form(form: str) -> None:
    text = form.format('dependencies = ["a"]')
    splice = add_dependencies(text, ["b"], {"a": "a>=1"})
    assert splice is not None
    result = text[: splice.start] + splice.text + text[splice.end :]
    assert result == form.format('dependencies = ["a>=1", "b"]')
    text = form.format('name = "x"')
    splice = add_dependencies(text, ["b"], {})
    assert splice is not None
    result = text[: splice.start] + splice.text + text[splice.end :]
    assert tomllib.loads(result)["project"]["dependencies"] == ["b"]


def test_exchanges_a_line_and_nothing_else() -> None:
    text = '[project]\ndependencies = [\n  "a==1",  # pin\n  "b",\n]\n'
    splice = add_dependencies(text, [], {"a==1": "a>=2"})
    assert splice is not None
    assert text[: splice.start] + splice.text + text[splice.end :] == text.replace("a==1", "a>=2")
    assert splice.end - splice.start < 8


def test_changes_nothing_without_cause() -> None:
    assert add_dependencies('[project]\ndependencies = ["a"]\n', [], {}) is None


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
