"""Say which options in ``.streamlit/config.toml`` Streamlit no longer has.

**What it does.** Reports options of `[runner]`, `[mapbox]` and `[theme]` that are gone from the
target's releases. SIS620 says what a container ignores of the other sections.

**Why.** Streamlit starts all the same and writes a line to the log, so that nobody notices.

**Example.** Nothing is edited; the option has a finding.

Before:

```toml
[mapbox]
token = "…"
```

After:

```toml
[mapbox]
token = "…"
```

**What it leaves.** The file.

**Safety.** It finds only.

**Source.** The options of Streamlit 0.84 to 1.67, read by tools/streamlit_api.py
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from sis_codemods.configuration.files import header_spans, streamlit_files
from sis_codemods.streamlit.api import Api
from sis_codemods.streamlit.target import releases, text
from sis_migrate.codemod import AppContext, DocumentCodemod
from sis_migrate.model import Finding, Item, Safety, Status
from sis_migrate.textfile import TextError

_SECTIONS = ("runner", "mapbox", "theme")
_REMEDIES = {
    "mapbox.token": "Set the environment variable MAPBOX_API_KEY, or `api_keys` of the deck.",
}

codemod = DocumentCodemod(
    __name__,
    code="SIS352",
    name="config-keys",
    summary="Options in config.toml that Streamlit no longer has",
    item=Item.CONFIG,
    safety=Safety.REPORT,
)


@codemod.on_app
def gone(context: AppContext) -> Iterator[Finding]:
    """A finding for each option that is gone."""
    aimed = releases(context.settings.streamlit)
    for path in streamlit_files(context, "config.toml"):
        try:
            content = context.workspace.read(path).text
            data = tomllib.loads(content)
        except (OSError, TextError, tomllib.TOMLDecodeError):
            continue  # SIS620 says so
        for section in _SECTIONS:
            values = data.get(section)
            for key in values if isinstance(values, Mapping) else ():
                option = f"{section}.{key}"
                known = Api.load().option_intervals(option)
                if known and any(not any(v in span for span in known) for v in aimed):
                    yield _finding(path, content, section, option)


def _finding(path: Path, content: str, section: str, option: str) -> Finding:
    api = Api.load()
    last = api.option_intervals(option)[-1].last
    since = next(v for v in api.versions if last is None or v > last)
    return Finding(
        path,
        f"Streamlit has no option `{option}` from {text(since)} on",
        Status.REVIEW,
        span=header_spans(content).get(section),
        remedy=_REMEDIES.get(option, "Remove it: nothing has taken its place."),
    )
