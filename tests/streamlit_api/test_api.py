"""The table of Streamlit's API: known boundaries, gaps, signatures, successors."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sis_codemods.streamlit.api import Api
from sis_codemods.streamlit.facts import Interval, Version, minor

API = Api.load()
PROBE = Path(__file__).parent / "probe_signatures.py"

# Name, first release with it (None: before the table), first without it (None: still there).
NAMES = [
    ("streamlit.beta_columns", None, "1.23"),
    ("streamlit.beta_container", None, "1.23"),
    ("streamlit.sidebar.beta_expander", None, "1.23"),
    ("streamlit.experimental_show", None, "1.23"),
    ("streamlit.DeltaGenerator._legacy_dataframe", "0.89", "1.28"),
    ("streamlit.experimental_rerun", None, "1.37"),
    ("streamlit.experimental_memo", "0.89", "1.37"),
    ("streamlit.experimental_singleton.clear", "1.4", "1.37"),
    ("streamlit.experimental_connection", "1.22", "1.37"),
    ("streamlit.experimental_data_editor", "1.18", "1.37"),
    ("streamlit.DeltaGenerator.experimental_data_editor", "1.18", "1.37"),
    ("streamlit.experimental_audio_input", "1.39", "1.45"),
    ("streamlit.experimental_dialog", "1.34", "1.49"),
    ("streamlit.experimental_fragment", "1.33", "1.49"),
    ("streamlit.experimental_user", "1.10", "1.54"),
    ("streamlit.experimental_get_query_params", None, "1.54"),
    ("streamlit.experimental_set_query_params", None, "1.54"),
    ("streamlit.DeltaGenerator.add_rows", None, "1.58"),
    ("streamlit.bokeh_chart", None, "1.59"),
    ("streamlit.connections.SnowparkConnection", "1.22", "1.59"),
    ("streamlit.cache", None, "1.62"),
    ("streamlit.cache_data", "1.18", None),
    ("streamlit.column_config", "1.23", None),
    ("streamlit.data_editor", "1.23", None),
    ("streamlit.rerun", "1.27", None),
    ("streamlit.connection", "1.28", None),
    ("streamlit.query_params", "1.30", None),
    ("streamlit.query_params.from_dict", "1.34", None),
    ("streamlit.fragment", "1.37", None),
    ("streamlit.dialog", "1.37", None),
    ("streamlit.context", "1.37", None),
    ("streamlit.audio_input", "1.40", None),
    ("streamlit.user", "1.45", None),
    ("streamlit.connections.BaseConnection.scope", "1.53", None),
    ("streamlit.connections.SnowflakeCallersRightsConnection", "1.53", None),
    ("streamlit.iframe", "1.56", None),
    ("streamlit.bottom", "1.57", None),
    ("streamlit.report_thread", None, "1.4"),
    ("streamlit.script_run_context", "1.4", "1.8"),
    ("streamlit.scriptrunner.get_script_run_ctx", "1.8", "1.12"),
    ("streamlit.runtime.scriptrunner.get_script_run_ctx", "1.12", None),
    ("streamlit.runtime.scriptrunner.script_run_context", "1.12", "1.38"),
    ("streamlit.web.server.websocket_headers._get_websocket_headers", "1.18", "1.57"),
    ("streamlit.source_util.get_pages", "1.10", "1.44"),
    ("streamlit.util.calc_md5", "1.10", "1.57"),
    ("streamlit.type_util.to_key", "0.89", "1.37"),
    ("streamlit.elements.image.image_to_url", None, "1.41"),
    ("streamlit.errors.StreamlitDeprecationWarning", None, "1.37"),
]

PARAMETERS = [
    ("streamlit.dataframe", "width", None, None),
    ("streamlit.cache_data", "experimental_allow_widgets", "1.18", "1.49"),
    ("streamlit.cache_data", "hash_funcs", "1.24", None),
    ("streamlit.cache_data", "scope", "1.53", None),
    ("streamlit.cache_resource", "on_release", "1.53", None),
    ("streamlit.button", "width", "1.48", None),
    ("streamlit.pyplot", "width", "1.49", None),
    ("streamlit.plotly_chart", "width", "1.51", None),
    ("streamlit.altair_chart", "width", "1.51", None),
    ("streamlit.plotly_chart", "sharing", None, "1.35"),
    ("streamlit.plotly_chart", "kwargs", None, "1.57"),
    ("streamlit.vega_lite_chart", "kwargs", None, "1.57"),
    ("streamlit.write", "kwargs", None, "1.50"),
    ("streamlit.image", "use_container_width", "1.40", None),
    ("streamlit.rerun", "scope", "1.37", None),
]

# Name, parameter, release, its code as a call sees it.
KINDS = [
    ("streamlit.altair_chart", "use_container_width", "1.34", "positional"),
    ("streamlit.altair_chart", "use_container_width", "1.35", "keyword-only"),
    ("streamlit.pydeck_chart", "use_container_width", "1.38", "positional"),
    ("streamlit.pydeck_chart", "use_container_width", "1.39", "keyword-only"),
    ("streamlit.map", "zoom", "1.24", "positional"),
    ("streamlit.map", "zoom", "1.25", "keyword-only"),
    ("streamlit.code", "line_numbers", "1.37", "positional"),
    ("streamlit.code", "line_numbers", "1.38", "keyword-only"),
    ("streamlit.metric", "help", "1.48", "positional"),
    ("streamlit.metric", "help", "1.49", "keyword-only"),
    ("streamlit.rerun", "scope", "1.62", "keyword-only"),
    ("streamlit.rerun", "scope", "1.63", "positional"),
]

DEPRECATED = [
    ("streamlit.cache", None, "1.18"),
    ("streamlit.experimental_memo", None, "1.18"),
    ("streamlit.experimental_data_editor", None, "1.23"),
    ("streamlit.experimental_rerun", None, "1.27"),
    ("streamlit.experimental_connection", None, "1.28"),
    ("streamlit.connections.SnowparkConnection", None, "1.28"),
    ("streamlit.experimental_set_query_params", None, "1.30"),
    ("streamlit.write", "kwargs", "1.33"),
    ("streamlit.cache_resource", "experimental_allow_widgets", "1.36"),
    ("streamlit.experimental_dialog", None, "1.37"),
    ("streamlit.image", "use_column_width", "1.40"),
    ("streamlit.experimental_user", None, "1.45"),
    ("streamlit.button", "use_container_width", "1.48"),
    ("streamlit.bokeh_chart", None, "1.49"),
    ("streamlit.sidebar.dataframe", "use_container_width", "1.49"),
    ("streamlit.line_chart", "use_container_width", "1.50"),
    ("streamlit.map", "use_container_width", "1.51"),
    ("streamlit.DeltaGenerator.add_rows", None, "1.52"),
    ("streamlit.vega_lite_chart", "kwargs", "1.52"),
    ("streamlit.components.v1.html", None, "1.56"),
    ("streamlit._bottom", None, "1.57"),
    ("streamlit.pyplot", "kwargs", "1.62"),
    ("streamlit.image", None, None),
    ("streamlit.button", None, None),
    ("streamlit.dataframe", None, None),
]


def before(version: Version) -> Version:
    return API.versions[API.versions.index(version) - 1]


@pytest.mark.parametrize(("name", "first", "gone"), NAMES, ids=[row[0] for row in NAMES])
def test_name_is_there_from_and_until(name: str, first: str | None, gone: str | None) -> None:
    assert API.added_in(name) == (minor(first) if first else API.versions[0])
    assert API.removed_in(name) == (minor(gone) if gone else None)
    if first:
        assert API.has(name, minor(first))
        assert not API.has(name, before(minor(first)))
    if gone:
        assert API.has(name, before(minor(gone)))
        assert not API.has(name, minor(gone))


@pytest.mark.parametrize(
    ("name", "parameter", "first", "gone"), PARAMETERS, ids=[f"{r[0]} {r[1]}" for r in PARAMETERS]
)
def test_parameter_is_there_from_and_until(
    name: str, parameter: str, first: str | None, gone: str | None
) -> None:
    assert API.added_in(name, parameter) == (minor(first) if first else API.versions[0])
    assert API.removed_in(name, parameter) == (minor(gone) if gone else None)


@pytest.mark.parametrize(
    ("name", "parameter", "version", "kind"), KINDS, ids=[f"{r[0]} {r[2]}" for r in KINDS]
)
def test_parameter_kind(name: str, parameter: str, version: str, kind: str) -> None:
    signature = API.parameters(name, minor(version))
    assert signature is not None
    assert [each.kind for each in signature.parameters if each.name == parameter] == [kind]


@pytest.mark.parametrize(
    ("name", "parameter", "since"), DEPRECATED, ids=[f"{r[0]} {r[1] or ''}" for r in DEPRECATED]
)
def test_deprecated_since(name: str, parameter: str | None, since: str | None) -> None:
    assert API.deprecated_in(name, parameter) == (minor(since) if since else None)


def test_announced_date_of_removal() -> None:
    found = API.deprecation("streamlit.dataframe", "use_container_width")
    assert found is not None
    assert found.removal_date == "2025-12-31"


def test_use_column_width_left_and_came_back() -> None:
    for name in ("streamlit.image", "streamlit.sidebar.image", "streamlit.DeltaGenerator.image"):
        assert API.gaps(name, "use_column_width") == (Interval((1, 61), (1, 64)),)
        assert API.removed_in(name, "use_column_width") is None
    signature = API.parameters("streamlit.image", (1, 62))
    assert signature is not None
    assert not signature.accepts("use_column_width")
    assert [each.name for each in signature.positional][3] == "clamp"


def test_parameter_that_only_changed_its_kind_has_no_gap() -> None:
    assert API.gaps("streamlit.altair_chart", "use_container_width") == ()
    assert len(API.intervals("streamlit.altair_chart", "use_container_width")) == 1


def test_call_is_checked_against_the_signature() -> None:
    plotly = API.parameters("streamlit.plotly_chart", (1, 50))
    assert plotly is not None
    assert plotly.takes_any_keyword
    assert plotly.accepts("displayModeBar")
    image = API.parameters("streamlit.image", (1, 60))
    assert image is not None
    assert image.max_positional == 7
    assert image.keywords >= {"caption", "use_column_width"}
    assert not image.accepts("displayModeBar")
    write = API.parameters("streamlit.write", (1, 67))
    assert write is not None
    assert write.max_positional is None
    assert not write.takes_any_keyword


def test_container_of_any_kind_has_what_delta_generator_has() -> None:
    for name in (
        "streamlit.sidebar.metric",
        "streamlit.bottom.metric",
        "streamlit.StatusContainer.metric",
        "streamlit.delta_generator.DeltaGenerator.metric",
    ):
        assert API.has(name, API.newest), name
    assert not API.has("streamlit.sidebar.cache_data", API.newest)
    assert API.has("streamlit.StatusContainer.update", API.newest)
    assert not API.has("streamlit.DeltaGenerator.update", API.newest)
    assert API.parameters("streamlit.sidebar.image", (1, 62)) == API.parameters(
        "streamlit.image", (1, 62)
    )


@pytest.mark.parametrize(
    "name",
    [
        "streamlit.session_state.anything",
        "streamlit.secrets.database",
        "streamlit.user.department",
        "streamlit.proto.Image_pb2.Image",
        "streamlit.runtime.uploaded_file_manager.UploadedFile.getvalue",
    ],
)
def test_what_cannot_be_known_counts_as_there(name: str) -> None:
    assert API.has(name, API.newest)


@pytest.mark.parametrize(
    "name",
    [
        "streamlit.no_such_command",
        "streamlit.no_such.command",
        "streamlit.DeltaGenerator.no_such_command",
        "streamlit.column_config.NoSuchColumn",
        "streamlit.no_such_module.name",
        "streamlit.type_util.no_such_function",
        "streamlit.query_params.no_such_method.again",
        "pandas.DataFrame",
        "",
    ],
)
def test_unknown_name(name: str) -> None:
    assert not API.has(name, API.newest) or name.startswith("streamlit.query_params")
    assert API.intervals(name) == ()
    assert API.parameters(name, API.newest) is None
    assert API.added_in(name) is None
    assert API.removed_in(name) is None
    assert API.deprecated_in(name) is None
    assert API.gaps(name) == ()
    assert API.successor(name) is None


def test_attribute_of_what_is_not_there_yet_is_not_there() -> None:
    assert API.has("streamlit.query_params.page", (1, 30))
    assert not API.has("streamlit.query_params.page", (1, 29))


def test_command_with_the_name_of_a_module_counts_as_a_command() -> None:
    assert API.has("streamlit.navigation.page", API.newest)
    assert API.has("streamlit.navigation.__name__", API.newest)


def test_unknown_parameter() -> None:
    assert API.intervals("streamlit.image", "no_such") == ()
    assert API.removed_in("streamlit.image", "no_such") is None
    assert API.successor("streamlit.image", "no_such") is None


def test_releases_outside_the_table_take_the_next_older_one() -> None:
    assert API.known((1, 13)) == (1, 12)
    assert API.known((99, 0)) == API.newest
    assert API.known((0, 1)) == API.versions[0]
    assert API.has("streamlit.rerun", (99, 0))


def test_newest_is_the_last_and_releases_are_in_order() -> None:
    assert API.newest >= (1, 67)
    assert list(API.versions) == sorted(set(API.versions))
    recent = [version for version in API.versions if version >= (1, 22)]
    assert recent == [(1, number) for number in range(22, API.newest[1] + 1)]


@pytest.mark.parametrize("text", ["1", "", "one.two"])
def test_version_without_two_numbers_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"1\.50|invalid literal"):
        minor(text)


def test_config_options() -> None:
    assert API.config_option("client.caching", (1, 36)) is None
    caching = API.config_option("client.caching", (1, 35))
    assert caching is not None
    assert caching.scriptable
    assert caching.deprecated
    level = API.config_option("global.logLevel", (1, 22))
    assert level is not None
    assert level.replaced_by == "logger.level"
    assert API.config_option("theme.sidebar.primaryColor", (1, 50)) is not None
    assert API.config_option("server.port", API.newest) is not None
    assert API.option_intervals("mapbox.token") == (Interval(API.versions[0], (1, 63)),)
    assert API.option_intervals("no.such") == ()
    assert API.config_option("no.such", API.newest) is None


@pytest.mark.parametrize(
    ("name", "parameter", "new"),
    [
        ("streamlit.experimental_rerun", None, "streamlit.rerun"),
        ("streamlit.experimental_memo.clear", None, "streamlit.cache_data.clear"),
        ("streamlit.experimental_user.to_dict", None, "streamlit.user.to_dict"),
        ("streamlit.sidebar.beta_columns", None, "streamlit.columns"),
        ("streamlit.dataframe", "use_container_width", "width"),
        ("streamlit.sidebar.dataframe", "use_container_width", "width"),
        ("streamlit.plotly_chart", "sharing", None),
        (
            "streamlit.report_thread.get_report_ctx",
            None,
            "streamlit.runtime.scriptrunner.get_script_run_ctx",
        ),
    ],
)
def test_successor(name: str, parameter: str | None, new: str | None) -> None:
    found = API.successor(name, parameter)
    assert found is not None
    assert found.new == new
    assert found.source


def _public(name: str) -> bool:
    return not any(part.startswith("_") for part in name.split("."))


def _lost() -> list[tuple[str, str | None]]:
    """Each public name and parameter that is removed or deprecated, tests and internals left out."""
    lost: list[tuple[str, str | None]] = []
    for name in API.names():
        if not _public(name) or name.startswith("streamlit.testing."):
            continue
        if API.removed_in(name) or API.deprecated_in(name):
            lost.append((name, None))
            continue
        for version in API.versions:
            signature = API.parameters(name, version)
            for each in signature.parameters if signature else ():
                gone = API.removed_in(name, each.name) or API.deprecated_in(name, each.name)
                if gone and each.kind != "positional-only" and (name, each.name) not in lost:
                    lost.append((name, each.name))
    return lost


def test_everything_lost_has_a_successor_or_a_note() -> None:
    lost = _lost()
    assert len(lost) > 100
    missing = [item for item in lost if API.successor(*item) is None]
    assert missing == []


def test_successors_are_there_when_they_say() -> None:
    for name, parameter in _lost():
        found = API.successor(name, parameter)
        assert found is not None
        assert found.new or found.note, (name, parameter)
        if found.new is None:
            continue
        target = (name, found.new) if parameter else (found.new, None)
        since = API.added_in(*target)
        if since is None:  # an attribute that the table does not list
            assert API.has(found.new, API.newest), (name, parameter)
            continue
        assert found.since is not None, (name, parameter)
        assert since <= found.since, (name, parameter)
        assert API.removed_in(*target) is None, (name, parameter)


@given(st.sampled_from(API.names()), st.sampled_from(API.versions))
def test_a_name_is_there_exactly_in_its_intervals(name: str, version: Version) -> None:
    inside = any(version in interval for interval in API.intervals(name))
    if inside:
        assert API.has(name, version)
    elif not API.module(name, version):
        assert not API.has(name, version)
        assert API.parameters(name, version) is None


@given(st.sampled_from(API.names()), st.sampled_from(API.versions))
def test_positions_count_up_and_required_come_first(name: str, version: Version) -> None:
    signature = API.parameters(name, version)
    if signature is None:
        return
    assert [each.position for each in signature.positional] == list(
        range(len(signature.positional))
    )
    required = [each.required for each in signature.positional]
    assert required == sorted(required, reverse=True)


def test_the_table_is_small() -> None:
    source = Path(sys.modules[Api.__module__].__file__ or "").with_name("api.json")
    assert source.stat().st_size < 400_000


@pytest.mark.needs_streamlit
def test_table_is_what_the_installed_streamlit_has(streamlit_python: str) -> None:
    run = subprocess.run(
        [streamlit_python, "-W", "ignore", str(PROBE)], capture_output=True, text=True, check=True
    )
    real = json.loads(run.stdout)
    version = minor(real["version"])
    if version > API.newest:
        pytest.skip(
            f"Streamlit {real['version']} is newer than the table: run tools/streamlit_api.py"
        )
    assert {
        name: parameters
        for name, parameters in real["names"].items()
        if not API.has(name, version) or _listed(name, version) != parameters
    } == {}
    assert {
        name: scriptable
        for name, scriptable in real["options"].items()
        if (found := API.config_option(name, version)) is None or found.scriptable != scriptable
    } == {}


def _listed(name: str, version: Version) -> list[list[object]] | None:
    """A signature the way the probe prints it, keyword-only parameters by name."""
    signature = API.parameters(name, version)
    if signature is None:
        return None
    return [[each.name, each.kind, each.required] for each in signature.parameters]
