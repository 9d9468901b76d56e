"""What a requirements.txt takes over from the pyproject.toml that the container read until now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sis_codemods.dependencies.entries import Note
from sis_codemods.dependencies.listed import appended, read_listing
from sis_migrate.documents.differences import differences
from sis_migrate.documents.pyproject import Pyproject
from sis_migrate.model import NewFile, Splice, Status
from sis_migrate.splices import splice
from sis_migrate.workspace import Workspace


@dataclass(frozen=True, slots=True)
class TakenOver:
    """The text that a requirements.txt begins with, how many lines of it are new, and words.

    ``before`` is its text now, None where there is no such file.
    """

    before: str | None
    text: str
    count: int
    notes: tuple[Note, ...]

    def changes(
        self, path: Path, splices: Iterable[tuple[Path, Splice]]
    ) -> Iterator[tuple[Path, NewFile | Splice]]:
        """The changes by file, where ``splices`` are those of ``text`` and of other files."""
        by_file = [*splices]
        after = splice(self.text, [own for changed, own in by_file if changed == path])
        if self.before is None:
            yield path, NewFile(after)
        else:
            yield from ((path, own) for own in differences(self.before, after))
        yield from ((changed, other) for changed, other in by_file if changed != path)


def taken_over(path: Path, source: Path, workspace: Workspace) -> TakenOver:
    """The requirements.txt ``path``, there or not, with what only the pyproject.toml lists.

    Raises OSError and TextError where one of them cannot be read.
    """
    before = workspace.read(path).text if workspace.exists(path) else None
    text = before or ""
    own = {listed.name for listed in read_listing(path, workspace, text).lines}
    listing = read_listing(source, workspace)
    elsewhere = listing.elsewhere
    new = [listed for listed in listing.lines if listed.name not in own]
    taken = [listed.line.requirement for listed in new if listed.name not in elsewhere]
    left = [listed.line.name for listed in new if listed.name in elsewhere]
    after = splice(text, [appended(text, taken)]) if taken else text
    notes = tuple(_notes(listing.project, source, left, bool(taken)))
    return TakenOver(before, after, len(taken), notes)


def _notes(
    project: Pyproject | None, source: Path, left: list[str], is_new: bool
) -> Iterator[Note]:
    if left:
        message = (
            f"{', '.join(left)} is not taken over from {source.name}: [tool.uv.sources] says where "
            "it comes from, which requirements.txt cannot"
        )
        remedy = "Write its wheel or its address to requirements.txt, or keep to --pyproject."
        yield Note(Status.MANUAL, message, remedy, path=source)
    settings = [key for key in (project.settings if project else ()) if key != "sources"]
    if settings and is_new:
        message = (
            f"[tool.uv] of {source.name} ({', '.join(settings)}) does not count for what "
            "requirements.txt lists"
        )
        remedy = "Write what the app needs of it to requirements.txt, or keep to --pyproject."
        yield Note(Status.REVIEW, message, remedy, path=source)
