"""Have scripts that upload ``environment.yml`` upload the new dependency file, too.

**What it does.** In SQL scripts, shell scripts and CI files near the app: a ``PUT`` or ``snow stage
copy`` of ``environment.yml`` gets a twin for the dependency file, and a list of ``FILES`` a new
member.

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
commands, in loops and in strings, and in Python code.

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
from sis_migrate.model import Edit, Finding, Item, Safety, Splice, Status
from sis_migrate.textfile import TextError

codemod = DocumentCodemod(
    __name__,
    code="SIS721",
    name="upload-lists",
    summary="scripts that upload `environment.yml` upload the new dependency file, too",
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
_LIST = re.compile(r"\bFILES\s*=\s*\([^()]*\Z", re.IGNORECASE)
_UPLOADS = re.compile(
    r"\b(?:put|copy|cp|upload\w*|stage|artifacts?|files?|put_to_stage|put_stream)\b", re.IGNORECASE
)
_COMMENTS = {".sql": ("--", "//"), ".bat": ("REM ", "::"), ".cmd": ("REM ", "::")}


@codemod.on_app
def complete(context: AppContext) -> Iterator[Edit | Finding]:
    """Complete the lists of the files around the app."""
    new = dependency_file(context.app, context.workspace, context.settings)
    if new is None or is_native_app(context):
        return
    for path in nearby(context):
        try:
            data = context.workspace.read_bytes(path)
            if b"environment.y" not in data and not _uploads_entry(context, path, data):
                continue
            text = context.workspace.read(path).text
        except (OSError, TextError):
            continue
        if re.search(rf"(?<![\w.-]){re.escape(new.name)}(?![\w.-])", text):
            continue
        if not _OLD.search(text):
            yield from _entry_alone(context, path, text, new.name)
        elif _means(context, path):
            yield from _in_file(path, text, new.name)


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
    named = [
        m for m in commands if re.search(rf"(?<![\w.-]){re.escape(entry.name)}(?![\w.-])", m[0])
    ]
    if named and not any(re.search(r"[/\\]\*(?:\.\*)?[\s'\"]", m[0]) for m in commands):
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
        if line.lstrip().startswith(_COMMENTS.get(path.suffix, ("#",))):
            continue
        place = span(text, match.start(), match.end())
        splice = None if path.suffix == ".py" else _splice(path, text, match, line, new)
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


def _splice(path: Path, text: str, match: re.Match[str], line: str, new: str) -> Splice | None:
    """A member of a list, or the whole command once more."""
    end = next_line(text, match.end())
    if path.suffix == ".sql" and _LIST.search(text, 0, match.start()):
        return _member(text, match, new)
    body = line.rstrip()
    whole = (
        body.endswith(";") if path.suffix == ".sql" else not body.endswith(("\\", "&&", "|", "{"))
    )
    if not (_COMMAND.match(line) and whole and len(_OLD.findall(line)) == 1):
        return None
    if body.count(";") > (path.suffix == ".sql"):
        return None
    twin = _OLD.sub(new, line)
    if line.endswith(("\n", "\r")):
        return Splice(end, end, twin)
    return Splice(end, end, newline(text) + twin)


def _member(text: str, match: re.Match[str], new: str) -> Splice | None:
    """``'environment.yml'`` as ``'environment.yml', 'pyproject.toml'`` (a folder before it stays)."""
    before = text.rfind("'", 0, match.start())
    if before < 0 or text[match.end() : match.end() + 1] != "'":
        return None
    folder = text[before + 1 : match.start()]
    return Splice(match.end() + 1, match.end() + 1, f", '{folder}{new}'")
