"""Give elements only sizes that Streamlit takes.

**What it does.** `width` and `height` of elements that newer releases refuse: a `None` or `0` goes, or
becomes the word for the default where it is one of several values; a float becomes a whole number; an
expression that gives a float or a number of numpy is wrapped in `int()`; a name that may be `None` is
given the default as an alternative.

**Why.** Since 1.46 to 1.51, depending on the element, a size is a positive `int` or a word, and
anything else stops the script with StreamlitInvalidWidthError or StreamlitInvalidHeightError. Charts
had `width=0` for a default until then.

**Example.**

Before:

```python
import streamlit as st

rows = [1, 2, 3]
st.bar_chart(rows, width=0, height=0, use_container_width=True)
st.dataframe(rows, width=None, height=len(rows) * 35 / 2)
```

After:

```python
import streamlit as st

rows = [1, 2, 3]
st.bar_chart(rows, use_container_width=True)
st.dataframe(rows, height=int(len(rows) * 35 / 2))
```

**What it leaves.** Values that come from somewhere the codemod does not look into, and methods of
something that may not be Streamlit's. A negative number has a finding.

**Safety.** Safe for literals; to review for expressions.

**Source.** streamlit/elements/lib/layout_utils.py of Streamlit 1.51
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from sis_codemods.streamlit.absence import signatures
from sis_codemods.streamlit.api_names import shown
from sis_codemods.streamlit.arguments import Change, changed
from sis_codemods.streamlit.facts import Version
from sis_codemods.streamlit.numbers import is_float, may_be_none
from sis_codemods.streamlit.receivers import Call, streamlit_call
from sis_codemods.streamlit.shims import has_fallback, reached
from sis_codemods.streamlit.target import releases, text
from sis_codemods.streamlit.widths import SIZES, Size, elements, size
from sis_migrate.codemod import PythonCodemod
from sis_migrate.model import Edit, Finding, Item, Safety
from sis_migrate.python.module import Module

codemod = PythonCodemod(
    __name__,
    code="SIS331",
    name="refused-sizes",
    summary="Sizes that newer releases refuse: `None`, `0`, floats",
    item=Item.STREAMLIT,
    safety=Safety.SAFE,
    triggers=(b"width", b"height", *(name.encode() for name in sorted(elements()))),
)


@dataclass(frozen=True, slots=True)
class _Fix:
    """What becomes of one size: ``new`` is its expression, None where it goes."""

    parameter: str
    new: str | None
    words: str
    safety: Safety | None = None


@codemod.on(ast.Call)
def call(module: Module, node: ast.AST) -> Iterator[Edit | Finding]:
    """Check the sizes of one call."""
    assert isinstance(node, ast.Call)
    if not _may_have_size(node):
        return
    found = streamlit_call(module, node)
    if found is None or found.receiver.command not in elements():
        return
    fixes = {}
    for parameter, key, value in _sizes(found):
        known = size(found.receiver.command, parameter)
        if known is None or not (refusing := _refusing(module, found, known)):
            continue
        if has_fallback(module, node, found.receiver.name):
            return
        if _is_negative(value):
            yield _negative(module, value, found, parameter)
            continue
        fix = _fix(module, value, known, parameter, refusing)
        if fix is not None:
            fixes[key] = fix
    if fixes and found.receiver.certain:
        yield _edit(module, found, fixes)
    elif fixes:
        yield _doubtful(module, found, fixes)


def _may_have_size(node: ast.Call) -> bool:
    if any(k.arg in SIZES for k in node.keywords):
        return True
    function = node.func
    last = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return len(node.args) > 1 and (last in elements() or isinstance(function, ast.Name))


def _sizes(found: Call) -> Iterator[tuple[str, int | str, ast.expr]]:
    """The sizes that a call gives, each with its key for :func:`changed`."""
    for keyword in found.keywords:
        if keyword.arg in SIZES:
            yield keyword.arg, keyword.arg, keyword.value
    if not found.hides_positional:
        for index, (name, value) in enumerate(zip(_positional(found), found.args, strict=False)):
            if name in SIZES:
                yield name, index + found.offset, value


def _positional(found: Call) -> list[str]:
    known = signatures(found.receiver.name, releases())
    return [p.name for p in known[-1][1].positional] if known else []


def _refusing(module: Module, found: Call, known: Size) -> tuple[Version, ...]:
    """The releases that the call reaches and that are strict about this size."""
    return tuple(v for v in reached(module, found.node) if v >= known.strict)


def _fix(
    module: Module, value: ast.expr, known: Size, parameter: str, refusing: tuple[Version, ...]
) -> _Fix | None:
    none = any(known.refuses_none(v) for v in refusing)
    match value:
        case ast.Constant(value=None):
            return _Fix(parameter, None, "None goes") if none else None
        case ast.Constant(value=float(number)):
            whole = round(number)
            new = str(whole) if whole > 0 else None
            exact = number == whole and whole > 0
            return _Fix(
                parameter, new, f"{number} becomes a whole number", None if exact else Safety.REVIEW
            )
        case ast.Constant(value=int(number)) if not isinstance(number, bool) and number == 0:
            return _Fix(parameter, None, "0 goes")
        case ast.IfExp():
            return _conditional(module, value, known, parameter, none=none)
    written = module.source.segment(value)
    if is_float(module, value):
        return _Fix(
            parameter, f"int({written})", "a number that is no int is wrapped", Safety.REVIEW
        )
    if none and known.default != "None" and may_be_none(module, value):
        new = f"{written} or {known.default}"
        return _Fix(parameter, new, "a name that may be None gets the default", Safety.REVIEW)
    return None


def _conditional(
    module: Module, value: ast.IfExp, known: Size, parameter: str, *, none: bool
) -> _Fix | None:
    """``None if big else 300``, with the default's word for None and 0."""
    sides: dict[ast.expr, str] = {}
    for side in (value.body, value.orelse):
        if isinstance(side, ast.Constant) and not side.value and (side.value == 0 or none):
            sides[side] = known.default
        elif is_float(module, side):
            sides[side] = f"int({module.source.segment(side)})"
    if not sides or "None" in sides.values():
        return None
    one, test, other = (
        sides.get(part) or module.source.segment(part)
        for part in (value.body, value.test, value.orelse)
    )
    return _Fix(
        parameter, f"{one} if {test} else {other}", "one of two values is changed", Safety.REVIEW
    )


def _is_negative(value: ast.expr) -> bool:
    return isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.USub)


def _negative(module: Module, value: ast.expr, found: Call, parameter: str) -> Finding:
    return module.find(
        value,
        f"`{parameter}` of {shown(found.receiver.name)} must not be negative",
        remedy='Use a word such as "stretch" or "content", or a positive number.',
    )


def _edit(module: Module, found: Call, fixes: dict[int | str, _Fix]) -> Edit:
    changes: dict[int | str, Change] = {}
    gone = min((k for k, f in fixes.items() if isinstance(k, int) and f.new is None), default=None)
    if gone is not None:  # what follows can only be told by its name then
        names = _positional(found)
        for index in range(gone, len(found.args) + found.offset):
            changes[index] = (names[index - found.offset], "")
    for key, fix in fixes.items():
        changes[key] = _change(module, found, key, fix)
    name = shown(found.receiver.name)
    reviewed = next((f.safety for f in fixes.values() if f.safety), None)
    words = "; ".join(f"`{f.parameter}` of {name}: {f.words}" for f in fixes.values())
    return module.rewrite(
        found.node,
        changed(changes),
        f"{words}, because only positive ints and words are sizes",
        safety=reviewed,
        remedy="Check the size that results." if reviewed else "",
        oldest_streamlit=_oldest(found, fixes),
    )


def _change(module: Module, found: Call, key: int | str, fix: _Fix) -> Change:
    if fix.new is None:
        return None
    return fix.parameter, module.requoted(found.node, fix.new)


def _oldest(found: Call, fixes: dict[int | str, _Fix]) -> str:
    """The oldest release that takes the words that are written."""
    needed: list[Version] = []
    for fix in fixes.values():
        known = size(found.receiver.command, fix.parameter)
        if known and fix.new:
            needed += [since for word, since in known.words.items() if f'"{word}"' in fix.new]
    return text(max(needed)) if needed else ""


def _doubtful(module: Module, found: Call, fixes: dict[int | str, _Fix]) -> Finding:
    names = " and ".join(f"`{fix.parameter}`" for fix in fixes.values())
    return module.find(
        found.node,
        f"{names} of {shown(found.receiver.name)} is no positive int, if this is Streamlit's",
        remedy="Leave it out, or give a positive int, if it is.",
    )
