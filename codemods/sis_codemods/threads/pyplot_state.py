"""Draw on a figure of the run's own, not on pyplot's current one.

**What it does.** Where a block makes a figure and draws on it with functions of `matplotlib.pyplot`
(`plt.plot`, `plt.title`, …), they become methods of the figure and its axes. Where that is not
certain, and for plots of seaborn without `ax=` and `plt.close()`, each function has a finding.

**Why.** Which figure is current belongs to the process. In a container another viewer's run may make
or close one between two lines, and the rest is drawn into the other's figure; Streamlit itself closes
all of pyplot's figures at the end of every run.

**Example.**

Before:

```python
import matplotlib.pyplot as plt
import streamlit as st

fig = plt.figure(figsize=(6, 3))
plt.plot([1, 2, 3])
plt.title("Sales")
st.pyplot(fig)
```

After:

```python
import matplotlib.pyplot as plt
import streamlit as st

fig, ax = plt.subplots(figsize=(6, 3))
ax.plot([1, 2, 3])
ax.set_title("Sales")
st.pyplot(fig)
```

**What it leaves.** Figures that are drawn on by their methods; what is drawn under a lock;
`st.pyplot()` without a figure, which SIS341 edits. Blocks in which something else might draw, and
functions that have no method of the same meaning, have a finding.

**Safety.** To review: a library that the block calls may draw on the current figure as well.

**Source.** "Frequently Asked Questions: Work with threads" of Matplotlib,
https://matplotlib.org/stable/users/faq.html; "st.pyplot",
https://docs.streamlit.io/develop/api-reference/charts/st.pyplot;
streamlit/runtime/scriptrunner/script_runner.py of Streamlit 1.55 and 1.67; pictures before and after
compared with Matplotlib 3.11
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from sis_codemods.streamlit.receivers import streamlit_call
from sis_codemods.threads.locks import under_lock
from sis_codemods.threads.own_figures import PYPLOT, OwnFigure, own_figures
from sis_codemods.threads.reached import outermost, runs_for_viewers
from sis_codemods.threads.words import listed
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Edit, EditGroup, Finding, Item, Safety, Scope
from sis_migrate.python.graph import Role
from sis_migrate.python.module import Module

_CURRENT = frozenset(
    {
        "annotate", "arrow", "autoscale", "axes", "axhline", "axhspan", "axis", "axline", "axvline",
        "axvspan", "bar", "bar_label", "barbs", "barh", "box", "boxplot", "broken_barh", "cla",
        "clabel", "clf", "clim", "colorbar", "contour", "contourf", "delaxes", "draw", "errorbar",
        "eventplot", "figimage", "figlegend", "figtext", "fill", "fill_between", "fill_betweenx",
        "gca", "gcf", "gci", "grid", "hexbin", "hist", "hist2d", "hlines", "imshow", "legend",
        "locator_params", "loglog", "margins", "matshow", "minorticks_on", "pcolor", "pcolormesh",
        "pie", "plot", "plot_date", "polar", "quiver", "savefig", "sca", "scatter", "sci",
        "semilogx", "semilogy", "specgram", "spy", "stackplot", "stairs", "stem", "step",
        "streamplot", "subplot", "subplot2grid", "subplots_adjust", "suptitle", "table", "text",
        "tick_params", "ticklabel_format", "tight_layout", "title", "tricontour", "tripcolor",
        "triplot", "twinx", "twiny", "violinplot", "vlines", "xlabel", "xlim", "xscale", "xticks",
        "ylabel", "ylim", "yscale", "yticks",
    }
)  # fmt: skip
_ON_AXES = frozenset(
    {
        "barplot", "boxenplot", "boxplot", "countplot", "ecdfplot", "heatmap", "histplot", "kdeplot",
        "lineplot", "pointplot", "regplot", "residplot", "rugplot", "scatterplot", "stripplot",
        "swarmplot", "violinplot",
    }
)  # fmt: skip
"""Those of seaborn that draw on the current axes where they are given none."""

codemod = PythonCodemod(
    __name__,
    code="SIS152",
    name="pyplot-state",
    summary="drawing on pyplot's current figure becomes methods of a figure",
    item=Item.THREADS,
    safety=Safety.REVIEW,
    triggers=(b"pyplot", b"pylab", b"seaborn"),
)


@codemod.on_module
def current_figure(module: Module) -> Iterator[Edit | Finding]:
    """Edit blocks with a figure of their own; one finding for what is left of each function."""
    if module.role is Role.UNREACHED:
        return
    places = {
        call: what
        for call in module.source.nodes(ast.Call)
        if (what := _draws(module, call)) and not under_lock(module, call)
    }
    figures = own_figures(module, list(places))
    for figure in figures:
        yield from _edits(module, figure)
    left: dict[ast.AST | None, list[ast.Call]] = {}
    for call in places.keys() - {c for figure in figures for c in figure.settled}:
        if runs_for_viewers(module, call):
            left.setdefault(outermost(module, call), []).append(call)
    for calls in left.values():
        yield _finding(module, sorted(calls, key=module.source.start), places)


def _edits(module: Module, figure: OwnFigure) -> Iterator[Edit]:
    """The edits of one figure, of which the first is reported."""
    group = EditGroup(f"figure of line {figure.made.lineno}", Scope.FILE)
    message = "draws on a figure of its own, not on the one that is current for all viewers"
    for number, (node, text) in enumerate((r.node, r.text) for r in figure.replacements):
        edit = module.replace(node, text, message, group=group, remedy="Look at the chart once.")
        yield replace(edit, silent=number > 0)


def _finding(module: Module, calls: list[ast.Call], places: dict[ast.Call, str]) -> Finding:
    what = listed(list(dict.fromkeys(places[call] for call in calls)), most=4)
    many = f" in {len(calls)} places" if len(calls) > 1 else ""
    return module.find(
        calls[0],
        f"draws{many} on the figure that is current for all viewers ({what})",
        remedy="Make a figure with `fig, ax = plt.subplots()`, draw by its methods (ax.plot, "
        "ax.set_title, …; `ax=ax` in seaborn and pandas), and show st.pyplot(fig).",
    )


def _draws(module: Module, call: ast.Call) -> str:
    """What a call does on the current figure, as it is written; "" where it does nothing there."""
    name = module.resolve(call.func) or ""
    home, _, last = name.rpartition(".")
    if home in PYPLOT:
        whole = last == "close" and (not call.args or isinstance(call.args[0], ast.Constant))
        return module.source.segment(call.func) if last in _CURRENT or whole else ""
    if home == "seaborn" and last in _ON_AXES:
        given = any(k.arg in {"ax", None} for k in call.keywords)
        return "" if given else module.source.segment(call.func)
    if call.args and module.resolve(call.args[0]) in PYPLOT:
        found = streamlit_call(module, call)
        if found is not None and found.receiver.command == "pyplot":
            return module.source.segment(call)
    return ""
