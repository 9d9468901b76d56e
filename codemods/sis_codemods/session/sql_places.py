"""Every place of a file where SQL text holds a fact and is run on a connection of Snowflake's."""

from __future__ import annotations

from dataclasses import dataclass

from sis_codemods.session.flow import Followed, Run, follow
from sis_codemods.session.origins import (
    is_callers,
    is_foreign,
    is_own_connection,
    is_viewers,
)
from sis_codemods.session.sql_facts import Fact, facts, may_hold_facts, worth_reading
from sis_codemods.session.texts import Text, place, texts
from sis_migrate.model import Span
from sis_migrate.python.module import Module


@dataclass(frozen=True)
class SqlPlace:
    """A fact in a text that is run, or (``sure`` False) that may be run somewhere."""

    module: Module
    text: Text
    fact: Fact
    followed: Followed

    @property
    def sure(self) -> bool:
        """Whether a call that runs the text was found."""
        return bool(self.followed.runs)

    @property
    def shared(self) -> bool:
        """Whether some run is on a connection that viewers share, as far as one can tell."""
        return not self.sure or bool(self._shared_runs)

    @property
    def only_in(self) -> str:
        """The file with the run on a shared connection, where others are on a viewer's own."""
        shared = self._shared_runs
        if len(shared) == len(self.followed.runs):
            return ""
        return shared[0].module.path.name if shared else ""

    @property
    def _shared_runs(self) -> list[Run]:
        return [
            run
            for run in self.followed.runs
            if run.receiver is None or not is_viewers(run.module, run.receiver)
        ]

    @property
    def span(self) -> Span:
        """Where the fact stands in the file."""
        return place(self.module, self.text, self.fact.start, self.fact.end)


def sql_places(module: Module) -> tuple[SqlPlace, ...]:
    """The places of a file, in the order of its tree; worked out once."""
    return module.once(_places)


def _places(module: Module) -> tuple[SqlPlace, ...]:
    found: list[SqlPlace] = []
    if not may_hold_facts(module.source.text):
        return ()
    for text in texts(module):
        known = facts(text.template) if worth_reading(text.template) else ()
        if not known:
            continue
        followed = follow(module, text.node)
        if not _matters(followed):
            continue
        fragment = followed.fragment
        found += [
            SqlPlace(module, text, fact, followed)
            for fact in known
            if not (fact.first and fragment)
        ]
    return tuple(found)


def _matters(followed: Followed) -> bool:
    """Whether some run is on a connection with the rights of the app's owner."""
    if not followed.runs:
        return followed.lost
    return any(not _harmless(run) for run in followed.runs)


def _harmless(run: Run) -> bool:
    receiver = run.receiver
    return receiver is not None and (
        is_foreign(run.module, receiver)
        or is_callers(run.module, receiver)
        or is_own_connection(run.module, receiver)
    )
