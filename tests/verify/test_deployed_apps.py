"""What is not deployed is not there, and uv reads the dependency file as the container does."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sis_migrate.model import App, AppMigration
from sis_migrate.verification import subjects
from sis_migrate.verify.environments import Environments
from sis_migrate.verify.run import Choices, verify
from sis_migrate.verify.verdicts import Stage, SubjectResult, Verdict

pytestmark = [
    pytest.mark.needs_uv,
    pytest.mark.skipif(os.name == "nt", reason="process groups are POSIX's"),
]

INSTALL = (Stage.INSTALL, Stage.IMPORT)


def migrated(root: Path, environments: Environments, **files: str) -> SubjectResult:
    """Install and import an app of these files; ``a__b_py`` is ``a/b.py``."""
    for name, text in files.items():
        head, _, suffix = name.replace("__", "/").rpartition("_")
        path = root / f"{head}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    project = root / "snowflake.yml"
    entry = root / "app.py"
    found = project if project.exists() else None
    app = App(root, "SALES", entry, (entry,), (), project_file=found)
    wanted = subjects(AppMigration(app), before=False)
    return verify("app", "SALES", wanted, environments, Choices(INSTALL), lambda _: None).migrated


PROJECT = """
definition_version: 2
entities:
  sales:
    type: streamlit
    main_file: app.py
    artifacts: [requirements.txt, {artifacts}]
"""


@pytest.mark.parametrize(
    ("artifacts", "verdict", "line"),
    [
        pytest.param("tables.py", Verdict.PASSED, "1 of the app's own", id="named"),
        pytest.param("app.py", Verdict.FAILED, "No module named 'tables'", id="forgotten"),
    ],
)
def test_a_module_that_is_not_deployed_is_missing(
    tmp_path: Path, environments: Environments, artifacts: str, verdict: Verdict, line: str
) -> None:
    result = migrated(
        tmp_path,
        environments,
        app_py="import tables",
        tables_py="",
        requirements_txt="packaging",
        snowflake_yml=PROJECT.replace("{artifacts}", artifacts),
    )
    assert result.verdict(Stage.IMPORT) is verdict
    assert line in result.stages[-1].line
    assert result.listed == "snowflake.yml"


def test_what_a_dependency_file_refers_to_counts(
    tmp_path: Path, environments: Environments
) -> None:
    result = migrated(
        tmp_path,
        environments,
        app_py="import packaging\nimport packaging.licenses",
        requirements_txt="-r lists/more.txt\n-c lists/limits.txt\n",
        lists__more_txt="packaging\n",
        lists__limits_txt="packaging<24.1\n",
    )
    assert result.stages[0].line.startswith("1 package ")
    assert "packaging.licenses" in result.stages[1].line  # which 24.2 brought


def test_what_it_refers_to_and_is_not_deployed_fails(
    tmp_path: Path, environments: Environments
) -> None:
    result = migrated(
        tmp_path,
        environments,
        app_py="",
        requirements_txt="-r more.txt\n",
        more_txt="packaging\n",
        snowflake_yml=PROJECT.replace("{artifacts}", "app.py"),
    )
    assert result.verdict(Stage.INSTALL) is Verdict.FAILED
    assert "more.txt" in result.stages[0].line
