"""Which expression is Streamlit: the module, one of its commands, or a container of a page.

Names lead to the module (any alias, ``from streamlit import …``, the ``st`` of the app's own module);
assignments, unpacking, loops, ``with``, attributes of ``self``, parameters and returns lead to a
container. What may be Streamlit or something else is an answer, too: it is not ``certain``.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sis_codemods.streamlit.api import Api
from sis_codemods.streamlit.api_names import CONTAINER, canonical, command, is_streamlit
from sis_codemods.streamlit.containers import Search, is_container_object
from sis_migrate.python.definitions import bindings
from sis_migrate.python.module import Module
from sis_migrate.python.names import UNKNOWN, Binding, BindingKind

SHARED_METHODS = frozenset({"map"})
"""Methods that what is called ``col`` or ``target`` may have from another library."""
_UNIQUE_PREFIXES = ("experimental_", "beta_")


@dataclass(frozen=True, slots=True)
class Receiver:
    """A name of Streamlit's API, as in the table.

    ``name`` is ``streamlit.image`` on the module and ``streamlit.DeltaGenerator.image`` on a
    container; ``certain`` says that it can be nothing else.
    """

    name: str
    certain: bool

    @property
    def command(self) -> str:
        """The name below the module or the container: ``image``, ``experimental_memo.clear``."""
        return command(self.name)


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a command of Streamlit, or a ``functools.partial`` of one.

    ``node`` is the call in the source; ``args`` are the command's own positional arguments.
    """

    node: ast.Call
    function: ast.expr
    receiver: Receiver
    args: Sequence[ast.expr]
    partial: bool

    @property
    def offset(self) -> int:
        """The index of the first of ``args`` in the call."""
        return int(self.partial)

    @property
    def keywords(self) -> Sequence[ast.keyword]:
        return self.node.keywords

    def keyword(self, name: str) -> ast.keyword | None:
        """The keyword of that name, None where it is not given by name."""
        return next((k for k in self.node.keywords if k.arg == name), None)

    @property
    def hides_positional(self) -> bool:
        """Whether ``*args`` makes it unknown which positional arguments there are."""
        return any(isinstance(a, ast.Starred) for a in self.args)

    @property
    def hides_keywords(self) -> bool:
        return any(k.arg is None for k in self.node.keywords)


def streamlit_name(module: Module, expr: ast.expr) -> Receiver | None:
    """What an expression names in Streamlit's API; None where it cannot be Streamlit's.

    A method that no other library has (``beta_columns``) is Streamlit's on any receiver that may be
    a container; it is not certain then.
    """
    if not isinstance(expr, (ast.Name, ast.Attribute)):
        return None
    known = module.once(_answers)
    if expr not in known:
        known[expr] = _streamlit_name(module, expr)
    return known[expr]


def streamlit_call(module: Module, node: ast.Call) -> Call | None:
    """The command of Streamlit that a call calls; None where it is none."""
    receiver = streamlit_name(module, node.func)
    if receiver is not None:
        return Call(node, node.func, receiver, node.args, partial=False)
    if not node.args or not _is_partial(module, node.func):
        return None
    receiver = streamlit_name(module, node.args[0])
    if receiver is None:
        return None
    return Call(node, node.args[0], receiver, node.args[1:], partial=True)


def is_container(module: Module, expr: ast.expr) -> Receiver | None:
    """Whether an expression is the sidebar, a column, a tab, a placeholder or the like."""
    if is_container_object(module.names.possible(expr)):
        return Receiver(CONTAINER, certain=True)
    found = Search().shape(module, expr)
    return Receiver(CONTAINER, found[1]) if found and found[0] == "c" else None


def base_of(module: Module, expr: ast.Attribute) -> str:
    """The module or container that an attribute is looked up on; "" where it is neither.

    Not the name of a module of the app that merely hands Streamlit's names on.
    """
    for meaning in module.names.possible(expr.value):
        if is_streamlit(meaning):
            return canonical(meaning)
    return CONTAINER if is_container(module, expr.value) else ""


def named(module: Module, expr: ast.expr) -> Receiver | None:
    """What an expression names in Streamlit's API by its name alone, without a look at containers."""
    meanings = module.names.possible(expr)
    ours = sorted(m for m in meanings if is_streamlit(m))
    return Receiver(canonical(ours[0]), len(meanings) == 1) if ours else None


def _answers(_: Module) -> dict[ast.expr, Receiver | None]:
    return {}


def _streamlit_name(module: Module, expr: ast.Name | ast.Attribute) -> Receiver | None:
    by_name = named(module, expr)
    if isinstance(expr, ast.Name) or expr.attr not in methods():
        return by_name
    name = f"{CONTAINER}.{expr.attr}"
    others = {m for m in module.names.possible(expr) if canonical(m) != name}
    if UNKNOWN not in others or (by_name is not None and by_name.name != name):
        return by_name
    found = Search().shape(module, expr.value)
    if found and found[0] == "c":
        return Receiver(name, found[1] and others == {UNKNOWN})
    if by_name is not None:
        return by_name
    if found is None and expr.attr.startswith(_UNIQUE_PREFIXES) and _may_be_any(module, expr.value):
        return Receiver(name, certain=False)
    return None


def _may_be_any(module: Module, expr: ast.expr) -> bool:
    """Whether nothing says what an expression is: it is no object of a class of the app."""
    if isinstance(expr, ast.Name):
        found = list(bindings(module, expr))
        if any(_is_first_parameter(home, b) for home, b in found):
            return False
    return module.names.possible(expr) == {UNKNOWN}


def _is_first_parameter(module: Module, binding: Binding) -> bool:
    owner = module.names.parents.get(binding.scope.node)
    return binding.kind is BindingKind.PARAMETER and isinstance(owner, ast.ClassDef)


@cache
def methods() -> frozenset[str]:
    """Every method that a container has in some release."""
    start = f"{CONTAINER}."
    found = {n.removeprefix(start) for n in Api.load().names() if n.startswith(start)}
    return frozenset(name for name in found if "." not in name)


def _is_partial(module: Module, function: ast.expr) -> bool:
    last = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return last.startswith("partial") and module.resolve(function) in {
        "functools.partial",
        "functools.partialmethod",
    }
