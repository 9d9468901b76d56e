from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from sis_migrate.application import Applied, apply_documents, apply_python
from sis_migrate.model import Edit, EditGroup, NewFile, RemoveFile, Splice
from sis_migrate.python.edits import PythonChange
from sis_migrate.workspace import Workspace
from toys import ROOT, module_of

GROUP = EditGroup("g")


def edit(name: str, change: Any, group: EditGroup | None = None) -> Edit:
    return Edit(ROOT / name, change, f"edit of {name}", group=group)


def documents(files: dict[str, bytes], *edits: Edit) -> tuple[dict[str, bytes | None], Applied]:
    workspace = Workspace({ROOT / name: data for name, data in files.items()})
    applied = apply_documents(workspace, edits, {})
    return {c.path.name: c.after for c in workspace.changes()}, applied


def reasons(applied: Applied) -> list[str]:
    return [reason for _, reason in applied.refused]


def test_splices_creations_and_removals() -> None:
    files = {"a.yml": b"\xef\xbb\xbfa: 1\r\nb: 2\r\n", "old.txt": b"x"}
    after, applied = documents(
        files,
        edit("a.yml", Splice(6, 10, "c: 3")),
        edit("a.yml", Splice(0, 4, "a: 9")),
        edit("new.toml", NewFile("a = 1\n")),
        edit("old.txt", RemoveFile()),
    )
    assert after == {
        "a.yml": b"\xef\xbb\xbfa: 9\r\nc: 3\r\n",
        "new.toml": b"a = 1\n",
        "old.txt": None,
    }
    assert len(applied.made) == 4
    assert applied.splices[ROOT / "a.yml"] == [Splice(6, 10, "c: 3"), Splice(0, 4, "a: 9")]
    assert applied.texts[ROOT / "a.yml"] == "a: 1\r\nb: 2\r\n"


REFUSED: dict[str, tuple[Sequence[Edit], str]] = {
    "new file that exists": ([edit("a.toml", NewFile(""))], "exists already"),
    "one new file twice": ([edit("b.toml", NewFile("")), edit("b.toml", NewFile(""))], "exists"),
    "removing what is not there": ([edit("none.txt", RemoveFile())], "No such file"),
    "editing what is not there": ([edit("none.txt", Splice(0, 0, ""))], "No such file"),
    "editing and removing": (
        [edit("a.toml", Splice(0, 0, "")), edit("a.toml", RemoveFile())],
        "exclude each other",
    ),
    "overlapping": (
        [edit("a.toml", Splice(0, 3, "")), edit("a.toml", Splice(2, 4, ""))],
        "overlap",
    ),
    "outside of the file": ([edit("a.toml", Splice(0, 99, ""))], "outside"),
    "TOML that does not parse": ([edit("a.toml", Splice(0, 0, "["))], "not be valid TOML"),
    "new TOML that does not parse": ([edit("b.toml", NewFile("a"))], "not be valid TOML"),
    "YAML that does not parse": ([edit("a.yml", Splice(0, 0, "["))], "not be valid YAML"),
    "Python that does not parse": ([edit("a.py", Splice(0, 0, "("))], "not parse"),
    "bytes that are no text": ([edit("bad.txt", Splice(0, 0, ""))], "not valid utf-8"),
    "text that is no UTF-8": ([edit("new.txt", NewFile("\ud800"))], "surrogates"),
    "change of a Python file": ([edit("a.toml", PythonChange())], "exclude each other"),
}


@pytest.mark.parametrize(("edits", "words"), REFUSED.values(), ids=REFUSED)
def test_refused_with_the_reason_and_nothing_written(edits: Sequence[Edit], words: str) -> None:
    files = {"a.toml": b"a = 1\n", "a.yml": b"a: 1\n", "a.py": b"a = 1\n", "bad.txt": b"\xff"}
    after, applied = documents(files, *edits, edit("other.txt", NewFile("x")))
    assert after == {"other.txt": b"x"}
    assert len(applied.made) == 1
    assert len(reasons(applied)) == len(edits)
    assert all(words in reason for reason in reasons(applied))


def test_a_refused_edit_takes_its_group_along() -> None:
    after, applied = documents(
        {"a.toml": b"a = 1\n"},
        edit("a.toml", Splice(0, 1, "b"), GROUP),
        edit("none.txt", RemoveFile(), GROUP),
        edit("c.txt", NewFile("x"), GROUP),
    )
    assert after == {}
    assert reasons(applied)[1].startswith("No such file")
    assert "line ? of none.txt could not be edited" in reasons(applied)[0]


def test_a_withheld_group_is_refused_with_its_reason() -> None:
    workspace = Workspace()
    applied = apply_documents(workspace, [edit("a.txt", NewFile(""), GROUP)], {GROUP: "because"})
    assert reasons(applied) == ["because"]
    assert workspace.changes() == ()


class TestPython:
    def apply(self, *edits: Edit, disk: dict[Path, bytes] | None = None) -> Applied:
        module = module_of("x = 1\n")
        return apply_python(module.project, edits, {}, Workspace(disk or {}))

    def test_the_overlay_is_not_written(self) -> None:
        workspace = Workspace({})
        module = module_of("x = 1\n")
        change = module.replace(module.source.tree.body[0].value, "2", "m")  # type: ignore[attr-defined]
        applied = apply_python(module.project, [change], {}, workspace)
        assert applied.texts == {ROOT / "main.py": "x = 2\n"}
        assert workspace.changes() == ()

    def test_a_new_module(self) -> None:
        twice = [edit("new.py", NewFile("y = 1\n"))] * 2
        applied = self.apply(*twice)
        assert applied.created == {ROOT / "new.py": "y = 1\n"}
        assert applied.refused == []

    @pytest.mark.parametrize(
        ("bad", "words"),
        [
            pytest.param(edit("none.py", PythonChange()), "not a file of the app", id="no file"),
            pytest.param(edit("main.py", Splice(0, 0, "")), "as Python", id="not as text"),
            pytest.param(edit("there.py", NewFile("")), "exists already", id="new but there"),
            pytest.param(edit("new.py", NewFile("(")), "not be valid", id="new but no Python"),
            pytest.param(edit("new.md", NewFile("\ud800")), "not be valid", id="new but no text"),
        ],
    )
    def test_refused(self, bad: Edit, words: str) -> None:
        good = edit("good.py", NewFile(""))
        applied = self.apply(bad, good, disk={ROOT / "there.py": b""})
        assert [words in reason for reason in reasons(applied)] == [True]
        assert applied.made == [good]

    def test_two_contents_for_one_new_file(self) -> None:
        applied = self.apply(edit("new.py", NewFile("a")), edit("new.py", NewFile("b")))
        assert len(applied.refused) == 2
