from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from git_repository import git, plain_git, repository
from sis_migrate.model import FileChange
from sis_migrate.report import diff


@pytest.fixture(autouse=True)
def _plain() -> Iterator[None]:
    with plain_git():
        yield


def check_applies(folder: Path, name: str, before: bytes | None, after: bytes | None) -> bytes:
    """Write ``before``, let git apply the diff, and compare with ``after``."""
    path = folder / name
    if before is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(before)
    patch = diff.unified([FileChange(path, before, after)], folder)
    if before == after:
        assert patch == b""
        return patch
    git(folder, "apply", "--check", "-", stdin=patch)
    git(folder, "apply", "-", stdin=patch)
    assert (path.read_bytes() if path.exists() else None) == after
    return patch


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(b"a\nb\n", b"a\nc\n", id="plain"),
        pytest.param(b"a\r\nb\r\n", b"a\r\nc\r\n", id="windows line ends"),
        pytest.param(b"a\rb\rc", b"a\rx\rc", id="old mac line ends"),
        pytest.param(b"\xef\xbb\xbfa\n", b"\xef\xbb\xbfb\n", id="byte order mark"),
        pytest.param(b"\xe4\n", b"\xe4\xff\n", id="latin-1"),
        pytest.param(b"a\nb", b"a\nc", id="no final newline"),
        pytest.param(b"a\nb", b"a\nb\n", id="final newline added"),
        pytest.param(b"a\nb\n", b"a\nb", id="final newline gone"),
        pytest.param(b"-- x\n++ y\n", b"++ y\n-- x\n", id="lines like headers"),
        pytest.param(None, b"new\n", id="new"),
        pytest.param(None, b"new", id="new without final newline"),
        pytest.param(None, b"", id="new and empty"),
        pytest.param(b"old\n", None, id="deleted"),
        pytest.param(b"", None, id="deleted and empty"),
        pytest.param(b"old\n", b"", id="emptied"),
        pytest.param(b"", b"new\n", id="filled"),
        pytest.param(
            b"".join(b"%d\n" % n for n in range(40)),
            b"".join(b"%d\n" % n for n in range(40) if n not in (3, 20)),
            id="two hunks",
        ),
    ],
)
def test_git_applies_it(tmp_path: Path, before: bytes | None, after: bytes | None) -> None:
    check_applies(repository(tmp_path), "a.py", before, after)


_NAMES = [
    "with space.py",
    "ünïcode.py",
    'quo"te.py',
    "back\\slash.py",
    "tab\there.py",
    "new\nline and space.py",
    "sub dir/a b.py",
    "-dash.py",
    " lead and trail ",
    "b/a/x.py",
]


@pytest.mark.parametrize("kind", ["modified", "created", "deleted"])
@pytest.mark.parametrize("name", _NAMES)
def test_unusual_names(tmp_path: Path, name: str, kind: str) -> None:
    before = None if kind == "created" else b"a\n"
    after = None if kind == "deleted" else b"b\n"
    check_applies(repository(tmp_path), name, before, after)


@pytest.mark.parametrize("name", _NAMES)
def test_headers_are_those_of_git(tmp_path: Path, name: str) -> None:
    repository(tmp_path)
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_bytes(b"a\n")
    git(tmp_path, "add", ".")
    path.write_bytes(b"b\n")
    theirs = git(tmp_path, "diff", "--no-color").split(b"\n")
    ours = diff.unified([FileChange(path, b"a\n", b"b\n")], tmp_path).split(b"\n")
    assert ours == [line for line in theirs if not line.startswith(b"index ")]


def test_a_name_that_is_no_unicode(tmp_path: Path) -> None:
    try:
        (tmp_path / os.fsdecode(b"l\xe4tin.py")).write_bytes(b"")
    except OSError:
        pytest.skip("the file system takes Unicode names only")
    patch = check_applies(repository(tmp_path), os.fsdecode(b"l\xe4tin.py"), b"a\n", b"b\n")
    assert b'--- "a/l\\344tin.py"\n' in patch


_text = st.binary(max_size=200).map(lambda data: data.replace(b"\0", b"\n"))
_lines = st.lists(st.sampled_from([b"a\n", b"b\r\n", b"\n", b"\r", b"-- a\n", b"@@ -1 +1 @@\n"]))
_content = st.none() | _text | _lines.map(b"".join)


@settings(deadline=None)  # git is another process
@given(before=_content, after=_content)
def test_git_applies_any_two_texts(
    tmp_path_factory: pytest.TempPathFactory, before: bytes | None, after: bytes | None
) -> None:
    folder = tmp_path_factory.mktemp("repo")
    (folder / ".git").mkdir()  # no repository: git apply works without, and starting one is slow
    check_applies(folder, "a b.py", before, after)


def test_several_files_by_name_and_the_unchanged_left_out(tmp_path: Path) -> None:
    changes = [FileChange(tmp_path / name, b"a\n", b"b\n") for name in ("b.py", "a.py")]
    patch = diff.unified([*changes, FileChange(tmp_path / "c.py", b"", b"")], tmp_path)
    headers = [line for line in patch.split(b"\n") if line.startswith(b"diff")]
    assert headers == [b"diff --git a/a.py b/a.py", b"diff --git a/b.py b/b.py"]
    assert diff.unified([], tmp_path) == b""


def test_names_from_the_top_of_the_work_tree_for_files_outside(tmp_path: Path) -> None:
    top = repository(tmp_path)
    (top / "one").mkdir()
    changes = [FileChange(top / "one/a.py", None, b"a"), FileChange(top / "b.py", None, b"b")]
    assert b"+++ b/one/a.py\n" in diff.unified(changes, top / "one")
    assert b"+++ b/a.py\n" in diff.unified(changes[:1], top / "one")


def test_names_from_the_common_folder_without_a_repository(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    patch = diff.unified([FileChange(tmp_path / "two/b.py", None, b"b")], tmp_path / "one")
    assert b"+++ b/two/b.py\n" in patch


def test_names_from_the_common_folder_for_files_outside_of_the_repository(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    repository(tmp_path / "one")
    patch = diff.unified([FileChange(tmp_path / "two/b.py", None, b"b")], tmp_path / "one")
    assert b"+++ b/two/b.py\n" in patch


def test_a_symlinked_file_is_named_by_its_target(tmp_path: Path) -> None:
    (tmp_path / "real.py").write_bytes(b"a\n")
    (tmp_path / "link.py").symlink_to("real.py")
    assert b"+++ b/real.py\n" in diff.unified(
        [FileChange(tmp_path / "link.py", b"a\n", b"b\n")], tmp_path
    )


def test_a_deleted_script_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "run.sh").write_bytes(b"x\n")
    (tmp_path / "run.sh").chmod(0o755)
    patch = diff.unified([FileChange(tmp_path / "run.sh", b"x\n", None)], tmp_path)
    assert b"deleted file mode 100755\n" in patch


def test_in_a_subfolder_git_must_be_told_the_folder(tmp_path: Path) -> None:
    sub = repository(tmp_path) / "sub"
    sub.mkdir()
    (sub / "a.py").write_bytes(b"a\n")
    patch = diff.unified([FileChange(sub / "a.py", b"a\n", b"b\n")], sub)
    git(sub, "apply", "--directory=sub", "-", stdin=patch)
    assert (sub / "a.py").read_bytes() == b"b\n"


def test_colour_follows_hunks_not_looks(tmp_path: Path) -> None:
    patch = diff.unified([FileChange(tmp_path / "a.sql", b"-- x\r\ny\n", b"y\n++ z")], tmp_path)
    red, green, bold, cyan, off = b"\x1b[31m", b"\x1b[32m", b"\x1b[1m", b"\x1b[36m", b"\x1b[0m"
    painted = diff.colour(patch).split(b"\n")
    assert painted[3:] == [
        cyan + b"@@ -1,2 +1,2 @@" + off,
        red + b"--- x" + off + b"\r",
        b" y",
        green + b"+++ z" + off,
        b"\\ No newline at end of file",
        b"",
    ]
    assert painted[1] == bold + b"--- a/a.sql" + off


@given(before=_text, after=_text)
def test_colour_only_adds_codes(before: bytes, after: bytes) -> None:
    patch = diff.unified([FileChange(Path("/x/a.py"), before, after)], Path("/x"))
    plain = diff.colour(patch)
    for code in (b"\x1b[0m", b"\x1b[1m", b"\x1b[31m", b"\x1b[32m", b"\x1b[36m"):
        plain, patch = plain.replace(code, b""), patch.replace(code, b"")
    assert plain == patch
