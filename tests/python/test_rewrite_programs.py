"""Properties of editing, over generated programs that hold a call in every kind of place."""

from __future__ import annotations

import ast
import warnings
from dataclasses import replace

from hypothesis import HealthCheck, given, settings

from codemod_case import ENTRY, ROOT
from programs import CALL, Program, programs
from sis_migrate.app_run import AppRun
from sis_migrate.codemod import Codemod
from sis_migrate.model import App, AppMigration, Settings, Status
from sis_migrate.python.validity import fault
from sis_migrate.workspace import Workspace
from toys import renaming

PATH = ROOT / ENTRY
ATOM = renaming("old", 'new("x")')
LOOSE = renaming("old", "lambda: new or 1")

some = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=30)


def run(data: bytes, codemod: Codemod) -> tuple[bytes, AppMigration]:
    workspace = Workspace({PATH: data})
    app = App(ROOT, "app", PATH, (PATH,), (PATH,))
    migration = AppRun(app, workspace, Settings(), [codemod]).run()
    return workspace.read_bytes(PATH), migration


def dump(text: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.dump(ast.parse(text))


@some
@given(programs())
def test_every_call_is_edited_and_no_other_byte(program: Program) -> None:
    after, migration = run(program.data, ATOM)
    text = after.removeprefix(b"\xef\xbb\xbf" if program.bom else b"").decode(program.encoding)
    # In an f-string in double quotes the new text has single ones.
    assert text.replace("new('x')", 'new("x")') == program.text.replace(CALL, 'new("x")')
    assert after == replace(program, text=text).data
    assert [f.status for f in migration.findings] == [Status.FIXED] * program.calls
    lines = program.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert all(f.span and CALL in lines[f.span.line - 1] for f in migration.findings)
    assert fault(program.text, text, "a.py") == ""
    assert run(after, ATOM)[0] == after


@some
@given(programs())
def test_what_takes_the_calls_place_stays_one_expression(program: Program) -> None:
    after, migration = run(program.data, LOOSE)
    expected = program.text.replace(CALL, "(lambda: new or 1)")
    text = after.removeprefix(b"\xef\xbb\xbf" if program.bom else b"").decode(program.encoding)
    assert dump(text) == dump(expected)
    assert {f.status for f in migration.findings} == {Status.FIXED}
