"""The lines of a dependency file before they are written, and the words about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sis_migrate.model import Item, Span, Status


@dataclass(frozen=True, slots=True)
class Note:
    """A decision that needs a word: what it was, and what the reader may do about it.

    ``path`` is None for the file of the packages itself; ``about`` is the project, by its canonical
    name, whose line the note explains, else "".
    """

    status: Status
    message: str
    remedy: str = ""
    item: Item = Item.DEPS
    span: Span | None = None
    path: Path | None = None
    about: str = ""


def is_open(note: Note) -> bool:
    """Whether the note leaves an entry of environment.yml to a person."""
    return note.status is Status.MANUAL and not note.path


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the new file.

    ``name`` is the project as PyPI compares it; "" for a line that is only a comment, whose words
    are ``comment``. ``above`` are comment lines that stand over it, ``modules`` what the package
    brings, ``span`` where environment.yml lists it, ``path`` a wheel among the app's files, relative
    to the new file.
    """

    name: str
    extras: tuple[str, ...] = ()
    specifier: str = ""
    marker: str = ""
    comment: str = ""
    above: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    span: Span | None = None
    path: str = ""

    @property
    def requirement(self) -> str:
        """The line as PEP 508 writes it."""
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        marker = f" ; {self.marker}" if self.marker else ""
        return f"{self.name}{extras}{self.specifier}{marker}"


def only_a_comment(words: str, comment: str, span: Span | None) -> Entry:
    """A line that lists nothing; ``comment`` is the one that stood behind what it was."""
    return Entry("", comment=f"{words}  # {comment}" if comment else words, span=span)


@dataclass(frozen=True, slots=True)
class Plan:
    """The lines of the new file, in order, and the words about them.

    ``header`` are the comments above the list, ``trailer`` those below its last entry. ``asked``
    are the versions that environment.yml itself asks for, by project, where it names any.
    """

    entries: tuple[Entry, ...]
    notes: tuple[Note, ...]
    header: tuple[str, ...] = ()
    trailer: tuple[str, ...] = ()
    asked: Mapping[str, str] = field(default_factory=dict)

    @property
    def active(self) -> tuple[Entry, ...]:
        """The lines that name a package."""
        return tuple(entry for entry in self.entries if entry.name)
