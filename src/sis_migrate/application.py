"""Applying edits to the overlay's texts: groups whole or not at all, failures told, not raised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sis_migrate.model import Edit, EditGroup, NewFile, RemoveFile, Span, Splice
from sis_migrate.python.edits import PythonChange
from sis_migrate.python.module import Module, Project
from sis_migrate.python.rewrite import Rewritten, apply
from sis_migrate.python.source import ParseError, parse_text
from sis_migrate.splices import splice
from sis_migrate.textfile import TextError
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
    deferred_groups: set[EditGroup | None] = field(default_factory=set)

    def active(self) -> list[Edit]:
        return [e for e in self.edits if self._reason(e) is None and not self._is_deferred(e)]

    def refuse(self, edit: Edit, reason: str) -> None:
        self.refused[id(edit)] = reason
        # What waited for this edit need not wait any more.
        self.deferred.clear()
        self.deferred_groups.clear()
        if edit.group:
            line = edit.span.line if edit.span else "?"
            self.withheld.setdefault(
                edit.group, f"line {line} of {edit.path.name} could not be edited ({reason})"
            )

    def defer(self, edit: Edit, earlier: Edit) -> None:
        """Leave an edit to the next round, and its group too unless that is what it waits for."""
        self.deferred.add(id(edit))
        if edit.group and edit.group != earlier.group:
            self.deferred_groups.add(edit.group)

    def result(self, *, changed: bool) -> Applied:
        applied = Applied(made=self.active())
        for edit in self.edits:
            reason = self._reason(edit)
            if reason is None and self._is_deferred(edit) and not changed:
                reason = "another edit that changes nothing is in its way"  # no next round comes
            if reason is not None:
                applied.refused.append((edit, reason))
        return applied

    def _is_deferred(self, edit: Edit) -> bool:
        waits = edit.group is not None and edit.group in self.deferred_groups
        return waits or id(edit) in self.deferred

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
    known: dict[tuple[int, ...], Rewritten] = {}
    while True:
        texts: dict[Path, str] = {}
        splices: dict[Path, Sequence[Splice]] = {}
        created: dict[Path, str] = {}
        settled = True
        for path, own in _by_path(selection.active()).items():
            obstacle = _obstacle(project, workspace, own)
            if obstacle:
                _refuse_all(selection, own, obstacle)
                settled = False
                continue
            if isinstance(own[0].change, NewFile):
                created[path] = own[0].change.text
                continue
            key = tuple(id(e) for e in own)
            if key not in known:
                known[key] = _rewritten(project.modules[path], own)
            result = known[key]
            for index, reason in result.failed.items():
                selection.refuse(own[index], reason)
            for index, earlier in result.deferred.items():
                selection.defer(own[index], own[earlier])
            settled = settled and not result.failed and not result.deferred
            if result.splices:
                texts[path], splices[path] = result.text, result.splices
        if settled:
            applied = selection.result(changed=bool(texts or created))
            applied.texts, applied.splices, applied.created = texts, splices, created
            return applied


def _obstacle(project: Project, workspace: Workspace, edits: Sequence[Edit]) -> str:
    """Why the edits of one file cannot even be tried, "" where they can."""
    path = edits[0].path
    if any(isinstance(e.change, NewFile) for e in edits):
        if workspace.exists(path) or len({e.change for e in edits}) > 1:
            return f"{path.name} exists already"
        return _fault_of_new(path, edits[0].change.text)
    if path not in project.modules:
        return f"{path.name} is not a file of the app that parses"
    if not all(isinstance(e.change, PythonChange) for e in edits):
        return f"{path.name} can only be edited as Python"
    return ""


def _fault_of_new(path: Path, text: str) -> str:
    try:
        text.encode()
        if path.suffix == ".py":
            parse_text(text)
    except (UnicodeEncodeError, ParseError) as error:
        return f"the new file would not be valid: {error}"
    return ""


def _rewritten(module: Module, edits: Sequence[Edit]) -> Rewritten:
    result = apply(module, [e.change for e in edits], module.needed_elsewhere)
    try:
        module.source.file.encode(result.text)
    except TextError as error:
        failed = dict.fromkeys(range(len(edits)), str(error))
        return Rewritten(module.source.text, failed=failed)
    return result


def _refuse_all(selection: _Selection, edits: Iterable[Edit], reason: str) -> None:
    for edit in edits:
        selection.refuse(edit, reason)


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
            except (ValueError, TextError) as error:
                _refuse_all(selection, own, str(error))
                settled = False
            except OSError as error:
                _refuse_all(selection, own, error.strerror or str(error))
                settled = False
        if settled:
            return _written(workspace, selection.result(changed=True), outcome)


def _written(
    workspace: Workspace, applied: Applied, outcome: Mapping[Path, bytes | None]
) -> Applied:
    """Write to the overlay; ``texts`` and ``splices`` are those from before, for a history."""
    for path in outcome:
        made = [e.change for e in applied.made if e.path == path]
        applied.splices[path] = [c for c in made if isinstance(c, Splice)]
        applied.texts[path] = workspace.read(path).text if applied.splices[path] else ""
    for path, data in outcome.items():
        if data is None:
            workspace.delete(path)
        else:
            workspace.write(path, data)
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
        workspace.read_bytes(path)
        return None
    if kinds != {Splice}:
        raise ValueError(f"the edits of {path.name} exclude each other")
    file = workspace.read(path)
    text = splice(file.text, [e.change for e in edits])
    _check_document(path, text)
    return file.encode(text)


def _check_document(path: Path, text: str) -> None:
    """ValueError where an edited TOML, Python or YAML file no longer parses."""
    if path.suffix == ".toml":
        import tomllib

        try:
            tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise ValueError(f"the edited file would not be valid TOML: {error}") from error
    elif path.suffix == ".py":
        try:
            parse_text(text)
        except ParseError as error:
            raise ValueError(f"the edited file would not parse: {error}") from error
    elif path.suffix in {".yml", ".yaml"}:
        from sis_migrate.documents.yaml_spans import YamlError, parse

        try:
            parse(text)
        except YamlError as error:
            raise ValueError(f"the edited file would not be valid YAML: {error}") from error


def _by_path(edits: Sequence[Edit]) -> dict[Path, list[Edit]]:
    grouped: dict[Path, list[Edit]] = {}
    for edit in edits:
        grouped.setdefault(edit.path, []).append(edit)
    return grouped
