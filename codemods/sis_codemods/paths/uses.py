"""Where an app's code gives a path to something: to read, to show, to write, or as a page."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sis_migrate.codemod import AppContext
from sis_migrate.python.graph import Role
from sis_migrate.python.module import Module, Project


class Kind(StrEnum):
    """What happens with the path. All but pages are relative to the working folder.

    Source: "Organize your Streamlit app files",
    https://docs.snowflake.com/en/developer-guide/streamlit/app-development/file-organization
    """

    READ = "read"
    SHOW = "show"
    """Read where it looks like a file; else it is an emoji, a URL or an image."""
    WRITE = "write"
    FETCH = "fetch"
    """A folder that stage files are copied to."""
    FOLDER = "folder"
    PAGE = "page"

    @property
    def reads(self) -> bool:
        """Whether the path is to be there before."""
        return self in {Kind.READ, Kind.SHOW, Kind.PAGE}


@dataclass(frozen=True, slots=True)
class PathUse:
    """One path: the call and the argument (or, for ``Path(…).write_text``, the receiver)."""

    module: Module
    call: ast.Call
    expr: ast.expr
    kind: Kind


@dataclass(frozen=True, slots=True)
class _Argument:
    kind: Kind
    position: int | None
    keyword: str = ""


_READERS = (
    *(f"pandas.read_{f}" for f in ("csv", "excel", "json", "parquet", "pickle", "feather", "table",
                                   "fwf", "xml", "orc")),
    "io.open", "PIL.Image.open", "numpy.load", "numpy.loadtxt", "numpy.genfromtxt", "joblib.load",
    "geopandas.read_file", "polars.read_csv", "polars.read_parquet", "matplotlib.image.imread",
    "matplotlib.pyplot.imread", "cv2.imread", "openpyxl.load_workbook", "toml.load",
)  # fmt: skip
_FUNCTIONS: Mapping[str, tuple[_Argument, ...]] = {
    **{name: (_Argument(Kind.READ, 0),) for name in _READERS},
    "streamlit.image": (_Argument(Kind.SHOW, 0, "image"),),
    "streamlit.logo": (_Argument(Kind.SHOW, 0, "image"), _Argument(Kind.SHOW, None, "icon_image")),
    "streamlit.audio": (_Argument(Kind.SHOW, 0, "data"),),
    "streamlit.video": (_Argument(Kind.SHOW, 0, "data"),),
    "streamlit.chat_message": (_Argument(Kind.SHOW, None, "avatar"),),
    "streamlit.set_page_config": (_Argument(Kind.SHOW, 1, "page_icon"),),
    "streamlit.components.v1.declare_component": (_Argument(Kind.READ, 1, "path"),),
    "streamlit.Page": (_Argument(Kind.PAGE, 0, "page"),),
    "streamlit.switch_page": (_Argument(Kind.PAGE, 0, "page"),),
    "streamlit.page_link": (_Argument(Kind.PAGE, 0, "page"),),
    "os.makedirs": (_Argument(Kind.FOLDER, 0, "name"),),
    "os.mkdir": (_Argument(Kind.FOLDER, 0, "path"),),
    "urllib.request.urlretrieve": (_Argument(Kind.WRITE, 1, "filename"),),
    "shutil.copy": (_Argument(Kind.WRITE, 1, "dst"),),
    "shutil.copyfile": (_Argument(Kind.WRITE, 1, "dst"),),
    "shutil.move": (_Argument(Kind.WRITE, 1, "dst"),),
    "joblib.dump": (_Argument(Kind.WRITE, 1, "filename"),),
    "numpy.save": (_Argument(Kind.WRITE, 0, "file"),),
    "sqlite3.connect": (_Argument(Kind.WRITE, 0, "database"),),
    "logging.FileHandler": (_Argument(Kind.WRITE, 0, "filename"),),
    "logging.basicConfig": (_Argument(Kind.WRITE, None, "filename"),),
}
_METHODS: Mapping[str, _Argument] = {
    **{name: _Argument(Kind.SHOW, 0) for name in ("image", "audio", "video", "logo")},
    "page_link": _Argument(Kind.PAGE, 0, "page"),
    **{
        f"to_{f}": _Argument(Kind.WRITE, 0)
        for f in ("csv", "excel", "parquet", "json", "pickle", "feather", "html")
    },
    "savefig": _Argument(Kind.WRITE, 0, "fname"),
    "write_image": _Argument(Kind.WRITE, 0, "file"),
    "write_html": _Argument(Kind.WRITE, 0, "file"),
}
_OF_PATHS = {
    "read_text": Kind.READ, "read_bytes": Kind.READ, "write_text": Kind.WRITE,
    "write_bytes": Kind.WRITE, "touch": Kind.WRITE, "mkdir": Kind.FOLDER,
}  # fmt: skip
_LAST = frozenset({name.rpartition(".")[2] for name in _FUNCTIONS} | {"open", "ZipFile"})
_MEDIA = (
    ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".bmp", ".ico", ".mp3", ".mp4", ".wav",
    ".ogg", ".webm", ".mov", ".flac",
)  # fmt: skip


def looks_like_media(text: str) -> bool:
    """Whether a text given to ``st.image`` and the like is the name of a file."""
    return text.lower().endswith(_MEDIA)


def path_uses(context: AppContext) -> tuple[PathUse, ...]:
    """Every path that the app's code gives away, in the order of the files; worked out once."""
    return context.project().once(_uses)


def _uses(project: Project) -> tuple[PathUse, ...]:
    return tuple(
        PathUse(module, call, expr, kind)
        for module in project.modules.values()
        for call in module.source.nodes(ast.Call)
        for expr, kind in _arguments(module, call)
        if not _is_of_a_tool(module, call)
    )


def _arguments(module: Module, call: ast.Call) -> Iterator[tuple[ast.expr, Kind]]:
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name in {"open", "ZipFile"}:
        yield from _opened(module, call)
        return
    known = _FUNCTIONS.get(module.resolve(function) or "", ()) if name in _LAST else ()
    for argument in known:
        yield from _argument(call, argument)
    if known or not isinstance(function, ast.Attribute):
        return
    if name == "get" and _is_of_file(function.value):
        yield from _argument(call, _Argument(Kind.FETCH, 1, "target_directory"))
    elif name in _METHODS:
        yield from _argument(call, _METHODS[name])
    elif name in _OF_PATHS and _is_path(module, function.value):
        yield function.value, _OF_PATHS[name]


def _argument(call: ast.Call, argument: _Argument) -> Iterator[tuple[ast.expr, Kind]]:
    if argument.position is not None and argument.position < len(call.args):
        value = call.args[argument.position]
        if not any(isinstance(a, ast.Starred) for a in call.args[: argument.position + 1]):
            yield value, argument.kind
        return
    for keyword in call.keywords:
        if argument.keyword and keyword.arg == argument.keyword:
            yield keyword.value, argument.kind


def _opened(module: Module, call: ast.Call) -> Iterator[tuple[ast.expr, Kind]]:
    """``open(path, mode)``, ``Path(path).open(mode)``, ``ZipFile(path, mode)``, ``Image.open``."""
    function = module.resolve(call.func)
    if function in {"builtins.open", "io.open", "zipfile.ZipFile"}:
        kind = Kind.WRITE if _writes(_mode(call, 1)) else Kind.READ
        yield from _argument(call, _Argument(kind, 0, "file"))
    elif function is not None and function in _FUNCTIONS:
        yield from _argument(call, _FUNCTIONS[function][0])
    elif isinstance(call.func, ast.Attribute) and _is_path(module, call.func.value):
        yield call.func.value, Kind.WRITE if _writes(_mode(call, 0)) else Kind.READ


def _mode(call: ast.Call, position: int) -> str:
    values = [k.value for k in call.keywords if k.arg == "mode"]
    values += call.args[position : position + 1]
    mode = values[0] if values else None
    return mode.value if isinstance(mode, ast.Constant) and isinstance(mode.value, str) else "r"


def _writes(mode: str) -> bool:
    return bool(set(mode) & set("wax+"))


def _is_of_file(receiver: ast.expr) -> bool:
    """``session.file``."""
    return isinstance(receiver, ast.Attribute) and receiver.attr == "file"


def _is_path(module: Module, expr: ast.expr) -> bool:
    """Whether an expression is a ``pathlib.Path`` for certain."""
    if isinstance(expr, ast.BinOp) and isinstance(expr.op, ast.Div):
        return _is_path(module, expr.left)
    if isinstance(expr, ast.Call):
        return module.resolve(expr.func) == "pathlib.Path"
    if isinstance(expr, ast.Name):
        values = [b.value for b in module.names.bindings(expr)]
        return len(values) == 1 and values[0] is not None and _is_path_maker(module, values[0])
    return False


def _is_path_maker(module: Module, value: ast.expr) -> bool:
    return not isinstance(value, ast.Name) and _is_path(module, value)


def _is_of_a_tool(module: Module, call: ast.Call) -> bool:
    """Whether a call runs only where the file is started as a script, though the app imports it."""
    if module.role in {Role.SCRIPT, Role.BOTH}:
        return False
    return any(
        isinstance(a, ast.If) and ast.unparse(a.test) == "__name__ == '__main__'"
        for a in module.names.ancestors(call)
    )
