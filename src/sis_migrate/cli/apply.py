"""``migrate apply`` and ``migrate check``: plan, print, and (only ``apply``) write."""

from __future__ import annotations

import gc
from dataclasses import replace
from pathlib import Path

from sis_migrate.cli.choices import Choices, Output
from sis_migrate.cli.options import Format
from sis_migrate.cli.printing import show
from sis_migrate.model import FileChange, Migration, Status

CLEAN, OPEN = 0, 1


def check(choices: Choices, output: Output) -> int:
    """Print what a run would do; 1 where there is anything to do or left open."""
    migration = _plan(choices)
    show(migration, choices, output, applied=False)
    return OPEN if migration.changes() or _left_open(migration) else CLEAN


def dry_run(choices: Choices, output: Output) -> int:
    """The same with the diff on stdout, unless another format is asked for."""
    return check(choices, replace(output, format=output.format or Format.DIFF))


def apply(choices: Choices, output: Output, *, allow_dirty: bool) -> int:
    """Write the changes in place and print what was done; 1 where anything is left open."""
    migration = _plan(choices)
    _write(migration, choices, allow_dirty=allow_dirty)
    show(migration, choices, output, applied=True)
    return OPEN if _left_open(migration) else CLEAN


def _plan(choices: Choices) -> Migration:
    from sis_migrate.pipeline import plan

    gc.disable()  # everything allocated lives until the report anyway
    paths = [choices.cwd / path for path in choices.paths]
    return plan(paths, choices.settings, codemods=choices.codemods)


def _left_open(migration: Migration) -> bool:
    return any(f.status is not Status.FIXED for f in migration.findings())


def _write(migration: Migration, choices: Choices, *, allow_dirty: bool) -> None:
    from sis_migrate.report import machine
    from sis_migrate.write import WriteFailed, WriteRefused, commit, undo

    by_root: dict[Path, list[FileChange]] = {}
    for change in migration.changes():
        by_root.setdefault(_record_root(change.path, choices), []).append(change)
    record = machine.document(migration, choices.settings, choices.cwd)
    written: list[Path] = []
    try:
        for root, changes in by_root.items():
            commit(changes, record_root=root, record=record, allow_dirty=allow_dirty)
            written.append(root)
    except (WriteRefused, WriteFailed):
        for root in written:  # all of a run or nothing, in several repositories too
            undo(root)
        raise


def _record_root(path: Path, choices: Choices) -> Path:
    """Where the run record of a changed file goes: its work tree, else the given folder around it."""
    from sis_migrate.vcs import work_tree

    tree = work_tree(path.parent)
    if tree is not None:
        return tree
    given = [choices.cwd / p for p in choices.paths]
    folders = [p if p.is_dir() else p.parent for p in given]
    return next((f.resolve() for f in folders if path.is_relative_to(f)), path.parent)
