from __future__ import annotations

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from cli_case import Command
from sis_migrate.cli import offered

MODULE = """\
import typer

program = typer.Typer()


@program.command(help="A command of another package.")
def it(word: str) -> None:
    print("heard", word)
    raise typer.Exit(3)


other = "no app"
"""


@pytest.fixture(autouse=True)
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module with a command, where Python finds it."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "offered_by_acme.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(folder))


def offer(patch: pytest.MonkeyPatch, **commands: str) -> None:
    entries = tuple(EntryPoint(name, value, offered.GROUP) for name, value in commands.items())
    patch.setattr(offered, "_entries", lambda: entries)


def test_runs_a_command_of_a_package(migrate: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, acme="offered_by_acme:program")
    done = migrate("acme", "this")
    assert (done.code, done.out) == (3, b"heard this\n")


def test_lists_it_in_the_help(migrate: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, acme="offered_by_acme:program")
    done = migrate("--help")
    assert done.code == 0
    assert b"  acme     A command of another package." in done.out
    assert done.out.index(b"  apply ") < done.out.index(b"  acme ")


def test_its_own_commands_come_first(migrate: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, explain="offered_by_acme:program")
    done = migrate("explain")
    assert (done.code, done.out[:6]) == (0, b"SIS101")
    assert migrate("--help").out.count(b"  explain ") == 1


def test_an_unknown_command(migrate: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, acme="offered_by_acme:program")
    done = migrate("nothing")
    assert done.code == 2
    assert "No such command 'nothing'." in done.err
    assert "Did you mean" not in done.err


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("acne", "Did you mean 'acme'?"), ("aply", "Did you mean 'apply'?")],
)
def test_a_mistyped_command_is_looked_for_among_all(
    migrate: Command, monkeypatch: pytest.MonkeyPatch, typed: str, meant: str
) -> None:
    offer(monkeypatch, acme="offered_by_acme:program")
    done = migrate(typed)
    assert done.code == 2
    assert meant in " ".join(done.err.split())


BAD = [
    pytest.param("offered_by_nobody:program", "cannot be imported", id="no such module"),
    pytest.param("offered_by_acme:absent", "cannot be imported", id="no such object"),
    pytest.param("offered_by_acme:other", "is no typer app", id="something else"),
]


@pytest.mark.parametrize(("value", "words"), BAD)
def test_names_a_package_that_is_not_usable(
    migrate: Command, monkeypatch: pytest.MonkeyPatch, value: str, words: str
) -> None:
    offer(monkeypatch, acme=value)
    done = migrate("acme")
    assert (done.code, done.out) == (2, b"")
    assert value in done.err
    assert words in done.err


def test_refuses_a_command_that_two_packages_offer(
    migrate: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [EntryPoint("acme", f"offered_by_acme:{n}", offered.GROUP) for n in ("program", "b")]
    monkeypatch.setattr(offered, "_entries", lambda: tuple(entries))
    done = migrate("acme")
    assert done.code == 2
    assert "offered_by_acme:b and offered_by_acme:program" in done.err


def test_one_package_may_be_found_twice(migrate: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = EntryPoint("acme", "offered_by_acme:program", offered.GROUP)
    monkeypatch.setattr(offered, "_entries", lambda: (entry, entry))
    assert migrate("acme", "this").code == 3


def test_the_codemods_of_this_repository_offer_map() -> None:
    assert [(e.name, e.value) for e in set(offered._entries())] == [
        ("map", "sis_codemods.dependencies.command:program")
    ]
