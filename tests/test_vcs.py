from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from git_repository import git, plain_git, repository
from sis_migrate import vcs


@pytest.fixture(autouse=True)
def _plain() -> Iterator[None]:
    with plain_git():
        yield


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    folder.mkdir()
    return repository(folder, **{"a.py": b"a\n", "b c.py": b"b\n", "[x]*.py": b"x\n"})


def test_work_tree_of_a_file_a_folder_and_what_does_not_exist(repo: Path) -> None:
    (repo / "sub").mkdir()
    for path in (repo, repo / "a.py", repo / "sub", repo / "sub" / "no" / "such.py"):
        assert vcs.work_tree(path) == repo.resolve()


def test_no_work_tree_outside(tmp_path: Path) -> None:
    assert vcs.work_tree(tmp_path) is None


def test_without_git_nothing_is_known(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repo / "a.py").write_bytes(b"changed\n")
    monkeypatch.setenv("PATH", "")
    assert vcs.work_tree(repo) is None
    assert vcs.dirty([repo / "a.py"]) == []
    assert vcs.ignored(repo, [repo / "a.py"]) == set()


def test_clean_files_are_not_dirty(repo: Path) -> None:
    os.utime(repo / "a.py", (1, 1))  # the index's times are old; the content is not
    assert vcs.dirty([repo / "a.py", repo / "b c.py", repo / "new.py"]) == []


def test_dirty_is_what_the_index_does_not_have(repo: Path) -> None:
    (repo / ".gitignore").write_bytes(b"*.log\nbuild/\n")
    (repo / "build").mkdir()
    for name in ("a.py", "[x]*.py", "ünbekannt.py", "x.log", "build/y.py"):
        (repo / name).write_bytes(b"changed\n")
    (repo / "b c.py").unlink()
    names = ["a.py", "b c.py", "[x]*.py", "ünbekannt.py", "x.log", "build/y.py", "new.py"]
    found = vcs.dirty(repo / name for name in names)
    assert found == sorted(repo / name for name in names[:-1])


def test_staged_is_clean_until_it_changes_again(repo: Path) -> None:
    (repo / "a.py").write_bytes(b"staged\n")
    (repo / "new.py").write_bytes(b"new\n")
    git(repo, "add", ".")
    assert vcs.dirty([repo / "a.py", repo / "new.py"]) == []
    (repo / "new.py").write_bytes(b"newer\n")
    assert vcs.dirty([repo / "a.py", repo / "new.py"]) == [repo / "new.py"]


def test_names_are_no_patterns(repo: Path) -> None:
    (repo / "x1.py").write_bytes(b"untracked\n")
    assert vcs.dirty([repo / "[x]*.py"]) == []


def test_a_symlink_stands_for_its_target(repo: Path, tmp_path: Path) -> None:
    outer = tmp_path / "linked"
    outer.symlink_to(repo)
    (repo / "link.py").symlink_to("a.py")
    assert vcs.dirty([outer / "a.py", repo / "link.py"]) == []
    (repo / "a.py").write_bytes(b"changed\n")
    assert vcs.dirty([outer / "a.py", repo / "link.py"]) == sorted(
        [outer / "a.py", repo / "link.py"]
    )


def test_several_repositories_and_none(repo: Path, tmp_path: Path) -> None:
    inner = repo / "inner"
    inner.mkdir()
    repository(inner, **{"i.py": b"i\n"})
    (inner / "i.py").write_bytes(b"changed\n")
    (tmp_path / "free.py").write_bytes(b"free\n")
    assert vcs.dirty([repo / "a.py", inner / "i.py", tmp_path / "free.py"]) == [inner / "i.py"]


def test_a_folder_that_only_looks_like_a_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "a.py").write_bytes(b"a\n")
    assert vcs.dirty([tmp_path / "a.py"]) == []


def test_more_names_than_a_command_line_takes(repo: Path) -> None:
    names = [repo / f"{'n' * 200}{number}.py" for number in range(200)]
    names[150].write_bytes(b"untracked\n")
    assert vcs.dirty(names) == [names[150]]


def test_one_question_a_repository(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []
    real = vcs._run

    def counted(
        folder: Path, env: dict[str, str], arguments: tuple[str, ...], data: bytes
    ) -> bytes | None:
        asked.append(tuple(arguments))
        return real(folder, env, arguments, data)

    monkeypatch.setattr(vcs, "_run", counted)
    vcs.dirty(repo / f"{number}.py" for number in range(50))
    assert [arguments[0] for arguments in asked] == ["rev-parse", "ls-files"]


def test_where_git_cannot_tell_all_files_are_dirty(repo: Path) -> None:
    (repo / ".git" / "index").write_bytes(b"broken")
    assert vcs.dirty([repo / "a.py"]) == [repo / "a.py"]


@pytest.mark.parametrize("state", ["intent to add", "conflict"])
def test_halfway_states_are_dirty(repo: Path, state: str) -> None:
    path = repo / "a.py"
    if state == "intent to add":
        path = repo / "new.py"
        path.write_bytes(b"new\n")
        git(repo, "add", "-N", "new.py")
    else:
        git(repo, "checkout", "-q", "-b", "other")
        for branch in ("other", "main"):
            git(repo, "checkout", "-q", branch)
            path.write_bytes(branch.encode())
            git(repo, "commit", "-q", "-am", branch)
        with pytest.raises(AssertionError):
            git(repo, "merge", "-q", "other")
    assert vcs.dirty([path]) == [path]


def test_ignored(repo: Path, tmp_path: Path) -> None:
    (repo / ".gitignore").write_bytes("*.py\nünder/\n".encode())
    (repo / "link").symlink_to(tmp_path)
    asked = [repo / n for n in ("a.py", "no such.py", "x.txt", "ünder/x.txt", "link/y.py")]
    assert vcs.ignored(repo, asked) == {repo / "no such.py", repo / "ünder/x.txt"}


def test_ignored_takes_relative_paths_and_finds_none(repo: Path) -> None:
    (repo / ".gitignore").write_bytes(b"*.log\n")
    assert vcs.ignored(repo, [Path("x.log"), Path("a.py")]) == {Path("x.log")}
    assert vcs.ignored(repo, [Path("a.py")]) == set()
    assert vcs.ignored(repo, []) == set()


def test_the_index_of_a_commit_under_way_is_asked(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = repo / ".git" / "index"
    (repo / ".git" / "next-index").write_bytes(index.read_bytes())
    (repo / "a.py").write_bytes(b"changed\n")
    monkeypatch.setenv("GIT_INDEX_FILE", str(repo / ".git" / "next-index"))
    git(repo, "add", "a.py")
    assert vcs.dirty([repo / "a.py"]) == []
    monkeypatch.delenv("GIT_INDEX_FILE")
    assert vcs.dirty([repo / "a.py"]) == [repo / "a.py"]


@pytest.mark.parametrize("where", ["other repository", "no repository"])
def test_a_hook_of_another_repository_does_not_answer(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    if where == "other repository":
        repository(other, **{"o.py": b"o\n"})
    monkeypatch.setenv("GIT_DIR", str(repo / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(repo / ".git" / "index"))
    assert vcs.work_tree(other) == (other.resolve() if where == "other repository" else None)
    assert vcs.dirty([other / "o.py"]) == []
