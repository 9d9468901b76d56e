from __future__ import annotations

import pytest

from sis_codemods.dependencies.explain import explain
from sis_codemods.dependencies.larger_map import Larger
from sis_migrate.documents.matchspec import SpecError

LARGER = Larger({"old-name": ("new-name",), "several": ("one", "two")}, "0123abcd")
MINE = {"mine": "my-project", "unwanted": ""}

EXPLAINED = [
    pytest.param("pandas", ["has the same name", "modules: pandas"], id="the same name"),
    pytest.param("h3-py", ["is h3 on PyPI", "because", "looked up"], id="a rename"),
    pytest.param("python-graphviz", ["needs: graphviz"], id="a need"),
    pytest.param("yaml", ["left out", "where the app imports yaml, pyyaml"], id="a library"),
    pytest.param("snowbooks", ["a person has to decide", "sis-migrate.map"], id="a review"),
    pytest.param("mine", ["is my-project on PyPI", "sis-migrate.map"], id="the user's own"),
    pytest.param("unwanted", ["left out by the configuration"], id="left out by the user"),
    pytest.param("old-name", ["is new-name", "larger map", "SHA-256 0123abcd"], id="larger map"),
    pytest.param("pip", ["nothing that an app needs"], id="a part of conda"),
    pytest.param("typing", ["part of Python 3.11"], id="a backport"),
    pytest.param("Python=3.8", ["requires-python ==3.11.*"], id="Python"),
    pytest.param("PIL.Image", ["a module: pillow is added", "written as: pillow"], id="a module"),
    pytest.param("pkg_resources", ["written as: setuptools<82", "no longer has"], id="an end"),
    pytest.param("snowflake.cortex", ["and with it: snowflake-snowpark"], id="what it brings"),
    pytest.param("_snowflake", ["no package is added"], id="a module of the warehouse"),
    pytest.param("fbprophet.plot", ["calls it prophet.plot today"], id="a module that moved"),
    pytest.param("torch", ["has the same name", "written as: torch"], id="a project's own name"),
    pytest.param(
        "snowflake.permissions",
        ["is not added: only means something inside a Native App"],
        id="a module to decide about",
    ),
    pytest.param("json", ["a module of Python itself"], id="a module of Python"),
    pytest.param("imp", ["a module of Python itself"], id="a module of Python until 3.11"),
]


@pytest.mark.parametrize(("name", "words"), EXPLAINED)
def test_explains(name: str, words: list[str]) -> None:
    found = explain(name, MINE, LARGER)
    assert found.known
    assert all(word in found.text for word in words), found.text


UNKNOWN = [
    pytest.param("acme", ["does not know the name", "acme = "], id="a name nobody knows"),
    pytest.param("acme.core", ['map] "acme.core" = '], id="a dot, which TOML takes for a table"),
    pytest.param("several", ["several projects for it: one, two"], id="several in the larger map"),
    pytest.param("alone", ["does not know the name"], id="not in the larger map either"),
]


@pytest.mark.parametrize(("name", "words"), UNKNOWN)
def test_says_what_it_does_not_know(name: str, words: list[str]) -> None:
    found = explain(name, MINE, LARGER)
    assert not found.known
    assert "is not converted" in found.text
    assert all(word in found.text for word in words), found.text


WRITTEN = [
    pytest.param("pandas", "pandas", [], id="no version"),
    pytest.param("pandas=", "pandas", [], id="as Snowsight writes it"),
    pytest.param("pandas=2.2.3", "pandas==2.2.3", [], id="a version that works"),
    pytest.param(
        "pandas=1.5.*", "pandas>=2.1.2,<3", ["==1.5.* becomes", "beside NumPy 2"], id="raised"
    ),
    pytest.param("Pillow=10.0.1", "pillow==10.0.1", [], id="another case"),
    pytest.param("pytorch=2.4", "torch==2.4.*", [], id="another name"),
    pytest.param("numpy=1.26.4", "numpy==1.26.4", ["and with it: pyarrow<26"], id="a guard"),
    pytest.param("uvicorn-standard=0.30.1", "uvicorn[standard]==0.30.1", [], id="an extra"),
    pytest.param("conda-forge::plotly 5.24.1", "plotly==5.24.1", [], id="a public channel"),
    pytest.param(
        "h5py=3.11.0=py311_0", "h5py==3.11.0", ["the build 'py311_0' has no"], id="a build"
    ),
    pytest.param(
        "streamlit=1.35.0", "streamlit>=1.55,<1.68", ["containers need"], id="an old Streamlit"
    ),
    pytest.param("mine>=1.2", "my-project>=1.2", [], id="the user's own name"),
    pytest.param("acme::mine", "my-project", [], id="the user's own name, from any channel"),
]


@pytest.mark.parametrize(("asked", "line", "words"), WRITTEN)
def test_says_what_is_written(asked: str, line: str, words: list[str]) -> None:
    lines = explain(asked, MINE, LARGER).text.splitlines()
    assert f"  written as: {line}" in lines
    assert ("version: " in "".join(lines)) == bool(words)
    assert all(any(word in each for each in lines) for word in words), lines


def test_takes_the_users_streamlit() -> None:
    assert "streamlit==1.58.*" in explain("streamlit=1.35", {}, streamlit="1.58").text


def test_says_that_a_private_channel_is_not_converted() -> None:
    found = explain("acme::pandas", {})
    assert "PyPI does not know the channel 'acme'" in found.text
    assert "written as" not in found.text


def test_says_which_other_packages_bring_a_module() -> None:
    assert "or, where it is listed: python-levenshtein" in explain("Levenshtein.ratio", {}).text


def test_refuses_what_is_no_entry() -> None:
    with pytest.raises(SpecError, match="operator without a version"):
        explain("pandas==", {})
