from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from git_repository import plain_git
from sis_migrate import journal, write
from sis_migrate.model import FileChange


@pytest.fixture
def run(tmp_path: Path) -> Iterator[write.RunRecord]:
    (tmp_path / "a.py").write_bytes(b"old")
    changes = [FileChange(tmp_path / "a.py", b"old", b"new"), FileChange(tmp_path / "b", None, b"")]
    with plain_git():
        yield write.commit(changes, record_root=tmp_path, record={}, allow_dirty=True)


def alter(run: write.RunRecord, **values: Any) -> None:
    path = run.folder / "record.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | values))


def test_no_records(tmp_path: Path) -> None:
    assert journal.records(tmp_path) == ()
    assert journal.last_record(tmp_path) is None


def test_a_run_that_never_got_to_its_record_is_passed_over(run: write.RunRecord) -> None:
    (run.folder.parent / "99999999T000000.000000Z-0").mkdir()
    assert journal.last_record(run.root) == run


def test_a_record_outlives_the_round_trip(run: write.RunRecord) -> None:
    undone = journal.mark_undone(run)
    assert journal.records(run.root) == (undone,)
    assert journal.last_record(run.root) is None


@pytest.mark.parametrize(
    "values",
    [
        {"schema_version": 2},
        {"created": 1},
        {"record": []},
        {"files": 3},
        {"files": [{"path": "a.py"}]},
        {"folders": ["../outside"]},
        {"folders": ["/outside"]},
    ],
    ids=str,
)
def test_a_corrupt_record_is_named(run: write.RunRecord, values: dict[str, Any]) -> None:
    alter(run, **values)
    with pytest.raises(journal.RecordError, match=r"record\.json"):
        journal.records(run.root)


def test_a_record_that_leads_outside_is_not_followed(run: write.RunRecord) -> None:
    document = json.loads((run.folder / "record.json").read_bytes())
    document["files"][1]["path"] = "sub/../../outside.py"
    alter(run, files=document["files"])
    with pytest.raises(journal.RecordError, match="outside of the record's folder"):
        write.undo(run.root)


def test_a_record_that_is_no_json(run: write.RunRecord) -> None:
    (run.folder / "record.json").write_bytes(b"{")
    with pytest.raises(journal.RecordError, match="is not a run record"):
        journal.last_record(run.root)


def test_a_record_that_cannot_be_read(
    run: write.RunRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(journal.RecordError, match=r"record\.json: cannot be read: Permission"):
        journal.last_record(run.root)


def test_records_that_cannot_be_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> Iterator[Path]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(journal.RecordError, match="cannot be read: Permission denied"):
        journal.records(tmp_path)


def test_lost_and_altered_content(run: write.RunRecord) -> None:
    (run.folder / "before" / "0").write_bytes(b"forged")
    with pytest.raises(journal.RecordError, match=r"a\.py has been altered"):
        write.undo(run.root)
    shutil.rmtree(run.folder / "before")
    with pytest.raises(journal.RecordError, match=r"a\.py is lost"):
        write.undo(run.root)
    assert (run.root / "a.py").read_bytes() == b"new"
