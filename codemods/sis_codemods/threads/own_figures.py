"""Lines that draw on pyplot's current figure, where it is certain which figure that is.

A block of statements that makes a figure and draws on it, with nothing between that could make
another one current, can use the figure's own methods.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sis_codemods.streamlit.receivers import streamlit_call
from sis_codemods.threads.reached import outermost
from sis_migrate.python.definitions import Function, functions
from sis_migrate.python.module import Module

PYPLOT = frozenset({"matplotlib.pyplot", "matplotlib.pylab", "pylab"})
_CURRENT = frozenset({"gca", "gcf"})
_OF_AXES = frozenset(
    {
        "annotate", "axhline", "axhspan", "axis", "axvline", "axvspan", "bar", "barh", "boxplot",
        "errorbar", "fill", "fill_between", "grid", "hist", "hlines", "imshow", "legend", "loglog",
        "margins", "pie", "plot", "scatter", "semilogx", "semilogy", "stackplot", "stem", "step",
        "table", "text", "tick_params", "violinplot", "vlines",
    }
)  # fmt: skip
"""pyplot's functions that call the method of the same name of the current axes, and give its result."""
_SETTERS = {
    "title": "set_title",
    "xlabel": "set_xlabel",
    "xlim": "set_xlim",
    "xscale": "set_xscale",
    "ylabel": "set_ylabel",
    "ylim": "set_ylim",
    "yscale": "set_yscale",
}
_TICKS = {"xticks": "x", "yticks": "y"}
_OF_FIGURE = frozenset({"savefig", "subplots_adjust", "suptitle", "tight_layout"})
_OF_NO_FIGURE = frozenset({"get_cmap", "getp", "setp"})
"""pyplot's functions that have nothing to do with the current figure."""
_COLOURS = ("matplotlib.cm.", "matplotlib.colors.", "matplotlib.pyplot.cm.")
_NOT_OF_LABELS = frozenset({"file", "labels", "minor", "ticks", None})
"""Keywords that `plt.xticks` and `plt.setp` do not hand on to the labels."""
_ANGLES = {"horizontal": "0", "vertical": "90"}
_MAY_DRAW = (
    "plot", "draw", "hist", "heatmap", "figure", "show", "summary", "display",
    "clustermap", "facetgrid", "jointgrid", "pairgrid",
)  # fmt: skip
_ADDS_AXES = frozenset(
    {
        "add_axes", "add_gridspec", "add_subplot", "clear", "clf", "colorbar", "delaxes", "gca",
        "inset_axes", "sca", "secondary_xaxis", "secondary_yaxis", "subfigures", "subplot_mosaic",
        "subplots", "twinx", "twiny",
    }
)  # fmt: skip
"""Methods after which other axes may be the current ones."""
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_AXES_NAMES = ("ax", "axes", "figure_axes")


@dataclass(frozen=True, slots=True)
class Replacement:
    """An expression and the text to put in its place."""

    node: ast.expr
    text: str


@dataclass(frozen=True, slots=True)
class OwnFigure:
    """A figure of a block: the call that makes it, what to replace, the calls that are so settled."""

    made: ast.Call
    replacements: tuple[Replacement, ...]
    settled: frozenset[ast.Call]
    adds_axes: bool


@dataclass(frozen=True, slots=True)
class _Made:
    call: ast.Call
    figure: str
    axes: str
    target: ast.Name | None
    """The target of ``figure = plt.figure()``, which becomes ``figure, ax = plt.subplots()``."""


def own_figures(module: Module, drawing: Sequence[ast.Call]) -> list[OwnFigure]:
    """The figures on which calls of ``drawing`` can use methods; those left out are not certain."""
    found = [own for block in _blocks(module) for own in _in_block(module, block, set(drawing))]
    settled = {call for own in found for call in own.settled}
    # The axes that `plt.subplots()` makes at once would be in the way of what is drawn elsewhere.
    unsettled = {outermost(module, call) for call in drawing if call not in settled}
    return [
        own for own in found if not own.adds_axes or outermost(module, own.made) not in unsettled
    ]


def _in_block(
    module: Module, block: Sequence[ast.stmt], drawing: set[ast.Call]
) -> Iterator[OwnFigure]:
    makers = [(i, made) for i, s in enumerate(block) if (made := _made(module, s))]
    for number, (start, made) in enumerate(makers):
        end = makers[number + 1][0] if number + 1 < len(makers) else len(block)
        own = _own(module, made, block[start + 1 : end], drawing)
        if own is not None:
            yield own


def _own(
    module: Module, made: _Made, region: Sequence[ast.stmt], drawing: set[ast.Call]
) -> OwnFigure | None:
    nodes = [n for statement in region for n in ast.walk(statement)]
    if any(isinstance(n, _NESTED) for n in nodes):
        return None
    calls = [n for n in nodes if isinstance(n, ast.Call)]
    settled = [c for c in calls if c in drawing]
    replacements: list[Replacement] = []
    for call in calls:
        if call not in drawing:
            if _may_draw(module, call, made):
                return None
            continue
        replacement = _method(module, call, made)
        if replacement is None:
            return None
        replacements.append(replacement)
    bound = {n.id for n in nodes if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    if not replacements or bound & {made.figure, made.axes}:
        return None
    if any(_ends(module, c) and _goes_on(nodes, c, settled) for c in calls):
        return None
    if made.target is not None:
        if all(r.text.partition(".")[0] != made.axes for r in replacements):
            return None
        base = module.source.segment(made.call.func).rpartition(".")[0]
        replacements.append(Replacement(made.call.func, f"{base}.subplots"))
        replacements.append(Replacement(made.target, f"{made.figure}, {made.axes}"))
    return OwnFigure(made.call, tuple(replacements), frozenset(settled), made.target is not None)


def _made(module: Module, statement: ast.stmt) -> _Made | None:
    """``fig, ax = plt.subplots()`` with one pair of axes (``1, 1`` too), or ``fig = plt.figure()``."""
    match statement:
        case ast.Assign(
            targets=[ast.Tuple(elts=[ast.Name(id=figure), ast.Name(id=axes)])],
            value=ast.Call() as call,
        ) if _function(module, call) == "subplots":
            return _Made(call, figure, axes, None) if _has_one_pair(call) else None
        case ast.Assign(
            targets=[ast.Name(id=figure) as target],
            value=ast.Call(args=[], func=ast.Attribute()) as call,
        ) if _function(module, call) == "figure":
            if any(k.arg in {"num", "clear", None} for k in call.keywords):
                return None
            free = [n for n in _AXES_NAMES if not module.names.binds(n)]
            return _Made(call, figure, free[0], target) if free else None
    return None


def _has_one_pair(call: ast.Call) -> bool:
    """Whether a call of ``subplots`` gives one pair of axes, and not a table of them."""
    counts = [*call.args, *(k.value for k in call.keywords if k.arg in {"nrows", "ncols"})]
    return all(isinstance(n, ast.Constant) and n.value == 1 for n in counts) and not any(
        k.arg in {"squeeze", None} for k in call.keywords
    )


def _function(module: Module, call: ast.Call) -> str:
    """The name of the function of pyplot that a call calls; "" for another's."""
    home, _, last = (module.resolve(call.func) or "").rpartition(".")
    return last if home in PYPLOT else ""


def _method(module: Module, call: ast.Call, made: _Made) -> Replacement | None:
    """The method of the figure or its axes for a call; None where there is none that is the same."""
    last = _function(module, call)
    if not last:
        found = streamlit_call(module, call)
        whole = len(call.args) == 1 and module.resolve(call.args[0]) in PYPLOT
        return Replacement(call.args[0], made.figure) if whole and found else None
    if last in _CURRENT:
        own = made.axes if last == "gca" else made.figure
        return None if call.args or call.keywords else Replacement(call, own)
    if last in _OF_AXES:
        return Replacement(call.func, f"{made.axes}.{last}")
    alone = isinstance(module.names.parents[call], ast.Expr)
    if last == "close" and alone and not call.args and not call.keywords:
        return Replacement(call, f"{module.source.segment(call.func)}({made.figure})")
    if not alone or not (call.args or call.keywords or last in _OF_FIGURE):
        return None
    if last in _OF_FIGURE:
        return Replacement(call.func, f"{made.figure}.{last}")
    if last in _SETTERS:
        return Replacement(call.func, f"{made.axes}.{_SETTERS[last]}")
    return _ticks(module, call, last, made) if last in _TICKS else None


def _ticks(module: Module, call: ast.Call, last: str, made: _Made) -> Replacement | None:
    """``plt.xticks(places, labels)``, and ``plt.xticks(rotation=45)`` with or without more."""
    keywords = {k.arg: k.value for k in call.keywords}
    if len(call.args) == 2 or (len(call.args) == 1 and not keywords):
        return Replacement(call.func, f"{made.axes}.set_{last}")
    angle = _angle(module, keywords["rotation"]) if keywords.keys() == {"rotation"} else ""
    if call.args:
        return None
    axis = _TICKS[last]
    if angle:
        return Replacement(call, f'{made.axes}.tick_params(axis="{axis}", rotation={angle})')
    return _labels(module, call, axis, made)


def _labels(module: Module, call: ast.Call, axis: str, made: _Made) -> Replacement | None:
    """``plt.setp`` of the labels that there are, which is all that ``plt.xticks`` changes then."""
    if any(k.arg in _NOT_OF_LABELS for k in call.keywords) or len(list(_calls(call))) > 1:
        return None
    base = module.source.segment(call.func).rpartition(".")[0]
    given = ", ".join(f"{k.arg}={module.source.segment(k.value)}" for k in call.keywords)
    text = f"{base}.setp({made.axes}.get_{axis}ticklabels(), {given})"
    return Replacement(call, text) if base else None


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    return (n for n in ast.walk(node) if isinstance(n, ast.Call))


def _angle(module: Module, value: ast.expr) -> str:
    """A rotation in degrees; "" where it may be a word, which `tick_params` does not take."""
    match value:
        case ast.Constant(value=str(word)):
            return _ANGLES.get(word, "")
        case ast.Constant() | ast.UnaryOp(operand=ast.Constant()):
            return module.source.segment(value)
    return ""


def _ends(module: Module, call: ast.Call) -> bool:
    """Whether nothing can be drawn on the figure any more: it is closed, or has lost its axes."""
    return _function(module, call) == "close" or _empties(module, call)


def _empties(module: Module, call: ast.Call) -> bool:
    """Whether it is ``st.pyplot`` that takes everything off the figure, which loses its axes."""
    found = streamlit_call(module, call)
    if found is None or found.receiver.command != "pyplot":
        return False
    keyword = found.keyword("clear_figure")
    clear = keyword.value if keyword else found.args[1] if len(found.args) > 1 else None
    if clear is None:
        return not found.args and found.keyword("fig") is None
    return not isinstance(clear, ast.Constant) or bool(clear.value)


def _goes_on(nodes: Sequence[ast.AST], call: ast.Call, drawing: Sequence[ast.Call]) -> bool:
    """Whether something may be drawn after a call: behind it, or in the next round of a loop."""
    end = (call.end_lineno or 0, call.end_col_offset or 0)
    if any((other.lineno, other.col_offset) >= end for other in drawing):
        return True
    return any(call in ast.walk(loop) for loop in nodes if isinstance(loop, _LOOPS))


def _may_draw(module: Module, call: ast.Call, made: _Made) -> bool:
    """Whether a call that is not pyplot's may make another figure current, or draw on this one."""
    if streamlit_call(module, call) is not None or _is_apart(module, call, made):
        return False
    if isinstance(call.func, ast.Attribute) and call.func.attr in _ADDS_AXES:
        return True
    base: ast.expr = call.func
    while isinstance(base, ast.Attribute):
        base = base.value
    own = {made.figure, made.axes}
    if isinstance(base, ast.Name) and base.id in own:
        return False
    given = [*call.args, *(k.value for k in call.keywords)]
    if any(isinstance(value, ast.Name) and value.id in own for value in given):
        return True
    if isinstance(base, ast.Call) and _function(module, base) in _CURRENT:
        return False
    if (module.resolve(call.func) or "").startswith("matplotlib."):
        return True
    if any(_mentions_plots(home, f) for home, f in functions(module, call.func)):
        return True
    spelled = module.source.segment(call.func).lower()
    return any(word in spelled for word in _MAY_DRAW)


def _is_apart(module: Module, call: ast.Call, made: _Made) -> bool:
    """Whether a call of Matplotlib's leaves the current figure alone, or closes this very one."""
    if _function(module, call) == "close":
        return [ast.unparse(a) for a in call.args] == [made.figure] and not call.keywords
    name = module.resolve(call.func) or ""
    return _function(module, call) in _OF_NO_FIGURE or name.startswith(_COLOURS)


def _mentions_plots(module: Module, function: Function) -> bool:
    text = module.source.segment(function)
    return any(word in text for word in ("plt", "plot", "sns"))


def _blocks(module: Module) -> Iterator[list[ast.stmt]]:
    """Every list of statements of a file."""
    stack: list[ast.AST] = [module.source.tree]
    while stack:
        node = stack.pop()
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list) and block:
                yield block
                stack += block
        stack += [*getattr(node, "handlers", ()), *getattr(node, "cases", ())]
