"""Running codemods over an app with files of any kind and an entry point in any folder."""

from __future__ import annotations

from collections.abc import Mapping

from codemod_case import ENTRY, ROOT, Result
from sis_migrate.app_run import AppRun
from sis_migrate.codemod import Codemod
from sis_migrate.model import App, Settings
from sis_migrate.workspace import Workspace


def run(files: Mapping[str, str], codemod: Codemod, *, entry: str = ENTRY) -> Result:
    """The texts and findings of the app at ``/app`` that consists of ``files``."""
    contents = {ROOT / name: text.encode() for name, text in files.items()}
    python = tuple(path for path in contents if path.suffix == ".py")
    project = ROOT / "snowflake.yml"
    app = App(
        ROOT,
        "app",
        ROOT / entry,
        (ROOT / entry,),
        python,
        project_file=project if project in contents else None,
    )
    workspace = Workspace(contents)
    migration = AppRun(app, workspace, Settings(), [codemod]).run()
    return Result({n: workspace.read_bytes(ROOT / n).decode() for n in files}, migration)
