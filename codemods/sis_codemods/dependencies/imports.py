"""Which third-party modules the app's own files import, as its syntax trees tell."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Import:
    """A module as imported, with the name taken from it (``snowflake.snowpark.Session``).

    ``optional``: the app does without it, by a ``try`` around it or only for type checkers.
    """

    module: str
    path: Path
    span: Span
    optional: bool
    words: str
    """The beginning of a sentence about it."""

    @property
    def top(self) -> str:
        """The first part of the module's name."""
        return self.module.partition(".")[0]


def third_party(app: App, sources: Iterable[Source]) -> tuple[Import, ...]:
    """Imports of modules that are neither Python's nor the app's own, in the order of the files."""
    local = _local_modules(app)
    scripts = {path.stem for path in app.scripts}
    return tuple(
        found
        for source in sources
        for found in _imports(source)
        if not _is_own(found, local, scripts, app.root)
    )


def _local_modules(app: App) -> frozenset[str]:
    """Every name that the app's own files and their folders could be imported by."""
    names: set[str] = set()
    for path in app.files:
        names.add(path.stem)
        if path.is_relative_to(app.root):
            names.update(path.relative_to(app.root).parts[:-1])
    return frozenset(names)


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


def _imports(source: Source) -> Iterator[Import]:
    for node, optional in _walk(source):
        for module in _modules_of(node):
            words = f"{source.path.name} imports {_shown(module)}"
            yield Import(module, source.path, source.span(node), optional, words)
        if isinstance(node, ast.Call) and _opens_connection(node):
            words = f'{source.path.name} opens st.connection("snowflake")'
            module = "snowflake.snowpark"
            yield Import(module, source.path, source.span(node), optional, words)


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


def _walk(source: Source) -> Iterator[tuple[ast.AST, bool]]:
    """Nodes in their order, and for each whether the app does without what it imports.

    Expressions only where one of them may matter. Not recursive: expressions can be nested more
    deeply than Python lets functions be.
    """
    children = ast.iter_child_nodes if _CALLS.search(source.text) else _statements
    stack: list[tuple[ast.AST, bool]] = [(source.tree, False)]
    while stack:
        node, optional = stack.pop()
        yield node, optional
        guarded = _guarded(node)
        below = [(child, optional or child in guarded) for child in children(node)]
        stack += reversed(below)


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    for name in _BLOCKS:
        yield from getattr(node, name, ())


def _guarded(node: ast.AST) -> list[ast.AST]:
    """The children of a statement in which an import may fail or never happens."""
    if isinstance(node, ast.Try) and any(map(_catches, node.handlers)):
        return [*node.body, *node.handlers]
    if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
        return list(node.body)
    return []


def _catches(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(kind, ast.Name) and kind.id in _FAILS_AS for kind in kinds)
