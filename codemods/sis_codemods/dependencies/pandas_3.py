"""Whether an app's code relies on what pandas 3 changed.

A warehouse never had pandas 3, so code that nobody has tried with it stays below it, unless none of
these signs is in it. The signs are syntactic and err on the side of staying below: a subscript of
a subscript may be a dictionary's.

Source: "What's new in 3.0.0", https://pandas.pydata.org/docs/whatsnew/v3.0.0.html.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from sis_codemods.dependencies.entries import Note
from sis_migrate.model import Status
from sis_migrate.python.source import Source

# Methods and keywords that pandas 3 no longer has.
_REMOVED_METHODS = frozenset({"applymap", "swapaxes"})
_REMOVED_KEYWORDS = {
    "fillna": "method",
    "replace": "method",
    "groupby": "axis",
    "rolling": "axis",
    "expanding": "axis",
    "ewm": "axis",
    "resample": "kind",
    "read_csv": "date_parser",
    "read_excel": "date_parser",
    "pct_change": "fill_method",
}
# Frequencies that have other names: month end, quarter end, year end, hour, minute, second.
_OLD_FREQUENCIES = frozenset({"M", "Q", "Y", "A", "H", "T", "S", "BM", "BQ", "BA", "L", "U", "N"})
_TAKES_FREQUENCY = frozenset(
    {"resample", "date_range", "period_range", "bdate_range", "asfreq", "Grouper", "floor", "ceil"}
)
_MAPPINGS = frozenset({"session_state", "secrets", "environ", "query_params"})


def reason_to_stay(sources: Iterable[Source]) -> Note | None:
    """The first sign, as the note that pandas stays below 3; None where there is none."""
    for source in sources:
        if "pandas" not in source.text.lower():
            continue
        for node, words in old_uses(source.tree):
            message = f"pandas stays below 3: {source.path.name} {words}, which pandas 3 changed"
            return Note(
                Status.FIXED, message, span=source.span(node), path=source.path, about="pandas"
            )
    return None


def old_uses(tree: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    """The places that pandas 3 reads differently, and what it is there, as a sentence part."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from ((t, "sets a part of a selection") for t in targets if _is_chained(t))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            words = _call(node, node.func)
            if words:
                yield node, words
        elif isinstance(node, ast.Compare) and _compares_dtype(node):
            yield node, "asks whether a column holds objects, as columns of text did before"


def _is_chained(target: ast.expr) -> bool:
    """``frame["a"]["b"] = …`` and ``frame["a"].loc[…] = …``, which change a copy in pandas 3."""
    if not isinstance(target, ast.Subscript):
        return False
    inner = target.value
    if isinstance(inner, ast.Attribute) and inner.attr in {"loc", "iloc", "at", "iat"}:
        inner = inner.value
    return isinstance(inner, ast.Subscript) and not _is_mapping(inner)


def _is_mapping(node: ast.expr) -> bool:
    names = {getattr(part, "attr", getattr(part, "id", "")) for part in ast.walk(node)}
    return not _MAPPINGS.isdisjoint(names)


def _call(node: ast.Call, function: ast.Attribute) -> str:
    keywords = {keyword.arg: keyword.value for keyword in node.keywords}
    name = function.attr
    if "inplace" in keywords and isinstance(function.value, ast.Subscript | ast.Attribute):
        return "changes a selection in place"
    if name in _REMOVED_METHODS or (
        name in _REMOVED_KEYWORDS and _REMOVED_KEYWORDS[name] in keywords
    ):
        return f"uses {name}() in a way that is gone"
    values = [*node.args[:1], *(keywords[k] for k in ("freq", "rule") if k in keywords)]
    if name in _TAKES_FREQUENCY and any(
        _text(v).lstrip("0123456789") in _OLD_FREQUENCIES for v in values
    ):
        return "names a frequency in the old way"
    if name == "select_dtypes" and any(_text(v) == "object" for v in ast.walk(node)):
        return "selects columns of objects, as columns of text were before"
    return ""


def _compares_dtype(node: ast.Compare) -> bool:
    sides = [node.left, *node.comparators]
    return any(getattr(side, "attr", "") in {"dtype", "dtypes"} for side in sides) and any(
        _text(side) in {"object", "O"} or getattr(side, "id", "") == "object" for side in sides
    )


def _text(node: ast.AST) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
