from __future__ import annotations

import pytest

from sis_codemods.dependencies.versions import (
    admits_python,
    choose_streamlit,
    guards,
    guards_for,
    keeps_numpy_1,
    relax,
    runs_in_container,
    streamlit_range,
)

CHOSEN = [
    pytest.param("", ">=1.55,<1.68", "", id="none"),
    pytest.param("==1.35.0", ">=1.55,<1.68", "1.50", id="a pin that is too old"),
    pytest.param("==1.51.0", ">=1.55,<1.68", "rows", id="a pin that runs but mixes viewers"),
    pytest.param("<1.50", ">=1.55,<1.68", "1.50", id="an end that is too old"),
    pytest.param("==1.60.0", "==1.60.0", "", id="a pin in the range"),
    pytest.param("==1.56.*", "==1.56.*", "", id="a prefix in the range"),
    pytest.param("~=1.56", ">=1.56,<1.68", "", id="compatible releases without an end in sight"),
    pytest.param("~=1.56.0", "~=1.56.0", "", id="compatible releases in the range"),
    pytest.param(">=1.40", ">=1.55,<1.68", "", id="a beginning below the range"),
    pytest.param(">=1.56", ">=1.56,<1.68", "", id="a beginning in the range"),
    pytest.param(">1.56,<1.60", ">1.56,<1.60", "", id="a narrower range"),
    pytest.param("!=1.57.0", ">=1.55,!=1.57.0,<1.68", "", id="a hole"),
    pytest.param("<2", ">=1.55,<1.68", "", id="an end beyond the range"),
    pytest.param("==1.70.0", "==1.70.0", "newer", id="a pin beyond the range"),
    pytest.param("==2.0", ">=1.55,<1.68", "becomes", id="a release that is not there"),
]


@pytest.mark.parametrize(("specifier", "chosen", "words"), CHOSEN)
def test_chooses_a_streamlit(specifier: str, chosen: str, words: str) -> None:
    choice = choose_streamlit(specifier)
    assert choice.specifier == chosen
    assert words in choice.reason
    assert bool(choice.reason) == bool(words)


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        ("1.58", "==1.58.*"),
        ("1.58.0", "==1.58.0"),
        (">=1.56", ">=1.56"),
        ("new", streamlit_range()),
    ],
)
def test_takes_the_streamlit_that_the_user_wants(wanted: str, chosen: str) -> None:
    assert choose_streamlit("", wanted).specifier == chosen


def test_knows_what_a_container_can_run() -> None:
    assert runs_in_container("")
    assert runs_in_container(">=1.40")
    assert runs_in_container("==1.50.1")
    assert runs_in_container("not a specifier")
    assert not runs_in_container("==1.49.*")


RELAXED = [
    pytest.param("pandas", "==2.0.3", ">=2.1.2,<3", "NumPy 2", id="a pin below the floor"),
    pytest.param("pandas", "==2.0.*", ">=2.1.2,<3", "NumPy 2", id="a prefix below the floor"),
    pytest.param("pandas", "~=2.0.1", ">=2.1.2,<3", "NumPy 2", id="compatible releases below"),
    pytest.param("pandas", ">=1.0,<2.1", ">=2.1.2,<3", "NumPy 2", id="a range below the floor"),
    pytest.param("pandas", "<=1.4", ">=2.1.2,<3", "NumPy 2", id="an end below the floor"),
    pytest.param("pyarrow", "<9", ">=15.0.0", "NumPy 2", id="a package that breaks nothing"),
    pytest.param("numpy", "==1.21.0", ">=1.23.2", "no build", id="a pin before Python 3.11"),
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
    pytest.param("snowflake-snowpark-python", "", ">=1.37", "", id="any Snowpark"),
    pytest.param("snowflake-snowpark-python", "!=1.40", ">=1.37,!=1.40", "", id="but one"),
    pytest.param("snowflake-snowpark-python", ">=1.5", ">=1.5", "", id="from an old one on"),
]


@pytest.mark.parametrize(("package", "specifier", "relaxed", "words"), RELAXED)
def test_relaxes_what_cannot_work(package: str, specifier: str, relaxed: str, words: str) -> None:
    choice = relax(package, specifier, numpy_1=False)
    assert choice.specifier == relaxed
    assert words in choice.reason
    assert bool(choice.reason) == bool(words)


def test_keeps_pins_that_work_beside_an_old_numpy() -> None:
    assert relax("pandas", "==2.0.3", numpy_1=True).specifier == "==2.0.3"
    assert relax("pandas", "==1.4.0", numpy_1=True).specifier == ">=1.5.0,<3"
    assert relax("snowflake-snowpark-python", "==1.11.1", numpy_1=True).reason


def test_knows_an_old_numpy() -> None:
    assert keeps_numpy_1("==1.26.4")
    assert keeps_numpy_1("<2")
    assert keeps_numpy_1("==1.*")
    assert not keeps_numpy_1("<=2")
    assert not keeps_numpy_1("")


def test_guards_pyarrow_beside_an_old_numpy() -> None:
    (guard,) = guards({"numpy": "==1.26.4"})
    assert (guard.package, guard.specifier) == ("pyarrow", "<26")
    assert guards({"numpy": "==1.26.4", "pyarrow": "==15.0"}) == ()
    assert guards({"numpy": ">=1.26"}) == ()
    assert guards({"numpy": ""}) == ()


def test_guards_pyarrow_beside_what_keeps_numpy_old() -> None:
    (guard,) = guards({"scipy": "==1.11.4", "pandas": ">=2"})
    assert (guard.package, guard.specifier) == ("pyarrow", "<26")
    assert guard.reason.startswith("scipy keeps NumPy below 2")
    assert guards({"scipy": "==1.13.*", "pandas": ""}) == ()


def test_guards_what_another_package_brings() -> None:
    (guard,) = guards({"snowflake-ml-python": ""})
    assert (guard.package, guard.specifier) == ("snowflake-snowpark-python", ">=1.37")
    assert guards({"snowflake-ml-python": "", "snowflake-snowpark-python": ">=1.37"}) == ()


def test_guards_what_uv_would_install() -> None:
    (guard,) = guards_for({"numpy": "1.26.4", "pyarrow": "26.0.1"})
    assert (guard.package, guard.specifier) == ("pyarrow", "<26")
    assert guards_for({"numpy": "1.26.4", "pyarrow": "25.0.1"}) == ()
    assert guards_for({"numpy": "2.0.0", "pyarrow": "26.0.1"}) == ()
    assert guards_for({"numpy": "1.26.4"}) == ()
    assert guards_for({"pyarrow": "26.0.1"}) == ()


def test_guards_packages_that_import_pkg_resources() -> None:
    (guard,) = guards({"jira": "==2.0.0"})
    assert (guard.package, guard.specifier) == ("setuptools", "<82")


def test_knows_the_containers_python() -> None:
    assert admits_python("")
    assert admits_python("==3.11.*")
    assert admits_python(">=3.8")
    assert not admits_python("==3.8.*")
    assert not admits_python("three")


def test_an_old_release_gets_the_setuptools_that_it_imports() -> None:
    assert [g.package for g in guards({"umap-learn": "==0.5.3"})] == ["setuptools"]
    assert guards({"umap-learn": "==0.5.7"}) == ()
    (guard,) = guards_for({"umap-learn": "0.5.3", "jira": "3.1"})
    assert (guard.package, guard.specifier) == ("setuptools", "<82")
    assert guards_for({"umap-learn": "0.5.3", "setuptools": "80.9.0"}) == ()
    assert [g.package for g in guards_for({"jira": "3.1", "setuptools": "84.2.1"})] == [
        "setuptools"
    ]
