"""Which third-party modules the app's own files import, as its syntax trees tell."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from sis_codemods.dependencies.names import packages_of
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

    @property
    def top(self) -> str:
        """The first part of the module's name."""
        return self.module.partition(".")[0]


def third_party(
    app: App, sources: Iterable[Source], away: Collection[Path] = ()
) -> tuple[Import, ...]:
    """Imports of modules that are neither Python's nor the app's own, in the order of the files.

    ``away`` are files that the app imports where it is developed and that are not uploaded with it:
    what they import does not count.
    """
    inside = [source for source in sources if source.path not in away]
    local = _local_modules(app, [path for path in app.files if path not in away])
    outside = frozenset(name for path in away for name in (path.stem, path.parent.name))
    scripts = {path.stem for path in app.scripts}
    connection = _CONNECTION
    if any(_SESSION.search(source.text) for source in inside):
        connection = _SNOWPARK
    return tuple(
        replace(found, outside=_is_outside(found, outside))
        for source in inside
        for found in _imports(source, app.root, connection)
        if not _is_own(found, local, scripts, app.root)
    )


def _local_modules(app: App, files: Iterable[Path]) -> frozenset[str]:
    """Every name that files of the app and their folders could be imported by."""
    names: set[str] = set()
    for path in files:
        inside = path.is_relative_to(app.root)
        folders = path.relative_to(app.root).parts[:-1] if inside else (path.parent.name,)
        names.update((path.stem, *folders))
    return frozenset(names)


def _is_outside(found: Import, outside: frozenset[str]) -> bool:
    return found.top in outside and packages_of(found.module) is None


def _is_own(found: Import, local: frozenset[str], scripts: set[str], root: Path) -> bool:
    if found.top in STANDARD_LIBRARY:
        return True
    known = packages_of(found.module) is not None
    if found.top in local:
        # A page called plotly.py does not make plotly the app's own module.
        return not (known and found.top in scripts)
    if known:
        return False
    return any((root / name).exists() for name in (found.top, f"{found.top}.zip"))


def _imports(source: Source, root: Path, connection: str) -> Iterator[Import]:
    inside = source.path.is_relative_to(root)
    name = source.path.relative_to(root).as_posix() if inside else source.path.name
    for node, doubt in _walk(source):
        for module in _modules_of(node):
            words = f"{name} imports {_shown(module)}"
            optional = doubt == _FOR_TYPES or (doubt == _ATTEMPT and not _is_snowpark(module))
            yield Import(module, source.path, source.span(node), optional, words)
        if isinstance(node, ast.Call) and _opens_connection(node):
            words = f'{name} opens st.connection("snowflake")'
            yield Import(connection, source.path, source.span(node), optional=False, words=words)


def _is_snowpark(module: str) -> bool:
    """Whether it is Snowpark, which a warehouse always has: no app there ever did without it."""
    return f"{module}.".startswith(f"{_SNOWPARK}.")


def _shown(module: str) -> str:
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


def _walk(source: Source) -> Iterator[tuple[ast.AST, str]]:
    """Nodes in their order, and for each why the app may do without what it imports, else "".

    Expressions only where one of them may matter. Not recursive: expressions can be nested more
    deeply than Python lets functions be.
    """
    children = ast.iter_child_nodes if _CALLS.search(source.text) else _statements
    stack: list[tuple[ast.AST, str]] = [(source.tree, "")]
    while stack:
        node, doubt = stack.pop()
        yield node, doubt
        why, doubtful = _doubtful(node)
        below = [(child, doubt or (why if child in doubtful else "")) for child in children(node)]
        stack += reversed(below)


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    for name in _BLOCKS:
        yield from getattr(node, name, ())


def _doubtful(node: ast.AST) -> tuple[str, list[ast.AST]]:
    """The children of a statement in which an import may fail or never happens, and which of it."""
    if isinstance(node, ast.Try) and any(map(_catches, node.handlers)):
        return _ATTEMPT, [*node.body, *node.handlers]
    if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
        return _FOR_TYPES, list(node.body)
    return "", []


def _catches(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(kind, ast.Name) and kind.id in _FAILS_AS for kind in kinds)
