"""The edits that put the app's new way to its session in the place of a call."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sis_codemods.session import accessor_code, forms
from sis_codemods.session.forms import Form
from sis_codemods.session.probes import imported
from sis_migrate.codemod import AppContext
from sis_migrate.model import Edit, NewFile, Safety
from sis_migrate.python.edits import PythonChange
from sis_migrate.python.module import Module

_VIEWER = (
    "each viewer logs in with a connection of their own, because the app changes the state of its "
    "session"
)
_VIEWER_REMEDY = "Check that a login for each viewer is wanted; `--session accessor` shares one."


def replaced(module: Module, call: ast.Call, old: str) -> Edit:
    """The edit for one call that stands for the session; ``old`` is what the report calls it."""
    text, imports = forms.expression(module, call)
    form = forms.plan(module.project).form
    doubt, remedy = _doubt(module, call), "Check what happens here when the connection fails."
    if form is Form.VIEWER:
        doubt, remedy = _VIEWER, _VIEWER_REMEDY
    lines, more = forms.added_lines(module, call)
    whole = lines is not None and not lines.after
    single = module.replace(call, text, "", imports=imports).change
    change = PythonChange(
        nodes=() if whole else single.nodes,
        needs=tuple(dict.fromkeys(n.need for n in [*([] if whole else imports), *more] if n.need)),
        drops=tuple(imported(module, call.func)),
        lines=(lines,) if lines else (),
    )
    what = "keeps the session in st.session_state" if whole else f"becomes {text}"
    return module.edit(
        call,
        change,
        f"{old} {what}{doubt and f'; {doubt}'}",
        group=forms.GROUP,
        safety=Safety.REVIEW if doubt else None,
        remedy=remedy if doubt else "",
        oldest_streamlit="1.53" if form is Form.VIEWER else "1.28",
    )


def new_module(context: AppContext) -> Iterator[Edit]:
    """The module of an accessor that several files use, unless the app has it."""
    if not context.modules:
        return
    chosen = forms.plan(next(iter(context.modules.values())).project)
    if chosen.file is None or chosen.exists:
        return
    yield Edit(
        chosen.file,
        NewFile(accessor_code.module_text(forms.ACCESSOR, viewer=chosen.form is Form.VIEWER)),
        f"{chosen.file.name} is added: every file gets its session from it",
        safety=Safety.REVIEW,
        remedy="Deploy the file with the app (the artifacts in snowflake.yml, the files on a stage).",
        group=forms.GROUP,
    )


def _doubt(module: Module, call: ast.Call) -> str:
    """Why someone should look at a rewritten call; "" where nobody need."""
    child: ast.AST = call
    for ancestor in module.names.ancestors(call):
        if isinstance(ancestor, ast.Try) and child in ancestor.body:
            if any(_inspects(handler) for handler in ancestor.handlers):
                return "the handlers of the try around it look at the old call's error"
        elif isinstance(ancestor, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            return ""
        child = ancestor
    return ""


def _inspects(handler: ast.ExceptHandler) -> bool:
    """Whether a handler decides something by its error."""
    tests = [
        n.test for s in handler.body for n in ast.walk(s) if isinstance(n, (ast.If, ast.IfExp))
    ]
    names = {n.id for test in tests for n in ast.walk(test) if isinstance(n, ast.Name)}
    return handler.name in names
