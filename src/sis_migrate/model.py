"""The values that flow from a codemod to a report. Nothing here reads, parses or writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any


class Item(StrEnum):
    """The items of Snowflake's migration checklist, in the order of the page.

    Source: "Migrating between runtime environments",
    https://docs.snowflake.com/en/developer-guide/streamlit/migrations-and-upgrades/runtime-migration
    """

    BACKUP = "backup"
    FROM = "from"
    STREAMLIT = "streamlit"
    PYTHON = "python"
    CLI = "cli"
    POOL = "pool"
    EAI = "eai"
    DEPS = "deps"
    ATTACH = "attach"
    SESSION = "session"
    CACHE = "cache"
    THREADS = "threads"
    PRIVATE = "private"
    PATHS = "paths"
    CONFIG = "config"
    SWITCH = "switch"
    LIVE = "live"


class Safety(StrEnum):
    """How far an edit can be trusted, from the most to the least."""

    SAFE = "safe"
    """Always right: applied."""
    REVIEW = "review"
    """Right in most apps: applied, and reported as wanting a look."""
    OPT_IN = "opt-in"
    """Changes behaviour: applied only with ``--unsafe`` or when its exact code is selected."""
    REPORT = "report"
    """Finds only."""


class Status(StrEnum):
    """What became of the place that a finding names."""

    FIXED = "fixed"
    REVIEW = "review"
    MANUAL = "manual"
    ERROR = "error"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a text: 1-based lines and code-point columns; the end is just past the last one."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One place, what is the matter with it, and what to do about it.

    ``code`` and ``item`` are filled in from the codemod that yields it where it leaves them out.
    ``span`` is None for a finding about a whole file (or one that cannot be read), ``path`` is the
    absolute path of the file or folder.
    """

    path: Path
    message: str
    status: Status
    code: str = ""
    span: Span | None = None
    remedy: str = ""
    item: Item | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """Something that a person must run or click, and how to take it back.

    ``role`` is ``administrator``, ``owner`` or ``developer``; lower ``order`` comes first; exactly
    one of ``sql`` and ``text`` says what to do, ``undo`` is SQL or text of the same kind.
    """

    role: str
    order: int
    title: str
    item: Item
    code: str = ""
    sql: str = ""
    text: str = ""
    undo: str = ""


class Scope(StrEnum):
    """How far the edits of a group reach, and so what is withheld when one of them cannot be."""

    STATEMENT = "statement"
    FILE = "file"
    APP = "app"


@dataclass(frozen=True, slots=True)
class EditGroup:
    """Edits that are right only together; equal groups are one group.

    ``anchor`` tells apart groups of one name: a line for statements, a path for files, "" for apps.
    """

    name: str
    scope: Scope = Scope.APP
    anchor: str = ""
    vital: bool = False
    """True where an app fails in a container without the edits: it is not switched then."""


@dataclass(frozen=True, slots=True)
class Splice:
    """Replace ``text[start:end]`` (code-point offsets) by ``text``."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class NewFile:
    """Create the file; the edit fails where one exists."""

    text: str


@dataclass(frozen=True, slots=True)
class RemoveFile:
    """Delete the file."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A change that a codemod proposes, with the words it is reported by.

    ``change`` is a :class:`Splice`, :class:`NewFile` or :class:`RemoveFile`, or, in a Python file,
    a :class:`sis_migrate.python.edits.PythonChange`. ``code``, ``safety`` and ``item`` are filled
    in from the codemod where it leaves them out. ``oldest_streamlit`` is the oldest release whose
    API the new code needs ("" = any).
    """

    path: Path
    change: Any
    message: str
    code: str = ""
    safety: Safety | None = None
    span: Span | None = None
    remedy: str = ""
    item: Item | None = None
    group: EditGroup | None = None
    oldest_streamlit: str = ""
    silent: bool = False
    """True for the edits of a group that need no finding of their own (an import beside a call)."""


@dataclass(frozen=True, slots=True)
class Withhold:
    """Yielded by a codemod beside a finding: the edits of ``group`` must not be made."""

    group: EditGroup
    reason: str


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file before and after; None where it does not exist."""

    path: Path
    before: bytes | None
    after: bytes | None


class Runtime(StrEnum):
    """What the app's own configuration says it runs on."""

    WAREHOUSE = "warehouse"
    CONTAINER = "container"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class App:
    """A Streamlit-in-Snowflake app.

    ``root`` is the folder that is deployed (the app's working directory in Snowflake);
    ``entry_point`` the script Snowflake runs, None where several could be it; ``scripts`` are all
    files executed afresh for each viewer (entry point and pages); ``files`` all Python files that
    are the app's own. ``environment_file`` and ``project_file`` are ``environment.yml`` and
    ``snowflake.yml``. ``name`` is the object's name, or only a label where ``name_is_label``: the
    folder's or the entity's, because no file tells the object's, or only as a template.
    ``import_folders`` are further folders that its modules are imported from: the artifacts name
    them.
    """

    root: Path
    name: str
    entry_point: Path | None
    scripts: tuple[Path, ...]
    files: tuple[Path, ...]
    runtime: Runtime = Runtime.UNKNOWN
    environment_file: Path | None = None
    project_file: Path | None = None
    requirements_file: Path | None = None
    pyproject_file: Path | None = None
    sql_files: tuple[Path, ...] = ()
    evidence: tuple[str, ...] = ()
    name_is_label: bool = False
    import_folders: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemState:
    """Where a checklist item stands: ``done``, ``nothing to do``, ``review`` or ``by hand``."""

    item: Item
    state: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class AppMigration:
    """What a run proposes for one app."""

    app: App
    changes: tuple[FileChange, ...] = ()
    findings: tuple[Finding, ...] = ()
    steps: tuple[Step, ...] = ()
    items: tuple[ItemState, ...] = ()
    oldest_streamlit: str = ""


@dataclass(frozen=True, slots=True)
class Migration:
    """What a run proposes: the apps, and the findings about files of no app."""

    apps: tuple[AppMigration, ...]
    outside: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()

    def findings(self) -> tuple[Finding, ...]:
        """All findings, those of the apps first."""
        return (*(f for a in self.apps for f in a.findings), *self.outside)

    def changes(self) -> tuple[FileChange, ...]:
        """All changed files, each once, in the order of their paths."""
        by_path = {c.path: c for a in self.apps for c in a.changes}
        return tuple(by_path[p] for p in sorted(by_path))


@dataclass(frozen=True)
class Settings:
    """The choices of a run, from the command line and ``[tool.sis-migrate]``."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    unsafe: bool = False
    dependency_file: str = ""
    """``pyproject``, ``requirements``, ``none`` (where the container has all that the app needs) or
    "" (decide from what the app has)."""
    streamlit: str = ""
    """The target Streamlit (``--streamlit``), "" for the tool's own range."""
    remove_environment: bool = False
    resolve: bool = False
    """Ask uv, over the network, for versions that fit together (``--resolve``)."""
    session: str = "auto"
    """How the app gets its session: ``auto`` (by what it does), ``documented``, ``accessor`` or
    ``viewer``."""
    compute_pool: str = ""
    """The compute pool of the container (``--compute-pool``), "" for the system pool."""
    query_warehouse: str = ""
    runtime: str = ""
    """A runtime's name or ``warehouse`` (``--runtime``), "" for the container runtime."""
    package_source: str = ""
    """``repository``, ``integration``, ``none``, one of the first two with ``:NAME``, or ""."""
    owner_role: str = ""
    admin_role: str = ""
    snowflake_cli: str = ""
    """The Snowflake CLI that deploys (``--cli``): keys of newer ones are not written."""
    project_file: bool = False
    """Write a ``snowflake.yml`` for an app that has none."""
    describe: str = ""
    """A file with the result of DESCRIBE STREAMLIT or SHOW STREAMLITS as JSON, "" for none."""
    grants: str = ""
    """A file with the result of SHOW GRANTS ON STREAMLIT as JSON, "" for none."""
    package_map: Mapping[str, str] = field(default_factory=dict)
    map_address: str = ""
    """Where ``migrate map update`` fetches a larger map of names from, "" for nowhere."""
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def takes(self, code: str, *, default: bool = True) -> bool:
        """Whether a codemod is part of the run; ``default``: where nothing is selected.

        ``select`` and ``ignore`` take codes and prefixes of codes.
        """
        chosen = code.startswith(self.select) if self.select else default
        return chosen and not code.startswith(self.ignore or ("\0",))
