"""One app through toy codemods: rounds, groups, failures, what is ignored, what is left open."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import libcst as cst
import pytest

from codemod_case import ENTRY, ROOT, Result, migrate
from sis_migrate.app_run import MAX_ROUNDS, AppRun
from sis_migrate.codemod import AppContext, Codemod
from sis_migrate.codemod import Result as Yielded
from sis_migrate.model import (
    App,
    Edit,
    EditGroup,
    Finding,
    Item,
    NewFile,
    Safety,
    Scope,
    Settings,
    Span,
    Splice,
    Status,
    Step,
    Withhold,
)
from sis_migrate.python.edits import PythonChange, Transformation
from sis_migrate.python.module import Module
from sis_migrate.workspace import Workspace
from toys import document_codemod, python_codemod, renaming

GROUP = EditGroup("all")
STEP = Step("owner", 2, "Second", Item.POOL, sql="SELECT 2")


def run(data: bytes, *codemods: Codemod, settings: Settings | None = None) -> tuple[bytes, Result]:
    """The bytes of a lone file after codemods."""
    path = ROOT / ENTRY
    workspace = Workspace({path: data})
    app = App(ROOT, "app", path, (path,), (path,))
    migration = AppRun(app, workspace, settings or Settings(), codemods).run()
    return workspace.read_bytes(path), Result({}, migration)


def on_calls(
    name: str,
    answer: Callable[[Module, ast.Call], Iterable[Yielded]],
    *,
    code: str = "SIS901",
    safety: Safety = Safety.SAFE,
) -> Codemod:
    """A codemod whose answer to every call of a function is ``answer``."""
    codemod = python_codemod(code, triggers=(name.encode(),), safety=safety)

    @codemod.on(ast.Call)
    def call(module: Module, node: ast.AST) -> Iterable[Yielded]:
        assert isinstance(node, ast.Call)
        if isinstance(node.func, ast.Name) and node.func.id == name:
            yield from answer(module, node)

    return codemod


def messages(result: Result, status: Status | None = None) -> list[str]:
    return [f.message for f in result.findings if status in (None, f.status)]


class TestRounds:
    def test_overlapping_edits_of_two_codemods_are_made_in_two_rounds(self) -> None:
        outer = renaming("outer", "new(inner())", code="SIS902")
        inner = renaming("inner", "done()", code="SIS901")
        result = migrate("x = outer(inner())\n", [outer, inner])
        assert result.text == "x = new(done())\n"
        assert {f.code for f in result.findings} == {"SIS901", "SIS902"}
        assert {f.status for f in result.findings} == {Status.FIXED}

    def test_the_lower_code_goes_first(self) -> None:
        first, second = renaming(new="a()", code="SIS901"), renaming(new="b()", code="SIS902")
        for codemods in ([first, second], [second, first]):
            assert migrate("old()\n", codemods).text == "a()\n"

    def test_places_of_later_rounds_are_those_of_the_original_text(self) -> None:
        first = renaming("first", "[\n  1,\n]; second()", code="SIS901")
        first = on_calls("first", _statement_before)
        second = renaming("second", "done()", code="SIS902")
        result = migrate("first()\n\nx = 1; second()\n", [first, second])
        assert result.text == "import a.b.c\nfirst_done()\n\nx = 1; done()\n"
        spans = {f.code: f.span for f in result.findings}
        assert spans == {"SIS901": Span(1, 1, 1, 8), "SIS902": Span(3, 8, 3, 16)}

    def test_codemods_that_never_settle_end_with_an_error(self) -> None:
        there, back = renaming("old", "new()"), renaming("new", "old()", code="SIS902")
        keep = on_calls("keep", lambda m, n: [m.find(n, "left")], code="SIS903")
        result = migrate("old()\nkeep()\n", [there, back, keep])
        error = next(f for f in result.findings if f.code == "SIS004")
        assert (error.status, error.path) == (Status.ERROR, ROOT)
        assert str(MAX_ROUNDS) in error.message
        assert "left" in messages(result, Status.MANUAL)

    def test_nested_calls_of_one_group_are_all_edited(self) -> None:
        result = migrate("old(old(old()))\n", _peeling(GROUP))
        assert result.text == "new(new(new()))\n"
        assert {f.status for f in result.findings} == {Status.FIXED}

    def test_an_edit_that_changes_nothing_is_not_reported_as_done(self) -> None:
        nothing = renaming(new="old()", code="SIS901")
        real = renaming(new="new()", code="SIS902", group=GROUP)
        result = migrate("old()\nx = 1\n", [nothing, real])
        assert result.text == "new()\nx = 1\n"
        assert [f.code for f in result.findings] == ["SIS902"]
        alone = migrate("old()\nx = 1\n", nothing)
        assert [(f.code, f.status) for f in alone.findings] == [("SIS901", Status.MANUAL)]
        assert "would change nothing" in alone.findings[0].message

    def test_what_waits_for_a_refused_edit_is_made_instead(self) -> None:
        bad = on_calls("old", _syntax_error, code="SIS901")
        good = renaming(code="SIS902")
        result = migrate("old()\n", [bad, good])
        assert result.text == "new()\n"
        assert [f.code for f in result.open()] == []

    def test_review_findings_of_an_earlier_round_stay(self) -> None:
        def answer(module: Module, node: ast.Call) -> Iterator[Yielded]:
            yield module.find(node, "look", status=Status.REVIEW)
            yield module.find(node, "gone in the next round")
            yield module.replace(node, "new()", "edited")

        result = migrate("old()\n", on_calls("old", answer))
        assert messages(result) == ["edited", "look"]

    def test_nothing_is_parsed_without_a_trigger(self) -> None:
        assert migrate("x = (\n", renaming()).findings == ()

    def test_an_app_wide_trigger_in_another_file(self) -> None:
        codemod = python_codemod(triggers=(b"nowhere",), app_triggers=(b"MARK",))
        seen: list[str] = []

        @codemod.on_module
        def look(module: Module) -> Iterator[Finding]:
            seen.append(module.path.name)
            yield from ()

        migrate({ENTRY: "x = 1\n", "other.py": "# MARK\n"}, codemod)
        assert sorted(seen) == ["other.py", ENTRY]


class TestGroups:
    FILES = {ENTRY: "old()\nkeep()\n", "other.py": "old()\n"}  # noqa: RUF012

    @pytest.mark.parametrize(
        ("scope", "edited"),
        [
            pytest.param(Scope.APP, [], id="app"),
            pytest.param(Scope.FILE, ["other.py"], id="file"),
        ],
    )
    def test_a_withheld_group_reaches_as_far_as_its_scope(
        self, scope: Scope, edited: list[str]
    ) -> None:
        group = EditGroup("g", scope)
        codemod = renaming(group=group)

        @codemod.on(ast.Call)
        def keep(module: Module, node: ast.AST) -> Iterator[Yielded]:
            assert isinstance(node, ast.Call)
            if isinstance(node.func, ast.Name) and node.func.id == "keep":
                yield module.find(node, "kept")
                yield Withhold(group, "keep() is here")

        result = migrate(self.FILES, codemod)
        assert [n for n, text in result.texts.items() if text != self.FILES[n]] == edited
        held = [m for m in messages(result, Status.MANUAL) if m != "kept"]
        assert held == ["old() becomes new(): not done, because keep() is here"] * (2 - len(edited))

    def test_one_edit_that_fails_holds_back_its_group_only(self) -> None:
        deep = "old()" + ".a()" * 300
        grouped = renaming(group=GROUP)
        other = renaming("other", "done()", code="SIS902")
        result = migrate({ENTRY: "old()\nother()\n", "b.py": f"\nx = {deep}\n"}, [grouped, other])
        assert result.texts[ENTRY] == "old()\ndone()\n"
        first, second = result.open()
        assert "nested" in first.message
        assert "line 2 of b.py could not be edited (the statement is nested" in second.message

    def test_a_group_over_a_statement(self) -> None:
        def answer(module: Module, node: ast.Call) -> Iterator[Yielded]:
            line = module.source.span(node).line
            group = EditGroup("pair", Scope.STATEMENT, str(line))
            yield module.replace(node, "new()", "edited", group=group)
            if node.args:
                yield Withhold(group, "arguments")

        result = migrate("f(old(), old(1))\nold()\n", on_calls("old", answer))
        assert result.text == "f(old(), old(1))\nnew()\n"
        assert len(messages(result, Status.MANUAL)) == 2

    def test_a_group_that_waits_waits_as_a_whole(self) -> None:
        first = renaming("inner", "x()", code="SIS901")
        grouped = renaming("outer", "y()", code="SIS902", group=GROUP)
        result = migrate("outer(inner())\nouter()\n", [first, grouped])
        assert result.text == "y()\ny()\n"


class TestSafety:
    def test_review_edits_are_made_and_reported(self) -> None:
        result = migrate("old()\n", renaming(safety=Safety.REVIEW))
        assert result.text == "new()\n"
        assert [f.status for f in result.findings] == [Status.REVIEW]

    @pytest.mark.parametrize(
        ("settings", "made"),
        [
            pytest.param(Settings(), False, id="by default not"),
            pytest.param(Settings(unsafe=True), True, id="with --unsafe"),
            pytest.param(Settings(select=("SIS901",)), True, id="by its exact code"),
            pytest.param(Settings(select=("SIS9",)), False, id="not by a prefix"),
        ],
    )
    def test_opt_in_edits(self, settings: Settings, made: bool) -> None:
        result = migrate("old()\n", renaming(safety=Safety.OPT_IN), settings=settings)
        assert (result.text == "new()\n") == made
        if not made:
            assert "--select SIS901" in result.open()[0].remedy

    def test_an_opt_in_edit_holds_back_its_group(self) -> None:
        def answer(module: Module, node: ast.Call) -> Iterator[Yielded]:
            safety = Safety.OPT_IN if node.args else Safety.SAFE
            yield module.replace(node, "new()", "edited", group=GROUP, safety=safety)

        result = migrate("old()\nold(1)\n", on_calls("old", answer))
        assert result.text == "old()\nold(1)\n"
        assert any("SIS901 was not asked for" in m for m in messages(result))

    def test_an_edit_that_only_reports_is_never_made(self) -> None:
        result = migrate("old()\n", renaming(safety=Safety.REPORT), settings=Settings(unsafe=True))
        assert result.text == "old()\n"
        assert [(f.status, f.remedy) for f in result.findings] == [(Status.MANUAL, "")]

    def test_silent_edits_have_no_finding(self) -> None:
        def answer(module: Module, node: ast.Call) -> Iterator[Yielded]:
            edit = module.replace(node, "new()", "edited")
            yield module.edit(node, edit.change, "quiet", silent=True)

        result = migrate("old()\n", on_calls("old", answer))
        assert (result.text, result.findings) == ("new()\n", ())

    def test_the_newest_of_the_oldest_streamlits(self) -> None:
        def answer(module: Module, node: ast.Call) -> Iterator[Yielded]:
            version = "1.9" if node.args else "1.28"
            yield module.replace(node, "new()", "edited", oldest_streamlit=version)

        result = migrate("old()\nold(1)\n", on_calls("old", answer))
        assert result.migration.oldest_streamlit == "1.28"


class TestFailures:
    def test_a_codemod_that_raises_is_a_finding_and_changes_nothing(self) -> None:
        def answer(module: Module, node: ast.Call) -> Iterator[Yielded]:
            yield module.replace(node, "new()", "edited")
            if node.args:
                raise LookupError("oops")

        codemod = on_calls("old", answer)
        other = renaming("other", "done()", code="SIS902")
        files = {ENTRY: "old()\nold(1)\nold()\nother()\n", "b.py": "old()\n"}
        result = migrate(files, [codemod, other])
        assert result.texts == {ENTRY: "old()\nold(1)\nold()\ndone()\n", "b.py": "new()\n"}
        (error,) = [f for f in result.findings if f.status is Status.ERROR]
        assert (error.code, error.path.name) == ("SIS003", ENTRY)
        assert "SIS901 failed (LookupError: oops)" in error.message

    def test_a_codemod_that_raises_holds_back_its_groups_everywhere(self) -> None:
        def answer(module: Module, node: ast.Call) -> Iterator[Yielded]:
            if node.args:
                raise LookupError("oops")
            yield module.replace(node, "new()", "edited", group=GROUP)

        codemod = on_calls("old", answer)
        for first in ("old(1)\nold()\n", "old()\nold(1)\n", "old(1)\n"):
            files = {ENTRY: first, "b.py": "old()\n"}
            result = migrate(files, codemod)
            assert result.texts == files
            assert any("SIS901 failed on" in m for m in messages(result, Status.MANUAL))

    @pytest.mark.parametrize("kind", ["module", "app"])
    def test_handlers_for_files_and_apps_may_raise_too(self, kind: str) -> None:
        codemod = renaming()

        def handler(_: object) -> Iterator[Yielded]:
            raise RecursionError("deep")
            yield

        (codemod.on_module if kind == "module" else codemod.on_app)(handler)
        result = migrate("old()\n", codemod)
        assert [f.status for f in result.findings if f.code == "SIS003"] == [Status.ERROR]

    def test_a_transformer_that_breaks_the_syntax(self) -> None:
        result = migrate("old()\nx = 1\n", on_calls("old", _syntax_error))
        assert result.text == "old()\nx = 1\n"
        assert [f.status for f in result.findings] == [Status.MANUAL]
        assert "would not parse" in result.findings[0].message

    def test_text_that_the_files_encoding_lacks(self) -> None:
        data = "# coding: latin-1\nold(), 'ä'\n".encode("latin-1")
        after, result = run(data, renaming(new="'→'"))
        assert after == data
        assert [f.status for f in result.findings] == [Status.MANUAL]
        assert "latin-1" in result.findings[0].message or "iso-8859-1" in result.findings[0].message
        assert run(data, renaming(new="'ö'"))[0] == data.replace(b"old()", b"'\xf6'")

    def test_a_file_that_does_not_parse_is_left_and_the_others_are_done(self) -> None:
        files = {ENTRY: "old()\n", "broken.py": "x = 1\nold(\n", "zeros.py": "old()\n\0"}
        result = migrate(files, renaming())
        assert result.texts == files | {ENTRY: "new()\n"}
        found = {f.path.name: f for f in result.findings if f.status is Status.ERROR}
        assert {n: (f.code, f.span and f.span.line) for n, f in found.items()} == {
            "broken.py": ("SIS002", 2),
            "zeros.py": ("SIS001", 2),
        }
        assert all(f.message.startswith("not migrated: ") for f in found.values())
        assert not any("SIS901" in f.message or "mentions" in f.message for f in found.values())
        assert {s.state for s in result.migration.items if s.item is Item.SESSION} == {"by hand"}

    def test_a_file_without_work_that_does_not_parse_stays_a_finding_in_every_round(self) -> None:
        result = migrate({ENTRY: "old()\n", "broken.py": "x = (\n"}, renaming())
        (error,) = [f for f in result.findings if f.status is Status.ERROR]
        assert error.message == "not migrated: does not parse: '(' was never closed"

    def test_a_broken_file_that_surely_holds_work_says_what(self) -> None:
        broken = "import _snowflake\nget_active_session(\nold()\n"
        result = migrate({ENTRY: "old()\n", "broken.py": broken}, renaming())
        (error,) = [f for f in result.findings if f.status is Status.ERROR]
        assert error.message.endswith("; it mentions get_active_session and _snowflake")

    def test_documents_are_told_which_files_are_broken(self) -> None:
        told: list[str] = []

        def handler(context: AppContext) -> Iterator[Yielded]:
            told.append(context.held_back())
            yield from ()

        document = document_codemod(handler)
        migrate({ENTRY: "old()\n", "sub/broken.py": "old(\n"}, [renaming(), document])
        migrate("old()\n", [renaming(), document])
        assert told == ["held back: sub/broken.py could not be read", ""]

    def test_one_new_file_of_two_codemods_is_reported_once(self) -> None:
        def making(code: str) -> Codemod:
            codemod = python_codemod(code)

            def handler(context: AppContext) -> Iterator[Yielded]:
                path = context.app.root / "new.py"
                if not context.workspace.exists(path):
                    yield Edit(path, NewFile("x = 1\n"), "new.py is added")

            codemod.on_app(handler)
            return codemod

        result = migrate("old()\n", [making("SIS901"), making("SIS902")])
        assert [f.message for f in result.findings] == ["new.py is added"]

    def test_a_file_that_cannot_be_read(self, tmp_path: Path) -> None:
        path, gone = tmp_path / ENTRY, tmp_path / "gone.py"
        path.write_text("old()\n")
        app = App(tmp_path, "app", path, (path,), (path, gone))
        migration = AppRun(app, Workspace(), Settings(), [renaming()]).run()
        errors = [f for f in migration.findings if f.status is Status.ERROR]
        assert [(f.path, f.code) for f in errors] == [(gone, "SIS001")]
        assert [c.after for c in migration.changes] == [b"new()\n"]


class TestIgnoring:
    @pytest.mark.parametrize(
        "comment",
        [
            "# migrate: ignore[SIS901]",
            "#migrate:ignore[SIS001, SIS901]",
            "# x  # migrate: ignore[SIS901]",
        ],
    )
    def test_a_comment_silences_its_line(self, comment: str) -> None:
        source = f"old()  {comment}\nold()\n"
        result = migrate(source, renaming())
        assert result.text == f"old()  {comment}\nnew()\n"
        assert len(result.findings) == 1

    def test_a_comment_on_any_line_of_the_place(self) -> None:
        source = "old(\n  1,\n)  # migrate: ignore[SIS901]\n"
        assert migrate(source, renaming()).findings == ()

    def test_another_code_is_not_silenced(self) -> None:
        assert migrate("old()  # migrate: ignore[SIS9]\n", renaming()).text.startswith("new()")

    @pytest.mark.parametrize("how", ["comment", "configuration"])
    @pytest.mark.parametrize("order", ["finding first", "finding last"])
    def test_an_ignored_place_does_not_hold_back_its_group(self, how: str, order: str) -> None:
        def answer(module: Module, node: ast.Call) -> Iterator[Yielded]:
            yielded: list[Yielded] = [module.find(node, "by hand"), Withhold(GROUP, "kept")]
            if node.args:
                yield from yielded if order == "finding first" else yielded[::-1]
            else:
                yield module.replace(node, "new()", "edited", group=GROUP)

        comment = "  # migrate: ignore[SIS901]" if how == "comment" else ""
        settings = Settings(per_file_ignores={} if comment else {"lib/*.py": ("SIS9",)})
        files = {ENTRY: "old()\n", "lib/b.py": f"old(1){comment}\n"}
        result = migrate(files, on_calls("old", answer), settings=settings)
        assert result.text == "new()\n"
        assert messages(result) == ["edited"]

    def test_a_withhold_without_a_finding_stays(self) -> None:
        def answer(module: Module, node: ast.Call) -> Iterator[Yielded]:
            yield module.replace(node, "new()", "edited", group=GROUP)
            yield Withhold(GROUP, "no reason")

        source = "old()\nold()  # migrate: ignore[SIS901]\n"
        assert migrate(source, on_calls("old", answer)).text == source

    @pytest.mark.parametrize(
        ("ignores", "edited"),
        [
            ({"*.py": ("SIS901",)}, []),
            ({"streamlit_app.py": ("SIS",)}, ["pages/one.py"]),
            ({"pages/*": ("SIS901",)}, [ENTRY]),
            ({"pages/*": ("SIS902",)}, [ENTRY, "pages/one.py"]),
            ({"pages/*": ()}, [ENTRY, "pages/one.py"]),
        ],
    )
    def test_ignores_per_file(self, ignores: dict[str, tuple[str, ...]], edited: list[str]) -> None:
        files = {ENTRY: "old()\n", "pages/one.py": "old()\n"}
        result = migrate(files, renaming(), settings=Settings(per_file_ignores=ignores))
        assert [n for n, text in result.texts.items() if text == "new()\n"] == edited
        assert len(result.findings) == len(edited)

    def test_findings_of_handlers_for_apps_are_silenced_by_comments_too(self) -> None:
        codemod = python_codemod()

        @codemod.on_app
        def look(context: AppContext) -> Iterator[Finding]:
            module = context.modules[ROOT / ENTRY]
            assert context.graph.role(module.path)
            yield from (module.find(s, "here") for s in module.source.tree.body)

        result = migrate("old\nold  # migrate: ignore[SIS901]\n", codemod)
        assert [f.span and f.span.line for f in result.findings] == [1]

    def test_a_finding_in_a_file_that_is_not_there_is_kept(self) -> None:
        gone = Finding(ROOT / "gone.sql", "m", Status.MANUAL, span=Span(1, 1, 1, 2))
        result = migrate("x = 1\n", document_codemod(lambda _: [gone]))
        assert messages(result) == ["m"]

    def test_a_comment_in_sql_silences_its_line(self) -> None:
        path = ROOT / "a.sql"

        def look(context: AppContext) -> Iterator[Finding]:
            for line in (1, 2):
                yield Finding(path, str(line), Status.MANUAL, span=Span(line, 1, line, 2))

        files = {ENTRY: "x = 1\n", "a.sql": "SELECT 1; -- migrate: ignore[SIS950]\nSELECT 2;\n"}
        assert messages(migrate(files, document_codemod(look))) == ["2"]


class TestDocuments:
    FILES = {ENTRY: "import a\nold()\n", "data.toml": "a = 1\nb = 2\n"}  # noqa: RUF012

    def test_they_see_what_the_rounds_before_made(self) -> None:
        seen: list[str] = []

        def look(context: AppContext) -> Iterator[Finding]:
            seen.extend(m.source.text for m in context.modules.values())
            yield from ()

        migrate("old()\n", [renaming(), document_codemod(look)])
        migrate("x = 1\n", [renaming(), document_codemod(look)])
        assert seen == ["new()\n", "x = 1\n"]

    def test_they_run_by_order_then_code_and_their_places_are_the_original_ones(self) -> None:
        path = ROOT / "data.toml"

        def grow(context: AppContext) -> Iterator[Edit]:
            yield Edit(path, Splice(0, 0, "# one\n# two\n"), "comment", span=Span(1, 1, 1, 1))

        def look(context: AppContext) -> Iterator[Finding]:
            lines = context.workspace.read(path).text.splitlines()
            line = lines.index("b = 2") + 1
            yield Finding(path, "here", Status.MANUAL, span=Span(line, 1, line, 6))

        codemods = [document_codemod(look, "SIS951", 2), document_codemod(grow, "SIS952", 1)]
        result = migrate(self.FILES, codemods)
        assert result.texts["data.toml"] == "# one\n# two\na = 1\nb = 2\n"
        assert [(f.message, f.span) for f in result.findings] == [
            ("comment", Span(1, 1, 1, 1)),
            ("here", Span(2, 1, 2, 6)),
        ]

    def test_a_new_module_is_the_apps_own_from_then_on(self) -> None:
        def answer(module: Module, node: ast.Call) -> Iterator[Yielded]:
            yield module.replace(node, "helper.new()", "edited", group=GROUP)
            yield Edit(ROOT / "helper.py", NewFile("other()\n"), "new", group=GROUP, silent=True)

        codemods = [on_calls("old", answer), renaming("other", "done()", code="SIS902")]
        result = migrate("old()\nother()\n", codemods)
        assert result.texts == {ENTRY: "helper.new()\ndone()\n", "helper.py": "done()\n"}

    def test_a_new_file_that_is_no_module(self) -> None:
        def answer(module: Module, node: ast.Call) -> Iterator[Yielded]:
            yield module.replace(node, "new()", "edited")
            yield Edit(ROOT / "notes.txt", NewFile("ä"), "new", silent=True)

        assert migrate("old()\n", on_calls("old", answer)).texts["notes.txt"] == "ä"

    def test_steps_are_kept_once_and_in_their_order(self) -> None:
        def answer(module: Module, node: ast.Call) -> Iterator[Yielded]:
            yield STEP
            yield Step("owner", 1, "First", Item.POOL, text="Do", code="SIS999")
            yield module.replace(node, "new()", "edited")

        result = migrate("old()\nold()\n", on_calls("old", answer))
        assert [(s.title, s.code) for s in result.migration.steps] == [
            ("First", "SIS999"),
            ("Second", "SIS901"),
        ]


def test_findings_made_while_looking_for_apps_are_those_of_the_app() -> None:
    path = ROOT / ENTRY
    app = App(ROOT, "app", path, (path,), (path,))
    mine = Finding(ROOT, "several entry points", Status.REVIEW)
    run = AppRun(app, Workspace({path: b""}), Settings(), [], [mine])
    assert run.run().findings == (mine,)


def _peeling(group: EditGroup) -> Codemod:
    """Renames ``old(…)`` and keeps its arguments as text, so that nested calls overlap."""

    def answer(module: Module, node: ast.Call) -> Iterator[Yielded]:
        inside = ", ".join(module.source.segment(a) for a in node.args)
        yield module.replace(node, f"new({inside})", "edited", group=group)

    return on_calls("old", answer)


def _statement_before(module: Module, node: ast.Call) -> Iterator[Yielded]:
    name = module.imports.name_for("a.b.c", alias="c", at=node)
    assert name.need
    need = dataclasses.replace(name.need, alias="a.b.c")
    edit = module.replace(node, "first_done()", "m")
    yield dataclasses.replace(edit, change=dataclasses.replace(edit.change, needs=(need,)))


def _syntax_error(module: Module, node: ast.Call) -> Iterator[Yielded]:
    class Break(cst.CSTTransformer):
        def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.Name:
            return updated_node.with_changes(value="if")

    statement = module.names.statement(node)
    yield module.edit(node, PythonChange(transformations=(Transformation(statement, Break),)), "m")
