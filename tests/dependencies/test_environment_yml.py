from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from dependency_case import ENTRY, convert, packages
from sis_migrate.model import Item, Runtime, Settings, Span, Status

ENVIRONMENT = """\
# the sales app
name: Sales App
channels:
  - snowflake
dependencies:
  - python=3.8.*
  # charts
  - plotly=5.24.1  # the last 5
  - streamlit=1.35.0
  - openssl
  - python-graphviz=
  # - numpy
"""


def environment(*specs: str) -> str:
    lines = "".join(f"  - {spec}\n" for spec in specs)
    return f"name: sales\nchannels:\n  - snowflake\ndependencies:\n{lines}"


def test_writes_a_pyproject() -> None:
    outcome = convert({"environment.yml": ENVIRONMENT})
    assert outcome.files["pyproject.toml"] == (
        "# the sales app\n"
        "[project]\n"
        'name = "sales-app"\n'
        'version = "0.1.0"\n'
        'requires-python = "==3.11.*"\n'
        "dependencies = [\n"
        '    "streamlit>=1.55,<1.68",\n'
        "    # charts\n"
        '    "plotly==5.24.1",  # the last 5\n'
        "    # openssl: not on PyPI\n"
        '    "graphviz",\n'
        "    # - numpy\n"
        "]\n"
    )
    assert outcome.files["environment.yml"] == ENVIRONMENT


def test_writes_requirements() -> None:
    settings = Settings(dependency_file="requirements")
    outcome = convert({"environment.yml": ENVIRONMENT}, settings=settings)
    assert outcome.files["requirements.txt"] == (
        "# the sales app\n"
        "streamlit>=1.55,<1.68\n"
        "# charts\n"
        "plotly==5.24.1  # the last 5\n"
        "# openssl: not on PyPI\n"
        "graphviz\n"
        "# - numpy\n"
    )
    assert "pyproject.toml" not in outcome.files


def test_every_decision_has_a_word() -> None:
    outcome = convert({"environment.yml": ENVIRONMENT})
    python = outcome.about("becomes Python 3.11")
    assert (python.item, python.span) == (Item.PYTHON, Span(6, 5, 6, 17))
    assert outcome.about("Streamlit ==1.35.0 becomes").item is Item.STREAMLIT
    assert outcome.about("graphviz on PyPI").status is Status.FIXED
    assert outcome.about("'openssl' is left out").status is Status.FIXED
    assert outcome.about("needs graphviz (the program dot").status is Status.REVIEW
    assert outcome.about("3 packages listed in pyproject.toml").item is Item.DEPS


NAMES = [
    pytest.param("sales", "sales", id="a plain name"),
    pytest.param("Sales & more_2", "sales-more-2", id="signs and capitals"),
    pytest.param("pandas", "pandas-app", id="a package's name"),
    pytest.param("'!!'", "streamlit-app", id="nothing but signs"),
]


@pytest.mark.parametrize(("name", "expected"), NAMES)
def test_names_the_project(name: str, expected: str) -> None:
    text = f"name: {name}\ndependencies: [pandas]\n"
    outcome = convert({"environment.yml": text})
    assert tomllib.loads(outcome.files["pyproject.toml"])["project"]["name"] == expected


def test_names_the_project_after_the_app_where_the_environment_has_no_name() -> None:
    outcome = convert({"environment.yml": "dependencies: [pandas]\n"}, name="My App")
    assert 'name = "my-app"' in outcome.files["pyproject.toml"]


LINES = [
    pytest.param("pandas=2.2.3", ["pandas==2.2.3"], id="a pin"),
    pytest.param("pandas", ["pandas"], id="no version"),
    pytest.param("pandas=2.0.3", ["pandas>=2.1.2,<3"], id="a pin below the floor"),
    pytest.param("uvicorn-standard=0.30.1", ["uvicorn[standard]==0.30.1"], id="an extra"),
    pytest.param("toolz[a]=1.0.0", ["toolz[a]==1.0.0"], id="an extra as pip has it"),
    pytest.param("dask=2024.1.0", ["dask[complete]==2024.1.0"], id="what conda brings with it"),
    pytest.param("psycopg", ["psycopg[binary]"], id="a library that conda brings with it"),
    pytest.param("acme=1.0", ["# acme=1.0: this tool does not know the name"], id="unknown"),
    pytest.param("typing", [], id="a backport"),
    pytest.param("pip", [], id="a part of conda"),
    pytest.param("tzdata=2023c", ["tzdata"], id="a version that cannot be said"),
    pytest.param("pandas==", ["# pandas==: not converted"], id="no specification"),
    pytest.param("conda-forge::toolz=1.0.0", ["toolz==1.0.0"], id="a public channel"),
    pytest.param("pkgs/main::toolz", ["toolz"], id="a public channel by its path"),
    pytest.param("main/linux-64::toolz", ["toolz"], id="a public channel with a platform"),
    pytest.param("https://host/pkgs/snowflake::toolz", ["toolz"], id="an address of one"),
    pytest.param(
        "acme::toolz",
        ["# acme::toolz: comes from the channel 'acme', which PyPI does not know"],
        id="a private channel",
    ),
    pytest.param("numpy=1.26.4", ["numpy==1.26.4", "pyarrow<26"], id="an old NumPy and its guard"),
]


@pytest.mark.parametrize(("spec", "expected"), LINES)
def test_converts_an_entry(spec: str, expected: list[str]) -> None:
    outcome = convert({"environment.yml": environment(spec)})
    assert packages(outcome) == ["streamlit>=1.55,<1.68", *expected]


def test_an_old_pin_stays_beside_an_old_numpy() -> None:
    outcome = convert({"environment.yml": environment("pandas=2.0.3", "numpy=1.24.3")})
    assert packages(outcome)[1:] == ["pandas==2.0.3", "numpy==1.24.3", "pyarrow<26"]
    assert outcome.about("pyarrow<26 is added").status is Status.REVIEW


STATUSES = [
    pytest.param("pandas=2.0.3", "becomes >=2.1.2,<3", Status.REVIEW, id="a relaxed pin"),
    pytest.param("pandas=2.2.3=py_0", "the build 'py_0'", Status.FIXED, id="a build"),
    pytest.param("pandas=2.2.1|2.2.3", "alternatives", Status.REVIEW, id="alternatives"),
    pytest.param("tzdata=2023c", "'2023c'", Status.REVIEW, id="a letter in a version"),
    pytest.param("acme", "'acme' is not converted", Status.MANUAL, id="an unknown name"),
    pytest.param("snowbooks", "notebooks", Status.MANUAL, id="a package of Snowflake's"),
    pytest.param("pandas: 2.0", "`pandas=2.0`", Status.MANUAL, id="a mapping"),
    pytest.param("streamlit=1.80", "newer", Status.REVIEW, id="a Streamlit nobody knows"),
]


@pytest.mark.parametrize(("spec", "words", "status"), STATUSES)
def test_says_what_wants_a_look(spec: str, words: str, status: Status) -> None:
    outcome = convert({"environment.yml": environment(spec)})
    finding = outcome.about(words)
    assert finding.status is status
    assert finding.path.name == "environment.yml"
    assert finding.span is not None
    assert finding.span.line == 5
    assert (finding.remedy != "") == (status is not Status.FIXED)


@pytest.mark.parametrize("spec", ["python=3.11", "python=3.11.9", "python>=3.8", "python"])
def test_says_nothing_about_the_right_python(spec: str) -> None:
    outcome = convert({"environment.yml": environment(spec)})
    assert not [finding for finding in outcome.findings if finding.item is Item.PYTHON]


def test_the_users_map_decides() -> None:
    settings = Settings(package_map={"acme": "acme-sdk", "snowbooks": ""})
    text = environment("acme=1.2.3", "snowbooks=1.0")
    outcome = convert({"environment.yml": text}, settings=settings)
    assert packages(outcome)[1:] == ["acme-sdk==1.2.3"]
    assert outcome.said(Status.MANUAL) == []


def test_the_user_chooses_streamlit() -> None:
    settings = Settings(streamlit="1.58")
    outcome = convert({"environment.yml": environment("streamlit=1.35.0")}, settings=settings)
    assert packages(outcome) == ["streamlit==1.58.*"]


def test_entries_that_repeat_are_one() -> None:
    outcome = convert({"environment.yml": environment("faker>=1", "pandas", "Faker<3 # new")})
    assert packages(outcome)[1:] == ["faker>=1,<3  # new", "pandas"]
    assert outcome.about("more than once").status is Status.REVIEW


COMMENTS = [
    pytest.param("acme=1.0  # ask Bob", "does not know the name  # ask Bob", id="undecided"),
    pytest.param("openssl  # for x", "# openssl: not on PyPI  # for x", id="a library"),
    pytest.param("pip  # tools", "# pip: left out  # tools", id="nothing that is needed"),
    pytest.param("python=3.8  # old", "# python=3.8: see requires-python  # old", id="Python"),
]


@pytest.mark.parametrize(("spec", "after"), COMMENTS)
def test_a_comment_behind_what_is_not_listed_stays(spec: str, after: str) -> None:
    (line,) = packages(convert({"environment.yml": environment(spec)}))[1:]
    assert line.endswith(after)


def test_comments_of_entries_that_repeat_stay() -> None:
    text = environment("faker>=1  # one", "# above", "faker<3  # two", "toolz").replace("- #", "#")
    outcome = convert({"environment.yml": text})
    assert packages(outcome)[1:] == ["faker>=1,<3  # one; two", "# above", "toolz"]


def test_a_comment_above_several_entries_stands_above_the_first() -> None:
    text = "dependencies: [\n  # ours\n  toolz, faker, plotly,\n  {pip: [cytoolz]}]\n"
    outcome = convert({"environment.yml": text})
    assert packages(outcome)[1:] == ["# ours", "toolz", "faker", "plotly", "cytoolz"]
    text = "dependencies:\n- pip:\n  # ours\n  - -r more.txt\n"
    outcome = convert({"environment.yml": text, "more.txt": "toolz\nfaker\n"})
    assert packages(outcome)[1:] == ["# ours", "toolz", "faker"]


def test_the_pip_list_comes_along() -> None:
    text = environment("pandas", "pip:").replace(
        "pip:\n",
        "pip:\n    - Faker[x] >=1 ; python_version > '3'  # names\n    - faker ; sys_platform == 'x'\n"
        "    - -r more.txt\n    - foo @ https://host/foo.whl\n",
    )
    outcome = convert({"environment.yml": text})
    assert packages(outcome)[1:] == [
        "pandas",
        'faker[x]>=1 ; python_version > \\"3\\"  # names',
        "# -r more.txt: not converted",
        "# foo @ https://host/foo.whl: not converted",
    ]
    assert outcome.about("its marker does not hold").status is Status.FIXED
    assert outcome.about("'-r more.txt' of the pip list").status is Status.MANUAL
    assert outcome.about("integration").status is Status.MANUAL


def test_a_package_on_two_lines_is_one_package() -> None:
    lines = "".join(f"    - faker ; python_version >= '3.{minor}'\n" for minor in (8, 9))
    outcome = convert({"environment.yml": environment("pandas") + "  - pip:\n" + lines})
    assert packages(outcome)[1:] == ["pandas", "faker"]
    assert outcome.about("packages listed").message == "3 packages listed in pyproject.toml"


def test_a_package_for_another_system_only_is_added_where_it_is_imported() -> None:
    text = environment("pandas") + "  - pip:\n    - plotly ; sys_platform == 'win32'\n"
    files = {"environment.yml": text, "streamlit_app.py": "import plotly.express\n"}
    assert packages(convert(files))[-1] == "plotly"
    requirements = {**files, "requirements.txt": "streamlit==1.60.0\n"}
    outcome = convert(requirements)
    assert outcome.files["requirements.txt"] == "streamlit==1.60.0\npandas\nplotly\n"


CODE = """\
import json
import pandas as pd
import altair, yaml
from PIL import Image
from . import charts
import acme.core
import charts
try:
    import polars
except ImportError:
    polars = None
import streamlit as st
session = st.connection("snowflake").session()
"""


def test_adds_what_the_app_imports() -> None:
    files = {
        "environment.yml": environment("altair=5.5.0", "yaml"),
        "streamlit_app.py": CODE,
        "charts.py": "import numpy\n",
    }
    outcome = convert(files)
    assert packages(outcome)[1:] == [
        "altair==5.5.0",
        "# yaml: not on PyPI",
        "pandas",
        "pyyaml",
        "pillow",
        "snowflake-snowpark-python>=1.37",
        "numpy",
    ]
    added = outcome.about("pandas is added")
    assert (added.path.name, added.span) == ("streamlit_app.py", Span(2, 1, 2, 20))
    assert outcome.about("imports acme").status is Status.MANUAL
    assert outcome.about("snowflake-snowpark-python is added").message.startswith(
        "snowflake-snowpark-python is added: streamlit_app.py opens st.connection"
    )


def test_does_not_add_what_would_have_to_be_compiled() -> None:
    outcome = convert({ENTRY: "import cx_Oracle\nimport plotly\n"})
    assert packages(outcome)[1:] == ["plotly"]
    assert "oracledb" in outcome.about("cx_oracle is not added").message


def test_does_not_add_what_must_not_be_added() -> None:
    code = "import snowflake.permissions as p\nimport streamlit\n"
    outcome = convert({"environment.yml": environment("pandas"), "streamlit_app.py": code})
    assert packages(outcome)[1:] == ["pandas"]
    assert outcome.about("snowflake-native-apps-permission is not added").status is Status.MANUAL


OLD_PANDAS = [
    pytest.param("pandas", ["pandas<3"], id="no version"),
    pytest.param("pandas>=2", ["pandas>=2,<3"], id="a beginning"),
    pytest.param("pandas=2.2.3", ["pandas==2.2.3"], id="a pin"),
    pytest.param("pandas<2.3", ["pandas<2.3"], id="an end"),
    pytest.param("pandas>=2,<4", ["pandas>=2,<3"], id="an end that lets 3 in"),
    pytest.param("pandas>=3", ["pandas>=3"], id="a beginning at 3"),
    pytest.param("faker", ["faker", "pandas<3"], id="not listed"),
]


@pytest.mark.parametrize(("spec", "expected"), OLD_PANDAS)
def test_code_for_an_older_pandas_keeps_it(spec: str, expected: list[str]) -> None:
    code = "import streamlit\ndf = session.table('a').to_pandas()\ndf['a'][0] = 1\n"
    outcome = convert({"environment.yml": environment(spec), "streamlit_app.py": code})
    assert packages(outcome)[1:] == expected
    said = [f for f in outcome.findings if "pandas stays below 3" in f.message]
    assert [f.span for f in said] == ([Span(3, 1, 3, 11)] if "<3" in expected[-1] else [])


def test_names_the_packages_that_nothing_imports() -> None:
    text = environment("faker", "openpyxl", "plotly", "opencv", "types-pyyaml")
    code = "import streamlit\nimport plotly.express\n"
    outcome = convert({"environment.yml": text, "streamlit_app.py": code})
    finding = outcome.about("imported by no file")
    assert finding.message.endswith(": faker, opencv-python-headless")
    assert finding.status is Status.FIXED


def test_says_what_there_is_to_know_about_a_package() -> None:
    finding = convert({"environment.yml": environment("fpdf=1.7.2")}).about("fpdf2")
    assert finding.status is Status.REVIEW


def test_says_that_a_module_has_another_name_today() -> None:
    script = """\
        import pandas_profiling
        try:
            import ruamel_yaml
        except ImportError:
            pass
        """
    outcome = convert({"environment.yml": environment("pandas-profiling"), ENTRY: script})
    assert packages(outcome)[1:] == ["ydata-profiling"]
    found = outcome.about("calls ydata_profiling today")
    assert (found.status, found.span and found.span.line) == (Status.MANUAL, 1)
    assert "ruamel" not in " ".join(f.message for f in outcome.findings)


def test_the_user_may_say_what_a_private_channel_has() -> None:
    text = environment("acme::tools=1.2.3", "acme::more")
    mine = Settings(package_map={"tools": "acme-tools"})
    outcome = convert({"environment.yml": text}, settings=mine)
    assert packages(outcome)[1:] == [
        "acme-tools==1.2.3",
        "# acme::more: this tool does not know the name",
    ]


def test_says_that_a_channel_is_private() -> None:
    text = "channels: [snowflake, acme, nodefaults]\ndependencies: [faker]\n"
    assert "'acme'" in convert({"environment.yml": text}).about("of the channel").message


def test_a_module_may_come_from_a_project_of_a_longer_name() -> None:
    files = {"environment.yml": environment("acme"), "streamlit_app.py": "import acme_corp, beta\n"}
    settings = Settings(package_map={"acme": "beta-sdk"})
    outcome = convert(files, settings=settings)
    assert [f.message.split(",")[0] for f in outcome.findings if f.status is Status.MANUAL] == [
        "streamlit_app.py imports acme_corp"
    ]


def test_says_a_thing_once() -> None:
    files = {
        "environment.yml": environment("snowflake-native-apps-permission", "acme"),
        "streamlit_app.py": "import snowflake.permissions\nimport acme\n",
    }
    assert len(convert(files).said(Status.MANUAL)) == 2


def test_files_that_cannot_be_read_import_nothing() -> None:
    files = {"environment.yml": environment("pandas"), "broken.py": "import (\n"}
    assert packages(convert(files))[1:] == ["pandas"]


UNREADABLE = [
    pytest.param("dependencies: [\n", "not readable as YAML", 2, id="an open bracket"),
    pytest.param("a:\n\t- b\n", "a tab", 2, id="a tab"),
    pytest.param("- pandas\n", "not an environment file", 1, id="a list"),
]


@pytest.mark.parametrize(("text", "words", "line"), UNREADABLE)
def test_an_unreadable_environment_is_an_error(text: str, words: str, line: int) -> None:
    outcome = convert({"environment.yml": text})
    finding = outcome.about(words)
    assert finding.status is Status.ERROR
    assert finding.span == Span(line, 1, line, 1)
    assert set(outcome.files) == {"environment.yml", "streamlit_app.py"}


def test_an_empty_environment_gives_streamlit_alone() -> None:
    outcome = convert({"environment.yml": ""})
    assert packages(outcome) == ["streamlit>=1.55,<1.68"]
    assert outcome.about("empty").status is Status.MANUAL


def test_a_text_of_several_lines_stays_a_comment() -> None:
    text = "dependencies:\n- |\n  acme\n  beta==\n- pandas  # a\ttab\n"
    outcome = convert({"environment.yml": text})
    assert packages(outcome)[1:] == ["# acme beta==: not converted", "pandas  # a tab"]


def test_removes_the_environment_when_asked() -> None:
    settings = Settings(remove_environment=True)
    outcome = convert({"environment.yml": environment("pandas")}, settings=settings)
    assert set(outcome.files) == {"pyproject.toml", "streamlit_app.py"}
    assert outcome.about("environment.yml is removed").status is Status.FIXED


def test_needs_no_file_without_an_environment_and_imports() -> None:
    outcome = convert({})
    assert set(outcome.files) == {"streamlit_app.py"}
    assert outcome.about("No dependency file is needed").status is Status.FIXED


def test_says_nothing_about_a_container_app_without_files() -> None:
    assert convert({}, runtime=Runtime.CONTAINER).findings == ()


def test_writes_no_file_when_none_is_wanted() -> None:
    settings = Settings(dependency_file="none")
    outcome = convert({"environment.yml": environment("pandas=2.2.3")}, settings=settings)
    assert set(outcome.files) == {"environment.yml", "streamlit_app.py"}
    assert "Streamlit's too, are the container's own" in outcome.about("No dependency file").message


def test_writes_a_file_that_is_not_wanted_where_it_must() -> None:
    settings = Settings(dependency_file="none")
    outcome = convert({"environment.yml": environment("plotly")}, settings=settings)
    assert packages(outcome)[1:] == ["plotly"]
    assert outcome.about("is needed all the same: for plotly").status is Status.REVIEW


def test_writes_a_file_for_imports_alone() -> None:
    outcome = convert({"streamlit_app.py": "import streamlit\nimport plotly.express\n"})
    assert packages(outcome) == ["streamlit>=1.55,<1.68", "plotly"]


NAMED = ["pandas", "numpy", "acme", "openssl", "python", "streamlit", "h3-py", "pip"]
SPEAKING = ["pyarrow", "setuptools", "jira", "scipy", "snowflake-ml-python", "cachetools"]
WRITTEN = ["", "=", "=1.2", "=1.2.3", " >=1.2,<2", "==", "=2023c", "=1.2=py_0", "|", "=*"]
DECIDING = ["=1.26.4", ">=14", "<2.0b0", "=1.58.0", "=26.0.1", "<3"]
spec_texts = st.builds(
    lambda name, version: name + version,
    st.sampled_from([*NAMED, *SPEAKING]),
    st.sampled_from([*WRITTEN, *DECIDING]),
)
pip_texts = st.builds(
    "{}{}{}".format,
    st.sampled_from(["pandas", "numpy", "pyarrow", "streamlit", "setuptools", "jira", "faker"]),
    st.sampled_from(["", "==1.26.4", ">=14", "==1.5.3", "===foo", "<2.0rc1", "[x]>=1"]),
    st.sampled_from(
        ["", ' ; python_version < "3.9"', ' ; python_version > "3"', ' ; sys_platform == "linux"']
    ),
)


@settings(deadline=None)  # a shared machine may be slow
@given(st.lists(spec_texts, max_size=6), st.lists(pip_texts, max_size=4))
def test_every_conversion_is_valid_and_stable(specs: list[str], lines: list[str]) -> None:
    text = environment(*specs) + "  - pip:\n" + "".join(f"    - '{line}'\n" for line in lines)
    outcome = convert({"environment.yml": text, ENTRY: "import streamlit, pandas\n"})
    project = tomllib.loads(outcome.files["pyproject.toml"])["project"]
    found = [Requirement(line) for line in project["dependencies"]]
    assert found[0].name == "streamlit"
    names = [canonicalize_name(each.name) for each in found]
    assert len(names) == len(set(names)), "a project has two lines"
    assert all(each.marker is None or each.marker.evaluate() for each in found)
    assert outcome.said(Status.ERROR) == []


SNOWFLAKE_YML = """\
entities:
  app:
    type: streamlit
    artifacts: [streamlit_app.py]
"""


@pytest.mark.parametrize("runtime", [Runtime.WAREHOUSE, Runtime.CONTAINER])
@pytest.mark.parametrize(
    ("file", "text"),
    [
        pytest.param("requirements.txt", "Acme_Widgets>=1.2\n", id="requirements"),
        pytest.param(
            "pyproject.toml",
            '[build-system]\n[project]\nname = "a"\ndependencies = ["acme.widgets>=1.2"]\n',
            id="a project",
        ),
    ],
)
def test_the_developers_own_list_says_which_project_a_module_is(
    file: str, text: str, runtime: Runtime
) -> None:
    files = {
        "environment.yml": environment("streamlit"),
        "snowflake.yml": SNOWFLAKE_YML,
        "streamlit_app.py": "import acme_widgets\n",
        file: text,
    }
    kind = "requirements" if file == "pyproject.toml" else "pyproject"
    outcome = convert(files, settings=Settings(dependency_file=kind), runtime=runtime)
    written = "requirements.txt" if file == "pyproject.toml" else "pyproject.toml"
    assert packages(outcome, written)[-1] == "acme-widgets>=1.2"
    finding = outcome.about(f"{file} lists a project of that name")
    assert (finding.status, finding.span) == (Status.REVIEW, Span(1, 1, 1, 20))


def test_a_module_of_another_project_in_the_same_list_is_known() -> None:
    files = {
        "requirements.txt": "streamlit==1.60.0\nsseclient-py>=1.8\n",
        "streamlit_app.py": "import sseclient\n",
    }
    outcome = convert(files)
    assert (outcome.files, outcome.findings) == (files, ())


def test_a_container_file_gains_what_the_developers_list_names() -> None:
    files = {
        "pages/x.py": "import acme_widgets\n",
        "pages/pyproject.toml": "",
        "pyproject.toml": '[project]\nname = "a"\ndependencies = [\n"streamlit==1.60.0",\n]\n',
        "snowflake.yml": SNOWFLAKE_YML.replace("streamlit_app.py", "pyproject.toml, pages"),
        "requirements.txt": "acme-widgets\n",
    }
    outcome = convert(files, runtime=Runtime.CONTAINER)
    assert packages(outcome) == ["streamlit==1.60.0", "acme-widgets"]
    assert outcome.about("acme-widgets is added: pages/x.py").status is Status.REVIEW


OUTSIDE = [
    pytest.param("import tool", Status.MANUAL, id="needed"),
    pytest.param("try:\n    import tool\nexcept ImportError:\n    pass", Status.FIXED, id="tried"),
]


@pytest.mark.parametrize(("source", "status"), OUTSIDE)
def test_what_lies_outside_of_the_app_brings_no_packages(source: str, status: Status) -> None:
    files = {
        "environment.yml": environment("streamlit"),
        "streamlit_app.py": source,
        "pages/one.py": source,
        "../tool/__init__.py": "import langchain, acme\n",
    }
    outcome = convert(files)
    assert packages(outcome) == ["streamlit>=1.55,<1.68"]
    assert outcome.about("lies outside of the app").status is status
    assert [f for f in outcome.findings if "acme" in f.message] == []


@pytest.mark.parametrize(
    ("use", "project"),
    [
        pytest.param("session()", "snowflake-snowpark-python>=1.37", id="a session"),
        pytest.param("cursor()", "snowflake-connector-python", id="a cursor"),
        pytest.param("query('select 1')", "snowflake-connector-python", id="a query"),
    ],
)
def test_a_connection_in_an_attempt_needs_its_package(use: str, project: str) -> None:
    source = (
        "import streamlit as st\n\ntry:\n"
        f'    x = st.connection("snowflake").{use}\nexcept Exception as e:\n    st.warning(e)\n'
    )
    files = {"environment.yml": environment("streamlit"), "streamlit_app.py": source}
    assert packages(convert(files))[1:] == [project]


def test_snowpark_brings_the_connector() -> None:
    files = {
        "environment.yml": environment("streamlit", "snowflake-snowpark-python"),
        "streamlit_app.py": 'import streamlit as st\nst.connection("snowflake").cursor()\n',
    }
    assert packages(convert(files))[1:] == ["snowflake-snowpark-python>=1.37"]
    listed = {"requirements.txt": "streamlit==1.60.0\nsnowflake-snowpark-python==1.40.0\n"}
    outcome = convert({**listed, "streamlit_app.py": files["streamlit_app.py"]})
    assert outcome.files["requirements.txt"] == listed["requirements.txt"]


UPLOADED = [
    pytest.param({"snowflake.yml": "artifacts: [../tool/*.py]\n"}, id="an artifact"),
    pytest.param({"up.sql": "PUT file://../tool/*.py @stage;\n"}, id="a script"),
]


@pytest.mark.parametrize("uploading", UPLOADED)
def test_what_is_uploaded_from_outside_brings_its_packages(uploading: dict[str, str]) -> None:
    files = {
        "environment.yml": environment("streamlit"),
        "streamlit_app.py": "from tool import x\n",
        "../tool/x.py": "import langchain\n",
    }
    outcome = convert({**files, **uploading})
    assert packages(outcome) == ["streamlit>=1.55,<1.68", "langchain"]
    other = convert({**files, "snowflake.yml": "artifacts: ['*', x.py]\n"})
    assert packages(other) == ["streamlit>=1.55,<1.68"]


UNDECIDED = [
    pytest.param(["acme::plotly=5"], "import plotly", id="a private channel"),
    pytest.param(["acme::py-opencv"], "import cv2", id="its project has another name"),
    pytest.param(["pip:\n    - plotly @ git+https://host/fork"], "import plotly", id="by its name"),
    pytest.param(
        ["pip:\n    - git+https://host/plotly.git@v1"], "import plotly", id="a repository"
    ),
    pytest.param(["pip:\n    - ./w/plotly-5.0-py3-none-any.whl"], "import plotly", id="a wheel"),
    pytest.param(
        ["pip:\n    - git+https://host/x#egg=plotly"], "import plotly", id="the name as an egg"
    ),
]


@pytest.mark.parametrize(("specs", "code"), UNDECIDED)
def test_nobody_elses_package_stands_in_for_one_that_is_undecided(
    specs: list[str], code: str
) -> None:
    files = {"environment.yml": environment("streamlit", *specs), ENTRY: f"{code}\n"}
    outcome = convert(files)
    assert [line for line in packages(outcome) if line[0] != "#"] == ["streamlit>=1.55,<1.68"]
    word = outcome.about("is not added from PyPI")
    assert (word.status, word.path.name) == (Status.MANUAL, ENTRY)


def test_a_file_that_lists_what_is_undecided_has_decided() -> None:
    files = {
        "environment.yml": environment("acme::plotly=5"),
        "requirements.txt": "streamlit==1.60.0\nplotly==5.24.1\n",
        ENTRY: "import plotly\n",
    }
    assert convert(files).findings == ()


def test_what_an_odd_entry_holds_stays_as_a_comment() -> None:
    text = "dependencies:\n  - [lxml, numpy]\n  - tqdm\n  - pip: requests\n"
    outcome = convert({"environment.yml": text})
    assert "# [lxml, numpy]: not converted" in packages(outcome)
    assert "# pip: requests: not converted" in packages(outcome)
    finding = outcome.about("'[lxml, numpy]' is a list inside")
    assert finding.span == Span(2, 5, 2, 5)
    assert "or add the package" in finding.remedy


def test_what_is_wrong_with_the_file_as_a_whole_is_not_called_an_entry() -> None:
    finding = convert({"environment.yml": "name: sales\n"}).about("no list of dependencies")
    assert finding.remedy.startswith("Correct environment.yml, or see whether")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("a: \0", "environment.yml contains a NUL byte", id="a byte"),
        pytest.param("a: 1\n---\nb: 1\n", "environment.yml is not an env", id="two documents"),
    ],
)
def test_says_in_a_sentence_why_a_file_cannot_be_read(text: str, words: str) -> None:
    finding = convert({"environment.yml": text}).about("No dependency file is written")
    assert words in finding.message


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        pytest.param("dask", ["tqdm", "dask[complete]"], id="conda's package"),
        pytest.param("distributed", ["tqdm", "distributed"], id="the scheduler"),
        pytest.param("pip: [dask]", ["tqdm", "dask"], id="pip's package"),
        pytest.param("toolz", ["tqdm", "toolz", "distributed"], id="neither"),
    ],
)
def test_the_scheduler_of_dask_is_a_project_of_its_own(spec: str, expected: list[str]) -> None:
    files = {
        "environment.yml": f"dependencies:\n  - tqdm\n  - {spec}\n",
        ENTRY: "import streamlit as st, tqdm, toolz\nfrom dask.distributed import Client\n",
    }
    outcome = convert(files)
    added = [line for line in packages(outcome) if not line.startswith(("streamlit", "toolz"))]
    assert added == [line for line in expected if line != "toolz"]
    assert not any("no file of the app" in message for message in outcome.said(Status.FIXED))


def test_a_private_channel_is_said_where_it_stands() -> None:
    finding = convert({"environment.yml": "channels:\n- acme\ndependencies:\n- pandas\n"}).about(
        "Packages of the channel 'acme'"
    )
    assert (finding.status, finding.span) == (Status.REVIEW, Span(2, 3, 2, 7))


def test_versions_that_a_new_file_gives_to_open_lines_are_said() -> None:
    outcome = convert(
        {"environment.yml": "dependencies:\n- streamlit\n- snowflake-snowpark-python\n"}
    )
    found = outcome.about("Streamlit of any version becomes >=1.55,<1.68")
    assert (found.status, found.span and found.span.line) == (Status.FIXED, 2)
    found = outcome.about("snowflake-snowpark-python becomes >=1.37: without a beginning")
    assert (found.status, found.span and found.span.line) == (Status.FIXED, 3)


def test_a_line_that_is_added_needs_no_word_about_its_beginning() -> None:
    code = 'import streamlit as st\nst.connection("snowflake").session()\n'
    outcome = convert({"environment.yml": "dependencies: [pandas]\n", "streamlit_app.py": code})
    assert "snowflake-snowpark-python>=1.37" in packages(outcome)
    assert not [f for f in outcome.findings if "without a beginning" in f.message]
