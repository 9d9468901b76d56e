"""Applying edits to the overlay's texts: groups whole or not at all, failures told, not raised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sis_migrate.model import Edit, EditGroup, NewFile, RemoveFile, Span, Splice
from sis_migrate.python.module import Project
from sis_migrate.python.rewrite import apply
from sis_migrate.splices import splice
from sis_migrate.textfile import TextError, TextFile
from sis_migrate.workspace import Workspace


@dataclass
class Applied:
    """What became of a round's edits; ``texts`` and ``splices`` of the files that changed.

    ``created`` are the texts of new files.
    """

    made: list[Edit] = field(default_factory=list)
    refused: list[tuple[Edit, str]] = field(default_factory=list)
    texts: dict[Path, str] = field(default_factory=dict)
    splices: dict[Path, Sequence[Splice]] = field(default_factory=dict)
    created: dict[Path, str] = field(default_factory=dict)


@dataclass
class _Selection:
    """The edits still in the running; leaving one out leaves its whole group out."""

    edits: list[Edit]
    withheld: dict[EditGroup, str]
    refused: dict[int, str] = field(default_factory=dict)
    deferred: set[int] = field(default_factory=set)
    deferred_groups: set[EditGroup] = field(default_factory=set)

    def active(self) -> list[Edit]:
        return [e for e in self.edits if self._reason(e) is None and not self._is_deferred(e)]

    def refuse(self, edit: Edit, reason: str) -> None:
        self.refused[id(edit)] = reason
        if edit.group:
            self.withheld.setdefault(edit.group, f"line {edit.span.line if edit.span else '?'} of "
                                     f"{edit.path.name} could not be edited ({reason})")  # fmt: skip

    def defer(self, edit: Edit) -> None:
        self.deferred.add(id(edit))
        if edit.group:
            self.deferred_groups.add(edit.group)

    def result(self) -> Applied:
        applied = Applied(made=self.active())
        for edit in self.edits:
            reason = self._reason(edit)
            if reason is not None:
                applied.refused.append((edit, reason))
        return applied

    def _is_deferred(self, edit: Edit) -> bool:
        return id(edit) in self.deferred or edit.group in self.deferred_groups

    def _reason(self, edit: Edit) -> str | None:
        if id(edit) in self.refused:
            return self.refused[id(edit)]
        return self.withheld.get(edit.group) if edit.group else None


def apply_python(
    project: Project,
    edits: Sequence[Edit],
    withheld: Mapping[EditGroup, str],
    workspace: Workspace,
) -> Applied:
    """Apply one round's edits of Python files (nothing is written to the overlay here).

    An edit may also create a file (a module that other edits of its group import).
    """
    ordered = sorted(edits, key=lambda e: (e.code, e.path, e.span or Span(0, 0, 0, 0)))
    selection = _Selection(ordered, dict(withheld))
    while True:
        texts: dict[Path, str] = {}
        splices: dict[Path, Sequence[Splice]] = {}
        created: dict[Path, str] = {}
        settled = True
        for path, own in _by_path(selection.active()).items():
            if any(isinstance(e.change, NewFile) for e in own):
                created[path] = own[0].change.text
                settled = _creatable(selection, own, workspace) and settled
                continue
            module = project.modules[path]
            result = apply(module, [e.change for e in own], module.needed_elsewhere)
            for index, reason in result.failed.items():
                selection.refuse(own[index], reason)
            for index in result.deferred:
                selection.defer(own[index])
            settled = settled and not result.failed and not result.deferred
            if settled and result.text != module.source.text:
                settled = _encodes(selection, own, module.source.file, result.text)
                texts[path], splices[path] = result.text, result.splices
        if settled:
            applied = selection.result()
            applied.texts, applied.splices, applied.created = texts, splices, created
            return applied


def apply_documents(
    workspace: Workspace, edits: Sequence[Edit], withheld: Mapping[EditGroup, str]
) -> Applied:
    """Apply edits of documents, and write the results to the overlay."""
    selection = _Selection(list(edits), dict(withheld))
    while True:
        outcome: dict[Path, bytes | None] = {}
        settled = True
        for path, own in _by_path(selection.active()).items():
            try:
                outcome[path] = _document(workspace, path, own)
            except (ValueError, OSError, TextError) as error:
                for edit in own:
                    selection.refuse(edit, str(error))
                settled = False
        if settled:
            return _written(workspace, selection.result(), outcome)


def _written(
    workspace: Workspace, applied: Applied, outcome: Mapping[Path, bytes | None]
) -> Applied:
    for path, data in outcome.items():
        if data is None:
            workspace.delete(path)
        else:
            workspace.write(path, data)
        applied.texts[path] = ""
    return applied


def _document(workspace: Workspace, path: Path, edits: Sequence[Edit]) -> bytes | None:
    kinds = {type(e.change) for e in edits}
    if kinds == {NewFile}:
        if workspace.exists(path) or len(edits) > 1:
            raise ValueError(f"{path.name} exists already")
        text = edits[0].change.text
        _check_document(path, text)
        return bytes(text, "utf-8")
    if kinds == {RemoveFile}:
        return None
    if kinds != {Splice}:
        raise ValueError("the edits of this file exclude each other")
    file = workspace.read(path)
    text = splice(file.text, [e.change for e in edits])
    _check_document(path, text)
    return file.encode(text)


def _check_document(path: Path, text: str) -> None:
    """ValueError where an edited TOML file no longer parses."""
    if path.suffix == ".toml":
        import tomllib

        try:
            tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise ValueError(f"the edited file would not be valid TOML: {error}") from error


def _by_path(edits: Sequence[Edit]) -> dict[Path, list[Edit]]:
    grouped: dict[Path, list[Edit]] = {}
    for edit in edits:
        grouped.setdefault(edit.path, []).append(edit)
    return grouped


def _creatable(selection: _Selection, edits: Sequence[Edit], workspace: Workspace) -> bool:
    path = edits[0].path
    if len({e.change for e in edits}) == 1 and not workspace.exists(path):
        return True
    for edit in edits:
        selection.refuse(edit, f"{path.name} exists already")
    return False


def _encodes(selection: _Selection, edits: Sequence[Edit], file: TextFile, text: str) -> bool:
    try:
        file.encode(text)
    except TextError as error:
        for edit in edits:
            selection.refuse(edit, str(error))
        return False
    return True
