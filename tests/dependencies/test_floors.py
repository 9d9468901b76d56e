"""The measured floors, and the guards beside old releases."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from sis_codemods.dependencies import floors
from sis_codemods.dependencies.floors import (
    brought_by,
    from_the_least,
    guards,
    guards_for,
    keeps_numpy_1,
    relaxed,
)

TABLE = tomllib.loads(Path(floors.__file__).with_name("floors.toml").read_text("utf-8"))
PACKAGES = TABLE["packages"]
NUMPY_1 = {"numpy": "<2"}
VERSIONS = ("wheel_from", "works_from", "numpy_1", "numpy_2")

RELAXED = [
    pytest.param("pandas", "==2.0.3", ">=2.1.2,<3", "NumPy 2", id="a pin below the floor"),
    pytest.param("pandas", "==2.0.*", ">=2.1.2,<3", "NumPy 2", id="a prefix below the floor"),
    pytest.param("pandas", "~=2.0.1", ">=2.1.2,<3", "NumPy 2", id="compatible releases below"),
    pytest.param("pandas", ">=1.0,<2.1", ">=2.1.2,<3", "NumPy 2", id="a range below the floor"),
    pytest.param("pandas", "<=1.4", ">=2.1.2,<3", "NumPy 2", id="an end below the floor"),
    pytest.param("pyarrow", "<9", ">=15.0.0,<27", "NumPy 2", id="an end that was measured"),
    pytest.param("numpy", "==1.21.0", ">=1.23.2,<2", "no build", id="a pin before Python 3.11"),
    pytest.param("pandas", "==2.1.2", "==2.1.2", "", id="the floor itself"),
    pytest.param("pandas", "==2.1.*", "==2.1.*", "", id="a prefix that holds the floor"),
    pytest.param("pandas", "==2.2.3", "==2.2.3", "", id="a pin above the floor"),
    pytest.param("pandas", "~=2.0", "~=2.0", "", id="compatible releases that hold the floor"),
    pytest.param("pandas", ">=1.0", ">=1.0", "", id="a beginning below the floor"),
    pytest.param("pandas", "!=2.0", "!=2.0", "", id="a hole"),
    pytest.param("pandas", "", "", "", id="nothing asked for"),
    pytest.param("faker", "==1.0", "==1.0", "", id="a package without a floor"),
    pytest.param(
        "snowflake-snowpark-python", "==1.22.1", ">=1.37.0,<2", "pkg_resources", id="old Snowpark"
    ),
    pytest.param("snowflake-snowpark-python", ">=1.5", ">=1.5", "", id="from an old one on"),
]


@pytest.mark.parametrize(("package", "specifier", "expected", "words"), RELAXED)
def test_relaxes_what_cannot_work(package: str, specifier: str, expected: str, words: str) -> None:
    after, reason = relaxed(package, specifier, {})
    assert after == expected
    assert words in reason
    assert bool(reason) == bool(words)


@pytest.mark.parametrize(
    ("before", "after"),
    [("", ">=1.37"), ("!=1.40", ">=1.37,!=1.40"), ("<2", ">=1.37,<2"), (">=1.5", ">=1.5")],
)
def test_gives_snowpark_a_beginning(before: str, after: str) -> None:
    assert from_the_least("snowflake-snowpark-python", before) == after
    assert from_the_least("pandas", before) == before


WITHOUT_A_WHEEL = [
    ("pyyaml", "5.4.1"),
    ("pillow", "9.0.1"),
    ("lxml", "4.8.0"),
    ("cffi", "1.15.0"),
    ("markupsafe", "2.0.1"),
    ("aiohttp", "3.8.1"),
    ("pyodbc", "4.0.34"),
    ("psycopg2-binary", "2.9.3"),
    ("rapidfuzz", "2.0.0"),
    ("sqlalchemy", "1.4.39"),
    ("grpcio", "1.42.0"),
    ("duckdb", "0.5.0"),
    ("tokenizers", "0.11.0"),
    ("sentencepiece", "0.1.96"),
    ("torch", "1.12.1"),
    ("bottleneck", "1.3.5"),
    ("catboost", "1.1.1"),
    ("cvxpy", "1.2.1"),
    ("fastparquet", "0.8.3"),
    ("netcdf4", "1.5.7"),
    ("numexpr", "2.8.3"),
    ("opencv-python-headless", "4.5.4.60"),
    ("pmdarima", "1.8.5"),
    ("pywavelets", "1.3.0"),
    ("rasterio", "1.3.0"),
    ("shap", "0.41.0"),
    ("spacy", "3.4.0"),
    ("thinc", "8.1.0"),
    ("torchaudio", "0.13.1"),
    ("xgboost", "0.71"),
]


@pytest.mark.parametrize(("package", "version"), WITHOUT_A_WHEEL)
def test_a_release_without_a_build_rises(package: str, version: str) -> None:
    after, reason = relaxed(package, f"=={version}", NUMPY_1)
    assert "no build of it for Python 3.11" in reason
    assert not SpecifierSet(after).contains(version)
    assert relaxed(package, after, NUMPY_1) == (after, "")


@pytest.mark.parametrize("package", PACKAGES)
def test_every_floor_is_below_its_end(package: str) -> None:
    row = PACKAGES[package]
    assert set(row) <= {*VERSIONS, "below", "at_least", "beside", "brings", "why"}
    first = [Version(row[key]) for key in VERSIONS if key in row]
    assert all(floor < Version(row.get("below", "9999")) for floor in first)
    assert row.get("brings", "numpy") in PACKAGES


def test_an_old_numpy_spares_only_what_has_a_build() -> None:
    assert relaxed("shap", "==0.42.1", NUMPY_1) == ("==0.42.1", "")
    assert relaxed("shap", "==0.41.0", NUMPY_1)[0] == ">=0.42.0,<1"
    assert relaxed("shap", "==0.41.0", {})[0] == ">=0.46.0,<1"


def test_keeps_pins_that_work_beside_an_old_numpy() -> None:
    assert relaxed("pandas", "==2.0.3", NUMPY_1) == ("==2.0.3", "")
    assert relaxed("pandas", "==1.4.0", NUMPY_1)[0] == ">=1.5.0,<3"
    assert "pkg_resources" in relaxed("snowflake-snowpark-python", "==1.11.1", NUMPY_1)[1]


BESIDE = [
    pytest.param("torch", "==2.1.0", {}, ">=2.3.0,<3", id="nothing"),
    pytest.param("torch", "==2.1.0", {"numpy": "==1.26.4"}, "==2.1.0", id="an old NumPy"),
    pytest.param("flask", "==2.2.2", {"werkzeug": "<4"}, ">=2.2.5,<3", id="later ones too"),
    pytest.param("flask", "==2.2.2", {"werkzeug": "==2.3.8"}, "==2.2.2", id="an older one"),
    pytest.param("holoviews", "==1.15", NUMPY_1, ">=1.18.1,<2", id="a reason that always holds"),
    pytest.param("dask", "==2022.7.0", {}, ">=2023.9.0,<2024", id="dask"),
    pytest.param("dask", "==2022.7.0", NUMPY_1, "==2022.7.0", id="dask beside an old NumPy"),
    pytest.param("distributed", "==2022.7.0", {}, ">=2023.9.0,<2024", id="what needs such a dask"),
    pytest.param("datasets", "==2.6.1", NUMPY_1, ">=2.7.0,<3", id="datasets"),
    pytest.param("transformers", "==4.18.0", NUMPY_1, ">=4.23.0,<5", id="a build of what it needs"),
    pytest.param("sentence-transformers", "==2.2.2", {}, ">=2.3.0,<3", id="a hub that is newer"),
    pytest.param(
        "sentence-transformers", "==2.2.2", {"huggingface-hub": "<0.26"}, "==2.2.2", id="an old hub"
    ),
    pytest.param("pyopenssl", "==22.0.0", {}, ">=22.1.0,<27", id="a newer cryptography"),
    pytest.param(
        "pyopenssl", "==22.0.0", {"cryptography": "==38.0.4"}, "==22.0.0", id="an old cryptography"
    ),
    pytest.param("python-pptx", "==0.6.21", NUMPY_1, ">=0.6.22,<1", id="names of an older Python"),
]


@pytest.mark.parametrize(("package", "specifier", "beside", "after"), BESIDE)
def test_a_release_may_work_beside_an_older_one(
    package: str, specifier: str, beside: dict[str, str], after: str
) -> None:
    assert relaxed(package, specifier, beside)[0] == after


@pytest.mark.parametrize("package", PACKAGES)
def test_what_is_opened_has_an_end(package: str) -> None:
    row = PACKAGES[package]
    assert "below" in row or not row.keys() & {"wheel_from", "works_from"}


GUARDED = [("altair", "==4.2.2", "pandas<3"), ("seaborn", "==0.12.2", "pandas<3")]
GUARDED += [("lifelines", "==0.28.0", "scipy<1.14"), ("lightgbm", "==3.3.5", "scikit-learn<1.8")]
GUARDED += [("snowflake-sqlalchemy", "==1.6.1", "sqlalchemy<2.1")]
GUARDED += [("datasets", "==2.12.0", "pyarrow<21"), ("dask", "==2022.7.0", "pandas<2")]
GUARDED += [("cvxpy", "==1.3.1", "scipy<1.11"), ("cvxpy", "==1.4.2", "scipy<1.17")]
GUARDED += [("statsmodels", "==0.14.5", "pandas<3")]


@pytest.mark.parametrize(("package", "specifier", "wanted"), GUARDED)
def test_an_old_release_is_guarded(package: str, specifier: str, wanted: str) -> None:
    (guard,) = guards({package: specifier})
    assert f"{guard.package}{guard.specifier}" == wanted
    assert not guard.absent
    assert guards({package: ""}) == []


def test_of_two_guards_the_lower_end_counts() -> None:
    (guard,) = guards({"lightgbm": "==3.3.5", "imbalanced-learn": "==0.12.4"})
    assert (guard.package, guard.end) == ("scikit-learn", "1.6")
    assert guard.reason.startswith("this imbalanced-learn uses private parts")


def test_a_release_may_need_guards_of_several_projects() -> None:
    found = [f"{g.package}{g.specifier}" for g in guards({"statsmodels": "==0.13.5"})]
    assert found == ["pandas<3", "scipy<1.16"]


def test_a_project_keeps_numpy_old_from_one_release_to_another() -> None:
    assert [g.package for g in guards({"transformers": "==4.42.4"})] == ["pyarrow"]
    assert guards({"transformers": "==4.29.2"}) == []
    assert guards({"transformers": "==4.43.0"}) == []


def test_knows_an_old_numpy() -> None:
    assert keeps_numpy_1("==1.26.4")
    assert keeps_numpy_1("<2")
    assert keeps_numpy_1("==1.*")
    assert not keeps_numpy_1("<=2")
    assert not keeps_numpy_1("")


def test_guards_pyarrow_beside_an_old_numpy() -> None:
    (guard,) = guards({"numpy": "==1.26.4"})
    assert (guard.package, guard.specifier) == ("pyarrow", "<26")
    assert guards({"numpy": ">=1.26"}) == []
    assert guards({"numpy": ""}) == []


def test_guards_pyarrow_beside_what_keeps_numpy_old() -> None:
    (guard,) = guards({"scipy": "==1.11.4", "pandas": ">=2"})
    assert (guard.package, guard.specifier) == ("pyarrow", "<26")
    assert guard.reason.startswith("scipy keeps NumPy below 2")
    assert guards({"scipy": "==1.13.*", "pandas": ""}) == []


def test_knows_what_must_be_listed_beside_a_package() -> None:
    assert brought_by("snowflake-ml-python") == "snowflake-snowpark-python"
    assert brought_by("pandas") == ""


def test_guards_what_uv_would_install() -> None:
    (guard,) = guards_for({"numpy": "1.26.4", "pyarrow": "26.0.1"})
    assert (guard.package, guard.specifier) == ("pyarrow", "<26")
    assert guards_for({"numpy": "1.26.4", "pyarrow": "25.0.1"}) == []
    assert guards_for({"numpy": "2.0.0", "pyarrow": "26.0.1"}) == []
    assert guards_for({"numpy": "1.26.4"}) == []
    assert guards_for({"pyarrow": "26.0.1"}) == []
    (guard,) = guards_for({"numpy": "1.26.4", "pyarrow": "26.0.1", "scipy": "1.11.4"})
    assert guard.reason.startswith("scipy keeps NumPy below 2")


IMPORT_IT = [("jira", "2.0.0", "3.5.0"), ("mlflow", "2.3.1", "2.16.2"), ("spacy", "3.5.0", "3.5.1")]
IMPORT_IT += [("accelerate", "0.20.3", "0.21.0"), ("google-cloud-bigquery", "3.4.2", "3.6.0")]
IMPORT_IT += [("great-expectations", "0.16.0", "0.16.5"), ("hyperopt", "0.2.7", "0.3.0")]
IMPORT_IT += [("pytorch-lightning", "2.3.3", "2.4.0"), ("torchmetrics", "0.11.4", "1.0.0")]


@pytest.mark.parametrize(("package", "last", "first"), IMPORT_IT)
def test_guards_packages_that_import_pkg_resources(package: str, last: str, first: str) -> None:
    (guard,) = (g for g in guards({package: f"=={last}"}) if g.package == "setuptools")
    assert (guard.specifier, guard.absent) == ("<82", True)
    assert [g for g in guards({package: f"=={first}"}) if g.package == "setuptools"] == []
    assert guards({package: ""}) == []


def test_guards_what_has_no_release_without_it() -> None:
    (guard,) = guards({"woodwork": ""})
    assert (guard.package, guard.specifier) == ("setuptools", "<82")
    assert guards({"woodwork": "==0.31.0"}) == [guard]


def test_an_old_release_gets_the_setuptools_that_it_imports() -> None:
    assert [g.package for g in guards({"umap-learn": "==0.5.3"})] == ["setuptools"]
    assert guards({"umap-learn": "==0.5.7"}) == []
    (guard,) = guards_for({"umap-learn": "0.5.3", "jira": "3.1"})
    assert (guard.package, guard.specifier) == ("setuptools", "<82")
    assert guards_for({"umap-learn": "0.5.3", "setuptools": "80.9.0"}) == []
    assert [g.package for g in guards_for({"jira": "3.1", "setuptools": "84.2.1"})] == [
        "setuptools"
    ]
