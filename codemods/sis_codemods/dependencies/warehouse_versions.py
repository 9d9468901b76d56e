"""The versions that the warehouse installs, for a dependency file that it never read.

Of a warehouse app only environment.yml has counted so far. Its requirements.txt or pyproject.toml
may name no versions, or others that nobody has run on Snowflake.
"""

from __future__ import annotations

from collections.abc import Iterator

from sis_codemods.dependencies.entries import Note, Plan
from sis_codemods.dependencies.existing import Work
from sis_codemods.dependencies.listed import Listed, Listing
from sis_codemods.dependencies.specifiers import has_versions, same, within
from sis_codemods.dependencies.streamlit_releases import choose_streamlit
from sis_migrate.model import Status


def filled(work: Work, listing: Listing, plan: Plan) -> Work:
    """The work, with environment.yml's version in each line of a file that leaves it open."""
    for listed in listing.lines:
        specifier = plan.asked.get(listed.name, "")
        if specifier and _is_open(listed, listing) and _runs(listed.name, specifier):
            message = (
                f"{listed.name} becomes {listed.name}{specifier}, as in environment.yml: it is what "
                f"the warehouse installs, which does not read {listing.path.name}"
            )
            note = Note(Status.FIXED, message, span=listed.span, path=listed.path)
            work = work.changed(listed, specifier, note)
    return work


def _is_open(listed: Listed, listing: Listing) -> bool:
    """Whether nothing in the file limits the versions of a line's project."""
    lines = [other.line for other in listing.lines if other.name == listed.name]
    limited = listing.limits_of(listed.name) or listing.is_fetched(listed)
    named = any(line.direct or line.specifier for line in lines)
    return not (limited or named) and _is_readable(listed)


def _is_readable(listed: Listed) -> bool:
    """Whether an installer can read the line: else its versions may stand where none is found."""
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        Requirement(listed.line.raw.partition(" #")[0].strip())
    except InvalidRequirement:
        return False
    return True


def _runs(name: str, specifier: str) -> bool:
    """Whether a version stays what it is in a container, as far as that is Streamlit's."""
    return name != "streamlit" or same(choose_streamlit(specifier).specifier, specifier)


def _is_one_of(specifier: str, asked: str, written: str) -> bool:
    """Whether it is what environment.yml asks for, or what would be written for that."""
    return within(specifier, written) or (has_versions(asked) and within(specifier, asked))


def differences(work: Work, listing: Listing, plan: Plan) -> Iterator[Note]:
    """A word about each line whose versions are not those of environment.yml."""
    wanted = {entry.name: entry.specifier for entry in plan.active if entry.name in plan.asked}
    for listed in listing.lines:
        here, there = work.specifier(listed), wanted.get(listed.name, "")
        if listed.name == "streamlit" or not there or listed.line.direct:
            continue
        asked = plan.asked.get(listed.name, "")
        if (
            here
            and has_versions(here)
            and has_versions(there)
            and not _is_one_of(here, asked, there)
        ):
            message = (
                f"{listed.name} {here} is not what environment.yml lists and the warehouse installs "
                f"({asked}): the container goes by {listing.path.name}"
            )
            remedy = f"Try the app with it, or write {listed.name}{there}."
            yield Note(Status.REVIEW, message, remedy, span=listed.span, path=listed.path)
