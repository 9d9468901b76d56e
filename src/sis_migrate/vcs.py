"""Questions to git, asked through its command; without git or a repository the answers are empty.

Nothing here changes a repository: optional locks are off, so not even the index is refreshed.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

# Set by git for its hooks. They would answer for the hook's repository wherever we ask; only the
# index of a commit under way (`git commit <file>`) matters, see `_environment`.
_LOCAL = ("GIT_DIR", "GIT_WORK_TREE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_INDEX_FILE")
_ARGUMENT_BYTES = 24_000  # Windows allows 32,767 characters a command line


def work_tree(path: Path) -> Path | None:
    """The top folder of the git work tree that ``path`` (existing or not) is in, links resolved.

    None without git, without a repository, and where git refuses to answer (a repository that
    somebody else owns and `safe.directory` does not list).
    """
    top = _git(_existing_folder(path), "rev-parse", "--show-toplevel")
    return Path(os.fsdecode(top.removesuffix(b"\n"))) if top else None


def dirty(paths: Iterable[Path]) -> list[Path]:
    """Those of ``paths`` whose present content git does not have, sorted.

    That is: the working tree differs from the index, or the file is not tracked (ignored or not)
    and exists. What is staged and unchanged since is clean. A symlink stands for its target.
    Files outside of any repository are never dirty.
    """
    result: list[Path] = []
    for top, names in _by_work_tree(paths, follow=True).items():
        for chunk in _chunks(list(names)):
            answer = _git(top, "ls-files", "-t", "-m", "-o", "-z", "--", *chunk)
            # Where git cannot tell (a broken index), nothing may be overwritten.
            told = chunk if answer is None else {name[2:] for name in _names(answer)}
            result += [path for name in told for path in names.get(name, ())]
    return sorted(result)


def ignored(root: Path, paths: Iterable[Path]) -> set[Path]:
    """Those of ``paths`` (relative ones: to ``root``) that git ignores; tracked files never are."""
    result: set[Path] = set()
    given = {root / path: path for path in paths}
    for top, names in _by_work_tree(given, follow=False).items():
        question = b"".join(os.fsencode(name) + b"\0" for name in names)
        answer = _git(top, "check-ignore", "--stdin", "-z", stdin=question)
        for name in _names(answer or b""):
            result.update(given[path] for path in names.get(name, ()))
    return result


def _by_work_tree(paths: Iterable[Path], *, follow: bool) -> dict[Path, dict[str, list[Path]]]:
    """Paths by their name relative to the top of their work tree, by that top."""
    tops: dict[Path, Path | None] = {}
    groups: dict[Path, dict[str, list[Path]]] = {}
    for path in paths:
        real = _real(path) if follow else _real(path.parent) / path.name
        marked = next((p for p in real.parents if os.path.lexists(p / ".git")), None)
        if marked is None:
            continue
        if marked not in tops:
            tops[marked] = work_tree(marked)
        top = tops[marked]
        if top is not None:
            groups.setdefault(top, {}).setdefault(real.relative_to(top).as_posix(), []).append(path)
    return groups


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))  # unlike Path.resolve, does not raise on a loop of links


def _existing_folder(path: Path) -> Path:
    return next((p for p in (path, *path.absolute().parents) if p.is_dir()), Path())


def _chunks(names: Sequence[str]) -> Iterator[list[str]]:
    chunk: list[str] = []
    size = 0
    for name in names:
        length = len(os.fsencode(name)) + 1
        if chunk and size + length > _ARGUMENT_BYTES:
            yield chunk
            chunk, size = [], 0
        chunk.append(name)
        size += length
    yield chunk


def _names(answer: bytes) -> list[str]:
    return [os.fsdecode(name) for name in answer.split(b"\0")[:-1]]


def _git(folder: Path, *arguments: str, stdin: bytes = b"") -> bytes | None:
    """git's output; None where git is missing or fails."""
    return _run(folder, _environment(folder), arguments, stdin)


def _environment(folder: Path) -> dict[str, str]:
    environment = {k: v for k, v in os.environ.items() if k not in _LOCAL}
    environment["GIT_OPTIONAL_LOCKS"] = "0"
    index = os.environ.get("GIT_INDEX_FILE")
    if index:
        answer = _run(folder, environment, ("rev-parse", "--absolute-git-dir"), b"")
        own = Path(os.fsdecode(answer.removesuffix(b"\n"))) if answer else None
        if own and _real(Path(index)).is_relative_to(_real(own)):
            environment["GIT_INDEX_FILE"] = os.path.abspath(index)
    return environment


def _run(
    folder: Path, environment: dict[str, str], arguments: Sequence[str], stdin: bytes
) -> bytes | None:
    command = ["git", "-C", str(folder), "-c", "core.quotepath=off", "--literal-pathspecs"]
    if arguments[0] == "check-ignore":
        command.pop()  # it takes names, not patterns, and refuses the option
    try:
        done = subprocess.run(
            [*command, *arguments], input=stdin, capture_output=True, env=environment, check=False
        )
    except OSError:
        return None
    # 1 is check-ignore's "none of them".
    return done.stdout if done.returncode in (0, 1) else None
