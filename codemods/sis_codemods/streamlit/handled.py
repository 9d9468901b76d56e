"""Which codemod takes care of what is gone from Streamlit's API, so that SIS301 need not say it too.

A codemod that stands here edits or reports every use of its names that the target lacks.
"""

from __future__ import annotations

from sis_codemods.streamlit.api import Api
from sis_codemods.streamlit.api_names import command
from sis_migrate.model import Settings

POSITIONAL = "*"
"""Stands for the positional arguments of any command that became keyword-only."""

_NAMES = {
    "SIS303": (
        "experimental_rerun", "experimental_user", "experimental_dialog", "experimental_fragment",
        "experimental_audio_input", "experimental_connection",
        "beta_columns", "beta_container", "beta_expander",
        "beta_secrets", "beta_set_page_config", "beta_color_picker",
        "_arrow_dataframe", "_legacy_dataframe", "_arrow_table", "_legacy_table",
        "_arrow_line_chart", "_legacy_line_chart", "_arrow_area_chart", "_legacy_area_chart",
        "_arrow_bar_chart", "_legacy_bar_chart", "_arrow_scatter_chart", "_arrow_altair_chart",
        "_legacy_altair_chart", "_arrow_vega_lite_chart", "_legacy_vega_lite_chart",
    ),
    "SIS304": ("experimental_data_editor",),
    "SIS305": ("experimental_get_query_params", "experimental_set_query_params"),
    "SIS309": ("experimental_memo", "experimental_singleton"),
    "SIS310": (
        "caching.clear_cache", "legacy_caching.clear_cache", "runtime.legacy_caching.clear_cache",
    ),
    "SIS313": ("experimental_show",),
    "SIS340": (
        "cache", "caching.cache", "legacy_caching.cache", "runtime.caching.cache",
        "runtime.legacy_caching.cache",
    ),
}  # fmt: skip
_PARAMETERS = {
    ("image", "use_column_width"): "SIS307",
    (POSITIONAL, POSITIONAL): "SIS308",
    ("experimental_memo", "suppress_st_warning"): "SIS309",
    ("experimental_singleton", "suppress_st_warning"): "SIS309",
    ("cache_data", "experimental_allow_widgets"): "SIS311",
    ("cache_resource", "experimental_allow_widgets"): "SIS311",
    ("write", "kwargs"): "SIS312",
    ("pyplot", "fig"): "SIS341",
    ("plotly_chart", "kwargs"): "SIS342",
    ("plotly_chart", "sharing"): "SIS342",
    ("vega_lite_chart", "kwargs"): "SIS343",
}
_BY_NAME = {name: code for code, names in _NAMES.items() for name in names}


def names_of(code: str) -> tuple[str, ...]:
    """The commands that a codemod takes care of."""
    return _NAMES[code]


def successors_of(code: str) -> dict[str, str]:
    """The commands that a codemod renames, and to which."""
    found = {}
    for name in names_of(code):
        successor = Api.load().successor(f"streamlit.{name}")
        assert successor is not None
        assert successor.new is not None
        found[name] = command(successor.new)
    return found


def handler_of(settings: Settings, name: str, parameter: str | None = None) -> str:
    """The code that takes care of a name or parameter in this run, "" where none does."""
    if parameter is None:
        code = _BY_NAME.get(command(name), "")
    else:
        key = (POSITIONAL, POSITIONAL) if parameter == POSITIONAL else (command(name), parameter)
        code = _PARAMETERS.get(key, "")
    return code if code and settings.takes(code) else ""
