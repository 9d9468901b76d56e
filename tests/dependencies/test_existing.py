"""Versions of a dependency file that exists already: Streamlit, floors, guards, pandas."""

from __future__ import annotations

import pytest

from dependency_case import ROOT, convert
from sis_migrate.model import Item, Runtime, Settings, Span, Status

ENVIRONMENT = "name: sales\ndependencies: []\n"
CONTAINER = Runtime.CONTAINER


def requirements(*lines: str) -> dict[str, str]:
    return {"environment.yml": ENVIRONMENT, "requirements.txt": "".join(f"{x}\n" for x in lines)}


STREAMLITS = [
    pytest.param("streamlit", "streamlit>=1.55,<1.68", "takes the newest", id="any version"),
    pytest.param(
        "streamlit>=1.33 # c", "streamlit>=1.55,<1.68 # c", "takes the newest", id="no end"
    ),
    pytest.param(
        "streamlit>=1.33,<1.60", "streamlit>=1.55,<1.60", "one viewer's rows", id="old beginning"
    ),
    pytest.param("streamlit<1.99", "streamlit>=1.55,<1.68", "one viewer's rows", id="late end"),
    pytest.param("streamlit==1.*", "streamlit>=1.55,<1.68", "takes the newest", id="any minor"),
    pytest.param(
        "streamlit===1.52.0", "streamlit>=1.55,<1.68", "one viewer's rows", id="old exact pin"
    ),
    pytest.param("streamlit>=1.33,", "streamlit>=1.55,<1.68", "takes the newest", id="a comma"),
    pytest.param("streamlit==1.52.0", "streamlit>=1.55,<1.68", "one viewer's rows", id="old pin"),
]


@pytest.mark.parametrize(("before", "after", "words"), STREAMLITS)
def test_a_warehouse_apps_streamlit_comes_into_the_range(
    before: str, after: str, words: str
) -> None:
    outcome = convert(requirements(before))
    assert outcome.files["requirements.txt"] == f"{after}\n"
    finding = outcome.about(words)
    assert (finding.status, finding.item) == (Status.FIXED, Item.STREAMLIT)
    assert finding.span == Span(1, 1, 1, len(before) + 1)
    assert convert(outcome.files).findings == ()


KEPT = [
    pytest.param("streamlit==1.60.0", id="a pin"),
    pytest.param("streamlit>=1.56,<1.60", id="a narrower range"),
    pytest.param("streamlit<1.68,>=1.55", id="the range in another order"),
    pytest.param("streamlit @ https://host/streamlit-1.60.0-py3-none-any.whl", id="an address"),
    pytest.param("streamlit>=>1", id="no specifier"),
    pytest.param("streamlit===whatever", id="an arbitrary version"),
    pytest.param("streamlit==1.60.0\npandas===whatever", id="another arbitrary version"),
]


@pytest.mark.parametrize("line", KEPT)
def test_a_streamlit_that_works_stays(line: str) -> None:
    outcome = convert(requirements(line))
    assert outcome.files["requirements.txt"] == f"{line}\n"
    assert [f for f in outcome.findings if f.item is Item.STREAMLIT] == []


def test_a_streamlit_that_a_constraint_pins_stays() -> None:
    files = requirements("streamlit", "-c limits.txt") | {"limits.txt": "streamlit==1.60.0\n"}
    outcome = convert(files)
    assert outcome.files["requirements.txt"] == "streamlit\n-c limits.txt\n"
    assert outcome.findings == ()


def test_a_constraint_that_no_longer_fits_is_said() -> None:
    files = requirements("-c limits.txt", "streamlit") | {"limits.txt": "streamlit==1.30.0\n"}
    outcome = convert(files)
    assert outcome.files["requirements.txt"] == "-c limits.txt\nstreamlit>=1.55,<1.68\n"
    finding = outcome.about("holds Streamlit at ==1.30.0")
    assert (finding.status, finding.item) == (Status.MANUAL, Item.STREAMLIT)


def test_a_constraint_that_says_nothing_limits_nothing() -> None:
    files = requirements("streamlit", "-c limits.txt") | {"limits.txt": "streamlit=1.60\n"}
    assert convert(files).files["requirements.txt"].startswith("streamlit>=1.55,<1.68\n")


def test_a_streamlit_that_uv_is_told_to_limit_stays() -> None:
    project = (
        '[project]\nname = "a"\nversion = "1"\ndependencies = ["streamlit"]\n'
        '[tool.uv]\nconstraint-dependencies = ["streamlit==1.60.0"]\n'
    )
    outcome = convert({"environment.yml": ENVIRONMENT, "pyproject.toml": project})
    assert outcome.files["pyproject.toml"] == project


def test_a_streamlit_of_an_included_file_changes_there() -> None:
    files = requirements("-r base.txt") | {"base.txt": "# ours\r\nstreamlit  # x\r\n"}
    outcome = convert(files)
    assert outcome.files["requirements.txt"] == "-r base.txt\n"
    assert outcome.files["base.txt"] == "# ours\r\nstreamlit>=1.55,<1.68  # x\r\n"
    assert outcome.about("takes the newest").path == ROOT / "base.txt"


def test_only_lines_that_count_on_the_container_change() -> None:
    lines = ('streamlit==1.20 ; python_version < "3.9"', 'streamlit ; python_version >= "3.9"')
    outcome = convert(requirements(*lines))
    assert outcome.files["requirements.txt"] == (
        'streamlit==1.20 ; python_version < "3.9"\n'
        'streamlit>=1.55,<1.68 ; python_version >= "3.9"\n'
    )


def test_a_container_apps_streamlit_without_an_end_is_said() -> None:
    outcome = convert(requirements("streamlit>=1.50"), runtime=CONTAINER)
    assert outcome.files["requirements.txt"] == "streamlit>=1.50\n"
    finding = outcome.about("has no end")
    assert (finding.status, finding.item) == (Status.REVIEW, Item.STREAMLIT)
    assert finding.remedy == "Give it an end: <1.68 is what this tool knows."


def test_a_container_apps_old_pin_stays() -> None:
    outcome = convert(requirements("streamlit==1.50.0"), runtime=CONTAINER)
    assert outcome.files["requirements.txt"] == "streamlit==1.50.0\n"
    assert outcome.findings == ()


def test_a_container_apps_streamlit_that_no_container_runs_is_raised() -> None:
    outcome = convert(requirements("streamlit==1.49.0"), runtime=CONTAINER)
    assert outcome.files["requirements.txt"] == "streamlit>=1.55,<1.68\n"


def test_a_lock_is_an_end() -> None:
    project = '[project]\nname = "a"\nversion = "1"\ndependencies = ["streamlit"]\n'
    files = {"environment.yml": ENVIRONMENT, "pyproject.toml": project}
    assert "deploy a uv.lock" in convert(files, runtime=CONTAINER).about("has no end").remedy
    assert convert(files | {"uv.lock": "version = 1\n"}, runtime=CONTAINER).findings == ()


@pytest.mark.parametrize("runtime", [Runtime.WAREHOUSE, CONTAINER], ids=["warehouse", "container"])
def test_the_streamlit_that_is_asked_for_is_written(runtime: Runtime) -> None:
    settings = Settings(streamlit="1.58")
    outcome = convert(requirements("streamlit==1.60.0"), settings=settings, runtime=runtime)
    assert outcome.files["requirements.txt"] == "streamlit==1.58.*\n"
    assert outcome.about("asked for").status is Status.FIXED
    assert "requirements.txt: streamlit changed" in outcome.said(Status.FIXED)


def test_a_streamlit_that_nobody_knows_is_said_each_time() -> None:
    settings = Settings(streamlit="9.99")
    outcome = convert(requirements("streamlit==1.60.0"), settings=settings)
    assert outcome.files["requirements.txt"] == "streamlit==9.99.*\n"
    assert outcome.about("newer than what this tool knows").status is Status.REVIEW
    again = convert(outcome.files, settings=settings)
    assert again.about("newer than what this tool knows").status is Status.REVIEW


def test_a_new_file_says_so_too() -> None:
    outcome = convert({"environment.yml": ENVIRONMENT}, settings=Settings(streamlit="1.52"))
    assert outcome.about("is asked for: before 1.55").status is Status.REVIEW


def test_a_pin_that_cannot_work_rises() -> None:
    files = requirements("streamlit==1.60.0", "pandas==2.0.3  # old", "plotly==5.24.1")
    outcome = convert(files)
    assert outcome.files["requirements.txt"] == (
        "streamlit==1.60.0\npandas>=2.1.2,<3  # old\nplotly==5.24.1\n"
    )
    assert outcome.about("pandas ==2.0.3 becomes >=2.1.2,<3").status is Status.REVIEW
    kept = convert(files, runtime=CONTAINER)
    assert kept.files == files | {"streamlit_app.py": kept.files["streamlit_app.py"]}


def test_snowpark_gets_a_beginning() -> None:
    outcome = convert(requirements("streamlit==1.60.0", "snowflake-snowpark-python"))
    assert outcome.files["requirements.txt"].endswith("snowflake-snowpark-python>=1.37\n")
    assert outcome.about("without a beginning").status is Status.FIXED
    limits = {"limits.txt": "snowflake-snowpark-python==1.40.0\n"}
    files = requirements("streamlit==1.60.0", "-c limits.txt", "snowflake-snowpark-python")
    assert convert(files | limits).files["requirements.txt"] == files["requirements.txt"]


def test_a_pin_in_a_pyproject_rises() -> None:
    project = (
        '[project]\nname = "a"\nversion = "1"\ndependencies = [\n'
        '  "streamlit==1.60.0",  # x\n  "pandas==2.0.3",\n]\n'
    )
    outcome = convert({"environment.yml": ENVIRONMENT, "pyproject.toml": project})
    assert outcome.files["pyproject.toml"] == project.replace("==2.0.3", ">=2.1.2,<3")
    assert outcome.said(Status.FIXED) == ["pyproject.toml: pandas changed"]


def test_a_guard_is_added() -> None:
    outcome = convert(requirements("streamlit==1.60.0", "numpy==1.26.4"))
    assert outcome.files["requirements.txt"].endswith("numpy==1.26.4\npyarrow<26\n")
    assert outcome.about("pyarrow<26 is added").status is Status.REVIEW


def test_a_guard_goes_into_a_line_that_is_there() -> None:
    outcome = convert(requirements("streamlit==1.60.0", "numpy==1.26.4", "pyarrow # x"))
    assert outcome.files["requirements.txt"].endswith("numpy==1.26.4\npyarrow<26 # x\n")


def test_a_guard_goes_into_a_line_that_is_added() -> None:
    files = requirements("streamlit==1.60.0", "numpy==1.26.4")
    files["environment.yml"] = "dependencies: [pyarrow, plotly]\n"
    outcome = convert(files)
    assert outcome.files["requirements.txt"].endswith("numpy==1.26.4\npyarrow<26\nplotly\n")


def test_what_is_added_is_chosen_for_the_numpy_of_the_file() -> None:
    files = requirements("streamlit==1.60.0", "numpy>2")
    files["environment.yml"] = "dependencies: [plotly=5.9.0, numpy=1.26]\n"
    outcome = convert(files)
    assert outcome.files["requirements.txt"].endswith("numpy>2\nplotly>=5.12.0,<6\n")
    files["requirements.txt"] = "streamlit==1.60.0\n"
    outcome = convert(files)
    assert outcome.files["requirements.txt"].endswith("plotly==5.9.0\nnumpy==1.26.*\npyarrow<26\n")


def test_a_guard_leaves_a_pin_alone() -> None:
    files = requirements("streamlit==1.60.0", "numpy==1.26.4", "pyarrow==18.0.0")
    assert convert(files).files["requirements.txt"] == files["requirements.txt"]


def test_pandas_stays_below_3_where_the_code_needs_it() -> None:
    files = requirements("streamlit==1.60.0", "pandas>=2.2")
    files["streamlit_app.py"] = "import pandas as pd\ndf = pd.DataFrame()\ndf['a'][0] = 1\n"
    outcome = convert(files)
    assert outcome.files["requirements.txt"] == "streamlit==1.60.0\npandas>=2.2,<3\n"
    assert outcome.about("pandas stays below 3").status is Status.FIXED
    files["requirements.txt"] = "streamlit==1.60.0\npandas\n"
    assert convert(files).files["requirements.txt"] == "streamlit==1.60.0\npandas<3\n"
    files["requirements.txt"] = "streamlit==1.60.0\npandas>=2.2,<4\n"
    assert convert(files).files["requirements.txt"] == "streamlit==1.60.0\npandas>=2.2,<3\n"
    files["requirements.txt"] = "streamlit==1.60.0\npandas>=3\n"
    assert convert(files).files["requirements.txt"] == "streamlit==1.60.0\npandas>=3\n"


def test_a_file_of_limits_that_cannot_be_read_limits_nothing() -> None:
    outcome = convert(requirements("streamlit ; python_version ~ 3", "-c none.txt"))
    assert outcome.files["requirements.txt"].startswith("streamlit>=1.55,<1.68 ; python_version")


KNOWN = " in a container's own file, though "


def test_a_containers_own_file_keeps_what_is_known_to_fail_and_it_is_said() -> None:
    text = "streamlit==1.60\npandas==1.4.3\n"
    outcome = convert({"requirements.txt": text}, runtime=CONTAINER)
    assert outcome.files["requirements.txt"] == text
    found = outcome.about("pandas")
    assert found.message.startswith(f"pandas ==1.4.3 stays{KNOWN}before 2.1.2 it cannot be ")
    assert (found.status, found.span) == (Status.REVIEW, Span(2, 1, 2, 14))
    assert found.remedy == "List pandas>=2.1.2,<3 if the app does not install or start."


def test_a_missing_end_beside_old_versions_is_said_about_a_containers_file() -> None:
    text = "streamlit==1.60\nnumpy<2\n"
    outcome = convert({"requirements.txt": text}, runtime=CONTAINER)
    assert outcome.files["requirements.txt"] == text
    found = outcome.about("pyarrow has no end")
    assert found.message.startswith(f"pyarrow has no end{KNOWN}NumPy stays below 2 (numpy <2)")
    assert found.remedy == "List pyarrow<26 if the app does not install or start."
    assert (found.path, found.span) == (ROOT / "requirements.txt", None)


def test_a_lock_file_knows_better_than_what_is_known_to_fail() -> None:
    files = {
        "pyproject.toml": '[project]\nname = "a"\nversion = "1"\n'
        'dependencies = ["streamlit==1.60", "pandas==1.4.3"]\n',
        "uv.lock": "",
    }
    outcome = convert(files, runtime=CONTAINER)
    assert not [f for f in outcome.findings if KNOWN in f.message]


def test_versions_that_exclude_each_other_are_said_about_a_containers_file() -> None:
    text = "streamlit==1.60\nnumpy<2\npyarrow>=26\n"
    outcome = convert({"requirements.txt": text}, runtime=CONTAINER)
    found = outcome.about("pyarrow >=26 stays")
    assert (found.status, found.span) == (Status.REVIEW, Span(3, 1, 3, 12))


def test_a_whole_list_with_hashes_knows_better_than_what_is_known_to_fail() -> None:
    text = "streamlit==1.60.0 --hash=sha256:00\npandas==1.4.3 --hash=sha256:00\n"
    assert convert({"requirements.txt": text}, runtime=CONTAINER).findings == ()
