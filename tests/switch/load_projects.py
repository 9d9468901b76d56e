"""Run by the Python of a Snowflake CLI: loads project files, prints what is wrong with each.

Reads a JSON list of texts; prints {"version": …, "errors": [message or null, …]}.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path


def main() -> None:
    from snowflake.cli.__about__ import VERSION  # type: ignore[import-not-found]
    from snowflake.cli.api.project.definition import (  # type: ignore[import-not-found]
        load_project,
    )

    errors: list[str | None] = []
    for text in json.load(sys.stdin):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "snowflake.yml"
            path.write_text(text, encoding="utf-8")
            try:
                load_project([path])
                errors.append(None)
            except Exception as error:
                errors.append(f"{type(error).__name__}: {error}")
    print(json.dumps({"version": VERSION, "errors": errors}))


if __name__ == "__main__":
    main()
