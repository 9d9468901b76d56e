from __future__ import annotations

from cli_case import NEW, OLD, Command


def test_the_last_run_is_put_back_byte_for_byte(migrate: Command) -> None:
    crlf = b"\xef\xbb\xbf" + OLD.replace(b"\n", b"\r\n")
    migrate.write(a__app_py=crlf, b__app_py=OLD)
    migrate("apply")
    done = migrate("undo")
    assert done.code == 0
    assert (migrate.read("a__app_py"), migrate.read("b__app_py")) == (crlf, OLD)
    assert done.out.decode().splitlines() == ["restored a/app.py", "restored b/app.py"]


def test_from_a_folder_below(migrate: Command) -> None:
    migrate.write(a__app_py=OLD)
    migrate("apply")
    assert migrate("undo", migrate.folder / "a").code == 0
    assert migrate.read("a__app_py") == OLD


def test_a_folder_where_only_a_verification_is_remembered_is_passed_over(migrate: Command) -> None:
    migrate.write(a__app_py=OLD)
    migrate("apply")
    (migrate.folder / "a" / ".sis-migrate" / "verified").mkdir(parents=True)
    assert migrate("undo", migrate.folder / "a").code == 0


def test_a_file_that_has_changed_since_is_refused(migrate: Command) -> None:
    migrate.write(app_py=OLD)
    migrate("apply")
    migrate.path("app_py").write_bytes(NEW + b"# mine\n")
    done = migrate("undo")
    assert (done.code, done.out) == (2, b"")
    assert "changed since the run" in done.err
    assert migrate.read() == NEW + b"# mine\n"


def test_nothing_to_undo(migrate: Command) -> None:
    done = migrate("undo")
    assert done.code == 2
    assert "no run is recorded" in done.err


def test_twice(migrate: Command) -> None:
    migrate.write(app_py=OLD)
    migrate("apply")
    assert (migrate("undo").code, migrate("undo").code) == (0, 2)
    assert migrate.read() == OLD


def test_a_file_is_no_folder(migrate: Command) -> None:
    migrate.write(app_py=OLD)
    assert "not a folder" in migrate("undo", "app.py").err


def test_a_run_without_changes_leaves_the_last_one_to_undo(migrate: Command) -> None:
    migrate.write(app_py=OLD)
    migrate("apply")
    migrate("apply")
    assert migrate("undo").code == 0
    assert migrate.read() == OLD
