"""What the Snowflake CLI uploads: run by a Python that has one, JSON in and out.

In: ``root`` and ``artifacts``, pairs of source and destination. Out: the names of the files.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path


def main() -> None:
    """Print the names that the files get."""
    asked = json.load(sys.stdin)
    root = Path(asked["root"])
    bundle_map = import_module("snowflake.cli.api.artifacts.bundle_map")
    common = import_module("snowflake.cli.api.project.schemas.entities.common")
    made = bundle_map.BundleMap(project_root=root, deploy_root=root.parent / "deploy")
    for src, dest in asked["artifacts"]:
        made.add(common.PathMapping(src=src, dest=dest or None))
    pairs = made.all_mappings(expand_directories=True)
    print(json.dumps(sorted({str(d) for s, d in pairs if (root / s).is_file()})))


if __name__ == "__main__":
    main()
