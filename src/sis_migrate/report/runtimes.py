"""How reports for people say what an app runs on."""

from __future__ import annotations

from sis_migrate.model import Runtime


def words(runtime: Runtime) -> str:
    """The runtime; where no project file, SQL or environment.yml tells, that it is not known."""
    return "not known from the files" if runtime is Runtime.UNKNOWN else runtime.value
