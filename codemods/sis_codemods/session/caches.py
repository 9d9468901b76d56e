"""Which code runs inside a cache that all viewers share, and what is in that cache's key."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from sis_codemods.session.cached import cache_decorator, caches_resource, in_session_scope
from sis_migrate.python.definitions import Function, functions
from sis_migrate.python.module import Module, Project

_VIEWER = re.compile(
    r"user|e_?mail|viewer|login|principal|person|tenant|owner|role|identity", re.IGNORECASE
)


@dataclass(frozen=True)
class CachedFunction:
    """A function under ``st.cache_data`` or ``st.cache_resource``."""

    module: Module
    node: Function
    decorator: ast.expr

    @property
    def keywords(self) -> dict[str, ast.expr]:
        """What the decorator is given."""
        if not isinstance(self.decorator, ast.Call):
            return {}
        return {k.arg: k.value for k in self.decorator.keywords if k.arg}

    @property
    def is_resource(self) -> bool:
        """Whether it hands the same object to everyone, not a copy."""
        return caches_resource(self.module, self.decorator)

    @property
    def per_viewer(self) -> bool:
        """Whether each viewer has a cache of their own (``scope="session"``)."""
        return in_session_scope(self.decorator)

    @property
    def key(self) -> tuple[str, ...]:
        """The parameters that are part of the key: those without a leading underscore."""
        a = self.node.args
        every = [*a.posonlyargs, *a.args, *a.kwonlyargs, *(x for x in (a.vararg, a.kwarg) if x)]
        return tuple(x.arg for x in every if not x.arg.startswith("_") and x.arg != "self")

    @property
    def keyed_by_viewer(self) -> bool:
        """Whether a part of the key names the viewer, as far as parameter names tell."""
        return any(_VIEWER.search(name) for name in self.key)


def cached_functions(project: Project) -> tuple[CachedFunction, ...]:
    """An app's cached functions, in the order of its files; worked out once."""
    return project.once(_cached)


def inside_caches(project: Project) -> dict[Function, CachedFunction]:
    """Every function that runs, directly or through others, inside a cache that viewers share."""
    return project.once(_inside)


def cache_around(module: Module, node: ast.AST) -> CachedFunction | None:
    """The shared cache inside of which an expression is evaluated, if there is one."""
    inside = inside_caches(module.project)
    for ancestor in module.names.ancestors(node):
        if isinstance(ancestor, Function) and ancestor in inside:
            return inside[ancestor]
    return None


def _cached(project: Project) -> tuple[CachedFunction, ...]:
    return tuple(c for module in project.modules.values() for c in _in_module(module))


def _in_module(module: Module) -> Iterator[CachedFunction]:
    if "cache" not in module.source.text and "experimental_" not in module.source.text:
        return
    nodes = module.source.nodes
    every: list[Function] = [*nodes(ast.FunctionDef), *nodes(ast.AsyncFunctionDef)]
    for node in every:
        decorator = cache_decorator(module, node)
        if decorator is not None:
            yield CachedFunction(module, node, decorator)


def _inside(project: Project) -> dict[Function, CachedFunction]:
    found: dict[Function, CachedFunction] = {}
    # What also runs in a cache that does not tell viewers apart is found inside of that one.
    for cached in sorted(cached_functions(project), key=lambda c: c.keyed_by_viewer):
        if cached.per_viewer:
            continue
        work: list[tuple[Module, Function]] = [(cached.module, cached.node)]
        while work:
            module, function = work.pop()
            if function in found:
                continue
            found[function] = cached
            for node in _body(function):
                if isinstance(node, ast.Call):
                    work += functions(module, node.func)
    return found


def _body(function: Function) -> Iterator[ast.AST]:
    for statement in function.body:
        yield from ast.walk(statement)
