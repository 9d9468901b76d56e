"""From the entries of environment.yml and the app's imports to the lines of the new file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sis_codemods.dependencies.arrange import (
    merged,
    place_comments,
    with_streamlit,
    with_versions,
)
from sis_codemods.dependencies.cautions import about_needs
from sis_codemods.dependencies.choices import NO_CHOICES, Choices
from sis_codemods.dependencies.conda_list import listed_in, undecided
from sis_codemods.dependencies.entries import Entry, Note, Plan
from sis_codemods.dependencies.imported import about_idle, added_for, code_of
from sis_codemods.dependencies.imports import Import
from sis_codemods.dependencies.pip_lines import listed_for_pip, undecided_for_pip
from sis_migrate.model import Span

if TYPE_CHECKING:
    from sis_migrate.documents.conda import Environment


def plan(
    environment: Environment, imports: Sequence[Import], choices: Choices = NO_CHOICES
) -> Plan:
    """Decide on every entry and every import."""
    modules = {found.top for found in imports}
    listed = [*listed_in(environment, modules, choices), *listed_for_pip(environment, choices)]
    lines, notes = _apart(listed)
    entries = merged(lines, notes)
    entries.sort(key=lambda entry: entry.span or Span(0, 0, 0, 0))
    left = undecided(environment, modules, choices) | undecided_for_pip(environment, choices)
    added, words = _apart(added_for(imports, entries, left, choices))
    notes += words
    for entry in [*entries, *added]:
        notes += about_needs(entry.name, entry.span)
    notes += about_idle(entries, imports)
    asked = {entry.name: entry.specifier for entry in entries if entry.specifier}
    entries = with_streamlit([*entries, *added], choices.streamlit, notes)
    entries = with_versions(entries, notes, code_of(imports, choices.old_pandas))
    header, entries, trailer = place_comments(environment, entries)
    return Plan(tuple(entries), tuple(notes), header, trailer, asked)


def _apart(found: Iterable[Entry | Note]) -> tuple[list[Entry], list[Note]]:
    """The lines, and the words."""
    everything = list(found)
    lines = [each for each in everything if isinstance(each, Entry)]
    return lines, [each for each in everything if isinstance(each, Note)]
