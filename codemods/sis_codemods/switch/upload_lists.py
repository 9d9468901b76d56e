"""Have scripts that upload files by name upload the new dependency file and modules, too.

**What it does.** In SQL scripts, shell scripts and CI files near the app: a ``PUT`` or ``snow stage
copy`` of ``environment.yml`` gets a twin for the dependency file, and a list of ``FILES`` a new
member. In the same way the entry point gets one for each module that the migration adds beside it.

**Why.** Such a script never ships a file that it does not name, and the container would install
nothing.

**Example.**

Before:

```sql
PUT file://environment.yml @apps.public.stage OVERWRITE = TRUE;
```

After:

```sql
PUT file://environment.yml @apps.public.stage OVERWRITE = TRUE;
PUT file://pyproject.toml @apps.public.stage OVERWRITE = TRUE;
```

**What it leaves.** ``environment.yml`` itself, which the way back needs. Reported: names in other
commands, in loops and in strings, and in Python code; modules added in another folder.

**Safety.** To review.

**Source.** "COPY FILES", https://docs.snowflake.com/en/sql-reference/sql/copy-files, and "PUT",
https://docs.snowflake.com/en/sql-reference/sql/put
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from sis_codemods.switch.native import is_native_app
from sis_codemods.switch.nearby import nearby
from sis_codemods.switch.packages import dependency_file
from sis_codemods.switch.project import span
from sis_migrate.codemod import AppContext, DocumentCodemod
from sis_migrate.documents.yaml_spans import line_start, newline, next_line
from sis_migrate.model import Edit, Finding, Item, NewFile, Safety, Splice, Status
from sis_migrate.textfile import TextError

codemod = DocumentCodemod(
    __name__,
    code="SIS721",
    name="upload-lists",
    summary="scripts that upload files by name upload the new dependency file and modules, too",
    item=Item.DEPS,
    safety=Safety.REVIEW,
    order=760,
)

_OLD = re.compile(r"(?<![\w.-])environment\.ya?ml(?![\w.-])")
_COMMAND = re.compile(
    r"[ \t]*(?:-[ \t]+(?:run:[ \t]*)?)?@?"
    r"(?:PUT[ \t]|snow(?:sql)?[ \t]+(?:object[ \t]+)?stage[ \t]+(?:copy|put)[ \t]|cp[ \t])",
    re.IGNORECASE,
)
_PUT = re.compile(r"^.*?(?:\bPUT\s|\bstage\s+copy\s).*$", re.IGNORECASE | re.MULTILINE)
_ALL = re.compile(r"[/\\]\*(?:\.\*)?[\s'\"]")
_PATTERN = re.compile(r"[/\\]\*(?:\.\*|\.py)?[\s'\"]")
_LIST = re.compile(r"\bFILES\s*=\s*\([^()]*\Z", re.IGNORECASE)
_UPLOADS = re.compile(
    r"\b(?:put|copy|cp|upload\w*|stage|artifacts?|files?|put_to_stage|put_stream)\b", re.IGNORECASE
)
_NO_UPLOAD = re.compile(r"\bMAIN_FILE\b|\bCREATE\b|\becho\b", re.IGNORECASE)
_COMMENTS = {".sql": ("--", "//"), ".bat": ("REM ", "::"), ".cmd": ("REM ", "::")}


@codemod.on_app
def complete(context: AppContext) -> Iterator[Edit | Finding]:
    """Complete the lists of the files around the app."""
    new = dependency_file(context.app, context.workspace, context.settings)
    modules = sorted(edit.path for edit in context.made if _is_module(edit))
    if not (new or modules) or is_native_app(context):
        return
    for path in nearby(context.app, context.workspace):
        if modules:
            yield from _modules(context, path, modules)
        if new is None:
            continue
        try:
            data = context.workspace.read_bytes(path)
            if b"environment.y" not in data and not _uploads_entry(context, path, data):
                continue
            text = context.workspace.read(path).text
        except (OSError, TextError):
            continue
        if _file(new.name).search(text):
            continue
        if not _OLD.search(text):
            yield from _entry_alone(context, path, text, new.name)
        elif _means(context, path):
            yield from _in_file(path, text, new.name)


def _is_module(edit: Edit) -> bool:
    return isinstance(edit.change, NewFile) and edit.path.suffix == ".py"


def _modules(context: AppContext, path: Path, added: list[Path]) -> Iterator[Edit | Finding]:
    """The modules that the migration adds, in a script that uploads the entry point by name."""
    entry = context.app.entry_point
    try:
        if entry is None or entry.name.encode() not in context.workspace.read_bytes(path):
            return
        text = context.workspace.read(path).text
    except (OSError, TextError):
        return
    places = list(_uploads_of(context, path, text, entry))
    if not places:
        return
    beside = [p.name for p in added if p.parent == entry.parent]
    edits = list(_twins(path, text, places, entry, beside))
    yield from edits
    left = [
        p.name for p in added if not ((edits and p.name in beside) or _file(p.name).search(text))
    ]
    if left:
        where = places[0]
        yield Finding(
            path,
            f"{entry.name} is uploaded here, and {', '.join(left)}, which the app now imports, "
            f"{'is' if len(left) == 1 else 'are'} not",
            Status.MANUAL,
            span=span(text, where.start(), where.end()),
            remedy=f"Upload {', '.join(left)} in the same way.",
        )


def _uploads_of(context: AppContext, path: Path, text: str, entry: Path) -> Iterator[re.Match[str]]:
    """Where a script uploads the entry point by its name; nowhere if a pattern takes all files."""
    own = path in context.app.sql_files or path.is_relative_to(context.app.root)
    commands = (m[0] for m in _PUT.finditer(text) if not _is_comment(path, m[0]))
    if any(_PATTERN.search(command) for command in commands):
        return
    for match in _file(entry.name).finditer(text):
        line = text[line_start(text, match.start()) : next_line(text, match.end())]
        listed = path.suffix == ".sql" and _LIST.search(text, 0, match.start())
        if _is_comment(path, line) or not (listed or _UPLOADS.search(line)):
            continue
        folder = re.search(r"(?:^|[/\\])([\w.-]*\w)[/\\]$", _prefix(text, match))
        if folder and folder[1] != entry.parent.name:
            ours = own and not _is_anothers(context, entry, folder[1])
        else:
            ours = own or bool(folder)
        if ours and not _NO_UPLOAD.search(line):
            yield match


def _is_anothers(context: AppContext, entry: Path, folder: str) -> bool:
    """Whether a folder of this name near the app has an entry point that is called alike."""
    return any(
        context.workspace.exists(above / folder / entry.name)
        for above in entry.parents[:4]
        if above != above.parent
    )


def _prefix(text: str, match: re.Match[str]) -> str:
    """The part of a path before a file's name."""
    before = text[line_start(text, match.start()) : match.start()]
    return re.split(r"[\s'\"(,]", before)[-1]


def _twins(
    path: Path, text: str, places: list[re.Match[str]], entry: Path, names: list[str]
) -> Iterator[Edit]:
    for match in places:
        line = text[line_start(text, match.start()) : next_line(text, match.end())]
        prefix = _prefix(text, match)
        new = [n for n in names if not _file(n).search(text) or (prefix and prefix + n not in text)]
        splice = _splice(path, text, match, line, new) if new and path.suffix != ".py" else None
        if splice:
            yield Edit(
                path,
                splice,
                f"{', '.join(new)} {'is' if len(new) == 1 else 'are'} uploaded beside "
                f"{entry.name}, as the app imports {'it' if len(new) == 1 else 'them'} now",
                span=span(text, match.start(), match.end()),
                remedy="Check that the file is in the folder that the command reads from.",
            )


def _file(name: str) -> re.Pattern[str]:
    """A file's name that is not a part of another's."""
    return re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w.-])")


def _is_comment(path: Path, line: str) -> bool:
    return line.lstrip().startswith(_COMMENTS.get(path.suffix, ("#",)))


def _uploads_entry(context: AppContext, path: Path, data: bytes) -> bool:
    entry = context.app.entry_point
    return path.suffix in {".sql", ".sh"} and entry is not None and entry.name.encode() in data


def _entry_alone(context: AppContext, path: Path, text: str, new: str) -> Iterator[Finding]:
    """A script of the app's own that uploads the entry point by name, and nothing by pattern."""
    entry = context.app.entry_point
    own = path in context.app.sql_files or path.is_relative_to(context.app.root)
    if entry is None or not own:
        return
    commands = [m for m in _PUT.finditer(text) if not m[0].lstrip().startswith(("--", "#"))]
    named = [m for m in commands if _file(entry.name).search(m[0])]
    if named and not any(_ALL.search(m[0]) for m in commands):
        yield Finding(
            path,
            f"{entry.name} is uploaded here, and {new} is not",
            Status.MANUAL,
            span=span(text, named[0].start(), named[0].end()),
            remedy=f"Upload {new} in the same way.",
        )


def _means(context: AppContext, script: Path) -> bool:
    """Whether the file is likelier about this app's environment.yml than about another's."""
    if script in context.app.sql_files or script.is_relative_to(context.app.root):
        return True
    environment = context.app.environment_file
    if environment is None:
        return False
    text = context.workspace.read(script).text
    folder = environment.parent.name
    return bool(folder) and any(
        folder in text[line_start(text, m.start()) : next_line(text, m.end())]
        for m in _OLD.finditer(text)
    )


def _in_file(path: Path, text: str, new: str) -> Iterator[Edit | Finding]:
    for match in _OLD.finditer(text):
        start, end = line_start(text, match.start()), next_line(text, match.end())
        line = text[start:end]
        if _is_comment(path, line):
            continue
        place = span(text, match.start(), match.end())
        splice = None if path.suffix == ".py" else _splice(path, text, match, line, [new])
        if splice:
            yield Edit(
                path,
                splice,
                f"{new} is uploaded beside environment.yml",
                span=place,
                remedy="Check that the file is in the folder that the command reads from.",
            )
        elif _UPLOADS.search(line):
            yield Finding(
                path,
                f"environment.yml is named here, and {new} is not uploaded",
                Status.MANUAL,
                span=place,
                remedy=f"Upload {new} in the same way.",
            )


def _splice(
    path: Path, text: str, match: re.Match[str], line: str, names: list[str]
) -> Splice | None:
    """A member of a list, or the whole command once more, for each of the names."""
    end = next_line(text, match.end())
    if path.suffix == ".sql" and _LIST.search(text, 0, match.start()):
        return _member(text, match, names)
    body = line.rstrip()
    whole = (
        body.endswith(";") if path.suffix == ".sql" else not body.endswith(("\\", "&&", "|", "{"))
    )
    if not (_COMMAND.match(line) and whole and len(match.re.findall(line)) == 1):
        return None
    if body.count(";") > (path.suffix == ".sql"):
        return None
    twins = [match.re.sub(name, line) for name in names]
    if line.endswith(("\n", "\r")):
        return Splice(end, end, "".join(twins))
    return Splice(end, end, "".join(newline(text) + twin for twin in twins))


def _member(text: str, match: re.Match[str], names: list[str]) -> Splice | None:
    """``'environment.yml'`` as ``'environment.yml', 'pyproject.toml'`` (a folder before it stays)."""
    before = text.rfind("'", 0, match.start())
    if before < 0 or text[match.end() : match.end() + 1] != "'":
        return None
    folder = text[before + 1 : match.start()]
    members = "".join(f", '{folder}{name}'" for name in names)
    return Splice(match.end() + 1, match.end() + 1, members)
