from __future__ import annotations

import io
import sys

import pytest

from cli_case import OLD, Command
from sis_migrate.cli.printing import say


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("variables", "coloured"),
    [
        pytest.param({}, True, id="terminal"),
        pytest.param({"NO_COLOR": "1"}, False, id="NO_COLOR"),
        pytest.param({"NO_COLOR": ""}, True, id="empty NO_COLOR"),
        pytest.param({"TERM": "dumb"}, False, id="dumb terminal"),
    ],
)
@pytest.mark.parametrize("form", ["text", "diff"])
def test_colours(
    migrate: Command,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    coloured: bool,
    form: str,
) -> None:
    migrate.write(app_py=OLD)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    screen = io.BytesIO()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", Terminal(screen, encoding="utf-8", write_through=True))
        migrate("check", "--format", form)
        shown = screen.getvalue()
    assert (b"\x1b[" in shown) is coloured
    assert b"app.py" in shown


def test_what_the_streams_encoding_lacks_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.BytesIO()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", io.TextIOWrapper(screen, encoding="ascii"))
        say("ä \udcff")
        assert screen.getvalue() == b"\\xe4 \\udcff\n"
