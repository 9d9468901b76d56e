"""What one Streamlit wheel offers: names with their parameters, modules, config options.

Names are the ones that apps write: `streamlit.image`, `streamlit.DeltaGenerator.image` (the same on a
container, a column, the sidebar), `streamlit.column_config.TextColumn`, `streamlit.cache_data.clear`.

Used by `streamlit_api.py`, which is the script to run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from streamlit_deprecations import documented, renamed, warned, wrapped
from streamlit_options import Option, options
from streamlit_wheel import (
    OPAQUE,
    Binding,
    Class,
    Function,
    Import,
    Instance,
    Module,
    Unknown,
    Value,
    Wheel,
    tail,
)

ROOT = "streamlit"
DELTA_GENERATOR = "streamlit.DeltaGenerator"
# Modules whose public names are documented or widely used: recorded with their parameters.
DOCUMENTED = (
    "streamlit.column_config",
    "streamlit.components.v1",
    "streamlit.components.v2",
    "streamlit.connections",
    "streamlit.errors",
    "streamlit.runtime",
    "streamlit.runtime.scriptrunner",
    "streamlit.testing.v1",
    "streamlit.typing",
)
# Of the classes there only the name is recorded.
_WITHOUT_MEMBERS = {"streamlit.errors", "streamlit.runtime", "streamlit.runtime.scriptrunner"}
_HARMLESS_BASES = {"ABC", "Generic", "Protocol", "object", "Hashable"}


@dataclass(frozen=True)
class Entry:
    """A name in one release.

    Attributes:
        parameters: name and code of each parameter, in order; None if it is not callable or its
            parameters are not known. Codes: a number for a positional one, `=` for a keyword-only one,
            each with `!` if it is required, `/` in front if positional-only; `*` and `**`.
        is_a: the entry whose members this object has, too.
        closed: whether it has no other members than those that are listed.
        deprecated: date of removal (or an empty string), by parameter; `""` is the name itself.
    """

    parameters: tuple[tuple[str, str], ...] | None = None
    is_a: str | None = None
    closed: bool = False
    deprecated: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Facts:
    version: str
    names: dict[str, Entry]
    modules: dict[str, frozenset[str] | None]
    options: dict[str, Option]


def read(wheel: Wheel) -> Facts:
    """All facts of a wheel; modules map to their names, or to None when those are not recorded."""
    return Facts(wheel.version, _names(wheel), _modules(wheel), options(wheel))


def _names(wheel: Wheel) -> dict[str, Entry]:
    names = dict(_module_entries(wheel, ROOT, private=True))
    for module in DOCUMENTED:
        if module in wheel.files:
            names.update(_module_entries(wheel, module, private=False))
    for short, value in _receivers(wheel):
        names.update(_described(wheel, short, value))
    for old, date in renamed(wheel):
        for name in (f"{ROOT}.{old}", f"{DELTA_GENERATOR}.{old}"):
            if name in names:
                _mark(names[name], date)
    for name, entry in names.items():
        twin = names.get(f"{DELTA_GENERATOR}.{name.removeprefix(ROOT + '.')}")
        if twin and twin.parameters == entry.parameters and "" in twin.deprecated:
            _mark(entry, twin.deprecated[""])
    return names


def _receivers(wheel: Wheel) -> Iterator[tuple[str, Class]]:
    """The container classes, under the short names that the table gives them."""
    main = wheel.value("streamlit.delta_generator", "DeltaGenerator")
    if not isinstance(main, Class):
        return
    yield DELTA_GENERATOR, main
    for module in wheel.files:
        if not module.startswith("streamlit.elements.lib."):
            continue
        for name, binding in wheel.scope(module).items():
            if isinstance(binding, ast.ClassDef) and tail_names(binding) & {"DeltaGenerator"}:
                yield f"{ROOT}.{name}", Class(module, binding)


def tail_names(node: ast.ClassDef) -> set[str]:
    return {tail(base) for base in node.bases}


def _module_entries(wheel: Wheel, module: str, *, private: bool) -> Iterator[tuple[str, Entry]]:
    for name, binding in wheel.scope(module).items():
        if name.startswith("__") or (not private and not _offered(name, binding)):
            continue
        value = wheel.value(module, name) or Unknown()
        if isinstance(value, Module):
            if module == ROOT or value.name in wheel.files:
                yield f"{module}.{name}", Entry()
            continue
        if isinstance(value, Class) and (name.startswith("_") or module in _WITHOUT_MEMBERS):
            yield f"{module}.{name}", Entry()
            continue
        source = wheel.source(binding, module)
        for qualified, entry in _described(wheel, f"{module}.{name}", value).items():
            if qualified == f"{module}.{name}" and (date := wrapped(source)) is not None:
                _mark(entry, date)
            if not name.startswith("_"):
                yield qualified, entry
            elif qualified == f"{module}.{name}":
                yield qualified, _shortened(entry)


def _offered(name: str, binding: Binding) -> bool:
    """Whether a documented module has this name for its users, not for its own needs."""
    own = ("deprecat", "streamlit")
    return not name.startswith(("_", *own)) and _of_streamlit(name, binding)


def _shortened(entry: Entry) -> Entry:
    """A private name's entry: that it is there, without its parameters."""
    return Entry(None, entry.is_a, entry.is_a is not None, entry.deprecated)


def _described(wheel: Wheel, name: str, value: Value) -> dict[str, Entry]:
    """The entry of a value, and those of its members if it is a class or an object."""
    if isinstance(value, Function):
        return {name: _callable(wheel, value)}
    if not isinstance(value, Class | Instance):
        return {name: Entry()}
    owner = value if isinstance(value, Class) else value.of
    if isinstance(value, Instance) and owner.node.name == "DeltaGenerator":
        return {name: Entry(is_a=DELTA_GENERATOR, closed=True)}
    foreign = {base for base in wheel.bases(owner) if isinstance(base, str)}
    members = wheel.members(owner)
    own = _call_of(wheel, owner, "__call__" if isinstance(value, Instance) else "__init__")
    is_a = None
    if name != DELTA_GENERATOR and "DeltaGenerator" in tail_names(owner.node):
        is_a = DELTA_GENERATOR
        inherited = wheel.members(wheel.bases(owner)[1])
        members = {key: member for key, member in members.items() if key not in inherited}
    known = foreign <= _HARMLESS_BASES | set(_MAPPINGS)
    closed = known and ("__getattr__" not in members or name == DELTA_GENERATOR)
    own = Entry(own.parameters, is_a, closed, own.deprecated)
    found = {name: own}
    for key, member in members.items():
        if key.startswith("__") or (key.startswith("_") and name != DELTA_GENERATOR):
            continue
        if isinstance(member.binding, ast.Call) and tail(member.binding) == "TypeVar":
            continue
        bound = wheel.bound(member)
        entry = _callable(wheel, bound) if isinstance(bound, Function) else Entry()
        if (date := wrapped(member.binding)) is not None:
            _mark(entry, date)
        found[f"{name}.{key}"] = _shortened(entry) if key.startswith("_") else entry
    for base in foreign & set(_MAPPINGS):
        for key, parameters in _MAPPINGS[base].items():
            found.setdefault(f"{name}.{key}", Entry(parameters))
    return found


def _call_of(wheel: Wheel, owner: Class, method: str) -> Entry:
    member = wheel.members(owner).get(method)
    if member is None:
        plain = not owner.node.decorator_list and method == "__init__"
        closed = all(not isinstance(b, str) or b in _HARMLESS_BASES for b in wheel.bases(owner))
        return Entry(() if plain and closed else None)
    bound = wheel.bound(member)
    return _callable(wheel, bound) if isinstance(bound, Function) else Entry()


def _callable(wheel: Wheel, function: Function) -> Entry:
    parameters = tuple(_parameters(function.node.args, drop_first=function.drop_first))
    names = {name for name, _ in parameters}
    if "deprecate" in function.node.name:  # these show the warnings of others
        return Entry(parameters)
    found = dict.fromkeys(documented(function.node, names), "")
    found.update(warned(function.node, names))
    return Entry(parameters, deprecated=found)


def _parameters(node: ast.arguments, *, drop_first: bool) -> Iterator[tuple[str, str]]:
    only, both = list(node.posonlyargs), list(node.args)
    required = len(only) + len(both) - len(node.defaults)
    listed = [(argument, "/") for argument in only] + [(argument, "") for argument in both]
    for place, (argument, mark) in enumerate(listed):
        if drop_first and place == 0:
            continue
        yield argument.arg, f"{mark}{place - drop_first}{'!' if place < required else ''}"
    if node.vararg:
        yield node.vararg.arg, "*"
    for argument, default in zip(node.kwonlyargs, node.kw_defaults, strict=True):
        yield argument.arg, "=" if default else "=!"
    if node.kwarg:
        yield node.kwarg.arg, "**"


# What objects get from the base classes of Python's own; not in the wheel, the same in every release.
_KEY = ("key", "0!")
_MAPPING = {
    "get": (_KEY, ("default", "1")),
    "items": (),
    "keys": (),
    "values": (),
}
_MAPPINGS: dict[str, dict[str, tuple[tuple[str, str], ...]]] = {
    "Mapping": _MAPPING,
    "MutableMapping": _MAPPING
    | {
        "clear": (),
        "pop": (_KEY, ("default", "1")),
        "popitem": (),
        "setdefault": (_KEY, ("default", "1")),
        "update": (("other", "/0"), ("kwds", "**")),
    },
}


def _mark(entry: Entry, date: str) -> None:
    entry.deprecated[""] = date or entry.deprecated.get("", "")


def _modules(wheel: Wheel) -> dict[str, frozenset[str] | None]:
    found: dict[str, frozenset[str] | None] = {}
    for module in wheel.files:
        if OPAQUE.match(module):
            found[module] = None
        else:
            scope = wheel.scope(module).items()
            found[module] = frozenset(
                name for name, binding in scope if _of_streamlit(name, binding)
            )
    return found


def _of_streamlit(name: str, binding: Binding) -> bool:
    foreign = isinstance(binding, Import) and not f"{binding.module}.".startswith(f"{ROOT}.")
    return not foreign and not name.startswith("__")
