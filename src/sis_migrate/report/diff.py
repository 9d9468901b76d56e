"""A unified diff that ``git apply`` takes: bytes as they are, git's headers and quoting of names.

Names are relative to the working directory. When a changed file lies outside of it, all names are
relative to the top of the git work tree, or else to the folder that contains all of them: git
takes no ``../``, so that is where such a diff has to be applied. A symlinked file is named by its
target, whose content it is.

Mind that git reads such names from the top of the work tree: in a folder below it, plain
``git apply`` passes over the files and says nothing. There it takes
``git apply --directory="$(git rev-parse --show-prefix)"``; ``patch -p1`` goes by the folder.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from pathlib import Path

from sis_migrate import vcs
from sis_migrate.model import FileChange

_CONTEXT = 3
_LONG = 2_000  # lines; beyond it difflib may pass over frequent ones, or takes seconds
_ESCAPES = {
    **{byte: b"\\%03o" % byte for byte in (*range(32), *range(127, 256))},
    **{
        ord(raw): b"\\" + escape.encode()
        for raw, escape in zip('\a\b\t\n\v\f\r"\\', 'abtnvfr"\\', strict=True)
    },
}
_RESET = b"\x1b[0m"
_HEADER, _HUNK, _OLD, _NEW = (b"\x1b[1m", b"\x1b[36m", b"\x1b[31m", b"\x1b[32m")


def unified(changes: Iterable[FileChange], cwd: Path) -> bytes:
    """The diff of ``changes``, sorted by name; empty where nothing differs.

    Content must be text: git calls a file with NUL bytes binary.
    """
    differing = {_target(c): c for c in changes if c.before != c.after}
    root = _root(list(differing), Path(os.path.realpath(cwd)))
    return b"".join(
        line for path in sorted(differing) for line in _file(differing[path], path, root)
    )


def hunks(before: bytes, after: bytes) -> Iterator[bytes]:
    """The lines of one file's hunks, each with its sign and its end, without the file's headers."""
    return _hunks(_lines(before), _lines(after))


def colour(diff: bytes) -> bytes:
    """The diff with ANSI colours, as ``git diff`` shows it; line ends stay outside of them."""
    old = new = 0
    result: list[bytes] = []
    for line in _lines(diff):
        if old > 0 or new > 0 or line.startswith(b"\\"):
            sign = line[:1]
            old -= sign in b" -"
            new -= sign in b" +"
            result.append(_painted(line, {b"-": _OLD, b"+": _NEW}.get(sign, b"")))
        elif line.startswith(b"@@"):
            old, new = (int(part.partition(b",")[2] or 1) for part in line.split(b" ")[1:3])
            result.append(_painted(line, _HUNK))
        else:
            result.append(_painted(line, _HEADER))
    return b"".join(result)


def _painted(line: bytes, code: bytes) -> bytes:
    if not code:
        return line
    text = line.rstrip(b"\r\n")
    return code + text + _RESET + line[len(text) :]


def _target(change: FileChange) -> Path:
    if change.after is None:
        return Path(os.path.realpath(change.path.parent)) / change.path.name
    return Path(os.path.realpath(change.path))


def _root(paths: Sequence[Path], cwd: Path) -> Path:
    if all(path.is_relative_to(cwd) for path in paths):
        return cwd
    top = vcs.work_tree(cwd)
    if top and all(path.is_relative_to(top) for path in paths):
        return top
    return Path(os.path.commonpath([cwd, *(path.parent for path in paths)]))


def _file(change: FileChange, path: Path, root: Path) -> Iterator[bytes]:
    name = os.fsencode(path.relative_to(root).as_posix())
    old, new = _quoted(b"a/" + name), _quoted(b"b/" + name)
    yield b"diff --git %s %s\n" % (old, new)
    if change.before is None:
        old = b"/dev/null"
        yield b"new file mode 100644\n"
    if change.after is None:
        new = b"/dev/null"
        yield b"deleted file mode %s\n" % _mode(path)
    before, after = _lines(change.before or b""), _lines(change.after or b"")
    if before or after:
        yield b"--- %s%s\n" % (old, b"\t" if b" " in old else b"")
        yield b"+++ %s%s\n" % (new, b"\t" if b" " in new else b"")
        yield from _hunks(before, after)


def _mode(path: Path) -> bytes:
    executable = path.exists() and path.stat().st_mode & 0o100
    return b"100755" if executable else b"100644"


def _hunks(before: Sequence[bytes], after: Sequence[bytes]) -> Iterator[bytes]:
    matcher = SequenceMatcher(None, before, after, autojunk=len(after) > _LONG)
    for group in matcher.get_grouped_opcodes(_CONTEXT):
        _, old, _, new, _ = group[0]
        _, _, old_end, _, new_end = group[-1]
        yield b"@@ -%s +%s @@\n" % (_range(old, old_end), _range(new, new_end))
        for tag, i, i_end, j, j_end in group:
            if tag == "equal":
                yield from _signed(b" ", before[i:i_end])
            else:
                yield from _signed(b"-", before[i:i_end])
                yield from _signed(b"+", after[j:j_end])


def _range(start: int, end: int) -> bytes:
    if end - start == 1:
        return b"%d" % end
    # An empty range names the line before it.
    return b"%d,%d" % (start + (end > start), end - start)


def _signed(sign: bytes, lines: Iterable[bytes]) -> Iterator[bytes]:
    for line in lines:
        yield sign + line
        if not line.endswith(b"\n"):
            yield b"\n\\ No newline at end of file\n"


def _lines(data: bytes) -> list[bytes]:
    return io.BytesIO(data).readlines()  # splits on \n only; a lone \r stays in its line


def _quoted(name: bytes) -> bytes:
    """A name as git writes it: in quotes with C escapes where it has unusual bytes."""
    escaped = b"".join(_ESCAPES.get(byte, bytes((byte,))) for byte in name)
    return name if escaped == name else b'"%s"' % escaped
