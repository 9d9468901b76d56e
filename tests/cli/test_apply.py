from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from cli_case import LEFT, NEW, OLD, Command
from git_repository import git, repository
from report.test_machine import SCHEMA, faults

NO_APP = b"print('hello')\n"


class TestExitCodes:
    @pytest.mark.parametrize("command", [("apply",), ("apply", "--dry-run"), ("check",)])
    def test_nothing_to_do(self, migrate: Command, command: tuple[str, ...]) -> None:
        migrate.write(app_py=NEW, tool_py=NO_APP)
        assert migrate(*command).code == 0

    @pytest.mark.parametrize("command", [("apply", "--dry-run"), ("check",)])
    def test_something_to_do(self, migrate: Command, command: tuple[str, ...]) -> None:
        migrate.write(app_py=OLD)
        assert migrate(*command).code == 1
        assert migrate.read() == OLD

    def test_apply_that_leaves_nothing(self, migrate: Command) -> None:
        migrate.write(app_py=OLD)
        done = migrate("apply")
        assert (done.code, migrate.read()) == (0, NEW)
        assert b"app.py" in done.out
        assert done.err == ""
        assert migrate("apply").code == migrate("check").code == 0

    def test_apply_that_leaves_something_by_hand(self, migrate: Command) -> None:
        migrate.write(app_py=LEFT)
        assert migrate("apply").code == 1
        assert migrate.read() == LEFT.replace(b"get_active_session()", NEW.split()[6])

    @pytest.mark.parametrize(
        "broken",
        [
            pytest.param(b"x = 1\nget_active_session(\n", id="syntax error"),
            pytest.param(b"get_active_session()\n\0", id="NUL byte"),
            pytest.param(b"\n# \xff get_active_session()\n", id="not UTF-8"),
        ],
    )
    def test_a_file_that_cannot_be_parsed(self, migrate: Command, broken: bytes) -> None:
        migrate.write(app_py=b"import lib\n" + OLD, lib_py=broken)
        done = migrate("apply")
        assert (done.code, migrate.read()) == (1, b"import lib\n" + NEW)
        assert migrate.read("lib_py") == broken
        assert b"lib.py:2" in done.out
        assert b"[error]" in done.out
        assert "Traceback" not in done.err

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["check", "nowhere"], "nowhere: no such file or folder"),
            (["check", "--select", "SIS999"], "no codemod has the code SIS999"),
            (["check", "--select", "sis101"], "did you mean SIS101?"),
            (["check", "--ignore", "X"], "no codemod has the code X"),
            (["check", "--select", ","], "--select ',' names no codemod"),
            (["apply", "--requirements", "--pyproject"], "exclude each other"),
            (["apply", "--no-dependency-file", "--pyproject"], "exclude each other"),
            (["apply", "--streamlit", "new"], "a version such as 1.55"),
            (["apply", "--streamlit", "1.40"], "1.50 or later, not 1.40"),
            (["check", "--nosuch"], "--nosuch"),
            (["check", "--format", "nosuch"], "nosuch"),
            (["nosuch"], "nosuch"),
        ],
        ids=lambda value: " ".join(value) if isinstance(value, list) else "",
    )
    def test_wrong_usage(self, migrate: Command, arguments: list[str], words: str) -> None:
        migrate.write(app_py=OLD)
        done = migrate(*arguments)
        assert (done.code, done.out) == (2, b"")
        assert words in done.err
        assert migrate.read() == OLD

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            (b"[tool.sis-migrate]\nselct = []\n", "pyproject.toml:2: unknown key 'selct'"),
            (b"[tool.sis-migrate]\nselect = ['SIS999']\n", "no codemod has the code SIS999"),
            (b"[tool.sis-migrate\n", "pyproject.toml:1: not valid TOML"),
        ],
    )
    def test_bad_configuration(self, migrate: Command, text: bytes, words: str) -> None:
        migrate.write(app_py=OLD, pyproject_toml=text)
        done = migrate("apply")
        assert (done.code, done.out, migrate.read()) == (2, b"", OLD)
        assert words in done.err

    def test_a_link_to_nothing(self, migrate: Command) -> None:
        migrate.write(app_py=OLD)
        (migrate.folder / "gone.py").symlink_to("nowhere.py")
        assert migrate("apply", "app.py", "--allow-dirty").code in (0, 1)
        assert migrate.read() == NEW
        assert "a link to nothing" in migrate("check", "gone.py").err

    @pytest.mark.skipif(os.geteuid() == 0, reason="the superuser can read everything")
    def test_a_file_without_permission(self, migrate: Command) -> None:
        migrate.write(app_py=b"import lib\n" + OLD, lib_py=OLD)
        migrate.path("lib_py").chmod(0)
        done = migrate("apply", "--allow-dirty")
        assert done.code == 1
        assert b"lib.py" in done.out
        assert migrate.read() == b"import lib\n" + NEW

    def test_a_folder_that_cannot_be_read_as_a_file(self, migrate: Command) -> None:
        migrate.write(app_py=OLD)
        (migrate.folder / "strange.py").mkdir()
        assert migrate("apply").code == 0


class TestDirt:
    def test_unstaged_changes_are_refused_and_nothing_is_written(self, migrate: Command) -> None:
        migrate.write(a__app_py=OLD, b__app_py=OLD)
        migrate.path("b__app_py").write_bytes(OLD + b"\n")
        done = migrate("apply")
        assert (done.code, done.out) == (2, b"")
        assert "--allow-dirty" in done.err
        assert str(Path("b") / "app.py") in done.err
        assert migrate.read("a__app_py") == OLD

    def test_allow_dirty(self, migrate: Command) -> None:
        migrate.write(app_py=OLD)
        migrate.path("app_py").write_bytes(OLD + b"\n")
        assert migrate("apply", "--allow-dirty").code == 0
        assert migrate.read() == NEW + b"\n"

    def test_staged_changes_are_fine(self, migrate: Command) -> None:
        migrate.write(app_py=OLD)
        migrate.path("app_py").write_bytes(OLD + b"\n")
        git(migrate.folder, "add", "app.py")
        assert migrate("apply").code == 0
        assert migrate.read() == NEW + b"\n"

    def test_an_untracked_file_is_not_written_over(self, migrate: Command) -> None:
        migrate.path("app_py").write_bytes(OLD)
        assert migrate("apply").code == 2
        assert migrate.read() == OLD

    def test_dirt_in_files_that_are_not_written_does_not_matter(self, migrate: Command) -> None:
        migrate.write(app_py=OLD, other_py=NO_APP)
        migrate.path("other_py").write_bytes(NO_APP * 2)
        assert migrate("apply").code == 0

    def test_without_a_repository(self, migrate: Command, tmp_path_factory: object) -> None:
        assert isinstance(tmp_path_factory, pytest.TempPathFactory)
        folder = tmp_path_factory.mktemp("plain")
        (folder / "app.py").write_bytes(OLD)
        assert migrate("apply", folder).code == 0
        assert (folder / "app.py").read_bytes() == NEW
        assert migrate("undo", folder).code == 0
        assert (folder / "app.py").read_bytes() == OLD

    def test_two_repositories_are_written_both_or_not_at_all(self, migrate: Command) -> None:
        for name in ("one", "two"):
            folder = migrate.folder / name
            folder.mkdir()
            repository(folder, **{"app.py": OLD})
        (migrate.folder / "two" / "app.py").write_bytes(OLD + b"\n")
        assert migrate("apply", "one", "two").code == 2
        assert (migrate.folder / "one" / "app.py").read_bytes() == OLD
        assert migrate("apply", "one", "two", "--allow-dirty").code == 0
        assert (migrate.folder / "one" / "app.py").read_bytes() == NEW


class TestOutput:
    def test_git_applies_the_diff_to_what_apply_writes(self, migrate: Command) -> None:
        crlf = OLD.replace(b"\n", b"\r\n")
        names = {"app_py": OLD, "sub folder__ünï_py": crlf, "tail__app_py": OLD.rstrip(b"\n")}
        migrate.write(**names)
        done = migrate("apply", "--dry-run")
        assert {name: migrate.read(name) for name in names} == names
        git(migrate.folder, "apply", "--check", "-", stdin=done.out)
        git(migrate.folder, "apply", "-", stdin=done.out)
        applied = {name: migrate.read(name) for name in names}
        git(migrate.folder, "checkout", "--quiet", ".")
        migrate("apply")
        assert {name: migrate.read(name) for name in names} == applied
        assert applied["sub folder__ünï_py"] == NEW.replace(b"\n", b"\r\n")

    def test_everything_but_the_diff_goes_to_stderr(self, migrate: Command) -> None:
        migrate.write(app_py=OLD)
        done = migrate("apply", "--dry-run")
        assert done.out.startswith(b"diff --git a/app.py b/app.py\n")
        assert "SIS101" in done.err

    @pytest.mark.parametrize("command", [("apply",), ("apply", "--dry-run"), ("check",)])
    @pytest.mark.parametrize("source", [OLD, LEFT, NEW, b"get_active_session(\n"])
    def test_json_keeps_to_its_schema(
        self, migrate: Command, command: tuple[str, ...], source: bytes
    ) -> None:
        migrate.write(app_py=b"import lib\n" + OLD, lib_py=source)
        done = migrate(*command, "--format", "json")
        document = json.loads(done.out)
        assert faults(document, SCHEMA) == []
        assert done.err == ""
        paths = {f["path"] for app in document["apps"] for f in app["findings"]}
        assert paths <= {"app.py", "lib.py"}

    @pytest.mark.parametrize("form", ["text", "json", "sarif", "github", "diff"])
    def test_every_format_prints_and_names_the_place(self, migrate: Command, form: str) -> None:
        migrate.write(app_py=LEFT)
        done = migrate("check", "--format", form)
        assert done.code == 1
        assert "app.py" in done.out.decode() + done.err

    def test_quiet_leaves_only_what_needs_somebody(self, migrate: Command) -> None:
        migrate.write(app_py=OLD)
        assert migrate("apply", "--quiet").out == b""

    def test_no_colour_on_a_pipe(self, migrate: Command) -> None:
        migrate.write(app_py=OLD)
        assert b"\x1b" not in migrate("check").out + migrate("apply", "--dry-run").out

    def test_modes_are_kept(self, migrate: Command) -> None:
        migrate.write(app_py=OLD)
        migrate.path("app_py").chmod(0o755)
        migrate("apply", "--allow-dirty")
        assert stat.S_IMODE(migrate.path("app_py").stat().st_mode) == 0o755

    def test_select_and_ignore(self, migrate: Command) -> None:
        migrate.write(app_py=OLD)
        assert migrate("check", "--ignore", "SIS1").code == 0
        assert migrate("check", "--select", "SIS101,SIS1").code == 1

    def test_the_configuration_counts(self, migrate: Command) -> None:
        configuration = b"[tool.sis-migrate.per-file-ignores]\n'app.py' = ['SIS101']\n"
        migrate.write(app_py=OLD, pyproject_toml=configuration)
        assert migrate("check").code == 0

    def test_single_files_as_pre_commit_gives_them(self, migrate: Command) -> None:
        migrate.write(a__app_py=OLD, b__app_py=OLD)
        assert migrate("apply", Path("a") / "app.py").code == 0
        assert (migrate.read("a__app_py"), migrate.read("b__app_py")) == (NEW, OLD)
