"""The three verbs of codemod tests, and what every case is checked for besides.

Each case is also run again on its own result (nothing may change), with CRLF line ends, without a
final newline, with tabs, and indented inside a function.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sis_migrate.app_run import AppRun
from sis_migrate.codemod import Codemod
from sis_migrate.model import App, AppMigration, Finding, Settings, Status
from sis_migrate.workspace import Workspace

ROOT = Path("/app")
ENTRY = "streamlit_app.py"


@dataclass(frozen=True)
class Result:
    """What a run made of some files."""

    texts: dict[str, str]
    migration: AppMigration

    @property
    def text(self) -> str:
        """The entry point's text."""
        return self.texts[ENTRY]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that was found."""
        return self.migration.findings

    def open(self) -> list[Finding]:
        """The findings that somebody has to look at."""
        return [f for f in self.findings if f.status is not Status.FIXED]


def migrate(
    files: str | Mapping[str, str],
    codemods: Codemod | Sequence[Codemod],
    *,
    settings: Settings | None = None,
    scripts: Sequence[str] = (ENTRY,),
    entry: str | None = ENTRY,
) -> Result:
    """Run codemods over the files of one app; a lone text is its entry point."""
    named = {ENTRY: files} if isinstance(files, str) else dict(files)
    contents = {ROOT / name: text.encode() for name, text in named.items()}
    workspace = Workspace(contents)
    app = App(
        ROOT,
        "app",
        ROOT / entry if entry else None,
        tuple(ROOT / s for s in scripts),
        tuple(p for p in contents if p.suffix == ".py"),
    )
    chosen = [codemods] if isinstance(codemods, Codemod) else list(codemods)
    migration = AppRun(app, workspace, settings or Settings(), chosen).run()
    texts = {name: workspace.read_bytes(ROOT / name).decode() for name in named}
    for change in migration.changes:
        if change.after is not None:
            texts[change.path.relative_to(ROOT).as_posix()] = change.after.decode()
    return Result(texts, migration)


def check_fixed(
    before: str,
    after: str,
    codemod: Codemod | Sequence[Codemod],
    *,
    settings: Settings | None = None,
    indented: bool = True,
    status: Status = Status.FIXED,
    beside: Sequence[str] = (),
) -> Result:
    """``before`` becomes ``after``, reported as ``status``; the variants behave alike.

    ``indented=False`` leaves out the variant inside a function (an import added for the edit goes
    to the head of the module there). ``beside`` are names of (empty) files that the app has, too.
    """
    before, after = textwrap.dedent(before), textwrap.dedent(after)
    others = dict.fromkeys(beside, "")

    def run(text: str) -> Result:
        return migrate({ENTRY: text, **others}, codemod, settings=settings)

    result = run(before)
    assert result.text == after
    assert {f.status for f in result.findings} == {status}
    variants = [
        (_crlf(before), _crlf(after)),
        (before.removesuffix("\n"), after.removesuffix("\n")),
        (_tabs(before), _tabs(after)),
    ]
    if indented:
        variants.append((_inside(before), _inside(after)))
    for changed, expected in variants:
        assert run(changed).text == expected
    for text in (after, *(expected for _, expected in variants)):
        ast.parse(text)
        assert run(text).text == text, "not idempotent"
    return result


def check_noop(
    source: str, codemod: Codemod | Sequence[Codemod], *, settings: Settings | None = None
) -> Result:
    """``source`` stays as it is and nothing is said about it."""
    source = textwrap.dedent(source)
    result = migrate(source, codemod, settings=settings)
    assert result.text == source
    assert result.findings == ()
    return result


def check_found(
    source: str,
    codemod: Codemod | Sequence[Codemod],
    *words: str,
    line: int,
    status: Status = Status.MANUAL,
    settings: Settings | None = None,
) -> Finding:
    """``source`` stays as it is; one finding on ``line`` has ``status`` and all the ``words``."""
    source = textwrap.dedent(source)
    for text in (source, _crlf(source), _tabs(source)):
        result = migrate(text, codemod, settings=settings)
        assert result.text == text
        found = [f for f in result.findings if f.span and f.span.line == line]
        matching = [f for f in found if all(w in f.message + f.remedy for w in words)]
        assert [f.status for f in matching] == [status], result.findings
    return matching[0]


def _crlf(text: str) -> str:
    return text.replace("\n", "\r\n")


def _tabs(text: str) -> str:
    lines = text.split("\n")
    return "\n".join("\t" * (_indent(s) // 4) + s[_indent(s) // 4 * 4 :] for s in lines)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _inside(text: str) -> str:
    body = textwrap.indent(text, "    ") if text.strip() else "    pass\n"
    return f"def wrapped():\n{body}"
