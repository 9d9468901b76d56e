from __future__ import annotations

import json
import os
import sys
import textwrap
from pathlib import Path

import pytest

from sis_migrate.verify import emulator
from sis_migrate.verify.emulator import Emulator, EmulatorError, Met, Refusal, SeedError
from sis_migrate.verify.environments import EMULATOR, Environment, Environments
from sis_migrate.verify.stand_ins import DATABASE, SCHEMA

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the interpreter is a script")


def stub(folder: Path, body: str) -> Path:
    """An interpreter that does what a stub of the emulator has to do."""
    path = folder / "python"
    code = textwrap.dedent(body)
    path.write_text(f"#!{sys.executable}\nimport json, os, sys, time\n{code}")
    path.chmod(0o755)
    return path


SERVES = "print(json.dumps({'port': 7}), flush=True); time.sleep(600)"


def test_it_runs_until_it_is_stopped(tmp_path: Path) -> None:
    with Emulator(stub(tmp_path, SERVES), tmp_path / "files") as running:
        assert running.port == 7
        assert running.notes() == ()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param("sys.exit('no module named x')", "no module named x", id="its last words"),
        pytest.param("pass", "it gives no reason", id="none"),
        pytest.param(
            """os.write(1, b'{"po'); os.kill(os.getpid(), 9)""", "it gives no reason",
            id="killed in the middle of a report",
        ),
        pytest.param("time.sleep(600)", "it did not finish within 1 s", id="too slow"),
    ],
)  # fmt: skip
def test_it_is_said_why_it_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, message: str
) -> None:
    monkeypatch.setattr(emulator, "_START", 1.0 if "sleep" in body else 20.0)
    with pytest.raises(EmulatorError, match=f"the emulator does not start: {message}") as raised:
        Emulator(stub(tmp_path, body), tmp_path / "files")
    assert not isinstance(raised.value, SeedError)


def test_a_start_may_take_as_long_as_a_run_of_a_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emulator, "_START", 0.01)
    with Emulator(stub(tmp_path, SERVES), tmp_path / "files", seconds=20) as running:
        assert running.port == 7


def test_a_seed_that_does_not_run_is_an_error_of_its_own(tmp_path: Path) -> None:
    python = stub(tmp_path, "print(json.dumps({'error': 'select x: no table'}), flush=True)")
    seed = tmp_path / "seed.sql"
    with pytest.raises(SeedError, match=r"seed\.sql: the emulator cannot run select x: no table"):
        Emulator(python, tmp_path / "files", seed)


def test_a_line_that_is_being_written_is_not_read(tmp_path: Path) -> None:
    with Emulator(stub(tmp_path, SERVES), tmp_path / "files") as running:
        log = tmp_path / "files" / "refused-statements.jsonl"
        refused = {"statement": "show roles", "said": "no"}
        whole = [refused, {"table": "sales"}, {"table": "sales"}, {"path": "/api"}]
        lines = [json.dumps({"at": at, **line}) for at, line in enumerate(whole)]
        log.write_text("\n".join([*lines, '{"statement": "sel']))
        assert [note.at for note in running.notes()] == [0, 1, 2, 3]
        found = Met.of(running.notes(), ["a.example.com"])
        assert found == Met(
            (Refusal("show roles", "no"),), ("a.example.com",), ("sales",), ("/api",)
        )


def test_its_environment_is_of_its_own_but_for_what_every_program_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"SYSTEMROOT": "root", "SECRET": "s", "USERPROFILE": "me"}.items():
        monkeypatch.setenv(name, value)
    told = tmp_path / "told.json"
    body = f"open({str(told)!r}, 'w').write(json.dumps(dict(os.environ)))\n{SERVES}"
    with Emulator(stub(tmp_path, body), tmp_path / "files"):
        found = json.loads(told.read_text())
    own = dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP"), str(tmp_path / "files"))
    assert found.items() >= {**own, "SYSTEMROOT": "root"}.items()
    assert "SECRET" not in found


SEED = f"""
create table t (region varchar, amount int);
insert into t values ('North', 7);
create database other;
create schema other.own;
create table other.own.u as select parse_json('{{"a": 1}}') as j, current_timestamp as made;
use schema {DATABASE}.{SCHEMA};
select j:a, date_trunc('day', made) from other.own.u;
"""
READS = [
    pytest.param("select * from read_csv_auto('http://127.0.0.1:9/a.csv');", id="a function"),
    pytest.param("select * from 'https://127.0.0.1:9/a.parquet';", id="an address"),
    pytest.param("copy into t from 's3://bucket/a.csv';", id="a bucket"),
]


def started(folder: Path, environments: Environments, seed: str) -> Emulator:
    """The real emulator with a seed."""
    made = environments.make(EMULATOR)
    assert isinstance(made, Environment)
    path = folder / "seed.sql"
    path.write_text(seed)
    return Emulator(made.python, folder / "files", path)


@pytest.mark.needs_uv
def test_the_real_one_runs_a_seed(tmp_path: Path, environments: Environments) -> None:
    with started(tmp_path, environments, SEED) as running:
        assert running.port


@pytest.mark.needs_uv
@pytest.mark.parametrize("statement", READS)
def test_the_real_one_contacts_nobody(
    tmp_path: Path, environments: Environments, statement: str
) -> None:
    seed = f"create table t (a int);\n{statement}"
    with pytest.raises(SeedError) as raised:
        started(tmp_path, environments, seed)
    said = str(raised.value)
    assert "httpfs" not in said
    assert "disabled by configuration" in said or "migrate verify refuses to connect" in said
