"""Run by the tests under a Python that has Streamlit: prints what is really there, as JSON."""

from __future__ import annotations

import importlib
import inspect
import json
import logging
import sys
import types

MODULES = (
    "streamlit",
    "streamlit.column_config",
    "streamlit.components.v1",
    "streamlit.components.v2",
    "streamlit.connections",
    "streamlit.testing.v1",
)
KINDS = {
    inspect.Parameter.POSITIONAL_ONLY: "positional-only",
    inspect.Parameter.POSITIONAL_OR_KEYWORD: "positional",
    inspect.Parameter.KEYWORD_ONLY: "keyword-only",
    inspect.Parameter.VAR_POSITIONAL: "*",
    inspect.Parameter.VAR_KEYWORD: "**",
}
ORDER: dict[object, int] = {
    inspect.Parameter.VAR_POSITIONAL: 1,
    inspect.Parameter.KEYWORD_ONLY: 2,
    inspect.Parameter.VAR_KEYWORD: 3,
}


def parameters(value: object) -> list[list[object]] | None:
    """Name, kind and whether it is required, of each parameter; None if it is not callable."""
    if not callable(value):
        return None
    try:
        found = list(inspect.signature(value).parameters.values())
    except (TypeError, ValueError):
        return None
    found = sorted(found, key=lambda one: one.name if one.kind is one.KEYWORD_ONLY else "")
    found = sorted(found, key=lambda one: ORDER.get(one.kind, 0))
    variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [
        [one.name, KINDS[one.kind], one.default is one.empty and one.kind not in variable]
        for one in found
        if one.name != "self"  # `inspect` looks through a wrapper around a bound method too far
    ]


def main() -> None:
    logging.disable()
    # By name: for a type checker, `streamlit` is the folder that this file is in.
    streamlit = importlib.import_module("streamlit")
    config = importlib.import_module("streamlit.config")
    main_class = importlib.import_module("streamlit.delta_generator").DeltaGenerator
    wrapper = importlib.import_module("streamlit.deprecation_util").deprecate_func_name

    names: dict[str, object] = {}
    for module_name in MODULES:
        module = importlib.import_module(module_name)
        for name, value in vars(module).items():
            own = module is streamlit or str(getattr(value, "__module__", "")).startswith(
                "streamlit"
            )
            skipped = name.startswith("_") or isinstance(value, types.ModuleType) or not own
            if not skipped and value is not wrapper:
                names[f"{module_name}.{name}"] = parameters(value)
    for name in dir(main_class):
        if not name.startswith("_"):
            value = getattr(streamlit._main, name)
            names[f"streamlit.DeltaGenerator.{name}"] = parameters(value)
    for holder in (
        "cache_data",
        "cache_resource",
        "query_params",
        "session_state",
        "user",
        "context",
    ):
        for name in dir(type(getattr(streamlit, holder))):
            static = inspect.getattr_static(type(getattr(streamlit, holder)), name)
            if not name.startswith("_") and not isinstance(static, property):
                value = getattr(getattr(streamlit, holder), name)
                names[f"streamlit.{holder}.{name}"] = parameters(value)
    options = {key: option.scriptable for key, option in config._config_options_template.items()}
    found = {"version": streamlit.__version__, "names": names, "options": options}
    json.dump(found, sys.stdout, sort_keys=True)


if __name__ == "__main__":
    main()
