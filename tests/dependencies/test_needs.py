"""Pins that exclude every Streamlit or Snowpark that is left once these are raised."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dependency_case import convert, packages
from sis_codemods.dependencies.needs import openings
from sis_codemods.dependencies.streamlit_releases import streamlit_range
from sis_migrate.model import Runtime, Span, Status

SNOWPARK, CONNECTOR = "snowflake-snowpark-python", "snowflake-connector-python"

OPENED = [
    pytest.param({SNOWPARK: ">=1.37"}, {CONNECTOR: "==3.11.0"}, ">=3.17.0,<5", id="an old pin"),
    pytest.param({SNOWPARK: ">=1.37"}, {CONNECTOR: "<3.12,>=3.0"}, ">=3.17.0,<5", id="an old end"),
    pytest.param(
        {SNOWPARK: "==1.38.0"}, {CONNECTOR: "==3.11.0"}, ">=3.14.0,<4", id="a pin of both"
    ),
    pytest.param({SNOWPARK: ">=1.37"}, {CONNECTOR: "==5.0.0"}, ">=3.17.0,<5", id="a new pin"),
    pytest.param({SNOWPARK: ">=1.37"}, {"cloudpickle": "==1.5.0"}, ">=1.6.0,<=3.1.2", id="pickles"),
    pytest.param({"streamlit": ">=1.55,<1.68"}, {"packaging": "<20"}, ">=20", id="packaging"),
    pytest.param({"streamlit": "==1.55.*"}, {"cachetools": "==5.3.0"}, ">=5.5,<8", id="a cache"),
    pytest.param({"streamlit": ">=1.55"}, {"click": "==6.7"}, ">=7.0,<9", id="no end"),
    pytest.param({SNOWPARK: ">=1.37"}, {"cryptography": "==3.4.8"}, ">=46.0.5", id="two levels"),
    pytest.param({SNOWPARK: "==1.38.0"}, {"cryptography": "==3.4.8"}, ">=35.0.0", id="older ones"),
    pytest.param({CONNECTOR: ""}, {"pyopenssl": "==21.0.0"}, ">=25.3.0", id="the connector alone"),
    pytest.param({CONNECTOR: "==4.4.0"}, {"pyjwt": "==2.4.0"}, ">=2.10.1,<3.0.0", id="its pin"),
    pytest.param(
        {"streamlit[snowflake]": ">=1.55,<1.68"},
        {"platformdirs": "==2.5.2"},
        ">=2.6.0,<5.0.0",
        id="Streamlit's extra brings it",
    ),
]


@pytest.mark.parametrize(("asking", "pinned", "after"), OPENED)
def test_opens_what_excludes_all_releases(
    asking: dict[str, str], pinned: dict[str, str], after: str
) -> None:
    (found,) = openings(asking | pinned)
    ((name, before),) = pinned.items()
    assert (found.package, found.specifier) == (name, after)
    assert found.reason.startswith(f"{name} {before} becomes {after}: ")


def test_what_asks_is_named_with_what_brings_it() -> None:
    (found,) = openings({SNOWPARK: ">=1.37", "platformdirs": "==2.5.2"})
    assert found.reason.endswith(f": {CONNECTOR}, which {SNOWPARK} needs, asks for it")
    (found,) = openings({SNOWPARK: ">=1.37", CONNECTOR: ">=4", "platformdirs": "==2.5.2"})
    assert found.reason.endswith(f": {CONNECTOR} >=4 asks for it")


def test_a_release_that_fits_most_pins_counts() -> None:
    pins = {"cryptography": "==3.4.8", "pyopenssl": "==22.1.0", "certifi": "==2022.6.15"}
    (found,) = openings({SNOWPARK: ">=1.37"} | pins)
    assert (found.package, found.specifier) == ("cryptography", ">=35.0.0")


STAYS = [
    pytest.param({SNOWPARK: ">=1.37", "cryptography": "==42.0.5"}, id="a connector is left"),
    pytest.param({SNOWPARK: ">=1.37", "pyjwt": "==1.7.1"}, id="an older connector takes it"),
    pytest.param({"cryptography": "==3.4.8", "streamlit": ">=1.55"}, id="nothing brings it"),
    pytest.param({CONNECTOR: "==3.12.0", "cryptography": "==3.4.8"}, id="an older one is asked"),
    pytest.param({SNOWPARK: ">=1.37", CONNECTOR: "==3.14.0"}, id="a release of 1.37 is left"),
    pytest.param({SNOWPARK: ">=1.37", CONNECTOR: ">3.14,!=3.17.0"}, id="more than one bound"),
    pytest.param({SNOWPARK: ">=1.37", CONNECTOR: ""}, id="any version"),
    pytest.param({CONNECTOR: "==3.11.0"}, id="nothing asks"),
    pytest.param({SNOWPARK: "==0.9", CONNECTOR: "==2.0"}, id="a release that is not known"),
    pytest.param({SNOWPARK: ">=1.37", CONNECTOR: "=3.11"}, id="no specifier"),
    pytest.param({"streamlit": ">=1.55", "cachetools": "==5.3.0"}, id="newer ones do without"),
    pytest.param({"streamlit": "==1.55.*", "anyio": "==3.0"}, id="older ones do without"),
]


@pytest.mark.parametrize("specifiers", STAYS)
def test_leaves_what_fits(specifiers: dict[str, str]) -> None:
    assert list(openings(specifiers)) == []


NAMES = ["altair", "cachetools", "click", "pillow", "protobuf", "tenacity", "tornado", CONNECTOR]
NAMES += ["cryptography", "pyopenssl", "pyjwt", "idna", "platformdirs", "typing-extensions"]


@given(
    st.dictionaries(
        st.sampled_from(NAMES),
        st.tuples(st.sampled_from(["==", ">=", "<", "~="]), st.integers(0, 20), st.integers(0, 20)),
    )
)
def test_what_is_opened_fits(pins: dict[str, tuple[str, int, int]]) -> None:
    specifiers = {name: f"{how}{major}.{minor}" for name, (how, major, minor) in pins.items()}
    specifiers |= {"streamlit": streamlit_range(), SNOWPARK: ">=1.37"}
    opened = {opening.package: opening.specifier for opening in openings(specifiers)}
    assert list(openings(specifiers | opened)) == []


def test_an_environments_pin_is_opened() -> None:
    text = f"dependencies:\n  - {SNOWPARK}=1.19.0\n  - {CONNECTOR}=3.11.0\n"
    outcome = convert({"environment.yml": text})
    assert packages(outcome)[1:] == [f"{SNOWPARK}>=1.37.0,<2", f"{CONNECTOR}>=3.17.0,<5"]
    finding = outcome.about("becomes >=3.17.0,<5")
    assert (finding.status, finding.span) == (Status.REVIEW, Span(3, 5, 3, 38))


def test_a_pin_beside_a_snowpark_that_is_added_is_opened() -> None:
    files = {
        "environment.yml": f"dependencies:\n  - {CONNECTOR}=3.11.0\n",
        "streamlit_app.py": "import snowflake.snowpark\n",
    }
    assert packages(convert(files))[1:] == [f"{CONNECTOR}>=3.17.0,<5", f"{SNOWPARK}>=1.37"]


def test_a_pin_of_what_the_connector_needs_is_opened_beside_snowpark() -> None:
    text = f"dependencies:\n  - {SNOWPARK}\n  - cryptography=3.4.8\n"
    outcome = convert({"environment.yml": text})
    assert packages(outcome)[1:] == [f"{SNOWPARK}>=1.37", "cryptography>=46.0.5"]
    finding = outcome.about("cryptography ==3.4.8 becomes >=46.0.5")
    assert (finding.status, finding.span) == (Status.REVIEW, Span(3, 5, 3, 23))


def test_a_files_pin_is_opened_where_it_stands() -> None:
    text = f"{CONNECTOR}==3.11.0  # why\n{SNOWPARK}\nstreamlit==1.36.0\npackaging==19.2\n"
    outcome = convert({"requirements.txt": text})
    assert outcome.files["requirements.txt"] == (
        f"{CONNECTOR}>=3.17.0,<5  # why\n{SNOWPARK}>=1.37\nstreamlit>=1.55,<1.68\npackaging>=20\n"
    )
    assert outcome.about("packaging ==19.2 becomes >=20: streamlit").span == Span(4, 1, 4, 16)


def test_a_container_apps_pin_stays() -> None:
    text = f"{CONNECTOR}==3.11.0\n{SNOWPARK}\nstreamlit==1.60.0\n"
    outcome = convert({"requirements.txt": text}, runtime=Runtime.CONTAINER)
    assert outcome.files["requirements.txt"] == text
