"""Leave out arguments of `st.plotly_chart` that did nothing, and keep Plotly's configuration.

**What it does.** `sharing` goes, and so does every other keyword that `st.plotly_chart` does not have.
Those that are Plotly's configuration (`displayModeBar`, `scrollZoom`, …) go into `config`.

**Why.** Streamlit ignored them from 1.35 on and raises a `TypeError` from 1.57 on.

**Example.**

Before:

```python
import streamlit as st

st.plotly_chart({"data": []}, sharing="streamlit", displayModeBar=False)
```

After:

```python
import streamlit as st

st.plotly_chart({"data": []}, config={"displayModeBar": False})
```

**What it leaves.** Arguments that call something, and those beside a `config` that is no literal
dictionary, have a finding.

**Safety.** Safe for what goes; to review for configuration, because it takes effect again.

**Source.** streamlit/elements/plotly_chart.py of Streamlit 1.34, 1.35 and 1.57; "Configuration
options", https://plotly.com/javascript/configuration-options/
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from sis_codemods.streamlit.arguments import Change, changed, is_plain
from sis_codemods.streamlit.receivers import Call
from sis_codemods.streamlit.surplus import surplus
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Edit, Finding, Item, Safety
from sis_migrate.python.module import Module

_CODE = "SIS342"
_CONFIGURATION = frozenset(
    {
        "autosizable", "displayModeBar", "displaylogo", "doubleClick", "doubleClickDelay",
        "editable", "edits", "fillFrame", "frameMargins", "linkText", "locale", "locales", "logging",
        "mapboxAccessToken", "modeBarButtons", "modeBarButtonsToAdd", "modeBarButtonsToRemove",
        "notifyOnLogging", "plotGlPixelRatio", "plotlyServerURL", "queueLength", "responsive",
        "scrollZoom", "sendData", "showAxisDragHandles", "showAxisRangeEntryBoxes",
        "showEditInChartStudio", "showLink", "showSendToCloud", "showSources", "showTips", "staticPlot",
        "toImageButtonOptions", "topojsonURL", "typesetMath", "watermark",
    }
)  # fmt: skip

codemod = PythonCodemod(
    __name__,
    code=_CODE,
    name="plotly-arguments",
    summary="Arguments that `st.plotly_chart` no longer takes",
    item=Item.STREAMLIT,
    safety=Safety.SAFE,
    triggers=(b"plotly_chart",),
)


@codemod.on(ast.Call)
def call(module: Module, node: ast.AST) -> Iterator[Edit | Finding]:
    """Look at the keywords of one call."""
    assert isinstance(node, ast.Call)
    if (with_surplus := surplus(module, node, "plotly_chart")) is None:
        return
    found, keywords = with_surplus
    obstacle = _obstacle(found, keywords)
    if obstacle:
        yield module.find(
            keywords[0],
            f"st.plotly_chart does not take {_named(keywords)} any more{obstacle}",
            remedy="Put Plotly's configuration into `config={…}`, and leave out the rest.",
        )
    else:
        yield _edit(module, found, keywords)


def _obstacle(found: Call, keywords: Sequence[ast.keyword]) -> str:
    if not found.receiver.certain:
        return ", if this is Streamlit's"
    if any(not is_plain(k.value) for k in keywords if k.arg not in _CONFIGURATION):
        return ", and what it calls may be needed"
    config = found.keyword("config")
    moved = any(k.arg in _CONFIGURATION for k in keywords)
    if moved and (found.hides_keywords or (config and not isinstance(config.value, ast.Dict))):
        return ", and `config` is not known here"
    return ""


def _edit(module: Module, found: Call, keywords: Sequence[ast.keyword]) -> Edit:
    moved = [k for k in keywords if k.arg in _CONFIGURATION]
    gone = [k for k in keywords if k not in moved]
    config = found.keyword("config")
    changes: dict[int | str, Change] = {str(k.arg): None for k in keywords}
    if moved:
        new = module.requoted(found.node, _dictionary(module, config, moved))
        changes["config" if config else str(moved[0].arg)] = ("config", new)
    words = [f"{_named(moved)} goes into `config`"] if moved else []
    words += [f"{_named(gone)} goes: it did nothing"] if gone else []
    return module.rewrite(
        found.node,
        changed(changes),
        f"st.plotly_chart: {', '.join(words)}",
        safety=Safety.REVIEW if moved else None,
        remedy="Check the chart: what had no effect since Streamlit 1.35 has one again."
        if moved
        else "",
        oldest_streamlit="1.50" if moved else "",
    )


def _dictionary(module: Module, config: ast.keyword | None, moved: Sequence[ast.keyword]) -> str:
    pairs = []
    if config and isinstance(config.value, ast.Dict):
        for key, value in zip(config.value.keys, config.value.values, strict=True):
            written = module.source.segment(value)
            pairs.append(f"{module.source.segment(key)}: {written}" if key else f"**{written}")
    pairs += [f'"{k.arg}": {module.source.segment(k.value)}' for k in moved]
    return f"{{{', '.join(pairs)}}}"


def _named(keywords: Sequence[ast.keyword]) -> str:
    return ", ".join(f"`{k.arg}`" for k in keywords)
