"""Keyword arguments that a command of Streamlit used to take."""

from __future__ import annotations

import ast

from sis_codemods.streamlit.absence import signatures
from sis_codemods.streamlit.receivers import Call, streamlit_call
from sis_codemods.streamlit.shims import has_fallback, reached
from sis_codemods.streamlit.target import releases
from sis_migrate.python.module import Module


def surplus(module: Module, node: ast.Call, command: str) -> tuple[Call, list[ast.keyword]] | None:
    """A call of the command, and the keywords that a release which it reaches does not take.

    None where there are none, and where the code has something else to fall back on.
    """
    found = streamlit_call(module, node) if node.keywords else None
    if found is None or found.receiver.command != command:
        return None
    known = dict(signatures(found.receiver.name, releases(module.settings.streamlit)))
    aimed = [known[v] for v in reached(module, found.node) if v in known]
    keywords = [k for k in found.keywords if k.arg and not all(s.accepts(k.arg) for s in aimed)]
    if not keywords or has_fallback(module, node, found.receiver.name):
        return None
    return found, keywords
