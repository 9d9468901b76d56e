"""What decides beside environment.yml and the app's imports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sis_codemods.dependencies.entries import Note
from sis_codemods.dependencies.larger_map import NO_MAP, Larger
from sis_migrate.workspace import Workspace

if TYPE_CHECKING:
    from sis_codemods.dependencies.listed import Listed


@dataclass(frozen=True, slots=True)
class Choices:
    """The user's own map and Streamlit ("": ours), a larger map of names.

    ``old_pandas`` is why pandas must stay below 3; paths of pip's are relative to ``home``, the
    folder of environment.yml, those of the new file to ``folder``, its own. ``listed`` are the
    lines, by project name, of the app's own dependency files, deployed or not.
    """

    package_map: Mapping[str, str] = field(default_factory=dict)
    streamlit: str = ""
    larger: Larger = NO_MAP
    old_pandas: Note | None = None
    home: Path = Path()
    folder: Path = Path()
    workspace: Workspace | None = None
    listed: Mapping[str, Listed] = field(default_factory=dict)


NO_CHOICES = Choices()
