"""What is left for people: who does what, in which order, and how it is taken back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from sis_migrate.model import Step
from sis_migrate.report.html.markup import Markup, element
from sis_migrate.report.html.words import folded, short_name


def steps(of: Iterable[Step]) -> Iterator[Markup]:
    """One numbered list, interrupted where somebody else goes on."""
    number = 1
    for role, group in groupby(sorted(of, key=lambda step: step.order), lambda step: step.role):
        own = list(group)
        yield element("h5", role.capitalize())
        yield element("ol", map(_step, own), start=str(number), class_="steps")
        number += len(own)


def _step(step: Step) -> Markup:
    parts = [element("b", step.title), " ", short_name(step.item)]
    if step.sql:
        parts.append(element("pre", step.sql, class_="sql"))
    if step.text:
        parts.append(element("p", step.text, class_="text"))
    if step.undo:
        kind = (
            element("pre", step.undo, class_="sql")
            if step.sql
            else element("p", step.undo, class_="text")
        )
        parts.append(folded("How to undo it", kind))
    return element("li", parts)
