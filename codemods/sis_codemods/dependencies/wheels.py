"""Wheels among the app's files, whose names tell which project and version they are."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from sis_codemods.dependencies.entries import Note
from sis_codemods.dependencies.floors import below_floor
from sis_migrate.model import Span, Status


def too_old(wheel: str, span: Span | None, path: Path | None = None) -> Note | None:
    """A word about a wheel of a version that does not work in the container, None for another.

    ``wheel`` is its path; ``span`` and ``path`` say where it is listed.
    """
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename

    try:
        name, version, *_ = parse_wheel_filename(PurePosixPath(wheel).name)
    except InvalidWheelFilename:
        return None
    floor, why = below_floor(name, f"=={version}", beside={})
    if not why:
        return None
    message = f"The wheel {wheel} is {name} {version}: before {floor} {why}"
    remedy = f"Take it out of the files, and list {name}>={floor}."
    return Note(Status.MANUAL, message, remedy, span=span, path=path)
