from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from sis_codemods.dependencies import names
from sis_codemods.dependencies.larger_map import Larger
from sis_codemods.dependencies.names import (
    LARGER_MAP,
    Kind,
    as_on_pypi,
    canonical,
    lookup,
    moved_to,
    packages_of,
)
from sis_migrate.documents.specifier import translate

TABLES = Path(names.__file__).parent
ROWS = tomllib.loads((TABLES / "names.toml").read_text("utf-8"))["packages"]
IMPORTS = tomllib.loads((TABLES / "imports.toml").read_text("utf-8"))
MODULES = IMPORTS["modules"]
SOURCES = {"index", "wheel", "resolved", "project", "conda", "stdlib"}

BECOMES = [
    pytest.param("pandas", Kind.SAME, "pandas", id="the same name"),
    pytest.param("PyYAML", Kind.SAME, "pyyaml", id="another case"),
    pytest.param("snowflake.core", Kind.SAME, "snowflake-core", id="a dot"),
    pytest.param("pytorch", Kind.RENAME, "torch", id="a rename"),
    pytest.param("uvicorn-standard", Kind.RENAME, "uvicorn[standard]", id="a rename to an extra"),
    pytest.param("jwt", Kind.RENAME, "pyjwt", id="a name that is somebody else's on PyPI"),
    pytest.param("openssl", Kind.NATIVE, "", id="a native library"),
    pytest.param("graphviz", Kind.NATIVE, "", id="programs whose name is a package's on PyPI"),
    pytest.param("attr", Kind.NATIVE, "", id="commands whose name is a module's"),
    pytest.param("py-xgboost-cpu", Kind.RENAME, "xgboost", id="a build of a package"),
    pytest.param("libpysal", Kind.SAME, "libpysal", id="a Python package with such a name"),
    pytest.param("libgcc-ng", Kind.NATIVE, "", id="a library by its beginning"),
    pytest.param("librosa", Kind.SAME, "librosa", id="a row comes before the beginning"),
    pytest.param("openssl-devel", Kind.NATIVE, "", id="headers by their ending"),
    pytest.param("r-ggplot2", Kind.NATIVE, "", id="a package for R"),
    pytest.param("_libgcc_mutex", Kind.META, "", id="a part of conda"),
    pytest.param("_unheard_of", Kind.META, "", id="an underscore in front"),
    pytest.param("pip", Kind.META, "", id="the installer"),
    pytest.param("typing", Kind.BACKPORT, "", id="a backport"),
    pytest.param("snowbooks", Kind.REVIEW, "", id="a package that only Snowflake has"),
    pytest.param("acme-internal", Kind.UNKNOWN, "", id="a name nobody knows"),
]


@pytest.mark.parametrize(("name", "kind", "project"), BECOMES)
def test_looks_a_name_up(name: str, kind: Kind, project: str) -> None:
    rule = lookup(name, {})
    assert (rule.kind, rule.pypi) == (kind, project)


def test_the_users_own_map_comes_first() -> None:
    mine = {"Acme_Internal": "acme-sdk[web]", "pytorch": "", "numpy": "numpy"}
    assert lookup("acme-internal", mine).pypi == "acme-sdk[web]"
    assert lookup("acme-internal", mine).kind is Kind.RENAME
    assert lookup("pytorch", mine).kind is Kind.META
    assert lookup("numpy", mine).kind is Kind.SAME
    assert lookup("numpy", mine).source == "configuration"


def test_a_pattern_comes_after_the_larger_map() -> None:
    larger = Larger({"libacme": ("libacme",), "libtwo": ("one", "two"), "libnone": ()}, "digest")
    found = {name: lookup(name, {}, larger) for name in ("libacme", "libtwo", "libnone")}
    assert found["libacme"].source == LARGER_MAP
    assert found["libtwo"].kind is found["libnone"].kind is Kind.NATIVE


def test_a_package_that_is_imported_is_no_c_library() -> None:
    rule = lookup("libacme-io", {}, imported={"os", "libacme_io"})
    assert rule.kind is Kind.UNKNOWN
    assert rule.note == "by its name a C library, but the app imports a module of that name"
    assert lookup("libacme-io", {}, imported={"os"}).kind is Kind.NATIVE
    assert lookup("libgcc-ng", {}, imported={"os"}).kind is Kind.NATIVE


VERSIONS = [
    pytest.param("opencv", "4.12.0", "==4.12.0.*", id="with a part more"),
    pytest.param("opencv", ">=4.8.0,<5", ">=4.8.0,<5", id="a range"),
    pytest.param("opencv", "4.8.0.76", "==4.8.0.76", id="already with it"),
    pytest.param("opencv", "4.8.*", "==4.8.*", id="a series"),
    pytest.param("opencv", "!=4.8.1,>=4.8", "!=4.8.1.*,>=4.8", id="all but one"),
    pytest.param("opencv", "", "", id="any"),
    pytest.param("brotlipy", "0.7.0", "", id="counted in another way"),
    pytest.param("brotlipy", "", "", id="counted in another way, any"),
    pytest.param("pytorch", "2.0.1", "==2.0.1", id="as in conda"),
]


@pytest.mark.parametrize(("name", "asked", "specifier"), VERSIONS)
def test_writes_versions_as_the_project_counts_them(name: str, asked: str, specifier: str) -> None:
    exact = asked and asked[0] not in "<>!="
    before = translate(f"={asked}" if exact else asked)
    after = as_on_pypi(lookup(name, {}), before)
    assert after.specifier == specifier
    assert bool(after.notes) == (name == "brotlipy" and bool(asked))


BRINGS = [
    pytest.param("pandas", "pandas", id="a module of its project's name"),
    pytest.param("PIL.Image", "pillow", id="another name"),
    pytest.param("sklearn.cluster.KMeans", "scikit-learn", id="deep inside"),
    pytest.param("snowflake.snowpark.Session", "snowflake-snowpark-python", id="Snowpark"),
    pytest.param("snowflake.cortex.complete", "snowflake-ml-python", id="Cortex functions"),
    pytest.param("snowflake.core.Root", "snowflake-core", id="Snowflake's Python API"),
    pytest.param("google.cloud.storage", "google-cloud-storage", id="a dotted name"),
    pytest.param("yaml", "pyyaml", id="a name that is a library's in conda"),
    pytest.param("graphviz", "graphviz", id="a name that is a program's in conda"),
    pytest.param("cv2", "opencv-python-headless", id="the build without a window"),
    pytest.param("streamlit_toggle", "streamlit-toggle-switch", id="a component's"),
    pytest.param("bson.objectid", "pymongo", id="a second one of a project"),
    pytest.param("docker", "docker", id="one whose conda package has another name"),
    pytest.param("trulens.apps.app", "trulens-core", id="a part of a namespace"),
]


@pytest.mark.parametrize(("module", "project"), BRINGS)
def test_knows_which_project_brings_a_module(module: str, project: str) -> None:
    found = packages_of(module)
    assert found is not None
    assert found[0] == project


@pytest.mark.parametrize("module", ["config", "settings", "common", "utils", "helpers"])
def test_guesses_no_module(module: str) -> None:
    assert packages_of(module) is None


@pytest.mark.parametrize("module", ["_snowflake", "google.unheard_of", "snowflake"])
def test_knows_modules_that_no_project_is_added_for(module: str) -> None:
    assert packages_of(module) == ()


def test_every_module_that_moved_is_one_that_no_package_is_added_for() -> None:
    for old in IMPORTS["moved"]:
        assert packages_of(old) == ()
        assert packages_of(moved_to(old))
    assert moved_to("fbprophet.diagnostics") == "prophet.diagnostics"
    assert moved_to("pandas") == ""


def test_the_table_is_consistent() -> None:
    keys = [canonical(name) for name in ROWS]
    assert len(keys) == len(set(keys)), "two rows for one name"
    for name, row in ROWS.items():
        assert set(row) <= {"kind", "pypi", "imports", "needs", "note", "source", "versions"}, name
        assert row["source"] in SOURCES, name
        assert (row["kind"] == "rename") == ("pypi" in row and _differs(name, row["pypi"])), name
        assert row.get("versions", "longer") in {"longer", "other"}, name
        if row["kind"] == "review":
            assert row["note"], f"{name} does not say what there is to review"


def _differs(name: str, project: str) -> bool:
    return canonical(name) != canonical(project) or "[" in project


@pytest.mark.parametrize("projects", MODULES.values(), ids=MODULES)
def test_every_project_of_a_module_is_valid(projects: list[str]) -> None:
    for project in projects:
        assert Requirement(project).name


def test_every_project_is_valid() -> None:
    for row in ROWS.values():
        assert Requirement(row.get("pypi", "x")).name
