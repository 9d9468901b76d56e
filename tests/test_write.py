from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from git_repository import git, plain_git, repository
from sis_migrate import journal, write
from sis_migrate.model import FileChange


@pytest.fixture(autouse=True)
def _plain() -> Iterator[None]:
    with plain_git():
        yield


def commit(root: Path, *changes: FileChange, allow_dirty: bool = False) -> write.RunRecord:
    return write.commit(
        changes, record_root=root, record={"findings": [1]}, allow_dirty=allow_dirty
    )


def change(path: Path, after: bytes | None) -> FileChange:
    return FileChange(path, path.read_bytes() if path.exists() else None, after)


def snapshot(root: Path) -> dict[str, tuple[int, object]]:
    """Everything below ``root`` but the run records: kind and mode, content or target."""
    result: dict[str, tuple[int, object]] = {}
    for path in root.rglob("*"):
        name = path.relative_to(root).as_posix()
        if not name.startswith((journal.FOLDER, ".git/")):
            content: object = None
            if path.is_symlink():
                content = os.readlink(path)
            elif path.is_file():
                content = path.read_bytes()
            result[name] = (path.lstat().st_mode, content)
    return result


def three(root: Path) -> tuple[FileChange, ...]:
    """A change, a deletion and a creation in a new folder."""
    (root / "a.py").write_bytes(b"old a\r\n")
    (root / "b.py").write_bytes(b"old b")
    (root / "a.py").chmod(0o755)
    (root / "b.py").chmod(0o640)
    return (
        change(root / "a.py", b"new a\r\n"),
        change(root / "b.py", None),
        change(root / "new" / "deep" / "c.py", b""),
    )


def test_written_and_undone(tmp_path: Path) -> None:
    changes = three(tmp_path)
    before = snapshot(tmp_path)
    run = commit(tmp_path, *changes)
    assert (tmp_path / "a.py").read_bytes() == b"new a\r\n"
    assert stat.S_IMODE((tmp_path / "a.py").stat().st_mode) == 0o755
    assert not (tmp_path / "b.py").exists()
    assert (tmp_path / "new/deep/c.py").read_bytes() == b""
    assert not list(tmp_path.rglob("*.tmp"))
    result = write.undo(tmp_path)
    assert snapshot(tmp_path) == before
    assert result.restored == (tmp_path / "a.py", tmp_path / "b.py")
    assert result.removed == (tmp_path / "new/deep/c.py",)
    assert result.run.folder == run.folder
    with pytest.raises(write.RecordError, match="no run"):
        write.undo(tmp_path)


def test_the_record(tmp_path: Path) -> None:
    run = commit(tmp_path, *three(tmp_path))
    document = json.loads((run.folder / "record.json").read_bytes())
    assert document["schema_version"] == 1
    assert document["record"] == {"findings": [1]}
    assert [(f["path"], f["existed"], f["mode"]) for f in document["files"]] == [
        ("a.py", True, "0755"),
        ("b.py", True, "0640"),
        ("new/deep/c.py", False, None),
    ]
    assert (run.folder / "before" / "0").read_bytes() == b"old a\r\n"
    assert write.last_record(tmp_path) == run
    assert (tmp_path / ".sis-migrate/.gitignore").read_bytes() == b"*\n"


def test_new_files_honour_the_umask(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        commit(tmp_path, change(tmp_path / "new.py", b"x"))
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "new.py").stat().st_mode) == 0o640


def test_undo_goes_back_run_by_run_and_passes_over_runs_without_files(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"0")
    for content in (b"1", b"2"):
        commit(tmp_path, change(path, content))
    commit(tmp_path, change(path, b"2"))
    assert [len(run.files) for run in write.records(tmp_path)] == [0, 1, 1]
    write.undo(tmp_path)
    assert path.read_bytes() == b"1"
    write.undo(tmp_path)
    assert path.read_bytes() == b"0"


def test_undo_keeps_folders_that_others_use(tmp_path: Path) -> None:
    commit(tmp_path, *three(tmp_path))
    (tmp_path / "new/other.py").write_bytes(b"mine")
    write.undo(tmp_path)
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["other.py"]


def test_undo_refuses_when_a_file_has_changed_since(tmp_path: Path) -> None:
    commit(tmp_path, *three(tmp_path))
    (tmp_path / "a.py").write_bytes(b"edited")
    (tmp_path / "b.py").mkdir()
    after = snapshot(tmp_path)
    with pytest.raises(write.WriteRefused, match="changed since the run") as caught:
        write.undo(tmp_path)
    assert caught.value.paths == (tmp_path / "a.py", tmp_path / "b.py")
    assert snapshot(tmp_path) == after


def test_undo_of_a_run_that_was_killed_midway(tmp_path: Path) -> None:
    commit(tmp_path, *three(tmp_path))
    (tmp_path / "a.py").write_bytes(b"old a\r\n")
    assert write.undo(tmp_path).restored == (tmp_path / "b.py",)


def test_undo_makes_a_folder_again_that_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "sub" / "a.py"
    path.parent.mkdir()
    path.write_bytes(b"a")
    commit(tmp_path, change(path, None))
    path.parent.rmdir()
    write.undo(tmp_path)
    assert path.read_bytes() == b"a"


def test_symlinked_files_are_written_through(tmp_path: Path) -> None:
    (tmp_path / "real.py").write_bytes(b"old")
    (tmp_path / "link.py").symlink_to("real.py")
    (tmp_path / "gone.py").symlink_to("nowhere.py")
    before = snapshot(tmp_path)
    link = change(tmp_path / "link.py", b"new")
    commit(tmp_path, link, change(tmp_path / "real.py", b"new"), change(tmp_path / "gone.py", b"x"))
    assert (tmp_path / "link.py").is_symlink()
    assert (tmp_path / "real.py").read_bytes() == b"new"
    assert (tmp_path / "nowhere.py").read_bytes() == b"x"
    write.undo(tmp_path)
    assert snapshot(tmp_path) == before


def test_a_deleted_symlink_goes_itself_and_comes_back(tmp_path: Path) -> None:
    (tmp_path / "real.py").write_bytes(b"old")
    (tmp_path / "link.py").symlink_to("real.py")
    before = snapshot(tmp_path)
    commit(tmp_path, change(tmp_path / "link.py", None))
    assert not (tmp_path / "link.py").is_symlink()
    assert (tmp_path / "real.py").exists()
    write.undo(tmp_path)
    assert snapshot(tmp_path) == before


def test_two_contents_for_one_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "real.py").write_bytes(b"old")
    (tmp_path / "link.py").symlink_to("real.py")
    with pytest.raises(write.WriteRefused, match="another way"):
        commit(tmp_path, change(tmp_path / "real.py", b"1"), change(tmp_path / "link.py", b"2"))


def test_a_change_outside_of_the_record_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with pytest.raises(write.WriteRefused, match="outside"):
        commit(tmp_path / "in", change(tmp_path / "out.py", b"x"))
    assert not (tmp_path / "out.py").exists()


def test_dirty_files_are_refused_unless_allowed(tmp_path: Path) -> None:
    repository(tmp_path, **{"a.py": b"a", "b.py": b"b"})
    (tmp_path / "a.py").write_bytes(b"mine")
    changes = (change(tmp_path / "a.py", b"new"), change(tmp_path / "b.py", b"new"))
    with pytest.raises(write.WriteRefused, match="--allow-dirty") as caught:
        commit(tmp_path, *changes)
    assert caught.value.paths == (tmp_path / "a.py",)
    assert (tmp_path / "b.py").read_bytes() == b"b"
    commit(tmp_path, *changes, allow_dirty=True)
    assert (tmp_path / "b.py").read_bytes() == b"new"
    assert git(tmp_path, "status", "--porcelain") == b" M a.py\n M b.py\n"
    write.undo(tmp_path)
    assert (tmp_path / "a.py").read_bytes() == b"mine"


@pytest.mark.parametrize("now", [b"other", None])
def test_files_changed_since_they_were_read_are_refused(tmp_path: Path, now: bytes | None) -> None:
    changes = three(tmp_path)
    if now is None:
        (tmp_path / "a.py").unlink()
    else:
        (tmp_path / "a.py").write_bytes(now)
    with pytest.raises(write.WriteRefused, match="since they were read") as caught:
        commit(tmp_path, *changes, allow_dirty=True)
    assert caught.value.paths == (tmp_path / "a.py",)
    assert not (tmp_path / ".sis-migrate").exists()


def test_a_folder_in_the_place_of_a_new_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.py").mkdir()
    with pytest.raises(write.WriteRefused):
        commit(tmp_path, FileChange(tmp_path / "a.py", None, b"x"))


@pytest.mark.parametrize("number", [0, 1])
def test_a_read_only_file_stops_the_run_before_anything_is_written(
    tmp_path: Path, number: int
) -> None:
    changes = three(tmp_path)
    changes[number].path.chmod(0o444)
    before = snapshot(tmp_path)
    with pytest.raises(write.WriteFailed, match=r"read-only.*as it was before") as caught:
        commit(tmp_path, *changes)
    assert str(changes[number].path) in str(caught.value)
    assert snapshot(tmp_path) == before
    assert write.last_record(tmp_path) is None


def test_a_full_disk_stops_the_run_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = three(tmp_path)
    before = snapshot(tmp_path)
    real = write._write_temporary

    def full(temporary: Path, *arguments: Any) -> None:
        real(temporary, *arguments)
        if temporary.parent.name == "deep":
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(write, "_write_temporary", full)
    with pytest.raises(write.WriteFailed, match="No space left"):
        commit(tmp_path, *changes)
    assert snapshot(tmp_path) == before


class _Stops:
    """os.replace that fails at its n-th call on a file of the run, before or after doing it."""

    def __init__(self, at: int, error: BaseException, *, done: bool) -> None:
        self.at, self.error, self.done, self.real = at, error, done, os.replace

    def __call__(self, source: Any, target: Any) -> None:
        if Path(target).name == "record.json":
            self.real(source, target)
            return
        self.at -= 1
        if self.at or self.done:
            self.real(source, target)
        if not self.at:
            raise self.error


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("at", [1, 2])
@pytest.mark.parametrize("error", [OSError("odd"), KeyboardInterrupt()], ids=["error", "ctrl-c"])
def test_a_run_that_stops_midway_is_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int, error: BaseException, done: bool
) -> None:
    changes = three(tmp_path)
    before = snapshot(tmp_path)
    monkeypatch.setattr(os, "replace", _Stops(at, error, done=done))
    expected = KeyboardInterrupt if isinstance(error, KeyboardInterrupt) else write.WriteFailed
    with pytest.raises(expected) as caught:
        commit(tmp_path, *changes)
    said = f"{caught.value} {getattr(caught.value, '__notes__', '')}"
    assert "Everything is as it was before the run." in said
    assert snapshot(tmp_path) == before
    assert write.last_record(tmp_path) is None


def test_what_cannot_be_put_back_is_named_and_can_be_undone_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = three(tmp_path)
    before = snapshot(tmp_path)

    def refuse(*_: object) -> bool:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", _Stops(2, OSError("odd"), done=False))
        patch.setattr(write, "_restore", refuse)
        with pytest.raises(write.WriteFailed, match="Not put back") as caught:
            commit(tmp_path, *changes)
    assert str(tmp_path / "a.py") in str(caught.value)
    write.undo(tmp_path)
    assert snapshot(tmp_path) == before


def test_a_file_that_changes_during_the_run_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = three(tmp_path)
    real = write._put_in_place

    def meddle(job: Any) -> None:
        real(job)
        (tmp_path / "a.py").write_bytes(b"theirs a")
        (tmp_path / "b.py").write_bytes(b"theirs b")

    monkeypatch.setattr(write, "_put_in_place", meddle)
    with pytest.raises(write.WriteFailed, match=r"meanwhile.*Not put back"):
        commit(tmp_path, *changes)
    assert (tmp_path / "a.py").read_bytes() == b"theirs a"
    assert (tmp_path / "b.py").read_bytes() == b"theirs b"


def test_no_record_no_write(tmp_path: Path) -> None:
    changes = three(tmp_path)
    (tmp_path / ".sis-migrate").write_bytes(b"in the way")
    before = snapshot(tmp_path)
    with pytest.raises(write.WriteFailed, match="run record cannot be written"):
        commit(tmp_path, *changes)
    assert snapshot(tmp_path) == before


def test_undo_that_fails_can_be_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = three(tmp_path)
    before = snapshot(tmp_path)
    commit(tmp_path, *changes)
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", _Stops(2, OSError(errno.EACCES, "denied"), done=False))
        with pytest.raises(write.WriteFailed, match=r"b\.py: cannot be put back: denied"):
            write.undo(tmp_path)
    write.undo(tmp_path)
    assert snapshot(tmp_path) == before


def test_undo_that_cannot_be_marked_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(tmp_path, *three(tmp_path))

    def refuse(_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(journal, "mark_undone", refuse)
    with pytest.raises(write.WriteFailed, match="everything is put back"):
        write.undo(tmp_path)


@settings(deadline=None, max_examples=25)  # every run waits for the disk
@given(old=st.none() | st.binary(max_size=50), new=st.none() | st.binary(max_size=50))
def test_undo_gives_back_any_bytes(
    tmp_path_factory: pytest.TempPathFactory, old: bytes | None, new: bytes | None
) -> None:
    root = tmp_path_factory.mktemp("run")
    path = root / "a.py"
    if old is not None:
        path.write_bytes(old)
    run = commit(root, FileChange(path, old, new), allow_dirty=True)
    assert (path.read_bytes() if path.exists() else None) == new
    if run.files:
        write.undo(root)
    assert (path.read_bytes() if path.exists() else None) == old
