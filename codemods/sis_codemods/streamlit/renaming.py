"""Giving a command of Streamlit its new name wherever it is named: for the codemods that rename."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from sis_codemods.streamlit.absence import missing
from sis_codemods.streamlit.api import Api
from sis_codemods.streamlit.api_names import MODULE, is_streamlit, shown
from sis_codemods.streamlit.evaluation import is_defined_by_app
from sis_codemods.streamlit.receivers import Receiver, base_of, named, streamlit_name
from sis_codemods.streamlit.shims import has_fallback, reached
from sis_codemods.streamlit.target import releases, text
from sis_migrate.model import Edit, Finding, Safety
from sis_migrate.python.edits import NodeChange, PythonChange, Rewrite
from sis_migrate.python.module import Module
from sis_migrate.python.names import Binding

if TYPE_CHECKING:
    import libcst as cst

HANDLED_NODES = (ast.Attribute, ast.Name, ast.ImportFrom, ast.Call)
"""The nodes that :func:`renames` is to be called with."""


def renames(
    module: Module,
    node: ast.AST,
    successors: Mapping[str, str],
    *,
    safety: Safety | None = None,
    remedy: str = "",
) -> Iterator[Edit | Finding]:
    """The edits and findings for one node. ``successors`` maps old commands to new ones."""
    renaming = _Renaming(module, successors, safety, remedy)
    match node:
        case ast.Attribute():
            yield from renaming.attribute(node)
        case ast.Name():
            yield from renaming.name(node)
        case ast.ImportFrom():
            yield from renaming.imported(node)
        case _:
            assert isinstance(node, ast.Call)
            yield from renaming.looked_up(node)


def is_gone(module: Module, node: ast.AST, receiver: Receiver) -> bool:
    """Whether a use reaches a release without the name, and nothing in the code provides for it."""
    name = receiver.name
    lacking = missing(name, releases(module.settings.streamlit))
    if not lacking or is_defined_by_app(module, name) or has_fallback(module, node, name):
        return False
    return any(v in lacking for v in reached(module, node))


class _Renaming:
    """The uses of some names in one file."""

    def __init__(
        self, module: Module, successors: Mapping[str, str], safety: Safety | None, remedy: str
    ) -> None:
        self.module = module
        self.successors = successors
        self.safety = safety
        self.remedy = remedy

    def attribute(self, node: ast.Attribute) -> Iterator[Edit | Finding]:
        """``st.experimental_rerun``, called or handed on, and ``col.beta_expander``."""
        if node.attr not in self.successors or not isinstance(node.ctx, ast.Load):
            return
        receiver = streamlit_name(self.module, node)
        if receiver is None or receiver.command != node.attr:
            return
        if not is_gone(self.module, node, receiver):
            return
        if not receiver.certain:
            yield self._doubtful(node, receiver)
        elif base_of(self.module, node):  # else an import in another file is edited
            new = self.successors[node.attr]
            yield self._edit(node, receiver.command, (NodeChange(node, _attribute(new)),))

    def name(self, node: ast.Name) -> Iterator[Edit | Finding]:
        """A name that ``from streamlit import *`` brings along."""
        names = self.module.names
        if node.id not in self.successors or not isinstance(node.ctx, ast.Load):
            return
        if names.lookup(node.id, names.scope_of(node)) is not None:
            return
        receiver = named(self.module, node)
        if receiver is None or not is_gone(self.module, node, receiver):
            return
        new = self.successors[node.id]
        if not receiver.certain or names.binds(new):
            yield self._doubtful(node, receiver)
        else:
            yield self._edit(node, node.id, (NodeChange(node, _name(new)),))

    def imported(self, node: ast.ImportFrom) -> Iterator[Edit]:
        """``from streamlit import experimental_rerun``, renamed with its uses where that is safe."""
        if node.module != MODULE or node.level:
            return
        for alias in node.names:
            receiver = Receiver(f"{MODULE}.{alias.name}", certain=True)
            if alias.name in self.successors and is_gone(self.module, alias, receiver):
                yield self._import(alias)

    def looked_up(self, node: ast.Call) -> Iterator[Edit]:
        """``getattr(st, "experimental_rerun")``, with nothing to fall back on."""
        if not isinstance(node.func, ast.Name) or node.func.id != "getattr" or len(node.args) != 2:
            return
        owner, text_node = node.args
        name = text_node.value if isinstance(text_node, ast.Constant) else None
        if not isinstance(name, str) or name not in self.successors:
            return
        receiver = named(self.module, owner)
        if receiver is None or not receiver.certain or not is_streamlit(receiver.name):
            return
        old = Receiver(f"{receiver.name}.{name}", certain=True)
        if is_gone(self.module, node, old):
            new = self.successors[name]
            yield self._edit(text_node, old.command, (NodeChange(text_node, _text(new)),))

    def _import(self, alias: ast.alias) -> Edit:
        new = self.successors[alias.name]
        binding = self._binding(alias)
        if alias.asname:
            return self._edit(alias, alias.name, (NodeChange(alias, _alias(new, "")),))
        if binding is None or not self._may_rename(binding, new):
            return self._edit(alias, alias.name, (NodeChange(alias, _alias(new, alias.name)),))
        uses = self.module.names.references(binding)
        changes = [NodeChange(alias, _alias(new, "")), *(NodeChange(u, _name(new)) for u in uses)]
        return self._edit(alias, alias.name, tuple(changes))

    def _binding(self, alias: ast.alias) -> Binding | None:
        return next((b for b in self.module.names.imports() if b.node is alias), None)

    def _may_rename(self, binding: Binding, new: str) -> bool:
        """Whether the file's own name for an import can change, too."""
        names = self.module.names
        alone = len(binding.scope.bindings[binding.name]) == 1
        return alone and not names.binds(new) and not self.module.needed_elsewhere(binding)

    def _edit(self, node: ast.AST, old: str, changes: tuple[NodeChange, ...]) -> Edit:
        new = self.successors[old]
        since = Api.load().added_in(f"{MODULE}.{new}")
        return self.module.edit(
            node,
            PythonChange(nodes=changes),
            f"st.{old} becomes st.{new}",
            safety=self.safety,
            remedy=self.remedy,
            oldest_streamlit=text(since) if since else "",
        )

    def _doubtful(self, node: ast.AST, receiver: Receiver) -> Finding:
        old = receiver.command
        return self.module.find(
            node,
            f"{shown(receiver.name)} is gone, if this is Streamlit's",
            remedy=f"Use `{self.successors[old]}` here if it is.",
        )


def _attribute(new: str) -> Rewrite:
    def rewrite(node: cst.CSTNode) -> cst.CSTNode:
        import libcst

        assert isinstance(node, libcst.Attribute)
        return node.with_changes(attr=node.attr.with_changes(value=new))

    return rewrite


def _name(new: str) -> Rewrite:
    def rewrite(node: cst.CSTNode) -> cst.CSTNode:
        return node.with_changes(value=new)

    return rewrite


def _text(new: str) -> Rewrite:
    def rewrite(node: cst.CSTNode) -> cst.CSTNode:
        import libcst

        assert isinstance(node, libcst.SimpleString)
        return node.with_changes(value=f"{node.prefix}{node.quote}{new}{node.quote}")

    return rewrite


def _alias(new: str, local: str) -> Rewrite:
    """The import of ``new``, as ``local`` (as before where that is "")."""

    def rewrite(node: cst.CSTNode) -> cst.CSTNode:
        import libcst

        assert isinstance(node, libcst.ImportAlias)
        changed = node.with_changes(name=libcst.Name(new))
        if not local:
            return changed
        name = libcst.AsName(
            libcst.Name(local),
            whitespace_before_as=libcst.SimpleWhitespace(" "),
            whitespace_after_as=libcst.SimpleWhitespace(" "),
        )
        return changed.with_changes(asname=name)

    return rewrite
