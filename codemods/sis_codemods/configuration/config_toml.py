"""Say what a container ignores in ``.streamlit/config.toml``.

**What it does.** Reports the sections and options that a container does not take over: ``[server]``,
``[browser]``, ``[logger]``, ``[snowflake.sleep]``, and what else is not in the documentation's list.

**Why.** The file also serves local runs, so that nothing is removed; but whoever relies on one of
these options should know. About ``[server]`` the documentation contradicts itself: one page says that
it is not supported, another that ``server.maxUploadSize`` and ``server.maxMessageSize`` can be set.

**Example.**

Before:

```toml
[snowflake.sleep]
streamlitSleepTimeoutMinutes = 8
```

After:

```toml
[snowflake.sleep]
streamlitSleepTimeoutMinutes = 8
```

**What it leaves.** The file, and ``[theme]``, ``[runner]``, ``[mapbox]``, ``[secrets]`` and the
options of ``[client]`` and ``[global]`` that are supported.

**Safety.** It finds only.

**Source.** "Manage secrets and configure your Streamlit app",
https://docs.snowflake.com/en/developer-guide/streamlit/app-development/secrets-and-configuration, and
"Limitations and library changes",
https://docs.snowflake.com/en/developer-guide/streamlit/limitations
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sis_codemods.configuration.files import header_spans, streamlit_files
from sis_migrate.codemod import AppContext, DocumentCodemod
from sis_migrate.model import Finding, Item, Safety, Status
from sis_migrate.textfile import TextError

_SUPPORTED = frozenset({"theme", "runner", "mapbox", "secrets"})
_PARTLY = {
    "global": frozenset({"disableWidgetStateDuplicationWarning"}),
    "client": frozenset({"showErrorDetails", "showSidebarNavigation"}),
}
_SERVER_SIZES = frozenset({"maxUploadSize", "maxMessageSize", "enableStaticServing"})
_SLEEP = (
    "a container app has no sleep timer",
    "It suspends after three days without viewers; its compute pool has AUTO_SUSPEND_SECS.",
)

codemod = DocumentCodemod(
    __name__,
    code="SIS620",
    name="config-toml",
    summary="Options in config.toml that a container ignores",
    item=Item.CONFIG,
    safety=Safety.REPORT,
)


@codemod.on_app
def ignored(context: AppContext) -> Iterator[Finding]:
    """A finding for each section that is not taken over whole."""
    for path in streamlit_files(context, "config.toml"):
        try:
            text = context.workspace.read(path).text
            data = tomllib.loads(text)
        except (OSError, TextError, tomllib.TOMLDecodeError, RecursionError) as error:
            yield Finding(
                path,
                f"cannot be read: {error}",
                Status.MANUAL,
                remedy="Mend the file: Streamlit does not start with it.",
            )
            continue
        for section, values in data.items():
            yield from _section(path, text, section, values)


def _section(path: Path, text: str, section: str, values: Any) -> Iterator[Finding]:
    if section in _SUPPORTED or not isinstance(values, Mapping):
        return
    options = sorted(set(values) - _PARTLY.get(section, frozenset()))
    if not options:
        return
    what, remedy, name = _words(section, options)
    spans = header_spans(text)
    yield Finding(
        path,
        what,
        Status.REVIEW,
        span=spans.get(name) or spans.get(section),
        remedy=remedy,
    )


def _words(section: str, options: list[str]) -> tuple[str, str, str]:
    """The message, the remedy, and the table that they are about."""
    listed = ", ".join(options)
    if section == "snowflake" and options == ["sleep"]:
        return f"[snowflake.sleep] is ignored: {_SLEEP[0]}", _SLEEP[1], "snowflake.sleep"
    if section == "server" and set(options) & _SERVER_SIZES:
        return (
            f"[server] {listed}: one page of the documentation says that a container ignores the "
            "section, another that sizes and static files can be set",
            "Try it in the container before relying on it.",
            section,
        )
    return (
        f"[{section}] {listed}: ignored in a container",
        "Keep it for local runs, or remove it.",
        section,
    )
