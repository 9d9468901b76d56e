"""Which third-party modules the app's own files import, as its syntax trees tell."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from sis_codemods.dependencies.names import packages_of
from sis_codemods.dependencies.own_modules import OwnModules, searched
from sis_migrate.model import App, Span
from sis_migrate.python.source import Source

# In the standard library of Python 3.11, which the container runs, and of no later one.
_UNTIL_3_11 = frozenset(
    {
        "aifc", "asynchat", "asyncore", "audioop", "cgi", "cgitb", "chunk", "crypt",
        "distutils", "imghdr", "imp", "lib2to3", "mailcap", "msilib", "nis", "nntplib",
        "ossaudiodev", "pipes", "smtpd", "sndhdr", "spwd", "sunau", "telnetlib", "uu",
        "xdrlib",
    }
)  # fmt: skip
STANDARD_LIBRARY = sys.stdlib_module_names | _UNTIL_3_11
_CALLS = re.compile(r"import_module|__import__|connection")
_BLOCKS = ("body", "handlers", "orelse", "finalbody", "cases")
_FAILS_AS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
_SESSION = re.compile(r"\.session\b")
# Streamlit's connection imports the connector when it connects, and Snowpark for a session.
_CONNECTION = "streamlit.connections.SnowflakeConnection"
_SNOWPARK = "snowflake.snowpark"
_ATTEMPT, _FOR_TYPES = "an import that may fail", "an import for type checkers"

Attempts = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class _Doubt:
    """Why the app may do without what is imported, else "".

    ``failed`` are the modules of each attempt that must have failed for the place to be reached;
    None where it is not known, or where the place is an attempt itself.
    """

    why: str = ""
    failed: Attempts | None = ()


@dataclass(frozen=True, slots=True)
class Import:
    """A module as imported, with the name taken from it (``snowflake.snowpark.Session``).

    ``optional``: the app does without it, by a ``try`` around it or only for type checkers.
    ``outside``: a file of the repository that lies outside of the app brings it.
    """

    module: str
    path: Path
    span: Span
    optional: bool
    words: str
    """The beginning of a sentence about it."""
    outside: bool = False
    instead_of: Attempts = ()
    """Of what a handler imports: the modules of each ``try`` that must have failed before."""
    beside: str = ""
    """A file of the app's own, by its name, that the module may be taken for."""

    @property
    def top(self) -> str:
        """The first part of the module's name."""
        return self.module.partition(".")[0]


def third_party(
    app: App,
    sources: Iterable[Source],
    away: Collection[Path] = (),
    folders: Collection[Path] = (),
) -> tuple[Import, ...]:
    """Imports of modules that are neither Python's nor the app's own, in the order of the files.

    ``away`` are files that the app imports where it is developed and that are not uploaded with it:
    what they import does not count. ``folders`` are those that its modules are imported from, as
    far as they are known.
    """
    inside = [source for source in sources if source.path not in away]
    manipulating = [source.path for source in inside if "sys.path" in source.text]
    files = frozenset(path for path in app.files if path not in away)
    own = OwnModules(app, files, searched(app, folders, manipulating))
    outside = frozenset(name for path in away for name in (path.stem, path.parent.name))
    connection = _CONNECTION
    if any(_SESSION.search(source.text) for source in inside):
        connection = _SNOWPARK
    return tuple(
        _in_app(found, own, outside)
        for source in inside
        for found in _imports(source, app.root, connection)
        if not _is_own(found.module, source.path, own)
    )


def _in_app(found: Import, own: OwnModules, outside: frozenset[str]) -> Import:
    """An import with what the app's files, and those that stay at home, say about it."""
    in_the_way = own.in_the_way(found.module, found.path)
    missing = tuple(
        tuple(module for module in attempt if not _is_own(module, found.path, own))
        for attempt in found.instead_of
    )
    return replace(
        found,
        outside=found.top in outside and packages_of(found.module) is None,
        instead_of=missing if all(missing) else (),
        beside=_name(in_the_way, own.app.root) if in_the_way else "",
    )


def _is_own(module: str, importer: Path, own: OwnModules) -> bool:
    return module.partition(".")[0] in STANDARD_LIBRARY or own.has(module, importer)


def _name(path: Path, root: Path) -> str:
    """A file as a reader of the app knows it."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def _imports(source: Source, root: Path, connection: str) -> Iterator[Import]:
    name = _name(source.path, root)
    for node, doubt in _walk(source):
        for module in _modules_of(node):
            words = f"{name} imports {shown(module)}"
            optional = doubt.why == _FOR_TYPES or (
                doubt.why == _ATTEMPT and not _is_snowpark(module)
            )
            yield Import(
                module,
                source.path,
                source.span(node),
                optional,
                words,
                instead_of=doubt.failed or (),
            )
        if isinstance(node, ast.Call) and _opens_connection(node):
            words = f'{name} opens st.connection("snowflake")'
            yield Import(connection, source.path, source.span(node), optional=False, words=words)


def _is_snowpark(module: str) -> bool:
    """Whether it is Snowpark, which a warehouse always has: no app there ever did without it."""
    return f"{module}.".startswith(f"{_SNOWPARK}.")


def shown(module: str) -> str:
    """A module as a reader knows it: of a namespace of many projects the second part as well."""
    parts = module.split(".")
    return ".".join(parts[: 2 if parts[0] in {"snowflake", "google", "azure"} else 1])


def _modules_of(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and not node.level:
        return [f"{node.module}.{alias.name}" for alias in node.names]
    if isinstance(node, ast.Call):
        argument = node.args[0] if node.args else None
        if _called(node) in {"__import__", "import_module"} and isinstance(argument, ast.Constant):
            return [str(argument.value)] if str(argument.value)[:1].isalpha() else []
    return []


def _called(node: ast.Call) -> str:
    """The last part of the name of what is called."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _opens_connection(node: ast.Call) -> bool:
    """``st.connection("snowflake")``, or any name with ``type="snowflake"``."""
    if _called(node) not in {"connection", "experimental_connection"}:
        return False
    values = [*node.args[:1], *(k.value for k in node.keywords if k.arg in {"name", "type"})]
    return any(isinstance(value, ast.Constant) and value.value == "snowflake" for value in values)


def _walk(source: Source) -> Iterator[tuple[ast.AST, _Doubt]]:
    """Nodes in their order, and for each what is known of whether the app does without it.

    Expressions only where one of them may matter. Not recursive: expressions can be nested more
    deeply than Python lets functions be.
    """
    children = ast.iter_child_nodes if _CALLS.search(source.text) else _statements
    stack: list[tuple[ast.AST, _Doubt]] = [(source.tree, _Doubt())]
    while stack:
        node, doubt = stack.pop()
        yield node, doubt
        doubts = _doubts(node, doubt)
        stack += reversed([(child, doubts.get(child, doubt)) for child in children(node)])


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    for name in _BLOCKS:
        yield from getattr(node, name, ())


def _doubts(node: ast.AST, doubt: _Doubt) -> dict[ast.AST, _Doubt]:
    """The children of a statement in which an import may fail or never happens."""
    if isinstance(node, ast.Try) and any(map(_catches, node.handlers)):
        attempt = _Doubt(doubt.why or _ATTEMPT, None)
        found: dict[ast.AST, _Doubt] = dict.fromkeys((*node.body, *node.handlers), attempt)
        last = next(filter(_catches, node.handlers))
        return found | {last: _after(node, doubt)}
    if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
        return dict.fromkeys(node.body, _Doubt(doubt.why or _FOR_TYPES, None))
    return {}


def _after(node: ast.Try, doubt: _Doubt) -> _Doubt:
    """What is known in the handler of an attempt: the modules that were not there."""
    tried = tuple(module for statement in node.body for module in _modules_of(statement))
    failed = None if doubt.failed is None or not tried else (*doubt.failed, tried)
    return _Doubt(doubt.why or _ATTEMPT, failed)


def _catches(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(kind, ast.Name) and kind.id in _FAILS_AS for kind in kinds)
