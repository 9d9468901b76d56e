"""Which entry points project files and SQL name."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path, PurePosixPath

from sis_migrate.deployed import covers
from sis_migrate.discovery import project, sql
from sis_migrate.discovery.listing import PROJECT, Listing
from sis_migrate.discovery.reading import Reader
from sis_migrate.model import Runtime


@dataclass(frozen=True, slots=True)
class Claim:
    """A document that says which script is the entry point of which app.

    ``entry_point`` is None where the document names none that is there; ``root`` is the folder
    that is deployed as far as the document tells, None where it does not.
    """

    source: Path
    name: str
    entry_point: Path | None
    root: Path | None
    runtime: Runtime
    main_file: str = ""
    is_native: bool = False
    line: int = 0
    candidates: tuple[Path, ...] = ()
    """The files that could be the entry point, where none of them is taken for it."""
    uploads: tuple[Path, ...] = ()
    """The folders that a project file's artifacts name, and those that hold files of such."""
    name_is_label: bool = False
    """True where the name is the document's own for the app, not the object's in Snowflake."""
    artifacts: tuple[str, ...] = ()
    """The paths of a project file's artifacts, as written; patterns among them."""

    def leaves_out(self, path: Path) -> bool:
        """Whether it has artifacts, of which none uploads a file."""
        base = self.source.parent
        name = PurePosixPath(os.path.relpath(path, base).replace(os.sep, "/")).as_posix()
        return bool(self.artifacts) and not any(_may_cover(each, name) for each in self.artifacts)


def in_projects(listing: Listing, reader: Reader, notes: list[str]) -> Iterator[Claim]:
    """The Streamlit entities of all ``snowflake.yml``."""
    for path in listing.files:
        if path.name not in PROJECT or b"streamlit" not in reader.data(path):
            continue
        entities, how = project.entities(reader.text(path))
        if how:
            notes.append(f"{path}: {how}")
        for entity in entities:
            claim = _of_entity(path, entity, listing)
            if claim.entry_point is None and entity.main_file:
                notes.append(f"{path}: main_file {entity.main_file} is not there")
            yield claim


def _of_entity(path: Path, entity: project.Entity, listing: Listing) -> Claim:
    name = entity.name or path.parent.name
    label = entity.name_is_label or not entity.name
    candidates = [path.parent / entity.main_file] if entity.main_file else []
    for source in entity.sources if entity.main_file else ():
        # An artifact {src, dest} puts the file elsewhere, so its folder here is the deployed one.
        if PurePosixPath(source).name == PurePosixPath(entity.main_file).name:
            candidates.append(path.parent / source)
        elif not source.endswith(".py"):
            folder = source.rstrip("*").rstrip("/")
            candidates.append(path.parent / folder / entity.main_file)
    claim = Claim(
        path,
        name,
        None,
        path.parent,
        entity.runtime,
        uploads=tuple(dict.fromkeys(_uploads(path.parent, entity.sources))),
        name_is_label=label,
        artifacts=entity.sources,
    )
    for index, candidate in enumerate(candidates):
        entry = Path(os.path.normpath(candidate))
        if entry in listing.python:
            root = path.parent if not index else _above(entry, entity.main_file)
            return replace(claim, entry_point=entry, root=root)
    return claim


def _may_cover(artifact: str, name: str) -> bool:
    """Whether an artifact takes in a file; a template may stand for anything."""
    is_template = any(sign in artifact for sign in "<&$")
    return is_template or covers(os.path.normpath(artifact).replace(os.sep, "/"), name)


def _uploads(base: Path, sources: Iterable[str]) -> Iterator[Path]:
    """The folders of artifacts, each with those between it and the project file's."""
    for source in sources:
        parts = PurePosixPath(source).parts
        plain = tuple(takewhile(lambda part: not set(part) & set("*?["), parts))
        folder = Path(os.path.normpath(base.joinpath(*plain)))
        if folder.suffix == ".py":
            folder = folder.parent
        while folder != base and folder not in base.parents:
            yield folder
            folder = folder.parent


def _above(entry: Path, main_file: str) -> Path:
    """The folder below which ``entry`` is ``main_file``."""
    depth = min(len(PurePosixPath(main_file).parts), len(entry.parents))
    return entry.parents[depth - 1]


def in_sql(listing: Listing, reader: Reader) -> Iterator[Claim]:
    """The ``CREATE STREAMLIT`` statements of all SQL scripts, and the scripts they mean."""
    by_name: dict[str, list[Path]] = {}
    for path in sorted(listing.python):
        by_name.setdefault(path.name, []).append(path)
    for path in listing.files:
        if path.suffix != ".sql" or not sql.mentions(reader.data(path)):
            continue
        text = reader.text(path)
        uploads = sql.uploads(text)
        for statement in sql.statements(text):
            candidates = _candidates(statement, by_name)
            entry = _meant(statement, path, candidates, listing, uploads)
            root = _above(entry, statement.main_file) if entry else None
            yield Claim(
                path,
                statement.name,
                entry,
                root,
                statement.runtime,
                statement.main_file,
                statement.is_native,
                _line(text, statement.name),
                candidates=() if entry else candidates,
            )


def _candidates(
    statement: sql.Statement, by_name: Mapping[str, Sequence[Path]]
) -> tuple[Path, ...]:
    """The files that are called as MAIN_FILE says."""
    parts = PurePosixPath(statement.main_file).parts
    named = by_name.get(parts[-1] if parts else "", ())
    return tuple(path for path in named if _ends(path, parts))


def _line(text: str, name: str) -> int:
    """The line of the statement that makes the object, 0 where it is not found by its name."""
    head = rf"\b(?:CREATE|DEFINE)\b[^;]{{0,40}}?\bSTREAMLIT\b[^;=]{{0,200}}?\b{re.escape(name)}\b"
    match = re.search(head, text, re.IGNORECASE) if name else None
    return text.count("\n", 0, match.start()) + 1 if match else 0


def _meant(
    statement: sql.Statement,
    script: Path,
    candidates: Sequence[Path],
    listing: Listing,
    uploads: Sequence[tuple[str, str]],
) -> Path | None:
    """The file that MAIN_FILE means: the one that a PUT takes to where the statement looks for it.

    Else the nearest to the script, then the one beside files that are uploaded with it, then in the
    folder FROM names, then called like the object or its stage. None where two are equally good, and
    where the only link is the repository itself.
    """
    parts = PurePosixPath(statement.main_file).parts
    folders = _folders(statement.source)
    put = _put(statement, uploads)
    scored: dict[tuple[int, ...], list[Path]] = {}
    for path in candidates:
        near = len(Path(os.path.commonpath([path, script])).parts) - len(listing.top.parts)
        folder = path.parents[len(parts) - 1]
        same = _common_ending(folder, folders)
        sent = max((_common_ending(folder, names) for names in put.folders), default=0)
        beside = sum(folder / name in listing.present for name in put.names)
        alike = _called_like(folder, statement)
        if near or same or sent or beside or alike or len(candidates) == 1:
            score = (sent, near, beside, same, alike)
            scored.setdefault(score, []).append(path)
    best = scored[max(scored)] if scored else []
    return best[0] if len(best) == 1 else None


@dataclass(frozen=True, slots=True)
class _Put:
    """The local ``folders`` of uploads that put MAIN_FILE where the statement looks for it.

    ``names`` are the other files that are uploaded from there.
    """

    folders: frozenset[tuple[str, ...]]
    names: frozenset[str]


def _put(statement: sql.Statement, uploads: Iterable[tuple[str, str]]) -> _Put:
    wanted = PurePosixPath(_plain(statement.source)) / statement.main_file.lower()
    depth = len(PurePosixPath(statement.main_file).parts) - 1
    folders: set[tuple[str, ...]] = set()
    locals_ = [(PurePosixPath(file.replace("\\", "/")), stage) for file, stage in uploads]
    for local, stage in locals_:
        there = PurePosixPath(_plain(stage)) / local.name.lower()
        if statement.source and there.parent == wanted.parent and wanted.match(there.name):
            folders.add(local.parts[: -1 - depth])
    names = {local.name for local, _ in locals_ if local.parts[:-1] in folders}
    return _Put(frozenset(folders), frozenset(names - {wanted.name, statement.main_file}))


def _plain(stage: str) -> str:
    return "".join(stage.split()).rstrip("/").lower()


def _called_like(folder: Path, statement: sql.Statement) -> int:
    """2 if the object or its stage has the folder's name, 1 if its name starts with it."""
    own = _letters(folder.name)
    stage = PurePosixPath(statement.source).name.rpartition(".")[2]
    names = [_letters(statement.name), _letters(stage)]
    if not own:
        return 0
    return 2 if own in names else int(len(own) > 2 and any(n.startswith(own) for n in names))


def _letters(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum())


def _ends(path: Path, parts: tuple[str, ...]) -> bool:
    return path.parts[-len(parts) :] == parts


def _folders(source: str) -> tuple[str, ...]:
    """The folders of a stage path: ``@db.sch.repo/branches/main/app/`` is ``app``."""
    parts = PurePosixPath(source.strip("/ ")).parts
    if parts and parts[0].startswith("@"):
        parts = parts[1:]
    return parts[2:] if parts[:1] in {("branches",), ("tags",), ("commits",)} else parts


def _common_ending(folder: Path, names: Iterable[str]) -> int:
    count = 0
    for have, want in zip(reversed(folder.parts), reversed(tuple(names)), strict=False):
        if have != want:
            break
        count += 1
    return count
