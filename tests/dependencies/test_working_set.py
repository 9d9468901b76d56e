"""Versions that must work together: the same decision for a new file and one that is there."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dependency_case import Outcome, convert, packages
from sis_codemods.dependencies.entries import Note
from sis_codemods.dependencies.floors import guards_of_modules
from sis_codemods.dependencies.working_set import NO_CODE, Code, Wanted, changes
from sis_migrate.model import Status

STREAMLIT = "streamlit==1.60.0"
OLD_PANDAS = Code(old_pandas=Note(Status.FIXED, "why"))
IMPORTS = Code(guards=guards_of_modules(["pkg_resources.extern"]))


def decided(*lines: str, limits: dict[str, str] | None = None, code: Code = NO_CODE) -> list[str]:
    """The lines after all changes, written ``name[extras]specifier``."""
    from packaging.requirements import Requirement

    parsed = [Requirement(line) for line in lines]
    names = [
        line[: len(line) - len(str(r.specifier))] for line, r in zip(lines, parsed, strict=True)
    ]
    wanted = [Wanted(r.name, str(r.specifier), tuple(r.extras)) for r in parsed]
    after = dict(enumerate(lines))
    for change in changes(wanted, limits, code):
        name = names[change.index] if change.index < len(names) else change.name
        after[change.index] = f"{name}{change.specifier}"
    return list(after.values())


DECIDED = [
    pytest.param(["numpy==1.26.4", "pyarrow"], ["numpy==1.26.4", "pyarrow<26"], id="bare"),
    pytest.param(
        ["numpy==1.26.4", "pyarrow>=14"], ["numpy==1.26.4", "pyarrow>=14,<26"], id="a beginning"
    ),
    pytest.param(
        ["numpy==1.26.4", "pyarrow<30,>=14"], ["numpy==1.26.4", "pyarrow>=14,<26"], id="a late end"
    ),
    pytest.param(
        ["numpy==1.26.4", "pyarrow==18.0.0"], ["numpy==1.26.4", "pyarrow==18.0.0"], id="a pin"
    ),
    pytest.param(["jira==3.1.1"], ["jira==3.1.1", "setuptools<82"], id="not listed"),
    pytest.param(
        ["jira==3.1.1", "setuptools>=60"], ["jira==3.1.1", "setuptools>=60,<82"], id="setuptools"
    ),
    pytest.param(
        ["streamlit==1.67.*", "numpy==1.24.3", "pandas==2.0.3"],
        ["streamlit==1.67.*", "numpy>=1.25.0,<3", "pandas>=2.1.2,<3"],
        id="a NumPy that is opened keeps nothing old",
    ),
    pytest.param(
        ["snowflake-ml-python==1.7.0", "snowflake-connector-python==3.11.0"],
        [
            "snowflake-ml-python==1.7.0",
            "snowflake-connector-python>=3.17.0,<5",
            "snowflake-snowpark-python>=1.37",
            "pyarrow<26",
        ],
        id="what is brought asks for more",
    ),
    pytest.param(["pandas<3.0b0"], ["pandas<3.0"], id="an end before a pre-release"),
    pytest.param(["pandas===2.2.3"], ["pandas===2.2.3"], id="exactly"),
    pytest.param(
        ["streamlit[snowflake]==1.60.0", "pandas==2.1.4"],
        ["streamlit[snowflake]==1.60.0", "pandas>=2.2,<2.4"],
        id="an extra that brings modin",
    ),
    pytest.param(
        ["streamlit[all]==1.60.0", "pandas>=3"],
        ["streamlit[all]==1.60.0", "pandas>=2.2,<2.4"],
        id="all extras",
    ),
    pytest.param(
        ["streamlit[snowflake]==1.60.0", "snowflake-connector-python==3.11.0"],
        ["streamlit[snowflake]==1.60.0", "snowflake-connector-python>=3.14.0,<5"],
        id="an extra that brings Snowpark",
    ),
    pytest.param(
        ["streamlit[charts]==1.60.0", "pandas==2.2.3"],
        ["streamlit[charts]==1.60.0", "pandas==2.2.3"],
        id="another extra",
    ),
]


@pytest.mark.parametrize(("lines", "after"), DECIDED)
def test_decides_on_versions(lines: list[str], after: list[str]) -> None:
    assert decided(*lines) == after
    assert decided(*after) == after


PROJECTS = (
    "streamlit streamlit[snowflake] numpy pandas pyarrow setuptools jira snowflake-ml-python "
    "snowflake-snowpark-python snowflake-connector-python protobuf cachetools scipy cloudpickle"
)
SPECIFIERS = (
    "==1.26.4 ==2.0.3 ==3.11.0 ==1.58.0 >=1.55,<1.68 ==26.0.1 ==1.19 >=1.0 <2 <3.0b0 ~=1.40 "
    "==5.3.0 >=14,<30 ==6.*"
)
SETS = st.dictionaries(
    st.sampled_from(PROJECTS.split()), st.sampled_from(["", *SPECIFIERS.split()]), max_size=8
)


@settings(deadline=None)  # a shared machine may be slow
@given(SETS)
def test_what_is_decided_stays(specifiers: dict[str, str]) -> None:
    after = decided(*(name + specifier for name, specifier in specifiers.items()))
    assert decided(*after) == after


def test_limits_from_elsewhere_count() -> None:
    assert decided("pandas==2.0.3", limits={"numpy": "<2"}) == ["pandas==2.0.3", "pyarrow<26"]
    both = {"numpy": "<2", "pyarrow": "<20"}
    assert decided("pyarrow>=14", limits=both) == ["pyarrow>=14"]


def test_pandas_ends_before_3_where_there_is_a_reason() -> None:
    assert decided("pandas>=2", code=OLD_PANDAS) == ["pandas>=2,<3"]
    assert decided("pandas>=2", limits={"pandas": "<3"}, code=OLD_PANDAS) == ["pandas>=2"]
    assert decided("pandas>=3", code=OLD_PANDAS) == ["pandas>=3"]


OPENPYXL = "openpyxl==3.0.10"
SPARED = [
    pytest.param([OPENPYXL, "pandas"], OLD_PANDAS, [OPENPYXL, "pandas<3"], id="the code"),
    pytest.param(
        ["altair==4.2.2", OPENPYXL],
        NO_CODE,
        ["altair==4.2.2", OPENPYXL, "pandas<3"],
        id="another line, without pandas",
    ),
    pytest.param(
        [OPENPYXL, "seaborn==0.12.2", "pandas>=2"],
        NO_CODE,
        [OPENPYXL, "seaborn==0.12.2", "pandas>=2,<3"],
        id="another line, with pandas",
    ),
]


@pytest.mark.parametrize(("lines", "code", "after"), SPARED)
def test_an_end_that_is_to_come_spares_what_needs_it(
    lines: list[str], code: Code, after: list[str]
) -> None:
    assert decided(*lines, code=code) == after


RAISED = [
    pytest.param(
        [OPENPYXL, "seaborn==0.11.2"],
        NO_CODE,
        ["openpyxl>=3.1.5,<4", "seaborn>=0.12.0,<1"],
        id="a line that is opened itself needs no end",
    ),
    pytest.param(
        [OPENPYXL, "altair==4.2.2", "pandas>=3"],
        NO_CODE,
        ["openpyxl>=3.1.5,<4", "altair==4.2.2", "pandas>=3"],
        id="pandas begins behind the end",
    ),
    pytest.param([OPENPYXL], OLD_PANDAS, ["openpyxl>=3.1.5,<4"], id="no line takes the end"),
    pytest.param(
        [OPENPYXL, "pandas"], NO_CODE, ["openpyxl>=3.1.5,<4", "pandas"], id="nothing ends it"
    ),
]


@pytest.mark.parametrize(("lines", "code", "after"), RAISED)
def test_without_an_end_to_come_the_floor_holds(
    lines: list[str], code: Code, after: list[str]
) -> None:
    assert decided(*lines, code=code) == after


def test_pandas_from_an_address_takes_no_end() -> None:
    lines = [Wanted("openpyxl", "==3.0.10"), Wanted("pandas", fixed=True)]
    (change,) = changes(lines, code=OLD_PANDAS)
    assert (change.name, change.specifier) == ("openpyxl", ">=3.1.5,<4")


def test_code_that_imports_a_module_ends_what_brings_it() -> None:
    assert decided("setuptools", code=IMPORTS) == ["setuptools<82"]
    assert decided("setuptools>=60", code=IMPORTS) == ["setuptools>=60,<82"]
    assert decided("setuptools==65.6.3", code=IMPORTS) == ["setuptools==65.6.3"]
    assert decided("setuptools", limits={"setuptools": "<81"}, code=IMPORTS) == ["setuptools"]


def test_code_that_imports_what_a_pin_no_longer_has_is_said() -> None:
    (change,) = changes([Wanted("setuptools", "==84.2.1")], code=IMPORTS)
    assert (change.specifier, change.note.status) == ("==84.2.1", Status.MANUAL)
    assert "the app imports pkg_resources" in change.note.message


def test_what_cannot_work_together_is_said_and_stays() -> None:
    lines = [Wanted("numpy", "==1.26.4"), Wanted("pyarrow", "==26.0.1")]
    (change,) = changes(lines)
    assert (change.index, change.specifier) == (1, "==26.0.1")
    assert change.note.status is Status.MANUAL
    assert change.note.message.startswith("pyarrow ==26.0.1 does not work: NumPy stays below 2")


def test_an_address_and_a_limit_keep_what_they_say() -> None:
    lines = [Wanted("numpy", "==1.26.4"), Wanted("pyarrow", fixed=True)]
    assert list(changes(lines)) == []
    assert list(changes(lines[:1], {"pyarrow": "==26.0.1"})) == []


def environment(*specs: str) -> dict[str, str]:
    return {"environment.yml": "dependencies:\n" + "".join(f"- {spec}\n" for spec in specs)}


def requirements(*lines: str) -> dict[str, str]:
    return {"requirements.txt": "".join(f"{line}\n" for line in (STREAMLIT, *lines))}


def of_both(old: list[str], conda: list[str]) -> tuple[Outcome, list[str], Outcome, list[str]]:
    """The same lines in a new file and in one that is there."""
    new, there = convert(environment(*conda)), convert(requirements(*old))
    return new, packages(new)[1:], there, packages(there, "requirements.txt")[1:]


@pytest.mark.parametrize(
    ("old", "conda", "after"),
    [
        pytest.param(
            ["numpy==1.26.4", "pyarrow>=14"],
            ["numpy=1.26.4", "pyarrow>=14"],
            ["numpy==1.26.4", "pyarrow>=14,<26"],
            id="a beginning",
        ),
        pytest.param(
            ["numpy==1.26.4", "pyarrow"],
            ["numpy=1.26.4", "pyarrow"],
            ["numpy==1.26.4", "pyarrow<26"],
            id="bare",
        ),
        pytest.param(
            ["jira==3.1.1", "setuptools"],
            ["jira=3.1.1", "setuptools"],
            ["jira==3.1.1", "setuptools<82"],
            id="setuptools",
        ),
    ],
)
def test_a_new_file_and_one_that_is_there_get_the_same(
    old: list[str], conda: list[str], after: list[str]
) -> None:
    new, written, there, completed = of_both(old, conda)
    assert written == completed == after
    for outcome in (new, there):
        assert len(outcome.said(Status.REVIEW)) == 1


def test_a_change_of_a_pin_says_from_what_and_why() -> None:
    outcome = convert(requirements("numpy==1.26.4", "pyarrow>=14"))
    finding = outcome.about(
        "pyarrow >=14 becomes >=14,<26: NumPy stays below 2 (numpy ==1.26.4), and"
    )
    assert (finding.status, finding.span and finding.span.line) == (Status.REVIEW, 3)


def test_what_is_added_is_opened_with_what_is_there() -> None:
    files = environment("cachetools=5.3.0") | {"requirements.txt": "streamlit==1.58.0\n"}
    outcome = convert(files)
    assert packages(outcome, "requirements.txt") == ["streamlit==1.58.0", "cachetools>=5.5,<8"]
    assert outcome.about("cachetools ==5.3.0 becomes").status is Status.REVIEW


def test_a_guard_is_said_once() -> None:
    outcome = convert(environment("numpy=1.26.4") | requirements("plotly"))
    assert packages(outcome, "requirements.txt")[2:] == ["numpy==1.26.4", "pyarrow<26"]
    assert outcome.about("pyarrow<26 is added").status is Status.REVIEW


def test_the_extra_for_snowflake_is_opened_where_it_stands() -> None:
    outcome = convert({"requirements.txt": "streamlit[snowflake]==1.50.0\npandas==2.1.4\n"})
    assert packages(outcome, "requirements.txt") == [
        "streamlit[snowflake]>=1.55,<1.68",
        "pandas>=2.2,<2.4",
    ]
    assert "without the extra" in outcome.about("streamlit[snowflake] >=1.55").remedy


def test_words_for_a_version_are_left_alone() -> None:
    outcome = convert({"environment.yml": "dependencies:\n- pip:\n  - pandas===foo\n"})
    assert packages(outcome)[1:] == ["pandas===foo"]
