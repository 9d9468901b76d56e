"""What a cached function gives: data, of which each caller may have a copy, or a thing to be shared.

Decided from what the function returns, through its assignments and the app's own functions; from its
annotation; and where nothing else is known, from its name.

Source: "Caching overview", https://docs.streamlit.io/develop/concepts/architecture/caching
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sis_codemods.session.values import connection_of, session_of
from sis_migrate.python.definitions import Function, bindings, functions, returned
from sis_migrate.python.module import Module
from sis_migrate.python.names import UNKNOWN

Kind = Literal["data", "resource", "iterator", ""]
_MAX_STEPS = 40

_RESOURCE_CALLS = {
    "a connection": (
        "snowflake.connector.connect", "sqlite3.connect", "psycopg2.connect", "psycopg.connect",
        "pymysql.connect", "mysql.connector.connect", "pyodbc.connect", "duckdb.connect",
        "oracledb.connect", "sqlalchemy.create_engine", "sqlalchemy.engine.create_engine",
        "redis.Redis", "redis.from_url", "pymongo.MongoClient", "streamlit.connection",
        "streamlit.experimental_connection", "requests.Session", "requests.session",
        "httpx.Client", "httpx.AsyncClient", "aiohttp.ClientSession",
    ),
    "a client": (
        "boto3.client", "boto3.resource", "boto3.Session", "boto3.session.Session", "openai.OpenAI",
        "openai.AzureOpenAI", "openai.AsyncOpenAI", "anthropic.Anthropic",
        "anthropic.AsyncAnthropic", "cohere.Client", "google.cloud.storage.Client",
        "google.cloud.bigquery.Client", "gspread.service_account", "gspread.authorize",
        "snowflake.core.Root", "elasticsearch.Elasticsearch",
    ),
    "a model": (
        "joblib.load", "pickle.load", "pickle.loads", "cloudpickle.load", "dill.load",
        "spacy.load", "torch.load", "torch.jit.load", "torch.hub.load",
        "tensorflow.keras.models.load_model", "keras.models.load_model",
        "transformers.pipeline", "sentence_transformers.SentenceTransformer",
        "sentence_transformers.CrossEncoder", "easyocr.Reader", "whisper.load_model",
        "fasttext.load_model", "gensim.models.KeyedVectors.load", "xgboost.XGBClassifier",
        "xgboost.XGBRegressor", "nltk.data.load", "tiktoken.get_encoding",
        "tiktoken.encoding_for_model", "snowflake.ml.registry.Registry",
    ),
    "a lock or a pool": (
        "threading.Lock", "threading.RLock", "threading.Semaphore", "queue.Queue",
        "concurrent.futures.ThreadPoolExecutor", "concurrent.futures.ProcessPoolExecutor",
    ),
    "an open file": ("builtins.open",),
}  # fmt: skip
_RESOURCES = {name: words for words, names in _RESOURCE_CALLS.items() for name in names}
_RESOURCE_METHODS = {
    "from_pretrained": "a model",
    "load_model": "a model",
    "fit": "a model",
    "cursor": "a connection",
    "create_engine": "a connection",
    "raw_connection": "a connection",
}
_FRAMES = frozenset({"create_dataframe", "createDataFrame", "sql", "table"})
_DATA_PACKAGES = frozenset({"pandas", "numpy", "json", "yaml", "toml", "tomllib", "csv", "polars"})
_DATA_METHODS = frozenset(
    {
        "collect", "decode", "fetchall", "fetchone", "fetch_pandas_all", "first", "format", "items",
        "join", "json", "keys", "read", "read_text", "readlines", "split", "strip", "text",
        "to_arrow", "to_csv", "to_dict", "toPandas", "to_pandas", "tolist", "values",
    }
)  # fmt: skip
_DATA_BUILTINS = frozenset(
    f"builtins.{name}"
    for name in ("bool", "bytes", "dict", "float", "int", "len", "list", "max", "min", "round",
                 "set", "sorted", "str", "sum", "tuple")
)  # fmt: skip
_DATA_TYPES = frozenset(
    {
        *_DATA_BUILTINS, "pandas.DataFrame", "pandas.Series", "numpy.ndarray", "typing.Dict",
        "typing.List", "typing.Set", "typing.Tuple", "datetime.date", "datetime.datetime",
    }
)  # fmt: skip
_RESOURCE_NAME = re.compile(
    r"(?:^|_)(?:connect|connection|conn|session|client|model|engine|tokenizer|pipeline)(?:_|$)",
    re.IGNORECASE,
)
_DATA_NAME = re.compile(r"(?:^|_)(?:data|df|dataframe|rows|table|records|list|csv)(?:_|$)", re.I)


@dataclass(frozen=True, slots=True)
class Cached:
    """What a function gives, and why that is thought, as the end of a sentence."""

    kind: Kind
    reason: str = ""


def cached(module: Module, function: Function) -> Cached:
    """What a function gives; "" where nothing tells, ``iterator`` where it can be used up."""
    if isinstance(function, ast.AsyncFunctionDef):
        return Cached("iterator", f"{function.name} gives a coroutine")
    if _yields(function):
        return Cached("iterator", f"{function.name} gives a generator")
    found = _Question().function(module, function)
    if found.kind:
        return found
    annotated = _annotation(module, function.returns)
    if annotated.kind:
        return annotated
    if _RESOURCE_NAME.search(function.name):
        return Cached("resource", f"its name, {function.name}, says that it makes a thing to share")
    if _DATA_NAME.search(function.name):
        return Cached("data", f"its name, {function.name}, says that it gives data")
    return Cached("")


class _Question:
    """One question about one function."""

    def __init__(self) -> None:
        self._asked: set[ast.AST] = set()

    def function(self, module: Module, function: Function) -> Cached:
        if function in self._asked:
            return Cached("")
        self._asked.add(function)
        values = [v for v in returned(function) if not _is_none(v)]
        if not values:
            return Cached("data", f"{function.name} gives nothing")
        return _joined(self.value(module, v) for v in values)

    def value(self, module: Module, expr: ast.expr) -> Cached:
        if expr in self._asked or len(self._asked) > _MAX_STEPS:
            return Cached("")
        self._asked.add(expr)
        match expr:
            case (
                ast.Constant() | ast.JoinedStr() | ast.Compare()
                | ast.ListComp() | ast.SetComp() | ast.DictComp()
            ):  # fmt: skip
                return Cached("data", "it gives plain values")
            case ast.GeneratorExp():
                return Cached("iterator", "it gives a generator")
            case ast.Lambda():
                return Cached("resource", "it gives a function, which cannot be copied")
            case ast.Tuple(elts=values) | ast.List(elts=values) | ast.Set(elts=values):
                return self._container(module, values)
            case ast.Dict(values=values):
                return self._container(module, values)
            case ast.IfExp(body=body, orelse=orelse):
                return _joined(self.value(module, e) for e in (body, orelse) if not _is_none(e))
            case ast.NamedExpr(value=value):
                return self.value(module, value)
            case ast.BinOp(left=left, right=right):
                return _joined([self.value(module, left), self.value(module, right)])
            case ast.Call():
                return self._call(module, expr)
            case ast.Subscript(value=value):
                found = self.value(module, value)
                return found if found.kind == "data" else Cached("")
            case ast.Name() | ast.Attribute():
                return self._name(module, expr)
        return Cached("")

    def _container(self, module: Module, values: list[ast.expr]) -> Cached:
        found = [self.value(module, v) for v in values]
        shared = [f for f in found if f.kind in {"resource", "iterator"}]
        return shared[0] if shared else Cached("data", "it gives plain values")

    def _name(self, module: Module, expr: ast.Name | ast.Attribute) -> Cached:
        if session_of(module, expr) or connection_of(module, expr):
            return Cached("resource", "it gives a session or connection")
        values = [(home, b.value) for home, b in bindings(module, expr)]
        found = [self.value(home, v) for home, v in values if v is not None and not _is_none(v)]
        if not found or any(v is None for _, v in values):
            return Cached("")
        return _joined(found)

    def _call(self, module: Module, call: ast.Call) -> Cached:
        if session_of(module, call) or connection_of(module, call):
            return Cached("resource", "it gives a session or connection")
        name = module.resolve(call.func) or ""
        if name in _RESOURCES:
            return Cached("resource", f"it gives {_RESOURCES[name]}, {_short(name)}()")
        method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if method in _RESOURCE_METHODS and not name.startswith("streamlit."):
            return Cached("resource", f"it gives {_RESOURCE_METHODS[method]}, {method}()")
        own = [self.function(home, f) for home, f in functions(module, call.func)]
        if own:
            return _joined(own)
        if name.partition(".")[0] in _DATA_PACKAGES or name in _DATA_BUILTINS:
            return Cached("data", f"it gives data, {_short(name)}()")
        if isinstance(call.func, ast.Attribute):
            return self._method(module, call.func)
        return Cached("")

    def _method(self, module: Module, function: ast.Attribute) -> Cached:
        if function.attr in _FRAMES and session_of(module, function.value):
            return Cached("resource", "it gives a Snowpark DataFrame, which cannot be copied")
        if function.attr == "query" and connection_of(module, function.value):
            return Cached("data", "it gives data, query()")
        owner = self.value(module, function.value)
        if function.attr in _DATA_METHODS:
            return Cached("data", f"it gives data, {function.attr}()")
        if owner.kind == "data" or owner.reason.startswith("it gives a Snowpark DataFrame"):
            return owner
        return Cached("")


def _joined(found: Iterator[Cached] | list[Cached]) -> Cached:
    """A thing to share among the answers makes the whole one; data only where all are."""
    answers = list(found)
    for kind in ("iterator", "resource"):
        for answer in answers:
            if answer.kind == kind:
                return answer
    if answers and all(a.kind == "data" for a in answers):
        return answers[0]
    return Cached("")


def _annotation(module: Module, annotation: ast.expr | None) -> Cached:
    if isinstance(annotation, ast.Subscript):
        annotation = annotation.value
    if annotation is None:
        return Cached("")
    meanings = module.names.possible(annotation) - {UNKNOWN}
    name = next(iter(meanings), "")
    if name in _DATA_TYPES:
        return Cached("data", f"it is annotated with {_short(name)}")
    if name in _RESOURCES or _RESOURCE_NAME.search(name.rpartition(".")[2]):
        return Cached("resource", f"it is annotated with {_short(name)}")
    return Cached("")


def _yields(function: Function) -> bool:
    stack: list[ast.AST] = list(function.body)
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            return True
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            stack.extend(ast.iter_child_nodes(node))
    return False


def _is_none(expr: ast.expr) -> bool:
    return isinstance(expr, ast.Constant) and expr.value is None


def _short(name: str) -> str:
    return ".".join(name.split(".")[-2:]).removeprefix("builtins.")
