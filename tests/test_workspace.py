from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sis_migrate.model import FileChange
from sis_migrate.textfile import TextError, TextFile
from sis_migrate.workspace import Workspace


def test_what_is_proposed_is_read_and_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"old")
    workspace = Workspace()
    workspace.write(path, b"new")
    assert workspace.read_bytes(path) == b"new"
    assert workspace.read(path).text == "new"
    assert path.read_bytes() == b"old"
    assert workspace.changes() == (FileChange(path, b"old", b"new"),)


def test_a_file_is_read_from_disk_once(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"one")
    workspace = Workspace()
    assert workspace.read_bytes(path) == b"one"
    path.write_bytes(b"two")
    workspace.write(path, b"three")
    assert workspace.changes() == (FileChange(path, b"one", b"three"),)


def test_created_deleted_and_put_back(tmp_path: Path) -> None:
    kept, gone, new, brief = (tmp_path / n for n in ("kept", "gone", "new", "brief"))
    kept.write_bytes(b"k")
    gone.write_bytes(b"g")
    workspace = Workspace()
    workspace.write(kept, b"other")
    workspace.write(kept, b"k")
    workspace.delete(gone)
    workspace.write(new, b"n")
    workspace.write(brief, b"b")
    workspace.delete(brief)
    assert workspace.changes() == (FileChange(gone, b"g", None), FileChange(new, None, b"n"))
    assert [workspace.exists(p) for p in (kept, gone, new, brief)] == [True, False, True, False]
    with pytest.raises(FileNotFoundError):
        workspace.read_bytes(gone)


def test_given_contents_stand_for_the_disk() -> None:
    path, missing = Path("/nowhere/a.py"), Path("/nowhere/b.py")
    workspace = Workspace({path: b"x"})
    assert workspace.exists(path)
    assert not workspace.exists(missing)
    assert workspace.read_bytes(path) == b"x"
    with pytest.raises(FileNotFoundError):
        workspace.delete(missing)


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    assert not Workspace().exists(tmp_path)
    with pytest.raises(OSError, match="directory"):
        Workspace().read(tmp_path)


def test_only_python_files_declare_their_encoding() -> None:
    data = b"# coding: latin-1\n\xe4"
    workspace = Workspace({Path("/a.py"): data, Path("/a.pyi"): data, Path("/a.yml"): data})
    assert workspace.read(Path("/a.py")).text[-1] == "ä"
    assert workspace.read(Path("/a.pyi")).text[-1] == "ä"
    with pytest.raises(TextError):
        workspace.read(Path("/a.yml"))


def test_what_is_derived_is_made_again_for_new_content_only() -> None:
    path = Path("/a.py")
    workspace = Workspace({path: b"1"})
    made: list[str] = []

    def make(file: TextFile) -> int:
        made.append(file.text)
        return len(made)

    assert [workspace.derive(path, "x", make) for _ in range(2)] == [1, 1]
    assert workspace.derive(path, "y", make) == 2
    workspace.write(path, b"2")
    assert workspace.derive(path, "x", make) == 3
    assert made == ["1", "1", "2"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")
def test_a_link_to_nothing_is_told_from_a_file_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "a.py").symlink_to(tmp_path / "gone")
    with pytest.raises(FileNotFoundError, match="symbolic link that leads nowhere"):
        Workspace().read_bytes(tmp_path / "a.py")
    with pytest.raises(FileNotFoundError, match="No such file"):
        Workspace().read_bytes(tmp_path / "b.py")
