"""Keys in an app of a project file of version 2 that the Snowflake CLI refuses, with the whole file.

Those of version 1, and a ``runtime`` that no version had. Looked up in release 3.31 of the CLI; newer
ones may know further keys, so none but these is called wrong.
"""

from __future__ import annotations

from collections.abc import Iterator

from sis_codemods.switch.project import OLD_SOURCES, Entity, Project
from sis_migrate.documents.yaml_spans import scalar
from sis_migrate.model import Finding, Status

_INSTEAD = {
    "name": "identifier",
    "env_file": "an entry of artifacts",
    OLD_SOURCES: "artifacts, with the main file among them,",
    "runtime": "runtime_name and compute_pool",
}


def unknown_keys(file: Project, entity: Entity) -> Iterator[Finding]:
    """A finding for each, with what to write in its place."""
    for key, instead in _INSTEAD.items():
        if key not in entity.values:
            continue
        place = next((k for k, _ in entity.node.entries if k.value == key), entity.node)
        inner = entity.values[key]
        lines: list[str] = []
        if key == "runtime" and isinstance(inner, dict):
            own = {"runtime_name": inner.get("name"), "compute_pool": inner.get("compute_pool")}
            lines = [f"{name}: {scalar(str(value))}" for name, value in own.items() if value]
        yield Finding(
            file.path,
            f"{key} is no key of an app in version 2, and the Snowflake CLI refuses the file with it",
            Status.MANUAL,
            span=file.span(place),
            remedy="\n".join([f"Write {instead} in its place, and run again.", *lines]),
        )
