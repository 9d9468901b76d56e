"""Whose fault it is: the app's, or that of what stands in for Snowflake.

An error that comes from a statement which the emulator refuses, or from a host that the app was not
let to, says nothing about the app.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from sis_migrate.verify.emulator import MARK, Met, Refusal
from sis_migrate.verify.server import Fault, Run
from sis_migrate.verify.stand_ins import SECRET
from sis_migrate.verify.words import cut

ENDS = ("finished", "again")
"""The states of runs whose page was shown to its end."""
WARNING = "warning box"
_BOXES = {"error": "error box", "warning": WARNING}
_REFUSED_HOST = "migrate verify refuses to connect"
_LIMITS = (
    # What Streamlit and the connector say where the emulator answers in a way that Snowflake would not.
    (re.compile("Token header not found"), "there are no caller's rights here"),
    (re.compile(r"\b25000[0-9]\b|Failed to (?:connect|execute request)"), "the emulator failed"),
)

_NEVER = frozenset(
    {
        "DuplicateWidgetID",
        "ImportError",
        "IndentationError",
        "ModuleNotFoundError",
        "NameError",
        "SyntaxError",
        "UnboundLocalError",
        "UnhashableParamError",
    }
)
"""Errors that no answer of Snowflake's can be the cause of.

A StreamlitAPIException is none of them: with an empty table it is what releases up to 1.55 say of
``st.tabs([])``, and of a slider from 0 to 0.
"""
_UNBOUND = ("NameError", "UnboundLocalError")
_ARGUMENTS = "positional argument"
_HINT = re.compile(r"\b(?:Did you (?:forget|mean)\b|(?:For m|M)ore info).*", re.DOTALL)
"""What Streamlit adds to an error for its reader, and not in the same words in every release."""
_ABSENT = re.compile(r"\b(?:Table|View|Schema|Catalog|Database|Object)\b.* does not exist")
_NETWORK = ("ConnectionError", "ConnectionRefusedError", "URLError", "MaxRetryError", "OSError")
_SESSION_ERRORS = re.compile(r"\(14\d\d\)|no default Session|more than one active session", re.I)
_NAMES = re.compile(
    r"module 'streamlit[\w.]*' has no attribute|unexpected keyword argument"
    rf"|{_ARGUMENTS}"
    r"|Invalid (?:width|height)|No module named|cannot import name"
    r"|not a valid Streamlit command|Method `\w+\(\)` does not exist",
)


def excuse(fault: Fault, met: Met) -> str:
    """Why a fault says nothing about the app, after all that was ``met``; "" where it is its own."""
    said = stand_ins_words(fault, met)
    if said or certain(fault):
        return said
    if met.hosts and fault.kind.rpartition(".")[2] in _NETWORK:
        return f"it needs {_hosts(met.hosts)}, and only this machine is contacted"
    return follows(met)


def follows(met: Met, where: str = "") -> str:
    """What a fault may be the consequence of; "" where nothing is known to be its cause."""
    if met.refusals:
        said = _short(met.refusals[0])
        return f"it follows on a statement{where} that the emulator refused: {said}"
    if met.paths:
        return f"only a stand-in answers {', '.join(met.paths[:3])}"
    if met.tables:
        tables = ", ".join(met.tables[:3])
        return f"it may come of empty tables{where} ({tables}): give rows with --seed"
    return ""


def stand_ins_words(fault: Fault, met: Met) -> str:
    """Why a fault says nothing about the app, as far as its own words tell; "" where they do not."""
    if MARK in fault.message:
        return _told(fault.message, met.refusals)
    if SECRET in fault.message:
        return "it takes a secret for what our stand-in is not"
    if _REFUSED_HOST in fault.message:
        return f"it needs {_hosts(met.hosts)}, and only this machine is contacted"
    if certain(fault):
        return ""
    return next((words for pattern, words in _LIMITS if pattern.search(fault.message)), "")


def certain(fault: Fault) -> bool:
    """Whether no answer of Snowflake's can be the cause of a fault: it happens there as well."""
    if fault.kind.rpartition(".")[2] in _NEVER:
        return True
    return bool(_SESSION_ERRORS.search(fault.message) or _NAMES.search(fault.message))


def unbound(fault: Fault) -> bool:
    """Whether a fault that is certain otherwise is one of what an answer would have given.

    A name that is bound for each row of a table, an argument for each of its columns: only the
    original can tell whether these are missing for want of an answer.
    """
    return fault.kind.rpartition(".")[2] in _UNBOUND or _ARGUMENTS in fault.message


def refusal_line(refusals: Sequence[Refusal]) -> str:
    """What was refused, on one line."""
    number = len({r.statement for r in refusals})
    others = f" (and {number - 1} more)" if number > 1 else ""
    return f"the emulator refuses {_short(refusals[0])}{others}"


def faults(runs: Iterable[Run]) -> list[Fault]:
    """The exceptions that were shown, each once."""
    return list(dict.fromkeys(fault for run in runs for fault in run.faults))


def boxes(runs: Iterable[Run]) -> list[Fault]:
    """What the app itself shows as an error or a warning (``WARNING``), each once."""
    shown = [
        Fault(_BOXES[kind], text, named(run.page))
        for run in runs
        for kind, text in run.elements.values()
        if kind in _BOXES
    ]
    return list(dict.fromkeys(shown))


def seen(runs: Iterable[Run]) -> set[str]:
    """The pages that ran to their end without an exception, as places of boxes."""
    every = list(runs)
    broken = {run.page for run in every if run.faults or run.state not in ENDS}
    return {named(run.page) for run in every if run.page not in broken}


def endless(runs: Iterable[Run]) -> list[str]:
    """The pages that run themselves again without end."""
    return list(dict.fromkeys(named(run.page) for run in runs if run.state == "again"))


def same(fault: Fault, others: Iterable[Fault]) -> bool:
    """Whether the same error is among others, wherever it stands and however it is addressed."""
    return any(_essence(fault) == _essence(other) for other in others)


def named(page: str) -> str:
    """A page, as reports call it."""
    return page or "the first page"


def _essence(fault: Fault) -> tuple[str, str]:
    text = re.sub(r"0x[0-9a-f]+|\d+|/\S+", "#", _HINT.sub("", fault.message))
    return fault.kind.rpartition(".")[2], " ".join(text.split())[:200].strip("'\". ")


def _told(message: str, refusals: Sequence[Refusal]) -> str:
    statements = {r.statement: r for r in refusals if r.said[:60] in message}
    if len(statements) == 1:
        return f"the emulator refuses {_short(next(iter(statements.values())))}"
    said = next((r.said for r in statements.values()), "a statement")
    return f"the emulator refuses: {cut(said, 150)}"


def _short(refusal: Refusal) -> str:
    hint = "; give it with --seed" if _ABSENT.search(refusal.said) else ""
    return f"`{cut(refusal.statement, 70)}`: {cut(refusal.said, 110)}{hint}"


def _hosts(hosts: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(hosts)) or "another host"
