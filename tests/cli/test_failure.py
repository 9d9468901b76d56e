from __future__ import annotations

import sys

import pytest

from cli_case import OLD, Command
from sis_migrate import pipeline
from sis_migrate.codemod import RegistryError


def raising(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    def plan(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(pipeline, "plan", plan)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (RegistryError("bad package"), "migrate: bad package\n"),
        (KeyboardInterrupt(), "interrupted"),
        (LookupError("oops"), "internal error, please report it: LookupError: oops"),
    ],
)
def test_one_message_and_exit_code_2(
    migrate: Command, monkeypatch: pytest.MonkeyPatch, error: BaseException, words: str
) -> None:
    monkeypatch.delenv("MIGRATE_DEBUG", raising=False)
    migrate.write(app_py=OLD)
    raising(error, monkeypatch)
    done = migrate("check")
    assert (done.code, done.out) == (2, b"")
    assert words in done.err
    assert len(done.err.splitlines()) == 1


def test_a_fault_of_ours_shows_where_on_request(
    migrate: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIGRATE_DEBUG", "1")
    monkeypatch.setattr(sys, "argv", ["migrate", "check"])
    raising(LookupError("oops"), monkeypatch)
    with pytest.raises(LookupError):
        migrate("check")
